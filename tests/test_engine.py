"""The engine: rules are found, refused, silenced, survived and counted."""

import textwrap
from pathlib import Path

import pytest

from curation.engine import registry
from curation.engine.findings import Finding
from curation.engine.rule import MalformedRule, rule
from curation.engine.run import check, check_batches
from schemas.arrow import to_table
from schemas.registry import KINDS, RECORDS

RULE = '''
"""MINE-001."""
from curation.engine.rule import rule

@rule("MINE-001", severity="warning", source="arithmetic",
      consistent=[dict(events="1", total="2")], inconsistent=[dict(events="2", total="2")], cannot_tell=[dict(events="2", total="NR")])
def everyone_had_it(events, total):
    """Every participant had the event."""
    return (events + 1).at_most(total)
'''


def counts(*rows):
    model = RECORDS["count"]
    return {"count": to_table(model, [model(source="a", record=f"r{n}", **row) for n, row in enumerate(rows)])}


def own_rules(folder: Path, text: str, name: str = "everyone_had_it"):
    (folder / f"{name}.py").write_text(textwrap.dedent(text))
    return registry.rules(folder)


def test_a_rule_is_added_by_one_file_in_any_folder(tmp_path):
    rules = own_rules(tmp_path, RULE)
    found = check(counts({"events": "5", "total": "5"}), registry.select(rules, ["MINE"])).findings
    assert [(one.rule, one.records, one.field, one.printed) for one in found] == [
        ("MINE-001", ("r0",), "total", "events 5; total 5")
    ]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [(("MINE-001", "mine1"), "a family and three digits"), (('"warning"', '"fatal"'), "is not one of error, warning, note"),
     (('"""Every participant had the event."""', ""), "no docstring"), (("(events, total)", "(events, totall)"), "no record has a field 'totall'"),
     (('source="arithmetic"', 'source=" "'), "source is empty"), (('"MINE-001", sev', '"COUNT-001", sev'), "ids are never reused"),
     (("def everyone_had_it", "def somebody"), "name the function after the file"), (('severity="warning"', 'severity="warning", after=["NO-001"]'), "which is no rule")],
)  # fmt: skip
def test_a_malformed_rule_is_refused_at_import_and_the_form_is_shown(tmp_path, change, complaint):
    with pytest.raises(MalformedRule, match=complaint):
        own_rules(tmp_path, RULE.replace(*change))


def test_a_rule_that_crashes_becomes_a_finding_and_the_run_goes_on(tmp_path):
    rules = own_rules(tmp_path, RULE.replace("return (events + 1).at_most(total)", "return 1 / 0"))
    out = check(counts({"events": "36", "total": "30"}), registry.select(rules, ["MINE", "COUNT-001"]))
    crash = next(one for one in out.findings if one.rule == "MINE-001")
    assert "ZeroDivisionError" in crash.message
    assert out.summary()["crashed"] == 1
    assert any(one.rule == "COUNT-001" for one in out.findings)


def test_a_prerequisite_that_fails_silences_its_dependents():
    out = check(
        counts({"events": "36", "total": "30", "percent": "50%"}),
        registry.select(registry.rules(), ["COUNT-001", "COUNT-002"]),
    )
    assert [one.rule for one in out.findings] == ["COUNT-001"]
    assert out.tallies["COUNT-002"].reasons == {"another finding about the same numbers comes first": 1}


def test_three_outcomes_are_counted_and_add_up():
    rows = [
        {"events": "22", "total": "52", "percent": "42.3%"},
        {"events": "22", "total": "52", "percent": "44.3%"},
        {"events": "22", "total": "NR", "percent": "42.3%"},
    ]
    summary = check(counts(*rows), registry.select(registry.rules(), ["COUNT-002"])).summary()
    assert (summary["checked"], summary["consistent"], summary["contradicts"], summary["cannot_tell"]) == (3, 1, 1, 1)
    assert summary["findings"] == {"error": 1, "warning": 0, "note": 0}


def test_a_finding_that_fits_when_digits_are_cut_off_is_a_note_that_says_so():
    found = check(
        counts({"events": "7", "total": "11", "percent": "63.63%"}), registry.select(registry.rules(), ["COUNT-002"])
    ).findings
    assert [one.severity for one in found] == ["note"]
    assert "cut off" in found[0].explanations[0]


def test_a_finding_that_rests_on_an_unclear_cell_is_at_most_a_warning_that_says_so():
    found = check(counts({"events": "24|9?", "total": "8"}), registry.select(registry.rules(), ["COUNT-001"])).findings
    assert [one.severity for one in found] == ["warning"]
    assert "not certain" in found[0].explanations[-1]
    assert not check(
        counts({"events": "24|9?", "total": "12"}), registry.select(registry.rules(), ["COUNT-001"])
    ).findings


def test_fingerprints_are_the_same_in_every_run_and_differ_between_findings():
    tables = counts({"events": "36", "total": "30"}, {"events": "37", "total": "30"})
    first, second = (check(tables, registry.rules()).findings for _ in range(2))
    assert [one.fingerprint for one in first] == [one.fingerprint for one in second]
    assert len({one.fingerprint for one in first}) == len(first)


def test_a_finding_survives_the_way_through_plain_data():
    one = check(counts({"events": "36", "total": "30"}), registry.rules()).findings[0]
    assert Finding.from_dict(one.as_dict()) == one


def test_an_empty_review_has_nothing_to_say():
    out = check({kind: to_table(model, []) for kind, model in KINDS.items()}, registry.rules())
    assert out.findings == []
    assert out.summary()["checked"] == 0


def test_times_in_different_units_are_compared_in_months(tmp_path):
    model = RECORDS["survival"]
    rule_text = RULE.replace("events, total", "median, upper").replace(
        "(events + 1).at_most(total)", "median.at_most(upper)"
    )
    rule_text = (
        rule_text.replace('events="1", total="2"', 'median="1", upper="2"')
        .replace('events="2", total="2"', 'median="3", upper="2"')
        .replace('events="2", total="NR"', 'median="2", upper="NR"')
    )
    rules = registry.select(own_rules(tmp_path, rule_text), ["MINE"])
    rows = [
        {"median": "24 months", "upper": "2 years"},
        {"median": "25 months", "upper": "2 years"},
        {"median": "45 weeks", "upper": "11 months"},
        {"median": "60 weeks", "upper": "11 months"},
    ]
    table = to_table(model, [model(source="a", record=f"r{n}", **row) for n, row in enumerate(rows)])
    found = check({"survival": table}, rules).findings
    assert [one.records[0] for one in found] == ["r3"]


def test_the_form_of_a_rule_asks_for_examples_of_both_sides():
    with pytest.raises(MalformedRule, match="no inconsistent example"):

        @rule("MINE-002", severity="note", source="arithmetic", consistent=[{}], inconsistent=[], cannot_tell=[])
        def lonely(events):
            """Something."""
            return events.at_most(1)


def test_a_stream_may_lack_columns_that_rules_read_only_if_given():
    table = counts({"events": "36", "total": "30", "percent": "120%"})["count"].select(
        ["record", "estimator", "events", "total", "percent"]
    )
    out = check_batches("count", table.to_batches(), registry.rules())
    assert out.crashed == 0
    assert {one.rule for one in out.findings} == {"COUNT-001", "PERCENT-001"}


def test_a_rule_that_crashes_in_every_batch_is_reported_once(tmp_path):
    rules = registry.select(
        own_rules(tmp_path, RULE.replace("return (events + 1).at_most(total)", "return 1 / 0")), ["MINE"]
    )
    table = counts(*[{"events": "1", "total": "2"}] * 3)["count"]
    assert check_batches("count", table.to_batches(max_chunksize=1), rules).crashed == 1


def test_a_total_whose_place_is_not_stated_may_leave_out_participants_one_in_the_same_cell_may_not():
    rule = registry.select(registry.rules(), ["COUNT-002"])
    severities = [
        check(counts(row), rule).findings[0].severity
        for row in ({"events": "22", "total": "52", "percent": "44%"}, {"printed": "22/52 (44%)"})
    ]
    assert severities == ["warning", "error"]
