"""Changing and retiring single records: validated through the model, written as a new revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
from pydantic import ValidationError

from schemas import grammar
from schemas.arrow import to_table
from schemas.kinds.base import Declared, Record
from schemas.registry import KINDS
from store import asof, ddl, references
from store.consensus import CONSENSUS
from store.errors import ChangedMeanwhile, StoreError
from store.intake import add_revision
from store.query import first_row, let_go
from store.transaction import transaction

Cells = dict[str, str | None]
"""The verbatim texts of one row, by field."""


@dataclass(frozen=True, slots=True)
class _Current:
    extractor: str
    revision: int
    retired: bool
    position: int
    rowid: int
    cells: Cells


def revise(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    record_key: str,
    changes: Mapping[str, str | None],
    *,
    who: str,
    why: str,
    extractor: str | None,
    seen: int | None = None,
) -> int | None:
    """Write new texts for some fields; the number of the revision, or None where they are what they were."""
    model = model_of(kind)
    with transaction(connection):
        now = _current(connection, model, record_key, extractor, seen)
        row = _revised(model, record_key, now.cells, changes)
        texts = texts_of(model, row)
        if texts == now.cells:
            return None
        references.check(connection, model, texts, changed=[name for name in texts if texts[name] != now.cells[name]])
        revision = asof.latest(connection) + 1
        connection.register("#revised", to_table(model, [row]))
        try:
            connection.execute(
                f"""
                INSERT INTO {ddl.quoted(kind)} ({", ".join(ddl.quoted(name) for name in ddl.BOOKKEEPING)}, {ddl.field_names(model)})
                SELECT ?, ?, ?, false, ?, {ddl.field_names(model)} FROM {ddl.quoted("#revised")}
                """,
                [record_key, now.extractor, revision, now.position],
            )
        finally:
            let_go(connection, "#revised")
        add_revision(connection, revision, who=who, action="revise", why=why)
    return revision


def retire(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    record_key: str,
    *,
    who: str,
    why: str,
    extractor: str | None,
    seen: int | None = None,
) -> int:
    """Take a row out of the current state; its history stays. The number of the revision."""
    model = model_of(kind)
    with transaction(connection):
        now = _current(connection, model, record_key, extractor, seen)
        references.check_unused(connection, model, now.cells)
        revision = asof.latest(connection) + 1
        connection.execute(
            f"INSERT INTO {ddl.quoted(kind)} SELECT * REPLACE (CAST(? AS INTEGER) AS revision, true AS retired) FROM {ddl.quoted(kind)} WHERE rowid = ?",
            [revision, now.rowid],
        )
        add_revision(connection, revision, who=who, action="retire", why=why)
    return revision


def model_of(kind: str) -> type[Declared]:
    """The model of a kind. Raises StoreError where there is none."""
    if kind not in KINDS:
        raise StoreError(f"{kind!r} is not a kind of record; the kinds are {', '.join(KINDS)}")
    return KINDS[kind]


def texts_of(model: type[Declared], row: Declared) -> Cells:
    """The verbatim texts of a validated row."""
    cells = {each.name: getattr(row, each.name) for each in model.fields()}
    return {name: None if cell is None else str(cell) for name, cell in cells.items()}


def _current(
    connection: duckdb.DuckDBPyConnection,
    model: type[Declared],
    record_key: str,
    extractor: str | None,
    seen: int | None,
) -> _Current:
    names = [each.name for each in model.fields()]
    rows = connection.execute(
        f"""
        SELECT extractor, revision, retired, {ddl.quoted("position")}, rowid, {ddl.text_list(model, names)}
        FROM {ddl.quoted(model.kind)} WHERE record_key = ?
        QUALIFY row_number() OVER (PARTITION BY extractor ORDER BY revision DESC) = 1 ORDER BY extractor
        """,
        [record_key],
    ).fetchall()
    found = [
        _Current(owner, revision, retired, position, rowid, dict(zip(names, texts, strict=True)))
        for owner, revision, retired, position, rowid, *texts in rows
    ]
    mine = _whose(found, model.kind, record_key, extractor)
    kept = [each for each in mine if not each.retired]
    if seen is not None and len(kept) <= 1:
        _check_seen(connection, model, record_key, max(kept or mine, key=lambda each: each.revision), seen)
    return _the_one(kept, model.kind, record_key)


def _check_seen(
    connection: duckdb.DuckDBPyConnection, model: type[Declared], record_key: str, now: _Current, seen: int
) -> None:
    """Raise ChangedMeanwhile unless the row is at the revision that the person saw."""
    if now.revision == seen:
        return
    query = 'SELECT who, epoch_us("at") FROM revision WHERE revision = ?'
    who, at = first_row(connection, query, [now.revision]) or ("somebody", 0)
    raise ChangedMeanwhile(
        kind=model.kind,
        record_key=record_key,
        extractor=now.extractor,
        revision=now.revision,
        who=who,
        at=asof.moment(at),
        now=None if now.retired else now.cells,
    )


def _whose(found: list[_Current], kind: str, record_key: str, extractor: str | None) -> list[_Current]:
    """The rows that can be meant, retired ones too. Raises StoreError where there are none."""
    if extractor == CONSENSUS:
        raise StoreError(
            f"the consensus of {kind} {record_key!r} follows from decisions; change them with: curation reconcile"
        )
    mine = [each for each in found if each.extractor != CONSENSUS and extractor in (None, each.extractor)]
    if not mine:
        whose = f" of extractor {extractor!r}" if extractor is not None else ""
        raise StoreError(f"the review has no {kind} {record_key!r}{whose}; look up its id with: curation history")
    return mine


def _the_one(kept: list[_Current], kind: str, record_key: str) -> _Current:
    if not kept:
        raise StoreError(f"{kind} {record_key!r} has been retired; take it in again under a new id to use it")
    if len(kept) > 1:
        names = " and ".join(each.extractor for each in kept)
        raise StoreError(f"{names} have each extracted {kind} {record_key!r}; name the extractor")
    return kept[0]


def _revised(model: type[Declared], record_key: str, now: Cells, changes: Mapping[str, str | None]) -> Declared:
    """The row with its changes, validated. A new whole cell is split anew; fields set by hand keep their text."""
    if unknown := [name for name in changes if name not in now]:
        raise StoreError(f"a {model.kind} has no field {unknown[0]!r}; its fields are {', '.join(now)}")
    if fixed := [name for name in ddl.key_columns(model) if changes.get(name, now[name]) != now[name]]:
        raise StoreError(
            f"{fixed[0]} is the id of {model.kind} {record_key!r} and stays; retire it and take in a new one"
        )
    split_anew = _split_anew(model, now, changes)
    wanted = {name: text for name, text in {**now, **changes}.items() if name not in split_anew}
    blank = {name: None for name in _parts(model) - split_anew if not wanted.get(name)}
    try:
        check_cells(changes)
        return model.model_validate(wanted).model_copy(update=blank)
    except (ValidationError, StoreError) as problem:
        said = sentence(problem) if isinstance(problem, ValidationError) else str(problem)
    # Raised out here, because a chained validation error would keep the connection alive until the program ends.
    raise StoreError(f"{model.kind} {record_key!r} stays as it was: {said}")


def _parts(model: type[Declared]) -> set[str]:
    return set(model.composite.values()) if issubclass(model, Record) else set()


def _split_anew(model: type[Declared], now: Cells, changes: Mapping[str, str | None]) -> set[str]:
    """The fields that follow a new whole cell: those that are blank, or that only repeat the old one."""
    if "printed" not in changes or not issubclass(model, Record):
        return set()
    parts = grammar.split(now["printed"] or "", now["decimal_mark"] or "point")
    said = {model.composite[part.role]: part.text for part in parts if part.role in model.composite}
    return {name for name in _parts(model) - changes.keys() if not now[name] or now[name] == said.get(name)}


def check_cells(cells: Mapping[str, str | None]) -> None:
    """Raise StoreError for a text that no file can hold: half of a character, which some programs paste."""
    for name, cell in cells.items():
        if isinstance(cell, str) and any("\ud800" <= each <= "\udfff" for each in cell):
            raise StoreError(f"{name}: {cell!r} holds half a character; type it anew")


def sentence(problem: ValidationError) -> str:
    """What is wrong with a row, in words."""
    first = problem.errors()[0]
    said = str(first["msg"]).removeprefix("Value error, ")
    where = " ".join(str(part) for part in first["loc"])
    return f"{where}: {said}" if where else said
