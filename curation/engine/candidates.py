"""What a flagged number may have been before a slip: candidates only, none of them verified yet."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Literal

import numpy as np

from curation.engine.case import SETTLED, Candidate, Case, Change, Ends, Item, number
from curation.engine.columns import MONTHS
from curation.engine.flagged import Cell
from curation.engine.neighbours import denominators, rows
from schemas.intervals import exact
from schemas.quantities import PERCENT, PROPORTION, TIME
from schemas.repairs import Repair, repairs
from schemas.scales import DIFFERENCE_MEASURES

PAIRS = (
    ("lower", "upper"), ("rate_lower", "rate_upper"), ("pi_lower", "pi_upper"), ("low", "high"), ("minimum", "maximum"),
    ("q1", "q3"), ("score_min", "score_max"), ("scale_min", "scale_max"),
)  # fmt: skip
"""Fields that bound something from both sides."""
LEVELS = (90, 95, 99)
UNITS = ("months", "years", "weeks", "days")
LARGEST_LOG = 20
FACTORS = tuple(float(each) for each in np.geomspace(0.1171, 8.37, 30))
"""How many times a printed number arbitrary other numbers are."""
Candidates = Iterator[Candidate]


def digits(case: Case) -> Candidates:
    """Slips within one number that keep its digits: two swapped, a point shifted, a sign lost."""
    return _within_numbers(case, "kept")


def doubled_digits(case: Case) -> Candidates:
    """A digit typed twice."""
    return _within_numbers(case, "doubled")


def lost_digits(case: Case) -> Candidates:
    """A digit lost."""
    return _within_numbers(case, "lost")


def _within_numbers(case: Case, digits: Literal["kept", "doubled", "lost"]) -> Candidates:
    steps = {name: one.step for name, one in case.scalars()}
    for name, one in case.scalars():
        if case.field(name) not in SETTLED:
            wide, label = _stretch(case, name, one), case.label(name)
            same = [
                step for other, step in steps.items() if other != name and case.quantity(other) == case.quantity(name)
            ]
            for each in _slips(case, name, one, same, digits):
                ends = (each.low * wide, each.high * wide)
                yield Candidate(each.kind, _fits(label, each.text, each.slip), {name: ends})
    items = list(case.items())
    for name, at, one in items:
        where = f" in {place}" if (place := case.place(name, at)) else ""
        label = "" if where else f"{case.label(name)} "
        same = (
            [two.step for other, place, two in items if (other, place) != (name, at) and other == name]
            if digits == "lost"
            else []
        )
        for each in _slips(case, name, one, same, digits):
            text = f"{label}{each.text.strip()} instead of {one.text.strip()}{where} would fit ({each.slip})"
            yield Candidate(each.kind, text, {name: Item(at, (each.low, each.high))})


def _slips(
    case: Case, name: str, one: Cell, same: Sequence[Fraction], digits: Literal["kept", "doubled", "lost"]
) -> Iterator[Repair]:
    """The repairs of one number that are possible values of it, in print like what is ``same`` as it.

    A count has no decimal point to shift; a lost decimal leaves the number less precise than its neighbours.
    """
    bounds, finest = case.bounds(name), min((one.step, *same))
    for each in repairs(one, signs=case.signed(name), digits=digits):
        shifted = bounds.whole and each.kind == "decimal_shifted"
        coarse = each.kind == "digit_dropped" and each.step < finest
        if not shifted and not coarse and bounds.allow((each.low, each.high)):
            yield each


def _stretch(case: Case, name: str, one: Cell) -> Fraction:
    """What the rule multiplied a time by to have it in months; one for all else."""
    low, _ = case.ends(name)
    return Fraction(1) if one.low in (0, low) else Fraction(low) / Fraction(one.low)


def _fits(label: str, text: str, slip: str) -> str:
    return f"{label} {text.strip()} would fit ({slip})"


def swaps(case: Case) -> Candidates:
    """Two numbers of one row exchanged."""
    several = [(name, case.quantity(name)) for name, _ in case.scalars() if case.field(name) not in SETTLED[:3]]
    for (one, first), (two, second) in combinations(several, 2):
        if first is None or first != second or case.ends(one) == case.ends(two):
            continue
        changed = {one: case.ends(two), two: case.ends(one)}
        fields = (case.field(one), case.field(two))
        if fields in PAIRS or fields[::-1] in PAIRS:
            which = (
                "lower and upper limit"
                if fields[0] in ("lower", "upper")
                else f"{case.label(one)} and {case.label(two)}"
            )
            yield Candidate("limits_swapped", f"{which} exchanged would fit", changed)
        else:
            yield Candidate("fields_swapped", f"{case.label(one)} and {case.label(two)} exchanged would fit", changed)


def in_order(case: Case, given: Candidate) -> bool:
    """Whether what bounds something from below stays below what bounds it from above."""
    for below, above in PAIRS:
        if below in given.changed or above in given.changed:
            low, high = (
                given.changed.get(name) or (case.ends(name) if case.cell(name) else None) for name in (below, above)
            )
            if isinstance(low, tuple) and isinstance(high, tuple) and low[0] > high[1]:
                return False
    return True


def percentages(case: Case) -> Candidates:
    """A percentage for a proportion, for a count, for its complement; and each the other way round."""
    for name, one in case.scalars():
        quantity = case.quantity(name)
        if quantity is PERCENT and case.field(name) not in SETTLED and case.field(name) != "weight":
            low, high = case.ends(name)
            if low >= 0 and high <= 100 and case.field(name) in ("percent", "rate"):
                yield Candidate("complement", _complement(case, name, one), {name: (100 - high, 100 - low)})
            if high <= 1:
                text = f"{case.label(name)} {one.text.strip()} would fit as a proportion: {_shown(100 * number(one))}%"
                yield Candidate("percent_for_proportion", text, {name: (100 * low, 100 * high)})
            yield from _count_for_percent(case, name, one)
        if quantity is PROPORTION and case.measure == "proportion":
            low, high = case.ends(name)
            if low > 1:
                text = f"{case.label(name)} {one.text.strip()} would fit as a percentage"
                yield Candidate("percent_for_proportion", text, {name: (low / 100, high / 100)})
        if case.field(name) == "events" and (total := _total(case)) is not None and number(one) <= 100:
            half = Fraction(1, 2)
            ends = (math.ceil((number(one) - half) * total / 100), math.floor((number(one) + half) * total / 100))
            if ends[0] <= ends[1] and ends[0] >= 0:
                text = f"events {one.text.strip()} would fit as a percentage of {int(total)}"
                yield Candidate("percent_for_count", text, {name: (Fraction(ends[0]), Fraction(ends[1]))})


def complements(case: Case) -> Candidates:
    """One minus a proportion, or both its limits."""
    if case.measure != "proportion":
        return
    for group in (("estimate",), ("lower", "upper")):
        if all(case.cell(name) is not None and case.quantity(name) is PROPORTION for name in group):
            ends = {name: (1 - case.ends(name)[1], 1 - case.ends(name)[0]) for name in group}
            if "lower" in ends:
                ends = {"lower": ends["upper"], "upper": ends["lower"]}
            which = "its complement" if group == ("estimate",) else "the complement of the limits"
            if all(pair[0] >= 0 and pair[1] <= 1 for pair in ends.values()):
                yield Candidate("complement", f"{which} would fit: one minus the proportion", ends)


def _complement(case: Case, name: str, one: Cell) -> str:
    if case.field(name).startswith("rate"):
        return f"it fits if {one.text.strip()} is the percentage with the event, not the percentage free of it"
    return f"the complement would fit: {_shown(100 - number(one))}%"


def _count_for_percent(case: Case, name: str, one: Cell) -> Candidates:
    total = _total(case)
    if total is None or case.cell("events") is None or not one.text.strip().isdigit() or not 0 < number(one) <= total:
        return
    share = 100 * number(one) / total
    text = f"{case.label(name)} {one.text.strip()} would fit as the number of participants: {one.text.strip()} of {int(total)}"
    yield Candidate("percent_for_count", text, {name: (share, share)})


def _total(case: Case) -> Fraction | None:
    given = case.flagged.cells.get("total") or case.flagged.record.get("total")
    if not isinstance(given, Cell) or given.value is None or given.low != given.high or given.value <= 0:
        return None
    return given.value


def spreads(case: Case) -> Candidates:
    """A standard error for a standard deviation, and the other way round."""
    size = case.flagged.cells.get("n") or case.flagged.record.get("n")
    if case.kind != "mean" or not isinstance(size, Cell) or size.value is None or size.value <= 1:
        return
    root = Fraction(repr(math.sqrt(size.value)))
    for name, factor, other in (("sd", root, "the standard error"), ("se", 1 / root, "the standard deviation")):
        one = case.cell(name)
        if one is not None:
            low, high = case.ends(name)
            text = f"{case.label(name)} {one.text.strip()} would fit as {other}"
            yield Candidate("se_for_sd", text, {name: (low * factor, high * factor)})


def levels(case: Case) -> Candidates:
    """Another level of confidence."""
    if "level" not in case.flagged.columns:
        return
    now = case.flagged.cells.get("level")
    stated = now.value if isinstance(now, Cell) and now.value is not None else 95
    for level in LEVELS:
        if level != stated:
            yield Candidate(
                "other_level", f"a {level}% interval would fit", {"level": (Fraction(level), Fraction(level))}
            )


def scales(case: Case) -> Candidates:
    """Logarithms for ratios, and comparisons turned round."""
    present = [name for name in ("estimate", "lower", "upper") if case.cell(name) is not None]
    groups = [group for group in (present, [each for each in present if each != "estimate"], ["estimate"]) if group]
    for group in dict.fromkeys(tuple(each) for each in groups if set(each) <= set(present)):
        ends: Mapping[str, Ends] = {name: case.ends(name) for name in group}
        some_below = len(group) < 3 or any(pair[0] < 0 for pair in ends.values())
        if case.ratio and some_below and all(max(-pair[0], pair[1]) <= LARGEST_LOG for pair in ends.values()):
            made = {name: _apply(math.exp, pair) for name, pair in ends.items()}
            yield Candidate("log_scale", _as_logarithm(case, group), made)
        if case.ratio and all(pair[0] > 0 for pair in ends.values()):
            yield _inverted(case, group, {name: (1 / pair[1], 1 / pair[0]) for name, pair in ends.items()}, "1/")
        elif case.measure in DIFFERENCE_MEASURES:
            yield _inverted(case, group, {name: (-pair[1], -pair[0]) for name, pair in ends.items()}, "\u2212")


def _inverted(case: Case, group: tuple[str, ...], ends: Mapping[str, Ends], sign: str) -> Candidate:
    if "lower" in ends and "upper" in ends:
        ends = {**ends, "lower": ends["upper"], "upper": ends["lower"]}
    which = {1: case.label(group[0]), 2: "the limits", 3: "estimate and limits"}[len(group)]
    verb = "is" if len(group) == 1 else "are"
    parts = ", ".join(_shown((low + high) / 2) for low, high in ends.values())
    text = f"it would fit if {which} {verb} of the comparison the other way round: {parts} ({sign}x)"
    return Candidate("direction_inverted", text, ends)


def _as_logarithm(case: Case, group: tuple[str, ...]) -> str:
    cells = [case.flagged[name] for name in group]
    shown = ", ".join(f"exp({one.text.strip()}) = {_shown(math.exp(float(number(one))))}" for one in cells)
    return f"it would fit on the log scale: {shown}"


def _apply(function: Callable[[float], float], ends: Ends) -> Ends:
    return exact(function(float(ends[0]))), exact(function(float(ends[1])))


def units(case: Case) -> Candidates:
    """Another unit of time."""
    for name, one in case.scalars():
        if case.quantity(name) is not TIME:
            continue
        now = one.unit or str(case.flagged.record.get("time_unit") or "")
        for unit in UNITS if now in MONTHS else ():
            if unit != now:
                low, high = case.ends(name)
                least = exact(MONTHS[unit][0]) / exact(MONTHS[now][1])
                most = exact(MONTHS[unit][1]) / exact(MONTHS[now][0])
                if unit in ("months", "years") and now in ("months", "years"):
                    least = most = Fraction(12) if unit == "years" else Fraction(1, 12)
                shown = one.text.strip().removesuffix(now).strip()
                text = f"{case.label(name)} {shown} would fit in {unit} instead of {now}"
                yield Candidate("other_unit", text, {name: (low * least, high * most)})


def _shown(value: Fraction | float | None) -> str:
    return f"{float(value or 0):.3g}"


def probes(case: Case, places: Collection[tuple[str, int]]) -> Iterator[tuple[str, Change]]:
    """Arbitrary other numbers at some places where a slip is looked for: how many fit says what a fit is worth."""
    for name, one in case.scalars():
        if (name, 0) in places:
            wide = _stretch(case, name, one)
            yield from ((name, (low * wide, high * wide)) for low, high in _arbitrary(case, name, one))
    for name, at, one in case.items():
        if (name, at) in places:
            yield from ((name, Item(at, ends)) for ends in _arbitrary(case, name, one))


def _arbitrary(case: Case, name: str, one: Cell) -> Iterator[Ends]:
    low, high, value = float(one.low), float(one.high), float(one.value or 0)
    bounds = case.bounds(name)
    whole = low == high and bounds.whole
    for factor in FACTORS:
        middle = float(round(value * factor)) if whole else value * factor
        if middle != value and bounds.allow((middle, middle)):
            yield middle + low - value, middle + high - value


SEARCHES: tuple[Callable[[Case], Candidates], ...] = (
    digits, swaps, percentages, complements, spreads, levels, scales, units, denominators, rows, doubled_digits,
)  # fmt: skip
"""Every way to look for a slip but lost digits."""
