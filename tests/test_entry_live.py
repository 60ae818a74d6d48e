"""One record while it is typed, rows of a grid, and one extractor's records of a source: the words of the check."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from sweep import cases
from test_entry_rows import KNOWN, typed_rows

from curation.engine.registry import rules
from curation.engine.run import check
from curation.entry.around import around
from curation.entry.live import judge_rows, live, row_rules
from curation.entry.rows import read_rows, verbatim
from curation.intake.read import read
from curation.intake.references import known_ids
from schemas.registry import KINDS, RECORDS
from schemas.thresholds import UnknownSetting

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "lenalidomide"
COUNT = {"source": "a", "study": "a", "arm": "b", "outcome": "a", "events": "22", "total": "52", "percent": "44.3%"}


@pytest.fixture(scope="module")
def corpus():
    return dict(read([EXAMPLE]).tables)


def of_source(tables, source):
    return {
        kind: table.filter(pc.equal(table["source"], source)) if kind in RECORDS else table
        for kind, table in tables.items()
    }


def test_a_contradiction_stands_at_its_field_without_its_place():
    one = live("count", COUNT | {"section": "Table 2", "row": "CR"}, KNOWN)
    [remark] = one.remarks
    assert (remark.rule, remark.severity, remark.field) == ("COUNT-002", "error", "percent")
    assert {"events", "total"} <= set(remark.fields)
    assert remark.sentence == (
        "The printed percentage is not events out of total. Printed: events 22; total 52; percent 44.3%. "
        "Would fit: 42.3% (22/52). Look at the denominator, and transposed digits."
    )
    assert one.problems == {}


def test_explanations_are_given():
    [remark] = live("count", COUNT | {"percent": "24.3%"}, KNOWN).remarks
    assert any("would fit" in each for each in remark.explanations)


def test_parts_of_a_composite_cell_are_shown_and_judged():
    cells = {name: cell for name, cell in COUNT.items() if name not in {"events", "total", "percent"}}
    one = live("count", cells | {"printed": "22/52 (44.3%)"}, KNOWN)
    assert one.derived == {"events": "22", "total": "52", "percent": "44.3%", "total_from": "cell"}
    assert [each.rule for each in one.remarks] == ["COUNT-002"]


def test_nothing_is_judged_while_a_number_cannot_be_read():
    one = live("count", COUNT | {"events": "fifteen"}, KNOWN)
    assert list(one.problems) == ["events"]
    assert one.remarks == []


def test_a_record_is_judged_before_its_ids_are_right():
    one = live("count", COUNT | {"study": "nowhere", "arm": "", "source": ""}, KNOWN)
    assert set(one.problems) == {"study", "source"}
    assert [each.rule for each in one.remarks] == ["COUNT-002"]


def test_a_record_that_states_nothing_is_a_problem_of_the_whole():
    one = live("count", {"source": "a"}, KNOWN)
    assert list(one.problems) == [""]
    assert live("count", {}, KNOWN).problems == {}


def test_entities_have_problems_and_no_remarks():
    assert set(live("study", {"study": "a"}, KNOWN).problems) == {"label"}
    assert live("study", {"study": "a", "label": "A"}, KNOWN).remarks == []


def test_a_setting_that_no_rule_reads_is_refused():
    with pytest.raises(UnknownSetting, match="no rule reads it"):
        live("count", COUNT, KNOWN, settings={"nonsense": 1.0})


def test_other_records_help_to_explain():
    percents = {"6": "15.0%", "10": "25.0%", "14": "35.0%", "18": "45.0%"}
    rows = [COUNT | {"events": n, "total": "52", "percent": p, "row": n} for n, p in percents.items()]
    beside = read_rows("count", rows[1:], KNOWN).table
    alone, among = (live("count", rows[0], KNOWN, beside=each).remarks[0].explanations for each in (None, beside))
    assert any("a total of 40 would fit, and with it all 4" in each for each in among)
    assert not any("a total of 40" in each for each in alone)


def test_an_earlier_state_of_the_record_is_not_beside_it():
    rows = [COUNT | {"record": "r", "percent": each} for each in ("44.3%", "43.2%")]
    earlier = read_rows("count", rows[:1], KNOWN).table
    one = live("count", rows[1], KNOWN, beside=earlier)
    assert [each.rule for each in one.remarks] == ["COUNT-002"]


def test_the_rows_of_a_grid_are_judged_one_by_one():
    table = read_rows("count", [COUNT, COUNT | {"percent": "42.3%"}, COUNT | {"events": "53"}], KNOWN).table
    said = judge_rows("count", table)
    assert [bool(each) for each in said] == [True, False, True]
    assert judge_rows("count", table.slice(0, 0)) == []
    assert judge_rows("study", read_rows("study", [{"study": "x", "label": "X"}], {}).table) == [[]]


def test_a_form_says_of_the_real_corpus_what_the_check_says(corpus):
    single = {each.id for each in row_rules()}
    wanted = [one for one in check(corpus, rules()).findings if one.rule in single]
    found = []
    for kind in RECORDS.keys() & corpus.keys():
        for record, said in zip(corpus[kind]["record"].to_pylist(), judge_rows(kind, corpus[kind]), strict=True):
            found += [(record, each) for each in said]
    by_print = {one.fingerprint: one for one in wanted}
    assert {each.fingerprint for _, each in found} == by_print.keys()
    for record, each in found:
        one = by_print[each.fingerprint]
        assert one.records == (record,)
        assert (one.rule, one.severity, one.explanations) == (each.rule, each.severity, each.explanations)
        assert one.message.endswith(each.sentence[0].lower() + each.sentence[1:])
        assert one.field == each.field


def test_every_flagged_record_of_the_corpus_reads_the_same_when_it_is_typed_again(corpus):
    known = known_ids(corpus)
    table = of_source(corpus, "van-de-donk-2012")["count"]
    rows = verbatim(table)
    said = judge_rows("count", table)
    flagged = [index for index, each in enumerate(said) if each]
    assert flagged
    for index in flagged:
        cells = {name: cell for name, cell in rows[index].items() if cell is not None}
        one = live("count", cells, known, beside=table)
        assert one.problems == {}
        assert one.remarks == said[index]


@settings(max_examples=cases(60), suppress_health_check=[HealthCheck.too_slow])
@given(typed_rows())
def test_whatever_is_typed_is_answered(given_rows):
    kind, rows = given_rows
    for row in rows:
        one = live(kind, row, KNOWN)
        assert set(one.problems) <= {"", *KINDS[kind].model_fields}
        for each in one.remarks:
            assert each.field in KINDS[kind].model_fields


def test_one_extractors_records_of_a_source_are_checked_across_rows(corpus):
    tables = of_source(corpus, "zhong-2021")
    mine = {
        kind: table.append_column("extractor", pa.array(["AB"] * len(table), pa.string())) if kind in RECORDS else table
        for kind, table in tables.items()
    }
    others = {
        kind: pa.concat_tables([table, table.set_column(len(table.schema) - 1, "extractor", pa.array(["CD"] * len(table), pa.string()))])
        if kind in RECORDS
        else table
        for kind, table in mine.items()
    }  # fmt: skip
    checked = around(others, "AB")
    assert checked.records == sum(len(table) for kind, table in tables.items() if kind in RECORDS)
    assert {each.rule for each in checked.findings} - {each.id for each in row_rules()}
    assert {each.source for each in checked.findings} == {"zhong-2021"}
