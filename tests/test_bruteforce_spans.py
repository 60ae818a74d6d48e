"""Spans, ranges and bands against enumeration of the values they may hold."""

from fractions import Fraction
from itertools import product

import pytest
from whole_tables import asked, flagged

from curation.rules.bands_do_not_overlap import bands_do_not_overlap
from curation.rules.bands_leave_no_gap import bands_leave_no_gap
from curation.rules.span_ordered import span_ordered
from curation.rules.value_in_span import value_in_span

TEXTS = ("2", "3", "3.4", "3.5", "3.6", "4", "4.5", "5", "<3", ">4")
GRID = [Fraction(x, 20) for x in range(10, 140)]


def may_be(text):
    """The values of the grid that print as this text."""
    if text[0] in "<>":
        bound = Fraction(text[1:])
        return [x for x in GRID if (x <= bound if text[0] == "<" else x >= bound)]
    half = Fraction(1, 2 * 10 ** len(text.partition(".")[2]))
    return [x for x in GRID if abs(x - Fraction(text)) <= half]


def columns(rows, *names):
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) | {"characteristic": ["age"] * len(rows)}


def test_a_span_is_out_of_order_just_where_no_two_values_are_in_order():
    rows = list(product(TEXTS, TEXTS))
    done = asked(span_ordered, characteristic=columns(rows, "low", "high"))
    expected = {
        f"characteristic-{at}"
        for at, (low, high) in enumerate(rows)
        if not any(x <= y for x in may_be(low) for y in may_be(high))
    }
    assert flagged(done) == expected
    assert len(expected) > 20


def test_a_value_is_outside_its_span_just_where_no_three_values_are_in_order():
    rows = list(product(TEXTS[1:8:2], TEXTS[:8], TEXTS[:8:2]))
    rows = [row for row in rows if min(may_be(row[0])) <= max(may_be(row[2]))]
    done = asked(value_in_span, characteristic=columns(rows, "low", "value", "high"))
    expected = {
        f"characteristic-{at}"
        for at, (low, value, high) in enumerate(rows)
        if not any(min(may_be(low)) <= x <= max(may_be(high)) for x in may_be(value))
    }
    assert flagged(done) == expected
    assert len(expected) > 20


def holds(band, x):
    """Whether a band with whole ends holds a value."""
    low, high, inclusive = band
    return (low < x or (low == x and inclusive in {"both", "low"})) and (
        x < high or (x == high and inclusive in {"both", "high"})
    )


def pairs_of_bands():
    """Two bands each, of which neither lies inside the other."""
    ways = ("both", "low", "high", "neither")
    for a, b, c, d in product(range(6), repeat=4):
        if a < b and c < d and a < c and b < d:
            yield from (((a, b, one), (c, d, two)) for one, two in product(ways, ways))


def bands(pairs):
    rows = [(str(b[0]), str(b[1]), b[2], f"scale {at}: x") for at, pair in enumerate(pairs) for b in pair]
    low, high, inclusive, label = map(list, zip(*rows, strict=True))
    return dict(characteristic=["band"] * len(rows), low=low, high=high, inclusive=inclusive, label=label)


def overlap(one, two):
    return any(holds(one, Fraction(x, 4)) and holds(two, Fraction(x, 4)) for x in range(-4, 40))


def gap(one, two):
    """A whole number from where the first ends to where the second starts that is in neither."""
    return any(not holds(one, x) and not holds(two, x) for x in range(one[1], two[0] + 1))


@pytest.mark.parametrize("rule", [bands_do_not_overlap, bands_leave_no_gap], ids=lambda rule: rule.id)
def test_two_bands_overlap_or_leave_a_gap_just_where_enumeration_finds_a_value(rule):
    pairs = list(pairs_of_bands())
    if rule is bands_leave_no_gap:  # 1-3, 4-7 leaves nothing out: whole ends that follow each other, both included
        pairs = [(a, b) for a, b in pairs if b[0] <= a[1] or (a[2] in {"both", "high"} and b[2] in {"both", "low"})]
    wrong = overlap if rule is bands_do_not_overlap else gap
    found = flagged(asked(rule, characteristic=bands(pairs)))
    pointed = {at for at in range(len(pairs)) if f"characteristic-{2 * at + 1}" in found}
    assert pointed == {at for at, (one, two) in enumerate(pairs) if wrong(one, two)}
    assert 10 < len(pointed) < len(pairs)
