"""Effects of one study: a comparison or a single-group estimate with its interval."""

from __future__ import annotations

from typing import Annotated, ClassVar

from schemas.fields import Count, Nonnegative, Number, OneOf, Percent, Proportion, PValue, RefersTo, about
from schemas.kinds.base import Face, Record


class Effect(Record):
    """An effect estimate with its interval, P value and weight."""

    kind: ClassVar[str] = "effect"
    label_plural: ClassVar[str] = "effects"
    faces: ClassVar[tuple[Face, ...]] = ({},)
    composite: ClassVar[dict[str, str]] = {"estimate": "estimate", "lower": "lower", "upper": "upper"}

    comparator: Annotated[str, RefersTo("arm")] | None = about("Id of the arm compared with", example="dex", key=True)
    measure: Annotated[str, OneOf("measure")] = about("Effect measure", example="HR", required=True, key=True)
    n: Count = about("Participants analysed", example="209", unit="participants")
    estimate: Proportion = about("Estimate, on the natural scale of the measure", example="0.66")
    lower: Proportion = about("Lower limit", example="0.52")
    upper: Proportion = about("Upper limit", example="0.84")
    level: Percent = about("Confidence level; blank for 95%", example="95%", unit="%")
    se: Nonnegative = about("Standard error on the scale of analysis (log for ratios)", label="SE", example="0.12")
    p: PValue = about("P value", label="P", example="<0.001")
    statistic: Number = about("Test statistic", example="-3.4")
    df: Nonnegative = about("Degrees of freedom", example="1")
    weight: Percent = about("Weight in the pooled estimate", example="12.5%", unit="%")
    interval_method: Annotated[str, OneOf("interval_method")] = about(
        "How the interval was made", example="wald", default="unknown"
    )
