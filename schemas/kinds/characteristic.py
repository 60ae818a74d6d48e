"""Characteristics of studies, groups and methods."""

from __future__ import annotations

from typing import Annotated, ClassVar

from schemas.fields import Number, OneOf, about
from schemas.kinds.base import Record


class Characteristic(Record):
    """A stated quantity that is not an outcome: years, ages, doses, sizes, bands, criteria."""

    kind: ClassVar[str] = "characteristic"
    label_plural: ClassVar[str] = "characteristics"
    composite: ClassVar[dict[str, str]] = {"estimate": "value", "lower": "low", "upper": "high"}

    characteristic: Annotated[str, OneOf("characteristic")] = about(
        "What is stated", example="participants", required=True, key=True
    )
    label: str | None = about("Which one, where the code is not enough", example="creatinine clearance", key=True)
    value: Number = about("The number", example="173")
    low: Number = about("Low end of a span, range or band", example="2007")
    high: Number = about("High end of a span, range or band", example="2014")
    inclusive: Annotated[str, OneOf("inclusive")] = about(
        "Which ends belong to a band", example="both", default="unknown"
    )
    text: str | None = about("The statement, where it is not a number", example="France")
