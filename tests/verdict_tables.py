"""Verdicts of one rule over big tables, without the sentences: many contradictions at once stay fast."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from whole_tables import table

from curation.engine.columns import Arguments
from curation.engine.judge import face_sources, judge
from schemas.arrow import table_schema
from schemas.registry import KINDS
from schemas.verdicts import Verdict
from store import views


@dataclass(frozen=True)
class Judged:
    """How many rows a rule found consistent and contradictory, and the records named by the latter."""

    consistent: int
    contradicts: int
    flagged: set[str]


def judged(rule, **kinds):
    """What a rule says of these columns, by kind."""
    tables = {kind: table(kind, columns) for kind, columns in kinds.items()}
    batch, sources = _of_rows(rule, tables) if rule.rows is None else _across(rule, tables)
    codes = judge(rule, Arguments(batch), sources).codes
    wrong = np.flatnonzero(codes == Verdict.CONTRADICTS)
    several = "records" if "records" in batch.schema.names else "record"
    named = batch.column(several).take(pa.array(wrong)).to_pylist()
    flagged = {record for one in named for record in (one if isinstance(one, list) else [one])}
    return Judged(int((codes == Verdict.CONSISTENT).sum()), len(wrong), flagged)


def _of_rows(rule, tables):
    ((kind, batch),) = tables.items()
    found = (face_sources(rule, KINDS[kind], face) for face in KINDS[kind].faces)
    return batch, next(each for each in found if each is not None)


def _across(rule, tables):
    with duckdb.connect(":memory:") as connection:
        for kind, model in KINDS.items():
            connection.register(kind, tables.get(kind, table_schema(model).empty_table()))
        connection.register(
            "document", pa.table({"source": pa.array([], pa.string()), "text": pa.array([], pa.string())})
        )
        views.create_for(connection, [rule.rows])
        rows = connection.sql(rule.rows).to_arrow_table()
    return rows, {name: name if name in rows.column_names else None for name in rule.arguments}
