"""SUM-006. Catalogue 6: CR + VGPR + PR = ORR."""

from curation.engine.rule import rule
from schemas.categories import as_sum

_FAMILY = [
    dict(kind="outcome", outcome="cr", label="CR", family="response", family_kind="exclusive", rank="1"),
    dict(kind="outcome", outcome="pr", label="PR", family="response", family_kind="exclusive", rank="2"),
    dict(kind="outcome", outcome="sd", label="SD", family="response", family_kind="exclusive", rank="3"),
    dict(kind="outcome", outcome="ge-pr", label="ORR", family="response", family_kind="cumulative", rank="2"),
]


@rule(
    "SUM-006",
    severity="warning",
    source="arithmetic: overall response is complete or very good partial or partial response",
    oracle="brute force: test_bruteforce_sums.py",
    after=["SUM-004"],
    field="threshold",
    rows="SELECT * EXCLUDE (all_categories, same_place) FROM thresholds WHERE all_categories",
    consistent=[
        [*_FAMILY, dict(kind="count", outcome="ge-pr", events="20"), dict(kind="count", outcome="cr", events="8"),
         dict(kind="count", outcome="pr", events="12")],
        [*_FAMILY, dict(kind="count", outcome="ge-pr", percent="83%"), dict(kind="count", outcome="cr", percent="29%"),
         dict(kind="count", outcome="pr", percent="55%")],
    ],
    inconsistent=[
        [*_FAMILY, dict(kind="count", outcome="ge-pr", events="22"), dict(kind="count", outcome="cr", events="8"),
         dict(kind="count", outcome="pr", events="12")],
        [*_FAMILY, dict(kind="count", outcome="ge-pr", percent="83%"), dict(kind="count", outcome="cr", percent="29%"),
         dict(kind="count", outcome="pr", percent="45%")],
    ],
    cannot_tell=[
        [*_FAMILY, dict(kind="count", outcome="ge-pr", events="22"), dict(kind="count", outcome="cr", events="NR"),
         dict(kind="count", outcome="pr", events="12")],
    ],
    limits=(
        "Asked where every exclusive category of the threshold's rank or better in the table of outcomes is reported beside it. A paper may "
        "count categories that the table does not have (sCR beside CR, unconfirmed responses), so a gap is a question, not a contradiction."
    ),
    look="whether another category counts towards the threshold, and whether one of the numbers was misread",
)  # fmt: skip
def threshold_is_sum(threshold, parts):
    """A threshold is not the sum of the categories it is made of.

    e(threshold) = sum of e_i over the exclusive categories of its rank or better; for percentages the intervals must meet.
    """
    return parts.sum().meets(threshold)


@threshold_is_sum.expects
def the_sum(row):
    printed = [each.value for each in row.several("parts")]
    if None in printed:
        return ""
    unit = "%" if row["threshold"].step else ""
    return (
        f"{as_sum([each.text for each in row.several('labels')], row.several('parts'))} = {float(sum(printed)):g}{unit}"
    )
