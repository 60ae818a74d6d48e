"""SUM-013. Catalogue 7: participants with any event against those with each."""

from curation.engine.rule import rule
from schemas.categories import as_sum

_OUTCOMES = [
    dict(kind="outcome", outcome="any", label="Any adverse event", contains="rash fever", complete="yes"),
    dict(kind="outcome", outcome="rash", label="Rash"),
    dict(kind="outcome", outcome="fever", label="Fever"),
]


def _counts(whole, first, second, **more):
    numbers = {"any": whole, "rash": first, "fever": second}
    return [*_OUTCOMES, *(dict(kind="count", outcome=name, events=n, **more) for name, n in numbers.items())]


@rule(
    "SUM-013",
    severity="error",
    source="arithmetic: whoever has any of the events has at least one of them",
    oracle="brute force: test_bruteforce_sums.py",
    after=["PERCENT-001", "COUNT-003", "SUM-008"],
    field="whole",
    rows="SELECT * EXCLUDE (covered, exclusive) FROM wholes WHERE covered",
    consistent=[
        _counts("20", "12", "9"), _counts("20", "12", "8"), _counts("20", "15", "20"),
        [*_OUTCOMES, *(dict(kind="count", outcome=name, percent=p) for name, p in (("any", "50%"), ("rash", "29%"), ("fever", "20%")))],
    ],
    inconsistent=[
        _counts("22", "12", "9"),
        [*_OUTCOMES, *(dict(kind="count", outcome=name, percent=p) for name, p in (("any", "52%"), ("rash", "29%"), ("fever", "20%")))],
    ],
    cannot_tell=[_counts("22", "12", "NR")],
    limits=(
        "It rests on the columns 'contains' and 'complete' of the table of outcomes: the outcome takes in these and nothing else. "
        "Asked where each of them is reported for the same group."
    ),
    look="whether an event is missing from the list, and whether registries leave out rare ones",
)  # fmt: skip
def whole_within_parts(whole, parts):
    """More participants have any of the events than the events together account for.

    e(any) <= sum of e_i over the outcomes that it takes in, if they are all there is; percentages anywhere inside their
    rounding. A participant may have several events, so there is no equality. That each e_i <= e(any) is SUM-008.
    """
    return whole.at_most(parts.sum())


@whole_within_parts.expects
def at_most_the_sum(row):
    printed = [each.value for each in row.several("parts")]
    if None in printed:
        return ""
    unit = "%" if row["whole"].step else ""
    return f"at most {float(sum(printed)):g}{unit}"


@whole_within_parts.reading(
    "the numbers stand in different sections and may come from different reports or data cuts", "warning"
)
def other_places(row):
    return row.code("same_place") == "no"


@whole_within_parts.explain
def the_sum(row):
    return [as_sum([each.text for each in row.several("labels")], row.several("parts"))]
