"""SOURCE-004. Catalogue 48: a record entered twice."""

from curation.engine.rule import rule
from schemas.registry import RECORD_MODELS

_OWN = ("record", "printed", "note")
"""What two entries of one record may differ in: the id, the composite cell its parts come from, and the remark."""


def _groups(model):
    """SQL: the records of a kind that agree in everything printed, and how many they are."""
    names = [f'"{each.name}"' + (".text" if each.quantity else "") for each in model.fields() if each.name not in _OWN]
    place = """nullif(concat_ws(', ', min("page"), min(section), min("row"), min("column")), '')"""
    return f"""SELECT '{model.kind}' AS kind, min(record) AS record, list(record ORDER BY record) AS records, count(*) AS copies, {place} AS place
               FROM "{model.kind}" GROUP BY {", ".join(names)}"""


@rule(
    "SOURCE-004",
    severity="note",
    source="a fact at one place is one record",
    field="copies",
    rows=" UNION ALL ".join(_groups(model) for model in RECORD_MODELS),
    consistent=[[dict(kind="count", outcome="cr", events="22", section="Table 1"), dict(kind="count", outcome="cr", events="22", section="Table 2")]],
    inconsistent=[[dict(kind="count", outcome="cr", events="22", section="Table 1"), dict(kind="count", outcome="cr", events="22", section="Table 1")]],
    cannot_tell=[[dict(kind="count", outcome="cr", events="22"), dict(kind="count", outcome="cr", events="22")]],
    oracle="brute force: test_bruteforce_sources.py",
    limits="Records without a place may be of two places. The same number quoted from two sentences is two records.",
    look="whether one of them is to be deleted, or to be told apart by its outcome, group, time or label",
)  # fmt: skip
def duplicate_record(copies, place):
    """The same record is entered more than once.

    Two records of one kind that agree in key, place, quote and every printed text.
    """
    return copies.at_most(1)
