"""Pooled proportions of events: held against metafor, silent on every customary method, loud on other numbers."""

import csv
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pytest
from rule_tables import asked, findings, table

from curation.engine.registry import rules
from curation.engine.run import check
from schemas.pooled_proportions import estimates
from schemas.proportion_heterogeneity import values
from schemas.strategies.break_pooled import heterogeneity_of_other_events, proportion_of_other_events
from schemas.strategies.draw import draw_from
from schemas.strategies.pooled_worlds import pooled_proportion
from schemas.strategies.stack import arrow_tables, stack

LINES = [
    line
    for line in (Path(__file__).parent / "oracles" / "pooled_proportions.csv").read_text().splitlines()
    if not line.startswith("#")
]
ROWS = list(csv.DictReader(LINES))


def tables(prints, field="estimate"):
    """Every row of metafor as a review of its own, with what it prints."""
    names = [f"r{at}" for at in range(len(ROWS))]
    cells = [
        (name, f"{name}-{at}", x, n)
        for name, row in zip(names, ROWS, strict=True)
        for at, (x, n) in enumerate(zip(row["x"].split(), row["n"].split(), strict=True))
    ]
    source, study, events, totals = (list(each) for each in zip(*cells, strict=True))
    count = table("count", source=source, study=study, outcome="cr", events=events, total=totals)
    of = table("study", study=study, label=study, included_in=source)
    k = [str(len(row["x"].split())) for row in ROWS]
    transforms = [row["transform"] if row["transform"] != "log" else "unknown" for row in ROWS]
    pooled = table(
        "pooled",
        source=names,
        outcome="cr",
        measure="proportion",
        k=k,
        transform=transforms,
        pooling_method="inverse_variance",
        **{field: prints},
    )
    return {"count": count, "study": of, "pooled": pooled}


@pytest.mark.parametrize(
    ("column", "mode"), [("estimate", ROUND_HALF_UP), ("estimate", ROUND_HALF_EVEN), ("plain", ROUND_HALF_UP)]
)
def test_what_metafor_gives_is_never_flagged(column, mode):
    rng = np.random.default_rng(2)
    values = [float(row[column] or row["estimate"]) for row in ROWS]
    shown = tables(
        [
            format(Decimal(repr(each)).quantize(Decimal(1).scaleb(-int(rng.integers(2, 6))), rounding=mode), "f")
            for each in values
        ]
    )
    assert [one.message for one in findings("POOLED-037", **shown)] == []
    assert asked("POOLED-037", **shown) > 0.98 * len(ROWS)


def judge(cases, rule_id="POOLED-037"):
    return check(arrow_tables(stack(cases)), [each for each in rules() if each.id == rule_id])


def test_true_worlds_are_never_flagged():
    done = judge(pooled_proportion(draw_from([seed, 37])) for seed in range(2000))
    assert [one.message for one in done.findings] == []
    assert done.tallies["POOLED-037"].consistent == 2000


def test_a_proportion_that_no_weights_by_size_give_is_found():
    assert len(judge(proportion_of_other_events(draw_from([seed, 37])) for seed in range(40)).findings) == 40


def test_the_older_variance_of_the_double_arcsine_is_one_of_the_customs():
    """Rates of survival of a published review, in whole participants: pooled with 1 / (n + 1) they are its 58.4%."""
    x, n = np.array([[16.0, 19, 6, 18, 15]]), np.array([[30.0, 30, 12, 30, 24]])
    found = values(x, n)["p_heterogeneity"][:, 0]
    assert np.isclose(found, 0.88971, atol=1e-5).any()
    assert np.isclose(estimates("double_arcsine", x, n)["common effect"][:, 0], 0.58434, atol=1e-5).any()


def test_true_heterogeneity_of_events_is_never_flagged():
    done = judge((pooled_proportion(draw_from([seed, 39])) for seed in range(2000)), "POOLED-039")
    assert [one.message for one in done.findings] == []
    assert done.tallies["POOLED-039"].consistent > 900


def test_heterogeneity_of_other_events_is_found():
    done = judge((heterogeneity_of_other_events(draw_from([seed, 39])) for seed in range(40)), "POOLED-039")
    assert len(done.findings) == 40


@pytest.mark.parametrize("name", ["q", "p_heterogeneity", "i2", "tau2"])
def test_the_heterogeneity_that_metafor_gives_is_never_flagged(name):
    rng = np.random.default_rng(4)
    shown = [f"{float(row[name]):.{int(rng.integers(1, 5))}f}" for row in ROWS]
    made = tables(shown, name)
    assert [one.message for one in findings("POOLED-039", **made)] == []
    assert asked("POOLED-039", **made) == len(ROWS)
