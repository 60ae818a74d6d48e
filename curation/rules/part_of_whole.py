"""SUM-008. Catalogue 7: a part and its whole."""

from curation.engine.rule import rule

_OUTCOMES = [
    dict(kind="outcome", outcome="cr", label="Complete response", contains="scr"),
    dict(kind="outcome", outcome="scr", label="Stringent complete response"),
]


@rule(
    "SUM-008",
    severity="error",
    source="arithmetic",
    oracle="brute force: test_bruteforce_sums.py",
    after=["PERCENT-001", "COUNT-003"],
    field="part",
    rows="SELECT * EXCLUDE (relation) FROM nested WHERE relation = 'contains'",
    consistent=[
        [*_OUTCOMES, dict(kind="count", outcome="cr", percent="76%"), dict(kind="count", outcome="scr", percent="76.4%")],
        [*_OUTCOMES, dict(kind="count", outcome="cr", events="27"), dict(kind="count", outcome="scr", events="26")],
    ],
    inconsistent=[[*_OUTCOMES, dict(kind="count", outcome="cr", events="26"), dict(kind="count", outcome="scr", events="27")]],
    cannot_tell=[[*_OUTCOMES, dict(kind="count", outcome="cr", events="26"), dict(kind="count", outcome="scr", events="NR")]],
    limits="It rests on the column 'contains' of the table of outcomes. Groups with different totals are different groups.",
    look="whether the wider outcome is printed without the narrower one (CR for CR without sCR)",
)  # fmt: skip
def part_of_whole(part, whole):
    """A part is larger than the outcome that takes it in.

    e(part) <= e(whole) for each outcome named in 'contains'; percentages inside their intervals.
    """
    return part.at_most(whole)


@part_of_whole.expects
def no_more(row):
    return f"at most {row['whole'].text.strip()}, the number for {row.code('whole_label')}"


@part_of_whole.reading(
    "the two numbers stand in different sections and may come from different reports or data cuts", "warning"
)
def other_places(row):
    return row.code("same_place") == "no"
