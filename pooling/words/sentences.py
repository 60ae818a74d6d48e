"""A pooled result in sentences, for readers; and in one paragraph, for those who cannot see its plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pooling.words.phrases import heterogeneity, interval, left_out, model
from pooling.words.printing import capital, counted, p_value
from pooling.words.reading import Reading, own_rows, pooled_natural, predicted, reading

if TYPE_CHECKING:
    from pooling.models.results import Result


def summary(result: Result) -> str:
    """All there is to say, in order: the effect, heterogeneity, what a new study may have, what takes no part."""
    read = reading(result)
    said = [f"{result.title}." if result.title else "", pooled(result, read)]
    if result.status == 0:
        said += [f"{heterogeneity(result, limits=True)}.", prediction(result, read)]
    return " ".join(each for each in [*said, left_out(result), *result.notes] if each)


def pooled(result: Result, read: Reading) -> str:
    """The effect, its interval, the model and how many studies; or why there is none."""
    name, effect = capital(read.name), effect_and_limits(result, read)
    estimate = read.value(result.natural.estimate)
    if result.status == 2:
        alone = " ".join(np.array(result.studies.labels)[result.studies.weight > 0])
        return f"Only {alone or 'one study'} gives numbers, nothing is pooled: {read.name} {effect}."
    if result.status == 5:
        return f"{name} {estimate}, {model(result)}, {counted(result.k)}: {result.state}."
    if result.status != 0:
        return f"Not pooled ({counted(result.k)}): {result.state}."
    p = f"; {p_value(result.p)}" if result.about.null is not None else ""
    return f"{name} {effect}, {model(result)}, {counted(result.k)}{p}."


def effect_and_limits(result: Result, read: Reading) -> str:
    """The pooled effect with its interval: 0.49 (95% CI 0.34 to 0.70)."""
    estimate, lower, upper = pooled_natural(result)
    return f"{read.value(estimate)} ({interval(result.level)} {read.range(lower, upper)})"


def prediction(result: Result, read: Reading) -> str:
    """What a new study may have; "" where the model does not say."""
    limits = predicted(result)
    return f"A new study may have {read.range(*limits)} ({result.level:g}% prediction interval)." if limits else ""


def not_pooled(result: Result) -> str:
    """Why there is no pooled effect, as a sentence; "" where there is one, or a single study."""
    return f"{capital(result.state)}." if result.status > 2 else ""


def description(result: Result, what: str) -> str:
    """A plot in words: what is pooled, with which result, and each study's own estimate."""
    read = reading(result)
    whole = f"Nothing is pooled: {result.state}."
    if result.status == 0:
        whole = f"Pooled {read.name} {effect_and_limits(result, read)}, {model(result)}. {heterogeneity(result)}."
    studies = "; ".join(
        f"{label}: {_of_study(read, *row)}" for label, row in zip(result.studies.labels, own_rows(result), strict=True)
    )
    return f"{what} of {counted(result.k)}. {whole}" + (f" Studies: {studies}." if studies else "")


def _of_study(read: Reading, estimate: float, lower: float, upper: float) -> str:
    if not np.isfinite([estimate, lower, upper]).all():
        return "not estimable"
    return f"{read.value(estimate)} ({read.range(lower, upper)})"
