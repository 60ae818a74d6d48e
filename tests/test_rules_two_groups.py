"""Effects, intervals and tests of two groups: held against R and metafor, and silent or loud as they should be."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from rule_tables import asked, findings, printed, table
from scipy import stats
from sweep import every

from schemas import two_groups as groups
from schemas.two_means import TwoMeans

ORACLE = Path(__file__).parent / "oracles" / "two_groups.csv"


@pytest.fixture(scope="module")
def r():
    """R's results by column."""
    lines = [line for line in ORACLE.read_text().splitlines() if not line.startswith("#")]
    names = lines[0].split(",")
    cells = [[np.nan if cell in ("NA", "NaN") else float(cell) for cell in line.split(",")] for line in lines[1:]]
    return dict(zip(names, np.array(cells).T, strict=True))


def columns(r, *names):
    return [r[name] for name in names]


def agrees(ours, theirs, relative=1e-11):
    same = np.isfinite(theirs) & np.isfinite(ours)
    assert same.sum() > 280
    np.testing.assert_allclose(ours[same], theirs[same], rtol=relative, atol=1e-13)


@pytest.mark.parametrize(
    ("measure", "make"),
    [("OR", groups.log_odds_ratio), ("RR", groups.log_risk_ratio), ("RD", groups.risk_difference)],
)
def test_effects_of_counts_are_those_of_metafor(r, measure, make):
    one = make(*groups.with_half(*columns(r, "a", "n1", "c", "n2")))
    agrees(one.y, r[f"{measure}_y"])
    agrees(one.v, r[f"{measure}_v"])


def test_peto_and_rate_ratios_are_those_of_metafor(r):
    peto = groups.peto_log_odds_ratio(*columns(r, "a", "n1", "c", "n2"))
    rates = groups.log_rate_ratio(*columns(r, "x1", "t1", "x2", "t2"))
    for ours, name in ((peto, "PETO"), (rates, "IRR")):
        agrees(ours.y, r[f"{name}_y"])
        agrees(ours.v, r[f"{name}_v"])


@pytest.mark.parametrize(
    ("measure", "make"),
    [
        ("MD", groups.mean_difference),
        ("SMD", groups.standardised_mean_difference),
        ("SMDH", groups.standardised_by_average),
        ("ROM", groups.log_ratio_of_means),
    ],
)
def test_effects_of_means_are_those_of_metafor(r, measure, make):
    one = make(*columns(r, "r1", "m1", "s1", "r2", "m2", "s2"))
    agrees(one.y, r[f"{measure}_y"])
    agrees(one.v, r[f"{measure}_v"])


def test_p_values_of_tables_are_those_of_r(r):
    table_ = columns(r, "a", "n1", "c", "n2")
    tests = groups.table_tests(*table_)
    proper = np.isfinite(r["chisq_p"])
    np.testing.assert_allclose(tests["chi-square"][proper], r["chisq_p"][proper], rtol=1e-11)
    np.testing.assert_allclose(tests["chi-square with Yates's correction"][proper], r["yates_p"][proper], rtol=1e-11)
    fisher = [groups.fisher_tests(*(int(x) for x in row))["Fisher's exact test"] for row in zip(*table_, strict=True)]
    np.testing.assert_allclose(fisher, r["fisher_p"], rtol=1e-9)


def exact_means(r):
    pair = lambda name: (r[name], r[name])
    return TwoMeans(r["r1"], pair("m1"), pair("s1"), r["r2"], pair("m2"), pair("s2"))


def test_t_tests_of_means_are_those_of_r(r):
    two = exact_means(r)
    p, halves = two.p_values(), two.half_widths(np.full(len(r["m1"]), 95.0))
    for name, ours in (("student", "Student's t"), ("welch", "Welch's t")):
        for end in p[ours]:
            np.testing.assert_allclose(end, r[f"{name}_p"], rtol=1e-8, atol=1e-300)
        np.testing.assert_allclose(r["m1"] - r["m2"] - halves[ours][0], r[f"{name}_low"], rtol=1e-8, atol=1e-10)
    for end in two.welch_df():
        np.testing.assert_allclose(end, r["welch_df"], rtol=1e-10)


def test_ranges_of_means_hold_every_point_of_the_box():
    rng = np.random.default_rng(1)
    rows = 400
    n1, n2 = (rng.integers(2, 40, rows).astype(float) for _ in range(2))
    centre = [rng.normal(0, 3, rows), rng.uniform(0.3, 4, rows), rng.normal(0, 3, rows), rng.uniform(0.3, 4, rows)]
    half = rng.choice([0.5, 0.05, 0.005], rows) * np.array([[1], [0.5], [1], [0.5]])
    box = [(one - h, one + h) for one, h in zip(centre, half, strict=True)]
    two = TwoMeans(n1, box[0], box[1], n2, box[2], box[3])
    p, df, sizes, error = two.p_values(), two.welch_df(), two.standardised(), two.error(pooled=True)
    for _ in range(60):
        m1, s1, m2, s2 = (rng.uniform(low, high) for low, high in box)
        s1, s2 = np.maximum(s1, 1e-9), np.maximum(s2, 1e-9)
        point = TwoMeans(n1, (m1, m1), (s1, s1), n2, (m2, m2), (s2, s2))
        for ours, theirs in (
            *((p[name], each) for name, each in point.p_values().items()),
            *((sizes[name], each) for name, each in point.standardised().items()),
            (df, point.welch_df()),
            (error, point.error(pooled=True)),
        ):
            slack = 1e-9 * np.maximum(1, np.abs(theirs[0]))
            assert (ours[0] <= theirs[0] + slack).all()
            assert (ours[1] >= theirs[0] - slack).all()


def compared(kind, rows, arms, **effect):
    """Tables of so many studies: two arms and a comparison each."""
    key = {"study": [f"s{at}" for at in range(rows)], "outcome": "cr"}
    made = {name: np.ravel(np.column_stack(pair)).tolist() for name, pair in arms.items()}
    both = {"study": np.repeat(key["study"], 2).tolist(), "outcome": "cr", "arm": ["one", "two"] * rows}
    default = {"estimator": "proportion"} if kind == "count" else {"moment": "value"}
    return {
        kind: table(kind, **both, **made, **default),
        "effect": table("effect", **key, arm="one", comparator="two", **effect),
    }


def whole(values):
    return [str(int(value)) for value in values]


def counts_of(r, rows):
    chosen = [r[name][rows] for name in ("a", "n1", "c", "n2")]
    a, n1, c, n2 = (whole(each) for each in chosen)
    return {"events": (a, c), "total": (n1, n2)}


@pytest.mark.slow
@pytest.mark.parametrize(("low", "high"), every(2, [("fisher_low", "fisher_high"), ("profile_low", "profile_high")]))
def test_exact_and_profile_intervals_of_r_are_recognised_and_others_are_not(r, low, high):
    """R solves for these limits to three or four digits only, so no more are printed of them."""
    apart = np.abs(np.modf(100 * np.array([r[low], r[high]]))[0] - 0.5).min(axis=0) > 0.2  # not close to a tie
    rows = np.flatnonzero((r[low] > 0.02) & (r[high] < 5) & apart)[:80]
    rng = np.random.default_rng(2)
    limits = [printed(r[name][rows], np.full(len(rows), 2), rng) for name in (low, high)]
    arms = counts_of(r, rows)
    true = compared("count", len(rows), arms, measure="OR", lower=limits[0], upper=limits[1])
    assert [one.message for one in findings("EFFECT-010", **true)] == []
    assert asked("EFFECT-010", **true) == len(rows)
    few = rows[:25]
    moved = printed(r[high][few] * 1.35, np.full(len(few), 2), rng)
    broken = compared("count", len(few), counts_of(r, few), measure="OR", lower=limits[0][:25], upper=moved)
    assert len(findings("EFFECT-010", **broken)) > 0.85 * len(few)


def test_conditional_odds_ratios_of_r_are_recognised(r):
    rows = np.flatnonzero((r["fisher_or"] > 0.02) & (r["fisher_or"] < 5))[:150]
    texts = printed(r["fisher_or"][rows], np.full(len(rows), 2), np.random.default_rng(3))
    true = compared("count", len(rows), counts_of(r, rows), measure="OR", estimate=texts)
    assert [one.message for one in findings("EFFECT-009", **true)] == []


def test_an_odds_ratio_turned_round_is_named_and_an_adjusted_one_is_a_note():
    arms = {"events": (["12"] * 3, ["20"] * 3), "total": (["40"] * 3, ["42"] * 3)}
    tables = compared(
        "count",
        3,
        arms,
        measure="OR",
        estimate=["2.12", "0.57", "2.5"],
        interval_method=["wald", "adjusted", "adjusted"],
    )
    first, second, third = sorted(findings("EFFECT-009", **tables), key=lambda one: one.records)
    assert "it fits with the two arms swapped" in first.explanations
    assert first.changes_conclusion
    assert second.severity == "note"
    assert (third.severity, third.changes_conclusion) == ("warning", True)


def test_standard_errors_taken_for_deviations_are_named():
    arms = {"n": (["52"], ["48"]), "mean": (["58.5"], ["54.2"]), "sd": (["1.26"], ["1.26"])}
    (found,) = findings("EFFECT-012", **compared("mean", 1, arms, measure="SMD", estimate=["0.48"]))
    assert "it fits if the standard deviations are standard errors" in found.explanations


def test_error_statistic_and_interval_agree_just_where_a_grid_of_true_values_does():
    """EFFECT-007, EFFECT-008 and EFFECT-015 on differences with a stated interval, against a search of the box."""
    z = 1.959963984540054
    cases = [(lower, upper, se) for lower in range(-4, 3, 2) for upper in range(5, 9) for se in range(1, 6)]
    texts = [[f"{each / 2:.1f}" for each in column] for column in zip(*cases, strict=True)]
    effects = table("effect", measure="RD", lower=texts[0], upper=texts[1], se=texts[2], interval_method="wald")
    flagged = {one.records[0] for one in findings("EFFECT-007", effect=effects)}
    half = Fraction(1, 20)
    for at, (lower, upper, se) in enumerate(cases):
        widths = [Fraction(upper - lower, 2) + by * 2 * half for by in (-1, 1)]
        errors = [Fraction(se, 2) + by * half for by in (-1, 1)]
        possible = widths[0] <= 2 * 2.0 * errors[1] and widths[1] >= 2 * z * errors[0]
        assert (f"effect-{at}" in flagged) != possible, (lower, upper, se)


def test_statistics_agree_just_where_some_estimate_and_error_give_them():
    cases = [(y, se, t) for y in range(1, 12, 3) for se in range(1, 5) for t in range(1, 40, 5)]
    texts = [[f"{each / 10:.1f}" for each in column] for column in zip(*cases, strict=True)]
    effects = table("effect", measure="RD", estimate=texts[0], se=texts[1], statistic=texts[2])
    flagged = {one.records[0] for one in findings("EFFECT-008", effect=effects)}
    half = Fraction(1, 20)
    for at, (y, se, t) in enumerate(cases):
        ends = [[Fraction(each, 10) + by * half for by in (-1, 1)] for each in (y, se, t)]
        possible = ends[0][0] / ends[1][1] <= ends[2][1] and ends[0][1] / ends[1][0] >= ends[2][0]
        assert (f"effect-{at}" in flagged) != possible, (y, se, t)


def test_p_values_agree_just_where_some_estimate_and_error_give_them():
    cases = [(y, se, p) for y in range(1, 12, 3) for se in range(2, 6) for p in range(1, 100, 11)]
    texts = [[f"{each / by:.{places}f}" for each in column] for column, by, places in zip(zip(*cases, strict=True), (10, 10, 100), (1, 1, 2), strict=True)]  # fmt: skip
    effects = table("effect", measure="RD", estimate=texts[0], se=texts[1], p=texts[2])
    flagged = {one.records[0] for one in findings("EFFECT-015", effect=effects)}
    for at, (y, se, p) in enumerate(cases):
        low = 2 * stats.norm.sf((y / 10 + 0.05) / (se / 10 - 0.05))
        high = 2 * stats.norm.sf((y / 10 - 0.05) / (se / 10 + 0.05))
        possible = low <= p / 100 + 0.005 and high >= p / 100 - 0.005
        assert (f"effect-{at}" in flagged) != possible, (y, se, p)


def test_standard_errors_on_the_scale_of_the_ratio_are_named():
    effects = table(
        "effect", measure="OR", estimate=["2.00"], lower=["1.00"], upper=["4.00"], se=["0.71"], interval_method="wald"
    )
    (found,) = findings("EFFECT-007", effect=effects)
    assert found.severity == "warning"
    assert "the standard error is that of the ratio itself, not of its logarithm" in found.explanations


def texts_of(values, decimals, seed=7):
    return printed(np.asarray(values), np.full(len(values), decimals), np.random.default_rng(seed))


@pytest.mark.parametrize("name", every(3, ["chisq_p", "yates_p", "fisher_p"]))
def test_p_values_of_r_are_recognised_and_others_are_not(r, name):
    rows = np.flatnonzero(np.isfinite(r[name]))
    true = compared("count", len(rows), counts_of(r, rows), measure="OR", p=texts_of(r[name][rows], 4))
    assert [one.message for one in findings("EFFECT-011", **true)] == []
    assert asked("EFFECT-011", **true) == len(rows)
    few = np.flatnonzero((r["chisq_p"] < 0.01) & (r["fisher_p"] < 0.01))[:20]
    broken = compared("count", len(few), counts_of(r, few), measure="OR", p=texts_of(r["fisher_p"][few] + 0.3, 4))
    assert len(findings("EFFECT-011", **broken)) == len(few)


def test_rate_ratios_of_metafor_are_recognised_and_others_are_not(r):
    rows = np.arange(300)
    arms = {
        "events": (whole(r["x1"]), whole(r["x2"])),
        "person_time": (texts_of(r["t1"], 1), texts_of(r["t2"], 1)),
        "per": (["1"] * 300, ["1"] * 300),
    }
    ends = {
        name: np.exp(r["IRR_y"] + by * 1.959963984540054 * np.sqrt(r["IRR_v"]))
        for name, by in (("estimate", 0), ("lower", -1), ("upper", 1))
    }
    shown = {name: texts_of(values, 3) for name, values in ends.items()}
    assert [one.message for one in findings("RATE-003", **compared("rate", 300, arms, measure="IRR", **shown))] == []
    few = {name: tuple(each[:20] for each in pair) for name, pair in arms.items()}
    moved = {"estimate": texts_of(1.2 * ends["estimate"][rows[:20]], 3)}
    assert len(findings("RATE-003", **compared("rate", 20, few, measure="IRR", **moved))) == 20


def analyses(r, f, rows):
    """Two arms each, with the F of R's one-way analysis of variance."""
    both = {
        name: np.ravel(np.column_stack([texts_of(r[one][rows], places), texts_of(r[two][rows], places)])).tolist()
        for name, one, two, places in (("n", "r1", "r2", 0), ("mean", "m1", "m2", 3), ("sd", "s1", "s2", 3))
    }
    studies = [f"s{at}" for at in range(len(rows))]
    key = {"study": np.repeat(studies, 2).tolist(), "arm": ["one", "two"] * len(rows)}
    df2 = whole(r["r1"][rows] + r["r2"][rows] - 2)
    return {
        "arm": table("arm", **key, label="an arm", role="experimental"),
        "mean": table("mean", **key, outcome="age", moment="value", **both),
        "test": table("test", study=studies, outcome="age", statistic_type="F", statistic=f, df1="1", df2=df2),
    }


def test_f_statistics_of_r_are_recognised_and_others_are_not(r):
    rows = np.arange(300)
    assert [one.message for one in findings("EFFECT-016", **analyses(r, texts_of(r["anova_f"], 2), rows))] == []
    few = np.flatnonzero(r["anova_f"] > 1)[:20]
    assert len(findings("EFFECT-016", **analyses(r, texts_of(1.3 * r["anova_f"][few], 2), few))) == 20
