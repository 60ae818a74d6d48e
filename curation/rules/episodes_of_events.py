"""COUNT-005. Catalogue 7: events counted against participants affected."""

from curation.engine.rule import rule


@rule(
    "COUNT-005",
    severity="error",
    source="arithmetic: whoever is affected has had at least one event",
    after=["COUNT-003"],
    consistent=[dict(events="22", episodes="31"), dict(events="0", episodes="0"), dict(events="7", episodes="7")],
    inconsistent=[dict(events="22", episodes="21"), dict(events="0", episodes="3"), dict(events="2", episodes="0")],
    cannot_tell=[dict(events="NR", episodes="31"), dict(events="3|9?", episodes="5")],
    look="whether the two columns were swapped, and whether the events were counted over the same time",
    oracle="brute force: test_rules_rates.py",
)
def episodes_of_events(events, episodes):
    """The number of events does not go with the number of participants who had one.

    episodes >= events, and episodes = 0 exactly if events = 0, where events counts participants and episodes what
    happened to them. Both are whole numbers and exact; a cell with two readings is taken as all numbers in between.
    """
    one, two = events.is_point, episodes.is_point
    open_one = (one | two) & ~(one & two)
    nobody = (events.is_(0) & _positive(episodes)) | (episodes.is_(0) & _positive(events))
    judged = episodes.at_least(events)
    judged.codes[nobody] = 1
    return judged.cannot_tell(open_one & (judged.codes != 1))


def _positive(column):
    return column.known & (column.low > 0)


@episodes_of_events.explain
def swapped(row):
    events, episodes = row["events"].value, row["episodes"].value
    if episodes and events is not None and row.holds(events=episodes, episodes=events):
        return ["the two numbers may be swapped"]
    return []
