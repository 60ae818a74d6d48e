"""What plots say of a result: the name of its model, its estimate in print, its heterogeneity, its description."""

from __future__ import annotations

import numpy as np

from pooling.models.results import Result
from pooling.plots.reading import FIRM, Reading, aligned, p_said, reading
from schemas.measures import ESTIMATORS, TESTS


def model(result: Result) -> str:
    """The model in a few words, as it heads a diamond."""
    test = ", Hartung-Knapp" if result.test in {"knha", "adhoc"} else ""
    if result.method in ESTIMATORS:
        return f"Random effects ({result.method}{test})"
    names = {"CE": "Common effect", "MH": "Mantel-Haenszel", "PETO": "Peto", "GLMM": "Random effects (GLMM)"}
    return names[result.method] + test


def method(result: Result) -> str:
    """The model in full, as it stands below a table; "" where its name says all."""
    how = f"; intervals: {TESTS[result.test]}" if result.test != "z" else ""
    name = model(result)
    said = result.way if result.way.lower().startswith(name.lower()) else f"{name}: {result.way}"
    return "" if said.lower() == name.lower() and not how else f"{said[:1].upper()}{said[1:]}{how}."


def interval(level: float) -> str:
    """The name of the interval, such as 95% CI."""
    return f"{level:g}%{FIRM}CI"


def pooled_parts(result: Result, read: Reading) -> tuple[str, str, str]:
    """The pooled estimate and its limits in print."""
    return parts(read, *pooled_natural(result))


def pooled_natural(result: Result) -> tuple[float, float, float]:
    """Pooled estimate and limits in natural values."""
    found = result.natural
    return found.estimate, found.lower, found.upper


def predicted(result: Result) -> tuple[float, float] | None:
    """Limits of the prediction interval in natural values; None where there is none."""
    found = result.natural
    random = result.method in {*ESTIMATORS, "GLMM"}
    if result.status != 0 or not random or np.isnan(found.pi_lower) or np.isnan(found.pi_upper):
        return None
    return found.pi_lower, found.pi_upper


def parts(read: Reading, estimate: float, lower: float, upper: float) -> tuple[str, str, str]:
    """An estimate and its limits in print."""
    return read.said(estimate), read.said(lower), read.said(upper)


def heterogeneity(result: Result) -> str:
    """Heterogeneity in one line: tau2, I2, Q and its P value."""
    numbers = result.numbers
    if result.k < 2 or np.isnan(numbers["q"]):
        return "Heterogeneity: not applicable" + (" (one study)" if result.k == 1 else "")
    tau2 = (
        f"τ²{FIRM}={FIRM}{_small(numbers['tau2'])}, "
        if result.method in {*ESTIMATORS, "GLMM"} and np.isfinite(numbers["tau2"])
        else ""
    )
    i2 = f"I²{FIRM}={FIRM}{numbers['i2']:.1f}%, " if np.isfinite(numbers["i2"]) else ""
    q, df = (
        f"{name} = {number}".replace(" ", FIRM)
        for name, number in (("Q", f"{numbers['q']:.2f}"), ("df", f"{numbers['df']:.0f}"))
    )
    return f"Heterogeneity: {tau2}{i2}{q}, {df} ({p_said(numbers['p_heterogeneity'])})"


def overall_test(result: Result) -> str:
    """The test of no effect in one line; "" for measures of one group and where nothing is pooled."""
    if result.status != 0 or reading(result).null is None or np.isnan(result.p):
        return ""
    sign = "z" if result.test == "z" else "t"
    return f"Test of no effect: {sign} = {result.z:.2f} ({p_said(result.p)})".replace("-", "\u2212")


def not_pooled(result: Result) -> str:
    """What stands in place of a diamond."""
    return {1: "Nothing to pool", 2: "One study, nothing pooled", 5: "No interval"}.get(
        int(result.status), "Not pooled"
    )


def state(result: Result) -> str:
    """Why there is no diamond, below the table; "" where there is one, or the row says it already."""
    return f"{result.state[:1].upper()}{result.state[1:]}." if result.status > 2 else ""


def left_out(result: Result) -> tuple[str, ...]:
    """Which studies take no part, and why; one text for each reason."""
    reasons: dict[str, list[str]] = {}
    for each in result.left_out:
        reasons.setdefault(each.why, []).append(each.label)
    return tuple(f"Not estimable: {', '.join(labels)} ({why})." for why, labels in reasons.items())


def description(result: Result, what: str) -> str:
    """A plot in words: what is pooled, with which result, and each study's own estimate."""
    read, said = reading(result), interval(result.level)
    unit = "%" if read.kind == "percent" else ""
    count = f"{result.k} {'study' if result.k == 1 else 'studies'}"
    if result.status == 0:
        number, lower, upper = pooled_parts(result, read)
        whole = f"Pooled {read.name.lower()} {number}{unit} ({said} {lower} to {upper}), {model(result)}."
        whole += f" {heterogeneity(result)}."
    else:
        whole = f"Nothing is pooled: {result.state}."
    return f"{what} of {count}. {whole} {_each_study(result, read)}".strip().replace(FIRM, " ")


def _each_study(result: Result, read: Reading) -> str:
    said = [
        f"{label}: {aligned([parts(read, *row)])[0]}" if np.isfinite(row).all() else f"{label}: not estimable"
        for label, row in zip(result.studies.labels, own_rows(result), strict=True)
    ]
    return f"Studies: {'; '.join(said)}." if said else ""


def own_rows(result: Result) -> list[tuple[float, float, float]]:
    """Estimate and limits of each study in natural values; what cannot be told is not a number."""
    own = result.study_natural
    return list(zip(own.estimate.tolist(), own.lower.tolist(), own.upper.tolist(), strict=True))


def _small(value: float) -> str:
    if value == 0:
        return "0"
    if value < 0.0001:
        return "<0.0001"
    return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}" if value >= 0.001 else f"{value:.4f}"
