"""pandera on a pandas frame: checks of the whole frame as vectorised expressions, collected lazily."""

from __future__ import annotations

import duckdb
import numpy as np
import pandera.pandas as pa
import plain
from plain import CHECKS, DUST, NUMBERS, PERCENT, RATIO, STEPS

LEAST, MOST = (np.array(values) for values in plain.critical_values())


def events_within_total(f):
    return f["events"] <= f["total"]


def percent_of_total(f):
    return (f["percent"] * f["total"] - 100 * f["events"]).abs() <= (PERCENT + DUST) * f["total"]


def ordered(f):
    return f["lower"] - f["upper"] <= 2 * RATIO + DUST


def evenly_around(f):
    low, high = f["estimate"] - RATIO, f["estimate"] + RATIO
    return ((f["lower"] - RATIO) * (f["upper"] - RATIO) <= high * high * (1 + DUST)) & (
        (f["lower"] + RATIO) * (f["upper"] + RATIO) >= low * low * (1 - DUST)
    )


def p_of_interval(f):
    step = np.rint(STEPS * f["p"].to_numpy()).astype(np.intp)
    low, high = np.log(f["estimate"] - RATIO), np.log(f["estimate"] + RATIO)
    narrow = np.log((f["upper"] - RATIO) / (f["lower"] + RATIO))
    wide = np.log((f["upper"] + RATIO) / (f["lower"] - RATIO))
    least, most = np.maximum(np.maximum(low, -high), 0), np.maximum(high, -low)
    fits = (least <= MOST[step] * wide * (1 + DUST)) & (most >= LEAST[step] * narrow * (1 - DUST))
    return fits | ~ordered(f)


WITHIN = pa.Check.in_range(-PERCENT - DUST, 100 + PERCENT + DUST)
NAMES = {"PERCENT-001": WITHIN.error}
"""A check that comes with pandera goes by a name of its own."""
SCHEMA = pa.DataFrameSchema(
    {
        "percent": pa.Column(float, WITHIN),
        **{name: pa.Column(float) for name in ("events", "total", "estimate", "lower", "upper", "p")},
    },
    checks=[
        pa.Check(events_within_total, name="COUNT-001"),
        pa.Check(percent_of_total, name="COUNT-002"),
        pa.Check(ordered, name="EFFECT-001"),
        pa.Check(evenly_around, name="EFFECT-005"),
        pa.Check(p_of_interval, name="EFFECT-006"),
    ],
)


def check(file: str) -> dict[str, int]:
    """How many rows fail each check."""
    with duckdb.connect(file, read_only=True) as connection:
        frame = connection.sql(f"SELECT {NUMBERS} FROM facts").df()
    try:
        SCHEMA.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as found:
        cases = found.failure_cases.drop_duplicates(["check", "index"])
        failed = cases["check"].value_counts().to_dict()
    else:
        failed = {}
    return {each: failed.get(NAMES.get(each, each), 0) for each in CHECKS}
