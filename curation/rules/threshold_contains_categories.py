"""SUM-004. Catalogue 6: best response."""

from curation.engine.rule import rule
from schemas.categories import as_sum, fewest_if_or_better

_FAMILY = [
    dict(kind="outcome", outcome="cr", label="CR", family="response", family_kind="exclusive", rank="1"),
    dict(kind="outcome", outcome="vgpr", label="VGPR", family="response", family_kind="exclusive", rank="2"),
    dict(kind="outcome", outcome="pr", label="PR", family="response", family_kind="exclusive", rank="3"),
    dict(kind="outcome", outcome="ge-pr", label="ORR", family="response", family_kind="cumulative", rank="3"),
]


@rule(
    "SUM-004",
    severity="error",
    source="arithmetic: overall response takes in complete, very good partial and partial response",
    oracle="brute force: test_bruteforce_sums.py",
    after=["PERCENT-001", "COUNT-003"],
    field="threshold",
    rows="SELECT * EXCLUDE (all_categories) FROM thresholds",
    consistent=[
        [*_FAMILY, dict(kind="count", outcome="ge-pr", percent="83%"), dict(kind="count", outcome="cr", percent="29%"),
         dict(kind="count", outcome="pr", percent="55%")],
        [*_FAMILY, dict(kind="count", outcome="ge-pr", events="30"), dict(kind="count", outcome="cr", events="30")],
    ],
    inconsistent=[
        [*_FAMILY, dict(kind="count", outcome="ge-pr", percent="95%"), dict(kind="count", outcome="cr", percent="67%"),
         dict(kind="count", outcome="pr", percent="86%")],
        [*_FAMILY, dict(kind="count", outcome="ge-pr", events="25", total="30"), dict(kind="count", outcome="cr", events="26", total="30")],
    ],
    cannot_tell=[[*_FAMILY, dict(kind="count", outcome="ge-pr", percent="NR"), dict(kind="count", outcome="cr", percent="29%")]],
    limits="Groups with different totals are different groups. Categories printed in another section than the threshold are used where its own has none.",
    look='whether the categories stand for themselves or for "or better", and whether a number belongs to another group',
)  # fmt: skip
def threshold_contains_categories(threshold, parts):
    """The categories that a threshold takes in add up to more than the threshold.

    sum of e_i <= e(threshold) over the exclusive categories of the threshold's rank or better; for percentages with every
    number inside its rounding interval.
    """
    return parts.sum_of_known().at_most(threshold)


@threshold_contains_categories.expects
def the_largest(row):
    together, percent = sum(each.low for each in row.several("parts") if each.known), bool(row["threshold"].step)
    return "" if percent and together > 100 else f"at least {float(together):g}{'%' if percent else ''}"


@threshold_contains_categories.reading(
    "a category may take in the better ones (VGPR printed for VGPR or better); then only the largest has to fit",
    "warning",
)
def or_better(row):
    return fewest_if_or_better(row.several("parts")) <= row["threshold"].high


@threshold_contains_categories.reading(
    "the numbers stand in different sections and may come from different reports or data cuts", "warning"
)
def other_places(row):
    return row.code("same_place") == "no"


@threshold_contains_categories.explain
def the_sum(row):
    labels, parts = [each.text for each in row.several("labels")], row.several("parts")
    printed = [each.value for each in parts if each.known]
    if len(printed) < 2 or None in printed:
        return []
    unit = "%" if row["threshold"].step else ""
    return [
        f"{as_sum(labels, parts)} = {float(sum(printed)):g}{unit}; {row.code('threshold_label')} {row['threshold'].text.strip()}"
    ]
