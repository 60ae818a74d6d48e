"""Breaking the agreement of numbers with the words beside them, and of test statistics with themselves."""

from __future__ import annotations

from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.wording_worlds import PLACE


def alone(kind: str, row: Row) -> Tables:
    """One record in its place."""
    return {kind: [PLACE | row]}


def impossible_statistic(draw: Draw) -> Tables:
    """A negative square, a correlation beyond one, or negative degrees of freedom."""
    size = draw.to.number(draw.rng.uniform(1.2, 9), 2)
    which = draw.one_of("F", "chi2", "Q", "r", "t")
    row = {"statistic_type": which, "statistic": size if which in ("r", "t") else f"-{size}"}
    degrees = {"F": {"df1": "1", "df2": "28"}, "t": {"df1": "-28"}}.get(which, {"df1": "3"})
    return alone("test", row | degrees)


def another_square(draw: Draw) -> Tables:
    """F of a comparison that is well above the square of its t."""
    t, df = draw.rng.uniform(1.5, 4), str(draw.between(5, 90))
    first = {"statistic_type": "t", "statistic": draw.to.number(t, 2), "df1": df}
    second = {"statistic_type": "F", "statistic": draw.to.number(t * t * 1.5, 2), "df1": "1", "df2": df}
    place = PLACE | {"outcome": "pain"}
    return {"test": [place | first, place | second], "outcome": [{"outcome": "pain", "label": "Pain"}]}


def other_spread(draw: Draw) -> Tables:
    """An SE entered as an SD, or an SD entered as an SE."""
    middle, small = draw.to.number(draw.rng.uniform(20, 80), 1), draw.to.number(draw.rng.uniform(1, 9), 1)
    field, words = ("sd", draw.one_of("{} (SE {})", "{} ± {} (SEM)", "mean {}, standard error {}"))
    if draw.maybe(0.5):
        field, words = "se", draw.one_of("mean (SD) {} ({})", "mean {}, standard deviation {}")
    return alone("mean", {"mean": middle, field: small, "quote": words.format(middle, small)})


def other_average(draw: Draw) -> Tables:
    """A median entered as a mean, a mean entered as a median, an interquartile range entered as an SD."""
    middle, width = draw.to.number(draw.rng.uniform(20, 80), 1), draw.to.number(draw.rng.uniform(2, 9), 1)
    which = draw.one_of("mean", "median", "sd")
    if which == "sd":
        return alone("mean", {"mean": middle, "sd": width, "quote": f"{middle} (IQR {width})"})
    other = "median" if which == "mean" else "mean"
    return alone(
        "mean", {which: middle, "quote": draw.one_of("the {} was {}", "{} age, {} years").format(other, middle)}
    )


def other_measure(draw: Draw) -> Tables:
    """An odds ratio entered as a risk ratio, and the like."""
    names = {
        "OR": "risk ratio",
        "RR": "odds ratio",
        "HR": "odds ratio",
        "MD": "standardised mean difference",
        "SMD": "mean difference",
    }
    measure = draw.one_of(*names)
    estimate = draw.to.number(draw.rng.uniform(0.3, 3), 2)
    return alone("effect", {"measure": measure, "estimate": estimate, "quote": f"{names[measure]} {estimate}"})


def other_level(draw: Draw) -> Tables:
    """A 90% or 99% interval entered without its level."""
    level = draw.one_of("90", "99", "80")
    row = {"measure": "MD", "estimate": "1.20", "lower": "0.31", "upper": "2.09"}
    return alone("effect", row | {"quote": f"1.20 ({level}% CI 0.31 to 2.09)"})


def other_tails(draw: Draw) -> Tables:
    """A one-sided test entered as a two-sided one, or the reverse."""
    tails, words = ("two", "one-sided") if draw.maybe(0.5) else ("one", "two-tailed")
    p = draw.to.number(draw.rng.uniform(0.1, 0.9), 2)
    return alone("test", {"p": p, "tails": tails, "quote": f"{words} P = {p}"})


def other_time_unit(draw: Draw) -> Tables:
    """Weeks, days or years entered as months."""
    median, unit = draw.to.number(draw.rng.uniform(1, 60), 1), draw.one_of("weeks", "days", "years")
    if draw.maybe(0.5):
        return alone("survival", {"median": median, "column": f"Median ({unit})"})
    return alone("survival", {"median": median, "quote": f"the median was {median} {unit}"})


def other_estimator(draw: Draw) -> Tables:
    """A Kaplan-Meier percentage entered as a simple proportion."""
    shown = draw.to.percent(draw.rng.uniform(10, 90))
    words = draw.one_of("the Kaplan-Meier estimate was {}", "actuarial rate, {}")
    return alone("count", {"percent": shown, "quote": words.format(shown)})


def zero_assumed(draw: Draw) -> Tables:
    """Zero events of something the words do not mention."""
    return alone(
        "count",
        {"events": "0", "total": "52", "quote": draw.one_of("rash in 12 patients", "neutropenia 10 (19%)", "–")},
    )


BROKEN = {
    "TEST-002": impossible_statistic, "TEST-003": another_square, "VOCABULARY-001": other_spread, "VOCABULARY-002": other_average,
    "VOCABULARY-003": other_measure, "VOCABULARY-004": other_level, "VOCABULARY-005": other_tails,
    "VOCABULARY-006": other_time_unit, "VOCABULARY-007": other_estimator, "VOCABULARY-008": zero_assumed,
}  # fmt: skip
