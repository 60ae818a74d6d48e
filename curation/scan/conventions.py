"""Conventions of one document that explain what would else contradict: padded zeros, corrected degrees of freedom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from curation.engine.findings import Finding
from curation.readers.document import Document, Table
from curation.scan.across import COMPARING, POSSIBLE, TWICE
from curation.scan.fits import agrees, number
from curation.scan.result import Statement
from curation.scan.sphericity import fits_corrected

MOST_MISSING = 10
"""Per cent of the participants of a column that may be missing from one of its rows without a word."""

_PADDED = re.compile(r"^\d+[.·]\d+0\s?%?$")
_FINE = re.compile(r"^\d+[.·]\d{2,}\s?%?$")
_BOOTSTRAP = re.compile(r"bootstrap", re.IGNORECASE)
_PART_ONLY = re.compile(
    r"\b(?:asked|answered|reported|assessed|measured|available|data|calculated|applies|applicable)\b[^.;]{0,40}\bonly\b|"
    r"\bonly\s(?:to|of|for|in|among|by)\s(?:the\s|those\s)?(?:patients|participants|women|men|subjects|those)\b|"
    r"\bpercentages?\s(?:is|are)\s(?:of|based\son|calculated)",
    re.IGNORECASE,
)
_SPHERICITY = re.compile(r"greenhouse|huynh|sphericity", re.IGNORECASE)
_FEWEST_PADDED = 3
"""Percentages with a 0 at the end, and none without, from which on a document is said to pad them."""

PADDED = "the percentages of this document end in a 0 throughout; read with a digit less, the number fits"
CORRECTED = "the document corrects degrees of freedom for sphericity; P then belongs to fewer than are printed"
MISSING = "the total is that of the header; with a few participants missing the percentage fits"
NARROWED = "a note of the table says that some of its rows are about a part of the participants only"
COMPARED = "another test, a model, an adjustment or clusters would explain it"
EXPLAINED = "the document makes its intervals by the bootstrap, which need not be even"
JOINED = "numbers from several places were brought together; see whether they belong together"


def measured(findings: Iterable[Finding], by_id: Mapping[str, Statement], document: Document) -> Iterator[Finding]:
    """Findings at the severity that the reading allows.

    What the scanner has brought together makes at most a warning; what a convention of the document explains is a note.
    """
    padded = _pads(by_id.values())
    bootstrapped = any(_BOOTSTRAP.search(text) for text in document.texts())
    corrected = any(_SPHERICITY.search(text) for text in document.texts())
    for one in findings:
        mine = [by_id[record] for record in one.records if record in by_id]
        if padded and one.rule in {"COUNT-002", "PERCENT-003"} and any(_fits_with_a_digit_less(each) for each in mine):
            yield _softer(one, "note", PADDED)
        elif bootstrapped and one.rule == "EFFECT-005":
            continue
        elif corrected and one.rule == "TEST-001" and any(fits_corrected(each.cells) for each in mine):
            yield _softer(one, "note", CORRECTED)
        elif one.rule == "COUNT-002" and any(_of_slightly_fewer(each) for each in mine):
            yield _softer(one, "note", MISSING)
        elif one.rule == "COUNT-002" and any(_notes_narrow(each, document) for each in mine):
            yield _softer(one, "note", NARROWED)
        elif one.rule in COMPARING and one.severity != "note":
            yield _softer(one, "note", COMPARED)
        elif one.severity == "error" and (one.rule in TWICE or any(each.joined for each in mine)):
            yield _softer(one, "warning", JOINED)
        else:
            yield one


def once(findings: Iterable[Finding]) -> list[Finding]:
    """Findings, those of one statement that the text repeats (in the abstract, say) as one that names the places."""
    first: dict[tuple[str, ...], Finding] = {}
    for place, one in enumerate(findings):
        alike = one.rule in POSSIBLE or (not one.row and not one.column)
        key = (one.rule, one.printed) if alike else (one.rule, one.printed, str(place))
        before = first.get(key)
        if before is None:
            first[key] = one
        elif one.place != before.place:
            again = f"the same is printed in {one.place}"
            told = before.explanations if again in before.explanations else (*before.explanations, again)
            first[key] = replace(before, explanations=told, records=(*before.records, *one.records))
    return list(first.values())


def _softer(one: Finding, severity: str, why: str) -> Finding:
    return replace(one, severity=severity, explanations=(*one.explanations, why), changes_conclusion=False)


def _pads(found: Iterable[Statement]) -> bool:
    fine = [one.cells["percent"] for one in found if _FINE.match(one.cells.get("percent", ""))]
    return len(fine) >= _FEWEST_PADDED and all(_PADDED.match(text) for text in fine)


def _fits_with_a_digit_less(one: Statement) -> bool:
    """Whether events out of the total, or out of some total, give the percentage without its last zero."""
    text = one.cells.get("percent", "")
    if "events" not in one.cells or not _PADDED.match(text):
        return False
    events, total = number(one.cells["events"]), number(one.cells.get("total", ""))
    percent = Fraction(text.rstrip("% ").replace("·", "."))
    off = Fraction(1, 2 * 10 ** (len(text.rstrip("% ").partition(".")[2]) - 1))
    low, high = percent - off, percent + off
    if total:
        return low <= Fraction(100 * events, total) <= high
    return low > 0 and -(-100 * events // high) <= 100 * events // low


def _of_slightly_fewer(one: Statement) -> bool:
    """Whether a total from a header fits once a few participants are missing."""
    events, total, percent = (one.cells.get(name, "") for name in ("events", "total", "percent"))
    if one.cells.get("total_from") != "header":
        return False
    most = number(total)
    fewest = max(number(events), -(-most * (100 - MOST_MISSING) // 100))
    return any(agrees(events, str(fewer), percent) for fewer in range(fewest, most))


def _notes_narrow(one: Statement, document: Document) -> bool:
    """Whether a total from a header stands in a table of which a note says that something was asked of a part only."""
    table = document.parts[one.spots[0].part]
    notes = table.notes if isinstance(table, Table) else ()
    return one.cells.get("total_from") == "header" and any(_PART_ONLY.search(note) for note in notes)
