"""What the API takes and answers: the shapes that its description (OpenAPI) shows. Rows have the shapes of their models."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema, WrapValidator, model_validator

from curation.entry.live import Remark
from curation.entry.rows import Problem
from curation.web.told import moment
from schemas.fields import FieldFacts
from schemas.kinds.base import Declared
from schemas.registry import KINDS, RECORDS

MOST_ROWS = 1000
"""Rows of one request, and of one page of an answer."""
LONGEST_ID = 500
LATEST = 2_000_000_000
"""The highest revision, offset or number that is understood."""

KindName = StrEnum("KindName", {kind: kind for kind in KINDS})  # type: ignore[misc]  # made from the models
RecordName = StrEnum("RecordName", {kind: kind for kind in RECORDS})  # type: ignore[misc]

Id = Annotated[str, Query(max_length=LONGEST_ID, description="id of the row")]
Offset = Annotated[int, Query(ge=0, le=LATEST, description="how many to pass over")]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="how many to answer at most")]
Seen = Annotated[int, Field(strict=True, ge=0, le=LATEST, description="the revision that you saw")]
Words = Annotated[str, Field(max_length=2000)]
Cells = dict[str, str | None]
"""Verbatim texts by field."""
Moment = Annotated[datetime, PlainSerializer(moment, return_type=str)]


def rows_of(model: type[Declared]) -> Any:  # noqa: ANN401 - an annotation
    """One row of a kind, or several: described as the model, and taken as sent, for the entry to judge in its words."""
    several = Annotated[list[model], Field(min_length=1, max_length=MOST_ROWS)]  # type: ignore[valid-type]
    return Annotated[model | several, WrapValidator(lambda given, _: given)]


def changes_of(model: type[Declared]) -> Any:  # noqa: ANN401 - an annotation
    """New texts for some fields of a kind, taken as sent."""
    text = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    fields = {each.name: {**text, "description": each.meaning} for each in model.fields()}
    return Annotated[Any, WithJsonSchema({"type": "object", "properties": fields, "additionalProperties": False})]


class Taken(BaseModel):
    """A body: an object, and nothing else may be in it."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _an_object(cls, given: object) -> object:
        """Refuse numbers and texts, whose attributes would otherwise be looked for."""
        if not isinstance(given, (dict, cls)):
            raise ValueError("the body is no object; send a JSON object")
        return given


class ProblemShape(BaseModel):
    """What is wrong with one cell, or with a whole row where ``field`` is null. Rows count from 0."""

    row: int
    field: str | None
    found: str
    expected: str
    sentence: str

    @classmethod
    def of(cls, one: Problem) -> ProblemShape:
        """The shape of a problem that the entry services found."""
        return cls(row=one.row, field=one.field, found=one.found, expected=one.expected, sentence=one.sentence)


class Refusal(BaseModel):
    """Why something was not done, as a sentence."""

    error: str


class Malformed(Refusal):
    """Why rows were not taken: each cell that is malformed, with what was found and what was expected."""

    problems: list[ProblemShape] = []


class RowShape(BaseModel):
    """One row with its verbatim texts. ``extractor`` is blank where the row belongs to nobody."""

    kind: str
    id: str
    extractor: str
    revision: int
    retired: bool
    cells: Cells


class Conflict(Refusal):
    """Somebody else saved meanwhile; ``now`` is the row as it is, where there is one to show."""

    now: RowShape | None = None


class RowsShape(BaseModel):
    """Some rows, and how many there are in all."""

    total: int
    offset: int
    rows: list[RowShape]


class RemarkShape(BaseModel):
    """What a rule says of one row. Nothing is refused for it."""

    row: int
    rule: str
    severity: str
    sentence: str
    explanations: list[str]
    fields: list[str]
    changes_conclusion: bool

    @classmethod
    def of(cls, row: int, one: Remark) -> RemarkShape:
        """The shape of a remark."""
        return cls(
            row=row, rule=one.rule, severity=one.severity, sentence=one.sentence, explanations=list(one.explanations),
            fields=list(one.fields), changes_conclusion=one.changes_conclusion,
        )  # fmt: skip


class Judged(BaseModel):
    """Rows that were looked at and not saved. ``derived``: by row the fields that a whole cell fills in."""

    problems: list[ProblemShape]
    remarks: list[RemarkShape]
    derived: list[dict[str, str]]


class Entered(BaseModel):
    """Rows that were saved: at which revision, under which ids, and what the rules say of them."""

    revision: int
    ids: list[str]
    remarks: list[RemarkShape]


class Changed(BaseModel):
    """A row that was changed. ``changed`` is false where it said that already, and nothing was written."""

    revision: int
    changed: bool
    remarks: list[RemarkShape] = []


class Credentials(Taken):
    """Who signs in. Without accounts the password is the key in the link that is printed when the server starts."""

    name: Annotated[str, Field(max_length=200)]
    password: Annotated[str, Field(max_length=1000)]


class Token(BaseModel):
    """Send it as ``Authorization: Bearer TOKEN``. It ends after ``idle_seconds`` without a request."""

    token: str
    name: str
    role: str
    idle_seconds: int


class Me(BaseModel):
    """Who is signed in, and what they may do."""

    name: str
    role: str
    may: list[str]


class ExtractorShape(BaseModel):
    """Somebody who extracts a source. ``records`` by kind; null where you may not see them yet."""

    name: str
    handed_in: bool
    records: dict[str, int] | None


class SourceShape(BaseModel):
    """A source, and how far it is. ``open``: all its extractions may be seen by you."""

    source: str
    revision: int
    cells: Cells
    open: bool
    why_not_extract: str | None
    extractors: list[ExtractorShape]


class SourcesShape(BaseModel):
    """Some sources, and how many there are in all."""

    total: int
    offset: int
    sources: list[SourceShape]


class Overview(BaseModel):
    """How far the review is, as far as you may see."""

    review: str
    revision: int
    sources: int
    open_sources: int
    own_sources: int
    own_records: dict[str, int]
    checked_at: Moment | None
    findings: int | None


class FieldShape(BaseModel):
    """A declared field. ``printed``: it takes a number as text, as it is printed. ``codes``: code and meaning."""

    name: str
    label: str
    meaning: str
    type: str
    unit: str
    example: str
    required: bool
    key: bool
    default: str | None
    printed: bool
    codes: dict[str, str] | None
    refers_to: str | None
    several: bool

    @classmethod
    def of(cls, one: FieldFacts, codes: dict[str, str] | None) -> FieldShape:
        """The shape of a declared field."""
        facts: dict[str, Any] = asdict(one)
        return cls(**facts | {"type": one.type_name, "printed": one.quantity is not None, "codes": codes})


class KindShape(BaseModel):
    """A kind of row. ``record``: it belongs to its extractor; others are shared."""

    kind: str
    plural: str
    meaning: str
    record: bool
    fields: list[FieldShape]


class ChangeShape(BaseModel):
    """One change of a row: per field the text before and after."""

    revision: int
    at: Moment
    who: str
    action: str
    why: str
    changed: dict[str, tuple[str | None, str | None]]
