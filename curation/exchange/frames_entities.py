"""Sources, studies, arms and outcomes of a table that calls them by names: each is added once, for each extractor."""

from __future__ import annotations

from pathlib import Path

from curation.exchange.frames_cells import as_name
from curation.exchange.imported import Cells, Imported
from curation.exchange.naming import Ids


class Entities:
    """Adds sources, studies, arms and outcomes to an import under ids of their own.

    What has the same ``key`` (its name, where no key is given) is one. ``shown`` is what the id is made of where it is
    not the name. Of each extractor apart, because one may name a study that another does not.
    """

    def __init__(self, imported: Imported) -> None:
        self.imported = imported
        self._ids: dict[tuple[str, ...], Ids] = {}
        self._added: set[tuple[str, ...]] = set()

    def source(
        self, number: int, title: str, *, key: str = "", shown: str = "", extractor: str = "", **facts: str
    ) -> str:
        """A document; without a type it is "other"."""
        cells = {"type": "other"} | facts | {"title": as_name(title)}
        return self._add(("source",), number, (key or as_name(title), shown or title), extractor, cells)

    def study(
        self, number: int, label: str, *, key: str = "", shown: str = "", extractor: str = "", **facts: str
    ) -> str:
        """A study."""
        cells = facts | {"label": as_name(label)}
        return self._add(("study",), number, (key or as_name(label), shown or label), extractor, cells)

    def arm(self, number: int, study: str, label: str, *, key: str = "", extractor: str = "", **facts: str) -> str:
        """An arm of a study."""
        cells = facts | {"study": study, "label": as_name(label)}
        return self._add(("arm", study), number, (key or as_name(label), label), extractor, cells)

    def outcome(self, number: int, label: str, *, key: str = "", extractor: str = "", **facts: str) -> str:
        """An outcome."""
        return self._add(
            ("outcome",), number, (key or as_name(label), label), extractor, facts | {"label": as_name(label)}
        )

    def _add(self, home: tuple[str, ...], number: int, name: tuple[str, str], extractor: str, cells: Cells) -> str:
        one = self._ids.setdefault(home, Ids()).of(*name)
        if (*home, one, extractor) not in self._added:
            self._added.add((*home, one, extractor))
            self.imported.add(home[0], number, {home[0]: one} | cells, extractor)
        return one


def file_source(entities: Entities, path: Path, title: str, extractor: str = "", number: int = 1) -> str:
    """The file itself as the source of its records, where it names no other."""
    return entities.source(number, f"{title} {path.name}", key=path.stem, shown=path.stem, extractor=extractor)
