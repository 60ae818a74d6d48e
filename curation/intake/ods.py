"""OpenDocument spreadsheets (.ods): the texts as shown, and what else is known of their cells."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from curation.intake.archive import BROKEN, DAMAGED, MOST_CELLS, Attributes, NotRead, Said, attribute, parse
from curation.intake.grid import SWAPPED, Grid, letter
from curation.intake.number_formats import plain_number
from curation.intake.problems import shown
from curation.intake.xlsx_cells import AS_TEXT, AS_VALUE

_NUMBERS = {"float", "percentage", "currency"}
_DATES = {"date": "a date", "time": "a time"}


def ods_grids(archive: zipfile.ZipFile) -> Iterator[Grid]:
    """The sheets of an .ods file. Raises NotRead."""
    reader = _Reader()
    try:
        with archive.open("content.xml") as stream:
            parse(stream, reader.start, reader.end, reader.text)
    except (KeyError, *BROKEN) as error:
        raise NotRead(DAMAGED.found, DAMAGED.expected) from error
    yield from reader.grids


class _Reader:
    """Follows the document; one instance reads one file."""

    def __init__(self) -> None:
        self.grids: list[Grid] = []
        self.style = ""
        self.unseen: set[str] = set()
        self.high: set[str] = set()
        self.left = MOST_CELLS
        self.row = self.column = self.repeated_rows = 0
        self.cells: dict[int, str] = {}
        self.odd: dict[int, tuple[str, Said | str]] = {}
        self.cell: Attributes | None = None
        self.begin_cell(None)

    def begin_cell(self, given: Attributes | None) -> None:
        self.cell = given
        self.paragraphs: list[list[str]] = []
        self.raised = False
        self.aside = 0  # inside of annotations and shapes, whose text is not the cell's
        self.spans: list[bool] = []

    def start(self, name: str, given: Attributes) -> None:
        match name:
            case "style" | "table-properties" | "text-properties":
                self._in_styles(name, given)
            case "table" if self.cell is None:
                hidden = attribute(given, "style-name") in self.unseen
                self.grids.append(Grid(attribute(given, "name") or "", hidden))
                self.row = self.column = 0
            case "table-column" if self.grids:
                many = int(attribute(given, "number-columns-repeated") or 1)
                if attribute(given, "visibility") in {"collapse", "filter"}:
                    self.grids[-1].hidden_columns.update(range(self.column + 1, min(self.column + many, 16384) + 1))
                self.column += many
            case "table-row":
                self.repeated_rows = int(attribute(given, "number-rows-repeated") or 1)
                self.hidden_row = attribute(given, "visibility") in {"collapse", "filter"}
                self.column, self.cells, self.odd = 0, {}, {}
            case "table-cell" | "covered-table-cell":
                self.begin_cell(given)
            case "annotation" | "shapes" | "frame":
                self.aside += 1
            case _ if self.cell is not None and not self.aside:
                self._in_cell(name, given)

    def _in_styles(self, name: str, given: Attributes) -> None:
        if name == "style":
            self.style = attribute(given, "name") or ""
        elif attribute(given, "display") == "false":
            self.unseen.add(self.style)
        elif (attribute(given, "text-position") or "").split(" ")[0] not in {"", "0%"}:
            self.high.add(self.style)

    def _in_cell(self, name: str, given: Attributes) -> None:
        if name == "p":
            self.paragraphs.append([])
        elif name == "s":
            self.text(" " * min(int(attribute(given, "c") or 1), 10_000))
        elif name in {"tab", "line-break"}:
            self.text("\t" if name == "tab" else "\n")
        elif name == "span":
            self.spans.append(attribute(given, "style-name") in self.high)

    def text(self, piece: str) -> None:
        if self.cell is not None and self.paragraphs and not self.aside:
            self.paragraphs[-1].append(piece)
            self.raised |= any(self.spans) and any(sign.isdigit() for sign in piece)

    def end(self, name: str) -> None:
        match name:
            case "table-cell" | "covered-table-cell":
                self._end_cell(self.cell or {})
                self.begin_cell(None)
            case "table-row" if self.grids:
                self._end_row(self.grids[-1])
            case "annotation" | "shapes" | "frame":
                self.aside -= 1
            case "span" if self.spans and not self.aside:
                self.spans.pop()
            case _:
                pass

    def _end_cell(self, given: Attributes) -> None:
        many = int(attribute(given, "number-columns-repeated") or 1)
        text, odd = self._content(given)
        wide, high = (int(attribute(given, f"number-{side}-spanned") or 1) for side in ("columns", "rows"))
        if wide > 1 or high > 1:
            last = f"{letter(self.column + wide)}{self.row + high}"
            self.grids[-1].merged.append(f"{letter(self.column + 1)}{self.row + 1}:{last}")
        if text or isinstance(odd, tuple):
            self.left -= many
            self._within_limits()
            for column in range(self.column + 1, self.column + many + 1):
                self.cells[column] = text
                if odd:
                    self.odd[column] = (text, odd)
        self.column += many

    def _content(self, given: Attributes) -> tuple[str, Said | str]:
        """The shown text, and what is odd about the cell: a refusal, 'number' or 'raised'."""
        text = "\n".join("".join(each) for each in self.paragraphs)
        kind, formula = attribute(given, "value-type") or "", attribute(given, "formula")
        if formula is not None:
            return text, (f"the formula {shown('=' + formula.partition('=')[2])}", AS_VALUE)
        if kind in _NUMBERS:
            return _number(text, attribute(given, "value") or "")
        if kind in _DATES:
            return text, (f"{_DATES[kind]} ({shown(text)})", AS_TEXT)
        if kind == "boolean":
            return text, (f"the truth value {text}", AS_TEXT)
        return text, "raised" if self.raised else ""

    def _end_row(self, grid: Grid) -> None:
        if self.cells:
            self.left -= len(self.cells) * (self.repeated_rows - 1)
            self._within_limits()
            for row in range(self.row + 1, self.row + self.repeated_rows + 1):
                grid.rows.append((row, self.cells))
                for column, (_, odd) in self.odd.items():
                    if isinstance(odd, tuple):
                        grid.wrong[row, column] = odd
                    else:
                        (grid.numbers if odd == "number" else grid.raised).add((row, column))
                if self.hidden_row:
                    grid.hidden_rows.add(row)
        self.row += self.repeated_rows

    def _within_limits(self) -> None:
        if self.left < 0:
            raise NotRead(f"more than {MOST_CELLS:,} cells", f"at most {MOST_CELLS:,} cells in a workbook")


def _number(text: str, value: str) -> tuple[str, Said | str]:
    """The shown text of a number; a display that hides digits is refused."""
    try:
        exact = Decimal(format(float(value), ".15g"))
    except (ValueError, InvalidOperation):
        return text, (f"the number {value[:40]!r}, which cannot be read", AS_TEXT)
    if not text:
        return plain_number(exact), "number"
    if _same(text, ".", exact):
        return text, "number"
    if _same(text, ",", exact):  # typed where the decimal mark is a comma; the row says later how its source prints
        return text.translate(SWAPPED), "number"
    return text, (f"the number {plain_number(exact)}, shown as {shown(text)}", AS_TEXT)


def _same(text: str, mark: str, exact: Decimal) -> bool:
    """Whether the shown text, read with this decimal mark, is the number."""
    body = text.strip().replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", "")
    percent = body.endswith("%")
    digits = body.rstrip("% ").replace("," if mark == "." else ".", "").replace(mark, ".")
    try:
        return Decimal(digits) == exact * (100 if percent else 1)
    except InvalidOperation:
        return False
