"""Sums and counts of pooled results against enumeration: a rule is silent just where some true numbers print so."""

from itertools import product

import numpy as np
import pytest
from rule_tables import checked, table
from scipy import stats

from schemas.scales import double_arcsine


def flagged(rule, **tables):
    """The sources in which a rule fired, whatever the severity; and in how many rows it was asked."""
    done = checked(rule, **tables)
    tally = done.tallies[rule]
    return {one.source for one in done.findings}, tally.consistent + tally.contradicts


def names(number):
    return [f"r{at}" for at in range(number)]


def test_weights_add_up_just_where_three_true_weights_do():
    shown = [each for each in product(range(10, 90, 7), range(5, 60, 6), range(1, 60, 5)) if 93 <= sum(each) <= 107]
    # true weights in tenths, each rounding to its print: some of them add up to exactly 1000
    possible = [any(10 * sum(each) + off == 1000 for off in range(-15, 16)) for each in shown]
    sources = [name for name in names(len(shown)) for _ in range(3)]
    effect = table(
        "effect",
        source=sources,
        study=["a", "b", "c"] * len(shown),
        measure="OR",
        weight=[f"{w}%" for each in shown for w in each],
    )
    pooled = table("pooled", source=names(len(shown)), measure="OR", k=["3"] * len(shown))
    found, asked = flagged("POOLED-012", effect=effect, pooled=pooled)
    assert asked == len(shown)
    assert found == {name for name, fits in zip(names(len(shown)), possible, strict=True) if not fits}


@pytest.mark.parametrize(("rule", "field"), [("POOLED-031", "k"), ("POOLED-032", "n")])
def test_subgroups_add_up_just_where_addition_says_so(rule, field):
    worlds = list(product(range(1, 5), range(1, 5), range(1, 9), (1, 2)))
    rows = {"source": [], "analysis_set": [], field: [], "df_between": []}
    for name, (one, two, whole, df) in zip(names(len(worlds)), worlds, strict=True):
        for part, number, between in (("a", one, None), ("b", two, None), (None, whole, df)):
            for column, value in zip(rows, (name, part, str(number), between and str(between)), strict=True):
                rows[column].append(value)
    found, asked = flagged(rule, pooled=table("pooled", measure="OR", split="donor", **rows))
    wrong = {
        name for name, (one, two, whole, df) in zip(names(len(worlds)), worlds, strict=True)
        if (df == 1 and one + two != whole) or (df == 2 and one + two > whole)
    }  # fmt: skip
    assert asked == len(worlds)
    assert found == wrong


def test_degrees_of_freedom_between_are_subgroups_less_one():
    worlds = list(product(range(1, 9), range(1, 9)))
    sources, parts, dfs = [], [], []
    for name, (groups, df) in zip(names(len(worlds)), worlds, strict=True):
        sources += [name] * (groups + 1)
        parts += [f"part {at}" for at in range(groups)] + [None]
        dfs += [None] * groups + [str(df)]
    found, asked = flagged(
        "POOLED-027",
        pooled=table("pooled", measure="OR", split="donor", source=sources, analysis_set=parts, df_between=dfs),
    )
    assert asked == len(worlds)
    assert found == {name for name, (groups, df) in zip(names(len(worlds)), worlds, strict=True) if df != groups - 1}


def test_participants_pooled_are_the_sum_of_the_totals():
    worlds = list(product(range(10, 14), range(10, 14), range(20, 28)))
    sources = [name for name in names(len(worlds)) for _ in range(2)]
    count = table(
        "count",
        source=sources,
        study=["a", "b"] * len(worlds),
        outcome="cr",
        events="3",
        total=[str(each) for one, two, _ in worlds for each in (one, two)],
    )
    pooled = table(
        "pooled",
        source=names(len(worlds)),
        outcome="cr",
        measure="proportion",
        n=[str(n) for *_, n in worlds],
        studies="a b",
    )
    found, asked = flagged("POOLED-033", count=count, pooled=pooled)
    assert asked == len(worlds)
    assert found == {name for name, (one, two, n) in zip(names(len(worlds)), worlds, strict=True) if one + two != n}


def test_rows_with_weight_are_the_studies_pooled():
    worlds = list(product(range(2, 6), range(1, 7)))
    sources, studies, weights = [], [], []
    for name, (rows, _) in zip(names(len(worlds)), worlds, strict=True):
        sources += [name] * rows
        studies += [f"s{at}" for at in range(rows)]
        weights += [f"{100 / rows:.1f}%"] * rows
    effect = table("effect", source=sources, study=studies, measure="OR", weight=weights)
    pooled = table("pooled", source=names(len(worlds)), measure="OR", k=[str(k) for _, k in worlds])
    found, asked = flagged("POOLED-034", effect=effect, pooled=pooled)
    assert asked == len(worlds)
    assert found == {name for name, (rows, k) in zip(names(len(worlds)), worlds, strict=True) if rows != k}


# heterogeneity: every Q on a fine grid, printed


GRID = np.linspace(0.001, 30, 6001)


def test_degrees_of_freedom_are_studies_less_one():
    worlds = list(product(range(2, 12), range(1, 12)))
    pooled = table(
        "pooled",
        source=names(len(worlds)),
        measure="OR",
        k=[str(k) for k, _ in worlds],
        df=[str(df) for _, df in worlds],
    )
    found, asked = flagged("POOLED-001", pooled=pooled)
    assert asked == len(worlds)
    assert found == {name for name, (k, df) in zip(names(len(worlds)), worlds, strict=True) if df != k - 1}


def prints_of(df):
    """The pairs (Q, P), (Q, I2) and (I2, P) that some true Q on the grid prints: Q with 1, I2 with 0 and P with 2 decimals."""
    q, p, i2 = GRID, stats.chi2.sf(GRID, df), 100 * np.maximum(0, 1 - df / GRID)
    shown = {"q": np.round(q, 1), "p_heterogeneity": np.round(p, 2), "i2": np.round(i2)}
    return {
        pair: set(zip(shown[pair[0]].tolist(), shown[pair[1]].tolist(), strict=True))
        for pair in (("q", "p_heterogeneity"), ("q", "i2"), ("i2", "p_heterogeneity"))
    }


PLACES = {"q": 1, "p_heterogeneity": 2, "i2": 0}
STEPS = {"q": 0.1, "p_heterogeneity": 0.01, "i2": 1.0}


@pytest.mark.parametrize(
    ("rule", "pair"),
    [
        ("POOLED-002", ("q", "p_heterogeneity")),
        ("POOLED-003", ("q", "i2")),
        ("POOLED-004", ("i2", "p_heterogeneity")),
        ("POOLED-005", ("i2", "p_heterogeneity")),
    ],
)
def test_heterogeneity_goes_together_just_where_some_true_q_prints_so(rule, pair):
    rng, worlds = np.random.default_rng(3), []
    for df in (1, 2, 5, 9):
        possible = prints_of(df)[pair]
        around = {
            (round(a + i * STEPS[pair[0]], 1), round(b + j * STEPS[pair[1]], 2))
            for a, b in possible for i, j in ((0, 0), (0, 3), (0, -3), (3, 0), (-3, 0))
        }  # fmt: skip
        allowed = [
            (a, b)
            for a, b in sorted(around)
            if a >= 0 and 0 <= b <= (1 if pair[1] == "p_heterogeneity" else 99) and (pair[0] != "i2" or a <= 99)
        ]
        worlds += [(df, *allowed[at], allowed[at] in possible) for at in rng.permutation(len(allowed))[:50]]
    cells = {
        name: [f"{world[1 + at]:.{PLACES[name]}f}" + "%" * (name == "i2") for world in worlds]
        for at, name in enumerate(pair)
    }
    if rule == "POOLED-005":
        sources, ks = (
            [name for name in names(len(worlds)) for _ in range(2)],
            [each for world in worlds for each in (None, str(world[0] + 1))],
        )
        cells = {
            "i2": [each for text in cells["i2"] for each in (text, None)],
            "p_heterogeneity": [each for text in cells["p_heterogeneity"] for each in (None, text)],
        }
        section = ["Table 2", "Results"] * len(worlds)
        pooled = table("pooled", source=sources, section=section, measure="OR", k=ks, tau2_estimator="DL", **cells)
    else:
        pooled = table(
            "pooled",
            source=names(len(worlds)),
            measure="OR",
            k=[str(world[0] + 1) for world in worlds],
            tau2_estimator="DL",
            **cells,
        )
    found, asked = flagged(rule, pooled=pooled)
    possible = {name for name, world in zip(names(len(worlds)), worlds, strict=True) if world[3]}
    assert asked == len(worlds)
    assert not found & possible, "a true Q prints so"
    # the grid misses prints that only a Q at the very end of a rounding interval gives
    missed = set(names(len(worlds))) - possible - found
    assert len(missed) < 0.12 * len(worlds), len(missed)


def test_tau2_and_i2_exclude_each_other_in_no_true_meta_analysis_and_in_extreme_ones():
    rng, rows = np.random.default_rng(4), {name: [] for name in ("lower", "upper", "k", "i2", "tau2")}
    for _ in range(300):
        k = int(rng.integers(3, 10))
        v, spread = rng.uniform(0.01, 0.5, k), rng.choice([0, 0.1, 0.6])
        y = rng.normal(0, np.sqrt(v + spread))
        w = 1 / v
        q = float((w * (y - (w * y).sum() / w.sum()) ** 2).sum())
        tau2 = max(0.0, (q - k + 1) / (w.sum() - (w**2).sum() / w.sum()))
        star = 1 / (v + tau2)
        centre, half = (star * y).sum() / star.sum(), 1.959964 / np.sqrt(star.sum())
        texts = (
            f"{centre - half:.2f}",
            f"{centre + half:.2f}",
            str(k),
            f"{100 * max(0, 1 - (k - 1) / q):.0f}%",
            f"{tau2:.2f}",
        )
        for column, text in zip(rows.values(), texts, strict=True):
            column.append(text)
    found, _ = flagged(
        "POOLED-006", pooled=table("pooled", source=names(300), measure="MD", tau2_estimator="DL", **rows)
    )
    assert not found
    broken = {name: column[:40] for name, column in rows.items()} | {"i2": ["80%"] * 40, "tau2": ["0.00000"] * 40}
    assert (
        len(
            flagged(
                "POOLED-006", pooled=table("pooled", source=names(40), measure="MD", tau2_estimator="DL", **broken)
            )[0]
        )
        == 40
    )


def test_a_weighted_mean_never_leaves_the_hull_whatever_the_weights():
    worlds = [(x, share) for x in product(range(0, 11, 2), repeat=2) for share in (0, 0.3, 0.8, 1)]
    sources = [name for name in names(len(worlds)) for _ in range(2)]
    ids = [f"{source}-{part}" for source, part in zip(sources, "ab" * len(worlds), strict=True)]
    study = table("study", study=ids, label=ids, included_in=sources)
    count = table(
        "count",
        source=sources,
        study=ids,
        outcome="cr",
        events=[str(each) for x, _ in worlds for each in x],
        total="30",
    )
    listed = [f"{name}-a {name}-b" for name in names(len(worlds))]
    for beyond in (False, True):
        angles = [np.arcsin(np.sqrt(np.array(x) / 30)) for x, _ in worlds]
        means = [np.sin(share * t[0] + (1 - share) * t[1]) ** 2 for t, (_, share) in zip(angles, worlds, strict=True)]
        off = [beyond * (0.01 + abs(x[0] - x[1]) / 30) for x, _ in worlds]
        estimate = [f"{mean + more:.3f}" for mean, more in zip(means, off, strict=True)]
        pooled = table(
            "pooled",
            source=names(len(worlds)),
            outcome="cr",
            measure="proportion",
            transform="arcsine",
            studies=listed,
            estimate=estimate,
        )
        found, asked = flagged("POOLED-007", study=study, count=count, pooled=pooled)
        assert asked == len(worlds)
        assert len(found) == beyond * len(worlds)


def test_information_of_a_double_arcsine_interval_is_that_of_its_participants():
    sizes, factors = range(60, 400, 20), (0.5, 0.9, 0.99, 1.25, 2, 3)
    worlds = list(product(sizes, factors))
    lower, upper = [], []
    for n, factor in worlds:
        half = 1.959963984540054 / np.sqrt(factor * (n + 4))
        lower.append(f"{np.sin((1.2 - half) / 2) ** 2:.4f}")
        upper.append(f"{np.sin((1.2 + half) / 2) ** 2:.4f}")
    assert double_arcsine(np.array([0.3]), np.array([1e6]))[0] == pytest.approx(2 * np.arcsin(np.sqrt(0.3)), abs=1e-2)
    pooled = table(
        "pooled", source=names(len(worlds)), measure="proportion", transform="double_arcsine", lower=lower, upper=upper,
        n=[str(n) for n, _ in worlds], k=["8"] * len(worlds),
    )  # fmt: skip
    stated = table("characteristic", source=names(len(worlds)), characteristic="studies", value=["8"] * len(worlds))
    found, asked = flagged("POOLED-008", pooled=pooled, characteristic=stated)
    assert asked == len(worlds)
    assert found == {name for name, (_, factor) in zip(names(len(worlds)), worlds, strict=True) if factor > 1}


def test_numbers_of_studies_and_participants_are_bounded_as_counting_says():
    worlds = list(product(range(1, 6), range(1, 8)))
    sources, ids = [], []
    for name, (size, _) in zip(names(len(worlds)), worlds, strict=True):
        sources += [name] * size
        ids += [f"{name}-s{at}" for at in range(size)]
    study = table("study", study=ids, label=ids, included_in=sources)
    pooled = dict(source=names(len(worlds)), outcome="cr", measure="proportion")
    ks = [str(k) for _, k in worlds]
    found, _ = flagged("POOLED-009", study=study, pooled=table("pooled", k=ks, **pooled))
    assert found == {name for name, (size, k) in zip(names(len(worlds)), worlds, strict=True) if k > size}
    count = table("count", source=sources, study=ids, outcome="cr", events="3", total="30")
    found, _ = flagged("POOLED-010", study=study, count=count, pooled=table("pooled", k=ks, **pooled))
    assert found == {name for name, (size, k) in zip(names(len(worlds)), worlds, strict=True) if k != size}
    people = table("characteristic", source=sources, study=ids, characteristic="participants", value=["30"] * len(ids))
    sizes = [str(10 * k) for _, k in worlds]
    found, _ = flagged("POOLED-011", study=study, characteristic=people, pooled=table("pooled", n=sizes, **pooled))
    assert found == {name for name, (size, k) in zip(names(len(worlds)), worlds, strict=True) if 10 * k > 30 * size}
