"""A row of an import on its way into a bundle."""

from __future__ import annotations

from dataclasses import dataclass

from curation.exchange.imported import Cells, Imported, Leftover
from curation.intake.problems import shown

_SAID = 4
"""Cells by which a leftover row is told."""


@dataclass(slots=True)
class Row:
    """One row of an import, and what speaks against it."""

    origin: Imported
    kind: str
    number: int
    cells: Cells
    why: str = ""

    @property
    def left(self) -> Leftover:
        """The row as something that is left over."""
        names = [name for name in self.cells if name != "source"]
        said = ", ".join(f"{name} {shown(self.cells[name], 40)}" for name in names[:_SAID])
        more = f" and {len(names) - _SAID} more cells" if len(names) > _SAID else ""
        place = f"row {self.number} ({self.kind})"
        return Leftover(self.origin.file, place, said + more or "a blank row", self.why)
