"""The contract of the clean dataset, checked by pandera on the finished tables. A violation is a mistake in the export.

Keys are present and unique, codes and types are the declared ones, whoever is named is defined, no record has an open
error; and in records without an accepted finding counts are whole, 0 <= events <= total, percentages lie in 0 to 100,
P values in 0 to 1, lower <= estimate <= upper within their rounding, and spreads are above zero.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from schemas.dataset import Column
from schemas.kinds.base import Declared, Record
from store.export.limits import Limits, Order, limits, orders
from store.export.sheets import Sheet
from store.export.tidy import defined, mask

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pandera

NAMED = 5
"""Rows a violation names before the rest is only counted."""
_OPEN = "no open error"
_KEY = "the key is its own"


class ContractViolation(Exception):
    """The clean dataset would hold something that it promises not to hold. Nothing was written."""


def check(
    model: type[Declared],
    sheet: Sheet,
    sheets: Mapping[str, Sheet],
    *,
    open_errors: Collection[str] = (),
    accepted: Collection[str] = (),
) -> None:
    """Raise ContractViolation, naming the rows, if a finished table breaks the contract.

    Args:
        model: the kind of the rows.
        sheet: the finished table.
        sheets: all finished tables, for the names that refer to them.
        open_errors: records that an open finding of severity error points at.
        accepted: records with an accepted finding; their numbers may contradict each other.
    """
    import pandas as pd  # noqa: PLC0415 - slow to import

    frame = sheet.table.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    frame.index = row_names(sheet)
    validate(structure(sheet), frame, sheet.name)
    facts = {_KEY: ~frame.duplicated(list(sheet.key), keep=False)} | _defined(sheet, sheets)
    if issubclass(model, Record):
        facts[_OPEN] = ~frame["record"].isin(list(open_errors))
        undecided = frame[~frame["record"].isin(list(accepted))]
        bounded = undecided[[each.field for each in limits(model)]].assign(**_in_order(undecided, orders(model)))
        validate(_numbers(limits(model), orders(model)), bounded, sheet.name)
    validate(all_true(facts), pd.DataFrame(facts), sheet.name)


def structure(sheet: Sheet) -> pandera.DataFrameSchema:
    """Types, codes, required cells and unique ids, column by column, from the declared columns."""
    import pandera.pandas as pandera  # noqa: PLC0415 - slow to import

    columns = {each.name: _column(each) for each in sheet.columns}
    return pandera.DataFrameSchema(columns, strict=True, ordered=True)


def _column(column: Column) -> pandera.Column:
    import pandera.pandas as pandera  # noqa: PLC0415 - slow to import, loaded when needed

    # Texts are texts by the schema of the Arrow table; to ask pandas again takes nine tenths of the time.
    dtype = {"integer": "Int64", "number": "float64"}.get(column.type)
    checks = [pandera.Check.isin(column.codes, error="one of its codes")] if column.codes else []
    checks += _within(column)
    return pandera.Column(dtype, checks, nullable=not column.required, unique=column.unique)


def _numbers(bounded: Collection[Limits], pairs: Collection[Order]) -> pandera.DataFrameSchema:
    import pandera.pandas as pandera  # noqa: PLC0415 - slow to import, loaded when needed

    columns = {each.field: pandera.Column(None, _within(each), nullable=True) for each in bounded}
    return all_true(map(_at_most, pairs)).add_columns(columns)


def _within(one: Limits | Column) -> list[pandera.Check]:
    import pandera.pandas as pandera  # noqa: PLC0415 - slow to import, loaded when needed

    checks = []
    if one.lowest is not None:
        checks.append(pandera.Check.gt(0) if one.above_zero else pandera.Check.ge(one.lowest))
    if one.highest is not None:
        checks.append(pandera.Check.le(one.highest))
    return checks


def all_true(names: Iterable[str]) -> pandera.DataFrameSchema:
    """Conditions over several columns, each a column of its own: only column checks can name the row."""
    import pandera.pandas as pandera  # noqa: PLC0415 - slow to import, loaded when needed

    return pandera.DataFrameSchema({name: pandera.Column(bool, pandera.Check.eq(True)) for name in names})


def _at_most(one: Order) -> str:
    return f"{one.lesser} at most {one.greater}"


def _in_order(frame: pd.DataFrame, pairs: Collection[Order]) -> dict[str, pd.Series[bool]]:
    """For each pair, whether true values within the two printed intervals are in order. Blank ends are open."""

    def holds(one: Order) -> pd.Series[bool]:
        broken = frame[f"{one.lesser}_low"] > frame[f"{one.greater}_high"]
        units = [f"{name}_unit" for name in (one.lesser, one.greater)]
        if set(units) <= set(frame.columns):
            broken &= frame[units[0]].fillna("") == frame[units[1]].fillna("")
        return ~broken

    return {_at_most(each): holds(each) for each in pairs}


def _defined(sheet: Sheet, sheets: Mapping[str, Sheet]) -> dict[str, NDArray[np.bool_]]:
    """For each column that names somebody, whether the name is defined or the cell is blank."""
    known = {}
    for each in sheet.references:
        blank = mask(pc.is_null(sheet.table.column(each.columns[-1])))
        known[f"{each.columns[-1]} is defined"] = blank | defined(sheet.table, sheets[each.table].table, each)
    return known


def row_names(sheet: Sheet) -> pd.Index[str]:
    """The key of every row, by which violations name it."""
    import pandas as pd  # noqa: PLC0415 - slow to import, loaded when needed

    parts = [pc.fill_null(sheet.table.column(name), "") for name in sheet.key]
    names: pd.Index[str] = pd.Index(pc.binary_join_element_wise(*parts, "/").to_pandas())
    return names


def validate(schema: pandera.DataFrameSchema, frame: pd.DataFrame, name: str) -> None:
    """Raise ContractViolation, naming the rows of table ``name``, if a frame does not satisfy the schema."""
    import pandera.pandas as pandera  # noqa: PLC0415 - slow to import, loaded when needed

    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        raise ContractViolation(_worded(error.failure_cases, name)) from None


def _worded(cases: pd.DataFrame, name: str) -> str:
    shown = [f"row {row}, column {column}: {found!r} fails {check}" for row, column, found, check in zip(
        cases["index"], cases["column"], cases["failure_case"], cases["check"], strict=True)][:NAMED]  # fmt: skip
    more = f"; and {len(cases) - NAMED} more" if len(cases) > NAMED else ""
    return (
        f"The clean table {name!r} breaks its contract: {'; '.join(shown)}{more}. Nothing was written. "
        "This is a mistake in the export, not in your data; please report it with this message."
    )
