"""What an analysis takes of each kind of record, and why a record has nothing to give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from schemas.fields import FieldFacts
from schemas.kinds.base import Record
from store.export.tidy import LARGEST_WHOLE, mask

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
that is neither part of its key nor filled in by default: a number, or a statement in words."""

_STATUS = {
    "not_reported": "is not reported in the source",
    "not_applicable": "is not applicable",
    "not_reached": "was not reached",
    "not_estimable": "could not be estimated",
    "unclear": "cannot be read with certainty",
}
_RELATION = {"~": "is approximate"}


def takes(model: type[Record]) -> tuple[tuple[str, ...], ...]:
    """Sets of fields; a record whose fields of one set are all usable can be analysed."""
    own = [each.name for each in model.own_fields() if not (each.key or each.required or each.default)]
    return TAKES.get(model.kind) or tuple((name,) for name in own)


def usable_rows(model: type[Record], table: pa.Table) -> Mask:
    """The rows an analysis can take something of."""
    fields = {each.name: each for each in model.fields()}
    sets = [
        np.logical_and.reduce([usable(fields[name], table.column(name).combine_chunks()) for name in names])
        for names in takes(model)
    ]
    return np.asarray(np.logical_or.reduce(sets), dtype=bool)


def usable(field: FieldFacts, column: Any) -> Mask:  # noqa: ANN401 - pyarrow ships no types
    """The cells that hold a definite number (for P values, also a bound such as <0.001), or a text."""
    if field.quantity is None:
        return mask(pc.is_valid(column))
    value, relation = (pc.struct_field(column, name) for name in ("value", "relation"))
    good = pc.and_(pc.equal(pc.struct_field(column, "status"), "reported"), pc.is_finite(value))
    definite = pc.not_equal(relation, "~") if _takes_bounds(field) else pc.equal(relation, "=")
    good = pc.and_kleene(good, definite)
    if field.quantity.exact:
        good = pc.and_kleene(
            good, pc.and_(pc.equal(value, pc.round(value)), pc.less_equal(pc.abs(value), float(LARGEST_WHOLE)))
        )
    return mask(good)


def why_unusable(model: type[Record], row: Mapping[str, Any]) -> str:
    """Why an analysis can take nothing of a record, in words."""
    fields = {each.name: each for each in model.fields()}
    wanted = dict.fromkeys(name for names in takes(model) for name in names)
    given = [(name, why) for name in wanted if row[name] is not None and (why := _why_not(fields[name], row[name]))]
    if given:
        return "; ".join(f"{name} {why}" for name, why in given)
    begun = next((names for names in takes(model) if any(row[name] is not None for name in names)), None)
    if begun:
        absent = [name for name in begun if row[name] is None]
        return f"{' and '.join(absent)} {'is' if len(absent) == 1 else 'are'} not given"
    return f"it gives none of {_listed(' with '.join(names) for names in takes(model))}"


def _why_not(field: FieldFacts, cell: Any) -> str:  # noqa: ANN401 - a text or a struct
    if field.quantity is None:
        return ""
    shown = f"({cell['text'].strip()!r})"
    if cell["status"] != "reported":
        return f"{shown} {_STATUS[cell['status']]}"
    if cell["relation"] == "~" or (cell["relation"] != "=" and not _takes_bounds(field)):
        return f"{shown} {_RELATION.get(cell['relation'], 'is only a bound')}"
    if cell["value"] is None or not np.isfinite(cell["value"]):
        return f"{shown} is too large for a computer's number"
    if field.quantity.exact and not float(cell["value"]).is_integer():
        return f"{shown} is not a whole number"
    if field.quantity.exact and abs(cell["value"]) > LARGEST_WHOLE:
        return f"{shown} is too large to be a count"
    return ""


def _takes_bounds(field: FieldFacts) -> bool:
    return field.quantity is not None and field.quantity.name == "p"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
