"""Ids that name something: what a changed row refers to must exist, and what is referred to cannot be retired."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import duckdb

from schemas.fields import FieldFacts
from schemas.identity import key_fields
from schemas.kinds.base import Declared
from schemas.registry import KINDS
from store import asof, ddl
from store.errors import StoreError
from store.query import first_row, number


def check(
    connection: duckdb.DuckDBPyConnection,
    model: type[Declared],
    cells: Mapping[str, str | None],
    *,
    changed: Collection[str],
) -> None:
    """Raise StoreError if a changed row names a source, study, arm or outcome that the review does not have."""
    for field in model.fields():
        if field.refers_to is None or cells[field.name] is None or _reads(field).isdisjoint(changed):
            continue
        entity = KINDS[field.refers_to]
        for key in _keys(field, cells):
            if not _is_current(connection, entity, key):
                raise StoreError(f"{field.name}: the review has no {field.refers_to} {key!r}; take it in first")


def check_rows(
    connection: duckdb.DuckDBPyConnection, model: type[Declared], rows: Sequence[Mapping[str, str | None]]
) -> None:
    """Raise StoreError if one of many rows names something that the review does not have; the sentence says which."""
    known: set[tuple[str, str]] = set()
    for row_number, cells in enumerate(rows, 1):
        for field in model.fields():
            entity = field.refers_to
            if entity is None or cells[field.name] is None:
                continue
            for key in _keys(field, cells):
                if (entity, key) not in known and not _is_current(connection, KINDS[entity], key):
                    raise StoreError(
                        f"row {row_number}: {field.name}: the review has no {entity} {key!r}; take it in first"
                    )
                known.add((entity, key))


def check_unused(connection: duckdb.DuckDBPyConnection, model: type[Declared], cells: Mapping[str, str | None]) -> None:
    """Raise StoreError if a current row still names the entity."""
    for other in KINDS.values():
        for field in other.fields():
            if field.refers_to == model.kind and (number := _users(connection, other, field, cells)):
                noun = other.kind if number == 1 else other.label_plural
                key = ddl.record_key(model, cells)
                raise StoreError(f"{number} {noun} still name the {model.kind} {key!r} as {field.name}; retire or change them first")  # fmt: skip


def _keys(field: FieldFacts, cells: Mapping[str, str | None]) -> list[str]:
    """The keys of the entities that a field names: one, or as many as it holds ids."""
    entity, columns = KINDS[field.refers_to or ""], _columns(field)
    own = cells[field.name] or ""
    read = {name: cells[column] for name, column in columns.items()}
    last = key_fields(entity)[-1]
    return [ddl.record_key(entity, read | {last: each}) for each in (own.split() if field.several else [own])]


def _columns(field: FieldFacts) -> dict[str, str]:
    """Which column of the row holds which key field of the entity: an arm's id stands beside its study's."""
    names = key_fields(KINDS[field.refers_to or ""])
    return {name: name for name in names[:-1]} | {names[-1]: field.name}


def _reads(field: FieldFacts) -> set[str]:
    return set(_columns(field).values())


def _is_current(connection: duckdb.DuckDBPyConnection, entity: type[Declared], key: str) -> bool:
    query = f"SELECT arg_max(retired, revision) FROM {ddl.quoted(entity.kind)} WHERE record_key = ?"
    return first_row(connection, query, [key]) == (False,)


def _users(
    connection: duckdb.DuckDBPyConnection,
    other: type[Declared],
    field: FieldFacts,
    cells: Mapping[str, str | None],
) -> int:
    columns = _columns(field)
    same = " AND ".join(
        f"list_contains(string_split_regex(trim({ddl.quoted(column)}), '\\s+'), ?)"
        if field.several
        else f"{ddl.quoted(column)} = ?"
        for column in columns.values()
    )
    query = f"SELECT count(*) FROM {ddl.quoted(other.kind)} WHERE {same} AND rowid IN ({asof.current_rows(other)})"
    return number(connection, query, [*(cells[name] for name in columns), asof.latest(connection)])
