"""One flagged row as the search for slips sees it: what is printed where, and what each number may be."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from curation.engine.flagged import Cell, Flagged
from schemas.intervals import Column
from schemas.quantities import PERCENT, PROPORTION, Quantity
from schemas.ragged import Codes, Ragged
from schemas.registry import RECORD_MODELS, RECORDS
from schemas.scales import DIFFERENCE_MEASURES, RATIO_MEASURES

End = Fraction | float
Ends = tuple[End, End]
SETTLED = ("level", "items", "df", "df1", "df2", "scale_min", "scale_max")
"""Numbers that describe how others were made: no slip of a digit is looked for in them."""
LONGEST_LIST = 12
"""Numbers of one list that are looked at one by one."""


@dataclass(frozen=True, slots=True)
class Item:
    """Another number at one place of a list."""

    at: int
    ends: Ends


Change = Ends | str | Item


@dataclass(frozen=True, slots=True)
class Bounds:
    """The values a number can have."""

    whole: bool = False
    lowest: float = -math.inf
    highest: float = math.inf

    def allow(self, ends: Ends) -> bool:
        """Whether the middle of these ends lies within, and is whole if it must be and they are one number."""
        low, high = float(ends[0]), float(ends[1])
        if self.whole and low == high and not low.is_integer():
            return False
        return self.lowest <= (low + high) / 2 <= self.highest


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a number may have been before a slip, as a sentence and as the arguments of the rule."""

    slip: str
    text: str
    changed: Mapping[str, Change]


@dataclass(frozen=True, slots=True)
class Case:
    """A flagged row, where its arguments come from, and which of them hold printed numbers."""

    flagged: Flagged
    sources: Mapping[str, str | None]
    printed: frozenset[str]
    across: bool

    @property
    def kind(self) -> str:
        """The kind of the record at which the finding stands."""
        return str(self.flagged.record.get("kind") or "")

    @property
    def measure(self) -> str:
        """The effect measure of the record, empty if it has none."""
        given = self.flagged.columns.get("measure")
        if isinstance(given, Codes):
            return str(given.values[0] or "")
        return str(self.flagged.record.get("measure") or "")

    def scalars(self) -> Iterator[tuple[str, Cell]]:
        """The arguments that hold one plainly printed number each."""
        for name in self.flagged.columns:
            one = self.cell(name)
            if one is not None:
                yield name, one

    def cell(self, name: str) -> Cell | None:
        """One plainly printed number of an argument; None if it is not that."""
        if name not in self.printed or not isinstance(self.flagged.columns.get(name), Column):
            return None
        one = self.flagged.cells.get(name)
        return one if isinstance(one, Cell) and plain(one) else None

    def items(self) -> Iterator[tuple[str, int, Cell]]:
        """The plainly printed numbers of short lists, with their places."""
        for name, column in self.flagged.columns.items():
            several = self.flagged.several(name) if isinstance(column, Ragged) and name in self.printed else []
            if len(several) <= LONGEST_LIST:
                yield from ((name, at, one) for at, one in enumerate(several) if plain(one))

    def ends(self, name: str) -> Ends:
        """The interval of an argument as the rule has it (times may have been brought to months)."""
        column = self.flagged.columns[name]
        assert isinstance(column, Column), name  # noqa: S101 - narrows the type
        return column.low[0], column.high[0]

    def field(self, name: str) -> str:
        """The field an argument comes from."""
        if self.across:
            return self.flagged.code("field") or name if name == "printed" else name
        return self.sources.get(name) or name

    def quantity(self, name: str) -> Quantity | None:
        """What an argument measures; None where that is not known."""
        return _quantity(self.kind, self.field(name)) or _quantity("", self.field(name))

    def label(self, name: str) -> str:
        """An argument as papers write it."""
        return _label(self.field(name))

    def place(self, name: str, at: int) -> str:
        """What a list says of one of its numbers; empty if nothing."""
        several = self.flagged.several(name)
        for words in ("labels", "places", "nodes"):
            told = self.flagged.cells.get(words)
            if isinstance(told, list) and len(told) == len(several) and told[at].text:
                return told[at].text
        return ""

    def signed(self, name: str) -> bool:
        """Whether the number may be below zero."""
        quantity = self.quantity(name)
        if quantity is None or quantity.lowest is not None:
            return False
        by_measure = self.field(name) in {"estimate", "lower", "upper", "pi_lower", "pi_upper"}
        if quantity is PROPORTION or (by_measure and self.measure):
            return self.measure in {*DIFFERENCE_MEASURES, "COR", "other"} or (self.measure == "mean" and self._below())
        return self.kind == "test" or self._below()

    def _below(self) -> bool:
        """Whether the record is of something that can be below zero: a change, or another number below zero."""
        cells = [one for one in self.flagged.record.values() if isinstance(one, Cell) and one.value is not None]
        return self.flagged.record.get("moment") == "change" or any(number(one) < 0 for one in cells)

    @property
    def ratio(self) -> bool:
        """Whether the record is about a ratio."""
        return self.measure in RATIO_MEASURES

    def bounds(self, name: str) -> Bounds:
        """What values a number can have at all: whole ones if it counts, within the bounds of its quantity."""
        quantity = self.quantity(name)
        if quantity is None:
            return Bounds()
        highest = 100 if quantity is PERCENT else quantity.highest
        if quantity is PROPORTION and self.measure == "proportion":
            highest = 1
        lowest = 0 if quantity is PROPORTION and (self.ratio or self.measure == "proportion") else quantity.lowest
        return Bounds(
            whole=quantity.exact,
            lowest=-math.inf if lowest is None else lowest,
            highest=math.inf if highest is None else highest,
        )


def plain(one: Cell) -> bool:
    """Whether a cell holds a number without "<", "about" or a second reading."""
    return one.status == "reported" and one.value is not None and one.low + one.high == 2 * one.value


def number(one: Cell) -> Fraction:
    """The value of a plainly printed number."""
    assert one.value is not None, one.text  # noqa: S101 - narrows the type
    return one.value


@cache
def _quantity(kind: str, field: str) -> Quantity | None:
    models = [RECORDS[kind]] if kind in RECORDS else RECORD_MODELS
    return next((each.quantity for model in models for each in model.printed_fields() if each.name == field), None)


@cache
def _label(field: str) -> str:
    labels = {each.name: each.label for model in RECORD_MODELS for each in model.fields()}
    return labels.get(field, field.replace("_", " "))
