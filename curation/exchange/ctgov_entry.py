"""What the modules of a registry record share: where its rows go, which arm a group is, which ids are taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from curation.exchange.ctgov_names import Arm
from curation.exchange.ctgov_parts import Part, place_of, plain_words
from curation.exchange.imported import Imported
from curation.intake.check import stating_fields
from schemas.fields import LONGEST_TEXT, read
from schemas.printed import Malformed
from schemas.registry import RECORDS

Cells = Mapping[str, str | None]
_COMPARISONS = {"effect", "test"}
"""Kinds that may be of several arms together, and then name none."""


@dataclass(slots=True)
class Entry:
    """One registry record on its way into rows."""

    imported: Imported
    source: str
    study: str
    arms: dict[tuple[str, str], Arm] = field(default_factory=dict)
    """The arm of a module's group id."""
    roles: dict[str, str] = field(default_factory=dict)
    """The role of each arm."""
    ids: set[str] = field(default_factory=set)
    """Ids of outcomes that are taken."""
    outcomes: dict[str, Cells] = field(default_factory=dict)
    """Outcomes that were added, by id."""

    def arm(self, module: str, group: str) -> str | None:
        """The id of the arm that a module's group is; None where the module has no such group."""
        found = self.arms.get((module, group))
        return found.id if found else None

    def title(self, module: str, group: str) -> str:
        """The title that this module gives the group."""
        found = self.arms.get((module, group))
        if found is None:
            return group
        return next(each.title for each in found.groups if (each.module, each.id) == (module, group))

    def outcome(self, id_: str, cells: Cells) -> str:
        """Add an outcome once; returns its id."""
        if id_ not in self.outcomes:
            self.outcomes[id_] = cells
            self.row("outcome", {"outcome": id_, **cells})
        return id_

    def row(self, kind: str, cells: Cells) -> None:
        """Add an entity."""
        rows = self.imported.rows
        fitting = {name: self._fitting(kind, name, text) for name, text in cells.items() if text}
        self.imported.add(kind, sum(map(len, rows.values())) + 1, fitting)

    def record(self, kind: str, place: str, cells: Cells) -> bool:
        """Add a record, unless nothing of it can be read; what cannot be read is left over with the reason."""
        model = RECORDS[kind]
        quantities = {each.name: each.quantity for each in model.fields()}
        if "arm" in cells and not cells["arm"] and kind not in _COMPARISONS:
            said = ", ".join(f"{name} {text}" for name, text in cells.items() if text and name in stating_fields(model))
            self.imported.left(place, said, f"the module has no group {cells.get('column')!r}")
            return False
        kept: dict[str, str] = {}
        for name, text in cells.items():
            if not text or not text.strip():
                continue
            try:
                if (quantity := quantities[name]) is not None:
                    read(text, quantity)
            except Malformed as problem:
                self.imported.left(place, f"{text!r} for {name}", str(problem))
                continue
            kept[name] = text
        states = any(name in kept for name in stating_fields(model))
        if states:
            self.row(kind, {"source": self.source, "study": self.study, **kept})
        return states

    def _fitting(self, kind: str, name: str, text: str) -> str:
        if len(text) <= LONGEST_TEXT:
            return text
        self.imported.left(
            f"{kind}, {name}", f"{len(text)} characters", f"a cell holds {LONGEST_TEXT}; the rest is cut off"
        )
        return text[: LONGEST_TEXT - 3] + "..."


def joined(*texts: str | None) -> str:
    """Several remarks as one note."""
    return "; ".join(plain_words(each) for each in texts if each and each.strip())


def path_said(part: Part, name: str = "") -> str:
    """Where a value of a part stands."""
    return place_of((*part.path, name) if name else part.path)
