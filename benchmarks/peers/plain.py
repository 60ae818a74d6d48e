"""What every engine on plain doubles needs: half units of the last places, critical values by printed P, the checks in SQL.

Only the standard library, because some engines live in environments of their own.
"""

from __future__ import annotations

from math import inf
from statistics import NormalDist

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


FAILS = {
    "COUNT-001": "events > total",
    "PERCENT-001": f"percent NOT BETWEEN {-PERCENT - DUST} AND {100 + PERCENT + DUST}",
    "COUNT-002": f"abs(percent * total - 100 * events) > {PERCENT + DUST} * total",
    "EFFECT-001": f"lower - upper > {2 * RATIO + DUST}",
    "EFFECT-005": f"""
        (lower - {RATIO}) * (upper - {RATIO}) > (estimate + {RATIO}) * (estimate + {RATIO}) * {1 + DUST}
        OR (lower + {RATIO}) * (upper + {RATIO}) < (estimate - {RATIO}) * (estimate - {RATIO}) * {1 - DUST}""",
    "EFFECT-006": f"""
        lower - upper <= {2 * RATIO + DUST} AND (
            greatest(ln(estimate - {RATIO}), -ln(estimate + {RATIO}), 0)
                > most * {1 + DUST} * ln((upper + {RATIO}) / (lower - {RATIO}))
            OR greatest(ln(estimate + {RATIO}), -ln(estimate - {RATIO}))
                < least * {1 - DUST} * greatest(ln((upper - {RATIO}) / (lower + {RATIO})), 0))""",
}
"""The rows that fail each check, in SQL; "least" and "most" are the critical values of the row's P."""
P_STEP = f"CAST({STEPS} * p AS INTEGER)"
