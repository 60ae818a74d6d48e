"""Rules about sources: one fact in several of them, records entered twice, rows of studies, years."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from whole_tables import asked, flagged, printed

from curation.rules.duplicate_record import duplicate_record
from curation.rules.duplicate_rows_of_studies import duplicate_rows_of_studies
from curation.rules.percent_across_sources import percent_across_sources
from curation.rules.same_fact_across_sources import same_fact_across_sources
from curation.rules.study_year import study_year

OUTCOMES = ("cr", "vgpr", "pr", "sd", "pd")


def counted(count, seed):
    """Per study a review with counts and a report with the percentage, rounded either way."""
    random = np.random.default_rng(seed)
    total = random.integers(1, 400, count)
    events = [int(random.integers(0, n + 1)) for n in total]
    shown = [
        printed(Fraction(100 * e, int(n)), int(random.integers(0, 4)), even=bool(random.integers(0, 2)))
        for e, n in zip(events, total, strict=True)
    ]
    blank = [None] * count
    return dict(
        source=["review"] * count + ["report"] * count, study=[f"s{at}" for at in range(count)] * 2, outcome=["cr"] * 2 * count,
        events=[*map(str, events), *blank], total=[*map(str, total), *blank], percent=[*blank, *(f"{each}%" for each in shown)],
    )  # fmt: skip


def test_a_percentage_agrees_with_the_counts_of_another_source_whatever_the_rounding():
    done = asked(percent_across_sources, count=counted(3000, seed=1))
    assert done.tallies["SOURCE-003"].consistent == 3000
    assert not done.findings


def test_a_percentage_of_other_counts_is_found_and_explained():
    rows = dict(
        source=["review", "report"],
        study=["a", "a"],
        outcome=["cr"] * 2,
        events=["15", None],
        total=["52", None],
        percent=[None, "40%"],
    )
    [found] = asked(percent_across_sources, count=rows).findings
    assert found.severity == "warning"
    assert found.expected == "29% (15/52), from review"
    assert found.explanations == ("40% is 21 of 52",)


def test_percentages_of_counts_are_found_wherever_no_rounding_explains_them():
    cases = [(e, p) for e in range(53) for p in range(101)]
    many = len(cases)
    rows = dict(
        source=["review"] * many + ["report"] * many, study=[f"s{at}" for at in range(many)] * 2, outcome=["cr"] * 2 * many,
        events=[str(e) for e, _ in cases] + [None] * many, total=["52"] * many + [None] * many, percent=[None] * many + [f"{p}%" for _, p in cases],
    )  # fmt: skip
    tally = asked(percent_across_sources, count=_first(rows, 700)).tallies["SOURCE-003"]
    wrong = [abs(Fraction(100 * e, 52) - p) > Fraction(1, 2) for e, p in cases[:700]]
    assert (tally.contradicts, tally.consistent) == (sum(wrong), 700 - sum(wrong))


def _first(rows, count):
    half = len(rows["study"]) // 2
    return {name: [*cells[:count], *cells[half : half + count]] for name, cells in rows.items()}


def test_one_true_value_printed_in_two_sources_raises_no_finding():
    random, rows = np.random.default_rng(3), dict(source=[], study=[], outcome=[], median=[])
    for at in range(2500):
        true = Fraction(int(random.integers(1, 100000)), 1000)
        for source in ("a", "b", "c"):
            rows["source"].append(source)
            rows["study"].append(f"s{at}")
            rows["outcome"].append("os")
            rows["median"].append(
                printed(true, int(random.integers(0, 4)), even=bool(random.integers(0, 2)))
                + str(random.choice([" months", ""]))
            )
    done = asked(same_fact_across_sources, survival=rows)
    assert done.tallies["SOURCE-002"].consistent == 2500
    assert not done.findings


def test_two_values_in_two_sources_are_a_warning_that_names_both():
    rows = dict(source=["b", "a"], study=["s"] * 2, outcome=["cr"] * 2, percent=["39.0%", "29%"])
    [found] = asked(same_fact_across_sources, count=rows).findings
    assert (found.severity, found.explanations) == ("warning", ("29% in a; 39.0% in b",))


@pytest.mark.parametrize(
    "differs",
    [
        dict(study=["s", "t"]),
        dict(outcome=["cr", "pr"]),
        dict(timepoint=["1 year", "2 years"]),
        dict(study=[None, None]),
    ],
)
def test_other_facts_are_not_compared(differs):
    rows = dict(source=["b", "a"], study=["s"] * 2, outcome=["cr"] * 2, percent=["39.0%", "29%"])
    assert not asked(same_fact_across_sources, count=rows | differs).tallies["SOURCE-002"].checked


def test_rates_without_a_time_in_their_key_are_not_compared():
    rows = dict(source=["b", "a"], study=["s"] * 2, outcome=["os"] * 2, time=["1 year", "2 years"], rate=["80%", "60%"])
    assert not asked(same_fact_across_sources, survival=rows).findings


def test_a_record_entered_twice_is_noted_but_not_one_that_differs_in_anything_printed():
    same = dict(
        outcome=["cr"] * 2, events=["22"] * 2, section=["Table 1"] * 2, quote=["22 (42%)"] * 2, note=["a", None]
    )
    [found] = asked(duplicate_record, count=same).findings
    assert (found.severity, found.records) == ("note", ("count-0", "count-1"))
    for change in (
        dict(quote=["22 (42%)", "22 of 52"]),
        dict(events=["22", "22 patients"]),
        dict(row=["CR", "PR"]),
        dict(total=["52", None]),
    ):
        assert not asked(duplicate_record, count=same | change).findings


def rows_of(studies):
    cells = [
        (study, outcome, value)
        for study, values in studies.items()
        for outcome, value in zip(OUTCOMES, values, strict=False)
    ]
    study, outcome, events = (list(each) for each in zip(*cells, strict=True))
    return dict(study=study, outcome=outcome, events=[str(each) for each in events], total=["52"] * len(cells))


def test_different_rows_of_studies_raise_no_finding_and_copied_ones_do():
    random = np.random.default_rng(8)
    vectors = {tuple(int(x) for x in random.integers(1, 12, 5)) for _ in range(2000)}
    studies = {f"s{at}": vector for at, vector in enumerate(vectors)}
    assert not asked(duplicate_rows_of_studies, count=rows_of(studies)).findings
    copies = studies | {f"copy{at}": studies[f"s{at}"] for at in range(50)}
    found = asked(duplicate_rows_of_studies, count=rows_of(copies)).findings
    assert len(found) == 50
    assert all(len(each.records) == 10 for each in found)


@pytest.mark.parametrize("vectors", [dict(a=(1, 2, 3), b=(1, 2, 3)), dict(a=(1, 0, 0, 0, 0), b=(1, 0, 0, 0, 0))])
def test_three_counts_or_zeros_are_no_evidence(vectors):
    assert not asked(duplicate_rows_of_studies, count=rows_of(vectors)).tallies["SOURCE-005"].checked


def test_a_group_of_all_arms_together_is_no_copy_of_its_only_arm():
    rows = rows_of(dict(a=(4, 5, 6, 7), b=(4, 5, 6, 7))) | dict(study=["s"] * 8, arm=["only"] * 4 + ["all"] * 4)
    arms = dict(study=["s"] * 2, arm=["only", "all"], label=["Only", "All"], role=["single", "total"])
    assert not asked(duplicate_rows_of_studies, count=rows, arm=arms).findings


@pytest.mark.parametrize(
    ("low", "high", "stated", "severity"),
    [
        ("2009", "2014", "2", None),
        ("2007", "2014", "2", "note"),
        ("2007", "2014", "3", None),
        ("2007", "2014", None, None),
        ("2010", "2014", None, "warning"),
        ("2009", "2013", "2", "warning"),
    ],
)
def test_the_years_of_the_studies_lie_within_the_stated_span(low, high, stated, severity):
    studies = dict(study=["a", "b"], label=["A", "B"], year=["2009", "2014"], included_in=["example"] * 2)
    rows = dict(
        characteristic=["publication_year", "studies"], low=[low, None], high=[high, None], value=[None, stated]
    )
    found = asked(study_year, study=studies, characteristic=rows)
    assert [each.severity for each in found.findings] == ([severity] if severity else [])
    assert flagged(found) <= {"characteristic-0"}
