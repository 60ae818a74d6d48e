"""What every engine on plain doubles needs: half units of the last places, critical values by printed P, the checks in SQL.

Only the standard library, because some engines live in environments of their own.
"""

from __future__ import annotations

from math import inf
from statistics import NormalDist

NUMBERS = "events, total, percent, estimate, lower, upper, p"
"""The columns that the checks read."""
CHECKS = ("COUNT-001", "PERCENT-001", "COUNT-002", "EFFECT-001", "EFFECT-005", "EFFECT-006")
PERCENT, RATIO, P = 0.05, 0.005, 0.0005
"""Half a unit of the last printed place of percentages, of ratios and their limits, and of P values."""
DUST = 1e-9
"""Tolerance for the rounding error of doubles at the edges of intervals."""
STEPS = 2000
"""P values are looked up by their number of half thousandths; one printed as "<0.001" is 0.0005."""
_NORMAL = NormalDist()
WIDTH = 2 * _NORMAL.inv_cdf(0.975)
"""Standard errors in the width of a 95% interval."""


def critical_values() -> tuple[list[float], list[float]]:
    """By printed P, in half thousandths: the smallest and the largest log estimate, in widths of its interval."""
    smallest, largest = [], []
    for step in range(STEPS + 1):
        low, high = max(step / STEPS - P, 0.0), min(step / STEPS + P, 1.0)
        smallest.append(_NORMAL.inv_cdf(1 - high / 2) / WIDTH)
        largest.append(_NORMAL.inv_cdf(1 - low / 2) / WIDTH if low > 0 else inf)
    return smallest, largest


EVEN_GAP = f"""greatest(
    (lower - {RATIO}) * (upper - {RATIO}) - (estimate + {RATIO}) * (estimate + {RATIO}) * {1 + DUST},
    (estimate - {RATIO}) * (estimate - {RATIO}) * {1 - DUST} - (lower + {RATIO}) * (upper + {RATIO}))"""
"""log lower + log upper = 2 log estimate, multiplied out; above 0 where no rounding explains the difference."""
P_GAP = f"""CASE WHEN lower - {RATIO} <= upper + {RATIO} THEN greatest(
    greatest(ln(estimate - {RATIO}), -ln(estimate + {RATIO}), 0)
        - most * {1 + DUST} * ln((upper + {RATIO}) / (lower - {RATIO})),
    least * {1 - DUST} * ln((upper - {RATIO}) / (lower + {RATIO}))
        - greatest(ln(estimate + {RATIO}), -ln(estimate - {RATIO}))) ELSE 0 END"""
"""The same for P and the width of the interval; "least" and "most" are the critical values of the row's P."""
FAILS = {
    "COUNT-001": "events > total",
    "PERCENT-001": f"percent NOT BETWEEN {-PERCENT - DUST} AND {100 + PERCENT + DUST}",
    "COUNT-002": f"abs(percent * total - 100 * events) > {PERCENT + DUST} * total",
    "EFFECT-001": f"lower - {RATIO} > upper + {RATIO}",
    "EFFECT-005": f"{EVEN_GAP} > 0",
    "EFFECT-006": f"{P_GAP} > 0",
}
"""The rows that fail each check, in SQL."""
CRITICAL = f"SELECT unnest(?) AS least, unnest(?) AS most, unnest(range({STEPS + 1})) AS step"
"""Query of the critical values; its parameters are those of ``critical_values``."""
WITH_CRITICAL = f"SELECT * FROM facts JOIN critical ON step = CAST({STEPS} * p AS INTEGER)"
