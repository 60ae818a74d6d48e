"""Breaking identities of pooled results, of facts printed twice, and of flow diagrams."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from schemas.strategies.break_families import STATED, with_entities
from schemas.strategies.break_numbers import PLACE, alone, precise
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
    """The pooled odds ratio is above every study's."""
    k = draw.between(2, 8)
    y, number = draw.rng.uniform(-0.5, 0.4, k), draw.to.number
    names = [f"study-{place + 1}" for place in range(k)]
    key = {"source": "source-1", "outcome": "ge-pr", "measure": "OR"}
    rows = []
    for name, one in zip(names, (Effect("OR", float(each), 0.3) for each in y), strict=True):
        low, high = one.interval(95)
        cells = {"estimate": number(math.exp(one.y), 2), "lower": number(low, 2), "upper": number(high, 2)}
        rows.append(key | {"study": name, "arm": "exp", "section": "Figure 2", "row": name} | cells)
    middle = Effect("OR", float(np.max(y)) + float(draw.rng.uniform(0.3, 0.8)), 0.1)
    low, high = middle.interval(95)
    whole = {
        "estimate": number(math.exp(middle.y), 2),
        "lower": number(low, 2),
        "upper": number(high, 2),
        "model": "random",
    }
    tables = with_entities(
        {"effect": rows, "pooled": [key | whole | {"section": "Results", "k": str(k), "studies": " ".join(names)}]},
        ["ge-pr"],
    )
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
    return with_entities({"count": rows}, ["cr"])


def boxes_do_not_add_up(draw: Draw) -> Tables:
    """The last box of a diagram holds more studies than were left."""
    boxes = [box for box in prisma(draw, draw.between(3, 30)) if "group" not in box]
    while not any(box["node"] == "excluded_fulltext" for box in boxes):
        boxes = [box for box in prisma(draw, draw.between(3, 30)) if "group" not in box]
    more = draw.between(7, 30)
    broken = [box | {"n": draw.to.count(int(box["n"]) + more)} if box["node"] == "included" else box for box in boxes]
    return {
        "source": [_stated("source")],
        "flow": [{"source": PLACE["source"], "section": "Figure 1"} | box for box in broken],
    }


def _stated(kind: str) -> Row:
    row = next(dict(each) for each in STATED if each["kind"] == kind)
    del row["kind"]
    return row
