"""QUOTE-001. Catalogue 54: the printed text occurs in the quote."""

from curation.engine.rule import rule
from schemas.verdicts import Verdicts

ELSEWHERE = ("level", "k", "n", "total", "df", "time", "items", "scale_min", "scale_max")
"""Fields that are often printed in a header, a caption or a footnote instead of beside the number."""
WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip


def _numbers(text, *, as_one=True):
    """SQL for the numbers in a text, a raised dot read as a point, lowered digits as digits; thousands marks dropped, or read as what parts two."""
    plain = f"translate({text}, '·₀₁₂₃₄₅₆₇₈₉', '.0123456789')"
    plain = f"regexp_replace({plain}, '([0-9]),([0-9]{{3}})', '\\1\\2', 'g')" if as_one else plain
    return f"regexp_extract_all({plain}, '[0-9]+(?:[.][0-9]+)?|[.][0-9]+')"


def _quoted(texts):
    return ", ".join(f"'{each}'" for each in texts)


@rule(
    "QUOTE-001",
    severity="warning",
    source="a number is quoted with the words around it",
    oracle="brute force: test_rules_quotes.py",
    field="printed",
    rows=f"""
        WITH asked AS (
            SELECT kind, record, field, printed, quote FROM facts
            WHERE quote IS NOT NULL AND printed.status = 'reported' AND legibility = 'clear'
              AND (field NOT IN ({_quoted(ELSEWHERE)})
                   OR (kind = 'count' AND field = 'total' AND record IN (SELECT record FROM "count" WHERE total_from = 'cell')))
        ), quotes AS (
            SELECT quote, list_concat({_numbers("quote")}, {_numbers("quote", as_one=False)}) AS numbers FROM (SELECT DISTINCT quote FROM asked)
        ), texts AS (
            SELECT text, {_numbers("text")} AS numbers FROM (SELECT DISTINCT printed.text AS text FROM asked)
        )
        SELECT a.kind, a.record, a.field, a.printed, a.quote,
               CASE WHEN list_has_all(q.numbers, t.numbers) OR (kind = 'count' AND field IN ('events', 'episodes') AND printed.value = 0) THEN 'yes'
                    WHEN printed.value BETWEEN 0 AND 20 AND printed.value = floor(printed.value)
                     AND list_contains(regexp_split_to_array(lower(a.quote), '[^a-z]+'), list_extract([{_quoted(WORDS)}], CAST(printed.value AS INTEGER) + 1)) THEN 'yes'
                    ELSE 'no' END AS found
        FROM asked a JOIN quotes q ON a.quote = q.quote JOIN texts t ON a.printed.text = t.text
    """,
    consistent=[
        dict(kind="count", events="22", total="52", percent="42.3%", quote="22 (42.3%) of 52"),
        dict(kind="test", df1="2", df2="116", quote="F(2,116) = 4.78, p = 0.015"),
        dict(kind="test", df1="1", df2="1037", quote="F₁,₁₀₃₇=17.65"),
        dict(kind="characteristic", characteristic="prior_lines", value="2", quote="a median of two previous therapies"),
        dict(kind="characteristic", characteristic="participants", value="1,256", quote="Our analysis of 1256 patients"),
    ],
    inconsistent=[
        dict(kind="count", percent="44.3%", quote="22 (42.3%) of 52"),
        dict(kind="survival", median="4.9 months", quote="TTP, 24.9 months"),
    ],
    cannot_tell=[dict(kind="count", percent="~42%", quote="about forty percent")],
    limits=(
        "Totals from a header or the text, confidence levels, study and participant numbers of a pooled result, times and scales are "
        "passed over: they are often printed elsewhere. So are cells that cannot be read with certainty. A count of 0 is left to VOCABULARY-008."
    ),
    look="whether the number was mistyped, or the quote belongs to another record",
)  # fmt: skip
def printed_in_quote(printed, quote, found=None):
    """The number does not occur in the words quoted for it.

    Every number in the cell is looked for among the numbers in the quote, whatever the spaces, dashes, signs and
    thousands marks; whole numbers up to 20 may be spelled out in English.
    """
    return Verdicts.of(found.is_("no"), printed.known)
