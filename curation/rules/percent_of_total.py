"""COUNT-002."""

from curation.engine.rule import rule
from schemas.screens import share_printed
from schemas.verdicts import Verdicts
from schemas.wording import decimals, percent_text


@rule(
    "COUNT-002",
    severity="error",
    source="arithmetic",
    after=["COUNT-001"],
    consistent=[dict(events="22", total="52", percent="42.3%"), dict(events="1", total="8", percent="12%")],
    inconsistent=[dict(events="22", total="52", percent="44.3%"), dict(events="1", total="8", percent="12.4%")],
    cannot_tell=[dict(events="22", total="NR", percent="42.3%"), dict(events="22", total="52", percent="~42%")],
    look="the denominator, and transposed digits",
    oracle="brute force: test_percent_bruteforce.py",
)
def percent_of_total(events, total, percent, estimator=None):
    """The printed percentage is not events out of total."""
    return percent.meets(100 * events / total).only(estimator.is_("proportion"))


@percent_of_total.screen
def surely_that_share(events, total, percent, estimator):
    return Verdicts.surely(share_printed(events, total, percent), ~estimator.is_("proportion"))


@percent_of_total.expects
def the_percentage(row):
    return percent_text(row["events"], row["total"], decimals(row["percent"]))


@percent_of_total.reading(
    "another denominator fits: the total is not printed with the percentage, and some participants may be missing",
    "warning",
)
def smaller_denominator(row):
    if row.code("total_from") == "cell":
        return False
    total = int(row["total"].high)
    return any(row.holds(total=n) for n in range(int(row["events"].low), total + 1) if n)


@percent_of_total.explain
def denominators(row):
    if not row["events"].known or row["events"].low <= 0 or row["percent"].low <= 0:
        return []
    low, high = 100 * row["events"].low / row["percent"].high, 100 * row["events"].high / row["percent"].low
    fits = range(-int(-low // 1), int(high) + 1)
    if not fits:
        return []
    shown = str(fits[0]) if len(fits) == 1 else f"{fits[0]} to {fits[-1]}"
    return [f"{row['percent']} is {row['events']} of {shown}"]
