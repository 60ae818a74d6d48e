"""Cells of the workbooks that are written: text and nothing but text, so that none can start a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

AUTHOR = "curation"
"""The author of every note that is written, by which a later check knows them."""
LONGEST_NOTE = 1500
"""Characters of a note; programs show no more of it at once."""
TEXT = "@"
"""The number format under which a cell stays as it is typed."""
_NEEDS_ESCAPE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\r\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")

WRAPPED = Alignment(wrap_text=True, vertical="top")
TOP = Alignment(vertical="top")
THIN = Side(style="thin", color="8C8C8C")
HEADER_FONT = Font(bold=True, color="FFFFFF")
HEADER_FILLS = {"required": "1F4E79", "key": "2E75B6", "other": "7F7F7F", "helper": "404040"}
"""The colour of a column's name by what the column is; each carries white text at a contrast above 4."""
EXAMPLE_FILL = PatternFill("solid", fgColor="EDEDED")
EXAMPLE_FONT = Font(italic=True, color="595959")


def written(text: str) -> str:
    r"""A text as it is written into a workbook: characters that XML cannot hold are escaped, nothing is lost.

    >>> written("a\rb"), written("_x000D_")
    ('a_x000D_b', '_x005F_x000D_')
    """
    return _NEEDS_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def text_cell(sheet: Any, text: str, **style: Any) -> WriteOnlyCell:  # noqa: ANN401 - openpyxl's own values
    """A cell that holds this text as text, whatever it begins with."""
    cell = WriteOnlyCell(sheet)
    set_text(cell, text)
    cell.alignment = TOP
    for name, value in style.items():
        setattr(cell, name, value)
    return cell


def set_text(cell: Any, text: str) -> None:  # noqa: ANN401 - a cell of openpyxl
    """Put a text into a cell as text: no formula, no number, no error code is made of it."""
    cell._value, cell.data_type = written(text), "s"
    cell.number_format = TEXT


def header_cell(sheet: Any, name: str, colour: str, note: str = "") -> WriteOnlyCell:  # noqa: ANN401 - openpyxl's own
    """The name of a column, with a note."""
    cell = text_cell(sheet, name, font=HEADER_FONT, fill=PatternFill("solid", fgColor=HEADER_FILLS[colour]))
    cell.border = Border(bottom=THIN)
    if note:
        cell.comment = noted(note)
    return cell


def noted(text: str, author: str = AUTHOR) -> Comment:
    """A note, large enough for its text."""
    cut = text if len(text) <= LONGEST_NOTE else text[: LONGEST_NOTE - 3] + "..."
    lines = sum(1 + len(line) // 45 for line in cut.split("\n"))
    return Comment(_NEEDS_ESCAPE.sub("\N{REPLACEMENT CHARACTER}", cut), author, height=24 + 16 * lines, width=320)


def plain_rows(sheet: Any, rows: Iterable[Iterable[str | None]]) -> Iterator[Iterator[Any]]:  # noqa: ANN401 - openpyxl's own
    """Rows of text cells, quickly: one cell carries the style for all of them."""
    cell = text_cell(sheet, "")
    for row in rows:
        yield _plain_row(cell, row)


def _plain_row(cell: Any, texts: Iterable[str | None]) -> Iterator[Any]:  # noqa: ANN401 - openpyxl's own
    for text in texts:
        if text is None or text == "":
            yield None
        else:
            cell._value = written(text)
            yield cell
