"""How a field is declared: its type says what it holds, ``about`` says what it means. Everything else is derived.

A model writes ``events: Count = about("Participants who had the event", example="22", unit="participants")``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from schemas import quantities
from schemas.codes import CODES
from schemas.printed import Malformed, Mark, Printed, parse
from schemas.quantities import Quantity

LONGEST_TEXT = 2000
"""Characters a text cell may hold; a longer one is a paste of the wrong thing."""


@lru_cache(maxsize=200_000)
def read(text: str, quantity: Quantity, mark: Mark = "point") -> Printed:
    """Parse, remembering: the same printed texts come again and again."""
    return parse(text, quantity, mark)


@dataclass(frozen=True, slots=True)
class PrintedAs:
    """Annotation: the field holds a printed number of this quantity."""

    quantity: Quantity

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        def validate(given: object, info: ValidationInfo) -> Printed:
            if isinstance(given, Printed):
                return given
            if not isinstance(given, str):
                raise Malformed(f"{given!r} is not text; write the number as it is printed, in quotes")
            mark: Mark = "comma" if (info.data or {}).get("decimal_mark") == "comma" else "point"
            return read(given, self.quantity, mark)

        return core_schema.with_info_plain_validator_function(
            validate, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "description": f"as printed: {self.quantity.meaning}"}


@dataclass(frozen=True, slots=True)
class OneOf:
    """Annotation: the field holds one value of a code list in ``schemas.codes``."""

    codes: str

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        allowed = CODES[self.codes]

        def validate(given: object) -> str:
            if isinstance(given, str) and given.strip() in allowed:
                return given.strip()
            raise ValueError(f"{given!r} is not one of {', '.join(allowed)}")

        return core_schema.no_info_plain_validator_function(
            validate, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "enum": list(CODES[self.codes])}


@dataclass(frozen=True, slots=True)
class RefersTo:
    """Annotation: the field holds the id of another entity ("study", "arm", ...), or several with spaces between."""

    entity: str
    several: bool = False


Count = Annotated[Printed, PrintedAs(quantities.COUNT)] | None
Percent = Annotated[Printed, PrintedAs(quantities.PERCENT)] | None
Proportion = Annotated[Printed, PrintedAs(quantities.PROPORTION)] | None
Number = Annotated[Printed, PrintedAs(quantities.NUMBER)] | None
Nonnegative = Annotated[Printed, PrintedAs(quantities.NONNEGATIVE)] | None
Time = Annotated[Printed, PrintedAs(quantities.TIME)] | None
PValue = Annotated[Printed, PrintedAs(quantities.P_VALUE)] | None


def about(
    meaning: str,
    *,
    example: str = "",
    unit: str = "",
    label: str = "",
    default: str | None = None,
    required: bool = False,
    key: bool = False,
) -> Any:  # noqa: ANN401 - as pydantic.Field: the annotation on the left decides the type
    """Declare what a field means: help text, an example that validates, its unit, whether it must be given.

    ``label`` is how papers write the field ("I²"), where that is not its name.
    """
    extra: dict[str, Any] = {"unit": unit, "key": key, "label": label}
    examples = [example] if example else []
    if required:
        return Field(description=meaning, examples=examples, json_schema_extra=extra)
    return Field(default=default, description=meaning, examples=examples, json_schema_extra=extra)


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """What every derived face needs to know of one field."""

    name: str
    meaning: str
    label: str
    unit: str
    example: str
    required: bool
    key: bool
    default: str | None
    quantity: Quantity | None
    codes: str | None
    refers_to: str | None
    several: bool = False
    """Whether it holds any number of ids, separated by spaces."""

    @property
    def type_name(self) -> str:
        """The field's type in words."""
        if self.quantity:
            return f"printed {self.quantity.name}"
        if self.codes:
            return f"one of: {', '.join(CODES[self.codes])}"
        if not self.refers_to:
            return "text"
        some = "an" if self.refers_to[0] in "aeiou" else "a"
        return f"ids of {self.refers_to} rows" if self.several else f"id of {some} {self.refers_to}"


def facts_of(name: str, info: FieldInfo) -> FieldFacts:
    """Read a Pydantic field declaration back as plain facts."""
    marks = list(_marks(info))
    extra: Mapping[str, Any] = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    pick: Callable[[type], Any] = lambda wanted: next((m for m in marks if isinstance(m, wanted)), None)  # noqa: E731 - a local shorthand
    printed, one_of, refers = pick(PrintedAs), pick(OneOf), pick(RefersTo)
    return FieldFacts(
        name=name,
        meaning=info.description or "",
        label=str(extra.get("label") or name.replace("_", " ")),
        unit=str(extra.get("unit", "")),
        example=str((info.examples or [""])[0]),
        required=info.is_required(),
        key=bool(extra.get("key")),
        default=None if info.is_required() else info.default,
        quantity=printed.quantity if printed else None,
        codes=one_of.codes if one_of else None,
        refers_to=refers.entity if refers else None,
        several=bool(refers and refers.several),
    )


def _marks(info: FieldInfo) -> list[object]:
    found: list[object] = list(info.metadata)
    pending: list[object] = [info.annotation]
    while pending:
        one = pending.pop()
        if get_origin(one) is Annotated:
            found.extend(get_args(one)[1:])
        elif get_origin(one) in (Union, UnionType):
            pending.extend(get_args(one))
    return found
