"""Adding new rows one screen at a time: validated through the model, with an id of their own, all of them or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa
from pydantic import ValidationError

from schemas.arrow import to_table
from schemas.identity import record_ids
from schemas.kinds.base import Declared, Record
from store import asof, ddl, references
from store.changes import Cells, check_cells, model_of, sentence, texts_of
from store.consensus import CONSENSUS
from store.errors import StoreError
from store.intake import ADD, add_revision
from store.query import let_go
from store.transaction import transaction

_STAGED = "#added"


@dataclass(frozen=True, slots=True)
class Added:
    """What was added: the revision, and the key of every row in the order in which they were given."""

    revision: int
    keys: list[str]


def add(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    rows: Sequence[Mapping[str, str | None]],
    *,
    who: str,
    why: str,
    extractor: str,
) -> Added:
    """Add new rows of a kind. Raises StoreError, and adds nothing, where one is not valid or its id is taken.

    A blank record id is made from what the row says and where it stands, and numbered where the extractor has it.
    """
    with transaction(connection):
        return enter(connection, kind, rows, who=who, why=why, extractor=extractor)


def enter(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    rows: Sequence[Mapping[str, str | None]],
    *,
    who: str,
    why: str,
    extractor: str,
) -> Added:
    """``add`` as a part of a change whose transaction is open."""
    model = model_of(kind)
    if not rows:
        raise StoreError(f"no {kind} is given to add; give at least one row")
    if extractor.strip().casefold() == CONSENSUS:
        raise StoreError(f"{extractor!r} is what settled records are kept under; name the person who extracted")
    given = [_tidy(model, row) for row in rows]
    made = [_validated(model, row, number) for number, row in enumerate(given, 1)]
    owner = extractor if issubclass(model, Record) else ""
    if issubclass(model, Record):
        ids = _ids(connection, model, given, made, owner)
        made = [row.model_copy(update={"record": one}) for row, one in zip(made, ids, strict=True)]
    texts = [texts_of(model, row) for row in made]
    keys = [ddl.record_key(model, cells) for cells in texts]
    _check_free(connection, model, keys, owner)
    revision = asof.latest(connection) + 1
    _insert(connection, model, made, keys, revision, owner)
    references.check_rows(connection, model, texts)  # after they are written, because rows may name each other
    add_revision(connection, revision, who=who, action=ADD, why=why)
    return Added(revision, keys)


def _tidy(model: type[Declared], row: Mapping[str, str | None]) -> Cells:
    """The filled cells of a row; ids of its own without the blanks around them."""
    own = ddl.key_columns(model)
    filled = {name: cell for name, cell in row.items() if not isinstance(cell, str) or cell.strip()}
    return {
        name: cell.strip() if name in own and isinstance(cell, str) else cell
        for name, cell in filled.items()
        if cell is not None
    }


def _validated(model: type[Declared], row: Cells, number: int) -> Declared:
    names = [each.name for each in model.fields()]
    if unknown := [name for name in row if name not in names]:
        raise StoreError(f"row {number}: a {model.kind} has no field {unknown[0]!r}; its fields are {', '.join(names)}")
    try:
        check_cells(row)
        return model.model_validate(row)
    except (ValidationError, StoreError) as problem:
        said = sentence(problem) if isinstance(problem, ValidationError) else str(problem)
    # Raised out here, because a chained validation error would keep the connection alive until the program ends.
    raise StoreError(f"row {number}: {said}")


def _ids(
    connection: duckdb.DuckDBPyConnection,
    model: type[Record],
    given: Sequence[Cells],
    made: Sequence[Declared],
    owner: str,
) -> list[str]:
    """An id per record: the one that was typed, or one made of its texts that the extractor never had."""
    first = [record_ids(model, [_basis(model, *each)])[0] for each in zip(given, made, strict=True)]
    typed = {row["record"] for row in given if "record" in row}
    taken = _alike(connection, model, first, owner) | typed
    ids = []
    for row, wanted in zip(given, first, strict=True):
        one = wanted if "record" in row else next(each for each in _numbered(wanted) if each not in taken)
        taken.add(one)
        ids.append(one)
    return ids


def _basis(model: type[Record], row: Cells, made: Declared) -> Cells:
    """What an intake would make the id of: the texts of the row, without defaults that nobody typed."""
    texts = texts_of(model, made)
    return {each.name: texts[each.name] if each.name in row or not each.default else None for each in model.fields()}


def _numbered(wanted: str) -> Iterator[str]:
    yield wanted
    again = 1
    while True:
        again += 1
        yield f"{wanted}-{again}"


def _alike(
    connection: duckdb.DuckDBPyConnection, model: type[Record], first: Sequence[str], owner: str
) -> set[str | None]:
    """The ids that the extractor ever used and that are, or begin like, one of these."""
    rows = connection.execute(
        f"""
        SELECT DISTINCT record_key FROM {ddl.quoted(model.kind)} WHERE extractor = ? AND EXISTS (
            SELECT 1 FROM (SELECT unnest(CAST(? AS VARCHAR[])) AS id) WHERE starts_with(record_key, id)
        )
        """,
        [owner, sorted(set(first))],
    ).fetchall()
    return {key for (key,) in rows}


def _check_free(connection: duckdb.DuckDBPyConnection, model: type[Declared], keys: Sequence[str], owner: str) -> None:
    """No two rows share a key, and nobody ever used one of these in the same place."""
    first: dict[str, int] = {}
    for number, key in enumerate(keys, 1):
        if first.setdefault(key, number) != number:
            raise StoreError(
                f"row {number}: {_id_name(model)}: row {first[key]} is {model.kind} {key!r} too; give them different ids"
            )
    rows = connection.execute(
        f"""
        SELECT record_key, arg_max(retired, revision) FROM {ddl.quoted(model.kind)}
        WHERE extractor = ? AND record_key IN (SELECT unnest(CAST(? AS VARCHAR[]))) GROUP BY record_key
        """,
        [owner, list(keys)],
    ).fetchall()
    if rows:
        key, retired = min(rows, key=lambda row: first[row[0]])
        whose = f" of {owner}" if owner else ""
        state = "was retired and keeps its id" if retired else "is there already"
        raise StoreError(
            f"row {first[key]}: {_id_name(model)}: the {model.kind} {key!r}{whose} {state}; give another id"
        )


def _id_name(model: type[Declared]) -> str:
    return ddl.key_columns(model)[-1]


def _insert(
    connection: duckdb.DuckDBPyConnection,
    model: type[Declared],
    rows: Sequence[Declared],
    keys: Sequence[str],
    revision: int,
    owner: str,
) -> None:
    kind, place = ddl.quoted(model.kind), ddl.quoted("position")
    table = to_table(model, rows).append_column("key_", pa.array(keys, pa.string()))
    table = table.append_column("order_", pa.array(range(1, len(keys) + 1), pa.int64()))
    connection.register(_STAGED, table)
    try:
        connection.execute(
            f"""
            INSERT INTO {kind} ({", ".join(ddl.quoted(name) for name in ddl.BOOKKEEPING)}, {ddl.field_names(model)})
            SELECT key_, ?, ?, false, order_ + (SELECT coalesce(max({place}), 0) FROM {kind}), {ddl.field_names(model)}
            FROM {ddl.quoted(_STAGED)} ORDER BY order_
            """,
            [owner, revision],
        )
    finally:
        let_go(connection, _STAGED)
