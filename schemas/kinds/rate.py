"""Events per person-time."""

from __future__ import annotations

from typing import Annotated, ClassVar

from schemas.fields import Count as CountField
from schemas.fields import Nonnegative, OneOf, Percent, about
from schemas.kinds.base import Face, Record


class Rate(Record):
    """Events counted over the time that participants were followed, and the rate per so much person-time."""

    kind: ClassVar[str] = "rate"
    label_plural: ClassVar[str] = "rates"
    faces: ClassVar[tuple[Face, ...]] = ({"estimate": "rate", "measure": "=rate"},)
    composite: ClassVar[dict[str, str]] = {
        "events": "events", "total": "person_time", "estimate": "rate", "lower": "lower", "upper": "upper",
    }  # fmt: skip

    events: CountField = about("Events counted", example="12", unit="events")
    person_time: Nonnegative = about("Time that all participants together were followed", example="843.5")
    time_unit: Annotated[str, OneOf("time_unit")] = about("Unit of the person-time", example="months", default="years")
    rate: Nonnegative = about("Events per person-time", example="1.42")
    per: Annotated[str, OneOf("per")] = about("Person-time the rate is given for", example="100", default="1", key=True)
    lower: Nonnegative = about("Lower limit of the interval of the rate", example="0.81")
    upper: Nonnegative = about("Upper limit of the interval of the rate", example="2.49")
    level: Percent = about("Confidence level; blank for 95%", example="95%", unit="%")
