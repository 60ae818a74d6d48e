"""Rules about risk-of-bias tools against what the authors of the tools published: tests/oracles/appraisal_tools.csv."""

import csv
import itertools
from pathlib import Path

import pytest
from whole_tables import asked

from curation.rules.questions_within_range import questions_within_range
from curation.rules.score_in_range import score_in_range
from curation.rules.tool_domains import tool_domains
from curation.rules.tool_has_no_score import tool_has_no_score
from curation.rules.tool_known import tool_known
from curation.rules.tool_meant_for_design import tool_meant_for_design
from schemas.codes import CODES

LINES = (Path(__file__).parent / "oracles" / "appraisal_tools.csv").read_text(encoding="utf-8").splitlines()
TOOLS = list(csv.DictReader(line for line in LINES if not line.startswith("#")))
SCORED = [each for each in TOOLS if each["score_max"]]


@pytest.mark.parametrize("tool", SCORED, ids=lambda each: each["tool"])
def test_just_the_published_scores_are_possible(tool):
    scores = range(int(tool["score_max"]) + 6)
    done = asked(
        score_in_range, appraisal=dict(tool=[tool["tool"]] * len(scores), score=[str(each) for each in scores])
    )
    assert done.tallies["APPRAISAL-001"].contradicts == sum(each > int(tool["score_max"]) for each in scores)


def test_a_score_is_odd_just_where_the_authors_provide_none():
    done = asked(tool_has_no_score, appraisal=dict(tool=[each["tool"] for each in TOOLS], score=["4"] * len(TOOLS)))
    assert done.tallies["APPRAISAL-002"].contradicts == len(TOOLS) - len(SCORED)
    assert done.tallies["APPRAISAL-002"].consistent == len(SCORED)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda each: each["tool"])
def test_a_tool_fits_the_designs_it_was_published_for(tool):
    for design in tool["designs"].split():
        done = asked(tool_meant_for_design, appraisal=dict(tool=[tool["tool"]], applied_to=[design]))
        assert done.tallies["APPRAISAL-003"].consistent == 1, design


@pytest.mark.parametrize("tool", TOOLS, ids=lambda each: each["tool"])
def test_a_tool_for_one_kind_of_design_does_not_fit_reviews_nor_the_other_way_round(tool):
    other = "randomised" if tool["designs"] == "systematic_review" else "systematic_review"
    done = asked(tool_meant_for_design, appraisal=dict(tool=[tool["tool"]], applied_to=[other]))
    assert done.tallies["APPRAISAL-003"].contradicts == 1


@pytest.mark.parametrize("tool", [each for each in TOOLS if each["domains"]], ids=lambda each: each["tool"])
def test_the_published_domains_of_a_tool_are_its_own_and_invented_ones_are_not(tool):
    own = tool["domains"].split("; ")
    done = asked(tool_domains, appraisal=dict(tool=[tool["tool"]] * len(own), domain=own))
    assert done.tallies["APPRAISAL-005"].consistent == 1
    done = asked(tool_domains, appraisal=dict(tool=[tool["tool"]], domain=["statistical power"]))
    assert done.tallies["APPRAISAL-005"].contradicts == 1


def test_questions_fit_the_highest_score_just_where_their_sum_in_whole_numbers_does():
    for a, b, highest in itertools.product((1, 3), (2, 4), range(3, 8)):
        rows = dict(tool=["other"] * 3, domain=["a", "b", None], questions=[str(a), str(b), None],
                    score_max=[None, None, str(highest)])  # fmt: skip
        found = asked(questions_within_range, appraisal=rows).tallies["APPRAISAL-004"]
        assert found.contradicts == (a + b != highest)


def test_the_published_names_are_known():
    names = [each["tool"] for each in TOOLS]
    assert set(names) <= set(CODES["tool"])
    done = asked(tool_known, appraisal=dict(tool=["other"] * len(names), tool_name=names))
    assert done.tallies["APPRAISAL-006"].contradicts == len(names)
