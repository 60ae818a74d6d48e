"""Double extraction as the review remembers it: who handed in what, what was decided, and what of it counts now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from schemas.kinds.base import Declared, Record
from schemas.registry import RECORDS
from store import ddl
from store.asof import AsOf, Revision, resolve, revisions
from store.query import let_go

CONSENSUS = "consensus"
"""Under this name of an extractor settled records are kept; no person may use it."""
WORDS = ("record", "printed", "quote", "note")
"""Fields in which two extractions of a record are not compared: its id, the words around it, and remarks."""

Key = tuple[str, str]
"""Extractor and record id."""
Present = Mapping[str, Collection[str]]


def compared(model: type[Record]) -> list[str]:
    """The fields in which two extractions of a record are compared."""
    return [each.name for each in model.fields() if each.name not in WORDS]


@dataclass(frozen=True, slots=True)
class Submission:
    """An extractor handed in their extraction of a source."""

    source: str
    extractor: str
    revision: int
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Original:
    """An extraction that a decision is about: at which revision, and what it said in the field."""

    extractor: str
    record_key: str
    revision: int
    text: str | None


@dataclass(frozen=True, slots=True)
class Adjudication:
    """One decision about a field of a matched record, or about the whole record (``field`` is None).

    ``decision`` is taken, other, agreed or left_out. ``stale``: an original has been changed since, so that the
    decision is about something that is no longer said. ``moved``: an original has been changed since in any field.
    """

    id: int
    kind: str
    record_key: str
    field: str | None
    decision: str
    taken_from: str | None
    value: str | None
    originals: tuple[Original, ...]
    made: Revision
    reopened: Revision | None
    stale: bool
    moved: bool = False

    @property
    def keys(self) -> frozenset[Key]:
        """Which extractions it is about."""
        return frozenset((each.extractor, each.record_key) for each in self.originals)

    @property
    def in_force(self) -> bool:
        """Whether it counts."""
        return self.reopened is None and not self.stale

    @property
    def said(self) -> str:
        """What was decided, by whom and why, for people.

        >>> from datetime import datetime
        >>> made = Revision(4, datetime(2026, 5, 1), "cem", "adjudicate", "misread")
        >>> Adjudication(1, "count", "x", "events", "taken", "ben", "9", (), made, None, False).said
        'events as ben has it (cem: misread)'
        """
        about = self.field or "the record"
        differ = self.field is not None and len({each.text for each in self.originals}) > 1
        what = {
            "taken": f"{about} as {self.taken_from} has it",
            "agreed": f"{about} is {self.value!r}, accepted as the same" if differ else f"{about} as all say",
            "left_out": "the record is left out",
            "other": f"{about} is {self.value!r}" if self.value is not None else f"{about} is left blank",
        }[self.decision]
        return f"{what} ({self.made.who}: {self.made.why})"


@dataclass(frozen=True, slots=True)
class Version:
    """A row of an extractor as it is or was: its revision, place in order, and verbatim texts."""

    revision: int
    retired: bool
    position: int
    cells: dict[str, str | None]


def submissions(connection: duckdb.DuckDBPyConnection, as_of: AsOf = None) -> list[Submission]:
    """Who has handed in which source; the first time counts since it was taken back last."""
    made = {each.revision: each for each in revisions(connection, resolve(connection, as_of))}
    rows = connection.execute(
        """
        WITH back AS (
            SELECT source, extractor, max(revision) AS last FROM withdrawal WHERE revision <= $upto GROUP BY ALL
        )
        SELECT source, extractor, min(revision) FROM submission LEFT JOIN back USING (source, extractor)
        WHERE revision <= $upto AND revision > coalesce(last, 0) GROUP BY ALL ORDER BY ALL
        """,
        {"upto": max(made, default=0)},
    ).fetchall()
    return [Submission(source, who, number, made[number].at, made[number].who) for source, who, number in rows]


def adjudications(connection: duckdb.DuckDBPyConnection, present: Present, as_of: AsOf = None) -> list[Adjudication]:
    """All decisions up to ``as_of``, oldest first: in force, stale and reopened, as they stood then."""
    upto = resolve(connection, as_of)
    rows = connection.execute(
        "SELECT id, revision, kind, record_key, field, decision, taken_from, value FROM adjudication WHERE revision <= ? ORDER BY id",
        [upto],
    ).fetchall()
    if not rows:
        return []
    made = {each.revision: each for each in revisions(connection, upto)}
    originals = _originals(connection)
    query = "SELECT id, min(revision) FROM reopening WHERE revision <= ? GROUP BY id"
    reopened = dict(connection.execute(query, [upto]).fetchall())
    fields = {number: (kind, field) for number, _, kind, _, field, *_ in rows if number not in reopened}
    stale, moved = _changed(connection, present, fields, originals, upto)
    return [
        Adjudication(
            number, kind, key, field, decision, taken_from, value, tuple(originals[number]), made[revision],
            made.get(reopened.get(number, -1)), number in stale, number in moved,
        )
        for number, revision, kind, key, field, decision, taken_from, value in rows
    ]  # fmt: skip


def _originals(connection: duckdb.DuckDBPyConnection) -> dict[int, list[Original]]:
    found: dict[int, list[Original]] = defaultdict(list)
    query = "SELECT id, extractor, record_key, revision, text FROM adjudicated ORDER BY id, extractor"
    for number, *original in connection.execute(query).fetchall():
        found[number].append(Original(*original))
    return found


def _changed(
    connection: duckdb.DuckDBPyConnection,
    present: Present,
    fields: Mapping[int, tuple[str, str | None]],
    originals: Mapping[int, list[Original]],
    upto: int,
) -> tuple[set[int], set[int]]:
    """The decisions of whose originals one says something else since: in their field, and in any that is compared."""
    stale: set[int] = set()
    touched: set[int] = set()
    for kind in {kind for kind, _ in fields.values()}:
        model = RECORDS[kind]
        mine = {number: field for number, (of, field) in fields.items() if of == kind}
        latest = _latest_revisions(connection, model, upto)
        moved = [
            (number, each)
            for number in mine
            for each in originals[number]
            if latest.get((each.extractor, each.record_key)) != each.revision
        ]
        if not moved:
            continue
        keys = {(each.extractor, each.record_key) for _, each in moved}
        now = versions(connection, model, present[kind], keys, upto)
        then = _at_revisions(connection, model, present[kind], [each for _, each in moved])
        for number, each in moved:
            key = (each.extractor, each.record_key)
            before, field = then[*key, each.revision], mine[number]
            if _moved_on(now.get(key), before, compared(model)):
                touched.add(number)
                if field is None or _moved_on(now.get(key), before, [field]):
                    stale.add(number)
    return stale, touched


def _moved_on(now: Version | None, then: Version, fields: Iterable[str]) -> bool:
    return now is None or now.retired or any(now.cells[name] != then.cells[name] for name in fields)


def _latest_revisions(connection: duckdb.DuckDBPyConnection, model: type[Declared], upto: int) -> dict[Key, int]:
    query = (
        f"SELECT extractor, record_key, max(revision) FROM {ddl.quoted(model.kind)} WHERE revision <= ? GROUP BY ALL"
    )
    return {(who, key): revision for who, key, revision in connection.execute(query, [upto]).fetchall()}


def versions(
    connection: duckdb.DuckDBPyConnection,
    model: type[Declared],
    present: Collection[str],
    keys: Iterable[Key],
    upto: int,
) -> dict[Key, Version]:
    """These rows as they are at a revision, retired ones too."""
    wanted = list(keys)
    chosen = f"""
        SELECT max_by(k.rowid, k.revision) FROM {ddl.quoted(model.kind)} k
        JOIN "#keys" w USING (extractor, record_key) WHERE k.revision <= ? GROUP BY k.extractor, k.record_key
    """
    table = pa.table({
        "extractor": pa.array([who for who, _ in wanted], pa.string()),
        "record_key": pa.array([key for _, key in wanted], pa.string()),
    })  # fmt: skip
    found = _read(connection, model, present, table, chosen, [upto])
    return {(who, key): version for who, key, version in found}


def _at_revisions(
    connection: duckdb.DuckDBPyConnection, model: type[Declared], present: Collection[str], wanted: list[Original]
) -> dict[tuple[str, str, int], Version]:
    chosen = f'SELECT k.rowid FROM {ddl.quoted(model.kind)} k JOIN "#keys" w USING (extractor, record_key, revision)'
    table = pa.table({
        "extractor": pa.array([each.extractor for each in wanted], pa.string()),
        "record_key": pa.array([each.record_key for each in wanted], pa.string()),
        "revision": pa.array([each.revision for each in wanted], pa.int32()),
    })  # fmt: skip
    found = _read(connection, model, present, table, chosen, [])
    return {(who, key, version.revision): version for who, key, version in found}


def _read(
    connection: duckdb.DuckDBPyConnection,
    model: type[Declared],
    present: Collection[str],
    keys: pa.Table,
    chosen: str,
    parameters: list[object],
) -> list[tuple[str, str, Version]]:
    names = [each.name for each in model.fields()]
    connection.register("#keys", keys)
    try:
        rows = connection.execute(
            f"""
            SELECT extractor, record_key AS key_, revision AS revision_, retired, {ddl.quoted("position")},
                   {ddl.text_list(model, present)}
            FROM {ddl.quoted(model.kind)} WHERE rowid IN ({chosen})
            """,
            parameters,
        ).fetchall()
    finally:
        let_go(connection, "#keys")
    return [
        (who, key, Version(revision, retired, position, dict(zip(names, texts, strict=True))))
        for who, key, revision, retired, position, *texts in rows
    ]


def settled(decisions: Iterable[Adjudication], tables: Mapping[str, pa.Table]) -> dict[str, dict[Key, str]]:
    """By kind, of every extraction that a decision has settled the id of its consensus.

    A record is settled when its consensus stands in the tables and nothing has changed since its last decision, or
    when it is left out (the id is then blank).
    """
    standing = {kind: _standing(tables[kind]) for kind in RECORDS if kind in tables}
    last = {(one.kind, one.record_key): one for one in decisions if one.reopened is None}
    found: dict[str, dict[Key, str]] = defaultdict(dict)
    for one in last.values():
        if one.moved or one.stale:
            continue
        if one.decision == "left_out":
            found[one.kind].update(dict.fromkeys(one.keys, ""))
        elif one.record_key in standing.get(one.kind, ()):
            found[one.kind].update(dict.fromkeys(one.keys, one.record_key))
    return dict(found)


def _standing(table: pa.Table) -> set[str]:
    if "extractor" not in table.column_names:
        return set()
    rows = zip(table.column("record").to_pylist(), table.column("extractor").to_pylist(), strict=True)
    return {record for record, who in rows if who == CONSENSUS}


def applied(tables: Mapping[str, pa.Table], decisions: Iterable[Adjudication], extractor: str) -> dict[str, pa.Table]:
    """What one extractor says, with the settled records as they were settled: what rules should judge."""
    places = settled(decisions, tables)
    return {
        kind: _applied(table, places.get(kind, {}), extractor) if kind in RECORDS else table
        for kind, table in tables.items()
    }


def _applied(table: pa.Table, places: Mapping[Key, str], extractor: str) -> pa.Table:
    who = table.column("extractor").to_pylist()
    record = table.column("record").to_pylist()
    mine = {
        places[extractor, one]
        for name, one in zip(who, record, strict=True)
        if name == extractor and (extractor, one) in places
    }
    keep = [
        (name == extractor and (name, one) not in places) or (name == CONSENSUS and one in mine)
        for name, one in zip(who, record, strict=True)
    ]
    return table.filter(pa.array(keep, pa.bool_()))
