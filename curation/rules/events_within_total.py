"""COUNT-001."""

from curation.engine.rule import rule
from schemas.verdicts import Verdicts


@rule(
    "COUNT-001",
    severity="error",
    source="arithmetic",
    field="events",
    consistent=[dict(events="22", total="52"), dict(events="0", total="30"), dict(events="30", total="30")],
    inconsistent=[dict(events="36", total="30")],
    cannot_tell=[dict(events="22", total="NR"), dict(events="22")],
    look="whether events and total are swapped, or the total belongs to another group",
    oracle="brute force: test_bruteforce_effects.py",
)
def events_within_total(events, total):
    """There are more events than participants."""
    return events.at_most(total)


@events_within_total.screen
def surely_within(events, total):
    return Verdicts.surely(events.low_at_hand <= total.high_at_hand)


@events_within_total.expects
def at_most_the_total(row):
    return f"at most {row['total']}"
