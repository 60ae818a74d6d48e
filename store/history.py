"""Who changed what, when and why: the difference of every revision of a row from the one before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import duckdb

from schemas.kinds.base import Declared
from schemas.registry import KINDS
from store import ddl
from store.asof import AsOf, Revision, resolve, revisions


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change of one row. ``changed`` holds (old text, new text) by field; it is empty where the row was retired."""

    revision: int
    at: datetime
    who: str
    action: str
    why: str
    kind: str
    record_key: str
    extractor: str
    changed: dict[str, tuple[str | None, str | None]]


def history(
    connection: duckdb.DuckDBPyConnection,
    present: Mapping[str, Collection[str]],
    record_key: str | None = None,
    as_of: AsOf = None,
) -> list[HistoryEntry]:
    """All changes up to ``as_of``, of one row or of all, oldest first."""
    upto = resolve(connection, as_of)
    made = {each.revision: each for each in revisions(connection, upto)}
    found = [
        entry
        for kind, model in KINDS.items()
        if present[kind]
        for entry in _of_kind(connection, model, present[kind], record_key, made)
    ]
    return sorted(found, key=lambda each: each.revision)


def _of_kind(
    connection: duckdb.DuckDBPyConnection,
    model: type[Declared],
    present: Collection[str],
    record_key: str | None,
    made: Mapping[int, Revision],
) -> Iterator[HistoryEntry]:
    names = [each.name for each in model.fields()]
    wanted, more = ("AND record_key = ?", [record_key]) if record_key is not None else ("", [])
    rows = connection.execute(
        f"""
        SELECT record_key, extractor, revision, {ddl.text_list(model, present)} FROM {ddl.quoted(model.kind)}
        WHERE revision <= ? {wanted} ORDER BY {ddl.quoted("position")}, record_key, extractor, revision
        """,
        [max(made, default=0), *more],
    ).fetchall()
    for (key, extractor), versions in groupby(rows, key=lambda row: (row[0], row[1])):
        before: tuple[str | None, ...] = (None,) * len(names)
        for _, _, revision, *texts in versions:
            changed = {name: (old, new) for name, old, new in zip(names, before, texts, strict=True) if old != new}
            by = made[revision]
            yield HistoryEntry(by.revision, by.at, by.who, by.action, by.why, model.kind, key, extractor, changed)
            before = tuple(texts)
