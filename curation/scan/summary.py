"""A scan in plain data and in lines of text: per document what was found, read and not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from curation.engine.findings import ORDER, worst_first
from curation.engine.run import Checked, merged
from curation.report.wording import amount
from curation.scan.many import Outcome
from curation.scan.result import Scan, Statement, where
from schemas.registry import RECORDS


def together(outcomes: Sequence[Outcome]) -> Checked:
    """All documents as one check."""
    total = Checked()
    for each in outcomes:
        if each.scan is not None:
            total = merged(total, each.scan.checked)
    total.findings = worst_first(total.findings)
    return total


def documents(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Every file of the run as plain data: what it is, what was read in it, what was not."""
    return [_document(each) for each in outcomes]


def _document(one: Outcome) -> dict[str, Any]:
    about: dict[str, Any] = {"source": one.source, "file": one.path.name}
    if one.scan is None:
        return about | {"problems": list(one.problems)}
    document = one.scan.document
    return about | {
        "title": document.title,
        "doi": document.doi,
        "problems": list(document.remarks),
        "statements": [_statement(one.scan, each) for each in one.scan.statements],
        "unread": [
            {**_place(one.scan, each.spot.part), "text": each.spot.words(document)[:200], "why": each.why}
            for each in one.scan.unread
        ],
    }


def _statement(scan: Scan, one: Statement) -> dict[str, Any]:
    own = {name: text for name, text in one.cells.items() if name in RECORDS[one.kind].model_fields}
    cell: dict[str, str] = {name: own.pop(name) for name in ("row", "column") if name in own}
    place = {**where(scan.document, one.spots[0]), **cell}
    words = one.spots[0].words(scan.document)
    return {
        "record": one.record,
        "kind": one.kind,
        **_filled(place),
        "text": words,
        "joined": one.joined,
        "fields": own,
    }


def _place(scan: Scan, part: int) -> dict[str, str]:
    place = scan.document.parts[part]
    label = getattr(place, "label", "") or place.section
    return _filled({"page": place.page, "section": label})


def _filled(place: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in place.items() if text}


def found_in(scan: Scan) -> str:
    """What was read in a document, in words."""
    count = len(scan.statements)
    unread = f", {len(scan.unread)} that could not be read" if scan.unread else ""
    return f"{amount(count, 'statistic')} read{unread}"


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """A line for each document, gravest first, under a header."""
    rows = [_row(each) for each in sorted(outcomes, key=_gravity)]
    head = ("file", "statistics", "unread", *(f"{severity}s" for severity in ORDER), "")
    width = max(len(row[0]) for row in [head, *rows])
    return [_line(row, width) for row in [head, *rows]]


def _row(one: Outcome) -> tuple[str, ...]:
    name = one.path.name if len(one.path.name) <= 40 else one.path.name[:37] + "..."
    if one.scan is None:
        return (name, "", "", "", "", "", "could not be read")
    counted = _severities(one)
    return (name, str(len(one.scan.statements)), str(len(one.scan.unread)), *(str(counted[each]) for each in ORDER), "")


def _severities(one: Outcome) -> Counter[str]:
    return Counter(each.severity for each in (one.scan.checked.findings if one.scan else ()))


def _gravity(one: Outcome) -> tuple[object, ...]:
    counted = _severities(one)
    return (one.scan is None, *(-counted[each] for each in ORDER), one.path.name)


def _line(row: Sequence[str], width: int) -> str:
    numbers = "  ".join(f"{cell:>10}" for cell in row[1:-1])
    return f"{row[0]:<{width}}  {numbers}  {row[-1]}".rstrip()
