"""VOCABULARY-002. Catalogue 20: means and medians, spreads and ranges by their names."""

from curation.engine.rule import rule
from schemas import vocabulary as words_of
from schemas.verdicts import Verdicts
from schemas.vocabulary import (
    HEADERS,
    INTERQUARTILE_RANGE,
    MEAN,
    MEDIAN,
    NOT_A_MEAN,
    QUARTILES,
    RANGE,
    SD,
    SE,
    SPREAD_UNNAMED,
    WORDS,
    leads_to,
    says,
    without,
)

NAMES = {
    "mean": ("median", MEDIAN, MEAN), "median": ("mean", MEAN, MEDIAN),
    "sd": ("interquartile range", QUARTILES, f"{SD}|{SE}|{SPREAD_UNNAMED}"),
    "q1": ("range", RANGE, QUARTILES), "minimum": ("interquartile range", QUARTILES, RANGE),
}  # fmt: skip
"""Field -> the quantity it is mistaken for, the words for that, and the words for the field itself."""
ALONE = {"mean": "median IS NULL", "median": "mean IS NULL", "sd": "true", "q1": "minimum IS NULL AND maximum IS NULL",
         "minimum": "q1 IS NULL AND q3 IS NULL"}  # fmt: skip
"""Where both are entered, the words may belong to the other one."""


def _entered(field):
    other, its_words, own_words = NAMES[field]
    quote, headers, words = "coalesce(quote, '')", HEADERS, WORDS
    if field in ("mean", "median"):
        quote, headers, words = (without(each, NOT_A_MEAN) for each in (quote, headers, words))
    if field in ("q1", "minimum"):
        quote, headers, words = (without_interquartile(each) for each in (quote, headers, words))
    named = f"({leads_to(quote, its_words, field)} OR {says(headers, its_words)})"
    return f"""
        SELECT record, '{field}' AS field, {field} AS printed, {WORDS} AS words, '{other}' AS other,
               CASE WHEN {says(words, own_words)} THEN 'own' WHEN {named} THEN 'other' END AS said
        FROM "mean" WHERE {field} IS NOT NULL AND {ALONE[field]}
    """


def without_interquartile(words):
    """SQL: "interquartile range" is no range: it becomes IQR."""
    return f"regexp_replace({words}, {words_of.literal(INTERQUARTILE_RANGE)}, 'IQR', 'g')"


@rule(
    "VOCABULARY-002",
    severity="warning",
    source="a median is entered as a median, a range as its two ends",
    field="printed",
    oracle="brute force: test_rules_vocabulary.py",
    rows=f"""
        SELECT 'mean' AS kind, record, field, printed, words, other, said
        FROM ({" UNION ALL ".join(_entered(field) for field in NAMES)}) WHERE said IS NOT NULL
    """,
    consistent=[
        dict(kind="mean", mean="58.5", sd="9.1", quote="the mean age was 58.5 (SD 9.1) years"),
        dict(kind="mean", median="59", q1="52", q3="66", quote="median 59 (IQR 52-66)"),
        dict(kind="mean", mean="58.5", quote="mean 58.5, median 59"),
        dict(kind="mean", median="59", minimum="34", maximum="75", column="Median (range)"),
    ],
    inconsistent=[
        dict(kind="mean", mean="59", quote="the median age was 59 (range, 34-75) years"),
        dict(kind="mean", median="58.5", column="Mean"),
        dict(kind="mean", mean="59", sd="14", quote="59 (IQR 14)"),
        dict(kind="mean", median="59", q1="34", q3="75", quote="median 59 (range 34-75)"),
        dict(kind="mean", median="59", minimum="52", maximum="66", quote="median 59 (interquartile range 52-66)"),
    ],
    cannot_tell=[dict(kind="mean", mean="NR", column="Median")],
    limits=(
        "In a quote the word must stand in front of the number, with no other number between. Where the words name both, "
        "or both are entered, nothing is asked."
    ),
    look="what the header or the sentence calls the number",
)  # fmt: skip
def words_say_other_average(printed, said=None):
    """The words beside the number call it another quantity than the one it is entered as.

    Mean against median, SD against interquartile range, quartiles against smallest and largest value.
    """
    return Verdicts.of(said.is_("other"), printed.known)


@words_say_other_average.expects
def what_it_is_called(row):
    pattern = NAMES[row.code("field")][1]
    return f"the {row.code('other')}, since beside it is written {words_of.found(pattern, row.code('words'))!r}"
