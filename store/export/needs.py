"""What an analysis takes of each kind of record, and why a record has nothing to give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from schemas.fields import FieldFacts
from schemas.kinds.base import Record
from store.export.tidy import LARGEST_WHOLE, mask, whole

Mask = NDArray[np.bool_]

TAKES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "count": (("events", "total"), ("percent",)),
    "mean": (("mean",), ("median",)),
    "survival": (("median",), ("rate",), ("events", "total"), ("at_risk",)),
    "effect": (("estimate",), ("statistic",), ("p",)),
    "pooled": (("estimate",), ("q",), ("i2",), ("tau2",), ("p_heterogeneity",), ("p",)),
    "test": (("statistic",), ("p",)),
}
"""Kind -> sets of fields, one of which must hold usable numbers. A kind that is not listed gives any of its own fields
that is neither part of its key nor filled in by default: a number, a bound (a threshold of >=30), or a statement."""

_STATUS = {
    "not_reported": "is not reported in the source",
    "not_applicable": "is not applicable",
    "not_reached": "was not reached",
    "not_estimable": "could not be estimated",
    "unclear": "cannot be read with certainty",
}


def takes(model: type[Record]) -> tuple[tuple[str, ...], ...]:
    """Sets of fields; a record whose fields of one set are all usable can be analysed."""
    own = [each.name for each in model.own_fields() if not (each.key or each.required or each.default)]
    return TAKES.get(model.kind) or tuple((name,) for name in own)


def usable_rows(model: type[Record], table: pa.Table) -> Mask:
    """The rows an analysis can take something of."""
    fields = {each.name: each for each in model.fields()}
    sets = [
        np.logical_and.reduce([_usable(model, fields[name], table.column(name).combine_chunks()) for name in names])
        for names in takes(model)
    ]
    return np.asarray(np.logical_or.reduce(sets), dtype=bool)


def _usable(model: type[Record], field: FieldFacts, column: Any) -> Mask:  # noqa: ANN401 - pyarrow ships no types
    """The cells that hold a text, a definite number, or a bound where bounds are taken (P values: <0.001)."""
    if field.quantity is None:
        return mask(pc.is_valid(column))
    value, relation = (pc.struct_field(column, name) for name in ("value", "relation"))
    good = pc.and_(pc.equal(pc.struct_field(column, "status"), "reported"), pc.is_finite(value))
    definite = pc.not_equal(relation, "~") if _takes_bounds(model, field) else pc.equal(relation, "=")
    good = pc.and_kleene(good, definite)
    return mask(pc.and_kleene(good, pc.is_valid(whole(value))) if field.quantity.exact else good)


def why_unusable(model: type[Record], row: Mapping[str, Any]) -> str:
    """Why an analysis can take nothing of a record, in words."""
    fields = {each.name: each for each in model.fields()}
    wanted = dict.fromkeys(name for names in takes(model) for name in names)
    given = [f"{name} {why}" for name in wanted if (why := _why_not(model, fields[name], row[name]))]
    if given:
        return "; ".join(given)
    begun = next((names for names in takes(model) if any(row[name] is not None for name in names)), None)
    if begun:
        absent = [name for name in begun if row[name] is None]
        return f"{' and '.join(absent)} {'is' if len(absent) == 1 else 'are'} not given"
    return f"it gives none of {', '.join(' with '.join(names) for names in takes(model))}"


def _why_not(model: type[Record], field: FieldFacts, cell: Any) -> str:  # noqa: ANN401 - a text or a struct
    if field.quantity is None or cell is None:
        return ""
    fault = _STATUS.get(cell["status"]) or _vague(model, field, cell["relation"]) or _unfit(field, cell["value"])
    return f"({cell['text'].strip()!r}) {fault}" if fault else ""


def _vague(model: type[Record], field: FieldFacts, relation: str) -> str:
    if relation == "~":
        return "is approximate"
    return "" if relation == "=" or _takes_bounds(model, field) else "is only a bound"


def _unfit(field: FieldFacts, value: float | None) -> str:
    if value is None or not np.isfinite(value):
        return "is too large for a computer's number"
    if field.quantity is None or not field.quantity.exact:
        return ""
    if abs(value) > LARGEST_WHOLE:
        return "is too large to be a count"
    return "" if float(value).is_integer() else "is not a whole number"


def _takes_bounds(model: type[Record], field: FieldFacts) -> bool:
    return model.kind not in TAKES or (field.quantity is not None and field.quantity.name == "p")
