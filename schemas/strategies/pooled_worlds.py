"""True forest plots: studies with weights and intervals, the result pooled from them, subgroups and totals."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.effects import Effect, odds_ratio, risk_difference, risk_ratio
from schemas.strategies.pooling_truth import Floats, Synthesis, back, synthesise, transformed

MEASURES = ("OR", "RR", "HR", "IRR", "RD", "MD", "SMD")
WHERE = {"source": "source-1", "outcome": "relapse", "section": "Figure 2"}


def some_studies(draw: Draw, measure: str, k: int) -> tuple[Floats, Floats]:
    """Estimates and variances of studies on the scale of analysis, homogeneous or not."""
    v = draw.rng.uniform(0.01, 0.5, k)
    y = draw.rng.normal(draw.rng.normal(0, 0.4), np.sqrt(v + draw.rng.choice([0, 0.02, 0.3])))
    return (y / 10, v / 100) if measure == "RD" else (y, v)


def entities(names: list[str]) -> Tables:
    """The review, its studies and its outcome."""
    return {
        "source": [{"source": "source-1", "title": "Simulated review", "type": "systematic_review"}],
        "study": [{"study": name, "label": name, "included_in": "source-1"} for name in names],
        "outcome": [{"outcome": "relapse", "label": "Relapse"}],
    }


def interval(draw: Draw, one: Effect, level: float = 95.0) -> Row:
    """An estimate and its limits as printed."""
    low, high = one.interval(level)
    number = draw.to.number
    return {
        "measure": one.measure, "estimate": number(one.natural(one.y)), "lower": number(low), "upper": number(high),
    }  # fmt: skip


def effect_rows(
    draw: Draw, measure: str, y: Floats, v: Floats, shares: Floats, names: list[str], part: Row
) -> list[Row]:
    """One row of the plot per study."""
    method = {"interval_method": draw.one_of("wald", "unknown")}
    return [
        WHERE | part | {"study": name, "row": name, "weight": draw.to.percent(share)} | method
        | interval(draw, Effect(measure, at, math.sqrt(variance)))
        for name, at, variance, share in zip(names, y.tolist(), v.tolist(), shares.tolist(), strict=True)
    ]  # fmt: skip


def pooled_row(draw: Draw, measure: str, one: Synthesis, estimator: str) -> Row:
    """The diamond: estimate, interval, test, heterogeneity and prediction interval."""
    to, whole = draw.to, Effect(measure, one.y, one.se)
    row = WHERE | interval(draw, whole) | {
        "k": to.count(one.k), "q": to.number(one.q), "df": str(one.k - 1), "p_heterogeneity": to.p_value(one.p_heterogeneity),
        "i2": to.percent(one.i2), "h2": to.number(one.q / (one.k - 1)), "z": to.number(whole.statistic), "p": to.p_value(whole.p()),
        "model": "common" if estimator == "none" else "random", "tau2_estimator": estimator,
        "pooling_method": draw.one_of("inverse_variance", "inverse_variance", "unknown"), "interval_method": draw.one_of("wald", "wald", "unknown"),
    }  # fmt: skip
    if estimator != "none":
        row["tau2"] = to.number(one.tau2, 4)
        if one.k > 2:
            reach = float(special.stdtrit(one.k - int(draw.rng.integers(1, 3)), 0.975)) * math.sqrt(
                one.tau2 + one.se**2
            )
            row |= {
                "pi_lower": to.number(whole.natural(one.y - reach)),
                "pi_upper": to.number(whole.natural(one.y + reach)),
            }
    return row


def forest_plot(draw: Draw) -> Tables:
    """A forest plot with weights, of a common effect or random effects."""
    measure, k = draw.one_of(*MEASURES), draw.between(2, 12)
    y, v = some_studies(draw, measure, k)
    estimator = draw.one_of("none", "none", "DL", "DL", "REML")
    one = synthesise(y, v, estimator)
    names = [f"study-{at + 1}" for at in range(k)]
    row = pooled_row(draw, measure, one, estimator)
    if draw.maybe(0.5):
        row["studies"] = " ".join(names)
    row = draw.some_of(row, "p", "tau2", "h2", "q", "i2", "tau2_estimator", leave_out=0.1)
    shares = 100 * one.weights / one.weights.sum()
    return entities(names) | {"effect": effect_rows(draw, measure, y, v, shares, names, {}), "pooled": [row]}


def hartung_knapp_plot(draw: Draw) -> Tables:
    """Random effects with a Hartung-Knapp interval, not always stated."""
    measure, k = draw.one_of("HR", "MD", "SMD"), draw.between(3, 10)
    y, v = some_studies(draw, measure, k)
    one = synthesise(y, v, "DL")
    spread = float((one.weights * (y - one.y) ** 2).sum()) / (k - 1)
    half = float(special.stdtrit(k - 1, 0.975)) * one.se * math.sqrt(spread)
    whole, names = Effect(measure, one.y, one.se), [f"study-{at + 1}" for at in range(k)]
    row = pooled_row(draw, measure, one, "DL") | {
        "lower": draw.to.number(whole.natural(one.y - half)), "upper": draw.to.number(whole.natural(one.y + half)), "interval_method": "hartung_knapp",
    }  # fmt: skip
    kept = {name: text for name, text in row.items() if name not in {"z", "p", "pi_lower", "pi_upper"}}
    shares = 100 * one.weights / one.weights.sum()
    return entities(names) | {"effect": effect_rows(draw, measure, y, v, shares, names, {}), "pooled": [kept]}


def subgroups(draw: Draw) -> Tables:
    """A common effect in two to four subgroups and in all together, with the test between them."""
    measure, number = draw.one_of(*MEASURES), draw.between(2, 4)
    sizes = draw.rng.integers(2, 6, number)
    y, v = some_studies(draw, measure, int(sizes.sum()))
    names = [f"study-{at + 1}" for at in range(len(y))]
    parts = np.split(np.arange(len(y)), np.cumsum(sizes)[:-1])
    estimator = draw.one_of("none", "none", "DL")
    whole = synthesise(y, v, estimator)
    shares, effects, pooled, made = 100 * whole.weights / whole.weights.sum(), [], [], []
    people = [int(each) for each in draw.rng.integers(20, 2000, number)]
    method, to = {"pooling_method": draw.one_of("inverse_variance", "inverse_variance", "unknown")}, draw.to
    for at, places in enumerate(parts):
        part, one = {"analysis_set": f"part {at + 1}"}, synthesise(y[places], v[places], estimator)
        made.append(one)
        effects += effect_rows(
            draw, measure, y[places], v[places], shares[places], [names[place] for place in places], part
        )
        pooled.append(
            pooled_row(draw, measure, one, estimator) | method | part | {"split": "donor", "n": to.count(people[at])}
        )
    between = synthesise(np.array([one.y for one in made]), np.array([one.se**2 for one in made]), "none")
    test = {
        "q_between": to.number(between.q),
        "df_between": str(number - 1),
        "p_between": to.p_value(between.p_heterogeneity),
    }
    pooled.append(
        pooled_row(draw, measure, whole, estimator) | method | test | {"split": "donor", "n": to.count(sum(people))}
    )
    return entities(names) | {"effect": effects, "pooled": pooled}


def totals_row(draw: Draw) -> Tables:
    """Events and totals of both groups of each study, and the participants pooled."""
    k = draw.between(2, 8)
    names, rows = [f"study-{at + 1}" for at in range(k)], []
    tables = entities(names)
    tables["arm"] = [
        {"study": name, "arm": arm, "label": arm, "role": role}
        for name in names
        for arm, role in (("len", "experimental"), ("obs", "control"))
    ]
    totals = draw.rng.integers(12, 300, (k, 2))
    for name, both in zip(names, totals.tolist(), strict=True):
        for arm, total in zip(("len", "obs"), both, strict=True):
            events = int(draw.rng.integers(1, total))
            rows.append(
                WHERE
                | {
                    "study": name,
                    "arm": arm,
                    "row": name,
                    "events": draw.to.count(events),
                    "total": draw.to.count(total),
                }
            )
    row = WHERE | {"measure": "OR", "k": str(k), "n": draw.to.count(int(totals.sum()))}
    return tables | {"count": rows, "pooled": [row | ({"studies": " ".join(names)} if draw.maybe(0.5) else {})]}


def events_of_studies(draw: Draw, k: int, *, rare: bool) -> Floats:
    """Events and participants of both groups, one line per study; each group has an event somewhere."""
    n1, n2 = draw.rng.integers(12, 250, (2, k))
    p = draw.rng.uniform(0.005, 0.05, k) if rare else draw.rng.uniform(0.1, 0.6, k)
    other = special.expit(special.logit(p) + draw.rng.normal(-0.3, 0.4, k))
    a, c = draw.rng.binomial(n1, other), draw.rng.binomial(n2, p)
    a[0] += not a.any()
    c[-1] += not c.any()
    return np.array([a, n1, c, n2], dtype=float).T


def rows_of_groups(draw: Draw, names: list[str], studies: Floats) -> Tables:
    """The studies' groups and their events."""
    arms, counts = [], []
    for name, (a, n1, c, n2) in zip(names, studies.astype(int).tolist(), strict=True):
        for arm, role, events, total in (("len", "experimental", a, n1), ("obs", "control", c, n2)):
            arms.append({"study": name, "arm": arm, "label": arm, "role": role})
            cells = {"events": draw.to.count(events), "total": draw.to.count(total)}
            counts.append(WHERE | {"study": name, "arm": arm, "row": name} | cells)
    return {"arm": arms, "count": counts}


def mantel_haenszel(measure: str, studies: Floats) -> float:
    """The Mantel-Haenszel effect on the scale of analysis, studies without events left as they are."""
    a, n1, c, n2 = studies.T
    everyone = n1 + n2
    if measure == "RD":
        return float(((a * n2 - c * n1) / everyone).sum() / (n1 * n2 / everyone).sum())
    over, under = (a * (n2 - c), (n1 - a) * c) if measure == "OR" else (a * n2, c * n1)
    return math.log((over / everyone).sum() / (under / everyone).sum())


def peto(studies: Floats) -> float:
    """Peto's log odds ratio: the sum of observed less expected events over the sum of their variances."""
    a, n1, c, n2 = studies.T
    everyone, events = n1 + n2, a + c
    variance = n1 * n2 * events * (everyone - events) / (everyone**2 * (everyone - 1))
    return float((a - n1 * events / everyone).sum() / variance.sum())


def inverse_variances(measure: str, studies: Floats, estimator: str) -> float:
    """One half added to studies with an empty cell; a common effect or random effects."""
    make = {"OR": odds_ratio, "RR": risk_ratio, "RD": risk_difference}[measure]
    made = [make(*each) for each in studies.tolist()]
    return synthesise(np.array([one.y for one in made]), np.array([one.se**2 for one in made]), estimator).y


def pooled_counts(draw: Draw) -> Tables:
    """Events of both groups of every study, and their pooled ratio or difference by one of the customary methods."""
    measure, k = draw.one_of("OR", "OR", "RR", "RD"), draw.between(2, 8)
    studies = events_of_studies(draw, k, rare=measure != "RD" and draw.maybe(0.3))
    if measure == "RD":  # the variance of no events is 0
        studies[:, 0], studies[:, 2] = np.maximum(studies[:, 0], 1), np.maximum(studies[:, 2], 1)
        studies[:, 1] += studies[:, 0] == studies[:, 1]
        studies[:, 3] += studies[:, 2] == studies[:, 3]
    method = draw.one_of("mantel_haenszel", "peto", "none", "DL", "REML")
    if method == "peto":
        measure = "OR"
    y = {"mantel_haenszel": lambda: mantel_haenszel(measure, studies), "peto": lambda: peto(studies)}.get(
        method, lambda: inverse_variances(measure, studies, method)
    )()
    stated = method if method in ("mantel_haenszel", "peto") else "inverse_variance"
    names = [f"study-{at + 1}" for at in range(k)]
    row = WHERE | {
        "measure": measure,
        "estimate": draw.to.number(Effect(measure, y, 0.1).natural(y)),
        "pooling_method": draw.one_of(stated, "unknown"),
    }
    row |= {"studies": " ".join(names)} if draw.maybe(0.5) else {"k": str(k)}
    return entities(names) | rows_of_groups(draw, names, studies) | {"pooled": [row]}


def pooled_proportion(draw: Draw) -> Tables:
    """Events and totals of every study, and the proportion pooled on one of the customary scales."""
    k = draw.between(2, 8)
    totals = draw.rng.integers(10, 150, k).astype(float)
    events = draw.rng.binomial(totals.astype(int), draw.rng.uniform(0.1, 0.7, k)).astype(float)
    transform = draw.one_of("none", "logit", "arcsine", "double_arcsine", "double_arcsine")
    if transform == "none":  # the variance of no events is 0
        events = np.clip(events, 1, totals - 1)
    estimator = draw.one_of("none", "DL", "REML")
    one = synthesise(*transformed(events, totals, transform), estimator)
    pooled, names = back(one.y, transform, totals, miller=draw.maybe(0.5)), [f"study-{at + 1}" for at in range(k)]
    counts = [
        WHERE | {"study": name, "row": name, "events": draw.to.count(x), "total": draw.to.count(n)}
        for name, x, n in zip(names, events.astype(int).tolist(), totals.astype(int).tolist(), strict=True)
    ]
    row = WHERE | {"measure": "proportion", "estimate": draw.to.proportion(pooled), "k": str(k), "transform": transform}
    row["pooling_method"] = "inverse_variance"
    if draw.maybe(0.5):
        row |= {
            "q": draw.to.number(one.q),
            "p_heterogeneity": draw.to.p_value(one.p_heterogeneity),
            "i2": draw.to.percent(one.i2),
        }
        row |= {"tau2": draw.to.number(one.tau2, 4)} if estimator != "none" else {}
    return entities(names) | {"count": counts, "pooled": [row]}


WORLDS = {
    "pooled_proportion": pooled_proportion,
    "pooled_counts": pooled_counts,
    "forest_plot": forest_plot,
    "hartung_knapp_plot": hartung_knapp_plot,
    "subgroups": subgroups,
    "totals_row": totals_row,
}
"""The true worlds of pooled results, by name."""
