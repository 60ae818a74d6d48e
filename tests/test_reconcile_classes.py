"""Each planted difference is found, under its own class, and no other."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep import cases
from test_reconcile_matching import rows_of

from curation.reconcile.classes import CLASSES, differences
from curation.reconcile.matching import matched
from schemas.registry import RECORDS
from schemas.strategies import simulate_review


def found(kind, one, other):
    """Field -> class of the differences of one pair of rows."""
    base = {"source": "s"} | ({"tool": "RoB 2"} if kind == "appraisal" else {})
    table = rows_of(kind, a=[base | one], b=[base | other])
    return {each.field: each.kind_of for each in differences(RECORDS[kind], table, [(0, 1)])}


@pytest.mark.parametrize(("kind", "field", "one", "other", "said"), [
    ("count", "percent", "42.3%", "42.30%", "rounding"),
    ("count", "percent", "42.3%", "42%", "rounding"),
    ("count", "percent", "42.3%", "42.4%", "value"),
    ("count", "percent", "42.25%", "42.3%", "rounding"),
    ("count", "events", "1,623", "1623", "rounding"),
    ("count", "events", "1623", "1624", "value"),
    ("count", "events", None, "0", "zero"),
    ("count", "events", "NR", "0", "zero"),
    ("count", "events", None, "12", "missing"),
    ("count", "events", "NA", "12", "missing"),
    ("count", "events", None, "NR", "text"),
    ("count", "events", "24|9?", "24", "value"),
    ("count", "events", "24", "42", "digits"),
    ("count", "events", "124", "142", "digits"),
    ("count", "percent", "57.3%", "53.7%", "digits"),
    ("count", "events", "12", "120", "factor"),
    ("count", "events", "12", "144", "value"),
    ("count", "percent", "4.23%", "42.3%", "factor"),
    ("count", "p", "<0.05", "0.05", "value"),
    ("count", "p", "<0.001", "< 0.001", "rounding"),
    ("count", "estimator", "proportion", "kaplan_meier", "code"),
    ("count", "arm", "x", "y", "code"),
    ("count", "timepoint", "2 years", "24 months", "text"),
    ("count", "page", "7", "8", "place"),
    ("count", "row", None, "CR", "place"),
    ("mean", "mean", "-1.5", "1.5", "sign"),
    ("mean", "mean", "−1.5", "-1.50", "rounding"),
    ("effect", "estimate", "39.0%", "0.390", "rounding"),
    ("survival", "median", "2 years", "24 months", "factor"),
    ("survival", "median", "24 months", "24 years", "factor"),
    ("survival", "median", "2.5", "30", "factor"),
    ("survival", "median", "not reached", "30", "value"),
    ("survival", "median", "not reached", None, "missing"),
    ("survival", "median", "NR", "not reported", "rounding"),
    ("survival", "median", "not reached", "NYR", "rounding"),
    ("survival", "median", "24.9 months", "24.9", "rounding"),
    ("appraisal", "support", "one", "two", "text"),
])  # fmt: skip
def test_a_difference_has_its_class_in_both_directions(kind, field, one, other, said):
    assert found(kind, {field: one}, {field: other}) == {field: said}
    assert found(kind, {field: other}, {field: one}) == {field: said}


def test_the_same_text_is_no_difference():
    assert found("count", {"events": "22", "percent": "42.3%"}, {"events": "22", "percent": "42.3%"}) == {}


def test_quotes_and_remarks_are_not_compared():
    assert found("count", {"quote": "a", "note": "b", "record": "r1"}, {"quote": "c", "record": "r2"}) == {}


def test_a_standard_error_typed_as_standard_deviation():
    base = {"n": "52", "mean": "58.5"}
    crossed = {"sd": "se_sd", "se": "se_sd"}
    assert found("mean", base | {"sd": "9.10"}, base | {"se": "9.10"}) == crossed
    assert found("mean", base | {"sd": "9.10", "se": "1.26"}, base | {"sd": "1.26", "se": "9.10"}) == crossed
    assert found("mean", base | {"sd": "9.10"}, base | {"sd": "1.26"}) == {"sd": "se_sd"}
    assert found("mean", base | {"sd": "9.10"}, base | {"sd": "1.36"}) == {"sd": "value"}


def test_the_numbers_of_two_arms_exchanged():
    base = {"source": "s", "study": "t", "outcome": "cr"}
    one = [base | {"arm": "x", "events": "12", "total": "50"}, base | {"arm": "y", "events": "31", "total": "52"}]
    other = [one[0] | {"events": "31"}, one[1] | {"events": "12"}]
    table = rows_of("count", a=one, b=other)
    said = differences(RECORDS["count"], table, matched(RECORDS["count"], table))
    assert [(each.field, each.kind_of) for each in said] == [("events", "arms")] * 2


def test_numbers_of_two_outcomes_exchanged_are_no_arms():
    base = {"source": "s", "study": "t", "arm": "x"}
    one = [base | {"outcome": "cr", "events": "12"}, base | {"outcome": "pr", "events": "31"}]
    table = rows_of("count", a=one, b=[one[0] | {"events": "31"}, one[1] | {"events": "12"}])
    said = differences(RECORDS["count"], table, matched(RECORDS["count"], table))
    assert [each.kind_of for each in said] == ["value"] * 2


PLANTS = {
    "rounding": ("percent", lambda n: (f"{n}.25%", f"{n}.3%")),
    "zero": ("episodes", lambda _: (None, "0")),
    "missing": ("episodes", lambda n: ("NR", str(n))),
    "factor": ("episodes", lambda n: (str(n), str(n * 10))),
    "digits": ("events", lambda n: (f"{n}19", f"{n}91")),
    "value": ("events", lambda n: (f"{n}17", f"{n}18")),
    "place": ("page", lambda n: (str(n), str(n + 1))),
    "code": ("total_from", lambda _: ("text", "header")),
    "text": ("analysis_set", lambda _: ("all", "everybody")),
}


@settings(max_examples=cases(25))
@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_in_a_simulated_review_exactly_the_planted_differences_are_found(seed, slip):
    chance = random.Random(slip)  # noqa: S311 - no secret
    mine, theirs, planted = [], [], []
    for number, row in enumerate(simulate_review(seed, 2)["count"]):
        name = chance.choice([*PLANTS, None, None])
        one, other = dict(row), dict(row)
        if name is not None:
            field, texts = PLANTS[name]
            one[field], other[field] = texts(chance.randint(11, 89))
            planted.append((number, field, name))
        mine.append(one)
        theirs.append(other)
    table = rows_of("count", a=mine, b=theirs)
    pairs = [(number, number + len(mine)) for number in range(len(mine))]
    said = [(each.pair, each.field, each.kind_of) for each in differences(RECORDS["count"], table, pairs)]
    # Arms of one study may by chance be planted so that they say each other's numbers.
    exchanged = [each for each in said if each[2] == "arms"]
    assert sorted(each for each in said if each not in exchanged) == sorted(each for each in planted if (*each[:2], "arms") not in exchanged)  # fmt: skip


def test_every_class_is_told_and_tried():
    assert {*PLANTS, "equal", "arms", "se_sd", "sign"} == set(CLASSES)
