"""Small worlds as records, for the examples of rules that share them."""

from __future__ import annotations

Rows = list[dict[str, str]]
_AGES = {"a": "9.1", "b": "8.4", "c": "10.2", "d": "7.9", "e": "9.6"}
"""Standard deviations of age in five studies that agree."""


def pool_with(**suspect: str) -> Rows:
    """The ages of five studies of 40, and of a sixth one with these numbers.

    >>> [row["study"] for row in pool_with(n="40", sd="1.4")]
    ['a', 'b', 'c', 'd', 'e', 'x']
    """
    common = {"kind": "mean", "outcome": "age", "unit": "years"}
    others = [common | {"study": study, "n": "40", "mean": "58", "sd": sd} for study, sd in _AGES.items()]
    return [*others, common | {"study": "x"} | suspect]


def trial_with_medians(ratio: str, lower: str, upper: str, first: str, second: str) -> Rows:
    """A hazard ratio with its interval, and the median survival of the two arms that it compares.

    >>> [row["kind"] for row in trial_with_medians("0.66", "0.52", "0.84", "35 months", "24 months")]
    ['survival', 'survival', 'effect']
    """
    common = {"study": "s", "outcome": "os"}
    medians = [
        common | {"kind": "survival", "arm": arm, "median": median} for arm, median in (("len", first), ("dex", second))
    ]
    effect = {"kind": "effect", "arm": "len", "comparator": "dex", "measure": "HR", "estimate": ratio, "lower": lower}
    return [*medians, common | effect | {"upper": upper}]
