"""What a form shows for a kind: its fields in groups, each with its control. Derived from the declarations alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from curation.entry.rows import label_of
from curation.intake.references import parents
from schemas.codes import CODES
from schemas.fields import FieldFacts
from schemas.identity import PLACE
from schemas.kinds.base import Declared, Record

Control = Literal["choice", "reference", "references", "long", "text"]
WHOLE = "printed"
"""The composite cell, which fills in the fields after it."""
PLACES = (*PLACE, "quote")
"""The fields that lead a reader to the place in the source."""
LONG = frozenset({"title", "citation", "quote", "note", "text", "support", "reason"})
"""Text fields that hold sentences."""


@dataclass(frozen=True, slots=True)
class Widget:
    """One field of a form.

    ``control`` is how it is filled in: one of ``options`` (code -> meaning), the id of one row of ``entity``, ids of
    several, a longer text, or one line. Ids of ``entity`` are unique ``within`` another field of the form (the arms of
    a study). ``printed`` fields take a number as it is printed.
    """

    name: str
    label: str
    meaning: str
    unit: str
    example: str
    required: bool
    default: str | None
    control: Control
    options: Mapping[str, str]
    entity: str | None = None
    within: str | None = None
    printed: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that are filled in together."""

    title: str
    fields: tuple[Widget, ...]


@cache
def form(model: type[Declared]) -> tuple[Group, ...]:
    """The groups of a kind's form, in the order in which a person fills it in; every field is in one of them."""
    if not issubclass(model, Record):
        return (Group(model.kind.capitalize(), _widgets(model.fields())),)
    groups: dict[str, list[FieldFacts]] = {
        "What it is about": [], "What is printed": [], "Where it is printed": [], "Remarks": [],
    }  # fmt: skip
    for each in model.fields():
        groups[_title(each)].append(each)
    groups["What is printed"].sort(key=lambda each: each.name != WHOLE)
    groups["Remarks"].sort(key=lambda each: each.name == "record")
    return tuple(Group(title, _widgets(fields)) for title, fields in groups.items())


def _title(field: FieldFacts) -> str:
    if field.key:
        return "What it is about"
    if field.name in PLACES:
        return "Where it is printed"
    return "What is printed" if field.name == WHOLE or field.name not in Record.model_fields else "Remarks"


def _widgets(fields: Iterable[FieldFacts]) -> tuple[Widget, ...]:
    return tuple(
        Widget(
            each.name, label_of(each), each.meaning, each.unit, each.example, each.required, each.default,
            _control(each), CODES[each.codes] if each.codes else {}, each.refers_to, next(iter(parents(each)), None),
            each.quantity is not None,
        )
        for each in fields
    )  # fmt: skip


def _control(field: FieldFacts) -> Control:
    if field.codes:
        return "choice"
    if field.refers_to:
        return "references" if field.several else "reference"
    return "long" if field.name in LONG and not field.key and not field.quantity else "text"
