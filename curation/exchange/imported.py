"""What every importer hands over: rows by kind as a person would have typed them, and what found no place.

The rows then go the way of all typed rows (``curation.intake``): nothing an importer makes is trusted more than what a
person types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Cells = dict[str, str]
"""Field of a record or entity -> verbatim text."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something of the file that became no record: where it stands, what it is, why it has no place here."""

    file: str
    place: str
    found: str
    why: str

    @property
    def sentence(self) -> str:
        """The whole of it, as a person reads it."""
        return f"{self.file}, {self.place}: {self.found} is not taken in: {self.why}"


@dataclass(slots=True)
class Imported:
    """What one file (or folder) holds.

    ``rows`` has, by kind, the number of the row in the file (or of the element, counted from 1) and its cells.
    ``leftovers`` accounts for all of the rest. ``remarks`` are sentences a person should know although nothing is lost
    (a count that two parts of the file give differently, say).

    Where the file holds the work of several people, ``whose`` says by kind and position in ``rows[kind]`` who extracted
    a row; a row that is not in it is nobody's alone. ``people`` names them, ``of`` gives what one of them extracted.
    """

    file: str
    format: str
    rows: dict[str, list[tuple[int, Cells]]] = field(default_factory=dict)
    leftovers: list[Leftover] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    whose: dict[tuple[str, int], str] = field(default_factory=dict)

    def add(self, kind: str, number: int, cells: Mapping[str, str | None], extractor: str = "") -> None:
        """Add a row; blank cells are left out."""
        filled = {name: text for name, text in cells.items() if text is not None and text.strip()}
        rows = self.rows.setdefault(kind, [])
        if extractor:
            self.whose[kind, len(rows)] = extractor
        rows.append((number, filled))

    @property
    def people(self) -> list[str]:
        """Who extracted what the file holds, in the order in which they occur; empty where the file does not say."""
        return list(dict.fromkeys(self.whose.values()))

    def of(self, extractor: str) -> Imported:
        """What one person extracted, together with what is nobody's alone; leftovers and remarks are of the whole file."""
        one = Imported(self.file, self.format, leftovers=self.leftovers, remarks=self.remarks)
        for kind, rows in self.rows.items():
            for position, (number, cells) in enumerate(rows):
                whose = self.whose.get((kind, position), "")
                if whose in {"", extractor}:
                    one.add(kind, number, cells, whose)
        return one

    def left(self, place: str, found: str, why: str) -> None:
        """Keep something that has no place, with the reason."""
        self.leftovers.append(Leftover(self.file, place, found if found.strip() else "something without a name", why))


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be read: declared once, as ``FORMAT`` of a module of this package; the rest finds it there.

    ``recognises`` looks at the path and the first 64 KiB of the file (empty for a folder) and says whether the file is
    of this format; ``read`` reads it, or raises ``curation.intake.problems.Refused`` with every problem.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Path, bytes], bool]
    read: Callable[[Path], Imported]
