"""The strategies: what they print is true, valid and complete, and what they break is broken on purpose only."""

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats
from sweep import cases

from schemas import strategies
from schemas.printed import parse
from schemas.quantities import QUANTITIES
from schemas.registry import KINDS, RECORDS
from schemas.strategies.comparison import at_risk, chi_square, cox, log_rank
from schemas.strategies.counts import clopper_pearson, wald, wilson
from schemas.strategies.draw import draw_from
from schemas.strategies.effects import odds_ratio
from schemas.strategies.flows import consort, prisma
from schemas.strategies.kaplan_meier import curve_of
from schemas.strategies.lifetimes import People, censored
from schemas.strategies.means import measured, scores
from schemas.strategies.pooling_truth import back, synthesise, transformed
from schemas.strategies.printing import Style, print_number
from schemas.strategies.single import MAKERS
from schemas.strategies.stack import stack

QUICK = settings(deadline=None, max_examples=cases(40), suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("name", QUANTITIES)
@settings(deadline=None, max_examples=cases(150))
@given(data=st.data())
def test_a_printed_number_parses_and_its_interval_holds_the_true_value(name, data):
    one = data.draw(strategies.printed(QUANTITIES[name]))
    ends = parse(one.text, one.quantity).interval()
    assert ends is not None
    assert ends[0] <= one.value <= ends[1], one


@settings(deadline=None, max_examples=cases(150))
@given(one=strategies.printed(QUANTITIES["percent"], rounding="truncate"))
def test_cut_off_digits_parse_and_their_truncated_interval_holds_the_true_value(one):
    low, high = parse(one.text, one.quantity).interval("truncated")
    assert low <= one.value <= high


@pytest.mark.parametrize(
    ("value", "decimals", "rounding", "text"),
    [
        (Fraction(1, 8), 2, "half_up", "0.13"), (Fraction(1, 8), 2, "half_even", "0.12"), (Fraction(1, 8), 2, "truncate", "0.12"),
        (Fraction(-5, 2), 0, "half_up", "-3"), (Fraction(-5, 2), 0, "half_even", "-2"), (-0.04, 1, "half_up", "0.0"),
        (2.675, 2, "half_up", "2.67"), (Fraction(2675, 1000), 2, "half_up", "2.68"), (0.999, 2, "truncate", "0.99"),
    ],
)  # fmt: skip
def test_rounding_is_exact(value, decimals, rounding, text):
    assert print_number(value, decimals, rounding=rounding) == text


def test_typography_follows_the_style():
    style = Style(middle_dot=True, thousands="\u2009", unicode_minus=True)
    assert print_number(-1234567.25, 1, style=style, rounding="half_up") == "−1\u2009234\u2009567·3"


@pytest.mark.parametrize("kind", RECORDS)
def test_every_kind_has_records_and_all_of_them_are_valid(kind):
    rows = strategies.simulate_records(kind, 3, 400)
    made = [RECORDS[kind](**row) for row in rows]
    filled = {name for row in rows for name in row}
    assert len({row["source"] for row in rows}) == len(made)
    assert {field.name for field in RECORDS[kind].own_fields() if field.required} <= filled


@pytest.mark.parametrize("kind", RECORDS)
@QUICK
@given(data=st.data())
def test_drawn_records_are_valid(kind, data):
    RECORDS[kind](**data.draw(strategies.records(kind)))


@pytest.mark.parametrize("rule", strategies.BREAKERS)
@settings(deadline=None, max_examples=cases(8))
@given(data=st.data())
def test_broken_data_are_still_well_formed(rule, data):
    _all_valid(data.draw(strategies.broken(rule)))


def _all_valid(tables):
    for kind, rows in tables.items():
        for row in rows if kind in KINDS else ():  # the text of a document is no record
            KINDS[kind](**row)


@settings(deadline=None, max_examples=cases(15), suppress_health_check=[HealthCheck.too_slow])
@given(review=strategies.reviews(st.integers(1, 4)))
def test_a_review_is_valid_and_refers_to_what_it_declares(review):
    _all_valid(review)
    for kind, rows in review.items():
        for field in KINDS[kind].fields():
            if field.refers_to and field.refers_to != kind:
                declared = {row[field.refers_to] for row in review[field.refers_to]}
                named = [row[field.name] for row in rows if field.name in row]
                ids = {each for cell in named for each in (cell.split() if field.several else [cell])}
                assert ids <= declared, (kind, field.name)


def test_a_review_holds_every_kind_and_prints_facts_twice():
    review = strategies.simulate_review(2, 4)
    assert set(review) == set(KINDS) - {"setting"}, "settings are choices, not facts"
    sections = {row["section"] for row in review["count"]} | {row["section"] for row in review["pooled"]}
    assert {"Abstract", "Table 2", "Results"} <= sections
    assert {"experimental", "control", "total"} <= {row["role"] for row in review["arm"]}


def test_the_same_seed_gives_the_same_data():
    assert strategies.simulate_review(5, 3) == strategies.simulate_review(5, 3)
    assert strategies.simulate_records("pooled", 5, 30) == strategies.simulate_records("pooled", 5, 30)


def test_stacked_cases_keep_their_ids_apart():
    whole = stack([strategies.simulate_review(1, 2), strategies.simulate_review(1, 2)])
    assert len({row["study"] for row in whole["study"]}) == len(whole["study"]) == 4
    assert {row["included_in"] for row in whole["study"]} <= {row["source"] for row in whole["source"]}
    listed = {study for row in whole["pooled"] for study in row.get("studies", "").split()}
    assert listed <= {row["study"] for row in whole["study"]}


@pytest.mark.parametrize("seed", range(60))
def test_prisma_boxes_add_up(seed):
    sizes: dict[str, int] = {}
    draw = draw_from(seed)
    boxes = prisma(draw, 20)
    whole = {box["node"] for box in boxes if "group" not in box}
    for box in boxes:
        if ("group" in box) != (box["node"] in whole):
            sizes[box["node"]] = sizes.get(box["node"], 0) + _whole(box["n"])
    if "screened" in sizes:
        assert sizes["identified"] - sizes["removed_before_screening"] == sizes["screened"]
        assert sizes["screened"] - sizes["excluded_screening"] - sizes.get("not_retrieved", 0) == sizes["assessed"]
    else:
        assert sizes["identified"] - sizes["removed_or_excluded"] == sizes["assessed"]
    assert sizes["assessed"] - sizes["excluded_fulltext"] == sizes["included"] == 20


@pytest.mark.parametrize("seed", range(30))
def test_consort_boxes_add_up(seed):
    boxes = consort(draw_from(seed))
    one = {(box["node"], box.get("arm")): _whole(box["n"]) for box in boxes}
    arms = sorted({arm for _, arm in one if arm})
    assert one["enrolled", None] - one["not_eligible", None] == one["randomised", None]
    assert one["randomised", None] == sum(one["allocated", arm] for arm in arms)
    for arm in arms:
        kept = one["allocated", arm] - one["excluded_analysis", arm]
        assert one["analysed", arm] in (kept, kept - one["discontinued", arm])


def _whole(text):
    return int(parse(text, QUANTITIES["count"]).value)


@pytest.mark.parametrize(("events", "total"), [(0, 12), (3, 12), (12, 12), (57, 200)])
def test_intervals_of_proportions_agree_with_scipy(events, total):
    test = stats.binomtest(events, total)
    for method, name in ((clopper_pearson, "exact"), (wilson, "wilson")):
        wanted = test.proportion_ci(method=name)
        assert method(events, total) == pytest.approx((wanted.low, wanted.high), abs=1e-12)
    low, high = wald(events, total)
    assert 0 <= low <= events / total <= high <= 1


def test_kaplan_meier_is_the_product_of_the_surviving_shares():
    people = People(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([True, False, True, True, False]))
    curve = curve_of(people)
    assert [curve.at(time) for time in (0.5, 1, 2.5, 3, 4, 9)] == pytest.approx(
        [1, 0.8, 0.8, 0.8 * 2 / 3, 0.8 / 3, 0.8 / 3]
    )
    assert (curve.median(), curve.at_risk(2), curve.last()) == (4.0, 3, 5.0)


@pytest.mark.parametrize("seed", range(20))
def test_kaplan_meier_agrees_with_scipy(seed):
    people = censored(np.random.default_rng(seed), 60)
    reference = stats.ecdf(stats.CensoredData.right_censored(people.time, ~people.event)).sf
    curve = curve_of(people)
    assert [curve.at(time) for time in reference.quantiles] == pytest.approx(list(reference.probabilities))


@pytest.mark.parametrize("seed", range(10))
def test_cox_maximises_the_partial_likelihood_and_its_score_test_is_the_log_rank_test(seed):
    rng = np.random.default_rng(seed)
    one, two = censored(rng, 80), censored(rng, 70)
    risk = at_risk(one, two)

    def loss(beta):
        return -(beta * risk.first - np.log(risk.one * np.exp(beta) + risk.two)).sum()

    assert cox(risk).y == pytest.approx(optimize.minimize_scalar(loss, bracket=(-1, 1)).x, abs=1e-5)
    wanted = stats.logrank(*(stats.CensoredData.right_censored(each.time, ~each.event) for each in (one, two)))
    assert log_rank(risk) == pytest.approx(wanted.statistic**2)


def test_two_by_two_agrees_with_scipy():
    table = np.array([[12, 28], [5, 45]])
    assert chi_square(12, 40, 5, 50) == pytest.approx(stats.chi2_contingency(table, correction=False).statistic)
    wanted = stats.contingency.odds_ratio(table, kind="sample")
    interval = wanted.confidence_interval(0.95)
    assert np.exp(odds_ratio(12, 40, 5, 50).y) == pytest.approx(wanted.statistic)
    assert odds_ratio(12, 40, 5, 50).interval(95) == pytest.approx((interval.low, interval.high))


@pytest.mark.parametrize("seed", range(20))
def test_samples_are_described_as_numpy_describes_them(seed):
    draw = draw_from(seed, size=9 + seed)
    for sample in (scores(draw), measured(draw)):
        values = sample.totals / sample.items
        assert float(sample.mean()) == pytest.approx(values.mean())
        assert sample.sd() == pytest.approx(values.std(ddof=1))


def test_a_synthesis_agrees_with_a_worked_example():
    # DerSimonian-Laird by hand: weights 10 and 30, estimates 0 and 1
    one = synthesise(np.array([0.0, 1.0]), np.array([0.1, 1 / 30]), "DL")
    q, spread = 7.5, 40 - (100 + 900) / 40
    assert (one.q, one.tau2, one.i2) == pytest.approx((q, (q - 1) / spread, 100 * (q - 1) / q))
    assert synthesise(np.array([0.0, 1.0]), np.array([0.1, 1 / 30]), "none").y == pytest.approx(0.75)


def test_restricted_likelihood_has_no_slope_at_its_estimate():
    rng = np.random.default_rng(4)
    v = rng.uniform(0.02, 0.2, 12)
    y = rng.normal(0, np.sqrt(v + 0.3))

    def loss(tau2):
        w = 1 / (v + tau2)
        middle = (w * y).sum() / w.sum()
        return (np.log(v + tau2).sum() + np.log(w.sum()) + (w * (y - middle) ** 2).sum()) / 2

    wanted = optimize.minimize_scalar(loss, bounds=(0, 3), method="bounded", options={"xatol": 1e-9}).x
    assert synthesise(y, v, "REML").tau2 == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize("transform", ["none", "logit", "arcsine", "double_arcsine"])
@pytest.mark.parametrize("miller", [True, False])
def test_a_proportion_survives_its_transformation(transform, miller):
    events, totals = np.array([5.0, 30.0]), np.array([40.0, 40.0])
    y, v = transformed(events, totals, transform)
    slack = 1e-9 if transform != "double_arcsine" or miller else 0.02
    assert [back(each, transform, totals, miller=miller) for each in y] == pytest.approx(events / totals, abs=slack)
    assert (v > 0).all()


@pytest.mark.parametrize("ask", [lambda: strategies.records("chart"), lambda: strategies.broken("COUNT-999")])
def test_an_unknown_name_is_refused_with_the_known_ones(ask):
    with pytest.raises(KeyError, match=r"COUNT-001|count, rate"):
        ask()


def test_the_makers_cover_every_record_kind():
    assert list(MAKERS) == list(RECORDS)


def test_the_strategies_know_nothing_of_the_rules():
    code = "import sys, schemas.strategies; assert not {'curation', 'store'} & {name.split('.')[0] for name in sys.modules}"
    subprocess.run([sys.executable, "-c", code], check=True)
