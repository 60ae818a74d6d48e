"""Small words that pages about rows share: the labels of fields, moments, who saved last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from curation.entry.form import form
from curation.report.html.values import Cell, pieces
from curation.web.desk import Desk
from schemas.printed import Malformed, parse
from schemas.registry import KINDS, RECORDS
from store.rows import Row

_TOTAL_FROM = "total_from"
"""Says where the total is printed. In a list of records the total is shown wherever it stands."""


def labels(kind: str) -> dict[str, str]:
    """The label of every field of a kind, in the order of its form."""
    return {each.name: each.label for group in form(KINDS[kind]) for each in group.fields}


def printed(row: Row) -> str:
    """What a record prints, as a paper writes it; what stands at its default is left out."""
    model = RECORDS[row.kind]
    facts = {each.name: each for each in model.fields()}
    given = {
        name: text for name, text in row.cells.items() if text and text != facts[name].default and name != _TOTAL_FROM
    }
    cells = {name: Cell(text, _status(text)) for name, text in given.items() if facts[name].quantity is not None}
    return "".join(each.text for each in pieces(model, given, cells))


def _status(text: str) -> str:
    try:
        return parse(text).status
    except Malformed:
        return "reported"


def moment(at: datetime) -> str:
    """A moment as a page shows it.

    >>> moment(datetime(2026, 5, 1, 9, 30, tzinfo=UTC))
    '2026-05-01 09:30 UTC'
    """
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def ago(at: datetime, now: datetime | None = None) -> str:
    """How long ago, while that is easier to grasp than a date.

    >>> ago(datetime(2026, 5, 1, 9, 30, tzinfo=UTC), datetime(2026, 5, 1, 9, 35, tzinfo=UTC))
    '5 min ago'
    """
    passed = (now or datetime.now(UTC)) - at
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        return f"{passed // timedelta(minutes=1)} min ago"
    return f"{passed // timedelta(hours=1)} h ago" if passed < timedelta(days=1) else f"at {moment(at)}"


def last(desk: Desk, row: Row) -> str:
    """Who saved a row last, and when."""
    made = desk.review.change(row.revision)
    if made is None:
        return ""
    return f"{'Retired' if row.retired else 'Last saved'} by {made.who}, {ago(made.at)}."
