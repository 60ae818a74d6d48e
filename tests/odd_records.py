"""Random records with the texts that tables really hold: plain, coarse, fine, zero, negative, bounded, unreadable, absent."""

from __future__ import annotations

import random
from collections.abc import Callable

import pyarrow as pa

from schemas.arrow import from_texts
from schemas.codes import CODES
from schemas.fields import FieldFacts
from schemas.quantities import COUNT, NUMBER, P_VALUE, PERCENT, PROPORTION, TIME, Quantity
from schemas.registry import RECORDS

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


def _in_order(columns: dict[str, list[str | None]], draw: random.Random, about: float) -> None:
    """Events below a total with their percentage; an estimate between its limits."""
    if "events" in columns and "total" in columns:
        total = draw.randrange(1, 3000)
        events = draw.randrange(total + 1)
        columns["events"][-1], columns["total"][-1] = str(events), str(total)
        if "percent" in columns:
            columns["percent"][-1] = f"{100 * events / total:.{draw.randrange(4)}f}%"
    if "estimate" in columns or "mean" in columns:
        wide, places = draw.uniform(1.01, 3), draw.randrange(4)
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
