"""MEAN-018. Catalogue 32: the correlation that the standard deviation of a change implies."""

from curation.engine.rule import rule
from schemas.spread import FROM_A_MODEL, modelled
from schemas.wording import decimals, show


def _scores(before, after, change, ns=("40", "40", "40"), **more):
    common = dict(kind="mean", outcome="pain", unit="points")
    return [
        common | dict(timepoint="baseline", sd=before, n=ns[0]),
        common | dict(timepoint="12 weeks", sd=after, n=ns[1]),
        common | dict(timepoint="12 weeks", moment="change", sd=change, n=ns[2]) | more,
    ]


@rule(
    "MEAN-018",
    severity="error",
    source="arithmetic: a correlation lies between -1 and 1 (Cochrane Handbook, section 6.5.2.8)",
    oracle="brute force: test_bruteforce_combined.py",
    field="change",
    rows="""
        SELECT 'mean' AS kind, record, records, 'sd' AS field, n_before, n_after, n_change, sd_before AS "before", sd_after AS "after", change_sd AS change
        FROM changes WHERE change_sd IS NOT NULL AND sd_before IS NOT NULL AND sd_after IS NOT NULL
    """,
    consistent=[_scores("2.3", "2.6", "2.0"), _scores("2.3", "2.6", "4.9"), _scores("2.3", "2.6", "0.3")],
    inconsistent=[
        _scores("2.3", "2.6", "5.2"), _scores("2.3", "4.6", "0.3"), _scores("2.3", "4.6", "0.3", ns=("42", "40", "38")),
    ],
    cannot_tell=[_scores("2.3", "2.6", "NR"), _scores("NR", "2.6", "0.3")],
    limits="Baseline is known by its name in 'timepoint' (baseline, before, pre, week 0, ...).",
    look="whether one of the three is a standard error, and whether all are of the same participants",
)  # fmt: skip
def sd_of_change(before, after, change, n_before=None, n_after=None, n_change=None):
    """The standard deviation of the change is impossible beside those at baseline and at follow-up.

    SD_change^2 = s1^2 + s2^2 - 2 r s1 s2 with r from -1 to 1, so |s1 - s2| <= SD_change <= s1 + s2; each within its rounding.
    """
    return change.at_least(abs(before - after)) & change.at_most(before + after)


@sd_of_change.reading("the three may be of different participants: their numbers differ or are not given", "warning")
def other_participants(row):
    numbers = [row.columns[name] for name in ("n_before", "n_after", "n_change")]
    return not all(each.is_point[0] for each in numbers) or len({each.low[0] for each in numbers}) > 1


@sd_of_change.reading(FROM_A_MODEL, "warning")
def from_a_model(row):
    return modelled(row)


@sd_of_change.expects
def the_bounds(row):
    low, high = abs(row.columns["before"] - row.columns["after"]).low[0], (row.columns["before"] + row.columns["after"]).high[0]  # fmt: skip
    places = max(1, decimals(row["change"]))
    return f"a standard deviation of {show(low, places)} to {show(high, places)}"


@sd_of_change.explain
def implied_correlation(row):
    first, second, change = (row[name].value for name in ("before", "after", "change"))
    if None in (first, second, change) or first * second == 0:
        return []
    r = (first**2 + second**2 - change**2) / (2 * first * second)
    return [f"baseline and follow-up would have a correlation of {float(r):.2f}"]
