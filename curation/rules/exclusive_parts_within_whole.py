"""SUM-014. Catalogue 7: exclusive parts of an outcome, such as any grade = grade 1 to 2 + grade 3 or higher."""

from curation.engine.rule import rule
from schemas.categories import as_sum

_OUTCOMES = [
    dict(kind="outcome", outcome="any", label="Neutropenia, any grade", contains="low high"),
    dict(kind="outcome", outcome="low", label="Grade 1 or 2", family="neutropenia", family_kind="exclusive", rank="2"),
    dict(kind="outcome", outcome="high", label="Grade 3 or higher", family="neutropenia", family_kind="exclusive", rank="1"),
]  # fmt: skip


def _counts(whole, first, second):
    numbers = {"any": whole, "low": first, "high": second}
    return [*_OUTCOMES, *(dict(kind="count", outcome=name, events=n) for name, n in numbers.items())]


@rule(
    "SUM-014",
    severity="error",
    source="arithmetic: a participant is in one category only, and each category is part of the whole",
    oracle="brute force: test_bruteforce_sums.py",
    after=["PERCENT-001", "COUNT-003", "SUM-008"],
    field="whole",
    rows="SELECT * EXCLUDE (covered, exclusive) FROM wholes WHERE exclusive",
    consistent=[_counts("20", "12", "8"), _counts("20", "12", "6")],
    inconsistent=[_counts("20", "12", "9")],
    cannot_tell=[_counts("20", "NR", "NR")],
    limits="Asked where the parts named in 'contains' are exclusive categories of one family. That nobody is left out is SUM-013.",
    look="whether a category takes in another one, and which of the numbers was misread",
)
def exclusive_parts_within_whole(whole, parts):
    """The exclusive parts of an outcome add up to more than the outcome.

    sum of e_i <= e(whole) over the exclusive categories that the outcome takes in; percentages anywhere inside their
    rounding. A part that is not reported can only add to the sum.
    """
    return parts.sum_of_known().at_most(whole)


@exclusive_parts_within_whole.expects
def at_least_the_sum(row):
    printed = [each.value for each in row.several("parts") if each.known]
    if None in printed:
        return ""
    return f"at least {float(sum(printed)):g}{'%' if row['whole'].step else ''}"


@exclusive_parts_within_whole.reading(
    "the numbers stand in different sections and may come from different reports or data cuts", "warning"
)
def other_places(row):
    return row.code("same_place") == "no"


@exclusive_parts_within_whole.explain
def the_sum(row):
    return [as_sum([each.text for each in row.several("labels")], row.several("parts"))]
