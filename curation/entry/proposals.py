"""From a proposal, as an extractor completes it, to a record of theirs: read as anything that is typed."""

from __future__ import annotations

from collections.abc import Mapping

from curation.entry.rows import Known, read_rows, verbatim
from curation.intake.problems import Problem, Refused
from store.errors import StoreError
from store.proposed import ACCEPTED, Accepted, Proposal
from store.review import Review


def enter(
    review: Review, one: Proposal, cells: Mapping[str, str], known: Known, *, who: str, extractor: str
) -> Accepted:
    """Enter a proposal as a record with these cells.

    Raises Refused for what an intake would refuse, StoreError where it is decided or the extractor has the record.
    """
    kind = one.what.kind
    typed = read_rows(kind, [cells], known)
    if typed.problems:
        name = f"proposal {one.id[:8]}"
        raise Refused([Problem(name, None, each.field, each.found, each.expected) for each in typed.problems])
    if not len(typed.good):
        raise StoreError(f"the proposal {one.id} would be a {kind} without anything in it; fill in what is printed")
    row = verbatim(typed.good)[0]
    own = bool(cells.get("record", "").strip())
    fresh = not own and one.status(extractor) != ACCEPTED
    there = review.row(kind, row["record"] or "", extractor) if fresh else None
    if there is not None and not there.retired and there.cells == row:
        raise StoreError(f"{extractor} has entered exactly this already, as {there.record_key}; decline the proposal {one.id[:8]}")  # fmt: skip
    given = {name: text for name, text in row.items() if own or name != "record"}
    return review.accept_proposal(one.id, given, who=who, extractor=extractor)
