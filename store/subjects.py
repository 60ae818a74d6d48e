"""What a query is about: a finding, a record or a field of it, or a difference between extractors."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import duckdb

from schemas.kinds.base import Declared
from schemas.registry import KINDS
from store import ddl
from store.consensus import CONSENSUS
from store.errors import StoreError
from store.findings import SHORTEST_PREFIX

FINDING, RECORD, DIFFERENCE = "finding", "record", "difference"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a query is about; a difference is a field in which the extractors of a record do not agree.

    ``target`` is a fingerprint or a record key. ``field`` and ``extractor`` are blank for a whole record and for all
    its extractors. ``said`` is what the finding or the cell said when the query was opened.
    """

    about: str
    target: str
    kind: str = ""
    field: str = ""
    extractor: str = ""
    source: str = ""
    said: str = ""

    @property
    def name(self) -> str:
        """How a person names it: the fingerprint, or the record and its field."""
        return f"{self.target}:{self.field}" if self.field else self.target


@dataclass(frozen=True, slots=True)
class _Row:
    kind: str
    extractor: str
    source: str
    cells: dict[str, str | None]


def named(
    connection: duckdb.DuckDBPyConnection,
    present: Mapping[str, Collection[str]],
    text: str,
    *,
    kind: str | None = None,
    extractor: str | None = None,
) -> Subject:
    """The finding or record that a person names: a fingerprint or its beginning, a record id, or ``RECORD:FIELD``.

    Records come first; ``kind`` tells records of one id apart. Raises StoreError where there is none, or more than one.
    """
    if kind is not None and kind not in KINDS:
        raise StoreError(f"{kind!r} is not a kind of record; the kinds are {', '.join(KINDS)}")
    searched = [name for name in KINDS if present[name] and kind in (None, name)]
    record, _, field = text.rpartition(":")
    for key, cell in ((text, ""), (record, field)):
        rows = [row for name in searched for row in _current(connection, KINDS[name], present[name], key, extractor)]
        if key and rows:
            return _of_record(rows, key, cell)
    if kind is None and extractor is None and (found := _of_finding(connection, text)):
        return found
    whose = f" of extractor {extractor!r}" if extractor is not None else ""
    raise StoreError(
        f"the review has no finding and no {kind or 'record'} {text!r}{whose}; "
        "curation check lists the findings with their fingerprints and records"
    )


def gone(
    connection: duckdb.DuckDBPyConnection, present: Mapping[str, Collection[str]], subjects: Collection[Subject]
) -> set[Subject]:
    """The subjects that are there no more: findings that the last check did not make, and retired records."""
    marks = [each.target for each in subjects if each.about == FINDING]
    found = connection.execute("SELECT fingerprint FROM finding WHERE fingerprint IN (SELECT unnest(?))", [marks])
    kept = {(FINDING, mark) for (mark,) in found.fetchall()}
    missing = {each for each in subjects if each.about == FINDING and (FINDING, each.target) not in kept}
    for kind in {each.kind for each in subjects if each.kind}:
        mine = [each for each in subjects if each.kind == kind]
        there = _there(connection, kind, [each.target for each in mine]) if present.get(kind) else set()
        missing |= {each for each in mine if not any(_is(each, key, owner) for key, owner in there)}
    return missing


def _is(subject: Subject, key: str, owner: str) -> bool:
    return subject.target == key and subject.extractor in ("", owner)


def _there(connection: duckdb.DuckDBPyConnection, kind: str, keys: list[str]) -> set[tuple[str, str]]:
    rows = connection.execute(
        f"""
        SELECT record_key, extractor FROM {ddl.quoted(kind)} WHERE record_key IN (SELECT unnest(?))
        QUALIFY row_number() OVER (PARTITION BY record_key, extractor ORDER BY revision DESC) = 1 AND NOT retired
        """,
        [keys],
    ).fetchall()
    return {(key, owner) for key, owner in rows}


def _current(
    connection: duckdb.DuckDBPyConnection,
    model: type[Declared],
    present: Collection[str],
    key: str,
    extractor: str | None,
) -> Iterator[_Row]:
    names = [each.name for each in model.fields()]
    rows = connection.execute(
        f"""
        SELECT extractor, {ddl.text_list(model, present)} FROM {ddl.quoted(model.kind)} WHERE record_key = ?
        QUALIFY row_number() OVER (PARTITION BY extractor ORDER BY revision DESC) = 1 AND NOT retired ORDER BY 1
        """,
        [key],
    ).fetchall()
    for owner, *texts in rows:
        cells = dict(zip(names, texts, strict=True))
        if extractor in (None, owner):
            yield _Row(model.kind, owner, cells.get("source") or "", cells)


def _of_record(rows: list[_Row], key: str, field: str) -> Subject:
    kinds = sorted({row.kind for row in rows})
    if len(kinds) > 1:
        raise StoreError(f"there is a {' and a '.join(kinds)} {key!r}; name the kind, too")
    first = rows[0]
    if field and field not in first.cells:
        raise StoreError(f"a {first.kind} has no field {field!r}; its fields are {', '.join(first.cells)}")
    said = "; ".join(
        f"{row.extractor}: {row.cells[field] or 'blank'}" if len(rows) > 1 else row.cells[field] or "blank"
        for row in rows
        if field
    )
    owner = first.extractor if len(rows) == 1 else ""
    differ = bool(field) and len({row.cells[field] for row in rows if row.extractor != CONSENSUS}) > 1
    return Subject(DIFFERENCE if differ else RECORD, key, first.kind, field, owner, first.source, said)


def _of_finding(connection: duckdb.DuckDBPyConnection, prefix: str) -> Subject | None:
    if len(prefix) < SHORTEST_PREFIX:
        return None
    rows = connection.execute(
        "SELECT DISTINCT ON (fingerprint) fingerprint, source, rule, message FROM finding WHERE starts_with(fingerprint, ?) ORDER BY 1",
        [prefix],
    ).fetchall()
    exact = [row for row in rows if row[0] == prefix]
    if len(rows) > 1 and not exact:
        raise StoreError(f"{prefix!r} fits {len(rows)} fingerprints; give more characters")
    return next(
        (
            Subject(FINDING, mark, source=source or "", said=f"{rule}: {message}")
            for mark, source, rule, message in exact or rows
        ),
        None,
    )
