"""Rules of effects, P values and tests: silent on true data however it is rounded, loud on broken data."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from rule_tables import asked, checked, findings, printed, printed_p, table
from scipy import stats

from schemas.scales import double_arcsine, double_arcsine_back

ROWS = 2500
RATIOS = np.array(["OR", "RR", "HR", "IRR", "ROM"])
EFFECT_RULES = [f"EFFECT-00{number}" for number in range(1, 7)]


def true_effects(rng, rows=ROWS):
    """Effects with Wald intervals and their P values, printed with 0 to 3 decimals."""
    measure = np.concatenate([rng.choice(RATIOS, rows // 2), rng.choice(["RD", "MD", "SMD", "COR"], rows - rows // 2)])
    level = rng.choice([90.0, 95.0, 99.0], rows)
    se = np.exp(rng.normal(-1.2, 0.8, rows))
    se = np.where(measure == "RD", se / 8, np.where(measure == "COR", 1 / np.sqrt(rng.integers(2, 300, rows)), se))
    centre = rng.normal(0, 2, rows) * se
    df = rng.integers(2, 200, rows)
    student = np.isin(measure, ["MD", "SMD"]) & (rng.random(rows) < 0.7)
    quantile = np.where(student, stats.t.ppf(0.5 + level / 200, df), stats.norm.ppf(0.5 + level / 200))
    p = np.where(student, 2 * stats.t.sf(abs(centre / se), df), 2 * stats.norm.sf(abs(centre / se)))
    p = np.where(measure == "COR", pearson_or_fisher(rng, np.tanh(centre), se, p), p)
    back = lambda x: np.where(np.isin(measure, RATIOS), np.exp(x), np.where(measure == "COR", np.tanh(x), x))
    decimals = rng.integers(0, 4, rows)
    ends = {
        name: printed(back(centre + by * quantile * se), decimals, rng)
        for name, by in (("estimate", 0), ("lower", -1), ("upper", 1))
    }
    stated = [None if one == 95 and rng.random() < 0.5 else f"{one:.0f}%" for one in level]
    known_df = [str(one) if own and rng.random() < 0.5 else None for one, own in zip(df, student, strict=True)]
    return table(
        "effect",
        measure=measure,
        level=stated,
        p=printed_p(p, rng),
        df=known_df,
        interval_method=rng.choice(["wald", "unknown", "adjusted"], rows),
        **ends,
    )


def pearson_or_fisher(rng, r, se, p):
    size, r = np.rint(1 / se**2) + 3, np.clip(r, -0.999999, 0.999999)
    t = np.abs(r) * np.sqrt((size - 2) / (1 - r**2))
    return np.where(rng.random(len(r)) < 0.5, p, 2 * stats.t.sf(t, size - 2))


@pytest.mark.parametrize("rule", EFFECT_RULES)
@pytest.mark.parametrize("seed", [1, 2])
def test_true_effects_are_never_flagged(rule, seed):
    effects = true_effects(np.random.default_rng(seed))
    flagged = findings(rule, effect=effects)
    if rule == "EFFECT-004":  # an untransformed risk difference may leave -1 to 1; that is a note
        flagged = [one for one in flagged if one.severity != "note"]
    assert [one.message for one in flagged] == []
    assert asked(rule, effect=effects) > ROWS / 10


def test_true_means_are_never_flagged():
    rng = np.random.default_rng(3)
    n, sd, mean, decimals = (
        rng.integers(2, 60, ROWS),
        np.exp(rng.normal(0, 1, ROWS)),
        rng.normal(0, 20, ROWS),
        rng.integers(0, 4, ROWS),
    )
    half = stats.t.ppf(0.975, n - 1) * sd / np.sqrt(n)
    ends = {name: printed(mean + by * half, decimals, rng) for name, by in (("mean", 0), ("lower", -1), ("upper", 1))}
    means = table("mean", n=[str(one) for one in n], **ends)
    for rule in ("EFFECT-001", "EFFECT-002", "EFFECT-005"):
        assert findings(rule, mean=means) == []
        assert asked(rule, mean=means) == ROWS


def pooled_proportions(rng, rows=ROWS):
    """Pooled proportions by every transformation and both customs of taking the double arcsine back."""
    transform = rng.choice(["none", "logit", "arcsine", "double_arcsine"], rows)
    p, size = rng.beta(1, 2, rows), np.exp(rng.uniform(np.log(2), np.log(2000), rows))
    se, z = rng.uniform(0.5, 2, rows) / np.sqrt(size * rng.integers(1, 12, rows)), 1.959963984540054
    miller = rng.random(rows) < 0.5
    ends = {}
    for name, by in (("estimate", 0), ("lower", -1), ("upper", 1)):
        logit = 1 / (1 + np.exp(-(np.log(p / (1 - p)) + by * z * se / np.sqrt(p * (1 - p)))))
        arcsine = np.sin(np.clip(np.arcsin(np.sqrt(p)) + by * z * se / 2, 0, np.pi / 2)) ** 2
        at_size = double_arcsine_back(double_arcsine(p, size) + by * z * se, size)
        doubled = np.where(miller, at_size, arcsine)
        ends[name] = np.select(
            [transform == "none", transform == "logit", transform == "arcsine"],
            [p + by * z * se * np.sqrt(p * (1 - p)), logit, arcsine],
            doubled,
        )
    decimals = rng.integers(1, 4, rows)
    shown = {
        name: [f"{text}%" for text in printed(100 * end, decimals, rng)]
        if name == "upper"
        else printed(end, decimals + 2, rng)
        for name, end in ends.items()
    }
    return table("pooled", measure="proportion", transform=transform, **shown)


@pytest.mark.parametrize("rule", ["EFFECT-001", "EFFECT-002", "EFFECT-004", "EFFECT-005"])
def test_true_pooled_proportions_are_never_flagged(rule):
    pooled = pooled_proportions(np.random.default_rng(4))
    flagged = [one for one in findings(rule, pooled=pooled) if not (rule == "EFFECT-004" and one.severity == "note")]
    assert [one.message for one in flagged] == []
    assert asked(rule, pooled=pooled) == ROWS


def test_order_and_containment_agree_with_brute_force_in_rationals():
    texts = ["0.4", "0.40", "0.44", "0.45", "0.5", "0.35", "<0.4", ">0.45"]
    rows = list(product(texts, texts, texts))
    effects = table(
        "effect",
        measure="MD",
        estimate=[row[0] for row in rows],
        lower=[row[1] for row in rows],
        upper=[row[2] for row in rows],
    )
    flagged = {one.records[0] for one in findings("EFFECT-002", effect=effects)}
    for at, row in enumerate(rows):
        (e_low, e_high), (low, _), (_, high) = (ends(text) for text in row)
        impossible = max(e_low, low) > e_high or e_low > min(e_high, high)
        assert (f"effect-{at}" in flagged) == impossible, row


def ends(text):
    value = Fraction(text.lstrip("<>"))
    half = Fraction(1, 2 * 10 ** len(text.partition(".")[2]))
    return (-np.inf, value) if text[0] == "<" else (value, np.inf) if text[0] == ">" else (value - half, value + half)


@pytest.mark.parametrize(("scale", "measure"), [("log", "HR"), ("none", "MD")])
def test_an_estimate_moved_beyond_rounding_is_found(scale, measure):
    rng = np.random.default_rng(5)
    centre, se = rng.normal(0, 0.4, 80), rng.uniform(0.15, 0.4, 80)
    moved = centre + rng.choice([-1, 1], 80) * rng.uniform(0.3, 0.9, 80) * se
    back = np.exp if scale == "log" else (lambda x: x)
    columns = {
        name: printed(back(x), np.full(80, 3), rng)
        for name, x in (("estimate", moved), ("lower", centre - 1.96 * se), ("upper", centre + 1.96 * se))
    }
    found = findings("EFFECT-005", effect=table("effect", measure=measure, interval_method="wald", **columns))
    assert len(found) == 80
    assert {one.severity for one in found} == {"warning"}


def test_a_pooled_proportion_moved_within_its_interval_is_found_under_the_double_arcsine():
    rng = np.random.default_rng(6)
    p, half = rng.uniform(0.15, 0.5, 80), rng.uniform(0.05, 0.12, 80)
    t = np.arcsin(np.sqrt(p))
    columns = {
        name: printed(np.sin(t + by * half) ** 2, np.full(80, 3), rng)
        for name, by in (("estimate", 0.5), ("lower", -1), ("upper", 1))
    }
    found = findings("EFFECT-005", pooled=table("pooled", measure="proportion", transform="double_arcsine", **columns))
    assert len(found) > 76


def test_a_ratio_interval_symmetric_on_the_printed_scale_is_explained():
    found = findings(
        "EFFECT-005",
        effect=table("effect", measure="OR", estimate=["1.50"], lower=["0.50"], upper=["2.50"], interval_method="wald"),
    )
    assert "the limits lie evenly around the estimate as printed" in found[0].explanations


def test_swapped_digits_of_a_limit_are_named():
    found = findings(
        "EFFECT-005",
        effect=table("effect", measure="HR", estimate=["0.66"], lower=["0.25"], upper=["0.84"], interval_method="wald"),
    )
    assert "lower 0.52 would fit (two digits swapped)" in found[0].explanations
    outside = findings(
        "EFFECT-002", effect=table("effect", measure="HR", estimate=["0.66"], lower=["0.72"], upper=["1.61"])
    )
    assert outside[0].explanations[0] == "lower 0.27 would fit (two digits swapped)"


def test_swapped_limits_and_lost_signs_are_named():
    swapped = findings(
        "EFFECT-001", effect=table("effect", measure="HR", estimate=["0.66"], lower=["0.84"], upper=["0.52"])
    )
    assert "lower and upper limit exchanged would fit" in swapped[0].explanations
    lost = findings(
        "EFFECT-002", effect=table("effect", measure="MD", estimate=["0.30"], lower=["0.90"], upper=["1.50"])
    )
    assert "lower −0.90 would fit (a minus sign lost)" in lost[0].explanations


def test_a_logarithm_printed_for_a_ratio_is_named():
    found = findings(
        "EFFECT-003", effect=table("effect", measure="HR", estimate=["-0.42"], lower=["-0.65"], upper=["-0.17"])
    )
    assert found[0].explanations == ("the logarithm may be printed: the ratio is then 0.66 (0.52 to 0.84)",)


def test_a_p_value_on_the_other_side_of_the_interval_changes_the_conclusion():
    effects = table(
        "effect",
        measure="HR",
        estimate=["0.80", "0.66", "0.80"],
        lower=["0.60", "0.52", "0.60"],
        upper=["1.07", "0.84", "1.07"],
        p=["0.03", "0.21", "0.31"],
    )
    found = {one.records[0]: one for one in findings("EFFECT-006", effect=effects)}
    assert found["effect-0"].changes_conclusion
    assert found["effect-1"].changes_conclusion
    assert not found["effect-2"].changes_conclusion
    assert "P 0.13 would fit (two digits swapped)" in found["effect-2"].explanations


def test_one_sided_p_values_and_unlabelled_levels_are_named():
    z = np.log(0.80) / ((np.log(1.07) - np.log(0.60)) / (2 * 1.959964))
    effects = table(
        "effect", measure="HR", estimate=["0.80", "0.80"], lower=["0.60", "0.60"], upper=["1.07", "1.07"],
        p=[f"{stats.norm.cdf(z):.3f}", f"{2 * stats.norm.cdf(z * 2.5758 / 1.959964):.4f}"],
    )  # fmt: skip
    first, second = sorted(findings("EFFECT-006", effect=effects), key=lambda one: one.records)
    assert "P fits a one-sided test" in first.explanations
    assert "a 99% interval would fit" in second.explanations


def test_a_log_rank_p_value_close_to_the_interval_is_only_a_note():
    found = findings(
        "EFFECT-006",
        effect=table("effect", measure="HR", estimate=["0.66"], lower=["0.48"], upper=["0.91"], p=["0.006"]),
    )
    assert [one.severity for one in found] == ["note"]


def test_printed_p_values_are_possible():
    rng = np.random.default_rng(7)
    p = np.concatenate([rng.uniform(0, 1, ROWS), rng.uniform(0, 0.002, ROWS), 1 - rng.uniform(0, 0.002, ROWS)])
    texts = printed_p(p, rng)
    found = {one.records[0]: one for one in findings("P-001", test=table("test", p=texts))}
    rounded_to_zero = {f"test-{at}" for at, text in enumerate(texts) if set(text) <= set("0.")}
    assert set(found) == rounded_to_zero
    assert {one.severity for one in found.values()} == {"note"}


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("<0.000", "error"),
        ("< 0", "error"),
        ("-0.05", "error"),
        ("1.2", "error"),
        (">1", "error"),
        ("0.000", "note"),
        ("P = 0.00", "note"),
    ],
)
def test_impossible_p_values_are_errors_and_sloppy_ones_notes(text, severity):
    assert [one.severity for one in findings("P-001", test=table("test", p=[text]))] == [severity]


def true_tests(rng, rows=ROWS):
    kind = rng.choice(["t", "F", "chi2", "z", "r"], rows)
    df1, df2 = rng.integers(1, 60, rows), rng.integers(2, 200, rows)
    welch = np.where((kind == "t") & (rng.random(rows) < 0.5), df1 + rng.random(rows), df1.astype(float)) + (
        kind == "r"
    )
    z = rng.normal(0, 1.8, rows)
    p = 2 * stats.norm.sf(abs(z))
    t = np.sign(z) * stats.t.isf(p / 2, welch)
    statistic = np.select(
        [kind == "t", kind == "F", kind == "chi2", kind == "r"],
        [t, stats.f.isf(p, df1, df2), stats.chi2.isf(p, df1), t / np.sqrt(t**2 + welch)],
        z,
    )
    one = np.isin(kind, ["t", "z", "r"]) & (rng.random(rows) < 0.2)
    columns = {
        "statistic": printed(statistic, rng.integers(1, 4, rows), rng), "df1": printed(welch, np.where(rng.random(rows) < 0.5, 0, 2) * (welch % 1 > 0), rng),
        "df2": [str(each) if own == "F" else None for each, own in zip(df2, kind, strict=True)],
        "p": printed_p(np.where(one, np.where(rng.random(rows) < 0.5, p / 2, 1 - p / 2), p), rng), "tails": np.where(one, "one", rng.choice(["two", "unknown"], rows)),
    }  # fmt: skip
    return table("test", statistic_type=kind, **columns)


def test_p_values_that_follow_from_their_statistic_are_never_flagged():
    for seed in (8, 9):
        tests = true_tests(np.random.default_rng(seed))
        assert [one.message for one in findings("TEST-001", test=tests)] == []
        assert asked("TEST-001", test=tests) == ROWS


def test_p_values_that_do_not_follow_are_found():
    rng = np.random.default_rng(10)
    p = rng.uniform(0.001, 0.9, 100)
    tests = table(
        "test",
        statistic_type="chi2",
        df1=["3"] * 100,
        statistic=printed(stats.chi2.isf(p, 3), np.full(100, 3), rng),
        p=printed(p + rng.uniform(0.01, 0.1, 100), np.full(100, 4), rng),
    )
    found = findings("TEST-001", test=tests)
    assert len(found) == 100
    assert {one.severity for one in found} <= {"warning", "note"}


def test_a_test_that_crosses_the_threshold_changes_the_conclusion():
    tests = table(
        "test", statistic_type="t", statistic=["1.20", "2.20"], df1=["28", "28"], p=["0.03", "0.042"], tails="two"
    )
    found = sorted(findings("TEST-001", test=tests), key=lambda one: one.records)
    assert [one.changes_conclusion for one in found] == [True, False]


def test_one_tailed_p_values_of_an_unstated_test_are_a_note():
    found = findings("TEST-001", test=table("test", statistic_type="t", statistic=["2.20"], df1=["28"], p=["0.018"]))
    assert [(one.severity, one.explanations[0]) for one in found] == [("note", "it fits a one-sided test")]


def test_limits_are_not_compared_with_bayesian_p_values():
    effects = table(
        "effect",
        measure="HR",
        estimate=["0.80"],
        lower=["0.60"],
        upper=["1.07"],
        p=["0.01"],
        interval_method="bayesian",
    )
    assert checked("EFFECT-006", effect=effects).tallies["EFFECT-006"].checked == 0
