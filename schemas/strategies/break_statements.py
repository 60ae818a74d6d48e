"""Breaking what is stated in words and diagrams: bands, tools, quotes, boxes that grow."""

from __future__ import annotations

from schemas.strategies.break_numbers import PLACE, alone
from schemas.strategies.draw import Draw, Row, Tables


def _ages(*ends: tuple[int, int]) -> Tables:
    bands: list[Row] = [
        PLACE | {"characteristic": "band", "label": f"age: group {n}", "low": str(low), "high": str(high), "section": "Table 1"}
        for n, (low, high) in enumerate(ends, 1)
    ]  # fmt: skip
    return {"characteristic": bands}


def bands_overlap(draw: Draw) -> Tables:
    """The second age group starts inside the first."""
    start, end = draw.between(18, 30), draw.between(50, 65)
    return _ages((start, end), (end - draw.between(2, 9), end + 20))


def bands_apart(draw: Draw) -> Tables:
    """Nobody belongs to the years between two age groups."""
    start, end = draw.between(18, 30), draw.between(50, 65)
    return _ages((start, end), (end + draw.between(3, 9), end + 20))


def tool_for_another_design(draw: Draw) -> Tables:
    """A tool used on studies that it is not made for."""
    tool, design = (("QUADAS-2", "cohort"), ("Newcastle-Ottawa", "randomised"), ("RoB 2", "cohort"))[draw.between(0, 2)]
    return alone("appraisal", {"tool": tool, "applied_to": design})


def domain_of_no_tool(draw: Draw) -> Tables:
    """A domain that the tool does not have."""
    tool = draw.one_of("QUADAS-2", "RoB 2", "ROBINS-I")
    return alone("appraisal", {"tool": tool, "domain": draw.one_of("blind method", "quality of writing", "funding")})


def known_tool_as_other(draw: Draw) -> Tables:
    """A tool of the list entered as one that is not in it."""
    return alone(
        "appraisal", {"tool": "other", "tool_name": draw.one_of("Newcastle Ottawa Scale", "QUADAS 2", "ROBINS I")}
    )


def quote_without_the_number(draw: Draw) -> Tables:
    """The number does not stand in the words quoted for it."""
    events = draw.between(11, 40)
    return alone("count", {"events": str(events), "quote": f"{events + draw.between(1, 9)} of the patients responded"})


def quote_of_nobody(draw: Draw) -> Tables:
    """The words quoted do not stand in the document."""
    events = draw.between(11, 40)
    document = {"source": PLACE["source"], "text": f"A response was seen in {events} of 90 patients."}
    return alone("count", {"events": str(events), "quote": f"{events} patients responded"}) | {"document": [document]}


def more_assessed_than_screened(draw: Draw) -> Tables:
    """More reports are read in full than were screened."""
    screened = draw.between(50, 400)
    boxes = {"screened": screened, "assessed": screened + draw.between(1, 40)}
    return {
        "flow": [
            {"source": PLACE["source"], "diagram": "prisma", "node": node, "n": str(n)} for node, n in boxes.items()
        ]
    }


def number_out_of_range(draw: Draw) -> Tables:
    """A share above 100%, or a negative number where there is none."""
    if draw.maybe(0.5):
        return alone("pooled", {"measure": "OR", "i2": f"{draw.between(101, 990)}%"})
    return alone("mean", {"n": "40", "mean": "12.1", "sd": f"-{draw.between(1, 40)}.3"})


def heterogeneity_of_one(draw: Draw) -> Tables:
    """I2 above zero for a single study."""
    return alone("pooled", {"measure": "OR", "k": "1", "i2": f"{draw.between(10, 90)}%"})
