"""A pooled result in sentences: effect and interval, heterogeneity, what a new study may have, what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from schemas.measures import ESTIMATORS

if TYPE_CHECKING:
    from pooling.models.results import Result

TESTED = {"t": "t distribution", "knha": "Hartung-Knapp", "adhoc": "Hartung-Knapp, never narrower"}
"""Test -> how it is named in brackets; the customary z is not named."""
MODELS = {
    "CE": "common effect",
    "MH": "Mantel-Haenszel",
    "PETO": "Peto",
    "GLMM": "random effects (mixed logistic model)",
}
MOST_DECIMALS = 8


def summary(result: Result) -> str:
    """All there is to say, in order."""
    said = [f"{result.title}." if result.title else "", pooled(result)]
    if result.status == 0:
        said += [heterogeneity(result), prediction(result)]
    return " ".join(each for each in [*said, left_out(result), *result.notes] if each)


def pooled(result: Result) -> str:
    """The effect, its interval, the model and how many studies; or why there is none."""
    number = Number(result)
    found, interval = result.natural, f"{result.level:g}% CI"
    if result.status == 2:
        alone = " ".join(np.array(result.studies.labels)[result.studies.weight > 0])
        return f"Only {alone or 'one study'} gives numbers, nothing is pooled: {name(result)} {number(found.estimate)} ({interval} {number.range(found.lower, found.upper)})."
    if result.status == 5:
        return (
            f"{capital(name(result))} {number(found.estimate)}, {model(result)}, {counted(result.k)}: {result.state}."
        )
    if result.status != 0:
        return f"Not pooled ({counted(result.k)}): {result.state}."
    p = f"; {p_value(result.p)}" if result.about.null is not None else ""
    limits = number.range(found.lower, found.upper)
    return f"{capital(name(result))} {number(found.estimate)} ({interval} {limits}), {model(result)}, {counted(result.k)}{p}."


def heterogeneity(result: Result) -> str:
    """tau2 (random effects), I2 with its interval, Q and its P."""
    parts = []
    if result.method in ESTIMATORS or result.method == "GLMM":
        parts.append(f"tau2 {three(result.tau2)}")
    limits = f" ({result.i2_lower:.0f} to {result.i2_upper:.0f})" if np.isfinite(result.i2_lower) else ""
    parts += [f"I2 {result.i2:.0f}%{limits}" if np.isfinite(result.i2) else ""]
    parts += [f"Q {result.q:.1f} on {result.df:.0f} df, {p_value(result.p_heterogeneity)}" if result.df > 0 else ""]
    return f"Heterogeneity: {', '.join(each for each in parts if each)}."


def prediction(result: Result) -> str:
    """What a new study may have; "" where the model does not say."""
    found = result.natural
    if not (np.isfinite(result.pi_lower) and np.isfinite(result.pi_upper)):
        return ""
    limits = Number(result).range(found.pi_lower, found.pi_upper)
    return f"A new study may have {limits} ({result.level:g}% prediction interval)."


def left_out(result: Result) -> str:
    """The studies that take no part, each with its reason."""
    said = "; ".join(f"{each.label} ({each.why})" for each in result.left_out)
    return f"Left out: {said}." if said else ""


def name(result: Result) -> str:
    """The effect as it is called in a sentence."""
    own = result.effect if result.effect and result.effect != result.measure else result.about.label
    return own.split(" (analysed")[0]


def capital(text: str) -> str:
    """With a capital letter, as a sentence begins."""
    return text[:1].upper() + text[1:]


def model(result: Result) -> str:
    """The model in a few words.

    Random effects name their estimator, and every model a test that is not the customary one.
    """
    test = TESTED.get(result.test, "")
    if result.method in ESTIMATORS:
        return f"random effects ({', '.join(filter(None, [result.method, test]))})"
    return MODELS[result.method] + (f" ({test})" if test else "")


def counted(k: int) -> str:
    """How many studies.

    >>> counted(1), counted(13)
    ('1 study', '13 studies')
    """
    return "1 study" if k == 1 else f"{k} studies"


def p_value(p: float) -> str:
    """A P value as journals print it.

    >>> p_value(0.00001), p_value(0.0321), p_value(0.21), p_value(0.9999)
    ('P < 0.001', 'P = 0.032', 'P = 0.21', 'P > 0.99')
    """
    if p < 0.001:
        return "P < 0.001"
    if p > 0.99:
        return "P > 0.99"
    return f"P = {p:.3f}" if p < 0.0995 else f"P = {p:.2f}"


def three(x: float) -> str:
    """Three digits, never in powers of ten; what is next to nothing is 0.

    >>> three(0.3132), three(0.0), three(15.234), three(0.0001234)
    ('0.313', '0', '15.2', '0.000123')
    """
    if not np.isfinite(x) or abs(x) < 1e-9:
        return f"{x:.0f}"
    return f"{x:.{int(np.clip(2 - np.floor(np.log10(abs(x))), 0, MOST_DECIMALS + 2))}f}"


class Number:
    """Prints the numbers of one result: percent for proportions, two decimals for ratios, else by how exact they are."""

    def __init__(self, result: Result) -> None:
        about = result.about
        self.percent = about.table == "single_counts" or result.scale in {"logit", "arcsine", "double_arcsine"}
        found = result.natural
        reach = abs(found.upper - found.lower) / 2 * (100 if self.percent else 1)
        fine = 1 - np.floor(np.log10(reach)) if np.isfinite(reach) and reach > 0 else 2
        ratio = result.scale == "log" and about.null is not None
        self.decimals = int(
            np.clip(max(fine, 2) if ratio and found.estimate < 0.1 else 2 if ratio else fine, 0, MOST_DECIMALS)
        )
        if self.percent:
            self.decimals = min(max(self.decimals, 1), 2)

    def __call__(self, x: float) -> str:
        """One number, with its percent sign."""
        return self.bare(x) + ("%" if self.percent else "")

    def bare(self, x: float) -> str:
        """One number without a percent sign."""
        if not np.isfinite(x):
            return "not defined" if np.isnan(x) else "infinity" if x > 0 else "-infinity"
        text = f"{100 * x if self.percent else x:.{self.decimals}f}"
        return text.lstrip("-") if float(text) == 0 else text

    def range(self, low: float, high: float) -> str:
        """Two limits."""
        return f"{self.bare(low)} to {self(high)}" if self.percent else f"{self.bare(low)} to {self.bare(high)}"
