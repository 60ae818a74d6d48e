"""VOCABULARY-001. Catalogue 20: SD and SE by their names."""

from curation.engine.rule import rule
from schemas import vocabulary as words_of
from schemas.verdicts import Verdicts
from schemas.vocabulary import SD, SE, WORDS, says


@rule(
    "VOCABULARY-001",
    severity="warning",
    source="a standard error is the standard deviation divided by the root of the sample size; Kadlec et al. 2023",
    field="printed",
    oracle="brute force: test_rules_vocabulary.py",
    rows=f"""
        WITH entered AS (
            SELECT record, 'sd' AS field, sd AS printed, {WORDS} AS words FROM "mean" WHERE sd IS NOT NULL
            UNION ALL SELECT record, 'se', se, {WORDS} FROM "mean" WHERE se IS NOT NULL AND sd IS NULL
        )
        SELECT 'mean' AS kind, record, field, printed, words,
               CASE WHEN field = 'sd' AND NOT {says("words", SD)} THEN 'other'
                    WHEN field = 'se' AND NOT {says("words", SE)} THEN 'other' ELSE 'own' END AS said
        FROM entered WHERE {says("words", SD)} OR {says("words", SE)}
    """,
    consistent=[
        dict(kind="mean", mean="58.5", sd="9.1", quote="mean (SD) age 58.5 (9.1)"),
        dict(kind="mean", mean="58.5", se="1.3", column="Mean (SEM)"),
        dict(kind="mean", mean="58.5", sd="9.1", quote="58.5 (SD 9.1; SE 1.3)"),
        dict(kind="mean", mean="58.5", sd="9.1", se="1.3", quote="58.5 (standard deviation 9.1)"),
    ],
    inconsistent=[
        dict(kind="mean", mean="58.5", sd="1.3", quote="58.5 (SE 1.3)"),
        dict(kind="mean", mean="58.5", sd="1.3", column="Mean ± SEM"),
        dict(kind="mean", mean="58.5", se="9.1", quote="mean 58.5, standard deviation 9.1"),
    ],
    cannot_tell=[dict(kind="mean", mean="58.5", sd="NR", quote="58.5 (SE 1.3)")],
    limits="Where both names stand beside the number, or neither, nothing is asked.",
    look="the table's footnote, which often says what follows the ± sign",
)  # fmt: skip
def words_say_other_spread(printed, said=None):
    """The words beside the number say SE where it is entered as SD, or SD where it is entered as SE.

    A cell entered as SD whose quote, headers or note say SE, SEM or standard error, and nowhere SD or standard
    deviation; and the other way round. SE = SD / sqrt(n), so the mistake changes a weight by the sample size.
    """
    return Verdicts.of(said.is_("other"), printed.known)


@words_say_other_spread.expects
def the_other_field(row):
    other, pattern = ("SE", SE) if row.code("field") == "sd" else ("SD", SD)
    return f"{other}, since beside it is written {words_of.found(pattern, row.code('words'))!r}"
