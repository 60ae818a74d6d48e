"""Test statistics."""

from __future__ import annotations

from typing import Annotated, ClassVar

from schemas.fields import Nonnegative, Number, OneOf, PValue, about
from schemas.kinds.base import Record


class Test(Record):
    """A test statistic with its degrees of freedom and P value."""

    __test__: ClassVar[bool] = False  # pytest: a record kind, not a test class
    kind: ClassVar[str] = "test"
    label_plural: ClassVar[str] = "tests"

    comparator: str | None = about("Arm compared with", example="dex", key=True)
    statistic_type: Annotated[str, OneOf("statistic")] | None = about(
        "Which statistic; blank where only a P value is printed", example="t"
    )
    statistic: Number = about("Value of the statistic", example="2.20")
    df1: Nonnegative = about("Degrees of freedom, or the numerator's", example="28")
    df2: Nonnegative = about("Degrees of freedom of the denominator (F)", example="90")
    p: PValue = about("P value", label="P", example="0.036")
    tails: Annotated[str, OneOf("tails")] = about("Sides of the test", example="two", default="unknown")
