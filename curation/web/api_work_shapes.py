"""What the API takes and answers about work on rows: handing in, settling, findings and questions."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from curation.engine.findings import Finding
from curation.web.api_shapes import LONGEST_ID, MOST_ROWS, Cells, KindName, Moment, Seen, Taken, Words
from schemas.programs import PROGRAMS


class Submission(Taken):
    """A source to hand in."""

    source: Annotated[str, Field(max_length=LONGEST_ID)]
    why: Words = "handed in"


class Submitted(BaseModel):
    """The sources that are handed in with this request; none where that was so before."""

    handed_in: list[str]


class FindingShape(BaseModel):
    """A finding of the last check. ``extractors``: from whose records it follows."""

    fingerprint: str
    rule: str
    name: str
    severity: str
    message: str
    source: str
    place: str
    row: str
    column: str
    study: str
    arm: str
    outcome: str
    field: str
    printed: str
    expected: str
    explanations: list[str]
    changes_conclusion: bool
    records: list[str]
    status: str
    decided_by: str
    reason: str
    extractors: list[str]

    @classmethod
    def of(cls, one: Finding, extractors: tuple[str, ...]) -> FindingShape:
        """The shape of a finding."""
        return cls(**one.as_dict(), extractors=list(extractors))


class FindingsShape(BaseModel):
    """Some findings, and how many there are in all."""

    total: int
    offset: int
    findings: list[FindingShape]


class Reason(Taken):
    """Why a finding is accepted."""

    reason: Annotated[str, Field(max_length=2000, examples=["as printed; the authors confirmed it"])]


class Waived(BaseModel):
    """What was decided about a finding."""

    fingerprint: str
    status: str


class DifferenceShape(BaseModel):
    """A field that differs: its class, what that means, and what each extractor has."""

    field: str
    type: str
    meaning: str
    texts: Cells


class ToSettle(BaseModel):
    """A record as its extractors have it. ``record`` names it in a decision. ``extractions``: who has it, under which id."""

    record: str
    kind: str
    about: str
    place: str
    extractions: dict[str, str]
    one_side: bool
    differences: list[DifferenceShape]


class DifferencesShape(BaseModel):
    """What is left to settle of a source. Send ``seen`` with your decisions."""

    source: str
    seen: int
    total: int
    offset: int
    records: list[ToSettle]


class Decision(Taken):
    """One decision: of a field, or of the whole record where ``field`` is null.

    taken: as ``taken_from`` has it; other: ``value`` (null leaves it blank); left_out: the record does not belong here.
    """

    record: Annotated[str, Field(max_length=LONGEST_ID)]
    decision: Literal["taken", "other", "left_out"]
    field: Annotated[str, Field(max_length=100)] | None = None
    taken_from: Annotated[str, Field(max_length=200)] | None = None
    value: Words | None = None


class Decisions(Taken):
    """Decisions on records of one source, all of them or none."""

    source: Annotated[str, Field(max_length=LONGEST_ID)]
    seen: Seen
    why: Words
    decisions: Annotated[list[Decision], Field(min_length=1, max_length=MOST_ROWS)]


class Decided(BaseModel):
    """The numbers of the decisions."""

    decisions: list[int]


class Asked(Taken):
    """A question about a finding (its fingerprint), or about a row (kind and id) or a field of it."""

    message: Words
    finding: Annotated[str, Field(max_length=100)] | None = None
    kind: KindName | None = None
    id: Annotated[str, Field(max_length=LONGEST_ID)] | None = None
    extractor: Annotated[str, Field(max_length=200)] | None = None
    field: Annotated[str, Field(max_length=100)] | None = None


class Said(Taken):
    """What is said to a question. ``waive``: closing it accepts its finding for the same reason."""

    message: Words
    waive: bool = False


class MessageShape(BaseModel):
    """One step of a question."""

    state: str
    who: str
    at: Moment
    text: str
    revision: int


class QueryShape(BaseModel):
    """A question and its messages, oldest first. ``gone``: what it is about is there no more."""

    number: int
    state: str
    about: str
    target: str
    kind: str
    field: str
    extractor: str
    source: str
    said: str
    gone: bool
    messages: list[MessageShape]


class QueriesShape(BaseModel):
    """Some questions, newest first, and how many there are in all."""

    total: int
    offset: int
    queries: list[QueryShape]


ProgramName = StrEnum("ProgramName", {name: name for name in PROGRAMS})  # type: ignore[misc]  # made from the list


class Dataset(Taken):
    """What to export: what is settled, or one's own extraction; and for which programs besides."""

    extraction: Literal["settled", "own"] = "settled"
    programs: Annotated[tuple[ProgramName, ...], Field(max_length=len(PROGRAMS))] = ()
    licence: Annotated[str, Field(max_length=100)] = ""


class Check(Taken):
    """What to ask, by default every rule, and the shape of the report."""

    format: Literal["text", "json", "sarif", "html"] = "text"
    select: Annotated[tuple[Annotated[str, Field(max_length=100)], ...], Field(max_length=500)] = ()


class Report(BaseModel):
    """The report on what you may see, and how many findings are open, by severity."""

    report: str
    open: dict[str, int]


class CopyShape(BaseModel):
    """A checked copy of a workbook that was sent, in base64, and how many of its cells are marked."""

    name: str
    content: str
    marked: int


class TakenIn(BaseModel):
    """What became of an upload: counts by kind, and what was noticed."""

    added: dict[str, int]
    changed: dict[str, int]
    unchanged: dict[str, int]
    decided: dict[str, int]
    shared: list[str]
    passed_over: int
    remarks: list[str]
    revision: int
    copies: list[CopyShape]


class NotTakenIn(BaseModel):
    """Why nothing of an upload was taken in: every problem in a sentence, and how many there are."""

    error: str
    said: list[str] = []
    total: int = 0
    copies: list[CopyShape] = []


class AccountShape(BaseModel):
    """Somebody who may sign in, and as what."""

    name: str
    role: str


class Account(Taken):
    """A role, a password, or both; somebody new needs both."""

    role: Literal["extractor", "adjudicator", "owner"] | None = None
    password: Annotated[str, Field(max_length=1000)] | None = None
