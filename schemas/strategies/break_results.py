"""Breaking identities of pooled results, of facts printed twice, and of flow diagrams."""

from __future__ import annotations

import math

from scipy import special

from schemas.strategies.break_families import with_entities
from schemas.strategies.break_numbers import alone, precise
from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.effects import Effect
from schemas.strategies.flows import prisma


def _heterogeneous(draw: Draw) -> tuple[int, float, Row]:
    """Studies, Q well above its degrees of freedom, and the cells that state the pooled estimate."""
    k = draw.between(4, 20)
    q = (k - 1) * float(draw.rng.uniform(1.3, 1.8))
    low, high = Effect("OR", 0.3, 0.1).interval(95)
    number = draw.to.number
    cells = {"measure": "OR", "estimate": number(math.exp(0.3), 2), "lower": number(low, 2), "upper": number(high, 2)}
    return k, q, cells | {"model": "random", "tau2_estimator": "DL"}


def degrees_of_freedom_off(draw: Draw) -> Tables:
    """The degrees of freedom are not one less than the studies."""
    k, _, cells = _heterogeneous(draw)
    return alone("pooled", cells | {"k": str(k), "df": str(k - 1 + int(draw.rng.choice([-2, -1, 1, 2, 5])))})


def p_of_another_q(draw: Draw) -> Tables:
    """The P value of heterogeneity is not that of Q."""
    k, q, cells = _heterogeneous(precise(draw))
    p = min(0.97, float(special.chdtrc(k - 1, q)) + float(draw.rng.uniform(0.2, 0.5)))
    return alone(
        "pooled", cells | {"df": str(k - 1), "q": draw.to.number(q, 2), "p_heterogeneity": draw.to.number(p, 3)}
    )


def i2_of_another_q(draw: Draw) -> Tables:
    """I² is far from (Q - df) / Q."""
    k, q, cells = _heterogeneous(precise(draw))
    i2 = 100 * (q - k + 1) / q + float(draw.rng.uniform(8, 30))
    return alone("pooled", cells | {"df": str(k - 1), "q": draw.to.number(q, 2), "i2": draw.to.number(i2, 1) + "%"})


def p_of_another_i2(draw: Draw) -> Tables:
    """The P value of heterogeneity is far from what I² and the number of studies give."""
    k, q, cells = _heterogeneous(precise(draw))
    i2, p = 100 * (q - k + 1) / q, min(0.97, float(special.chdtrc(k - 1, q)) + float(draw.rng.uniform(0.2, 0.5)))
    return alone(
        "pooled", cells | {"k": str(k), "i2": draw.to.number(i2, 1) + "%", "p_heterogeneity": draw.to.number(p, 3)}
    )


def pooled_outside_studies(draw: Draw) -> Tables:
    """The pooled proportion is well above every study's."""
    names = [f"study-{place + 1}" for place in range(draw.between(3, 8))]
    percents = draw.rng.uniform(20, 45, len(names))
    key = {"source": "source-1", "outcome": "relapse"}
    rows = [
        key
        | {
            "study": name,
            "arm": "exp",
            "section": "Table 5",
            "row": name,
            "total": "80",
            "percent": draw.to.percent(round(0.8 * percent) / 0.8),
        }
        for name, percent in zip(names, percents, strict=True)
    ]
    middle = float(percents.max()) / 100 + float(draw.rng.uniform(0.12, 0.3))
    proportion = draw.to.proportion
    whole = {
        "estimate": proportion(middle),
        "lower": proportion(middle - 0.04),
        "upper": proportion(middle + 0.04),
        "model": "random",
    }
    stated = {
        "measure": "proportion",
        "transform": draw.one_of("logit", "arcsine", "double_arcsine"),
        "k": str(len(names)),
        "studies": " ".join(names),
    }
    tables = with_entities({"count": rows, "pooled": [key | whole | stated | {"section": "Results"}]})
    tables["study"] = [{"study": name, "label": name, "included_in": "source-1"} for name in names]
    tables["arm"] = [{"study": name, "arm": "exp", "label": "Lenalidomide"} for name in names]
    return tables


def two_places_two_values(draw: Draw) -> Tables:
    """Abstract and table print the same percentage differently, beyond rounding."""
    percent = draw.rng.uniform(20, 70)
    places = {"Abstract": percent, "Table 2": percent + draw.rng.uniform(2.5, 20)}
    rows = [
        {"source": "source-1", "study": "study-1", "outcome": "cr", "section": place, "percent": draw.to.percent(value)}
        for place, value in places.items()
    ]
    return with_entities({"count": rows})


def screening_does_not_add_up(draw: Draw) -> Tables:
    """Fewer records go on than the exclusions leave, in every diagram."""
    return _diagram(draw, "assessed", -draw.between(7, 30))


def more_included_than_left(draw: Draw) -> Tables:
    """More studies are included than the last exclusions leave."""
    return _diagram(draw, "included", draw.between(7, 30))


def _diagram(draw: Draw, node: str, off: int) -> Tables:
    """A PRISMA diagram, every box one number, with one box off."""
    split = True
    while split:
        boxes = prisma(draw, draw.between(35, 60))
        split = any("group" in box for box in boxes)
    rows = [box | {"n": draw.to.count(_number(box) + off)} if box["node"] == node else box for box in boxes]
    return with_entities({"flow": [{"source": "source-1", "section": "Figure 1"} | box for box in rows]})


def _number(box: Row) -> int:
    return int("".join(each for each in box["n"] if each.isdigit()))
