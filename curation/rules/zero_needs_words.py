"""VOCABULARY-008. Catalogue 11: zero-assumption."""

from curation.engine.rule import rule
from schemas.verdicts import Verdicts
from schemas.vocabulary import NONE_HAPPENED, WORDS, says

_ENTERED = " UNION ALL ".join(
    f"""SELECT record, '{field}' AS field, {field} AS printed, quote, {WORDS} AS words FROM "count"
        WHERE {field}.low <= 0 AND {field}.relation = '=' AND {field}.status IN ('reported', 'unclear') AND quote IS NOT NULL"""
    for field in ("events", "episodes")
)


@rule(
    "VOCABULARY-008",
    severity="note",
    source="Xu et al. 2022: zero events need to be reported, not assumed",
    field="printed",
    oracle="brute force: test_rules_vocabulary.py",
    rows=f"""
        SELECT 'count' AS kind, record, field, printed, quote, CASE WHEN printed.value IS NULL THEN 'unread' WHEN {says("words", NONE_HAPPENED)} THEN 'said' ELSE 'unsaid' END AS said
        FROM ({_ENTERED})
    """,
    consistent=[
        dict(kind="count", events="0", total="52", quote="no patient died"),
        dict(kind="count", events="0", total="52", quote="0 (0%)"),
        dict(kind="count", events="0", total="52", quote="None of 52 patients relapsed"),
    ],
    inconsistent=[
        dict(kind="count", events="0", total="52", quote="Grade 3 neutropenia in 10 patients, rash in 20"),
        dict(kind="count", events="0", total="52", quote="–"),
    ],
    cannot_tell=[dict(kind="count", events="0|6?", quote="no deaths")],
    limits="Only where words are quoted; a zero from a table cell without a quote is not asked about.",
    look="whether the source says that none happened, or only does not mention it; then NR is the entry",
)  # fmt: skip
def zero_needs_words(printed, quote=None, said=None):
    """A zero is entered, but the quoted words hold neither a zero nor a word such as none.

    "Not reported" is not zero.
    """
    return Verdicts.of(said.is_("unsaid"), printed.known & ~said.is_("unread"))


@zero_needs_words.explain
def assumed(row):
    return ["the event may not be mentioned at all: a source that does not report it does not report a zero"]
