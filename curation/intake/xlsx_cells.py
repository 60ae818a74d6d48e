"""The cells of one sheet of an .xlsx file, as its XML streams by."""

from __future__ import annotations

import re
from collections.abc import Sequence

from curation.intake.archive import DAMAGED, MOST_CELLS, Attributes, NotRead, Said
from curation.intake.grid import DIGITS, Grid, column_named, place
from curation.intake.number_formats import NotShown, shown_number
from curation.intake.problems import shown

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
AS_TEXT = "the text as printed; format the column as text and type it again"
AS_VALUE = "the text as printed; type it, or paste it with 'values only'"


class Text:
    """Collects the text of a cell from its runs; phonetic hints are left out."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin a new cell."""
        self.pieces: list[str] = []
        self.open = self.phonetic = self.high = self.raised = False

    def start(self, name: str, given: Attributes) -> None:
        """An element begins."""
        if name == "t":
            self.open = not self.phonetic
        elif name == "r":
            self.high = False
        elif name == "rPh":
            self.phonetic = True
        elif name == "vertAlign":
            self.high = given.get("val") in {"superscript", "subscript"}

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "t":
            self.open = False
        elif name == "rPh":
            self.phonetic = False

    def text(self, piece: str) -> None:
        """Characters between two elements."""
        if self.open:
            self.pieces.append(piece)
            self.raised |= self.high and any(sign.isdigit() for sign in piece)

    def taken(self) -> tuple[str, bool]:
        """The text, and whether digits of it stand high or low."""
        return unescaped("".join(self.pieces)), self.raised


def unescaped(text: str) -> str:
    r"""A text with the characters that XML cannot hold put back.

    >>> unescaped("a_x000D_b"), unescaped("_x005F_x000D_")
    ('a\rb', '_x000D_')
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


class SheetReader:
    """Follows the XML of one sheet and fills a grid. ``texts`` are the shared ones; ``most`` cells may come."""

    def __init__(self, grid: Grid, formats: Sequence[str], texts: Sequence[tuple[str, bool]], most: int) -> None:
        self.grid, self.formats, self.texts, self.left = grid, formats, texts, most
        self.row = self.column = self.style = 0
        self.cells: dict[int, str] = {}
        self.kind, self.value = "n", ""
        self.formula: str | None = None
        self.inside = ""  # the element whose characters matter: "v" or "f"
        self.inline = Text()

    def start(self, name: str, given: Attributes) -> None:
        """An element begins."""
        if name == "c":
            self.column = column_named(given["r"].rstrip(DIGITS)) if "r" in given else self.column + 1
            self.style, self.kind = int(given.get("s", 0)), given.get("t", "n")
            self.value, self.formula = "", None
        elif name == "v":
            self.inside = name
        elif name == "f":
            self.inside, self.formula = name, ""
        elif self.kind == "inlineStr" and self.column:
            self.inline.start(name, given)
        if name == "row":
            self.row, self.column, self.cells = int(given.get("r", self.row + 1)), 0, {}
            if given.get("hidden") in {"1", "true"}:
                self.grid.hidden_rows.add(self.row)
        elif name in {"col", "mergeCell"}:
            self._beside(name, given)

    def _beside(self, name: str, given: Attributes) -> None:
        if name == "mergeCell":
            place(given["ref"].partition(":")[0])
            self.grid.merged.append(given["ref"])
        elif given.get("hidden") in {"1", "true"}:
            self.grid.hidden_columns.update(range(int(given["min"]), min(int(given["max"]), 16384) + 1))

    def text(self, piece: str) -> None:
        """Characters between two elements."""
        if self.inside == "v":
            self.value += piece
        elif self.inside == "f":
            self.formula = (self.formula or "") + piece
        elif self.kind == "inlineStr":
            self.inline.text(piece)

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "c":
            self._end_cell()
        elif name in {"v", "f"}:
            self.inside = ""
        elif name == "row":
            self._end_row()
        elif self.kind == "inlineStr":
            self.inline.end(name)

    def _end_cell(self) -> None:
        cell = (self.row, self.column)
        if self.formula is not None:
            self.cells[self.column] = self.value
            self.grid.wrong[cell] = (f"the formula {shown('=' + self.formula)}", AS_VALUE)
        elif self.kind == "inlineStr" or (self.kind == "s" and self.value):
            text, raised = self.inline.taken() if self.kind == "inlineStr" else self._shared(int(self.value))
            self.inline.clear()
            self.cells[self.column] = text
            if raised:
                self.grid.raised.add(cell)
        elif self.value:
            code = self.formats[self.style] if self.style < len(self.formats) else ""
            self.cells[self.column] = _of_kind(self.grid, cell, self.kind, self.value, code)
        self.kind = "n"

    def _shared(self, number: int) -> tuple[str, bool]:
        if not 0 <= number < len(self.texts):
            raise NotRead(DAMAGED.found, DAMAGED.expected)
        return self.texts[number]

    def _end_row(self) -> None:
        self.left -= len(self.cells)
        if self.left < 0:
            raise NotRead(f"more than {MOST_CELLS:,} cells", f"at most {MOST_CELLS:,} cells in a workbook")
        if self.cells:
            self.grid.rows.append((self.row, self.cells))


def _of_kind(grid: Grid, cell: tuple[int, int], kind: str, value: str, code: str) -> str:
    """The shown text of a cell that holds something else than shared or inline text."""
    said: Said | None = None
    if kind == "str":
        return unescaped(value)
    if kind == "n":
        try:
            text = shown_number(value, code)
        except NotShown as refused:
            said, text = (str(refused), AS_TEXT), value
        else:
            grid.numbers.add(cell)
    elif kind == "b":
        text = "TRUE" if value.strip() == "1" else "FALSE"
        said = (f"the truth value {text}", AS_TEXT)
    elif kind == "e":
        said, text = (f"the error {value[:40]}", AS_VALUE), value
    else:
        said, text = (f"a date ({value[:40]})", AS_TEXT), value
    if said:
        grid.wrong[cell] = said
    return text
