"""A RevMan review pooled again, number by number beside what its file holds.

Every analysis, and every subgroup of it, is pooled from its rows by its own settings. A number agrees if it lies within
the rounding of the one in the file: files give all their results with the same number of decimals, of which zeros at the
end are not written, so the finest of them tells it; eight at most. RevMan approximates tail areas: P values agree
within 0.0001.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import chdtrc, ndtri

from curation.exchange.repool_pooling import Pooled, own_effects, pooled
from curation.exchange.revman_numbers import DECIMALS, decimal, number
from curation.exchange.revman_review import Analysis, Result, Review, Row, level_of
from pooling.errors import CannotPool

QUANTITIES = {
    "estimate": "estimate", "lower": "lower limit", "upper": "upper limit", "z": "Z", "p": "P", "tau2": "tau²", "q": "Q",
    "df": "df", "p_q": "P of Q", "i2": "I²", "q_between": "Q between subgroups", "p_between": "P between subgroups",
}  # fmt: skip
_TAILS = {"p", "p_q", "p_between"}
_TAIL = 1e-4
_SLACK = 1e-7
"""What double arithmetic may add to rounding, relative to the number; file and recomputation order their sums freely."""


@dataclass(frozen=True, slots=True)
class Line:
    """One number: where it stands, what it is, as the file has it, recomputed, and whether they agree.

    ``agrees`` is None where the file has no such number, or nothing can be recomputed.
    """

    analysis: str
    name: str
    part: str
    quantity: str
    printed: str
    recomputed: float | None
    agrees: bool | None
    note: str = ""
    of_study: bool = False


def repooled(review: Review) -> list[Line]:
    """Every result of the review and every effect of its studies, recomputed."""
    half = 0.5 * 10.0 ** -_decimals(review)
    return [line for one in review.analyses for line in _of_analysis(one, review, half)]


def _of_analysis(one: Analysis, review: Review, half: float) -> list[Line]:
    try:
        return list(_analysis(one, review, half))
    except CannotPool as refused:
        return [
            Line(one.place, one.name, "", QUANTITIES["estimate"], number(one.result.estimate), None, None, str(refused))
        ]


def _decimals(review: Review) -> int:
    """The decimals to which the file gives its results."""
    results = [each for one in review.analyses for each in (one.result, *(part.result for part in one.parts)) if each]
    texts = [text for each in results for text in (each.estimate, each.lower, each.upper, each.z)]
    values = [value for text in texts if (value := decimal(text)) is not None]
    places = [-int(value.as_tuple().exponent) for value in values if value]
    return min(max(places, default=2), DECIMALS)


def _analysis(one: Analysis, review: Review, half: float) -> Iterator[Line]:
    rows = list(one.rows)
    if not one.usual:
        note = "pooled by a method of later versions of RevMan"
        yield Line(one.place, one.name, "", QUANTITIES["estimate"], number(one.result.estimate), None, None, note)
        return
    whole, halves = _as_shown(one, rows, one.result, half)
    parts = [(part, _as_shown(one, part.rows, part.result, half)[0]) for part in one.subgroups]
    for part, made in parts:
        if part.result:
            yield from _lines(one, part.name, part.result, made, half, "")
    note = "" if halves or not _empty_cell(one, rows) else "halves added to the studies' own effects only"
    yield from _lines(one, "", one.result, whole, half, note)
    if one.subgroups and whole:
        yield from _between(one, whole, [made for _, made in parts if made], half)
    yield from _studies(one, review, whole, half)


def _as_shown(one: Analysis, rows: Sequence[Row], result: Result | None, half: float) -> tuple[Pooled | None, bool]:
    """The result, with empty cells treated in the way that gives the estimate in the file; says which."""
    own = own_effects(one, rows)
    made = pooled(one, own)
    if made is None or result is None or one.method != "MH" or not _empty_cell(one, rows):
        return made, True
    other = pooled(one, own, halves=False)
    fits = _fits("estimate", result.estimate, _natural(one, made.estimate), half)
    others = other is not None and _fits("estimate", result.estimate, _natural(one, other.estimate), half)
    return (other, False) if others and not fits else (made, True)


def _empty_cell(one: Analysis, rows: Sequence[Row]) -> bool:
    """Whether a table of events has an empty cell."""
    cells = [(decimal(group.events), decimal(group.total)) for row in rows for group in (row.first, row.second)]
    return one.type == "DICH" and any(events in {0, total} for events, total in cells)


def _natural(one: Analysis, value: float) -> float:
    with np.errstate(over="ignore"):
        return float(np.exp(value)) if one.ratio else value


def _lines(one: Analysis, part: str, result: Result, made: Pooled | None, half: float, note: str) -> Iterator[Line]:
    if made is None:
        return
    numbers = {name: getattr(made, name) for name in ("p", "q", "df", "p_q", "i2", "tau2")}
    numbers |= {name: _natural(one, getattr(made, name)) for name in ("estimate", "lower", "upper")}
    numbers["z"] = abs(made.z)
    skipped = {"tau2"} if not one.random else set()
    skipped |= {"q", "df", "p_q", "i2", "tau2"} if made.df == 0 else set()
    for name in QUANTITIES:
        if name in numbers and name not in skipped:
            text = getattr(result, name) if result.calculated else ""
            yield _line(one, part, name, text.removeprefix("-") if name == "z" else text, numbers[name], half, note)


def _line(one: Analysis, part: str, name: str, text: str, value: float, half: float, note: str = "") -> Line:
    agrees = _fits(name, text, value, half) if number(text) else None
    return Line(one.place, one.name, part, QUANTITIES.get(name, name), number(text), float(value), agrees, note)


def _fits(name: str, text: str, value: float, half: float) -> bool:
    printed = decimal(text)
    if printed is None:
        return False
    room = max(half, _TAIL) if name in _TAILS else half
    return bool(abs(float(printed) - value) <= room + _SLACK * max(abs(value), 1.0))


def _between(one: Analysis, whole: Pooled, parts: Sequence[Pooled], half: float) -> Iterator[Line]:
    """The test of the subgroups: from their estimates, or (a common effect) as what their own Q leave of the whole's."""
    result, df = one.result, len(parts) - 1
    if df < 1 or not number(result.q_between):
        return
    y, v = np.array([each.estimate for each in parts]), np.array([each.se**2 for each in parts])
    mean = (y / v).sum() / (1 / v).sum()
    ways = {"from the subgroups' estimates": float(((y - mean) ** 2 / v).sum())}
    if not one.random:
        ways["as the rest of the whole's Q"] = max(0.0, whole.q - sum(each.q for each in parts))
    first = next((way for way, q in ways.items() if _fits("q_between", result.q_between, q, half)), next(iter(ways)))
    yield _line(one, "", "q_between", result.q_between, ways[first], half, first)
    yield _line(one, "", "p_between", result.p_between, float(chdtrc(df, ways[first])), half)


def _studies(one: Analysis, review: Review, whole: Pooled | None, half: float) -> Iterator[Line]:
    own = own_effects(one, list(one.rows))
    reach = -float(ndtri((1 - level_of(one.level_study) / 100) / 2))
    for at, row in enumerate(own.rows):
        label = review.studies[row.study].label if row.study in review.studies else row.study
        y, se = float(own.y[at]), math.sqrt(float(own.v[at]))
        numbers = {"estimate": y, "lower": y - reach * se, "upper": y + reach * se}
        for name, value in numbers.items():
            if number(row.estimate):
                yield replace(_line(one, label, name, getattr(row, name), _natural(one, value), half), of_study=True)
        if whole and number(row.weight) and not one.subgroups:
            yield replace(_line(one, label, "weight", row.weight, float(whole.weights[at]), half), of_study=True)
