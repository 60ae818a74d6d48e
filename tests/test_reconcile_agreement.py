"""Percent agreement and kappa against values worked out by hand, by statsmodels and by R."""

from __future__ import annotations

import numpy as np
import pytest
from test_reconcile_matching import ROW, rows_of

from curation.reconcile.agreement import agreement, cohens_kappa, wilson
from curation.reconcile.classes import differences
from curation.reconcile.matching import matched
from schemas.registry import RECORDS

# statsmodels 0.15.0: statsmodels.stats.inter_rater.cohens_kappa(table), kappa and std_kappa.
STATSMODELS = [
    ([[20, 5], [10, 15]], 0.3999999999999999, 0.12699606293110033),
    ([[44, 5, 1], [7, 20, 3], [9, 5, 6]], 0.49152542372881347, 0.07212745929334068),
    ([[88, 14, 18], [10, 40, 10], [2, 6, 12]], 0.49152542372881347, 0.05100181557607786),
]


def counted(**by):
    model, table = RECORDS["count"], rows_of("count", **by)
    pairs = [group for group in matched(model, table) if len(group) == 2]
    return {(each.field, each.first, each.second): each for each in agreement(model, table, pairs, differences(model, table, pairs))}  # fmt: skip


@pytest.mark.parametrize(("table", "kappa", "se"), STATSMODELS)
def test_kappa_and_its_standard_error_agree_with_statsmodels(table, kappa, se):
    found = cohens_kappa(np.array(table, dtype=float))
    assert (found.kappa, found.se) == pytest.approx((kappa, se), rel=1e-12)


def test_kappa_by_hand():
    # 35 of 50 agree; by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5; (0.7 - 0.5) / (1 - 0.5)
    assert cohens_kappa(np.array([[20.0, 5.0], [10.0, 15.0]])).kappa == pytest.approx(0.4)


@pytest.mark.parametrize("table", [[[0, 0], [0, 0]], [[7]], [[7, 0], [0, 0]]])
def test_kappa_is_undefined_where_chance_alone_agrees(table):
    assert cohens_kappa(np.array(table, dtype=float)) is None


def test_the_wilson_interval():
    # R: prop.test(9, 10, correct = FALSE)$conf.int
    assert wilson(9, 10) == pytest.approx((0.5958499732047, 0.9821237869049), abs=1e-9)
    assert wilson(0, 10)[0] == 0
    assert wilson(10, 10)[1] == 1


def test_what_is_counted_of_a_field():
    mine = [ROW | {"row": str(number)} for number in range(5)]
    theirs = [dict(row) for row in mine]
    theirs[0]["percent"], theirs[1]["percent"] = "42.30%", "50%"
    del mine[2]["percent"]
    for row in (mine[3], theirs[3]):
        del row["percent"]
    one = counted(a=mine, b=theirs)["percent", "a", "b"]
    assert (one.compared, one.equal, one.rounding, one.differ) == (4, 1, 1, 2)
    assert one.share == 0.5
    # given by both 3, by b alone 1, by neither 1: observed 0.8, by chance 0.6 * 0.8 + 0.4 * 0.2
    assert one.presence.kappa == pytest.approx((0.8 - 0.56) / 0.44)
    assert one.codes is None


def test_kappa_of_codes_counts_where_both_give_one():
    codes = [("cell", "cell"), ("text", "text"), ("text", "header"), ("cell", "cell"), (None, "cell")]
    mine = [ROW | {"row": str(at), "total_from": one} for at, (one, _) in enumerate(codes)]
    theirs = [ROW | {"row": str(at), "total_from": other} for at, (_, other) in enumerate(codes)]
    one = counted(a=mine, b=theirs)["total_from", "a", "b"].codes
    assert one.n == 4
    assert one.kappa == pytest.approx((0.75 - 0.375) / 0.625)


def test_of_three_extractors_every_two_are_compared():
    model, table = RECORDS["count"], rows_of("count", a=[ROW], b=[ROW], c=[ROW])
    pairs = [(0, 1), (0, 2), (1, 2)]
    assert {(each.first, each.second) for each in agreement(model, table, pairs, [])} == {("a", "b"), ("a", "c"), ("b", "c")}  # fmt: skip
