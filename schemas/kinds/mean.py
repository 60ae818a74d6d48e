"""Means, medians and their spread."""

from __future__ import annotations

from typing import Annotated, ClassVar

from schemas.fields import Count, Nonnegative, Number, OneOf, Percent, about
from schemas.kinds.base import Face, Record


class Mean(Record):
    """A measured quantity of a group: mean or median, spread, range, and the scale it was measured on."""

    kind: ClassVar[str] = "mean"
    label_plural: ClassVar[str] = "means"
    faces: ClassVar[tuple[Face, ...]] = ({"estimate": "mean", "total": "n", "measure": "=mean"},)
    composite: ClassVar[dict[str, str]] = {
        "estimate": "mean", "lower": "lower", "upper": "upper", "first": "mean", "second": "sd",
    }  # fmt: skip

    moment: Annotated[str, OneOf("moment")] = about(
        "Whether it is the value at one time or the change since baseline", example="change", default="value", key=True
    )
    n: Count = about("Participants measured", example="52", unit="participants")
    mean: Number = about("Mean", example="58.5")
    sd: Nonnegative = about("Standard deviation", label="SD", example="9.1")
    se: Nonnegative = about("Standard error of the mean", label="SE", example="1.3")
    lower: Number = about("Lower limit of the interval of the mean", example="55.9")
    upper: Number = about("Upper limit of the interval of the mean", example="61.1")
    level: Percent = about("Confidence level; blank for 95%", example="95%", unit="%")
    median: Number = about("Median", example="59")
    q1: Number = about("Lower quartile", example="52")
    q3: Number = about("Upper quartile", example="66")
    minimum: Number = about("Smallest value", example="34")
    maximum: Number = about("Largest value", example="75")
    scale_min: Number = about("Lowest value the scale allows", example="1")
    scale_max: Number = about("Highest value the scale allows", example="7")
    items: Count = about("Items averaged into one score", example="1")
    whole_numbers: Annotated[str, OneOf("yes_no")] = about(
        "Whether each item can only take whole numbers", example="yes", default="no"
    )
    unit: str | None = about("Unit of the quantity, as printed", example="years")
