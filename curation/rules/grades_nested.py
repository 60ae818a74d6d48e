"""SUM-007. Catalogue 7: adverse events."""

from curation.engine.rule import rule

_FAMILY = [
    dict(
        kind="outcome",
        outcome="g4",
        label="Neutropenia of grade 4",
        family="neutropenia",
        family_kind="grade",
        rank="1",
    ),
    dict(
        kind="outcome",
        outcome="ge3",
        label="Neutropenia of grade 3 or higher",
        family="neutropenia",
        family_kind="grade",
        rank="2",
    ),
    dict(
        kind="outcome",
        outcome="any",
        label="Neutropenia of any grade",
        family="neutropenia",
        family_kind="grade",
        rank="5",
    ),
]


@rule(
    "SUM-007",
    severity="error",
    source="arithmetic: an event of a higher grade is an event of the lower grades' class",
    oracle="brute force: test_bruteforce_sums.py",
    after=["PERCENT-001", "COUNT-003"],
    field="part",
    rows="SELECT * EXCLUDE (relation) FROM nested WHERE relation = 'grade'",
    consistent=[
        [*_FAMILY, dict(kind="count", outcome="g4", percent="14%"), dict(kind="count", outcome="ge3", percent="29%"),
         dict(kind="count", outcome="any", percent="29.4%")],
        [*_FAMILY, dict(kind="count", outcome="ge3", events="12", total="40"), dict(kind="count", outcome="any", events="12", total="40")],
    ],
    inconsistent=[
        [*_FAMILY, dict(kind="count", outcome="ge3", percent="41%"), dict(kind="count", outcome="any", percent="14%")],
        [*_FAMILY, dict(kind="count", outcome="g4", events="13", total="40"), dict(kind="count", outcome="ge3", events="12", total="40")],
    ],
    cannot_tell=[[*_FAMILY, dict(kind="count", outcome="ge3", percent="41%"), dict(kind="count", outcome="any", percent="NR")]],
    limits="Groups with different totals are different groups.",
    look="whether the two numbers are swapped, or events were counted instead of participants",
)  # fmt: skip
def grades_nested(part, whole):
    """More participants have the event at the higher grade than at the lower one.

    e(grade 4) <= e(grade 3 or higher) <= e(any grade), as participants with at least one such event; percentages inside their
    intervals.
    """
    return part.at_most(whole)


@grades_nested.expects
def no_more(row):
    return f"at most {row['whole'].text.strip()}, the number for {row.code('whole_label')}"


@grades_nested.reading(
    "the two numbers stand in different sections and may come from different reports or data cuts", "warning"
)
def other_places(row):
    return row.code("same_place") == "no"
