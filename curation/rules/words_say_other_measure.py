"""VOCABULARY-003. The effect measure by its name."""

from curation.engine.rule import rule
from schemas import vocabulary as words_of
from schemas.codes import CODES
from schemas.verdicts import Verdicts
from schemas.vocabulary import LONGER_NAMES, MEASURES, SAME_NAME, WORDS, literal, says, without

_SHORT = without("words", LONGER_NAMES)
_NAMED = ", ".join(
    f"CASE WHEN {says('words' if code == 'SMD' else _SHORT, pattern)} THEN '{code}' END"
    for code, pattern in MEASURES.items()
)
_SAME = ", ".join(literal(f"{one} {two}") for one, two in sorted(SAME_NAME))
_ENTERED = " UNION ALL ".join(
    f"""SELECT '{kind}' AS kind, record, measure, estimate, {WORDS} AS words FROM "{kind}"
        WHERE estimate IS NOT NULL AND measure IN ({", ".join(map(literal, MEASURES))})"""
    for kind in ("effect", "pooled")
)


@rule(
    "VOCABULARY-003",
    severity="warning",
    source="an effect is entered under the measure that its source names",
    field="measure",
    oracle="brute force: test_rules_vocabulary.py",
    rows=f"""
        WITH read AS (
            SELECT *, list_filter([{_NAMED}], lambda one: one IS NOT NULL) AS named FROM ({_ENTERED})
        )
        SELECT kind, record, 'measure' AS field, estimate, measure, words, named[1] AS other,
               CASE WHEN list_contains(named, measure) OR (measure || ' ' || named[1]) IN ({_SAME}) THEN 'own'
                    WHEN len(named) = 1 THEN 'other' ELSE 'several' END AS said
        FROM read WHERE len(named) > 0
    """,
    consistent=[
        dict(kind="effect", measure="HR", estimate="0.66", quote="hazard ratio 0.66 (95% CI 0.52 to 0.84)"),
        dict(kind="effect", measure="OR", estimate="0.66", quote="the odds ratio, not the risk ratio, was 0.66"),
        dict(kind="effect", measure="SMD", estimate="0.30", quote="standardised mean difference 0.30"),
        dict(kind="effect", measure="IRR", estimate="0.66", quote="RR 0.66"),
    ],
    inconsistent=[
        dict(kind="effect", measure="RR", estimate="0.66", quote="odds ratio 0.66"),
        dict(kind="pooled", measure="OR", estimate="0.66", column="HR (95% CI)"),
        dict(kind="effect", measure="SMD", estimate="3.0", quote="mean difference 3.0 points"),
        dict(kind="effect", measure="MD", estimate="0.30", section="Standardized mean difference"),
    ],
    cannot_tell=[dict(kind="effect", measure="RD", estimate="0.66", quote="odds ratio 0.66, risk ratio 0.80")],
    limits="RR may name a rate ratio as well; where the words name several other measures, nothing is said.",
    look="the caption and the footnotes of the table, which name the measure",
)  # fmt: skip
def words_say_other_measure(measure, estimate=None, said=None):
    """The words beside the number name another effect measure than the one it is entered as."""
    return Verdicts.of(said.is_("other"), measure.known & ~said.is_("several"))


@words_say_other_measure.expects
def the_measure(row):
    other = row.code("other")
    return (
        f"{CODES['measure'][other]}, since beside it is written {words_of.found(MEASURES[other], row.code('words'))!r}"
    )
