"""What every declared model shares: strict text in, verbatim text out, and the key and place of a record."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator

from schemas import grammar
from schemas.fields import LONGEST_TEXT, FieldFacts, OneOf, RefersTo, about, facts_of

Face = dict[str, str]
"""How a record shows itself to rules: rule argument -> field, or '=code' for a constant."""


@cache
def _facts(model: type[BaseModel]) -> tuple[FieldFacts, ...]:
    return tuple(facts_of(name, info) for name, info in model.model_fields.items())


class Declared(BaseModel):
    """A declared model. Blank cells are absent; unknown columns are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    kind: ClassVar[str]
    label_plural: ClassVar[str]

    @classmethod
    def fields(cls) -> list[FieldFacts]:
        """Every field of the model, in the order in which a person fills it in."""
        return list(_facts(cls))

    @classmethod
    def printed_fields(cls) -> list[FieldFacts]:
        """The fields that hold printed numbers."""
        return [each for each in cls.fields() if each.quantity is not None]

    @model_validator(mode="before")
    @classmethod
    def _tidy(cls, given: Any) -> Any:  # noqa: ANN401 - pydantic hands over whatever the caller gave
        if not isinstance(given, dict):
            return given
        cells = {name: cell for name, cell in given.items() if cell is not None and cell != ""}
        for name, cell in cells.items():
            if isinstance(cell, str) and len(cell) > LONGEST_TEXT:
                raise ValueError(f"{name} holds {len(cell)} characters; a cell may hold {LONGEST_TEXT}")
        return cls._complete(cells)

    @classmethod
    def _complete(cls, cells: dict[str, Any]) -> dict[str, Any]:
        return cells


class Record(Declared):
    """One reported statistic: whose it is, where it is printed, and how well it can be read.

    Two records with the same key and different places are the same fact printed twice.
    """

    faces: ClassVar[tuple[Face, ...]] = ({},)
    composite: ClassVar[dict[str, str]] = {}
    """Which field takes which part of a composite cell ("79.0 (68.0-91.0)")."""
    implied: ClassVar[tuple[str, ...]] = ()
    """Other fields that a composite cell fills in."""

    record: str | None = about("Your own id for the record; made for you if left blank", example="zhong-t2-cr")
    source: Annotated[str, RefersTo("source")] = about(
        "Id of the document it is printed in", example="zhong-2021", required=True, key=True
    )
    study: Annotated[str, RefersTo("study")] | None = about(
        "Id of the study it is about", example="coman-2013", key=True
    )
    arm: Annotated[str, RefersTo("arm")] | None = about("Id of the arm it is about", example="len-dex", key=True)
    outcome: Annotated[str, RefersTo("outcome")] | None = about("Id of the outcome", example="cr", key=True)
    analysis_set: str | None = about(
        "Which participants: all, evaluable, a subgroup; blank for all", example="evaluable", key=True
    )
    timepoint: str | None = about("When it was measured, as printed", example="2 years", key=True)
    page: str | None = about("Page", example="7740")
    section: str | None = about("Section of the text, or the table or figure", example="Table 2")
    row: str | None = about("Row of the table, as printed", example="CR")
    column: str | None = about("Column of the table, as printed", example="Overall rate")
    printed: str | None = about(
        "The whole cell as printed, when it holds several numbers; they are split into their fields for you",
        example="22 (42.3%)",
    )
    quote: str | None = about("The words around the number, verbatim and short", example="22 (42.3%)")
    legibility: Annotated[str, OneOf("legibility")] = about(
        "Whether the source can be read here", example="clear", default="clear"
    )
    decimal_mark: Annotated[str, OneOf("decimal_mark")] = about(
        "Decimal mark of the source", example="point", default="point"
    )
    note: str | None = about("Anything a reader of the record should know", example="read from the figure")

    @classmethod
    def _complete(cls, cells: dict[str, Any]) -> dict[str, Any]:
        whole = cells.get("printed")
        if not isinstance(whole, str) or not cls.composite:
            return cells
        taken = {field for field in cls.composite.values() if field in cells}
        parts = grammar.split(whole, "comma" if cells.get("decimal_mark") == "comma" else "point")
        for part in parts:
            field = cls.composite.get(part.role)
            if field and field not in taken:
                cells.setdefault(field, part.text)
        return cells

    @classmethod
    def own_fields(cls) -> list[FieldFacts]:
        """The fields of this kind alone, without those that every record has."""
        return [each for each in cls.fields() if each.name not in Record.model_fields]
