"""Rows sent to the store as places in lists are the rows that ``from_texts`` derives."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from schemas.arrow import from_texts
from schemas.coded import coded
from schemas.registry import KINDS

CELLS = [None, "NR", "24|9?", "< 5", "1,623", "22", "22", "not reached", "≥ 3", "007"]


@pytest.mark.parametrize("repeat", [1, 30])
@pytest.mark.parametrize("marks", [["point"], ["point", "comma"]])
def test_a_query_sees_the_same_numbers_whichever_way_they_are_sent(repeat, marks):
    model, size = KINDS["count"], len(CELLS) * repeat
    texts = {each.name: pa.nulls(size, pa.string()) for each in model.fields()}
    texts |= {
        "record": pa.array([f"r{number}" for number in range(size)]),
        "source": pa.array(["a"] * size),
        "decimal_mark": pa.array([marks[number % len(marks)] for number in range(size)]),
        "events": pa.array([cell if number % 20 or cell is None else f"{number}" for number, cell in enumerate(CELLS * repeat)]),
        "total": pa.array([str(number) for number in range(size)]),
    }  # fmt: skip
    whole = from_texts(model, pa.table(texts))
    names = [name for name, column in texts.items() if column.null_count < size]
    sent = coded(model, pa.record_batch({name: texts[name] for name in names}))
    connection = duckdb.connect()
    connection.register("sent", pa.Table.from_batches([sent]))
    connection.register("whole", whole)
    columns = ", ".join(f'"{name}"' for name in names)
    rows = [connection.execute(f"SELECT {columns} FROM {name}").fetchall() for name in ("sent", "whole")]
    assert rows[0] == rows[1]
    assert {row[names.index("events")] is None for row in rows[0]} == {True, False}
