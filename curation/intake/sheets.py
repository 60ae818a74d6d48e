"""A sheet: the typed cells of one kind from one file, with the row each came from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from curation.intake.problems import Problems, plain, shown, suggestion
from schemas.kinds.base import Declared
from schemas.registry import KINDS


@dataclass(slots=True)
class Sheet:
    """Typed cells, column by column.

    ``absent`` are required columns and ``quiet`` single cells (position, column) that have been complained of;
    ``doubtful`` are the positions of rows with cells under unknown names, so that it is unknown what they state.
    """

    kind: str
    file: str
    rows: list[int] = field(default_factory=list)
    cells: dict[str, Sequence[str | None] | pa.Array] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    quiet: set[tuple[int, str]] = field(default_factory=set)
    doubtful: set[int] = field(default_factory=set)


def field_named(name: str, model: type[Declared]) -> str | None:
    """The field a typed name means; case and spaces do not matter.

    >>> from schemas.kinds.entities import Outcome
    >>> field_named(" Family kind", Outcome)
    'family_kind'
    """
    wanted = plain(name)
    return wanted if wanted in model.model_fields else None


def unknown_name(name: str, model: type[Declared]) -> tuple[str, str]:
    """What to say of a name that is no field: what was found, and what was expected."""
    fields = list(model.model_fields)
    return f"the column {shown(name)}", f"a field of {model.kind} ({', '.join(fields)}){suggestion(name, fields)}"


def required_columns(header: int, given: Collection[str], sheet: Sheet, problems: Problems) -> None:
    """Note the required columns that are not given; ``header`` is the row their names belong in."""
    for each in KINDS[sheet.kind].fields():
        if each.required and each.name not in given:
            sheet.absent.add(each.name)
            expected = f"the column {each.name} ({each.meaning}), which every {sheet.kind} needs"
            problems.add(sheet.file, header, None, "no column of that name", expected)
