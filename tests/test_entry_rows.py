"""Typed rows are refused for what an intake of files refuses, cell by cell, and else become the same tables."""

from __future__ import annotations

import csv
import json
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sweep import cases
from test_intake_agreement import cells, good_cells

from curation.entry.rows import HERE, HOME, read_rows, verbatim
from curation.intake.problems import Refused
from curation.intake.read import read
from curation.intake.references import known_ids, references
from schemas.registry import KINDS

NASTY = ["=SUM(A1)", "+A1", "x" * 2001, "a\0b", "@import", " ", "\t\n", "'--", "<script>", "1\n2", "\u202e5"]
IDS = ["a", "b", "a b", "nowhere", " "]
KNOWN = {
    "source": {"a", "b"},
    "study": {"a", "b"},
    "arm": {"a/a", "a/b", "b/a"},
    "outcome": {"a", "b"},
}
SLOW = settings(max_examples=cases(120), suppress_health_check=[HealthCheck.too_slow])
COUNT = {"source": "a", "study": "a", "arm": "b", "outcome": "a", "events": "22", "total": "52"}


@st.composite
def typed_rows(draw, nasty=tuple(NASTY)):
    """A kind and a few rows as people type them, right and wrong."""
    kind = draw(st.sampled_from(list(KINDS)))
    fields = {each.name: each for each in KINDS[kind].fields()}
    required = {name for name, each in fields.items() if each.required}
    rows = []
    of, nasty = (good_cells, ("b",)) if draw(st.booleans()) else (cells, nasty)
    for _ in range(draw(st.integers(1, 4))):
        names = draw(st.sets(st.sampled_from(list(fields)), max_size=6))
        names |= required if draw(st.integers(0, 4)) else set()
        rows.append({name: draw(_cell(fields[name], of, nasty)) for name in sorted(names)})
    return kind, rows


def _cell(field, of, nasty):
    usual = st.sampled_from(IDS) if field.refers_to or (field.key and not field.codes) else of(field)
    return st.integers(0, 9).flatmap(lambda chance: st.sampled_from(nasty) if chance == 0 else usual)


def from_csv(kind, rows):
    """What an intake of the same cells as CSV says or makes of them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{kind}.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, KINDS[kind].model_fields, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return read([file])


def here(text, kind):
    """A sentence of a CSV intake as typed rows would have it: their first row is row 1, not 2."""
    return re.sub(rf"{kind}\.csv, row (\d+)", lambda found: f"{HERE}, row {int(found[1]) - 1}", text)


def said(problems, kind, first):
    return {(one.row - first, one.column, here(one.found, kind), here(one.expected, kind)) for one in problems}


@SLOW
@given(typed_rows())
def test_a_form_refuses_exactly_what_a_csv_intake_refuses(given_rows):
    kind, rows = given_rows
    typed = read_rows(kind, rows, KNOWN)
    found = {(one.row, one.field, one.found, one.expected) for one in typed.problems}
    try:
        bundle = from_csv(kind, rows)
    except Refused as refused:
        malformed = said(refused.problems, kind, 2)
        assert malformed <= found
        assert {field for _, field, _, _ in found - malformed} <= {
            each.name for each in KINDS[kind].fields() if each.refers_to
        }
        return
    astray = references(bundle, KNOWN, HOME)
    assert found == said(astray, kind, 2)
    if not astray:
        assert typed.table.equals(bundle.tables[kind])


@SLOW
@given(
    typed_rows((*NASTY, "\ud800", "5\udfff")).filter(
        lambda one: all(any(map(str.strip, row.values())) for row in one[1])
    )
)
def test_a_form_refuses_what_a_json_intake_refuses_half_characters_included(given_rows):
    kind, rows = given_rows
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "any.json"
        file.write_text(json.dumps({kind: rows}), encoding="utf-8")
        try:
            read([file])
        except Refused as refused:
            malformed = refused.problems
        else:
            malformed = []
    typed = read_rows(kind, rows, KNOWN)
    found = {(one.row, one.field, one.found) for one in typed.problems}
    assert {(one.row - 1, one.column, one.found.replace(f"any.json, {kind}", HERE)) for one in malformed} <= found


@SLOW
@given(typed_rows())
def test_good_rows_are_judged_although_others_are_refused(given_rows):
    kind, rows = given_rows
    typed = read_rows(kind, rows, KNOWN)
    wrong = {one.row for one in typed.problems}
    assert len(typed.good) == len(typed.indices)
    assert not wrong & set(typed.indices)
    assert set(typed.indices) <= set(typed.readable_indices)
    assert len(typed.readable) == len(typed.readable_indices)
    assert (typed.table is None) == bool(wrong)
    for one in typed.problems:
        assert one.sentence
        assert "None" not in one.sentence.split(":")[0]
        one.sentence.encode()


def test_defaults_ids_and_parts_of_a_composite_are_filled_in():
    cells = COUNT | {"printed": "22/52 (42.3%)"}
    del cells["events"], cells["total"]
    typed = read_rows("count", [cells], KNOWN)
    [row] = verbatim(typed.table)
    assert typed.derived == [{"events": "22", "total": "52", "percent": "42.3%", "total_from": "cell"}]
    assert (row["events"], row["percent"], row["decimal_mark"]) == ("22", "42.3%", "point")
    assert row["record"].startswith("count-")


def test_spaces_around_codes_are_dropped_and_printed_texts_stay_verbatim():
    [row] = verbatim(read_rows("count", [COUNT | {"events": " 22", "decimal_mark": " comma "}], KNOWN).table)
    assert (row["events"], row["decimal_mark"]) == (" 22", "comma")


def test_blank_rows_are_passed_over_and_the_others_keep_their_places():
    typed = read_rows("count", [{}, {"events": " "}, COUNT, {}, COUNT | {"events": "x"}], KNOWN)
    assert typed.indices == [2]
    assert [(one.row, one.field) for one in typed.problems] == [(4, "events")]
    assert len(read_rows("count", [{}], KNOWN).table) == 0
    assert len(read_rows("count", [], KNOWN).table) == 0


def test_a_name_that_is_no_field_is_a_problem_with_a_suggestion():
    [problem] = read_rows("count", [COUNT | {"event": "22"}], KNOWN).problems
    assert problem.field is None
    assert problem.sentence.startswith("Found the column 'event', expected a field of count")
    assert problem.sentence.endswith("did you mean 'events'?")


def test_an_unknown_id_stands_at_its_field_and_the_row_can_still_be_judged():
    typed = read_rows("count", [COUNT | {"outcome": "c"}, COUNT | {"study": "zz"}], KNOWN)
    assert [(one.row, one.field) for one in typed.problems] == [(0, "outcome"), (1, "study")]
    assert typed.problems[0].sentence == (
        "Outcome: found 'c', expected the id of an outcome; define it first, among the outcomes"
    )
    assert typed.readable_indices == [0, 1]
    assert typed.table is None


def test_entities_typed_together_may_name_each_other():
    rows = [
        {"study": "a", "arm": "new", "label": "New"},
        {"study": "a", "arm": "part", "label": "Part", "part_of": "new"},
    ]
    assert read_rows("arm", rows, KNOWN).problems == []


def test_an_id_that_two_rows_share_is_a_problem_of_the_second():
    [problem] = read_rows("count", [COUNT | {"record": "r"}, COUNT | {"record": "r"}], KNOWN).problems
    assert (problem.row, problem.field) == (1, "record")
    assert f"which {HERE}, row 1 has too" in problem.sentence


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("x" * 10_000_000, "10000000 characters"),
        ("\ud800", "'\\ud800'"),
        ("5\0", "the character NUL"),
        ("=SUM(A1)", "the formula"),
        ("y" * 2001, "2001 characters"),
    ],
)
def test_what_is_no_text_is_refused_in_every_field(cell, what):
    for each in KINDS["count"].fields():
        [problem] = [
            one for one in read_rows("count", [COUNT | {each.name: cell}], KNOWN).problems if one.field == each.name
        ]
        assert what in problem.found
        assert len(problem.sentence) < 1000


def test_names_of_ten_million_characters_are_answered_at_once():
    [problem] = read_rows("count", [COUNT | {"x" * 10_000_000: "1"}], KNOWN).problems
    assert len(problem.found) < 100


def test_more_than_a_thousand_wrong_rows_are_all_named():
    typed = read_rows("count", [COUNT | {"events": "x"}] * 1500 + [COUNT], KNOWN)
    assert len(typed.problems) == 1500
    assert typed.indices == [1500]


def test_ids_of_a_review_are_known_by_entity():
    tables = {
        "study": read_rows("study", [{"study": "a", "label": "A"}], {}).table,
        "arm": read_rows("arm", [{"study": "a", "arm": "x", "label": "X"}], {"study": {"a"}}).table,
    }
    assert known_ids(tables) == {"study": {"a"}, "arm": {"a/x"}}
