"""Breaking what sources, registries and cohorts have in common."""

from __future__ import annotations

from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.source_worlds import (
    QUANTITIES,
    baseline_table,
    cohorts_of_one_centre,
    registered_trial,
    three_arms,
    trial_entities,
)

PLACE: Row = {"source": "article", "study": "study-1", "section": "Table 2", "row": "Alder", "column": "Rate"}


def entered_twice(draw: Draw) -> Tables:
    """One record is entered again, with another remark."""
    count = PLACE | {"arm": "exp", "outcome": "death", "events": str(draw.between(1, 40)), "total": "60"}
    return trial_entities("exp") | {"count": [count, count | {"note": "again"}]}


def rows_copied(draw: Draw) -> Tables:
    """Two arms have the same events of every outcome."""
    tables = trial_entities("exp", "ctl")
    names = [f"event-{number}" for number in range(5)]
    tables["outcome"] = [{"outcome": name, "label": name, "family_kind": "event"} for name in names]
    events = {name: str(draw.between(1, 60)) for name in names}
    key = {"source": "article", "study": "study-1", "total": "60"}
    counts = [key | {"arm": arm, "outcome": name, "events": events[name]} for arm in ("exp", "ctl") for name in names]
    return tables | {"count": counts}


def same_registry_number(draw: Draw) -> Tables:
    """Two studies of one review have the same registry number, written in two ways."""
    tables, number = cohorts_of_one_centre(draw), str(draw.between(10**7, 10**8 - 1))
    for study, written in zip(tables["study"], (f"NCT{number}", f"nct {number}"), strict=False):
        study["registry"] = written
    return tables


def means_copied(draw: Draw) -> Tables:
    """The control arm has the numbers of the experimental one."""
    tables = baseline_table(draw)
    cells = {
        name: {
            "n": "90",
            "mean": f"{centre + draw.rng.normal():.1f}",
            "sd": f"{spread * draw.rng.uniform(0.9, 1.1):.1f}",
        }
        for name, (centre, spread) in QUANTITIES.items()
    }
    return tables | {"mean": [row | cells[row["outcome"]] for row in tables["mean"]]}


def control_counted_twice(draw: Draw) -> Tables:
    """Two doses are pooled, each against the whole control arm."""
    tables = three_arms(draw)
    return tables | {
        "effect": [row | ({"comparator": "ctl"} if "comparator" in row else {}) for row in tables["effect"]]
    }


def cohort_within_cohort(draw: Draw) -> Tables:
    """One cohort recruited within the years of another of its centre."""
    tables, start = cohorts_of_one_centre(draw), draw.between(1985, 2000)
    spans = [row for row in tables["characteristic"] if row["characteristic"] == "period"]
    for row, low, high in (
        (spans[0], start, start + 12),
        (spans[1], start + draw.between(1, 4), start + draw.between(6, 11)),
    ):
        row |= {"low": str(low), "high": str(high)}
    return tables


def registry_disagrees(draw: Draw) -> Tables:
    """The registry counts other deaths than the article of the same year."""
    tables = registered_trial(draw)
    events = draw.between(10, 60)
    for row in tables["count"]:
        if row["outcome"] == "death" and row["arm"] == "exp":
            row.pop("percent", None)
            row |= {"total": "100", "events": str(events + (row["source"] == "registry") * draw.between(1, 30))}
    return tables | {"flow": []}


def far_from_the_plan(draw: Draw) -> Tables:
    """Far fewer or far more participants were randomised than were planned."""
    tables = registered_trial(draw)
    actual = int("".join(sign for sign in tables["flow"][0]["n"] if sign.isdigit()))
    planned = (
        round(actual * draw.rng.uniform(2.2, 4)) if draw.maybe(0.5) else round(actual * draw.rng.uniform(0.3, 0.6))
    )
    return tables | {"characteristic": [tables["characteristic"][0] | {"value": str(planned)}]}


def standard_errors_at_baseline(draw: Draw) -> Tables:
    """Two arms differ in age by several standard errors, which are printed as standard deviations."""
    mean, sd = QUANTITIES["age"]
    key = {"source": "article", "study": "study-1", "outcome": "age", "timepoint": "baseline", "n": "100"}
    shift = draw.rng.uniform(0.9, 2.0)
    rows = [
        key | {"arm": arm, "mean": f"{value:.1f}", "sd": f"{sd / 10:.1f}"}
        for arm, value in (("exp", mean), ("ctl", mean + shift))
    ]
    return trial_entities("exp", "ctl") | {"mean": rows}


SOURCE_BREAKERS = {
    "SOURCE-004": entered_twice,
    "SOURCE-005": rows_copied,
    "SOURCE-007": same_registry_number,
    "SOURCE-008": means_copied,
    "SOURCE-009": control_counted_twice,
    "SOURCE-010": cohort_within_cohort,
    "SOURCE-011": registry_disagrees,
    "SOURCE-012": far_from_the_plan,
    "BASELINE-001": standard_errors_at_baseline,
}
"""Rule id -> how to break it."""
