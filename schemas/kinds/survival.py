"""Time to an event: medians and landmark rates."""

from __future__ import annotations

from typing import Annotated, ClassVar

from schemas.fields import Count, OneOf, Percent, Time, about
from schemas.kinds.base import Face, Record


class Survival(Record):
    """Survival of one group: the median, or the percentage free of the event at a time, with intervals."""

    kind: ClassVar[str] = "survival"
    label_plural: ClassVar[str] = "survival results"
    faces: ClassVar[tuple[Face, ...]] = (
        {"estimate": "median", "measure": "=survival_time"},
        {"estimate": "rate", "lower": "rate_lower", "upper": "rate_upper", "measure": "=survival_rate"},
    )
    composite: ClassVar[dict[str, str]] = {"estimate": "median", "lower": "lower", "upper": "upper"}

    total: Count = about("Participants followed", example="52", unit="participants")
    events: Count = about("Participants who had the event", example="31", unit="participants")
    median: Time = about("Median time to the event", example="24.9 months", unit="time")
    lower: Time = about("Lower limit of the interval of the median", example="12.5", unit="time")
    upper: Time = about("Upper limit of the interval of the median", example="not reached", unit="time")
    level: Percent = about("Confidence level; blank for 95%", example="95%", unit="%")
    time: Time = about("Time of the landmark rate", example="2 years", unit="time")
    rate: Percent = about("Percentage free of the event at that time", example="69.0%", unit="%")
    rate_lower: Percent = about("Lower limit of the interval of the rate", example="56.0%", unit="%")
    rate_upper: Percent = about("Upper limit of the interval of the rate", example="81.0%", unit="%")
    at_risk: Count = about("Participants still at risk at that time", example="20", unit="participants")
    time_unit: Annotated[str, OneOf("time_unit")] = about(
        "Unit of the times where the cell gives none", example="months", default="months"
    )
    estimator: Annotated[str, OneOf("estimator")] = about(
        "How the rate was estimated", example="kaplan_meier", default="kaplan_meier"
    )
