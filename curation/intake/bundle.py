"""What an intake hands over: a table per kind, and where each of its rows was typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from curation.intake.problems import BookSheet
from schemas.texts import Texts


class Derived(Mapping[str, pa.Table]):
    """Tables made of texts when somebody asks for them, in the schemas of their kinds."""

    def __init__(self, texts: Mapping[str, Texts]) -> None:
        self._texts = texts
        self._made: dict[str, pa.Table] = {}

    def __getitem__(self, kind: str) -> pa.Table:
        if kind not in self._made:
            self._made[kind] = self._texts[kind].table()
        return self._made[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Well-formed tables, one per kind that was given, in the schemas of their models.

    Texts are as typed; blank cells are null, and fields with a default carry it. ``origin`` has a table per kind
    with the columns ``file`` and ``row``, row for row beside ``tables``. ``books`` are the sheets of workbooks among
    the files, and ``remarks`` say what a person should know although nothing is refused. ``texts`` are the rows of the
    tables that are made only when they are asked for; who can do with batches of texts takes those.
    """

    tables: Mapping[str, pa.Table]
    origin: Mapping[str, pa.Table]
    books: Mapping[str, BookSheet] = field(default_factory=dict)
    remarks: Sequence[str] = ()
    texts: Mapping[str, Texts] = field(default_factory=dict)

    @property
    def rows(self) -> dict[str, pa.Table | Texts]:
        """The rows by kind, for the store: as texts where the table is not made yet."""
        return {kind: self.texts[kind] if kind in self.texts else self.tables[kind] for kind in self.tables}

    def batches(self, kind: str, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Columns that are no printed numbers, batch by batch."""
        if kind in self.texts:
            yield from self.texts[kind].batches(names)
        else:
            yield from self.tables[kind].select(list(dict.fromkeys(names))).combine_chunks().to_batches()

    def place(self, kind: str, index: int) -> tuple[str, int]:
        """The file, and the row in it, where a row of a table was typed."""
        origin = self.origin[kind]
        return origin["file"][index].as_py(), origin["row"][index].as_py()
