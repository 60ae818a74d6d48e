"""Mistakes that turn one number into another: a unit, a shifted point, a complement, a sign, SE for SD, a sum for a mean.

Two printed numbers of one fact are compared; a mistake is named only where it explains the difference within the
rounding of both. It is an offer, never an assertion.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

MOST = 2
"""Mistakes named of one pair; where more would do, none is telling."""
WIDEST = Fraction(6, 5)
"""A number whose interval is wider than this ratio fits too many factors to say anything."""

FACTORS: tuple[tuple[Fraction, str], ...] = (
    (Fraction(12), "12 times: months for years"),
    (Fraction(7), "7 times: days for weeks"),
    (Fraction(36525, 1200), "30.4 times: days for months"),
    (Fraction(36525, 8400), "4.35 times: weeks for months"),
    (Fraction(36525, 100), "365 times: days for years"),
    (Fraction(36525, 700), "52.2 times: weeks for years"),
    (Fraction(60), "60 times: minutes for hours, or hours for days of work"),
    (Fraction(24), "24 times: hours for days"),
    (Fraction(100), "100 times: a percentage for a fraction"),
    *((Fraction(10) ** k, f"{10**k:,} times: the decimal point shifted by {k}") for k in (1, 2, 3, 6)),
    (Fraction(2), "2 times: a half for a whole"),
)
"""Factor -> what it may mean, in the order in which they are named."""


class Shown(Protocol):
    """A printed number: its text and the exact interval of true values it stands for."""

    @property
    def text(self) -> str: ...  # noqa: D102 - see Cell
    @property
    def low(self) -> Any: ...  # noqa: ANN401, D102 - exact, or infinite
    @property
    def high(self) -> Any: ...  # noqa: ANN401, D102 - named by its protocol


def mistakes(one: Shown, other: Shown, *, n: Fraction | None = None, whole: Fraction | None = None) -> list[str]:
    """Which mistakes turn one printed number into the other; an empty list if none does, or too many would.

    Args:
        one: a printed number.
        other: another printed number of the same fact.
        n: participants, if known: tries SE for SD, a sum for a mean and a count for a percentage.
        whole: 100 or 1 for a share of that whole: tries the complement.

    >>> from types import SimpleNamespace
    >>> def shown(text, half):
    ...     return SimpleNamespace(text=text, low=Fraction(text) - Fraction(half), high=Fraction(text) + Fraction(half))
    >>> mistakes(shown("24.9", "0.05"), shown("2.075", "0.0005"))
    ['24.9 is 2.075 12 times: months for years']
    >>> mistakes(shown("1.26", "0.005"), shown("9.1", "0.05"), n=Fraction(52))
    ['9.1 is 1.26 times the root of 52: SD for SE']
    >>> mistakes(shown("39.0", "0.05"), shown("61", "0.5"), whole=Fraction(100))
    ['61 is 100 minus 39.0: the complement']
    >>> mistakes(shown("39.0", "0.05"), shown("-39", "0.5"))
    ['-39 is 39.0 with the sign changed']
    >>> mistakes(shown("39.0", "0.05"), shown("46.6", "0.05"))
    []
    """
    found = list(dict.fromkeys(_named(one, other, n, whole)))
    return found if len(found) <= MOST else []


def swapped_limits(field: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Whether two records of one fact carry the two limits in opposite order. ``field`` is one of the limits.

    >>> swapped_limits("lower", {"lower": {"text": "0.5"}, "upper": {"text": "0.8"}},
    ...                {"lower": {"text": "0.8"}, "upper": {"text": "0.5"}})
    ['the two limits are swapped in one of the places']
    """
    for low, high in (("lower", "upper"), ("rate_lower", "rate_upper"), ("pi_lower", "pi_upper"), ("low", "high")):
        if field in (low, high):
            texts = [[_text(each.get(end)) for end in (low, high)] for each in (one, other)]
            if all(texts[0]) and texts[0] == texts[1][::-1] and texts[0] != texts[1]:
                return ["the two limits are swapped in one of the places"]
    return []


def whole_of(field: str, measure: str = "") -> Fraction | None:
    """100 for a field that holds a percentage, 1 for one that holds a proportion, else None.

    >>> whole_of("percent"), whole_of("estimate", "proportion"), whole_of("median")
    (Fraction(100, 1), Fraction(1, 1), None)
    """
    if field in ("percent", "rate", "rate_lower", "rate_upper"):
        return Fraction(100)
    shares = ("proportion", "survival_rate")
    return Fraction(1) if field in ("estimate", "lower", "upper") and measure in shares else None


def of_one_fact(row: Any, name: str = "printed", field: str = "") -> list[str]:  # noqa: ANN401 - a flagged row
    """The mistakes that explain the first two different numbers of a flagged row's list of printed numbers."""
    cells = [each for each in row.several(name) if each.known]
    field = field or row.code("field")
    different = next(((a, b) for a in cells for b in cells if a.high < b.low or b.high < a.low), None)
    return between(row, *different, field=field) if different else []


def between(row: Any, one: Shown, other: Shown, field: str = "") -> list[str]:  # noqa: ANN401 - a flagged row
    """The mistakes that explain two different numbers of a flagged row, with the participants of its record."""
    field = field or row.code("field")
    return mistakes(one, other, n=_participants(row, field), whole=_whole(row, field))


def _text(cell: Any) -> str:  # noqa: ANN401 - a cell, a printed struct, or nothing
    text = cell.get("text") if isinstance(cell, Mapping) else getattr(cell, "text", "")
    return str(text or "").strip()


def _whole(row: Any, field: str) -> Fraction | None:  # noqa: ANN401 - of any kind
    if field == "rate" and row.code("kind") == "rate":
        return None
    return whole_of(field, row.code("measure"))


def _participants(row: Any, field: str) -> Fraction | None:  # noqa: ANN401 - of any kind
    """The participants behind a flagged record: a mean's n or a count's total."""
    name = {"sd": "n", "se": "n", "mean": "n", "percent": "total", "events": "total"}.get(field)
    cell = row.record.get(name) if name else None
    value = getattr(cell, "value", None)
    return value if value is not None and value > 1 else None


def _named(one: Shown, other: Shown, n: Fraction | None, whole: Fraction | None) -> Iterator[str]:
    if _telling(one) and _telling(other):
        small, large = (one, other) if one.high < other.low else (other, one)
        names = (one.text.strip(), other.text.strip())
        if _meets(one, (-other.high, -other.low)):
            yield f"{names[1]} is {names[0]} with the sign changed"
        if whole is not None and _meets(one, (whole - other.high, whole - other.low)):
            yield f"{names[1]} is {whole} minus {names[0]}: the complement"
        if small.low > 0:
            yield from _multiples(small, large, n, whole)


def _multiples(small: Shown, large: Shown, n: Fraction | None, whole: Fraction | None) -> Iterator[str]:
    few, many = small.text.strip(), large.text.strip()
    if n is not None and whole == 100:
        for count, percent in ((small, large), (large, small)):
            if _times(count, Fraction(100) / n, percent):
                yield f"{count.text.strip()} of {n} is {percent.text.strip()}: a count for a percentage"
    elif n is not None and _squared(small, n, large):
        yield f"{many} is {few} times the root of {n}: SD for SE"
    elif n is not None and _times(small, n, large):
        yield f"{many} is {few} times {n}: a sum for a mean"
    taken = False
    for factor, words in FACTORS:
        if not taken and _times(small, factor, large):
            taken = True
            yield f"{many} is {few} {words}"


def _telling(one: Shown) -> bool:
    """Whether a number is printed finely enough for a factor to mean something."""
    low, high = sorted((abs(one.low), abs(one.high)))
    return bool(low > 0 and high <= WIDEST * low and (one.low > 0) == (one.high > 0))


def _meets(one: Shown, ends: Sequence[Any]) -> bool:
    return bool(one.low <= ends[1] and ends[0] <= one.high)


def _times(small: Shown, factor: Fraction, large: Shown) -> bool:
    return bool(small.low * factor <= large.high and large.low <= small.high * factor)


def _squared(small: Shown, n: Fraction, large: Shown) -> bool:
    """Whether large may be small times the root of n, in exact numbers."""
    return bool(small.low**2 * n <= large.high**2 and large.low**2 <= small.high**2 * n)
