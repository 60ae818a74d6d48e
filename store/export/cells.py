"""Cells on their way into files: no text can start a formula, and equal content gives equal bytes."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from schemas.spreadsheet_text import PLAIN_NUMBER, STARTS_FORMULA


def guarded(table: pa.Table) -> pa.Table:
    """The table with an apostrophe before every text that a spreadsheet would take for a formula.

    Plain numbers such as -3.4 stay as they are. An original that looks guarded gets a second apostrophe, so that
    taking one away always gives the original back.
    """
    arrays = [_guarded(column) if pa.types.is_string(column.type) else column for column in table.columns]
    return pa.table(arrays, schema=table.schema)


def _guarded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    blank = pc.equal(column, "")
    column = pc.if_else(blank, pa.scalar(None, pa.string()), column)
    risky = pc.match_substring_regex(column, f"^{STARTS_FORMULA}")
    if not pc.any(risky).as_py():
        return column
    risky = pc.and_not(risky, pc.match_substring_regex(column, f"^{PLAIN_NUMBER}$"))
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)


def csv_bytes(table: pa.Table) -> bytes:
    """UTF-8, LF, one header line, texts in quotes, blanks bare, doubles in the shortest form that reads back."""
    out = io.BytesIO()
    pacsv.write_csv(table, out, pacsv.WriteOptions(quoting_style="needed"))
    return out.getvalue()


def parquet_bytes(table: pa.Table) -> bytes:
    """The table as one Parquet file, column meanings in its metadata."""
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd", version="2.6", store_schema=True)
    return out.getvalue()
