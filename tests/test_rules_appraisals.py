"""Rules about risk-of-bias tools."""

from __future__ import annotations

import pytest
from whole_tables import asked

from curation.rules.questions_within_range import questions_within_range
from curation.rules.score_in_range import RANGES, score_in_range
from curation.rules.tool_domains import DOMAINS, NAMES, tool_domains
from curation.rules.tool_has_no_score import WITH_SCORE, WITHOUT_SCORE, tool_has_no_score
from curation.rules.tool_known import tool_known
from curation.rules.tool_meant_for_design import MEANT_FOR, NOT_MEANT_FOR, tool_meant_for_design
from schemas.codes import CODES


@pytest.mark.parametrize(("tool", "ends"), RANGES.items())
def test_exactly_the_scores_of_a_tool_pass(tool, ends):
    scores = range(ends[1] + 4)
    done = asked(score_in_range, appraisal=dict(tool=[tool] * len(scores), score=[str(score) for score in scores]))
    assert [int(each.printed.split()[1].rstrip(";")) for each in done.findings] == [*range(ends[1] + 1, ends[1] + 4)]
    assert {each.severity for each in done.findings} == {"warning"}


def test_a_score_outside_the_range_the_source_states_is_an_error_for_every_pair_of_whole_numbers():
    cases = [(low, score, high) for low in range(4) for high in range(low + 1, 9) for score in range(12)]
    low, score, high = ([str(each) for each in column] for column in zip(*cases, strict=True))
    done = asked(
        score_in_range, appraisal=dict(tool=["other"] * len(cases), score=score, score_min=low, score_max=high)
    )
    assert len(done.findings) == sum(not a <= x <= b for a, x, b in cases)
    assert {each.severity for each in done.findings} == {"error"}


def test_an_open_or_unreadable_end_of_the_range_bounds_nothing_it_does_not_say():
    rows = dict(tool=["other"] * 2, score=["8", "9"], score_max=["≤9", "6|9?"])
    assert not asked(score_in_range, appraisal=rows).findings


def test_every_tool_that_is_scored_or_not_is_a_known_tool():
    named = {*WITH_SCORE, *WITHOUT_SCORE, *NOT_MEANT_FOR, *MEANT_FOR, *DOMAINS, *RANGES}
    assert named <= set(CODES["tool"])
    designs = {each for table in (NOT_MEANT_FOR, MEANT_FOR) for several in table.values() for each in several}
    assert designs <= set(CODES["design"])
    assert not [tool for tool in NOT_MEANT_FOR if set(NOT_MEANT_FOR[tool]) & set(MEANT_FOR[tool])]


@pytest.mark.parametrize("tool", NAMES)
def test_the_domains_of_a_tool_are_its_own(tool):
    own = NAMES[tool].replace(" or ", ", ").split(", ")
    done = asked(tool_domains, appraisal=dict(tool=[tool] * len(own), domain=own))
    assert done.tallies["APPRAISAL-005"].consistent == 1


def test_the_domains_of_one_source_make_one_finding_that_names_where_they_belong():
    domains = ["random sequence generation", "blind method", "quitting and withdrawal", "index test"]
    [found] = asked(tool_domains, appraisal=dict(tool=["QUADAS-2"] * 4, domain=domains)).findings
    assert found.explanations[0] == "not of QUADAS-2: blind method, quitting and withdrawal, random sequence generation"
    assert "Jadad" in found.explanations[1]


def test_designs_of_one_source_make_one_finding():
    [found] = asked(
        tool_meant_for_design, appraisal=dict(tool=["QUADAS-2"] * 2, applied_to=["cohort", "case_control"])
    ).findings
    assert "Newcastle-Ottawa" in found.expected


def test_a_score_under_a_tool_without_scores_is_asked_about_once_per_record():
    rows = dict(tool=["QUADAS-2", "QUADAS-2", "Jadad"], score=[None, "5", "5"], judgement=["low", None, None])
    tally = asked(tool_has_no_score, appraisal=rows).tallies["APPRAISAL-002"]
    assert (tally.contradicts, tally.consistent, tally.cannot_tell) == (1, 1, 0)


@pytest.mark.parametrize(("highest", "severity"), [("12", None), ("7", "warning"), ("24", "note"), ("13", "warning")])
def test_questions_add_up_to_the_highest_score(highest, severity):
    rows = dict(
        tool=["other"] * 5,
        domain=["a", "b", "c", "d", None],
        questions=["3", "4", "3", "2", None],
        score_max=[*[None] * 4, highest],
    )
    found = asked(questions_within_range, appraisal=rows).findings
    assert [each.severity for each in found] == ([severity] if severity else [])


def test_a_domain_printed_in_two_places_is_counted_once():
    rows = dict(tool=["other"] * 3, domain=["a", "a", None], questions=["3", "3", None], score_max=[None, None, "3"])
    assert not asked(questions_within_range, appraisal=rows).findings


@pytest.mark.parametrize(
    ("name", "code"),
    [("Cochrane Risk-of-Bias tool", "RoB 1"), ("RoB2", "RoB 2"), ("Jadad score", "Jadad"), ("AMSTAR-2 checklist", "AMSTAR 2"),
     ("AMSTAR", ""), ("QUADAS", ""), ("GRADE", ""), ("Downs and Black", "")],
)  # fmt: skip
def test_a_known_tool_entered_as_another_one_is_noted(name, code):
    found = asked(tool_known, appraisal=dict(tool=["other"], tool_name=[name])).findings
    assert [each.expected for each in found] == ([f"the code {code}"] if code else [])
