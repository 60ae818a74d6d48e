"""Single rows and pages of rows as a screen shows them, and how far everybody has come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb

from schemas.kinds.base import Declared, Record
from schemas.registry import RECORDS
from store import asof, ddl
from store.asof import AsOf
from store.consensus import CONSENSUS
from store.errors import StoreError
from store.query import number

SEARCHED = ("label", "title", "outcome", "study", "arm", "section", "row", "column", "quote")
"""The fields that a search looks into, besides the key of a row."""

Present = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its verbatim texts by field. ``revision`` is that of its last change; entities have a blank extractor."""

    kind: str
    record_key: str
    extractor: str
    revision: int
    retired: bool
    cells: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the rows that were asked for, and how many there are in all."""

    total: int
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many current records an extractor has of a source, by kind."""

    source: str
    extractor: str
    records: dict[str, int]


def row(
    connection: duckdb.DuckDBPyConnection,
    present: Present,
    model: type[Declared],
    record_key: str,
    extractor: str | None,
    as_of: AsOf,
) -> Row | None:
    """One row, retired or not; None where there is none. Raises StoreError where several extractors have it."""
    if not present[model.kind]:
        return None
    wanted, more = "", list[str]()
    if _owned(model):
        wanted, more = ("AND extractor <> ?", [CONSENSUS]) if extractor is None else ("AND extractor = ?", [extractor])
    found = [
        _row(model, each)
        for each in connection.execute(
            f"""
            SELECT {_columns(model, present[model.kind])} FROM {ddl.quoted(model.kind)}
            WHERE record_key = ? AND revision <= ? {wanted}
            QUALIFY row_number() OVER (PARTITION BY extractor ORDER BY revision DESC) = 1 ORDER BY extractor
            """,
            [record_key, asof.resolve(connection, as_of), *more],
        ).fetchall()
    ]
    found = [each for each in found if not each.retired] or found
    if len(found) > 1:
        names = " and ".join(each.extractor for each in found)
        raise StoreError(f"{names} have each extracted {model.kind} {record_key!r}; name the extractor")
    return found[0] if found else None


def page(
    connection: duckdb.DuckDBPyConnection,
    present: Present,
    model: type[Declared],
    *,
    source: str | None,
    extractors: Collection[str] | None,
    offset: int,
    limit: int,
    search: str | None,
) -> Page:
    """Current rows in the order of first intake, those of all extractors and the consensus unless some are named."""
    columns = present[model.kind]
    if not columns:
        return Page(0, [])
    of_sources = source is not None and _owned(model)
    conditions, more = _narrowed(model, columns, source, extractors, search)
    current = asof.current_rows(model, of_sources=of_sources)
    chosen = f"SELECT rowid FROM {ddl.quoted(model.kind)} WHERE rowid IN ({current}) {conditions}"
    parameters = [asof.latest(connection), *([[source]] if of_sources else []), *more]
    rows = connection.execute(
        f"""
        SELECT {_columns(model, columns)} FROM {ddl.quoted(model.kind)} WHERE rowid IN (
            {chosen} ORDER BY {ddl.quoted("position")}, record_key, extractor LIMIT ? OFFSET ?
        ) ORDER BY {ddl.quoted("position")}, record_key, extractor
        """,
        [*parameters, max(limit, 0), max(offset, 0)],
    ).fetchall()
    return Page(
        number(connection, f"SELECT count(*) FROM ({chosen})", parameters), [_row(model, each) for each in rows]
    )


def progress(connection: duckdb.DuckDBPyConnection, present: Present) -> list[Progress]:
    """How many current records everybody has of every source, by source and name; the consensus is nobody's."""
    kinds = [kind for kind in RECORDS if present[kind]]
    parts = [
        f"""
        SELECT ? AS kind, source, extractor, count(*) FROM {ddl.quoted(kind)}
        WHERE rowid IN ({asof.current_rows(RECORDS[kind])}) AND extractor <> ? GROUP BY ALL
        """
        for kind in kinds
    ]
    upto = asof.latest(connection)
    parameters = [each for kind in kinds for each in (kind, upto, CONSENSUS)]
    records: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for kind, source, extractor, count in connection.execute(" UNION ALL ".join(parts), parameters).fetchall():
        records[source, extractor][kind] = count
    return [
        Progress(source, extractor, {kind: found[kind] for kind in kinds if kind in found})
        for (source, extractor), found in sorted(records.items())
    ]


def _narrowed(
    model: type[Declared],
    columns: Collection[str],
    source: str | None,
    extractors: Collection[str] | None,
    search: str | None,
) -> tuple[str, list[object]]:
    """The conditions on current rows, and their parameters. Entities belong to no source and to nobody."""
    conditions: list[str] = []
    parameters: list[object] = []
    if source is not None and _owned(model):
        conditions.append(f"AND {asof.OF_SOURCES}")
        parameters.append([source])
    if extractors is not None and _owned(model):
        conditions.append("AND extractor IN (SELECT unnest(CAST(? AS VARCHAR[])))")
        parameters.append(list(extractors))
    if search and search.strip():
        names = [
            each.name for each in model.fields() if each.name in SEARCHED and each.name in columns and not each.quantity
        ]
        looked = " OR ".join(f"contains(lower({ddl.quoted(name)}), lower(?))" for name in ("record_key", *names))
        conditions.append(f"AND ({looked})")
        parameters += [search.strip()] * (len(names) + 1)
    return " ".join(conditions), parameters


def _columns(model: type[Declared], present: Collection[str]) -> str:
    return f"record_key, extractor, revision, retired, {ddl.text_list(model, present)}"


def _row(model: type[Declared], found: tuple[object, ...]) -> Row:
    key, extractor, revision, retired, *texts = found
    names = [each.name for each in model.fields()]
    cells = {name: None if text is None else str(text) for name, text in zip(names, texts, strict=True)}
    return Row(model.kind, str(key), str(extractor), int(str(revision)), bool(retired), cells)


def _owned(model: type[Declared]) -> bool:
    return issubclass(model, Record)
