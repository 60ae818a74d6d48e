"""EFFECT-003. Catalogue 22: a ratio is positive."""

import numpy as np

from curation.engine.rule import rule
from schemas.scales import RATIO_MEASURES
from schemas.verdicts import Verdicts


@rule(
    "EFFECT-003",
    oracle="brute force: test_bruteforce_effects.py",
    severity="error",
    source="arithmetic: a ratio of two positive quantities is positive",
    kinds=["effect", "pooled"],
    field="estimate",
    consistent=[
        dict(kind="effect", measure="OR", estimate="0.66", lower="0.52", upper="0.84"),
        dict(kind="effect", measure="RR", estimate="0.02", lower="0.00", upper="0.35"),
    ],
    inconsistent=[
        dict(kind="effect", measure="HR", estimate="-0.42", lower="-0.65", upper="-0.17"),
        dict(kind="pooled", measure="OR", estimate="0.66", lower="-0.52", upper="0.84"),
    ],
    cannot_tell=[dict(kind="effect", measure="OR", estimate="NR", lower="0.52", upper="0.84")],
    look="whether the logarithm is printed, or a dash is taken for a minus sign",
)  # fmt: skip
def ratio_positive(measure, estimate, lower=None, upper=None):
    """A ratio, or a limit of its interval, is negative.

    OR, RR, HR, IRR and ROM and their limits are above zero. "0.00" may be 0.004 and passes; a printed interval that
    lies at or below zero as a whole does not.
    """
    verdicts = [_may_be_positive(column) for column in (estimate, lower, upper)]
    together = verdicts[0] & verdicts[1].checked_where_known() & verdicts[2].checked_where_known()
    return together.only(measure.is_(*RATIO_MEASURES))


@ratio_positive.screen
def surely_positive(measure, estimate, lower, upper):
    positive = (estimate.high > 0) & _above_zero(lower) & _above_zero(upper)
    return Verdicts.surely(positive, ~measure.is_(*RATIO_MEASURES))


def _above_zero(column):
    return (column.high > 0) | ~column.known


def _may_be_positive(column):
    with np.errstate(invalid="ignore"):
        return Verdicts.of(column.known & np.asarray(column.high <= 0, dtype=bool), column.known)


@ratio_positive.explain
def log_scale(row):
    cells = [row[name] for name in ("estimate", "lower", "upper")]
    if (
        any(one.value is None for one in cells)
        or not cells[1].value <= cells[0].value <= cells[2].value
        or cells[2].value > 10
    ):
        return []
    estimate, lower, upper = (f"{np.exp(float(one.value)):.2f}" for one in cells)
    return [f"the logarithm may be printed: the ratio is then {estimate} ({lower} to {upper})"]


@ratio_positive.explain
def minus_lost(row):
    negative = [name for name in ("estimate", "lower", "upper") if row[name].value is not None and row[name].value < 0]
    turned = {name: (-row[name].high, -row[name].low) for name in negative}
    values = {name: abs(row[name].value) for name in ("estimate", "lower", "upper") if row[name].value is not None}
    in_order = values.get("lower", 0) <= values.get("estimate", values.get("lower", 0)) <= values.get("upper", np.inf)
    return ["a dash may be taken for a minus sign"] if turned and in_order and row.holds(**turned) else []
