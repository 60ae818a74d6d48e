"""What an intake hands over: a table per kind, and where each of its rows was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from curation.intake.problems import BookSheet


@dataclass(frozen=True, slots=True)
class Bundle:
    """Well-formed tables, one per kind that was given, in the schemas of their models.

    Texts are as typed; blank cells are null, and fields with a default carry it. ``origin`` has a table per kind
    with the columns ``file`` and ``row``, row for row beside ``tables``. ``books`` are the sheets of workbooks among
    the files, and ``remarks`` say what a person should know although nothing is refused.
    """

    tables: Mapping[str, pa.Table]
    origin: Mapping[str, pa.Table]
    books: Mapping[str, BookSheet] = field(default_factory=dict)
    remarks: Sequence[str] = ()

    def place(self, kind: str, index: int) -> tuple[str, int]:
        """The file, and the row in it, where a row of a table was typed."""
        origin = self.origin[kind]
        return origin["file"][index].as_py(), origin["row"][index].as_py()
