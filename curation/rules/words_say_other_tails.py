"""VOCABULARY-005. The sides of a test by their names."""

from curation.engine.rule import rule
from schemas.verdicts import Verdicts
from schemas.vocabulary import ONE_SIDED, TWO_SIDED, WORDS, says


@rule(
    "VOCABULARY-005",
    severity="warning",
    source="a one-sided P value is half of a two-sided one, or one less that half",
    field="tails",
    oracle="brute force: test_rules_vocabulary.py",
    rows=f"""
        SELECT 'test' AS kind, record, 'tails' AS field, p, tails,
               CASE WHEN one AND two THEN 'own' WHEN one = (tails = 'one') THEN 'own' ELSE 'other' END AS said
        FROM (SELECT record, p, tails, {says("words", ONE_SIDED)} AS one, {says("words", TWO_SIDED)} AS two
              FROM (SELECT *, {WORDS} AS words FROM "test"))
        WHERE (one OR two) AND tails IN ('one', 'two')
    """,
    consistent=[
        dict(kind="test", statistic_type="z", statistic="1.20", p="0.23", tails="two", quote="two-sided P = 0.23"),
        dict(kind="test", statistic_type="z", statistic="1.20", p="0.12", tails="one", section="1-tailed tests"),
    ],
    inconsistent=[
        dict(kind="test", statistic_type="z", statistic="1.20", p="0.12", tails="two", quote="one-tailed P = 0.12"),
        dict(kind="test", statistic_type="z", statistic="1.20", p="0.23", tails="one", quote="P = 0.23 (two-sided)"),
    ],
    cannot_tell=[dict(kind="test", p="NR", tails="two", quote="a one-sided test was planned")],
    limits="Where the words name both, or the sides are entered as not stated, nothing is asked.",
    look="whether the words are about this test",
)  # fmt: skip
def words_say_other_tails(tails, p, said=None):
    """The words beside the P value name the other number of sides: one where two are entered, or two where one is."""
    return Verdicts.of(said.is_("other"), tails.known & p.known)


@words_say_other_tails.expects
def the_sides(row):
    return "a one-sided test" if row.code("tails") == "two" else "a two-sided test"
