"""Ids for what files of other programs call by names: each study, arm and outcome is added once."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from curation.exchange.frames_cells import as_name
from curation.exchange.imported import Cells, Imported

_LONGEST = 60
"""Characters of an id that is made of a name."""


def slug(name: str, instead: str = "unnamed") -> str:
    """An id made of a name.

    >>> slug("Kröger, N. (2010)")
    'kroger-n-2010'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-") or instead


class Entities:
    """Adds sources, studies, arms and outcomes to an import under ids of their own.

    What is told apart by ``key`` (its name, where no key is given) is one; two names that would make the same id get
    ids of their own. Of each extractor apart, because one may call a study what another does not.
    """

    def __init__(self, imported: Imported) -> None:
        self.imported = imported
        self._ids: dict[tuple[str, ...], str] = {}
        self._taken: dict[tuple[str, ...], str] = {}
        self._added: set[tuple[str, ...]] = set()

    def source(self, number: int, title: str, *, key: str = "", extractor: str = "", **facts: str) -> str:
        """A document; without a type it is "other"."""
        return self._add("source", number, (), title, key, extractor, {"type": "other"} | facts)

    def study(self, number: int, label: str, *, key: str = "", extractor: str = "", **facts: str) -> str:
        """A study."""
        return self._add("study", number, (), label, key, extractor, facts)

    def arm(self, number: int, study: str, label: str, *, key: str = "", extractor: str = "", **facts: str) -> str:
        """An arm of a study."""
        return self._add("arm", number, (study,), label, key, extractor, {"study": study} | facts)

    def outcome(self, number: int, label: str, *, key: str = "", extractor: str = "", **facts: str) -> str:
        """An outcome."""
        return self._add("outcome", number, (), label, key, extractor, facts)

    def _add(
        self, kind: str, number: int, within: tuple[str, ...], name: str, key: str, extractor: str, cells: Cells
    ) -> str:
        own = (kind, *within, key or as_name(name))
        if own not in self._ids:
            self._ids[own] = self._free((kind, *within), slug(key or name, kind), own)
        if (*own, extractor) not in self._added:
            self._added.add((*own, extractor))
            named = {"title" if kind == "source" else "label": as_name(name)}
            self.imported.add(kind, number, {kind: self._ids[own]} | cells | named, extractor)
        return self._ids[own]

    def _free(self, home: tuple[str, ...], wanted: str, own: tuple[str, ...]) -> str:
        one, count = wanted, 1
        while self._taken.setdefault((*home, one), own[-1]) != own[-1]:
            count += 1
            one = f"{wanted}-{count}"
        return one


def file_source(entities: Entities, path: Path, title: str, extractor: str = "") -> str:
    """The file itself as the source of its records, where it names no other."""
    return entities.source(1, f"{title} {path.name}", key=path.stem, extractor=extractor)
