"""Breaking one number of a whole review, and identities between sources."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from schemas.strategies.break_families import WHERE, with_entities
from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.printing import Printer
from schemas.strategies.review import simulate_review

Chosen = Callable[[Row], bool]


def altered(draw: Draw, kind: str, chosen: Chosen, field: str, by: int) -> Tables:
    """A review of two studies in which one count, in the first row that is chosen, is off by so many."""
    while True:
        review = simulate_review(draw.between(0, 10**6), 2, Printer())
        place = next((number for number, row in enumerate(review[kind]) if chosen(row)), None)
        if place is not None:
            row = review[kind][place]
            review[kind][place] = row | {field: str(max(0, int(row[field]) + by))}
            return review


def _states(what: str, row: Row) -> bool:
    return row["characteristic"] == what and "study" not in row and "label" not in row and "value" in row


def participants_off(draw: Draw) -> Tables:
    """The participants of the review are not the sum of its studies."""
    return altered(draw, "characteristic", lambda row: _states("participants", row), "value", draw.between(5, 90))


def studies_off(draw: Draw) -> Tables:
    """The review states more studies than it lists."""
    return altered(draw, "characteristic", lambda row: _states("studies", row), "value", draw.between(2, 9))


def designs_off(draw: Draw) -> Tables:
    """The studies of one design are more than all studies."""
    return altered(
        draw,
        "characteristic",
        lambda row: row["characteristic"] == "studies" and "label" in row,
        "value",
        draw.between(4, 9),
    )


def arms_off(draw: Draw) -> Tables:
    """All participants together are more than the arms."""
    return altered(
        draw, "characteristic", lambda row: row.get("arm") == "total" and "value" in row, "value", draw.between(3, 60)
    )


def years_off(draw: Draw) -> Tables:
    """The stated span of years ends before the last study."""
    return altered(
        draw,
        "characteristic",
        lambda row: row["characteristic"] == "publication_year" and "low" in row,
        "high",
        -draw.between(21, 30),
    )


def randomised_off(draw: Draw) -> Tables:
    """More participants are randomised than are allocated."""
    return altered(draw, "flow", lambda row: row["node"] == "randomised", "n", draw.between(3, 60))


def analysed_off(draw: Draw) -> Tables:
    """More participants are analysed than were allocated to the arm; the other boxes are not given."""
    allocated = draw.between(40, 200)
    place = {"source": "source-1", "study": "study-1", "arm": "exp", "section": "Figure 1", "diagram": "consort"}
    boxes = {"allocated": allocated, "analysed": allocated + draw.between(2, 30)}
    return with_entities(
        {"flow": [place | {"node": node, "n": draw.to.count(number)} for node, number in boxes.items()]}
    )


def too_many_pooled(draw: Draw) -> Tables:
    """More studies are pooled than the review includes."""
    return altered(draw, "pooled", lambda row: "k" in row and row["measure"] == "proportion", "k", draw.between(3, 9))


def too_many_participants_pooled(draw: Draw) -> Tables:
    """More participants are pooled than the review has."""
    return altered(draw, "pooled", lambda row: "n" in row, "n", draw.between(900, 2000))


def score_off(draw: Draw) -> Tables:
    """A score is beyond its scale."""
    return altered(draw, "appraisal", lambda row: "score" in row, "score", draw.between(10, 30))


def questions_off(draw: Draw) -> Tables:
    """The questions of the domains do not add up to the highest score."""
    return altered(draw, "appraisal", lambda row: "questions" in row, "questions", draw.between(2, 6))


def sources_disagree(draw: Draw) -> Tables:
    """Two sources print different percentages of the same fact."""
    percent = draw.rng.uniform(10, 60)
    return _two_sources(
        {"percent": draw.to.percent(percent)}, {"percent": draw.to.percent(percent + draw.rng.uniform(3, 30))}
    )


def source_disagrees_with_counts(draw: Draw) -> Tables:
    """The percentage of one source is not the events out of the total of another."""
    total = draw.between(40, 300)
    events = draw.between(5, total // 2)
    percent = Fraction(100 * events, total) + draw.between(4, 30)
    return _two_sources({"percent": draw.to.percent(percent)}, {"events": str(events), "total": str(total)})


def _two_sources(one: Row, other: Row) -> Tables:
    key = WHERE | {"outcome": "cr", "column": "CR"}
    tables = with_entities({"count": [key | one, key | {"source": "source-2"} | other]})
    tables["source"] += [tables["source"][0] | {"source": "source-2"}]
    return tables
