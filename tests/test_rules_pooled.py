"""Rules of pooled results: silent on true meta-analyses however they are rounded, loud on broken ones."""

import numpy as np
import pytest
from rule_tables import asked, findings, printed, printed_p, table
from scipy import stats

from schemas.scales import double_arcsine, double_arcsine_back

REVIEWS = 2000


def column(values, shown):
    return [text if show else None for text, show in zip(values, shown, strict=True)]


def inverse_variance(y, v, mask, random):
    """Q, DerSimonian-Laird tau2 (0 under a common effect), the pooled value and its standard error; one review per line."""
    w = np.where(mask, 1 / v, 0)
    k, total = mask.sum(1), w.sum(1)
    q = (w * (y - ((w * y).sum(1) / total)[:, None]) ** 2).sum(1)
    tau2 = np.where(random, np.maximum(0, (q - (k - 1)) / (total - (w**2).sum(1) / total)), 0)
    star = np.where(mask, 1 / (v + tau2[:, None]), 0)
    return q, tau2, (star * y).sum(1) / star.sum(1), 1 / np.sqrt(star.sum(1))


def true_effects(rng, rows=REVIEWS):
    """Pooled log ratios and differences with every heterogeneity statistic."""
    k = rng.integers(2, 15, rows)
    mask = np.arange(15)[None, :] < k[:, None]
    v = np.exp(rng.normal(-2, 1, (rows, 15)))
    y = rng.normal(rng.normal(0, 0.4, (rows, 1)), np.sqrt(v + rng.choice([0, 0.05, 0.5], (rows, 1))))
    random = rng.random(rows) < 0.8
    q, tau2, centre, se = inverse_variance(y, v, mask, random)
    ratio = rng.random(rows) < 0.6
    back = lambda x: np.where(ratio, np.exp(x), x)
    decimals = rng.integers(0, 4, rows)
    ends = {
        name: printed(back(centre + by * 1.959963984540054 * se), decimals, rng)
        for name, by in (("estimate", 0), ("lower", -1), ("upper", 1))
    }
    i2 = 100 * np.maximum(0, (q - (k - 1)) / q)
    return dict(
        measure=np.where(ratio, rng.choice(["OR", "RR", "HR"], rows), rng.choice(["MD", "RD"], rows)), **ends,
        k=[str(each) for each in k], df=column([str(each - 1) for each in k], rng.random(rows) < 0.5),
        q=printed(q, rng.integers(0, 4, rows), rng), i2=[f"{text}%" for text in printed(i2, rng.integers(0, 3, rows), rng)],
        tau2=printed(tau2, rng.integers(0, 5, rows), rng), p_heterogeneity=printed_p(stats.chi2.sf(q, k - 1), rng),
        p=printed_p(2 * stats.norm.sf(abs(centre / se)), rng), model=np.where(random, "random", "common"), tau2_estimator=np.where(random, "DL", "none"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "rule", ["POOLED-001", "POOLED-002", "POOLED-003", "POOLED-004", "POOLED-006", "EFFECT-005", "EFFECT-006"]
)
def test_true_meta_analyses_are_never_flagged(rule):
    pooled = table("pooled", **true_effects(np.random.default_rng(1)))
    assert [one.message for one in findings(rule, pooled=pooled)] == []
    assert asked(rule, pooled=pooled) > REVIEWS / 5


@pytest.mark.parametrize("k_known", [True, False])
def test_true_heterogeneity_printed_in_two_places_is_never_flagged(k_known):
    rng = np.random.default_rng(2)
    columns = true_effects(rng)
    outcomes = [f"o{at}" for at in range(REVIEWS)]
    split = rng.random(REVIEWS) < 0.3
    nothing = [None] * REVIEWS
    both = {
        "outcome": outcomes * 2, "section": ["Table 2"] * REVIEWS + ["Results"] * REVIEWS, "measure": np.concatenate([columns["measure"]] * 2),
        "i2": [*columns["i2"], *nothing], "k": [*nothing, *(columns["k"] if k_known else nothing)],
        "p_heterogeneity": [*column(columns["p_heterogeneity"], ~split), *column(columns["p_heterogeneity"], split)],
        "model": np.concatenate([columns["model"]] * 2), "tau2_estimator": np.concatenate([columns["tau2_estimator"]] * 2),
    }  # fmt: skip
    pooled = table("pooled", **both)
    assert [one.message for one in findings("POOLED-005", pooled=pooled)] == []
    assert asked("POOLED-005", pooled=pooled) == REVIEWS


def test_a_p_value_of_another_row_is_found_and_its_row_named():
    rows = [("cr", "79.1%", "0.169"), ("pr", "57.6%", "<0.001"), ("sd", "32.4%", "0.021")]
    table_2 = dict(
        outcome=[row[0] for row in rows],
        i2=[row[1] for row in rows],
        p_heterogeneity=[row[2] for row in rows],
        k=[None] * 3,
    )
    text = dict(outcome=["cr", "pr", "sd"], i2=[None] * 3, p_heterogeneity=[None] * 3, k=["8"] * 3)
    pooled = table(
        "pooled", measure="proportion", tau2_estimator="DL", row=["CR", "PR", "SD"] * 2, column="I2",
        section=["Table 2"] * 3 + ["Results"] * 3, **{name: table_2[name] + text[name] for name in text},
    )  # fmt: skip
    found = {one.row: one for one in findings("POOLED-005", pooled=pooled)}
    assert set(found) == {"CR", "PR", "SD"}
    assert {one.severity for one in found.values()} == {"error"}
    assert "P <0.001 fits the I2 79.1% printed in the row above (CR)" in found["PR"].explanations
    assert "I2 57.6% fits the P 0.021 printed in the row below (SD)" in found["PR"].explanations


def test_i2_of_an_unstated_estimator_is_only_a_warning():
    columns = dict(measure="OR", q=["10.35"], df=["7"], i2=["23.4%"])
    assert [one.severity for one in findings("POOLED-003", pooled=table("pooled", tau2_estimator="DL", **columns))] == [
        "error"
    ]
    assert [
        one.severity for one in findings("POOLED-003", pooled=table("pooled", tau2_estimator="REML", **columns))
    ] == ["warning"]
    assert [one.severity for one in findings("POOLED-003", pooled=table("pooled", model="common", **columns))] == [
        "error"
    ]


def test_i2_padded_with_a_zero_is_a_note():
    pooled = table("pooled", measure="OR", q=["10.35"], df=["7"], i2=["32.30%"], tau2_estimator="DL")
    assert [one.severity for one in findings("POOLED-003", pooled=pooled)] == ["note"]


@pytest.mark.parametrize(("rule", "moved"), [("POOLED-002", "q"), ("POOLED-003", "q"), ("POOLED-004", "i2")])
def test_broken_heterogeneity_is_found(rule, moved):
    rng = np.random.default_rng(3)
    k = rng.integers(4, 12, 60)
    q = (k - 1) * rng.uniform(1.3, 2.5, 60)
    columns = {"q": q, "i2": 100 * (1 - (k - 1) / q), "p_heterogeneity": stats.chi2.sf(q, k - 1)}
    columns[moved] = columns[moved] * (1.3 if moved == "q" else 0.7)
    shown = {name: printed(values, np.full(60, 3), rng) for name, values in columns.items()}
    shown = shown if rule != "POOLED-004" else shown | {"q": [None] * 60}
    assert (
        len(
            findings(
                rule, pooled=table("pooled", measure="OR", k=[str(each) for each in k], tau2_estimator="DL", **shown)
            )
        )
        == 60
    )


# reviews of proportions with their tables of studies


def reviews(rng, rows=REVIEWS, most=9):
    """Reviews of single proportions: studies with counts (or percentages), pooled by every transformation."""
    k = rng.integers(2, most, rows)
    mask = np.arange(most)[None, :] < k[:, None]
    n = rng.integers(5, 90, (rows, most)).astype(float)
    spread = rng.choice([0.001, 0.5, 1.5], (rows, 1))
    x = rng.binomial(
        n.astype(int), 1 / (1 + np.exp(-rng.normal(rng.normal(-0.5, 1, (rows, 1)), spread, (rows, most))))
    ).astype(float)
    transform = rng.choice(["none", "logit", "arcsine", "double_arcsine", "unknown"], rows)
    used = np.where(transform == "unknown", rng.choice(["none", "logit", "arcsine", "double_arcsine"], rows), transform)
    corrected = (((x == 0) | (x == n)) & mask).any(1)[:, None] * 0.5
    p, plain = (x + corrected) / (n + 2 * corrected), x / n
    with np.errstate(divide="ignore"):  # places beyond the last study
        scales = {
        "none": (p, p * (1 - p) / n), "logit": (np.log(p / (1 - p)), 1 / (n * p * (1 - p))), "arcsine": (np.arcsin(np.sqrt(plain)), 1 / (4 * n)),
        "double_arcsine": (double_arcsine(plain, n), 1 / (n + 0.5)),
      }  # fmt: skip
    random, harmonic = rng.random(rows) < 0.6, k / np.where(mask, 1 / n, 0).sum(1)
    out = {name: np.zeros(rows) for name in ("estimate", "lower", "upper", "i2")}
    with np.errstate(all="ignore"):
        for name, (y, v) in scales.items():
            own = used == name
            q, _, centre, se = inverse_variance(np.where(mask, y, 0), np.where(mask, v, 1), mask, random)
            out["i2"][own] = np.where(q > 0, 100 * np.maximum(0, (q - (k - 1)) / q), 0)[own]
            for end, by in (("estimate", 0), ("lower", -1), ("upper", 1)):
                at = centre + by * 1.959963984540054 * se
                doubled = np.where(
                    rng_custom(rows), double_arcsine_back(at, harmonic), np.sin(np.clip(at, 0, np.pi) / 2) ** 2
                )
                back = {
                    "none": at,
                    "logit": 1 / (1 + np.exp(-at)),
                    "arcsine": np.sin(np.clip(at, 0, np.pi / 2)) ** 2,
                    "double_arcsine": doubled,
                }
                out[end][own] = back[name][own]
    return dict(rows=rows, k=k, mask=mask, n=n, x=x, transform=transform, **out)


def rng_custom(rows):
    """Which reviews take the double arcsine back by Miller's inverse: every other one."""
    return np.arange(rows) % 2 == 0


def tables_of(rng, made, *, percentages=False):
    """The tables of a project that holds these reviews; ``percentages``: the studies print Kaplan-Meier rates only."""
    at, study = np.nonzero(made["mask"])
    source, ids = [f"r{each}" for each in at], [f"s{each}-{number}" for each, number in zip(at, study, strict=True)]
    n, x = made["n"][at, study], made["x"][at, study]
    totals = [str(int(each)) for each in n]
    results = dict(source=source, study=ids, outcome="cr", total=totals)
    rates = [f"{text}%" for text in printed(100 * x / n, rng.integers(0, 2, len(n)), rng)]
    given = (
        {"survival": table("survival", rate=rates, **results)}
        if percentages
        else {"count": table("count", events=[str(int(each)) for each in x], **results)}
    )
    sizes = table("characteristic", source=source, study=ids, characteristic="participants", value=totals)
    decimals = rng.integers(2, 4, made["rows"])
    listed = [" ".join(f"s{each}-{number}" for number in range(count)) for each, count in enumerate(made["k"])]
    pooled = table(
        "pooled", source=[f"r{each}" for each in range(made["rows"])], outcome="cr", measure="proportion", transform=made["transform"],
        k=[str(each) for each in made["k"]], studies=column(listed, rng.random(made["rows"]) < 0.5), n=column([str(int(each)) for each in np.where(made["mask"], made["n"], 0).sum(1)], rng.random(made["rows"]) < 0.5),
        i2=[f"{text}%" for text in printed(made["i2"], np.ones(made["rows"], int), rng)],
        **{name: printed(made[name], decimals, rng) for name in ("estimate", "lower", "upper")},
    )  # fmt: skip
    studies = table("study", study=ids, label=ids, included_in=source)
    return given | {"study": studies, "characteristic": sizes, "pooled": pooled}


@pytest.mark.parametrize("percentages", [False, True])
def test_true_reviews_of_proportions_are_never_flagged(percentages):
    rng = np.random.default_rng(4)
    tables = tables_of(rng, reviews(rng), percentages=percentages)
    for rule, least in (
        ("POOLED-007", REVIEWS * 0.9),
        ("POOLED-008", REVIEWS / 20),
        ("POOLED-009", REVIEWS),
        ("POOLED-010", REVIEWS),
        ("POOLED-011", REVIEWS / 3),
        ("EFFECT-005", REVIEWS / 2),
    ):
        assert [one.message for one in findings(rule, **tables)] == [], rule
        assert asked(rule, **tables) >= least, rule


def test_a_pooled_proportion_outside_every_study_is_found():
    rng = np.random.default_rng(5)
    made = reviews(rng, rows=60)
    rates = np.where(made["mask"], made["x"] / made["n"], np.nan)
    made["estimate"] = np.where(np.nanmax(rates, 1) < 0.7, np.nanmax(rates, 1) + 0.2, np.nan)
    made["transform"] = np.full(60, "double_arcsine")
    found = findings("POOLED-007", **tables_of(rng, made))
    assert len(found) == np.isfinite(made["estimate"]).sum() > 10
    assert {one.severity for one in found} == {"error"}


def test_the_kaplan_meier_percentages_are_named():
    rates = ["79%", "78%", "66.6%", "93%"]
    studies = [f"s{at}" for at in range(4)]
    survival = table("survival", study=studies, outcome="os", total=["30", "30", "15", "30"], rate=rates)
    pooled = table(
        "pooled", outcome="os", measure="proportion", transform="double_arcsine", k=["4"], estimate=["64.9%"]
    )
    found = findings(
        "POOLED-007",
        study=table("study", study=studies, label=studies, included_in="example"),
        survival=survival,
        pooled=pooled,
    )
    assert [(one.severity, one.expected) for one in found] == [("warning", "66.6% to 93.0%")]


def test_an_interval_too_narrow_for_the_participants_is_found():
    rng = np.random.default_rng(6)
    made = reviews(rng, rows=80)
    t, n = np.arcsin(np.sqrt(np.clip(made["estimate"], 0.15, 0.85))), np.where(made["mask"], made["n"], 0).sum(1)
    half = 0.8 * 1.96 / (2 * np.sqrt(n + made["k"] / 2))
    made |= {"lower": np.sin(t - half) ** 2, "upper": np.sin(t + half) ** 2, "transform": np.full(80, "double_arcsine")}
    found = findings("POOLED-008", **tables_of(rng, made))
    assert len(found) > 70


def test_the_implied_number_of_participants_is_said():
    stated = table("characteristic", characteristic=["participants", "studies"], value=["173", "8"])
    pooled = table(
        "pooled",
        outcome="gvhd",
        measure="proportion",
        transform="double_arcsine",
        k=["8"],
        estimate=["0.353"],
        lower=["0.290"],
        upper=["0.419"],
        i2=["0.00%"],
    )
    found = findings("POOLED-008", characteristic=stated, pooled=pooled)
    assert found[0].expected == "at least 199 participants"
    assert "I2 is 0" in found[0].explanations[0]


def test_tau2_and_i2_that_exclude_each_other_are_found():
    columns = dict(
        measure="OR",
        lower=["0.60", "0.60"],
        upper=["1.07", "1.07"],
        k=["8", "3"],
        i2=["85%", "0.0%"],
        tau2=["0.00", "0.25"],
        tau2_estimator="DL",
    )
    assert [one.severity for one in findings("POOLED-006", pooled=table("pooled", **columns))] == ["warning", "warning"]


def test_more_studies_or_participants_than_the_review_has_are_found():
    rng = np.random.default_rng(7)
    made = reviews(rng, rows=40)
    made["k"] = made["k"] + 1
    assert len(findings("POOLED-009", **tables_of(rng, made))) == 40
    tables = tables_of(rng, made)
    tables["pooled"] = table(
        "pooled",
        source=[f"r{at}" for at in range(40)],
        outcome="cr",
        measure="proportion",
        n=[str(int(each) + 1) for each in np.where(made["mask"], made["n"], 0).sum(1)],
    )
    assert len(findings("POOLED-011", **tables)) == 40


def test_studies_without_events_left_out_are_explained():
    studies = [f"s{at}" for at in range(4)]
    count = table("count", study=studies, outcome="cr", events=["5", "7", "0", "0"], total=["30"] * 4)
    found = findings(
        "POOLED-010",
        study=table("study", study=studies, label=studies, included_in="example"),
        count=count,
        pooled=table("pooled", outcome="cr", measure="proportion", k=["2"]),
    )
    assert found[0].explanations == ("2 fits if studies without an event are not counted: 2 report 0",)
