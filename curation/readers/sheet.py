"""A table kept as CSV, tab-separated text or a workbook: every sheet is one table, as it is printed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from curation.readers.captions import split_label
from curation.readers.cell_text import cell_text
from curation.readers.document import Document, Part, Table
from curation.readers.encodings import decoded, is_text
from curation.readers.reader import Reader, called, refused
from curation.readers.spans import LARGEST_TABLE, GivenCell, TooLarge, laid_out

_SEPARATORS = ",;\t|"
_EXPECTED = "a table of printed size"


def _recognises(path: Path, head: bytes) -> bool:
    return path.suffix.lower() in FORMAT.suffixes and is_text(head) and not head.startswith((b"%PDF", b"PK\x03\x04"))


def _read(path: Path, data: bytes) -> Document:
    text = decoded(data)
    if not text.strip():
        raise refused(path, "an empty file", "a table with text")
    try:
        rows = list(_limited(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(path, text))))
        part = sheet_table(path.stem, [[GivenCell(cell_text(cell)) for cell in row] for row in rows])
    except csv.Error as error:
        raise refused(path, f"a table that cannot be read ({error})", "rows of cells between commas") from None
    except TooLarge:
        raise refused(path, f"a table of more than {LARGEST_TABLE:,} cells", _EXPECTED) from None
    if part is None:
        raise refused(path, "a table without any text", "a table with text")
    return Document(file=called(path), format=FORMAT.name, parts=(part,))


def _separator(path: Path, text: str) -> str:
    """What stands between the cells: a tab in .tsv, else the sign that most lines of the beginning have."""
    if path.suffix.lower() == ".tsv":
        return "\t"
    lines = [line for line in text[:20_000].splitlines()[:30] if line.strip()]
    return max(_SEPARATORS, key=lambda sign: (sum(1 for line in lines if sign in line), -_SEPARATORS.index(sign)))


def _limited(rows: Iterable[list[str]]) -> Iterable[list[str]]:
    count = 0
    for row in rows:
        count += len(row)
        if count > LARGEST_TABLE:
            raise TooLarge
        yield row


def sheet_table(name: str, rows: Sequence[Sequence[GivenCell]]) -> Part | None:
    """The table of a sheet; a first row that is its caption ("Table 2. ...") is taken as that."""
    label, caption = "", ""
    rows = [row for row in rows if any(cell.text for cell in row)]
    if rows and sum(1 for cell in rows[0] if cell.text) == 1:
        label, caption = split_label(next(cell.text for cell in rows[0] if cell.text))
        if label:
            rows = rows[1:]
    cells = laid_out([rows])
    return Table(label or name.encode(errors="replace").decode(), cells, caption if label else "") if cells else None


FORMAT = Reader("csv", "CSV", (".csv", ".tsv"), _recognises, _read, rank=7)
