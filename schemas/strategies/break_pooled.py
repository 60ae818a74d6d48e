"""Breaking identities of pooled results: a true forest plot with one number changed beyond rounding."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import special

from schemas.strategies.break_families import with_entities
from schemas.strategies.break_numbers import alone
from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.effects import Effect
from schemas.strategies.pooled_worlds import (
    WHERE,
    effect_rows,
    entities,
    interval,
    mantel_haenszel,
    pooled_row,
    rows_of_groups,
)
from schemas.strategies.pooling_truth import synthesise

Breaker = Callable[[Draw], Tables]
STATED = {"pooling_method": "inverse_variance", "interval_method": "wald"}


def fine(draw: Draw) -> Draw:
    """The same case, printed with two decimals of a percentage and three of other numbers."""
    return replace(draw, to=replace(draw.to, decimals=2, p_decimals=4, style=replace(draw.to.style, p_bounds=False)))


def plot(draw: Draw, estimator: str = "DL", spread: float = 0.3) -> tuple[Draw, Tables, Row, list[Row]]:
    """A finely printed plot of four to eight hazard ratios: its tables, its diamond and its rows, to be changed."""
    draw, k = fine(draw), draw.between(4, 8)
    v = np.exp(np.linspace(-4.5, -1.5, k))
    y = -0.3 + spread * np.where(np.arange(k) % 2, 1, -1) * draw.rng.uniform(0.8, 1.2, k)
    one = synthesise(y, v, estimator)
    names = [f"study-{at + 1}" for at in range(k)]
    whole = pooled_row(draw, "HR", one, estimator) | STATED
    rows = effect_rows(draw, "HR", y, v, 100 * one.weights / one.weights.sum(), names, {})
    return draw, entities(names) | {"effect": rows, "pooled": [whole]}, whole, rows


def only(row: Row, *names: str) -> None:
    """Keep only these statistics of a diamond."""
    kept = {*WHERE, "measure", "k", "model", "tau2_estimator", "pooling_method", "interval_method", *names}
    for name in set(row) - kept:
        del row[name]


def changed(draw: Draw, field: str, factor: float, *keep: str, estimator: str = "DL") -> Tables:
    """A plot in which one statistic of the diamond is multiplied."""
    draw, tables, whole, _ = plot(draw, estimator)
    value = float(whole[field].replace("−", "-").replace("·", ".").replace(",", "").replace("\u2009", "").rstrip("%"))
    whole[field] = draw.to.number(value * factor)
    only(whole, field, *keep)
    return tables


def weights_beyond_whole(draw: Draw) -> Tables:
    """One weight is entered far too high."""
    draw, tables, whole, rows = plot(draw)
    rows[0]["weight"] = draw.to.percent(float(draw.rng.uniform(60, 90)))
    rows[1]["weight"] = draw.to.percent(60)
    only(whole, "estimate")
    return tables


def weights_swapped(draw: Draw) -> Tables:
    """The weights stand in reversed order, so that the least precise study has the greatest."""
    draw, tables, whole, rows = plot(draw, "none")
    weights = [row["weight"] for row in rows]
    for row, weight in zip(rows, reversed(weights), strict=True):
        row["weight"] = weight
    only(whole, "estimate")
    return tables


def h2_of_another_q(draw: Draw) -> Tables:
    """H² is far from Q / df."""
    draw, k = fine(draw), draw.between(4, 20)
    h2 = float(draw.rng.uniform(1.3, 3))
    cells = {"measure": "OR", "df": str(k - 1), "q": draw.to.number(h2 * (k - 1)), "h2": draw.to.number(h2 * 1.5)}
    return alone("pooled", cells | {"model": "random", "tau2_estimator": "DL"})


def h2_of_another_i2(draw: Draw) -> Tables:
    """H² and I² are of two analyses."""
    draw, h2 = fine(draw), float(draw.rng.uniform(1.3, 3))
    return alone("pooled", {"measure": "OR", "h2": draw.to.number(h2), "i2": draw.to.percent(100 - 100 / (1.5 * h2))})


def pooled_beyond_effects(draw: Draw) -> Tables:
    """The pooled effect is above every study's."""
    draw, tables, whole, _ = plot(draw)
    whole["estimate"] = draw.to.number(float(draw.rng.uniform(1.6, 3)))
    only(whole, "estimate")
    return tables


def estimate_of_other_weights(draw: Draw) -> Tables:
    """The pooled effect is the one that reversed weights would give."""
    draw, tables, whole, _ = plot(draw, "none")
    whole["estimate"] = draw.to.number(math.exp(-0.3 + float(draw.rng.choice([-0.12, 0.12]))))
    only(whole, "estimate")
    return tables


def estimate_off_weights(draw: Draw) -> Tables:
    """The pooled effect is not the mean by the printed weights, which alone are stated."""
    tables = estimate_of_other_weights(draw)
    for row in tables["effect"]:
        del row["lower"], row["upper"]
    return tables


def interval_too_narrow(draw: Draw) -> Tables:
    """The pooled interval is half as wide as all information of the studies allows."""
    return _interval(draw, float(draw.rng.uniform(0.3, 0.7)), "random")


def interval_of_another_model(draw: Draw) -> Tables:
    """The interval of a common effect is half again as wide as the studies give."""
    return _interval(draw, float(draw.rng.uniform(1.3, 1.8)), "common")


def wider_than_a_study(draw: Draw) -> Tables:
    """The interval of a common effect is much wider than that of its largest study."""
    return _interval(draw, float(draw.rng.uniform(3, 5)), "common")


def _interval(draw: Draw, factor: float, model: str) -> Tables:
    draw, tables, whole, rows = plot(draw, "none")
    v = np.exp(np.linspace(-4.5, -1.5, len(rows)))
    whole |= interval(draw, Effect("HR", -0.3, factor / math.sqrt((1 / v).sum()))) | {"model": model}
    only(whole, "lower", "upper")
    for row in rows:
        row["interval_method"] = "wald"
    if model == "random":
        whole["tau2_estimator"] = "REML"
    return tables


def prediction_within_interval(draw: Draw) -> Tables:
    """The prediction interval is narrower than the confidence interval."""
    draw, tables, whole, _ = plot(draw)
    y, se = -0.3, float(draw.rng.uniform(0.1, 0.3))
    inner = interval(draw, Effect("HR", y, se / 2))
    whole |= interval(draw, Effect("HR", y, se)) | {"pi_lower": inner["lower"], "pi_upper": inner["upper"]}
    only(whole, "estimate", "lower", "upper", "pi_lower", "pi_upper")
    return {"source": tables["source"], "outcome": tables["outcome"], "pooled": tables["pooled"]}


def prediction_of_another_tau2(draw: Draw) -> Tables:
    """The prediction interval is twice as wide as tau² and the interval give."""
    draw, tables, whole, _ = plot(draw)
    y, se, tau2 = -0.3, 0.15, float(draw.rng.uniform(0.02, 0.1))
    k = draw.between(5, 20)
    outer = interval(draw, Effect("HR", y, 2 * float(special.stdtrit(k - 2, 0.975)) / 1.96 * math.sqrt(tau2 + se**2)))
    whole |= interval(draw, Effect("HR", y, se)) | {"tau2": draw.to.number(tau2), "k": str(k)}
    whole |= {"pi_lower": outer["lower"], "pi_upper": outer["upper"]}
    only(whole, "estimate", "lower", "upper", "tau2", "pi_lower", "pi_upper")
    return {"source": tables["source"], "outcome": tables["outcome"], "pooled": tables["pooled"]}


def z_of_another_effect(draw: Draw) -> Tables:
    """Z is far from the effect over its standard error."""
    draw, se = fine(draw), float(draw.rng.uniform(0.08, 0.15))
    row = interval(draw, Effect("HR", -0.4, se)) | {"k": "12", "z": draw.to.number(0.4 / se * 1.6)}
    return alone("pooled", row)


def p_of_another_z(draw: Draw) -> Tables:
    """P is not that of z."""
    z = float(draw.rng.uniform(2.2, 3.5))
    return alone(
        "pooled", {"measure": "HR", "z": fine(draw).to.number(z), "k": "12", "p": f"{draw.rng.uniform(0.2, 0.9):.2f}"}
    )


def statistic_of_other_studies(draw: Draw) -> Tables:
    """Q is less than half of what the studies give."""
    return changed(draw, "q", 0.4)


def tau2_of_other_studies(draw: Draw) -> Tables:
    """Tau² is far from what the studies give."""
    return changed(draw, "tau2", float(draw.rng.uniform(3, 6)))


def _divided(draw: Draw, **whole: str) -> tuple[Draw, list[Row], Row]:
    """Two finely printed subgroups of a common effect, and the row of all together."""
    draw = fine(draw)
    common = WHERE | {"measure": "HR", "split": "donor", "model": "common", "pooling_method": "inverse_variance"}
    parts = [
        common | {"analysis_set": f"part {at + 1}", "k": str(3 + at), "n": str(100 + at), "q": draw.to.number(3.0 + at)}
        | interval(draw, Effect("HR", y, 0.1))
        for at, y in enumerate((-0.5, -0.1))
    ]  # fmt: skip
    return draw, parts, common | whole


def _split(parts: list[Row], whole: Row) -> Tables:
    tables = with_entities({"pooled": [*parts, whole]})
    tables["outcome"] = [{"outcome": "relapse", "label": "Relapse"}]
    return tables


def subgroups_off_by_one(draw: Draw) -> Tables:
    """The degrees of freedom are those of another number of subgroups."""
    _, parts, whole = _divided(draw, df_between=str(draw.between(2, 5)))
    return _split(parts, whole)


def p_of_another_split(draw: Draw) -> Tables:
    """P between is not that of Q between."""
    q = float(draw.rng.uniform(5, 9))
    cells = {
        "measure": "HR",
        "q_between": fine(draw).to.number(q),
        "df_between": "1",
        "p_between": f"{draw.rng.uniform(0.2, 0.9):.2f}",
    }
    return alone("pooled", cells | {"interval_method": "wald"})


def heterogeneity_lost(draw: Draw) -> Tables:
    """Q of all studies is less than Q within the subgroups together."""
    draw, parts, whole = _divided(draw)
    return _split(parts, whole | {"q": draw.to.number(float(draw.rng.uniform(2, 6)))})


def difference_of_other_subgroups(draw: Draw) -> Tables:
    """Q between is not that of the subgroups' effects (8)."""
    draw, parts, whole = _divided(draw, df_between="1")
    return _split(parts, whole | {"q_between": draw.to.number(float(draw.rng.uniform(1, 5)))})


def subgroups_count_more(draw: Draw) -> Tables:
    """The subgroups have more studies (7) than were pooled."""
    _, parts, whole = _divided(draw, k=str(draw.between(3, 6)))
    return _split(parts, whole)


def subgroups_have_more_people(draw: Draw) -> Tables:
    """The subgroups have more participants (201) than were pooled."""
    _, parts, whole = _divided(draw, n=str(draw.between(102, 200)))
    return _split(parts, whole)


def totals_off(draw: Draw) -> Tables:
    """The participants pooled are not the sum of the totals."""
    names, totals = ["study-1", "study-2", "study-3"], draw.rng.integers(20, 80, 3)
    rows = [
        WHERE | {"study": name, "events": "5", "total": str(total)} for name, total in zip(names, totals, strict=True)
    ]
    row = WHERE | {
        "measure": "proportion",
        "n": str(int(totals.sum()) + draw.between(1, 40)),
        "studies": " ".join(names),
    }
    return entities(names) | {"count": rows, "pooled": [row]}


def k_without_weights(draw: Draw) -> Tables:
    """More studies are counted than have a weight."""
    _, tables, whole, rows = plot(draw)
    whole["k"] = str(len(rows) + draw.between(1, 3))
    only(whole, "estimate")
    return tables


def i2_and_p_in_other_places(draw: Draw) -> Tables:
    """I² in the table and P in the text are of two results."""
    draw, k = fine(draw), draw.between(4, 12)
    q = (k - 1) * float(draw.rng.uniform(2.5, 4))
    common = {"measure": "OR", "model": "random", "tau2_estimator": "DL"}
    place = {"source": "source-1", "outcome": "relapse"}
    i2 = place | common | {"section": "Table 2", "i2": draw.to.percent(100 * (1 - (k - 1) / q))}
    p = place | common | {"section": "Results", "k": str(k), "p_heterogeneity": f"{draw.rng.uniform(0.3, 0.9):.2f}"}
    tables = with_entities({"pooled": [i2, p]})
    tables["outcome"] = [{"outcome": "relapse", "label": "Relapse"}]
    return tables


def tau2_without_i2(draw: Draw) -> Tables:
    """I² is high and tau² is 0, although the interval is wide."""
    draw = fine(draw)
    row = interval(draw, Effect("OR", -0.2, 0.15)) | {
        "k": str(draw.between(5, 12)),
        "i2": draw.to.percent(float(draw.rng.uniform(60, 90))),
    }
    return alone("pooled", row | {"tau2": "0.000", "model": "random", "tau2_estimator": "DL"})


def information_of_more_people(draw: Draw) -> Tables:
    """A double arcsine interval is as narrow as three times the participants would make it."""
    draw, n = fine(draw), draw.between(100, 300)
    half = 1.959964 / math.sqrt(3 * (n + 4)) / 2
    low, middle, high = (math.sin(0.6 + by * half) ** 2 for by in (-1, 0, 1))
    proportion = draw.to.proportion
    cells = {
        "measure": "proportion",
        "transform": "double_arcsine",
        "estimate": proportion(middle),
        "lower": proportion(low),
        "upper": proportion(high),
    }
    tables = with_entities({"pooled": [WHERE | cells | {"k": "8", "n": str(n)}]})
    tables["outcome"] = [{"outcome": "relapse", "label": "Relapse"}]
    tables["characteristic"] = [
        {"source": "source-1", "characteristic": what, "value": value}
        for what, value in (("participants", str(n)), ("studies", "8"))
    ]
    return tables


def fewer_pooled_than_report(draw: Draw) -> Tables:
    """Fewer studies are pooled than report the outcome."""
    names = [f"study-{at + 1}" for at in range(draw.between(4, 8))]
    rows = [WHERE | {"study": name, "events": "5", "total": "30"} for name in names]
    row = WHERE | {
        "measure": "proportion",
        "k": str(len(names) - draw.between(1, 2)),
        "estimate": draw.to.proportion(1 / 6),
    }
    return entities(names) | {"count": rows, "pooled": [row]}


def estimate_of_other_events(draw: Draw) -> Tables:
    """The pooled odds ratio is three times as far from 1 as the events of the studies give."""
    draw = fine(draw)
    sizes = draw.rng.integers(80, 300, (5, 2))
    studies = np.array([[round(0.25 * n1), n1, round(0.45 * n2), n2] for n1, n2 in sizes.tolist()], dtype=float)
    names = [f"study-{at + 1}" for at in range(5)]
    odds = draw.to.number(math.exp(3 * mantel_haenszel("OR", studies)))
    row = WHERE | {"measure": "OR", "k": "5", "estimate": odds}
    return entities(names) | rows_of_groups(draw, names, studies) | {"pooled": [row]}


def proportion_of_other_events(draw: Draw) -> Tables:
    """The pooled proportion lies above those that four studies of about one quarter give, within their range."""
    draw, names = fine(draw), [f"study-{at + 1}" for at in range(4)]
    sizes = draw.rng.integers(60, 200, 4).tolist()
    counts = [
        WHERE | {"study": name, "events": str(round(share * n)), "total": str(n)}
        for name, share, n in zip(names, (0.2, 0.25, 0.3, 0.65), (*sizes[:3], 20), strict=True)
    ]
    cells = {"measure": "proportion", "k": "4", "transform": "double_arcsine", "estimate": draw.to.proportion(0.58)}
    return entities(names) | {"count": counts, "pooled": [WHERE | cells]}


def heterogeneity_of_other_events(draw: Draw) -> Tables:
    """P, or I², says that four studies of very different proportions are alike."""
    tables = proportion_of_other_events(draw)
    (row,) = tables["pooled"]
    del row["estimate"]
    name = draw.one_of("p_heterogeneity", "i2", "q")
    row[name] = {"p_heterogeneity": "0.80", "i2": "5%", "q": "1.2"}[name]
    return tables


POOLED_BREAKERS: dict[str, Breaker] = {
    "POOLED-005": i2_and_p_in_other_places,
    "POOLED-006": tau2_without_i2,
    "POOLED-008": information_of_more_people,
    "POOLED-010": fewer_pooled_than_report,
    "POOLED-012": weights_beyond_whole,
    "POOLED-013": weights_swapped,
    "POOLED-014": h2_of_another_q,
    "POOLED-015": pooled_beyond_effects,
    "POOLED-016": estimate_of_other_weights,
    "POOLED-017": estimate_off_weights,
    "POOLED-018": interval_too_narrow,
    "POOLED-019": interval_of_another_model,
    "POOLED-020": wider_than_a_study,
    "POOLED-021": prediction_within_interval,
    "POOLED-022": prediction_of_another_tau2,
    "POOLED-023": z_of_another_effect,
    "POOLED-024": p_of_another_z,
    "POOLED-025": statistic_of_other_studies,
    "POOLED-026": tau2_of_other_studies,
    "POOLED-027": subgroups_off_by_one,
    "POOLED-028": p_of_another_split,
    "POOLED-029": heterogeneity_lost,
    "POOLED-030": difference_of_other_subgroups,
    "POOLED-031": subgroups_count_more,
    "POOLED-032": subgroups_have_more_people,
    "POOLED-033": totals_off,
    "POOLED-034": k_without_weights,
    "POOLED-035": h2_of_another_i2,
    "POOLED-036": estimate_of_other_events,
    "POOLED-037": proportion_of_other_events,
    "POOLED-039": heterogeneity_of_other_events,
}
"""How to break each rule of pooled results, by its id."""
