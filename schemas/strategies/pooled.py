"""Pooled results: a meta-analysis of simulated studies, as printed."""

from __future__ import annotations

import numpy as np

from schemas.strategies.counts import normal_quantile
from schemas.strategies.draw import Draw, Row
from schemas.strategies.effects import Effect
from schemas.strategies.pooling_truth import Floats, Synthesis, back, synthesise, transformed

TRANSFORMS = ("none", "logit", "arcsine", "double_arcsine", "double_arcsine", "double_arcsine")


def pooled(draw: Draw, *, i2_from_tau2: bool = False) -> Row:
    """A pooled result with its heterogeneity, of studies nobody listed.

    ``i2_from_tau2``: a REML model whose I² is the share of tau² and not (Q - df) / Q; both customs are in print.
    """
    k = draw.between(2, 25)
    if draw.maybe(0.5) and not i2_from_tau2:
        sizes = draw.rng.integers(8, 300, k)
        chance = draw.rng.beta(*draw.rng.uniform(0.8, 6, 2)) if draw.maybe(0.6) else None
        events = draw.rng.binomial(sizes, draw.rng.beta(2, 3, k) if chance is None else chance)
        return draw.some_of(
            pooled_proportion(draw, events.astype(float), sizes.astype(float)), "q", "tau2", "n", "k", leave_out=0.2
        )
    v = draw.rng.uniform(0.01, 0.5, k)
    y = draw.rng.normal(draw.rng.normal(0, 0.4), np.sqrt(v + draw.rng.choice([0, 0.02, 0.3])))
    measure = draw.one_of("OR", "RR", "HR", "IRR", "RD", "MD", "SMD")
    if measure == "RD":
        y, v = y / 10, v / 100
    row, _ = pooled_effect(draw, measure, y, v, i2_from_tau2=i2_from_tau2)
    return draw.some_of(row, "q", "tau2", "k", leave_out=0.2)


def heterogeneity(draw: Draw, one: Synthesis, estimator: str) -> Row:
    """Q, its degrees of freedom and P value, I², tau² and how they were got."""
    number, to = draw.to.number, draw.to
    row = {
        "k": to.count(one.k), "q": number(one.q), "df": str(one.k - 1), "p_heterogeneity": to.p_value(one.p_heterogeneity),
        "i2": to.percent(one.i2), "model": "common" if estimator == "none" else "random", "tau2_estimator": estimator,
    }  # fmt: skip
    return row if estimator == "none" else row | {"tau2": number(one.tau2, 4)}


def pooled_effect(
    draw: Draw, measure: str, y: Floats, v: Floats, studies: tuple[str, ...] = (), *, i2_from_tau2: bool = False
) -> tuple[Row, Synthesis]:
    """Pool effects (ratios on the log scale); also the synthesis, for the weights."""
    estimator = "REML" if i2_from_tau2 else draw.one_of("none", "DL", "DL", "DL", "REML")
    one = synthesise(y, v, estimator, i2_from_tau2=i2_from_tau2)
    level, stated = draw.level()
    whole = Effect(measure, one.y, one.se)
    low, high = whole.interval(level)
    number = draw.to.number
    row = {
        "measure": measure,
        "estimate": number(whole.natural(one.y)),
        "lower": number(low),
        "upper": number(high),
    } | stated
    row |= {"p": draw.to.p_value(whole.p())} | heterogeneity(draw, one, estimator)
    if measure in ("OR", "RR", "HR", "IRR"):
        row["transform"] = draw.one_of("log", "unknown")
    return row | ({"studies": " ".join(studies)} if studies else {}), one


def pooled_proportion(draw: Draw, events: Floats, totals: Floats, studies: tuple[str, ...] = ()) -> Row:
    """Pool proportions on one of the customary scales, with either back-transformation of the double arcsine."""
    transform = draw.one_of(*TRANSFORMS)
    estimator = draw.one_of("none", "DL", "DL", "DL", "REML")
    miller = draw.maybe(0.5)
    y, v = transformed(np.asarray(events, dtype=float), np.asarray(totals, dtype=float), transform)
    one = synthesise(y, v, estimator)
    level, stated = draw.level()
    half = normal_quantile(level) * one.se
    middle, low, high = (
        back(at, transform, np.asarray(totals, dtype=float), miller=miller)
        for at in (one.y, one.y - half, one.y + half)
    )
    proportion = draw.to.proportion
    row = {"measure": "proportion", "estimate": proportion(middle), "lower": proportion(low), "upper": proportion(high)}
    row |= {"n": draw.to.count(int(np.sum(totals))), "transform": transform if draw.maybe(0.8) else "unknown"} | stated
    row |= heterogeneity(draw, one, estimator)
    return row | ({"studies": " ".join(studies)} if studies else {})
