"""Records in Parquet files: which files, which columns, and the tables that rules read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from curation.spark.errors import CannotCheck
from schemas.arrow import PRINTED, printed_column, table_schema
from schemas.kinds.base import Declared
from schemas.printed import Malformed
from schemas.registry import KINDS, RECORDS

EXTRACTOR = "extractor"
"""A column that the tables of a review have besides the fields; no rule reads it."""
DOCUMENT = "document"
DOCUMENTS = pa.schema([("source", pa.string()), ("text", pa.string())])
_NOTHING = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, slots=True)
class File:
    """A Parquet file of one kind, and the columns that only its folders name (study=s1)."""

    path: str
    rows: int
    given: tuple[tuple[str, str | None], ...] = ()


Files = Mapping[str, Sequence[File]]


def files_in(folder: Path) -> dict[str, list[File]]:
    """The Parquet files of every kind in a folder: KIND.parquet, or any below KIND/. Raises CannotCheck."""
    if not folder.exists():
        raise CannotCheck(f"{folder}: there is no such folder")
    found = {kind: [*_files(folder, kind)] for kind in (*KINDS, DOCUMENT)}
    problems = [
        problem
        for kind, files in found.items()
        if kind in KINDS
        for file in files
        for problem in _problems(kind, file, pq.read_schema(file.path))
    ]
    if problems:
        raise CannotCheck("\n".join(problems))
    if not any(found[kind] for kind in RECORDS):
        raise CannotCheck(
            f"{folder}: no records in Parquet are there; expected {', '.join(list(RECORDS)[:3])}, ... as files such as "
            f"{folder / 'count.parquet'} or folders such as {folder / 'count'}/. curation.spark.write makes them"
        )
    return {kind: files for kind, files in found.items() if files}


def _files(folder: Path, kind: str) -> Iterator[File]:
    paths = [folder / f"{kind}.parquet", *sorted((folder / kind).rglob("*.parquet"))]
    for path in (each for each in paths if each.is_file() and not _hidden(each.relative_to(folder))):
        try:
            with pq.ParquetFile(path) as file:
                names, rows = set(file.schema_arrow.names), file.metadata.num_rows
        except (pa.ArrowInvalid, OSError) as error:
            raise CannotCheck(f"{path} cannot be read as Parquet: {str(error).splitlines()[0]}") from error
        given = (part.partition("=")[::2] for part in path.relative_to(folder).parts if "=" in part)
        yield File(
            str(path.resolve()),
            rows,
            tuple((name, None if text == _NOTHING else unquote(text)) for name, text in given if name not in names),
        )


def _hidden(path: Path) -> bool:
    return any(part.startswith(("_", ".")) for part in path.parts)


def problems_of(kind: str, where: str, columns: Mapping[str, pa.DataType]) -> list[str]:
    """What is wrong with the columns of a kind, a sentence each."""
    model = KINDS[kind]
    known = {each.name: each for each in model.fields()}
    missing = [name for name in _keys(model) if name not in columns]
    found = [f"{where}: the column {name} is missing; every {kind} has one" for name in missing]
    for name, sort in columns.items():
        if name in known:
            wanted = "a printed number (text, or the fields text, status, relation, unit, decimals, value, low, high)"
            if known[name].quantity and not (_is_text(sort) or _is_printed(sort)):
                found.append(f"{where}: the column {name} holds {sort}; expected {wanted}")
            if not known[name].quantity and not _is_text(sort):
                found.append(f"{where}: the column {name} holds {sort}; expected text")
        elif name != EXTRACTOR:
            found.append(
                f"{where}: no {kind} has a field {name}; leave the column out (curation fields {kind} lists the fields)"
            )
    return found


def _problems(kind: str, file: File, schema: pa.Schema) -> list[str]:
    given = {name: pa.string() for name, _ in file.given}
    return problems_of(kind, file.path, {each.name: each.type for each in schema} | given)


def _keys(model: type[Declared]) -> list[str]:
    names = {each.name for each in model.fields()}
    return ["record", "source"] if "record" in names else [each for each in (model.kind,) if each in names]


def _is_text(sort: pa.DataType) -> bool:
    inner = sort.value_type if pa.types.is_dictionary(sort) else sort
    return bool(
        pa.types.is_string(inner)
        or pa.types.is_large_string(inner)
        or pa.types.is_string_view(inner)
        or pa.types.is_null(inner)
    )


def _is_printed(sort: pa.DataType) -> bool:
    return pa.types.is_struct(sort) and {each.name for each in sort} >= {each.name for each in PRINTED}


def read(kind: str, file: File, sources: Sequence[str] | None = None) -> pa.Table:
    """The rows of a file as rules read them; with ``sources`` only those of these sources."""
    data = ds.dataset(file.path, format="parquet")
    table = data.to_table(filter=None if sources is None else ds.field("source").isin(list(sources)))
    for name, text in file.given:
        table = table.append_column(name, pa.repeat(pa.scalar(text, pa.string()), len(table)))
    return shaped(kind, table, file.path)


def shaped(kind: str, table: pa.Table, where: str) -> pa.Table:
    """The table with the columns of its kind, in their order and types; what is missing is blank. Raises CannotCheck."""
    if kind == DOCUMENT:
        return table.select(DOCUMENTS.names).cast(DOCUMENTS)
    model = KINDS[kind]
    marks = table.column("decimal_mark") if "decimal_mark" in table.column_names else None
    columns = []
    for each, field in zip(model.fields(), table_schema(model), strict=True):
        if each.name not in table.column_names:
            columns.append(pa.nulls(len(table), field.type))
            continue
        column = table.column(each.name)
        try:
            columns.append(
                printed_column(column.cast(pa.string()), each.quantity, marks)
                if each.quantity and _is_text(column.type)
                else _cast(column, field.type)
            )
        except Malformed as error:
            raise CannotCheck(f"{where}, column {each.name}: {error}") from error
    return pa.table(columns, schema=table_schema(model))


def _cast(column: pa.ChunkedArray, sort: pa.DataType) -> pa.ChunkedArray:
    if column.type == sort or not pa.types.is_struct(sort):
        return column.cast(sort)
    return pa.chunked_array([_struct(chunk, sort) for chunk in column.chunks], type=sort)


def _struct(chunk: pa.Array, sort: pa.DataType) -> pa.Array:
    fields = list(sort)
    given: list[Any] = [pc.struct_field(chunk, each.name).cast(each.type) for each in fields]
    return pa.StructArray.from_arrays(given, fields=fields, mask=chunk.is_null())
