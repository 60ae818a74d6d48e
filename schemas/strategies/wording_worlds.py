"""Worlds of words: true numbers with truthful words around them, in the typographies of many journals."""

from __future__ import annotations

import math
from collections.abc import Callable

from schemas.strategies.draw import Draw, Tables
from schemas.strategies.others import p_of

PLACE = {"source": "source-1", "study": "study-1"}
NAMES = {
    "OR": ("odds ratio", "OR"), "RR": ("risk ratio", "relative risk", "RR"), "HR": ("hazard ratio", "HR", "hazards ratio"),
    "MD": ("mean difference", "weighted mean difference", "MD"), "SMD": ("standardised mean difference", "SMD"),
}  # fmt: skip
UNITS = {"days": 1 / 30.4375, "weeks": 7 / 30.4375, "months": 1.0, "years": 12.0}


def spread(draw: Draw) -> Tables:
    """A mean with its SD or SE, or a median with quartiles or range, called what it is."""
    to, n = draw.to, max(5, draw.size)
    centre, sd = draw.rng.uniform(20, 80), draw.rng.uniform(6, 9)
    number: Callable[[float], str] = lambda value: to.number(value, 1)  # noqa: E731 - a local shorthand
    middle, low, high = number(centre), number(centre - 5), number(centre + 6)
    which = draw.one_of("sd", "se", "sd", "se", "quartiles", "range")
    if which == "sd":
        words = draw.one_of("mean (SD) {} ({})", "mean {} ± {} (standard deviation)", "mean {}, s.d. {}", "{} (SD, {})")
        row = {"mean": middle, "sd": number(sd), "quote": words.format(middle, number(sd))}
    elif which == "se":
        se = number(sd / math.sqrt(n))
        words = draw.one_of("mean (SE) {} ({})", "{} ± {} (SEM)", "mean {}, standard error {}", "{} (S.E. {})")
        row = {"mean": middle, "se": se, "quote": words.format(middle, se)}
    elif which == "quartiles":
        words = draw.one_of(
            "median {} (IQR {}-{})",
            "the median was {} (interquartile range, {} to {})",
            "median {}, quartiles {} and {}",
        )
        row = {"median": middle, "q1": low, "q3": high, "quote": words.format(middle, low, high)}
    else:
        words = draw.one_of("median {} (range {}-{})", "median, {}; range: {} to {}")
        row = {"median": middle, "minimum": low, "maximum": high, "quote": words.format(middle, low, high)}
    return {"mean": [PLACE | {"n": str(n)} | row]}


def headed(draw: Draw) -> Tables:
    """The same in a table, whose header says what the numbers are."""
    number = draw.to.number
    middle, sd = number(draw.rng.uniform(20, 80), 1), number(draw.rng.uniform(2, 9), 1)
    name, row = (
        ("Mean (SD)", {"mean": middle, "sd": sd}), ("Mean ± SEM", {"mean": middle, "se": sd}),
        ("Median", {"median": middle}), ("Mean", {"mean": middle}), ("Average", {"mean": middle}),
    )[draw.between(0, 4)]  # fmt: skip
    return {"mean": [PLACE | row | {"column": name, "quote": middle + ("" if len(row) == 1 else f" ({sd})")}]}


def named_effect(draw: Draw) -> Tables:
    """An effect with its measure and its level in words; no word for any other."""
    measure = draw.one_of(*NAMES)
    y, se = draw.rng.normal(0, 0.6), draw.rng.uniform(0.1, 0.4)
    level, stated = draw.level()
    z = {90.0: 1.6448536, 95.0: 1.959964, 99.0: 2.5758293}[level]
    natural = math.exp if measure in ("OR", "RR", "HR") else float
    estimate, lower, upper = (draw.to.number(natural(y + part * z * se), 2) for part in (0, -1, 1))
    name = NAMES[measure][draw.between(0, len(NAMES[measure]) - 1)]
    interval = draw.one_of(
        "{level}% CI {lower} to {upper}",
        "{level}% confidence interval, {lower}; {upper}",
        "{level}%-CI: {lower} to {upper}",
        "CI {level}% {lower} to {upper}",
    )
    words = f"{name} {estimate} ({interval.format(level=f'{level:.0f}', lower=lower, upper=upper)})"
    row = {"measure": measure, "estimate": estimate, "lower": lower, "upper": upper, "quote": words} | stated
    return {"effect": [PLACE | row]}


def sided_test(draw: Draw) -> Tables:
    """A test with its sides in words; printed as one cell, which is split; and, often, F as the square of t."""
    df = draw.between(5, 90)
    t = float(draw.rng.standard_t(df)) * 1.5
    tails = draw.one_of("one", "two")
    p = p_of("t", t, df, df) / (2 if tails == "one" else 1)
    words = draw.one_of("{}-sided", "{}-tailed").format(
        draw.one_of(*(("one", "1") if tails == "one" else ("two", "2")))
    )
    number, shown = draw.to.number(t, 2), draw.to.p_value(p)
    relation = "" if shown[0] in "<>" else "= "
    own = {"statistic_type": "t", "statistic": number, "df1": str(df), "p": shown, "tails": tails}
    rows = [
        PLACE
        | {"outcome": "pain", "section": "Table 2"}
        | own
        | {"quote": f"t({df}) = {number}, {words} p {relation}{shown}"}
    ]
    square = {"statistic_type": "F", "statistic": draw.to.number(t * t, 2), "df1": "1", "df2": str(df)}
    rows.append(PLACE | {"outcome": "pain", "section": "Table 3"} | square)
    return {"test": rows, "outcome": [{"outcome": "pain", "label": "Pain"}]}


def timed(draw: Draw) -> Tables:
    """A median time with its unit in words, the unit in its cell, its record or its header."""
    unit = draw.one_of(*UNITS)
    median = draw.to.number(draw.rng.uniform(5, 60) / UNITS[unit], 1)
    how = draw.one_of("cell", "record", "header")
    row = {
        "cell": {"median": f"{median} {unit}", "quote": f"the median was {median} {unit}"},
        "record": {"median": median, "time_unit": unit, "quote": f"median survival, {median} {unit[:-1]}s"},
        "header": {"median": median, "time_unit": unit, "column": f"Median ({unit})", "quote": median},
    }[how]
    return {"survival": [PLACE | row]}


def estimated(draw: Draw) -> Tables:
    """A percentage that is called a Kaplan-Meier estimate or a crude rate, and is one; or a count of none."""
    n = max(10, draw.size)
    events = draw.between(0, n - 1)
    crude, shown = draw.maybe(0.4), draw.to.percent(100 * events / n)
    if crude:
        row = {"events": str(events), "total": str(n), "percent": shown, "total_from": "header"}
        words = draw.one_of(
            "crude rate {}/{} ({})", "crude proportion: {} of {}, {}; the Kaplan-Meier curve is in Figure 2"
        )
        return {"count": [PLACE | row | {"quote": words.format(events, n, shown)}]}
    words = draw.one_of(
        "the Kaplan-Meier estimate was {}", "Kaplan–Meier: {}", "actuarial rate, {}", "life-table estimate {}"
    )
    return {"count": [PLACE | {"percent": shown, "estimator": "kaplan_meier", "quote": words.format(shown)}]}


def none_happened(draw: Draw) -> Tables:
    """A count of zero that the words report."""
    n = str(max(3, draw.size))
    words = draw.one_of(
        "no patient died",
        "none of {} patients",
        "0 of {}",
        "0 (0%)",
        "zero events",
        "There were no deaths.",
        "without relapse",
        "nobody",
    )
    return {"count": [PLACE | {"events": "0", "total": n, "quote": words.format(n)}]}


WORLDS: dict[str, Callable[[Draw], Tables]] = {
    "words: spread": spread, "words: headers": headed, "words: effects": named_effect, "words: tests": sided_test,
    "words: times": timed, "words: estimators": estimated, "words: none": none_happened,
}  # fmt: skip
