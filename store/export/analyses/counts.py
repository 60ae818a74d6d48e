"""Events and totals of count records, events and person-time of rate records."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from store.export.analyses.reading import Floats, bounds, first_reason, numbered, numbers, texts

FROM_PERCENT = 1
_SLACK = 1e-9
"""Relative room at the ends of an interval, so that a count at the very end still counts as fitting."""


def counts(table: pa.Table) -> pd.DataFrame:
    """Events a and total b of count records; missing events from the percentage where exactly one number fits."""
    events, total, percent = (numbers(table, name) for name in ("events", "total", "percent"))
    n = total.whole
    wanted = events.free & ~np.isnan(n) & percent.known
    fitted = np.where(wanted, only_count(percent.low, percent.high, n), np.nan)
    x = np.where(wanted, fitted, events.whole)
    why = first_reason(
        len(table),
        (texts(table, "estimator") != "proportion", "only plain proportions are counts: this percentage was estimated in another way"),
        (np.isnan(n), "the total is not given, or is no definite number"),
        (np.isnan(x) & wanted, "the events are not given, and not exactly one whole number fits percent and total"),
        (np.isnan(x), "the events are not given, or are no definite number, and nothing printed says what they are"),
        (~((x >= 0) & (x <= n) & (n >= 1)), "the events are not between 0 and the total"),
    )  # fmt: skip
    how = np.where(wanted, FROM_PERCENT, 0)
    return numbered(len(table), form="counts", a=x, b=n, how=how, why=why, **bounds((x, x), (n, n)))


def only_count(low: Floats, high: Floats, total: Floats) -> Floats:
    """The one whole number whose percentage of the total lies between low and high; NaN where none or several do.

    >>> only_count(np.array([42.25, 1.5]), np.array([42.35, 2.5]), np.array([52.0, 1000.0])).tolist()
    [22.0, nan]
    """
    with np.errstate(invalid="ignore"):
        room = _SLACK * np.maximum(1.0, total)
        least = np.maximum(np.ceil(low * total / 100 - room), 0)
        most = np.minimum(np.floor(high * total / 100 + room), total)
        return np.where(least == most, least, np.nan)


def rates(table: pa.Table) -> pd.DataFrame:
    """Events a and person-time b of rate records, in participant-years or whatever unit of time it is given in."""
    unit = texts(table, "time_unit")
    events, time = numbers(table, "events"), numbers(table, "person_time")
    x = events.whole
    why = first_reason(
        len(table),
        (np.isnan(x), "the events are not given, or are no definite number: a rate alone is not pooled"),
        (np.isnan(time.value), "the person-time is not given, or is no definite number: a rate alone is not pooled"),
        (~((x >= 0) & (time.value > 0)), "the events are below 0, or the person-time is not above 0"),
    )
    compared = bounds((x, x), (time.low, time.high))
    unit = "participant-" + np.where(unit == "", "years", unit)
    return numbered(len(table), form="rates", unit=unit, a=x, b=time.value, why=why, **compared)
