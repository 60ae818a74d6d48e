"""Statements before the rules: the same rules, severities and findings as for everything that is typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from curation.engine.findings import worst_first
from curation.engine.rule import Rule
from curation.engine.run import Checked, check_batches, merged, printed_numbers
from curation.entry.live import row_rules
from curation.entry.rows import read_rows
from curation.readers.document import Document
from curation.scan.across import judged_across
from curation.scan.conventions import EXPLAINED, measured, once
from curation.scan.result import Scan, Statement, Unread, where
from curation.scan.statements import statements
from schemas.registry import RECORDS

_ABOUT_TYPING = ("VOCABULARY",)
"""Families that hold what was typed against the words beside it; the scanner reads these words itself."""


@cache
def scan_rules() -> tuple[Rule, ...]:
    """The rules that are asked of scanned statements."""
    return tuple(each for each in row_rules() if not each.id.startswith(_ABOUT_TYPING))


def scan_document(document: Document, source: str) -> Scan:
    """Find the statistics of a document and judge them.

    Args:
        document: what a reader gave.
        source: the id that findings name it by.
    """
    found, unread = statements(document, source)
    kept, checked = _judged(document, source, found, unread)
    return Scan(document, kept, unread, checked)


def _judged(
    document: Document, source: str, found: Sequence[Statement], unread: list[Unread]
) -> tuple[list[Statement], Checked]:
    known: Mapping[str, tuple[str, ...]] = {"source": (source,)}
    by_id = {one.record: one for one in found}
    refused: set[str] = set()
    total = Checked()
    for kind in RECORDS:
        mine = [one for one in found if one.kind == kind]
        if not mine:
            continue
        typed = read_rows(kind, [record_of(document, source, one) for one in mine], known)
        for problem in typed.problems:
            one = mine[problem.row]
            if one.record not in refused:
                refused.add(one.record)
                unread.append(Unread(one.spots[0], problem.sentence))
        checked = check_batches(kind, typed.good.to_batches(), scan_rules(), typed.good)
        checked.records = len(typed.good)
        checked.printed_numbers = printed_numbers(kind, typed.good)
        total = merged(total, checked)
    across = judged_across(document, source, [one for one in found if one.record not in refused])
    if across is not None:
        total = merged(total, replace(across, records=0, printed_numbers=0))
    kept = list(measured(total.findings, by_id, document))
    for rule, times in (Counter(each.rule for each in total.findings) - Counter(each.rule for each in kept)).items():
        total.tallies[rule].contradicts -= times
        total.tallies[rule].add(reasons={EXPLAINED: times})
    total.findings = worst_first(once(kept))
    return [one for one in found if one.record not in refused], total


def record_of(document: Document, source: str, one: Statement) -> dict[str, str]:
    """The cells of a statement as a person would have typed them."""
    place = {name: text for name, text in where(document, one.spots[0]).items() if text}
    return {"record": one.record, "source": source, **place, **one.cells}
