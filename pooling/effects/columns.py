"""Columns of one design, read from whatever holds them: present, numeric, of one shape, and possible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pooling.errors import CannotPool
from schemas.dataset import ANALYSIS_TABLES, AnalysisTable
from schemas.dataset import Column as Declared
from schemas.measures import MEASURES

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Columns = dict[str, Floats]
Data = Mapping[str, Any] | pd.DataFrame
"""Columns by metafor's names: a data frame, or anything that gives an array for a name."""

_NAMED_ROWS = 5
_MAY_BE_ZERO = {"sdi", "sd1i", "sd2i", "vi", "sei"}
"""A spread of zero is odd but can be computed with; what follows from it (a variance of zero) is for models to say."""


def slots(table: str) -> tuple[tuple[str, ...], ...]:
    """What a table must have: one column of each slot, the customary one first.

    >>> slots("two_group_counts")
    (('ai',), ('n1i', 'bi'), ('ci',), ('n2i', 'di'))
    """
    if table == "effects":
        return (("yi",), ("vi", "sei"))
    declared = ANALYSIS_TABLES[table]
    if declared.adds_up:
        return tuple(slot for a, b, n in declared.adds_up for slot in ((a,), (n, b)))
    return tuple((each.name,) for each in declared.numbers)


def listed(names: list[str] | tuple[str, ...], last: str = "and") -> str:
    """Names in a sentence.

    >>> listed(["ai", "n1i", "ci"])
    'ai, n1i and ci'
    """
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else "".join(names)


def in_words(wanted: tuple[tuple[str, ...], ...]) -> str:
    """Slots in a sentence.

    >>> in_words(slots("effects"))
    'yi and vi (or sei)'
    """
    return listed([first if not others else f"{first} (or {', '.join(others)})" for first, *others in wanted])


def read(measure: str, data: Data) -> Columns:
    """The columns that a measure is computed from, as numbers of one shape, missing ones as nan.

    Raises:
        CannotPool: a column is missing or not numeric, shapes do not fit, or a number is impossible.
    """
    table = ANALYSIS_TABLES[MEASURES[measure].table]
    wanted, found = slots(table.name), [str(name) for name in data]
    missing = tuple(slot for slot in wanted if not set(slot) & set(found))
    if missing:
        raise CannotPool(
            f"{measure} is computed from {in_words(wanted)}; missing: {in_words(missing)}; "
            f"the data have {listed(found) if found else 'no columns'}. Name the columns so, or choose another measure"
        )
    names = [each for slot in wanted for each in slot if each in found]
    columns = together({name: numbers(data[name], name) for name in names})
    check(table, columns)
    return columns


def numbers(given: Any, name: str) -> Floats:  # noqa: ANN401 - whatever can be an array
    """One column as numbers; None and other marks of missing values as nan. Raises CannotPool for text."""
    raw = np.asarray(given)
    if raw.dtype == object:
        flat = [np.nan if _is_missing(each) else each for each in raw.ravel()]
        raw = np.array(flat, dtype=object).reshape(raw.shape)
    try:
        return raw.astype(np.float64)
    except (TypeError, ValueError):
        odd = next(each for each in raw.ravel().tolist() if not _is_number(each))
        raise CannotPool(f"the column {name} holds {odd!r}, which is not a number; give numbers, and nan where one is missing") from None  # fmt: skip


def _is_missing(value: Any) -> bool:  # noqa: ANN401 - anything
    return value is None or type(value).__name__ in {"NAType", "NaTType"}


def _is_number(value: Any) -> bool:  # noqa: ANN401 - anything
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def together(columns: Columns) -> Columns:
    """Columns broadcast to one shape. Raises CannotPool where they do not fit."""
    try:
        same = np.broadcast_arrays(*columns.values())
    except ValueError:
        shapes = listed([f"{name} {each.shape}" for name, each in columns.items()])
        raise CannotPool(f"the columns do not have one length: {shapes}; give one number per study in each") from None
    return dict(zip(columns, same, strict=True))


def check(table: AnalysisTable, columns: Columns) -> None:
    """Refuse what the declaration of the table rules out. Raises CannotPool naming the rows."""
    for declared in table.numbers:
        if declared.name in columns:
            _check_range(declared, columns[declared.name])
    for low, high in table.rises:
        if {low, high} <= set(columns):
            refuse(columns[low] > columns[high], {low: columns[low], high: columns[high]}, f"{low} is more than {high}")
    for a, b, n in table.adds_up:
        if {a, b, n} <= set(columns):
            parts = {name: columns[name] for name in (a, b, n)}
            refuse(np.abs(parts[a] + parts[b] - parts[n]) > 1e-9 * parts[n], parts, f"{a} and {b} do not add up to {n}")


def _check_range(declared: Declared, values: Floats) -> None:
    shown, name = {declared.name: values}, declared.name
    refuse(np.isinf(values), shown, f"{name} is infinite")
    if declared.lowest is not None:
        refuse(values < declared.lowest, shown, f"{name} is below {declared.lowest:g}")
    if declared.highest is not None:
        refuse(values > declared.highest, shown, f"{name} is above {declared.highest:g}")
    if declared.above_zero and name not in _MAY_BE_ZERO:
        refuse(values == 0, shown, f"{name} is 0")


def refuse(wrong: Any, shown: Columns, what: str, *, then: str = "") -> None:  # noqa: ANN401 - a mask
    """Raise CannotPool if anything is wrong: what, in which rows (the first five, and how many more), what to do."""
    rows = np.argwhere(np.atleast_1d(wrong))
    if not len(rows):
        return
    said = [_row(tuple(int(part) for part in at), shown) for at in rows[:_NAMED_ROWS]]
    more = f", and {len(rows) - _NAMED_ROWS} more" if len(rows) > _NAMED_ROWS else ""
    remedy = then or "correct the numbers, or set them to nan to leave the study out"
    raise CannotPool(f"{what} in {'; '.join(said)}{more}; {remedy}")


def _row(at: tuple[int, ...], shown: Columns) -> str:
    place = (
        f"row {at[0] + 1}"
        if len(at) == 1
        else f"row {at[-1] + 1} of analysis {', '.join(str(part + 1) for part in at[:-1])}"
    )
    values = ", ".join(f"{name} {float(np.atleast_1d(each)[at]):.15g}" for name, each in shown.items())
    return f"{place} ({values})"
