"""Phrases about a result: the name of its model and interval, its heterogeneity, its test, what takes no part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pooling.words.printing import capital, fixed, p_value, percent, three
from schemas.measures import ESTIMATORS, TESTS

if TYPE_CHECKING:
    from pooling.models.results import Result

_TESTED = {"t": "t distribution", "knha": "Hartung-Knapp", "adhoc": "Hartung-Knapp, never narrower"}
"""Test -> how it is named in brackets; the customary z is not named."""
_MODELS = {
    "CE": "common effect",
    "MH": "Mantel-Haenszel",
    "PETO": "Peto",
    "GLMM": "random effects (mixed logistic model)",
}
_NOT_POOLED = {1: "Nothing to pool", 2: "One study, nothing pooled", 5: "No interval"}


def model(result: Result) -> str:
    """The model in a few words: random effects with their estimator, and every test that is not the customary one."""
    test = _TESTED.get(result.test, "")
    if result.method in ESTIMATORS:
        return f"random effects ({', '.join(filter(None, [result.method, test]))})"
    return _MODELS[result.method] + (f" ({test})" if test else "")


def model_in_full(result: Result) -> str:
    """The model in a sentence, as it stands below a table; "" where its name says all."""
    how = f"; intervals: {TESTS[result.test]}" if result.test != "z" else ""
    name = model(result)
    said = result.way if result.way.lower().startswith(name.lower()) else f"{name}: {result.way}"
    return "" if said.lower() == name.lower() and not how else f"{capital(said)}{how}."


def interval(level: float) -> str:
    """The name of the interval, such as 95% CI.

    >>> interval(95.0)
    '95% CI'
    """
    return f"{level:g}% CI"


def heterogeneity(result: Result, *, limits: bool = False) -> str:
    """Heterogeneity in one line: tau2 of random effects, I2 (with its limits if wanted), Q and its P value."""
    numbers = result.numbers
    if result.k < 2 or np.isnan(numbers["q"]):
        return "Heterogeneity: not applicable" + (" (one study)" if result.k == 1 else "")
    reach = f" ({numbers['i2_lower']:.0f} to {percent(numbers['i2_upper'])})" if limits else ""
    parts = [
        f"τ² = {three(numbers['tau2'])}" if between_studies(result) else "",
        f"I² = {percent(numbers['i2'])}{reach if np.isfinite(numbers['i2_lower']) else ''}"
        if np.isfinite(numbers["i2"])
        else "",
        f"Q = {numbers['q']:.2f}",
        f"df = {numbers['df']:.0f} ({p_value(numbers['p_heterogeneity'])})",
    ]
    return f"Heterogeneity: {', '.join(filter(None, parts))}"


def between_studies(result: Result) -> bool:
    """Whether the model has a variance between studies.

    Prediction intervals and tau2 are shown of such models only.
    """
    return (result.method in ESTIMATORS or result.method == "GLMM") and bool(np.isfinite(result.numbers["tau2"]))


def overall_test(result: Result) -> str:
    """The test of no effect in one line; "" for measures of one group and where nothing is pooled."""
    if result.status != 0 or result.about.null is None or np.isnan(result.p):
        return ""
    return f"Test of no effect: {'z' if result.test == 'z' else 't'} = {fixed(result.z, 2)} ({p_value(result.p)})"


def not_pooled(result: Result) -> str:
    """What stands in place of a pooled effect."""
    return _NOT_POOLED.get(int(result.status), "Not pooled")


def left_out(result: Result) -> str:
    """The studies that take no part, by reason."""
    reasons: dict[str, list[str]] = {}
    for each in result.left_out:
        reasons.setdefault(each.why, []).append(each.label)
    said = "; ".join(f"{', '.join(labels)} ({why})" for why, labels in reasons.items())
    return f"Left out: {said}." if said else ""
