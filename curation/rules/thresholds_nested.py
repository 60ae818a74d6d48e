"""SUM-005. Catalogue 6: best response."""

from curation.engine.rule import rule

_FAMILY = [
    dict(kind="outcome", outcome="ge-cr", label="CR or better", family="response", family_kind="cumulative", rank="1"),
    dict(
        kind="outcome", outcome="ge-vgpr", label="VGPR or better", family="response", family_kind="cumulative", rank="2"
    ),
    dict(kind="outcome", outcome="ge-pr", label="PR or better", family="response", family_kind="cumulative", rank="3"),
]


@rule(
    "SUM-005",
    severity="error",
    source="arithmetic: whoever passes the stricter threshold passes the laxer one",
    oracle="brute force: test_bruteforce_sums.py",
    after=["PERCENT-001", "COUNT-003"],
    field="part",
    rows="SELECT * EXCLUDE (relation) FROM nested WHERE relation = 'cumulative'",
    consistent=[
        [*_FAMILY, dict(kind="count", outcome="ge-cr", percent="45%"), dict(kind="count", outcome="ge-vgpr", percent="63%"),
         dict(kind="count", outcome="ge-pr", percent="63.0%")],
        [*_FAMILY, dict(kind="count", outcome="ge-vgpr", events="3", total="40"), dict(kind="count", outcome="ge-pr", events="25", total="40")],
    ],
    inconsistent=[
        [*_FAMILY, dict(kind="count", outcome="ge-vgpr", percent="73%"), dict(kind="count", outcome="ge-pr", percent="63%")],
        [*_FAMILY, dict(kind="count", outcome="ge-cr", events="30", total="40"), dict(kind="count", outcome="ge-pr", events="25", total="40")],
    ],
    cannot_tell=[[*_FAMILY, dict(kind="count", outcome="ge-vgpr", percent="NR"), dict(kind="count", outcome="ge-pr", percent="63%")]],
    limits="Groups with different totals are different groups.",
    look="whether the two numbers are swapped, or one belongs to another group",
)  # fmt: skip
def thresholds_nested(part, whole):
    """More participants pass the stricter threshold than the laxer one.

    e(rank r) <= e(rank s) for r < s (CR or better <= VGPR or better <= PR or better); percentages inside their intervals.
    """
    return part.at_most(whole)


@thresholds_nested.expects
def no_more(row):
    return f"at most {row['whole'].text.strip()}, the number for {row.code('whole_label')}"


@thresholds_nested.reading(
    "the two numbers stand in different sections and may come from different reports or data cuts", "warning"
)
def other_places(row):
    return row.code("same_place") == "no"
