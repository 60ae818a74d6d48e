"""What the API takes and answers about what is proposed from documents."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from pydantic import BaseModel, Field

from curation.web.api_shapes import Cells, Moment, Taken
from store.proposed import OPEN, Proposal


class SaidShape(BaseModel):
    """What a rule says of what is proposed."""

    rule: str
    severity: str
    sentence: str


class DecidedShape(BaseModel):
    """What you have decided: the record that it became, or why you declined it."""

    at: Moment
    reason: str
    record: str | None


class ProposalShape(BaseModel):
    """A record as a document has it. ``status``, and ``decided`` where it is not open, are yours alone.

    ``joined``: its pieces stand apart in the document. ``place``: page, section, row and column, as far as known.
    """

    id: str
    source: str
    kind: str
    cells: dict[str, str]
    place: dict[str, str]
    quote: str
    joined: bool
    remarks: list[SaidShape]
    proposed: Moment
    status: str
    decided: DecidedShape | None

    @classmethod
    def of(cls, one: Proposal, extractor: str) -> ProposalShape:
        """The shape of a proposal, for one extractor."""
        what, status = one.what, one.status(extractor)
        made = None if status == OPEN else one.decisions[extractor]
        return cls(
            id=one.id, source=what.source, kind=what.kind, cells=dict(what.cells), place=dict(what.place),
            quote=what.quote, joined=what.joined, remarks=[SaidShape(**asdict(each)) for each in what.remarks],
            proposed=one.at, status=status,
            decided=made and DecidedShape(at=made.at, reason=made.reason, record=made.record),
        )  # fmt: skip


class ProposalsShape(BaseModel):
    """Some proposals, and how many there are in all."""

    total: int
    offset: int
    proposals: list[ProposalShape]


class Accept(Taken):
    """How a proposal is completed and corrected before it becomes your record: texts by field; null leaves one blank."""

    changes: Annotated[Cells, Field(default_factory=dict, examples=[{"study": "donk", "arm": "all", "outcome": "cr"}])]


class AcceptedShape(BaseModel):
    """The record that a proposal became."""

    proposal: str
    record: str
    revision: int


class Decline(Taken):
    """Why you do not take a proposal."""

    reason: Annotated[str, Field(max_length=2000, examples=["it is of another trial"])]


class DeclinedShape(BaseModel):
    """The proposal that you declined."""

    proposal: str
    status: str
