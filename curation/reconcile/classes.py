"""What kind of difference it is: every field of every matched pair of rows, most specific explanation first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curation.reconcile import numbers
from curation.reconcile.numbers import BLANK, Number
from schemas.fields import FieldFacts
from schemas.identity import PLACE, key_fields
from schemas.kinds.base import Record
from store.consensus import WORDS

CLASSES: dict[str, str] = {
    "equal": "the same, character by character",
    "rounding": "equal within rounding, or the same number spelled otherwise",
    "arms": "the numbers of two arms exchanged",
    "zero": "nothing against zero",
    "se_sd": "a standard error for a standard deviation, or the other way round",
    "missing": "nothing against a value",
    "sign": "a minus sign lost",
    "factor": "another unit, or the decimal point shifted",
    "digits": "two neighbouring digits exchanged",
    "place": "another place in the source",
    "code": "another code or id",
    "text": "other words",
    "value": "another value",
}
"""Class of a difference -> what it means, in the order in which they are tried."""
MINOR = ("equal", "rounding")
"""Classes that say the same."""

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which the two rows of a pair are not the same, character by character."""

    pair: int
    field: str
    kind_of: str


@cache
def compared(model: type[Record]) -> tuple[FieldFacts, ...]:
    """The fields in which two extractions are compared: all but the id, the words around the number, and remarks."""
    return tuple(each for each in model.fields() if each.name not in WORDS)


def differences(model: type[Record], table: pa.Table, pairs: Sequence[Pair]) -> list[Difference]:
    """Every difference of these pairs of rows of a kind's table, by pair and field. What is not listed is equal."""
    if not pairs:
        return []
    first, second = (np.asarray([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    found: list[Difference] = []
    spread = _spread(model, table, first, second)
    for field in compared(model):
        column = table.column(field.name).combine_chunks()
        texts = pc.struct_field(column, "text") if field.quantity else column
        one, other = texts.take(pa.array(first)), texts.take(pa.array(second))
        same = pc.fill_null(pc.equal(one, other), False)
        both_blank = pc.and_(pc.is_null(one), pc.is_null(other))
        open_ = np.flatnonzero(~np.asarray(pc.or_(same, both_blank).to_numpy(zero_copy_only=False)))
        if field.quantity is None:
            texts_ = zip(one.take(pa.array(open_)).to_pylist(), other.take(pa.array(open_)).to_pylist(), strict=True)
            classes = [_of_texts(field, here, there) for here, there in texts_]
        else:
            classes = _of_numbers(model, table, field, first[open_], second[open_], spread)
        found += [Difference(pair, field.name, kind) for pair, kind in zip(open_.tolist(), classes, strict=True)]
    return sorted(found, key=lambda each: each.pair)


def _of_texts(field: FieldFacts, one: str | None, other: str | None) -> str:
    if field.name in PLACE:
        return "place"
    if one is None or other is None:
        return "missing"
    return "code" if field.codes or field.refers_to else "text"


def _of_numbers(
    model: type[Record], table: pa.Table, field: FieldFacts, first: np.ndarray, second: np.ndarray, spread: _Spread
) -> list[str]:
    ones, others = _numbers(model, table, field, first), _numbers(model, table, field, second)
    classes = [_alone(model, field, one, other) for one, other in zip(ones, others, strict=True)]
    for at, (row, row_) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        if classes[at] not in MINOR and spread.confused(field.name, row, row_, ones[at], others[at]):
            classes[at] = "se_sd"
    if any(each.name == "arm" for each in model.fields()):
        for at in _exchanged(model, table, first, second, ones, others, classes):
            classes[at] = "arms"
    return classes


def _alone(model: type[Record], field: FieldFacts, one: Number, other: Number) -> str:
    """The class of two numbers that needs no other cell."""
    if numbers.alike(one, other):
        return "rounding"
    if one.missing and other.missing:
        return "text"
    if one.missing or other.missing:
        return "zero" if 0 in (one.value, other.value) else "missing"
    if numbers.opposite(one, other):
        return "sign"
    if numbers.by_factor(one, other, field, timed=_timed(model, field)):
        return "factor"
    return "digits" if numbers.digits_swapped(one, other) else "value"


def _timed(model: type[Record], field: FieldFacts) -> bool:
    """Whether a field without a unit of its own may hold a length of time: the record names the unit in words."""
    return field.quantity is not None and field.quantity.name == "number" and "unit" in model.model_fields


def _numbers(model: type[Record], table: pa.Table, field: FieldFacts, rows: Iterable[int]) -> list[Number]:
    at = pa.array(list(rows), pa.int64())
    cells = table.column(field.name).combine_chunks().take(at).to_pylist()
    named = _unit_field(model, field)
    units: Sequence[Any] = table.column(named).combine_chunks().take(at).to_pylist() if named else [""] * len(cells)
    return [numbers.number(cell, field, unit or "") for cell, unit in zip(cells, units, strict=True)]


def _unit_field(model: type[Record], field: FieldFacts) -> str | None:
    if field.quantity is not None and field.quantity.name == "time" and "time_unit" in model.model_fields:
        return "time_unit"
    return None


@dataclass(frozen=True, slots=True)
class _Spread:
    """Standard deviation, standard error and participants of the rows of all pairs, by row."""

    sd: Mapping[int, Number]
    se: Mapping[int, Number]
    people: Mapping[int, Number]

    def confused(self, field: str, one: int, other: int, cell: Number, cell_: Number) -> bool:
        """Whether one typed as SD what the other typed as SE, in the other's cell or in the same one."""
        if field not in ("sd", "se") or not self.sd:
            return False
        if self._crossed(one, other) or self._crossed(other, one):
            return True
        people = [self.people[row] for row in (one, other)]
        return any(numbers.root_n(cell, cell_, each) or numbers.root_n(cell_, cell, each) for each in people)

    def _crossed(self, one: int, other: int) -> bool:
        """Whether the SD of one row stands as SE in the other, which has no such SD."""
        sd, se = self.sd[one], self.se[other]
        if sd.value is None or se.value is None or not numbers.alike(sd, se):
            return False
        back, forth = self.sd[other], self.se[one]
        return (back.missing and forth.missing) or (back.value is not None and numbers.alike(back, forth))


def _spread(model: type[Record], table: pa.Table, first: np.ndarray, second: np.ndarray) -> _Spread:
    fields = {each.name: each for each in model.fields()}
    if not {"sd", "se", "n"} <= fields.keys():
        return _Spread({}, {}, {})
    rows = sorted({*first.tolist(), *second.tolist()})
    sd, se, people = (
        dict(zip(rows, _numbers(model, table, fields[name], rows), strict=True)) for name in ("sd", "se", "n")
    )
    return _Spread(sd, se, people)


def _exchanged(
    model: type[Record],
    table: pa.Table,
    first: np.ndarray,
    second: np.ndarray,
    ones: Sequence[Number],
    others: Sequence[Number],
    classes: Sequence[str],
) -> Iterator[int]:
    """The differing cells of pairs that agree in all but the arm, of which two say each other's number."""
    names = [each for each in key_fields(model) if each != "arm"]
    chosen = [at for at, kind in enumerate(classes) if kind not in MINOR]
    if len(chosen) < 2:
        return
    rows = pa.array([int(first[at]) for at in chosen], pa.int64())
    keys = list(zip(*(table.column(name).combine_chunks().take(rows).to_pylist() for name in names), strict=True))
    arms = table.column("arm").combine_chunks().take(rows).to_pylist()
    who = table.column("extractor").combine_chunks().take(pa.array([int(second[at]) for at in chosen], pa.int64()))
    groups: dict[tuple[Any, ...], list[tuple[int, str | None]]] = defaultdict(list)
    for at, key, arm, extractor in zip(chosen, keys, arms, who.to_pylist(), strict=True):
        groups[(*key, extractor)].append((at, arm))
    for group in groups.values():
        for at, arm in group:
            if any(
                arm != arm_ and numbers.alike(ones[at], others[at_]) and numbers.alike(ones[at_], others[at])
                and not (ones[at] is BLANK and others[at] is BLANK)
                for at_, arm_ in group if at_ != at
            ):  # fmt: skip
                yield at
