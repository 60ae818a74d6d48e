"""VOCABULARY-007. Kaplan-Meier estimates and simple proportions by their names."""

from curation.engine.rule import rule
from schemas import vocabulary as words_of
from schemas.verdicts import Verdicts
from schemas.vocabulary import CRUDE, FRACTION, LIFE_TABLE, WORDS, says


@rule(
    "VOCABULARY-007",
    severity="warning",
    source="a Kaplan-Meier percentage is no count out of a total: participants who left early count in part",
    field="percent",
    oracle="brute force: test_rules_vocabulary.py",
    rows=f"""
        WITH entered AS (
            SELECT 'count' AS kind, record, percent, estimator, {WORDS} AS words FROM "count" WHERE percent IS NOT NULL
            UNION ALL SELECT 'survival', record, rate, estimator, {WORDS} FROM survival WHERE rate IS NOT NULL
        )
        SELECT kind, record, 'estimator' AS field, percent, estimator, words,
               CASE WHEN estimator = 'proportion' AND NOT {says("words", CRUDE)} AND NOT {says("words", FRACTION)} THEN 'other'
                    WHEN estimator = 'kaplan_meier' AND NOT {says("words", LIFE_TABLE)} THEN 'other' ELSE 'own' END AS said
        FROM entered
        WHERE estimator IN ('proportion', 'kaplan_meier') AND ({says("words", LIFE_TABLE)} OR {says("words", CRUDE)})
    """,
    consistent=[
        dict(kind="survival", time="2 years", rate="69%", quote="Kaplan-Meier estimate of OS at 2 years: 69%"),
        dict(kind="count", percent="42%", estimator="kaplan_meier", quote="the actuarial relapse rate was 42%"),
        dict(kind="count", percent="42%", quote="crude rate 42% (Kaplan-Meier 47%)"),
        dict(kind="count", percent="42%", events="22", total="52", quote="22/52 (42%) relapsed; see the Kaplan-Meier curve"),
    ],
    inconsistent=[
        dict(kind="count", percent="42%", quote="the Kaplan–Meier estimate of relapse at 2 years was 42%"),
        dict(kind="count", percent="42%", quote="actuarial relapse rate, 42%"),
        dict(kind="survival", time="2 years", rate="69%", quote="the crude survival at 2 years was 69%"),
    ],
    cannot_tell=[dict(kind="count", percent="NR", quote="the Kaplan-Meier estimate is not given")],
    limits="A cumulative incidence may be a simple proportion or an estimate; its name alone says nothing here.",
    look="whether everybody was followed to that time, and enter the estimator",
)  # fmt: skip
def words_say_other_estimator(percent, estimator=None, said=None):
    """The words beside the percentage name another estimator than the one it is entered with.

    Kaplan-Meier, actuarial or life-table words and no count out of a total, entered as a simple proportion; or a crude
    rate entered as a Kaplan-Meier estimate. Checks of counts and percentages pass over Kaplan-Meier estimates, so the
    mistake makes false alarms elsewhere.
    """
    return Verdicts.of(said.is_("other"), percent.known)


@words_say_other_estimator.expects
def the_estimator(row):
    other, pattern = ("kaplan_meier", LIFE_TABLE) if row.code("estimator") == "proportion" else ("proportion", CRUDE)
    return f"estimator {other}, since beside it is written {words_of.found(pattern, row.code('words'))!r}"
