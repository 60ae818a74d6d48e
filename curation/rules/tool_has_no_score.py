"""APPRAISAL-002."""

from curation.engine.rule import rule
from schemas.verdicts import Verdicts

WITHOUT_SCORE = ("QUADAS-2", "RoB 2", "RoB 1", "ROBINS-I", "AMSTAR 2")
WITH_SCORE = ("Newcastle-Ottawa", "Jadad", "MINORS")


@rule(
    "APPRAISAL-002",
    severity="warning",
    oracle="published: oracles/appraisal_tools.csv",
    source=(
        "QUADAS-2 (Whiting 2011 Ann Intern Med 155:529-536), RoB 1 (Higgins 2011 BMJ 343:d5928), RoB 2 (Sterne 2019 BMJ 366:l4898), "
        "ROBINS-I (Sterne 2016 BMJ 355:i4919), AMSTAR 2 (Shea 2017 BMJ 358:j4008): judgements by domain, no summary score"
    ),
    kinds=["appraisal"],
    field="tool",
    consistent=[dict(tool="Jadad", score="4"), dict(tool="Newcastle-Ottawa", score_min="0", score_max="9")],
    inconsistent=[dict(tool="QUADAS-2", score_min="1", score_max="7"), dict(tool="RoB 2", score="5")],
    cannot_tell=[dict(tool="other", score="5"), dict(tool="JBI", score="8")],
    look="which instrument was really used; the numbers may come from a scale of another name",
)
def tool_has_no_score(tool, score=None, score_min=None, score_max=None):
    """The tool gives judgements by domain, but the source scores it.

    A score, or a range of scores, under a tool whose authors provide no summary score. A warning: some reviews count the
    domains at low risk; a threshold on such a count is their own scale.
    """
    scored = score.known | score_min.known | score_max.known
    verdict = Verdicts.of(tool.is_(*WITHOUT_SCORE), tool.is_(*WITHOUT_SCORE, *WITH_SCORE))
    return verdict.only(scored)


@tool_has_no_score.expects
def judgements(row):
    return f"a judgement for each domain of {row.code('tool')}"
