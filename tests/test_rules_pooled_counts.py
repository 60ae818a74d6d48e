"""Pooled effects of two-by-two tables: held against metafor, silent on every customary method, loud on other numbers."""

import csv
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pytest
from sweep import every

from curation.engine.registry import rules
from curation.engine.run import check
from schemas.pooled_counts import closed_forms, solved_forms
from schemas.strategies.break_pooled import estimate_of_other_events
from schemas.strategies.draw import draw_from
from schemas.strategies.pooled_worlds import WHERE, entities, pooled_counts, rows_of_groups
from schemas.strategies.stack import arrow_tables, stack

LINES = [
    line
    for line in (Path(__file__).parent / "oracles" / "pooled_counts.csv").read_text().splitlines()
    if not line.startswith("#")
]
ROWS = list(csv.DictReader(LINES))
NAMES = {
    "MH": "Mantel-Haenszel", "FE": "inverse variances, common effect", "PETO": "inverse variances, common effect",
    "DL": "random effects (DerSimonian-Laird)", "HE": "random effects (Hedges)", "HS": "random effects (Hunter-Schmidt)",
    "SJ": "random effects (Sidik-Jonkman)", "PM": "random effects (Paule-Mandel)",
    "REML": "random effects (restricted maximum likelihood)", "ML": "random effects (maximum likelihood)",
}  # fmt: skip


def table_of(row):
    return np.array([[float(each) for each in row[name].split()] for name in ("a", "n1", "c", "n2")]).T


def judge(cases):
    return check(arrow_tables(stack(cases)), [each for each in rules() if each.id == "POOLED-036"])


def case(row, estimate):
    studies = table_of(row)
    names = [f"s{at}" for at in range(len(studies))]
    pooled = WHERE | {"measure": row["measure"], "k": str(len(names)), "estimate": estimate}
    return entities(names) | rows_of_groups(draw_from(0), names, studies) | {"pooled": [pooled]}


def natural(row):
    y = float(row["estimate"])
    return y if row["measure"] == "RD" else float(np.exp(y))


def show(value, places, mode):
    return format(Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), rounding=mode), "f")


def test_every_method_of_metafor_is_among_those_of_its_name():
    assert len({row["id"] for row in ROWS}) >= 60
    made, missed = {}, []
    for row in ROWS:
        key = row["id"], row["measure"]
        if key not in made:
            closed, y, w = closed_forms(row["measure"], tuple(each[None, :] for each in table_of(row).T))
            made[key] = closed | solved_forms(y, w)
        nearest = np.nanmin(np.abs(made[key][NAMES[row["method"]]] - float(row["estimate"])))
        if nearest > (1e-5 if row["method"] in ("REML", "ML") else 1e-7):
            missed.append((*key, row["method"], row["correction"], nearest))
    assert not missed, (len(missed), missed[:8])


@pytest.mark.parametrize("mode", every(2, [ROUND_HALF_UP, ROUND_HALF_EVEN]))
def test_what_metafor_gives_is_never_flagged(mode):
    rng = np.random.default_rng(1)
    cases = [case(row, show(natural(row), int(rng.integers(1, 6)), mode)) for row in ROWS]
    done = judge(cases)
    assert not done.crashed
    assert [one.message for one in done.findings] == []
    assert done.tallies["POOLED-036"].consistent > 0.99 * len(ROWS) > 2000


def test_true_worlds_are_never_flagged():
    done = judge(pooled_counts(draw_from([seed, 36])) for seed in range(2000))
    assert [one.message for one in done.findings] == []
    assert done.tallies["POOLED-036"].consistent == 2000


def test_an_effect_three_times_as_far_is_found():
    done = judge(estimate_of_other_events(draw_from([seed, 36])) for seed in range(40))
    assert len(done.findings) == 40
    assert all("Mantel-Haenszel" in (one.expected or one.message) for one in done.findings)


def test_an_effect_between_the_methods_and_beyond_is_judged_by_its_distance():
    """Whatever is printed well outside all that any method gives is found."""
    rows = [row for row in ROWS if row["method"] == "DL" and row["correction"] == "only0"]
    every = {}
    for row in ROWS:
        every.setdefault((row["id"], row["measure"]), []).append(natural(row))
    outside = [max(every[row["id"], row["measure"]]) for row in rows]
    rows, outside = rows[::4], outside[::4]
    far = [
        case(row, show(2 * most + 0.5 if row["measure"] != "RD" else 0.9, 3, ROUND_HALF_UP))
        for row, most in zip(rows, outside, strict=True)
    ]
    done = judge(far)
    assert len(done.findings) == len(rows)


def test_the_study_that_was_left_out_is_named():
    studies = [(12, 50, 20, 48), (30, 110, 41, 104), (5, 40, 7, 41), (60, 80, 30, 82)]
    row = {"measure": "OR", "a": "", "estimate": "0"} | {
        name: " ".join(str(each[at]) for each in studies) for at, name in enumerate(("a", "n1", "c", "n2"))
    }
    one = judge([case(row, "0.55")]).findings[0]
    assert "it fits without c0-s3" in one.explanations
