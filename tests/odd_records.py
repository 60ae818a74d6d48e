"""Random records with the texts that tables really hold: plain, coarse, fine, zero, negative, bounded, unreadable, absent."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from schemas.arrow import from_texts
from schemas.codes import CODES
from schemas.fields import FieldFacts
from schemas.quantities import COUNT, NUMBER, P_VALUE, PERCENT, PROPORTION, TIME, Quantity
from schemas.registry import RECORDS

SELDOM = ("level", "df", "scale_min", "scale_max", "items")
"""Fields that say how others were made: rules ask other things where they are given."""
WORDS = ("NR", "NA", "not reached", "24|29?")


def records(kind: str, rows: int, seed: int) -> pa.Table:
    """So many records of a kind; about half of the cells of a record go together, so that many rules are content."""
    draw = random.Random(seed)  # noqa: S311 - test data
    model = RECORDS[kind]
    columns: dict[str, list[str | None]] = {each.name: [] for each in model.fields()}
    for number in range(rows):
        about = draw.choice((0.02, 0.5, 1.0, 7.0, 40.0))
        for each in model.fields():
            columns[each.name].append(_cell(each, draw, about))
        columns["record"][-1], columns["decimal_mark"][-1] = f"r{number}", "point"
        if draw.random() < 0.5:
            _in_order(columns, draw, about)
    return from_texts(model, pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()}))


def plain_records(kind: str, rows: int, seed: int) -> pa.Table:
    """So many records whose numbers are all plainly printed, with one decimal or more unless they count.

    Fields are in all of them or in none. Half of the seeds give every number of a field the same decimals.
    """
    draw = random.Random(seed)  # noqa: S311 - test data
    model = RECORDS[kind]
    fields = [
        each for each in model.fields() if draw.random() < (0.2 if each.name in SELDOM else 0.9) or not each.quantity
    ]
    places = {each.name: (1, 2, 3, 4) if seed % 2 else (draw.randrange(1, 4),) for each in fields}
    columns: dict[str, list[str | None]] = {each.name: [] for each in model.fields()}
    for number in range(rows):
        about = draw.choice((0.02, 0.5, 1.0, 7.0, 40.0))
        for each in model.fields():
            text = None
            if each in fields:
                text = (
                    _plainly(each.quantity, draw, about, places[each.name])
                    if each.quantity
                    else _cell(each, draw, about)
                )
            columns[each.name].append(text)
        columns["record"][-1], columns["decimal_mark"][-1] = f"r{number}", "point"
        if draw.random() < 0.7:
            _fitting(columns, draw, about, places)
    return from_texts(model, pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()}))


def _plainly(quantity: Quantity, draw: random.Random, about: float, places: Sequence[int]) -> str:
    if quantity.exact:
        return _count(draw, about)
    value = _TEXTS.get(quantity, _number)(draw, about).strip("%<>")
    return f"{float(value):.{draw.choice(places)}f}"


def _fitting(
    columns: dict[str, list[str | None]], draw: random.Random, about: float, places: dict[str, Sequence[int]]
) -> None:
    """What belongs together, printed anew with the decimals of its field; absent fields stay so."""
    before = {name: cells[-1] for name, cells in columns.items()}
    _in_order(columns, draw, about, exactly=True)
    if {"n", "sd", "median"} <= set(columns):
        _of_a_sample(columns, draw, about)
    for name, cells in columns.items():
        if before[name] is None:
            cells[-1] = None
        elif cells[-1] is not None and cells[-1] != before[name] and name not in ("events", "total", "n"):
            cells[-1] = f"{float(cells[-1].strip('%')):.{draw.choice(places[name])}f}"


def _of_a_sample(columns: dict[str, list[str | None]], draw: random.Random, about: float) -> None:
    """What describes one sample."""
    values = np.random.default_rng(draw.randrange(10**6)).normal(about, about / 4, draw.randrange(20, 200))
    mean, sd, se = values.mean(), values.std(ddof=1), values.std(ddof=1) / len(values) ** 0.5
    described = {
        "mean": mean, "sd": sd, "se": se, "lower": mean - 1.96 * se, "upper": mean + 1.96 * se,
        **dict(zip(("minimum", "q1", "median", "q3", "maximum"), np.quantile(values, (0, 0.25, 0.5, 0.75, 1)), strict=True)),
    }  # fmt: skip
    columns["n"][-1] = str(len(values))
    for name, value in described.items():
        columns[name][-1] = f"{value:.12f}"


def _in_order(
    columns: dict[str, list[str | None]], draw: random.Random, about: float, *, exactly: bool = False
) -> None:
    """Events below a total with their percentage; an estimate between its limits. ``exactly``: with all their digits."""
    digits = 12 if exactly else 0
    if "events" in columns and "total" in columns:
        total = draw.randrange(1, 3000)
        events = draw.randrange(total + 1)
        columns["events"][-1], columns["total"][-1] = str(events), str(total)
        if "percent" in columns:
            columns["percent"][-1] = f"{100 * events / total:.{digits or draw.randrange(4)}f}%"
    if "estimate" in columns or "mean" in columns:
        wide, places = draw.uniform(1.01, 3), digits or draw.randrange(4)
        middle = "estimate" if "estimate" in columns else "mean"
        for name, value in ((middle, about), ("lower", about / wide), ("upper", about * wide)):
            columns[name][-1] = f"{value:.{places}f}"


def _cell(field: FieldFacts, draw: random.Random, about: float) -> str | None:
    if draw.random() < 0.25:
        return None
    if field.quantity:
        return _printed(field.quantity, draw, about)
    return draw.choice(sorted(CODES[field.codes]) if field.codes else ("x", "y", "%"))


def _printed(quantity: Quantity, draw: random.Random, about: float) -> str:
    if draw.random() < 0.04:
        return draw.choice(WORDS)
    return _TEXTS.get(quantity, _number)(draw, about)


def _number(draw: random.Random, about: float) -> str:
    value = about * draw.uniform(0.2, 3) * draw.choice((1, 1, 1, 1, 0, -1))
    return f"{value:.{draw.randrange(5)}f}"


def _count(draw: random.Random, about: float) -> str:
    return str(draw.choice((0, 1, draw.randrange(20), draw.randrange(3000))))


def _percent(draw: random.Random, about: float) -> str:
    return f"{draw.choice((0, 100, draw.uniform(0, 100), draw.uniform(-3, 130))):.{draw.randrange(4)}f}%"


def _p(draw: random.Random, about: float) -> str:
    given = (
        f"{draw.random() ** 3:.{draw.randrange(1, 6)}f}",
        "<0.001",
        "<0.05",
        ">0.05",
        "0.000",
        "1.00",
        "<0.00001",
        "1.2",
    )
    return draw.choice(given)


def _nonnegative(draw: random.Random, about: float) -> str:
    return _number(draw, about).lstrip("-")


_TEXTS: dict[Quantity, Callable[[random.Random, float], str]] = {
    COUNT: _count, PERCENT: _percent, P_VALUE: _p, NUMBER: _number, PROPORTION: _number, TIME: _nonnegative,
}  # fmt: skip
