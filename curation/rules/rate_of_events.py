"""RATE-001. Catalogue 29: a rate is events over person-time."""

import numpy as np

from curation.engine.rule import rule
from schemas.intervals import Column
from schemas.wording import decimals

OTHERS = {1: "1", 10: "10", 100: "100", 1000: "1,000", 10_000: "10,000", 100_000: "100,000"}
UNITS = {"12": 12, "365.25": 365.25, "52.18": 52.18, "30.4375": 30.4375}
SENTENCES = {
    "12": "the person-time is in years where the rate is per months, or the other way round",
    "365.25": "the person-time is in years where the rate is per days, or the other way round",
    "52.18": "the person-time is in years where the rate is per weeks, or the other way round",
    "30.4375": "the person-time is in months where the rate is per days, or the other way round",
}


@rule(
    "RATE-001",
    severity="error",
    source="arithmetic",
    kinds=["rate"],
    after=["COUNT-003"],
    consistent=[
        dict(events="12", person_time="843.5", rate="1.42", per="100"), dict(events="12", person_time="843.5", rate="0.0142"),
        dict(events="0", person_time="120", rate="0.0", per="1000"),
    ],
    inconsistent=[
        dict(events="12", person_time="843.5", rate="1.52", per="100"), dict(events="12", person_time="843.5", rate="1.42", per="1000"),
        dict(events="12", person_time="843.5", rate="17.1", per="100"),
    ],
    cannot_tell=[
        dict(events="NR", person_time="843.5", rate="1.42", per="100"), dict(events="5", person_time=">200", rate="NR"),
        dict(events="5", person_time="<200", rate="3.1", per="100"),
    ],
    limits="Rates adjusted for age or other things (standardised rates) are not events over person-time; they do not belong in this kind.",
    look="what the rate is given per, and the unit of the person-time",
    oracle="brute force: test_rules_rates.py",
)  # fmt: skip
def rate_of_events(events, person_time, rate, per=None):
    """The rate is not the events divided by the person-time.

    rate = per * events / person-time. The events are exact; the person-time and the rate are intervals of rounding,
    and the rule contradicts only if no pair of numbers inside them fits.
    """
    return rate.meets(events * person_years(per) / person_time)


def person_years(per):
    """What the rate is given per, as a number; 1 where blank."""
    number = np.array([float(one) if one else 1.0 for one in per.values])
    return Column.from_ends(number, number)


@rate_of_events.expects
def the_rate(row):
    events, time, per = row["events"].value, row["person_time"].value, float(row.code("per") or 1)
    if events is None or not time:
        return ""
    return f"{per * float(events) / float(time):.{decimals(row['rate'])}f}"


@rate_of_events.explain
def another_per(row):
    own = float(row.code("per") or 1)
    fits = [text for number, text in OTHERS.items() if number != own and row.holds(per=str(number))]
    return [f"the rate fits if it is given per {' or '.join(fits)}"] if fits and row["events"].low else []


@rate_of_events.explain
def another_unit(row):
    own = float(row.code("per") or 1)
    if not row["events"].low:
        return []
    return [
        SENTENCES[name]
        for name, factor in UNITS.items()
        if row.holds(per=repr(own * factor)) or row.holds(per=repr(own / factor))
    ]
