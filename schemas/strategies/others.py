"""Characteristics, appraisals and test statistics."""

from __future__ import annotations

import numpy as np
from scipy import special

from schemas.strategies.draw import Draw, Row

COUNTRIES = ("France", "Germany", "Japan", "Turkey", "United States")
DOMAINS = ("randomisation", "deviations", "missing data", "measurement", "selective reporting")
SCORES = {"Newcastle-Ottawa": (0, 9), "Jadad": (0, 5), "MINORS": (0, 24)}

DESIGNS = {"Newcastle-Ottawa": "cohort", "Jadad": "randomised", "MINORS": "cohort"}
"""A design for which each scale was made."""


def characteristic(draw: Draw) -> Row:
    """A stated quantity: a size, a year, a span, a dose, a place."""
    start = draw.between(1995, 2018)
    age, spread = draw.rng.normal(60, 8), draw.rng.uniform(5, 25)
    number, names = (
        draw.to.number,
        "participants studies publication_year period age prior_lines follow_up country dose band",
    )
    which = draw.one_of(*names.split())
    cells: dict[str, Row] = {
        "participants": {"value": draw.to.count(draw.size)},
        "studies": {"value": str(draw.between(2, 40))},
        "publication_year": {"value": str(start)},
        "period": {"low": str(start), "high": str(start + draw.between(0, 6))},
        "age": {"value": number(age, 0), "low": number(age - spread, 0), "high": number(age + spread, 0)},
        "prior_lines": {"value": str(draw.between(1, 4)), "low": "1", "high": str(draw.between(4, 9))},
        "follow_up": {
            "value": f"{number(draw.rng.uniform(30, 60), 1)} months",
            "low": number(draw.rng.uniform(1, 30), 1),
            "high": number(draw.rng.uniform(60, 99), 1),
        },
        "country": {"text": draw.one_of(*COUNTRIES)},
        "dose": {"value": f"{draw.one_of('5', '10', '25')} mg", "label": "lenalidomide"},
        "band": {
            "low": "30",
            "high": "60",
            "inclusive": draw.one_of("low", "both"),
            "label": "creatinine clearance, mL/min",
        },
    }
    return {"characteristic": which} | cells[which]


def appraisal(draw: Draw) -> Row:
    """A score within its range, or a judgement of a domain."""
    if draw.maybe(0.3):
        judgement = draw.one_of("low", "some_concerns", "high")
        return {"tool": "RoB 2", "judgement": judgement, "domain": draw.one_of(*DOMAINS), "applied_to": "randomised"}
    if draw.maybe(0.45):
        return {
            "tool": "other",
            "tool_name": draw.one_of("Downs and Black", "in-house form"),
            "score": str(draw.between(0, 27)),
        }
    tool = draw.one_of(*SCORES)
    low, high = SCORES[tool]
    row = {"tool": tool, "score": str(draw.between(low, high)), "applied_to": DESIGNS[tool]}
    return row | ({"score_min": str(low), "score_max": str(high)} if draw.maybe(0.6) else {})


def test(draw: Draw) -> Row:
    """A test statistic, its degrees of freedom and the P value that follows from the three."""
    which = draw.one_of("t", "F", "chi2", "z", "r")
    df1, df2 = draw.between(1, 8), draw.between(2, 200)
    rng, degrees = draw.rng, {"t": {"df1": str(df2)}, "F": {"df1": str(df1), "df2": str(df2)}, "z": {}}
    degrees |= {"chi2": {"df1": str(df1)}, "r": {"df1": str(df2)}}
    value = _drawn(rng, which, df1, df2)
    two_sided = p_of(which, value, df1, df2)
    one_sided = which in ("t", "z", "r") and draw.maybe(0.1)
    p = two_sided / 2 if one_sided else two_sided
    row = {"statistic_type": which, "statistic": draw.to.number(value), "p": draw.to.p_value(p)} | degrees[which]
    return row | {"tails": "one" if one_sided else draw.one_of("two", "unknown")}


def _drawn(rng: np.random.Generator, which: str, df1: int, df2: int) -> float:
    """A statistic, somewhat larger than chance alone makes it."""
    match which:
        case "t":
            return float(rng.standard_t(df2)) * 1.5
        case "F":
            return float(rng.f(df1, df2)) * 1.5
        case "chi2":
            return float(rng.chisquare(df1)) * 1.5
        case "z":
            return float(rng.normal(0, 1.7))
    return float(np.tanh(rng.normal(0, 1.5 / np.sqrt(df2))))


def p_of(which: str, value: float, df1: int, df2: int) -> float:
    """The two-sided P value of a statistic (upper tail for F and chi-square)."""
    match which:
        case "F":
            return float(special.fdtrc(df1, df2, value))
        case "chi2":
            return float(special.chdtrc(df1, value))
        case "z":
            return float(2 * special.ndtr(-abs(value)))
        case "r":
            value *= float(np.sqrt(df2 / (1 - value**2)))
    return float(2 * special.stdtr(df2, -abs(value)))
