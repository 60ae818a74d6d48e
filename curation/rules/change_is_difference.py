"""MEAN-017. Catalogue 32: the mean change is the difference of the means."""

from curation.engine.rule import rule
from schemas.spread import FROM_A_MODEL, modelled
from schemas.wording import decimals, show


def _scores(before, after, change, ns=("40", "40", "40"), **more):
    common = dict(kind="mean", outcome="pain", unit="points")
    return [
        common | dict(timepoint="baseline", mean=before, n=ns[0]),
        common | dict(timepoint="12 weeks", mean=after, n=ns[1]),
        common | dict(timepoint="12 weeks", moment="change", mean=change, n=ns[2], sd="2.1") | more,
    ]


@rule(
    "MEAN-017",
    severity="error",
    source="arithmetic: the mean of differences is the difference of means",
    oracle="brute force: test_bruteforce_combined.py",
    field="change",
    rows="""
        SELECT 'mean' AS kind, record, records, 'mean' AS field, n_before, n_after, n_change, "before", "after", change, change_sd
        FROM changes WHERE change IS NOT NULL AND "before" IS NOT NULL AND "after" IS NOT NULL
    """,
    consistent=[_scores("6.2", "4.1", "-2.1"), _scores("6.2", "4.1", "-2.2"), _scores("6.2", "4.1", "−2.0")],
    inconsistent=[
        _scores("6.2", "4.1", "-1.2"), _scores("6.2", "4.1", "2.1"), _scores("6.2", "4.1", "-1.7", ns=("42", "40", "38")),
        _scores("6.2", "4.1", "-2.5", column="Adjusted mean change"),
    ],
    cannot_tell=[_scores("6.2", "4.1", "NR"), _scores("NR", "4.1", "-2.1")],
    limits="Baseline is known by its name in 'timepoint' (baseline, before, pre, week 0, ...).",
    look="whether all three are of the same participants, and the sign of the change",
)  # fmt: skip
def change_is_difference(before, after, change, n_before=None, n_after=None, n_change=None):
    """The mean change is not the mean at follow-up minus the mean at baseline.

    change = after - before, each within its rounding, where all three are of the same participants. Exact.
    """
    return change.meets(after - before)


@change_is_difference.reading("the three means may be of different participants: their numbers differ or are not given", "warning")  # fmt: skip
def other_participants(row):
    numbers = [row.columns[name] for name in ("n_before", "n_after", "n_change")]
    return not all(each.is_point[0] for each in numbers) or len({each.low[0] for each in numbers}) > 1


@change_is_difference.reading("the change is printed as baseline minus follow-up: its sign is the other way round", "warning")  # fmt: skip
def a_reduction(row):
    return row.holds(change=-row.columns["change"])


@change_is_difference.reading("a mean change without a standard deviation may come from a model, adjusted for baseline", "warning")  # fmt: skip
def perhaps_adjusted(row):
    return modelled(row) or not (row.cells.get("change_sd") and row["change_sd"].known)


change_is_difference.reading(FROM_A_MODEL, "warning")(modelled)


@change_is_difference.expects
def the_difference(row):
    if row["after"].value is None or row["before"].value is None:
        return ""
    places = max(decimals(row["after"]), decimals(row["before"]))
    return f"a change of {show(row['after'].value - row['before'].value, places)}"


@change_is_difference.changes_conclusion
def turned_round(row):
    change, difference = row.columns["change"], row.columns["after"] - row.columns["before"]
    return bool((change.low[0] > 0 and difference.high[0] < 0) or (change.high[0] < 0 and difference.low[0] > 0))
