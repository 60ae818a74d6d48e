"""Pooled proportions of events: held against metafor, silent on every customary method, loud on other numbers."""

import csv
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pytest
from rule_tables import asked, findings, table

from curation.engine.registry import rules
from curation.engine.run import check
from schemas.strategies.break_pooled import proportion_of_other_events
from schemas.strategies.draw import draw_from
from schemas.strategies.pooled_worlds import pooled_proportion
from schemas.strategies.stack import arrow_tables, stack

LINES = [
    line
    for line in (Path(__file__).parent / "oracles" / "pooled_proportions.csv").read_text().splitlines()
    if not line.startswith("#")
]
ROWS = list(csv.DictReader(LINES))


def tables(prints):
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
        estimate=prints,
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


def judge(cases):
    return check(arrow_tables(stack(cases)), [each for each in rules() if each.id == "POOLED-037"])


def test_true_worlds_are_never_flagged():
    done = judge(pooled_proportion(draw_from([seed, 37])) for seed in range(2000))
    assert [one.message for one in done.findings] == []
    assert done.tallies["POOLED-037"].consistent == 2000


def test_a_proportion_that_no_weights_by_size_give_is_found():
    assert len(judge(proportion_of_other_events(draw_from([seed, 37])) for seed in range(40)).findings) == 40
