"""QUOTE-002. Catalogue 54: the quote occurs in the source document."""

from curation.engine.rule import rule
from schemas.typesetting import ELLIPSIS, LATEX, PASSED_OVER, SIGNS
from schemas.verdicts import Verdicts

_MARKS = "[" + "".join(rf"\x{{{ord(sign):04x}}}" for sign in PASSED_OVER) + "]+"


def _bare(text):
    """SQL for a text without typesetting."""
    out = f"lower(nfc_normalize({text}))"
    for found, meant in {**LATEX, **SIGNS}.items():
        out = f"replace({out}, '{found}', '{meant.replace(chr(39), chr(39) * 2)}')"
    return f"regexp_replace({out}, '{_MARKS}', '', 'g')"


@rule(
    "QUOTE-002",
    severity="error",
    source="a quotation is verbatim",
    field="occurs",
    oracle="brute force: test_rules_quotes.py",
    rows=f"""
        WITH documents AS (
            SELECT source, {_bare("string_agg(text, ' ')")} AS body, string_agg(text, ' ') AS words FROM document GROUP BY source
        ), quotes AS (
            SELECT source, quote, min_by(kind, kind || '|' || record) AS kind, min_by(record, kind || '|' || record) AS record,
                   list(record ORDER BY kind, record) AS records
            FROM records WHERE quote IS NOT NULL GROUP BY source, quote
        ), sought AS (
            SELECT q.*, d.words, d.body, list_filter(list_transform(regexp_split_to_array(q.quote, '{ELLIPSIS}'), lambda part: {_bare("part")}), lambda part: part <> '') AS parts
            FROM quotes q JOIN documents d ON q.source = d.source
        ), found AS (
            SELECT * EXCLUDE (body), len(parts) > 0 AND len(list_filter(parts, lambda part: NOT contains(body, part))) = 0 AS there FROM sought
        )
        SELECT kind, record, records, 'quote' AS field, CASE WHEN len(parts) > 0 THEN quote END AS quote,
               CASE WHEN there THEN 'verbatim' WHEN len(regexp_extract_all(quote, '[0-9]+(?:[.,][0-9]+)*')) = 0 THEN 'no number'
                    WHEN regexp_matches(words, '(?s)' || array_to_string(list_transform(regexp_extract_all(quote, '[0-9]+(?:[.,][0-9]+)*'),
                                                      lambda number: '\\b' || regexp_escape(number) || '\\b'), '.{{0,200}}?')) THEN 'numbers'
                    ELSE 'absent' END AS occurs
        FROM found
    """,
    consistent=[[dict(kind="document", source="example", text="CR was achieved\nin 22 (42.3%) of 52 pa-\ntients with \\geq 2 lines"), dict(kind="count", events="22", quote="22 (42.3%) of 52 patients with ≥2 lines")]],
    inconsistent=[
        [dict(kind="document", source="example", text="CR was achieved in 22 (42.3%) of 52 patients"), dict(kind="count", events="23", quote="23 (44.2%) of 52 patients")],
        [dict(kind="document", source="example", text="CR was achieved in 22 (42.3%) of 52 patients"), dict(kind="count", events="22", quote="22 patients, or 42.3%")],
    ],
    cannot_tell=[[dict(kind="document", source="example", text="CR was achieved in 22 patients"), dict(kind="count", events="22", quote="...")]],
    limits="It is asked only of sources whose text is given. Spaces, line breaks, hyphens, dashes, emphasis and LaTeX marks are passed over, and parts on both sides of an ellipsis may stand apart.",
    look="the document: whether the quote was typed from memory, or belongs to another source",
)  # fmt: skip
def quote_in_document(quote, occurs=None):
    """The quoted words do not occur in the document.

    A quote that is nowhere in its source is no evidence, whoever or whatever extracted it.
    """
    return Verdicts.of(~occurs.is_("verbatim"), quote.known)


@quote_in_document.reading(
    "its numbers stand close together in the document, in this order; other words may come between, as at a page break",
    "warning",
)
def numbers_in_order(row):
    return row.code("occurs") == "numbers"


@quote_in_document.reading("it holds no number; the words may be reworded", "warning")
def only_words(row):
    return row.code("occurs") == "no number"
