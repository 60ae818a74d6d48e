"""Rows of several extractors that are the same record find each other, and the others stay alone."""

from __future__ import annotations

import random
from itertools import permutations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep import cases

from curation.reconcile.cost import cost, features
from curation.reconcile.matching import LIMIT, _assigned, matched
from schemas.arrow import from_texts
from schemas.identity import record_ids
from schemas.registry import RECORDS
from schemas.strategies import simulate_review

ROW = {"source": "s", "study": "t", "arm": "x", "outcome": "cr", "section": "Table 2", "row": "CR", "events": "22", "total": "52", "percent": "42.3%", "quote": "22 (42.3%)"}  # fmt: skip


def rows_of(kind, **by):
    """A table of what each extractor typed, one after the other."""
    model, parts = RECORDS[kind], []
    for who, rows in by.items():
        ids = record_ids(model, rows)
        texts = {each.name: [row.get(each.name) for row in rows] for each in model.fields()} | {"record": ids}
        table = from_texts(model, pa.table({name: pa.array(cells, pa.string()) for name, cells in texts.items()}))
        parts.append(table.append_column("extractor", pa.array([who] * len(rows), pa.string())))
    return pa.concat_tables(parts).combine_chunks()


def groups(kind="count", known=(), **by):
    return matched(RECORDS[kind], rows_of(kind, **by), known)


def test_equal_keys_and_places_are_one_record_whatever_the_numbers_say():
    other = ROW | {"events": "1", "percent": "99%", "quote": "else"}
    assert groups(a=[ROW], b=[other]) == [(0, 1)]


def test_equal_keys_at_other_places_are_one_record():
    assert groups(a=[ROW], b=[ROW | {"section": "Table 3", "row": "complete", "page": "7"}]) == [(0, 1)]


def test_of_a_fact_printed_twice_each_print_finds_its_own():
    text = ROW | {"section": "Abstract", "row": None, "percent": "42%", "quote": "42% of patients"}
    moved = [text | {"page": "1"}, ROW | {"page": "4"}]
    assert groups(a=[ROW, text], b=moved) == [(0, 3), (1, 2)]


def test_a_row_under_another_key_is_found_by_its_numbers_and_place():
    assert groups(a=[ROW], b=[ROW | {"arm": "y"}]) == [(0, 1)]
    assert groups(a=[ROW], b=[ROW | {"outcome": "vgpr"}]) == [(0, 1)]


def test_another_row_of_the_same_table_stays_alone():
    other = ROW | {"outcome": "pr", "row": "PR", "events": "9", "percent": "17.3%", "quote": "9 (17.3%)"}
    assert groups(a=[ROW], b=[other]) == [(0,), (1,)]


def test_rows_of_other_sources_never_meet():
    assert groups(a=[ROW], b=[ROW | {"source": "u"}]) == [(0,), (1,)]


def test_rows_of_one_extractor_never_meet():
    assert groups(a=[ROW, ROW]) == [(0,), (1,)]


def test_three_extractors_meet_in_one_record():
    assert groups(a=[ROW], b=[ROW | {"page": "3"}], c=[ROW | {"page": "4"}]) == [(0, 1, 2)]
    assert groups(a=[], b=[ROW], c=[ROW | {"page": "4"}]) == [(0, 1)]


def test_what_somebody_has_matched_stays_matched():
    other = {"source": "s", "outcome": "os", "events": "3", "record": "r2"}
    assert groups(a=[ROW | {"record": "r1"}], b=[other]) == [(0,), (1,)]
    assert groups(known=[{("a", "r1"), ("b", "r2")}], a=[ROW | {"record": "r1"}], b=[other]) == [(0, 1)]


@pytest.mark.parametrize("seed", range(8))
def test_no_other_assignment_costs_less(seed):
    chance = random.Random(seed)  # noqa: S311 - no secret
    some = lambda: {"source": "s", "study": chance.choice("tu"), "arm": chance.choice("xy"), "row": chance.choice("12"), "events": str(chance.randint(1, 3)), "quote": chance.choice(["a b", "b c", "c"])}  # fmt: skip
    table = rows_of("count", a=[some() for _ in range(4)], b=[some() for _ in range(4)])
    of = features(RECORDS["count"], table)
    one, other = np.arange(4), np.arange(4, 8)
    costs = cost(of, one, other)
    assert ((costs >= 0) & (costs <= 1)).all()
    found = _assigned(of, one.tolist(), other.tolist(), LIMIT)
    capped = np.minimum(costs, LIMIT)
    total = sum(float(costs[first, second - 4]) for first, second in found.items()) + LIMIT * (4 - len(found))
    least = min(sum(float(capped[at, to]) for at, to in enumerate(order)) for order in permutations(range(4)))
    assert total == pytest.approx(least, abs=1e-6)


@settings(max_examples=cases(15))
@given(st.integers(0, 2**32 - 1), st.randoms(use_true_random=False))
def test_a_review_extracted_twice_matches_row_by_row_whatever_was_left_out_or_moved(seed, chance):
    """Of two extractions of a simulated review, one shuffled, with rows left out and places retyped."""
    tables = simulate_review(seed, 2)
    for kind in ("count", "mean", "effect", "survival"):
        rows = [row | {"note": str(number)} for number, row in enumerate(tables.get(kind, []))]
        if not rows:
            continue
        kept = [row | ({"page": "p. 9"} if chance.random() < 0.3 else {}) for row in rows if chance.random() < 0.9]
        chance.shuffle(kept)
        table = rows_of(kind, a=rows, b=kept)
        marks = table.column("note").to_pylist()
        found = matched(RECORDS[kind], table)
        assert sorted(row for group in found for row in group) == list(range(len(table)))
        both = [group for group in found if len(group) == 2]
        twins = sum(marks[one] == marks[other] for one, other in both)
        assert twins == len(both) == len(kept)
