"""Records read cell by cell are the same, to the last byte, as those read column by column."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep import cases
from test_entry_rows import KNOWN, NASTY, SLOW, typed_rows

from curation.entry.plainly import MOST, read_plainly
from curation.entry.rows import read_carefully, read_rows, verbatim
from curation.intake.read import read
from curation.intake.references import known_ids
from schemas.codes import CODES
from schemas.registry import RECORDS
from schemas.strategies import BREAKERS
from schemas.strategies.cases import records
from schemas.strategies.draw import draw_from
from schemas.strategies.single import MAKERS

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SAME = {"source": {"source-1"}, "study": {"study-1"}, "arm": set(), "outcome": set()}
WHOLE = [
    "22 (42.3%)",
    "22/52",
    "22/52 (42,3%)",
    "79.0 (68.0-91.0)",
    "t(28) = 2.20, p = .036",
    "1 of 2 of 3",
    "F(1, 2) = 3",
]


def agrees(kind, rows, known):
    """Whether rows were read plainly; if they were, then exactly as with care."""
    found = read_plainly(kind, rows, known)
    if found is None:
        return False
    with_care = read_carefully(kind, rows, known)
    assert with_care.problems == []
    assert found.derived == with_care.derived
    for table in (with_care.good, with_care.readable):
        assert found.table.schema == table.schema
        assert found.table.to_pylist() == table.to_pylist()
        assert found.table.equals(table)
    assert with_care.indices == with_care.readable_indices == list(range(len(rows)))
    whole = read_rows(kind, rows, known)
    assert (whole.good, whole.indices, whole.derived) == (found.table, with_care.indices, with_care.derived)
    return True


@SLOW
@given(typed_rows())
def test_what_is_read_cell_by_cell_reads_the_same_column_by_column(one):
    kind, rows = one
    agrees(kind, rows, KNOWN)


@SLOW
@given(st.data())
def test_plain_records_with_something_odd_in_one_cell_are_read_alike(data):
    kind = data.draw(st.sampled_from(list(MAKERS)))
    row = dict(data.draw(records(kind)))
    fields = [each.name for each in RECORDS[kind].fields()]
    codes = [code for codes in CODES.values() for code in codes]
    odd = st.sampled_from(
        [*NASTY, *WHOLE, *codes, " 12 ", " comma ", "\u00a05", "x" * 2000, "é" * 1500, "\ud800", "=0.05"]
    )
    for name in data.draw(
        st.lists(st.sampled_from([*fields, "printed", "decimal_mark", "Events ", "nothing"]), max_size=3)
    ):
        row[name] = data.draw(odd)
    agrees(kind, [row], SAME | data.draw(st.sampled_from([{}, {"source": set()}, {"outcome": {row.get("outcome")}}])))


@settings(max_examples=cases(30))
@given(st.sampled_from(list(MAKERS)).flatmap(lambda kind: st.tuples(st.just(kind), records(kind), records(kind))))
def test_every_true_record_is_read_cell_by_cell(drawn):
    kind, one, two = drawn
    known = {entity: {text for row in (one, two) for text in _ids(row, entity)} for entity in (*SAME, "tool")}
    assert agrees(kind, [one], known)
    assert agrees(kind, [one | {"record": "1"}, two | {"record": "2"}], known)


def _ids(row, entity):
    names = {"arm": ("arm", "comparator"), "study": ("study", "studies")}.get(entity, (entity,))
    texts = [text for name in names for text in row.get(name, "").split()]
    return [f"{row.get('study')}/{text}" for text in texts] if entity == "arm" else texts


def test_broken_records_are_read_alike():
    read_so = 0
    for place, breaker in enumerate(BREAKERS.values()):
        for kind, rows in breaker(draw_from([5, place])).items():
            known = {entity: {text for row in rows for text in _ids(row, entity)} for entity in (*SAME, "tool")}
            read_so += kind in RECORDS and agrees(kind, rows[:4], known)
    assert read_so > len(BREAKERS)


@pytest.fixture(
    scope="module", params=sorted(folder.name for folder in EXAMPLES.iterdir() if any(folder.rglob("source.csv")))
)
def bundle(request):
    return read([EXAMPLES / request.param])


@pytest.mark.parametrize("kind", RECORDS)
def test_every_record_of_the_examples_is_read_cell_by_cell(bundle, kind):
    known = known_ids(bundle.tables)
    rows = verbatim(bundle.tables[kind]) if kind in bundle.tables else []
    split = dict.fromkeys((*RECORDS[kind].composite.values(), *RECORDS[kind].implied))
    for changed, all_read in (({}, True), ({"record": None}, True), (split if RECORDS[kind].composite else {}, False)):
        given_rows = [row | changed for row in rows]
        with_care = read_carefully(kind, given_rows, known)
        for at, row in enumerate(given_rows):
            found = read_plainly(kind, [row], known)
            if found is None:
                assert not all_read
                continue
            one = with_care.good.slice(with_care.indices.index(at), 1)
            assert found.derived == [with_care.derived[at]]
            if (
                not one["record"][0].as_py().startswith(found.table["record"][0].as_py() + "-")
            ):  # numbered beside others
                assert found.table.equals(one)


def test_the_same_id_twice_unknown_names_and_too_many_rows_are_left_to_the_intake():
    one = {"source": "a", "events": "1", "total": "2"}
    assert read_plainly("count", [one], KNOWN) is not None
    assert read_plainly("count", [one, one], KNOWN) is None
    assert read_plainly("count", [one | {"record": "x"}, one | {"record": "x"}], KNOWN) is None
    assert read_plainly("count", [one | {"Events": "1"}], KNOWN) is None
    assert read_plainly("count", [one | {"events": 1}], KNOWN) is None
    assert read_plainly("count", [one | {"record": str(number)} for number in range(MOST + 1)], KNOWN) is None
    assert read_plainly("study", [{"study": "c", "label": "C"}], KNOWN) is None
