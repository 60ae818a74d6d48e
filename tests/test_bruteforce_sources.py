"""Rules about sources against brute force: every small world is made, printed and judged, in both directions."""

from __future__ import annotations

import csv
import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from whole_tables import asked, printed

from curation.rules.arms_alike_at_baseline import arms_alike_at_baseline
from curation.rules.cohorts_overlap import cohorts_overlap
from curation.rules.comparator_counted_once import comparator_counted_once
from curation.rules.duplicate_record import duplicate_record
from curation.rules.duplicate_rows_of_studies import duplicate_rows_of_studies
from curation.rules.entered_under_two_names import entered_under_two_names
from curation.rules.percent_across_sources import percent_across_sources
from curation.rules.planned_and_actual_size import planned_and_actual_size
from curation.rules.registry_and_publication import registry_and_publication
from curation.rules.same_fact_across_sources import same_fact_across_sources
from curation.rules.same_fact_everywhere import same_fact_everywhere
from curation.rules.study_year import study_year
from schemas.baseline import largest_p
from schemas.coincidence import entry_chance, vector_chance

GRID = [1 + Fraction(k, 40) for k in range(21)]
"""True values: finer than any print below, ties included."""


def judged_as(done, rule_id):
    """Study number -> severity of its finding; the studies are called s0, s1, ..."""
    assert not done.crashed
    return {int(each.study.removeprefix("s")): each.severity for each in done.findings if each.rule == rule_id}


def prints(value):
    """Every way to print a value to the nearest with no or one decimal; a tie may go either way."""
    steps = [Fraction(1, 10**places) for places in (0, 1)]
    near = [(value // step * step + more * step, step, places) for places, step in enumerate(steps) for more in (0, 1)]
    return {printed(one, places) for one, step, places in near if abs(one - value) <= step / 2}


TEXTS = sorted({text for value in GRID for text in prints(value)})
POSSIBLE = {pair for value in GRID for pair in itertools.product(prints(value), repeat=2)}
PAIRS = list(itertools.product(TEXTS, repeat=2))
IMPOSSIBLE = {at for at, pair in enumerate(PAIRS) if pair not in POSSIBLE}


def two_prints(**where):
    """One median per study, printed twice."""
    many = len(PAIRS)
    texts = [one for one, _ in PAIRS] + [other for _, other in PAIRS]
    cells = {name: [one] * many + [other] * many for name, (one, other) in where.items()}
    return dict(study=[f"s{at}" for at in range(many)] * 2, outcome=["os"] * 2 * many, median=texts) | cells


def test_one_fact_in_two_places_contradicts_where_no_true_value_prints_like_both():
    done = asked(same_fact_everywhere, survival=two_prints(section=("Abstract", "Results")))
    found = judged_as(done, "SOURCE-001")
    assert set(found) >= IMPOSSIBLE
    assert {at for at, severity in found.items() if severity == "error"} <= IMPOSSIBLE
    assert set(found) == IMPOSSIBLE
    assert done.tallies["SOURCE-001"].consistent == len(PAIRS) - len(IMPOSSIBLE)


@pytest.mark.parametrize(
    ("rule", "types"),
    [
        (same_fact_across_sources, ("article", "editorial")),
        (registry_and_publication, ("article", "registry")),
    ],
)
def test_one_fact_in_two_sources_contradicts_where_no_true_value_prints_like_both(rule, types):
    sources = dict(source=["a", "b"], title=["A", "B"], type=list(types))
    done = asked(rule, survival=two_prints(source=("a", "b")), source=sources)
    assert set(judged_as(done, rule.id)) == IMPOSSIBLE
    other = registry_and_publication if rule is same_fact_across_sources else same_fact_across_sources
    assert not asked(other, survival=two_prints(source=("a", "b")), source=sources).tallies[other.id].checked


def test_a_percentage_of_another_source_contradicts_where_no_rounding_gives_it():
    cases = [(e, n, p) for n in (3, 7, 8) for e in range(n + 1) for p in range(0, 101, 6)]
    many, blank = len(cases), [None] * len(cases)
    rows = dict(
        source=["review"] * many + ["report"] * many, study=[f"s{at}" for at in range(many)] * 2, outcome=["cr"] * 2 * many,
        events=[str(e) for e, _, _ in cases] + blank, total=[str(n) for _, n, _ in cases] + blank, percent=blank + [f"{p}%" for *_, p in cases],
    )  # fmt: skip
    done = asked(percent_across_sources, count=rows)
    wrong = {at for at, (e, n, p) in enumerate(cases) if abs(Fraction(100 * e, n) - p) > Fraction(1, 2)}
    assert set(judged_as(done, "SOURCE-003")) == wrong
    assert done.tallies["SOURCE-003"].consistent == many - len(wrong)


def test_a_record_is_entered_twice_where_everything_but_the_remark_agrees():
    records = list(itertools.product(("5", "6"), ("Table 1", "Table 2"), ("", "x")))
    pairs = list(itertools.product(records, repeat=2))
    rows = {"study": [], "outcome": [], "events": [], "section": [], "note": []}
    for at, pair in enumerate(pairs):
        for events, section, note in pair:
            for name, cell in zip(rows, (f"s{at}", "cr", events, section, note or None), strict=True):
                rows[name].append(cell)
    found = judged_as(asked(duplicate_record, count=rows), "SOURCE-004")
    assert set(found) == {at for at, (one, other) in enumerate(pairs) if one[:2] == other[:2]}


def test_two_arms_are_alike_where_four_counts_above_zero_agree():
    cases = list(itertools.product(itertools.product((0, 1, 2), repeat=4), ((1, 2, 1, 2), (0, 1, 2, 1))))
    rows = {"study": [], "outcome": [], "events": [], "total": []}
    for at, pair in enumerate(cases):
        for arm, vector in zip(("", "0000"), pair, strict=True):
            for number, events in enumerate(vector):
                for name, cell in zip(rows, (f"s{arm}{at}", f"o{at}-{number}", str(events), "9"), strict=True):
                    rows[name].append(cell)
    found = judged_as(asked(duplicate_rows_of_studies, count=rows), "SOURCE-005")
    assert set(found) == {at for at, (one, other) in enumerate(cases) if one == other and min(one) > 0}


def test_stated_years_hold_exactly_the_years_of_the_studies():
    cases = [case for case in itertools.product(range(2000, 2004), repeat=4) if case[0] <= case[1]]
    many = len(cases)
    studies = dict(
        study=[f"{at}-{one}" for at in range(many) for one in "ab"], label=["x"] * 2 * many,
        year=[str(year) for case in cases for year in case[2:]], included_in=[f"r{at}" for at in range(many) for _ in "ab"],
    )  # fmt: skip
    years = dict(
        source=[f"r{at}" for at in range(many)], characteristic=["publication_year"] * many,
        low=[str(low) for low, *_ in cases], high=[str(high) for _, high, *_ in cases],
    )  # fmt: skip
    found = {int(each.source[1:]) for each in asked(study_year, study=studies, characteristic=years).findings}
    wrong = {
        at
        for at, (low, high, one, other) in enumerate(cases)
        if not low <= min(one, other) or not max(one, other) <= high
    }
    assert found == wrong


REGISTERED = {
    "NCT01234567": {"NCT01234567"},
    "nct 01234567": {"NCT01234567"},
    "ClinicalTrials.gov NCT01234567.": {"NCT01234567"},
    "NCT01234568": {"NCT01234568"},
    "EudraCT 2004-000123-45": {"2004-000123-45"},
    "EudraCT number 2004-000123-45; NCT01234567": {"2004-000123-45", "NCT01234567"},
    "ISRCTN 12345678": {"ISRCTN12345678"},
    "ISRCTN12345678": {"ISRCTN12345678"},
    "ChiCTR-TRC-10000001": {"CHICTRTRC10000001"},
    "JPRN-UMIN000012345": {"UMIN000012345"},
    "UMIN000012345": {"UMIN000012345"},
    "registered 2013": set(),
    "not registered": set(),
}  # fmt: skip


def test_two_studies_are_one_where_they_share_a_registry_number_however_it_is_written():
    for one, other in itertools.combinations_with_replacement(REGISTERED, 2):
        studies = dict(study=["a", "b"], label=["A", "B"], registry=[one, other])
        done = asked(entered_under_two_names, study=studies, count=dict(study=["a", "b"], events=["5", "6"]))
        assert bool(done.findings) == bool(REGISTERED[one] & REGISTERED[other]), (one, other)


@pytest.mark.parametrize(("n", "sd", "decimals"), [(12, 9.0, 0), (30, 9.0, 0), (12, 2.5, 1), (40, 1.4, 1)])
@pytest.mark.parametrize("whole", [False, True])
def test_the_chance_of_printing_alike_is_bounded(n, sd, decimals, whole):
    random, many = np.random.default_rng([n, decimals, whole]), 20_000

    def prints_of(shift):
        values = 50 + shift + sd * random.normal(size=(many, n))
        values = np.round(values) if whole else values
        return np.round(values.mean(1), decimals), np.round(values.std(1, ddof=1), decimals)

    one, other = prints_of(0), prints_of(0)
    alike = float(((one[0] == other[0]) & (one[1] == other[1])).mean())
    bound = entry_chance(n, sd, 10.0**-decimals, 10.0**-decimals)
    assert alike <= bound + 4 * np.sqrt(bound / many)
    different = prints_of(sd)
    assert float(((one[0] == different[0]) & (one[1] == different[1])).mean()) <= bound + 4 * np.sqrt(bound / many)


def test_the_chance_of_two_correlated_quantities_is_bounded():
    random, many, n = np.random.default_rng(4), 40_000, 10
    common, alike = random.normal(size=(2, many, n)), np.ones(many, dtype=bool)
    for _ in range(2):
        values = 50 + 9 * (np.sqrt(0.8) * common + np.sqrt(0.2) * random.normal(size=(2, many, n)))
        for shown in (np.round(values.mean(2)), np.round(values.std(2, ddof=1))):
            alike &= shown[0] == shown[1]
    bound = vector_chance([entry_chance(n, 9.0, 1.0, 1.0)] * 2)
    assert alike.mean() <= bound


def test_a_control_group_counts_twice_where_two_weighted_comparisons_name_it():
    options = list(itertools.product(("c1", "c2"), ("10%", "0%", "NR")))
    cases = list(itertools.product(options, repeat=3))
    many, each_one = len(cases), [one for trio in cases for one in trio]
    rows = dict(
        study=[f"s{at}" for at in range(many) for _ in range(3)], arm=["x", "y", "z"] * many, outcome=["os"] * 3 * many, measure=["HR"] * 3 * many,
        estimate=["0.7"] * 3 * many, comparator=[comparator for comparator, _ in each_one], weight=[weight for _, weight in each_one],
    )  # fmt: skip
    done = asked(comparator_counted_once, effect=rows)
    twice = [(at, c) for at, trio in enumerate(cases) for c in ("c1", "c2") if trio.count((c, "10%")) > 1]
    assert sorted((int(each.study[1:]), each.printed.split(";")[0].split()[-1]) for each in done.findings) == twice
    unknown = [c for trio in cases for c in ("c1", "c2") if trio.count((c, "10%")) < 2 and (c, "NR") in trio]
    assert done.tallies["SOURCE-009"].cannot_tell == len(unknown)


def _dates(low, high, parts=3):
    """Every start in the first year and end in the last, in thirds of years."""
    starts = [low + Fraction(part, parts) for part in range(parts)]
    ends = [high + Fraction(part, parts) for part in range(parts)]
    return [(start, end) for start in starts for end in ends if start <= end]


def test_cohorts_overlap_where_no_dates_within_the_stated_years_keep_them_apart():
    years = [(low, high) for low in range(2000, 2005) for high in range(low, 2005)]
    pairs = list(itertools.product(years, repeat=2))
    studies, stated = (
        {"study": [], "label": [], "included_in": [], "design": []},
        {"study": [], "characteristic": [], "text": [], "low": [], "high": []},
    )
    for at, pair in enumerate(pairs):
        for number, (low, high) in enumerate(pair):
            for name, cell in zip(studies, (f"{at}-{number}", "x", f"review-{at}", "cohort"), strict=True):
                studies[name].append(cell)
            for cells in (
                (f"{at}-{number}", "centre", "Hospital X", None, None),
                (f"{at}-{number}", "period", None, str(low), str(high)),
            ):
                for name, cell in zip(stated, cells, strict=True):
                    stated[name].append(cell)
    done = asked(cohorts_overlap, study=studies, characteristic=stated)
    found = {int(each.study.split("-")[0]): each.severity for each in done.findings}
    for at, (one, other) in enumerate(pairs):
        apart = any(a[1] < b[0] or b[1] < a[0] for a in _dates(*one) for b in _dates(*other))
        nested = (one[0] <= other[0] and other[1] <= one[1]) or (other[0] <= one[0] and one[1] <= other[1])
        assert found.get(at) == (None if apart else "warning" if nested else "note"), (one, other)


def test_a_size_is_far_from_the_plan_where_the_gap_is_more_than_its_limit():
    cases = list(itertools.product((7, 20, 40), range(1, 62, 1)))
    many = len(cases)
    stated = dict(
        study=[f"s{at}" for at in range(many)] * 2, characteristic=["participants_planned"] * many + ["participants"] * many,
        value=[str(planned) for planned, _ in cases] + [str(actual) for _, actual in cases],
    )  # fmt: skip
    found = judged_as(asked(planned_and_actual_size, characteristic=stated), "SOURCE-012")
    for at, (planned, actual) in enumerate(cases):
        gap = Fraction(abs(actual - planned), planned)
        expected = None if gap <= Fraction(15, 100) else "note" if gap <= Fraction(1, 2) else "warning"
        assert found.get(at) == expected, (planned, actual)


def _oracle():
    lines = (Path(__file__).parent / "oracles" / "baseline.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(line for line in lines if not line.startswith("#")):
        yield *([float(each) for each in row[name].split()] for name in ("n", "mean", "sd")), float(row["p"])


def test_the_p_of_means_compared_is_that_of_r():
    for n, mean, sd, p in _oracle():
        assert largest_p(n, [(each, each) for each in mean], sd) == pytest.approx(p, rel=1e-8)


def test_the_largest_p_is_that_of_the_best_means_in_their_intervals():
    random = np.random.default_rng(9)
    for n, mean, sd, p in itertools.islice(_oracle(), 25):
        ends = [(each - 0.5, each + 0.5) for each in mean]
        tried = [
            largest_p(n, [(each, each) for each in draw], sd)
            for draw in random.uniform(*np.transpose(ends), size=(400, len(n)))
        ]
        assert largest_p(n, ends, sd) >= max(*tried, p) - 1e-12


def test_baseline_differences_are_noted_where_p_is_beyond_its_limit():
    rows, arms, expected = (
        {name: [] for name in ("study", "arm", "outcome", "timepoint", "n", "mean", "sd")},
        {"study": [], "arm": [], "label": [], "role": []},
        set(),
    )
    studies = {"study": [], "label": [], "design": []}
    for at, (n, mean, sd, p) in enumerate(_oracle()):
        if p < 1e-4:
            expected.add(at)
        for name, cell in zip(studies, (f"s{at}", "x", "randomised"), strict=True):
            studies[name].append(cell)
        for number, cells in enumerate(zip(n, mean, sd, strict=True)):
            for name, cell in zip(arms, (f"s{at}", str(number), "x", "experimental"), strict=True):
                arms[name].append(cell)
            for name, cell in zip(
                rows,
                (f"s{at}", str(number), "age", "Baseline", f"{cells[0]:.0f}", f"{cells[1]:.5f}", f"{cells[2]:.5f}"),
                strict=True,
            ):
                rows[name].append(cell)
    done = asked(arms_alike_at_baseline, mean=rows, arm=arms, study=studies)
    assert set(judged_as(done, "BASELINE-001")) == expected
    assert expected
