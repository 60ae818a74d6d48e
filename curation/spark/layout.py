"""Records as Parquet files partitioned by study, in which no study and no source is in two files of a kind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curation.spark.errors import CannotCheck
from curation.spark.plan import ENTITIES, ties_of
from curation.spark.results import put_in_place, workplace
from curation.spark.shape import DOCUMENT, shaped
from curation.spark.ties import ROWS_PER_TASK, Held, shared_out
from schemas.registry import KINDS, RECORDS


def write(tables: Mapping[str, pa.Table], folder: str | Path, rows_per_file: int = ROWS_PER_TASK) -> Path:
    """Write tables by kind, as a review or the intake gives them, as a folder that ``check`` reads.

    Every task then reads whole files. The folder holds KIND/part-00000.parquet and so on; parts of one number belong
    together. It is made complete or not at all, and over nothing that is there.

    Args:
        tables: tables by kind; with records of one extractor, where several people extracted.
        folder: the folder to make.
        rows_per_file: records of all kinds in the parts of one number, unless more are bound together.

    Raises:
        CannotCheck: the folder is there and not empty, or a record has no source.
    """
    whole = {
        kind: shaped(kind, table, kind) for kind, table in tables.items() if kind in (*KINDS, DOCUMENT) and len(table)
    }
    records = {kind: whole[kind] for kind in RECORDS if kind in whole}
    if not records:
        raise CannotCheck("there are no records to write")
    numbers = _numbers(whole, records, rows_per_file)
    target = Path(folder)
    with workplace(target, lambda _: None) as work:
        made = work / "records"
        for kind, table in records.items():
            _write_parts(made / kind, table, pc.index_in(table["source"], numbers["source"]), numbers)
        for kind in (each for each in ENTITIES if each in whole):
            (made / kind).mkdir(parents=True)
            pq.write_table(whole[kind], made / kind / "part-00000.parquet", compression="zstd")
        put_in_place(made, target)
    return target


def _numbers(whole: Mapping[str, pa.Table], records: Mapping[str, pa.Table], rows: int) -> pa.Table:
    """The number of its part for every source."""
    counted = pa.concat_tables(table.select(["source"]) for table in records.values())["source"].value_counts()
    sources = counted.field("values")
    if sources.null_count:
        raise CannotCheck("some records have no source; every record names the source it was read in")
    held = Held(sources, np.arange(len(sources), dtype=np.int64), counted.field("counts").to_numpy())
    part = np.empty(len(sources), np.int64)
    for number, unit in enumerate(shared_out(held, ties_of(whole), rows)):
        part[list(unit.files)] = number
    return pa.table({"source": sources, "part": part})


def _write_parts(folder: Path, table: pa.Table, place: pa.ChunkedArray, numbers: pa.Table) -> None:
    folder.mkdir(parents=True)
    part = numbers["part"].combine_chunks().take(place.combine_chunks())
    order = pa.array(np.argsort(part.to_numpy(), kind="stable"))
    table, sorted_parts = table.take(order), part.take(order).to_numpy()
    starts = np.flatnonzero(np.r_[True, sorted_parts[1:] != sorted_parts[:-1]])
    for start, end in zip(starts, [*starts[1:], len(sorted_parts)], strict=True):
        name = f"part-{sorted_parts[start]:05}.parquet"
        pq.write_table(table.slice(start, end - start), folder / name, compression="zstd")
