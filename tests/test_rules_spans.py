"""Rules about spans, quartiles and bands: true ones pass, broken ones are found."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from whole_tables import asked, flagged, printed

from curation.rules.bands_do_not_overlap import bands_do_not_overlap
from curation.rules.bands_leave_no_gap import bands_leave_no_gap
from curation.rules.quartiles_ordered import quartiles_ordered
from curation.rules.span_ordered import span_ordered
from curation.rules.value_in_span import value_in_span

ORDER = ("minimum", "q1", "median", "q3", "maximum")


def spans(count, seed):
    random = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        low, value, high = (Fraction(int(x), 1000) for x in sorted(random.integers(-5000, 90000, 3)))
        texts = [
            printed(each, int(random.integers(0, 4)), even=bool(random.integers(0, 2))) for each in (low, value, high)
        ]
        unit = random.choice(["", " months", " years", " mg"])
        rows.append([text + (unit if random.random() < 0.5 else "") for text in texts])
    low, value, high = zip(*rows, strict=True)
    kinds = random.choice(["age", "follow_up", "other", "response_time"], count)
    return dict(characteristic=list(kinds), low=list(low), value=list(value), high=list(high))


@pytest.mark.parametrize("rule", [span_ordered, value_in_span], ids=lambda rule: rule.id)
def test_true_spans_raise_no_finding_whatever_the_rounding(rule):
    done = asked(rule, characteristic=spans(4000, seed=3))
    assert done.tallies[rule.id].consistent == 4000
    assert not done.findings


def test_an_end_without_a_unit_takes_the_unit_of_the_other_end_before_that_of_the_value():
    rows = dict(characteristic=["follow_up"], value=["0.5 years"], low=["3"], high=["9 months"])
    assert not asked(span_ordered, characteristic=rows).findings
    assert not asked(value_in_span, characteristic=rows).findings


def test_swapped_ends_are_found_and_named():
    low = np.random.default_rng(2).integers(1, 90, 200)
    rows = dict(characteristic=["age"] * 200, low=[f"{x + 2}.5" for x in low], high=[f"{x} years" for x in low])
    found = asked(span_ordered, characteristic=rows).findings
    assert len(found) == 200
    assert {each.severity for each in found} == {"error"}
    assert all("exchanged" in each.explanations[0] for each in found)


@pytest.mark.parametrize(
    ("low", "high", "severity"),
    [
        ("10", "20 days", None),
        ("10 days", "2 weeks", None),
        ("3 weeks", "10 days", "error"),
        ("500 mg", "1 g", None),
        ("2007", "14", "note"),
        ("2014", "07", "error"),
        ("2014", "2013", "error"),
        (">75", "75", None),
        (">75.4 mg", "75", "error"),
    ],
)
def test_units_and_shortened_years_are_read_as_people_read_them(low, high, severity):
    rows = dict(characteristic=["period"], low=[low], high=[high])
    assert [each.severity for each in asked(span_ordered, characteristic=rows).findings] == (
        [severity] if severity else []
    )


def test_a_value_outside_its_range_is_found_with_its_digits_transposed():
    rows = dict(characteristic=["age"], value=["37 years"], low=["65"], high=["91 years"])
    [found] = asked(value_in_span, characteristic=rows).findings
    assert found.severity == "warning"
    assert "73 years would fit" in found.explanations[0]


def test_quantiles_of_samples_raise_no_finding_whatever_the_rounding():
    random, rows = np.random.default_rng(5), []
    for _ in range(2500):
        sample = np.round(random.gamma(2, 10, int(random.integers(1, 30))), 2)
        method = random.choice(["linear", "hazen", "weibull", "lower", "higher", "median_unbiased"])
        values = [*np.quantile(sample, (0, 0.25, 0.5, 0.75, 1), method=method), sample.mean()]
        texts = [
            printed(round(float(x), 9), int(random.integers(0, 4)), even=bool(random.integers(0, 2))) for x in values
        ]
        rows.append([text if random.random() < 0.8 else None for text in texts])
    columns = dict(zip((*ORDER, "mean"), map(list, zip(*rows, strict=True)), strict=True))
    done = asked(quartiles_ordered, mean=columns)
    assert done.tallies["SPAN-002"].consistent > 2000
    assert not done.findings


def test_quartiles_agree_with_a_brute_force_search_for_ordered_true_values():
    random = np.random.default_rng(6)
    texts = [
        [str(random.choice(["", "<", ">"], p=[0.8, 0.1, 0.1])) + str(x) for x in random.integers(1, 6, 5)]
        for _ in range(150)
    ]
    found = flagged(asked(quartiles_ordered, mean=dict(zip(ORDER, map(list, zip(*texts, strict=True)), strict=True))))
    assert found == {f"mean-{at}" for at, row in enumerate(texts) if not _can_be_ordered(row)}


def _can_be_ordered(row):
    lowest = Fraction(-100)
    for text in row:
        number = Fraction(text.lstrip("<>"))
        low, high = {"<": (-100, number), ">": (number, 100)}.get(
            text[0], (number - Fraction(1, 2), number + Fraction(1, 2))
        )
        lowest = max(lowest, Fraction(low))
        if lowest > high:
            return False
    return True


def test_two_swapped_quartiles_are_named():
    rows = dict(minimum=["34"], q1=["59"], median=["52"], q3=["66"], maximum=["75"])
    [found] = asked(quartiles_ordered, mean=rows).findings
    assert "q1 and median exchanged would fit" in found.explanations


def divided(cuts, *, whole):
    """The bands of a scale: 10-19, 20-29, or 10 to 20, 20 to 30 with their low ends."""
    pairs = list(itertools.pairwise(cuts))
    low, high = [str(a) for a, _ in pairs], [str(b - 1 if whole else b) for _, b in pairs]
    inclusive = ["both" if whole else "low"] * len(pairs)
    return [None, *low], [str(cuts[0] - 1 if whole else cuts[0]), *high], ["high" if whole else "neither", *inclusive]


def scales(count, *, whole):
    random, rows = np.random.default_rng(9), []
    for number in range(count):
        cuts = sorted({int(x) for x in random.integers(1, 99, 6)})
        low, high, inclusive = divided(cuts, whole=whole)
        several = list(zip(low, high, inclusive, [f"scale {number}: x"] * len(low), strict=True))
        rows += [several[int(at)] for at in random.permutation(len(several))]
    low, high, inclusive, label = (list(each) for each in zip(*rows, strict=True))
    return dict(characteristic=["band"] * len(low), label=label, low=low, high=high, inclusive=inclusive)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("rule", [bands_do_not_overlap, bands_leave_no_gap], ids=lambda rule: rule.id)
def test_a_scale_that_is_divided_properly_raises_no_finding(rule, whole):
    done = asked(rule, characteristic=scales(2000, whole=whole))
    assert done.tallies[rule.id].consistent > 4000
    assert not done.findings


@pytest.mark.parametrize(
    ("first", "second", "overlap", "gap"),
    [
        (("18", "65", "unknown"), ("60", "75", "unknown"), ["warning"], []),
        (("30", "50", "unknown"), ("50", None, "low"), ["note"], []),
        (("30", "50", "both"), ("50", "60", "both"), ["warning"], []),
        (("30", "50", "low"), ("50", "60", "low"), [], []),
        (("30", "<50", "unknown"), ("50", "60", "unknown"), [], []),
        ((None, "30", "neither"), ("30", None, "neither"), [], ["note"]),
        (("18", "60", "unknown"), ("65", "75", "unknown"), [], ["note"]),
        (("0", "100", "unknown"), ("40", "60", "unknown"), [], []),
        (("1.0", "1.9", "both"), ("2.0", "2.9", "both"), [], []),
        (("1.0", "1.8", "both"), ("2.0", "2.9", "both"), [], ["note"]),
    ],
)
def test_bands_that_share_or_leave_out_something(first, second, overlap, gap):
    low, high, inclusive = zip(first, second, strict=True)
    rows = dict(characteristic=["band"] * 2, label=["x"] * 2, low=list(low), high=list(high), inclusive=list(inclusive))
    assert [each.severity for each in asked(bands_do_not_overlap, characteristic=rows).findings] == overlap
    assert [each.severity for each in asked(bands_leave_no_gap, characteristic=rows).findings] == gap
