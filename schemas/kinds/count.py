"""Events out of a total."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from schemas.fields import Count as CountField
from schemas.fields import OneOf, Percent, PValue, about
from schemas.kinds.base import Face, Record


class Count(Record):
    """Participants (or records) with an event, out of a total, with the printed percentage and its interval."""

    kind: ClassVar[str] = "count"
    label_plural: ClassVar[str] = "counts"
    faces: ClassVar[tuple[Face, ...]] = ({"estimate": "percent", "measure": "=percent"},)
    composite: ClassVar[dict[str, str]] = {
        "events": "events", "total": "total", "percent": "percent",
        "estimate": "percent", "lower": "lower", "upper": "upper",
    }  # fmt: skip
    implied: ClassVar[tuple[str, ...]] = ("total_from",)

    events: CountField = about("Participants who had the event", example="22", unit="participants")
    total: CountField = about("Participants who could have had it", example="52", unit="participants")
    total_from: Annotated[str, OneOf("total_from")] = about(
        "Where the total is printed", example="cell", default="unknown"
    )
    episodes: CountField = about("Events counted, where one participant may have several", example="31", unit="events")
    percent: Percent = about("Percentage as printed", example="42.3%", unit="%")
    lower: Percent = about("Lower limit of the interval of the percentage", example="29.2%", unit="%")
    upper: Percent = about("Upper limit of the interval of the percentage", example="56.8%", unit="%")
    level: Percent = about("Confidence level; blank for 95%", example="95%", unit="%")
    p: PValue = about("P value printed beside it", label="P", example="0.03")
    estimator: Annotated[str, OneOf("estimator")] = about(
        "How the percentage was estimated", example="proportion", default="proportion"
    )

    @classmethod
    def _complete(cls, cells: dict[str, Any]) -> dict[str, Any]:
        """A total split off the same cell is printed with its events."""
        typed = "total" in cells
        whole = super()._complete(cells)
        if "total" in whole and not typed:
            whole.setdefault("total_from", "cell")
        return whole
