"""Scanned documents for the tests of their page: an article by the scanner, and one whose places are set by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from curation.engine.findings import Finding
from curation.engine.run import Checked
from curation.readers.document import Cell, Document, Paragraph, Table
from curation.scan.judge import scan_document
from curation.scan.result import Scan, Spot, Statement, Unread

HOSTILE = "<script>alert('x')</script><img src=http://example.org/x.png onerror=alert(1)> & \"5\" < 6"
LONG = "The participants were seen every three months by the same nurse, who asked about pain, sleep and appetite. " * 3


def table(label: str = "Table 1", *, extra: int = 0) -> Table:
    """A table with two rows of header, a spanning band, indents and a wide last column."""
    cells = [
        Cell("Outcome", 0, 0, rows=2, head=True), Cell("Treated", 0, 1, columns=2, head=True), Cell("P", 0, 3, rows=2, head=True),
        Cell("n/N", 1, 1, head=True), Cell("%", 1, 2, head=True),
        Cell("Response", 2, 0, columns=4),
        Cell("Complete", 3, 0, indent=1), Cell("22/52 (42.3%)", 3, 1), Cell("", 3, 2), Cell("0.04", 3, 3),
        Cell("Partial", 4, 0, indent=2), Cell("19/40 (44.5%)", 4, 1), Cell("room" * 20, 4, 2), Cell("0.6", 4, 3),
    ]  # fmt: skip
    cells += [Cell(str(row), row, column) for row in range(5, 5 + extra) for column in range(4)]
    return Table(
        label, tuple(cells), "Responses; 11/20 (55.0%) were seen", ("CR, complete response; 3/10 (30.0%)", HOSTILE)
    )


@cache
def article() -> Scan:
    """A small article as the scanner reads it: an error in the text and one in the table, and hostile words."""
    parts = (
        Paragraph("Pain after surgery & more", role="title"),
        Paragraph("Results", role="heading"),
        Paragraph(HOSTILE, section="Results", role="heading"),
        Paragraph(f"{LONG} Of all, 22/52 (44.3%) had pain, and 10/20 (50.0%) slept (P = 0.03). {HOSTILE}", section=f"Results, {HOSTILE}"),
        table(),
        Paragraph("first of the list: 5 of 10 (50.0%)", section="Results", role="list"),
        Paragraph("Discussion", role="heading"),
        Paragraph(LONG, section="Discussion", page="3"),
    )  # fmt: skip
    about = dict(
        title="Pain after surgery & more",
        doi="10.1000/a<b",
        citation="Weber A, Pain 2007;1:2",
        licence="http://example.org/by",
    )
    return scan_document(Document("paper.xml", "JATS", parts, **about), "weber-2007")  # fmt: skip


@cache
def quiet() -> Scan:
    """An article without a finding."""
    parts = (Paragraph("Results", role="heading"), Paragraph("Of all, 26/52 (50.0%) had pain.", section="Results"))
    return scan_document(Document("quiet.xml", "JATS", parts, title="A quiet paper"), "quiet-2001")


def finding(severity: str, *records: str, **more: str) -> Finding:
    """A finding about these statistics."""
    kept = (
        dict(rule="COUNT-002", name="percent_of_total", message="whole message", source="by-hand", place="Table 1")
        | more
    )
    return Finding(severity=severity, records=records, fingerprint=f"{severity}{records}", **kept)


@cache
def by_hand() -> Scan:
    """Spots that cross, lie in one another, end with the text, stand in a caption, a note and several cells."""
    document = Document(
        "by hand.xml", "JATS", (Paragraph("abcdefghij", section="Results"), table(), Paragraph("again 5/10"))
    )
    count = {
        "events": "22",
        "total": "52",
        "total_from": "header",
        "percent": "44.3%",
        "row": "Partial",
        "column": "n/N",
    }
    spots = {
        "s-1": (Spot(0, 0, 5),), "s-2": (Spot(0, 3, 8),), "s-3": (Spot(0, 9, 10),), "s-4": (Spot(0, 4, 5),),
        "s-5": (Spot(1, 0, 5, cell=(4, 1)), Spot(1, 0, 3, cell=(1, 1))), "s-6": (Spot(1, 6, 13, cell=(4, 1)), Spot(1, 0, 3, cell=(1, 1))),
        "s-7": (Spot(1, 11, 24),), "s-8": (Spot(1, 22, 99, note=0),), "s-9": (Spot(2, 6, 10), Spot(1, 0, 3, cell=(4, 3))),
    }  # fmt: skip
    statements = [Statement(record, "count", count, several, record == "s-9") for record, several in spots.items()]
    checked = Checked(
        findings=[
            finding("note", "s-1"), finding("error", "s-4"), finding("error", "s-5", row="Partial", column="n/N"),
            finding("warning", "s-5"), replace(finding("error", "s-9", "s-3", place="Results"), changes_conclusion=True),
            finding("note", "unknown"), finding("warning", source=""),
        ]
    )  # fmt: skip
    unread = [Unread(Spot(0, 6, 7), "too short"), Unread(Spot(0, 6, 7), "too short")]
    return Scan(document, statements, unread, checked)
