"""Putting many cases into one set of tables, and typed rows into the Arrow tables that rules are asked of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from schemas.arrow import from_texts
from schemas.identity import record_ids
from schemas.kinds.base import Declared
from schemas.registry import KINDS, RECORDS
from schemas.strategies.draw import Row, Tables

ALONE = ("source", "study", "outcome", "family", "included_in")
"""Fields that hold one id, or a name shared by outcomes that belong together."""
SEVERAL = ("studies", "contains")
"""Fields that hold ids separated by spaces."""


def stack(cases: Iterable[Tables]) -> Tables:
    """All cases in one set of tables. Ids of sources, studies and outcomes get the number of their case ("c7-")."""
    tables: Tables = {}
    for number, case in enumerate(cases):
        for kind, rows in case.items():
            tables.setdefault(kind, []).extend(_apart(row, f"c{number}-") for row in rows)
    return tables


def _apart(row: Row, prefix: str) -> Row:
    renamed = {name: prefix + row[name] for name in ALONE if row.get(name)}
    lists = {name: " ".join(prefix + each for each in row[name].split()) for name in SEVERAL if row.get(name)}
    return row | renamed | lists


def case_of(source: str) -> int:
    """The number of the case to which a stacked source belongs.

    >>> case_of("c7-source-1")
    7
    """
    return int(source.partition("-")[0].removeprefix("c"))


def arrow_tables(tables: Tables) -> dict[str, pa.Table]:
    """Typed rows as the tables of ``schemas.arrow``: numbers parsed, defaults filled in, records given their ids.

    The texts of documents ("document", with source and text) stay as they are.
    """
    return {
        kind: _arrow(KINDS[kind], rows) if kind in KINDS else pa.Table.from_pylist(rows)
        for kind, rows in tables.items()
    }


def _arrow(model: type[Declared], rows: list[Row]) -> pa.Table:
    given: list[Mapping[str, str]] = list(rows)
    if model.kind in RECORDS:
        given = [row | {"record": made} for row, made in zip(rows, record_ids(RECORDS[model.kind], rows), strict=True)]
    columns = {
        each.name: pa.array([row.get(each.name) or each.default for row in given], pa.string())
        for each in model.fields()
    }
    return from_texts(model, pa.table(columns))
