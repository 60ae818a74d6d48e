"""Proposals: records that a scan of a document offers, for every extractor to accept, correct or decline.

A proposal never becomes a record by itself. It is of the document and the same for all; what is decided about it belongs
to each extractor, who decides without knowing what others decided. Nothing is overwritten: every step is a revision.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import duckdb
import pyarrow as pa

from schemas.identity import PLACE
from schemas.registry import RECORDS
from store import additions, asof, ddl, references
from store.asof import AsOf
from store.consensus import CONSENSUS
from store.errors import StoreError
from store.findings import SHORTEST_PREFIX
from store.intake import add_revision
from store.proposed import (
    ACCEPTED,
    DECLINED,
    STATUSES,
    Accepted,
    Decision,
    Proposal,
    Proposed,
    Proposing,
    Said,
    check_row,
    filled,
    named,
)
from store.query import let_go
from store.transaction import transaction

_PLACES = ", ".join(map(ddl.quoted, PLACE))
_STAGED = "#proposed"


def propose(connection: duckdb.DuckDBPyConnection, rows: Sequence[Proposed], *, who: str, why: str) -> Proposing:
    """Keep what a scan proposes, in the order of the document; what is known already is passed over.

    Raises StoreError, and keeps nothing, where a row names a kind or field that there is not, or an unknown source.
    """
    for number, row in enumerate(rows, 1):
        check_row(number, row)
    by_id = named(rows)
    with transaction(connection):
        for row in {each.source: each for each in rows}.values():
            _check_source(connection, row)
        known = {mark for (mark,) in connection.execute("SELECT proposal FROM proposal").fetchall()}
        fresh = {mark: row for mark, row in by_id.items() if mark not in known}
        if fresh:
            revision = asof.latest(connection) + 1
            _insert(connection, fresh, revision)
            add_revision(connection, revision, who=who, action="propose", why=why)
    return Proposing(len(fresh), len(by_id) - len(fresh))


def proposals(
    connection: duckdb.DuckDBPyConnection,
    present: Mapping[str, Collection[str]],
    source: str | None = None,
    *,
    extractor: str | None = None,
    status: str | None = None,
    as_of: AsOf = None,
) -> list[Proposal]:
    """The proposals up to ``as_of``, in the order of the document; those of one status for an extractor, if wanted."""
    if status is not None and (status not in STATUSES or extractor is None):
        raise StoreError(f"the status of a proposal is that of an extractor, and one of {', '.join(STATUSES)}; name both")  # fmt: skip
    upto = asof.resolve(connection, as_of)
    wanted, more = ("AND source = ?", [source]) if source is not None else ("", [])
    rows = connection.execute(
        f"""
        SELECT proposal, source, kind, {_PLACES}, quote, cells, joined, remarks, who, epoch_us("at"), revision
        FROM proposal JOIN revision USING (revision) WHERE revision <= ? {wanted} ORDER BY revision, position
        """,
        [upto, *more],
    ).fetchall()
    made = _decisions(connection, present, upto)
    found = [_proposal(row, made.get(row[0], {})) for row in rows]
    return [each for each in found if status is None or each.status(extractor or "") == status]


def proposal(connection: duckdb.DuckDBPyConnection, present: Mapping[str, Collection[str]], given: str) -> Proposal:
    """One proposal by its id or the beginning of it. Raises StoreError where none has it, or several."""
    mark, _, source = _found(connection, given)
    return next(each for each in proposals(connection, present, source) if each.id == mark)


def open_proposals(
    connection: duckdb.DuckDBPyConnection, present: Mapping[str, Collection[str]], extractor: str
) -> dict[str, int]:
    """How many proposals of every source this extractor has not decided; sources without any are left out."""
    rows = connection.execute("SELECT proposal, source FROM proposal ORDER BY revision, position").fetchall()
    made = _decisions(connection, present, asof.latest(connection))
    decided = {mark for mark, each in made.items() if extractor in each and each[extractor].holds}
    return dict(Counter(source for mark, source in rows if mark not in decided))


def accept(
    connection: duckdb.DuckDBPyConnection,
    present: Mapping[str, Collection[str]],
    proposal: str,
    row: Mapping[str, str | None],
    *,
    who: str,
    extractor: str,
) -> Accepted:
    """Enter a proposal, as the extractor completed it, as one of their records.

    Raises StoreError, and enters nothing, where they have decided it already or the record is not valid.
    """
    with transaction(connection):
        mark, kind, source = _found(connection, proposal)
        _check_undecided(connection, present, mark, extractor, ACCEPTED)
        if row.get("source") != source:
            raise StoreError(f"the proposal {mark} is of the source {source!r}; enter what another source prints by itself")  # fmt: skip
        added = additions.enter(connection, kind, [row], who=who, why=f"proposal {mark} accepted", extractor=extractor)
        _decide(connection, mark, extractor, ACCEPTED, added.keys[0], added.revision)
    return Accepted(mark, added.keys[0], added.revision)


def decline(
    connection: duckdb.DuckDBPyConnection,
    present: Mapping[str, Collection[str]],
    proposal: str,
    *,
    who: str,
    extractor: str,
    reason: str,
) -> str:
    """Note that an extractor does not take a proposal; its whole id. They may still accept it later."""
    if extractor.strip().casefold() == CONSENSUS:
        raise StoreError(f"{extractor!r} is what settled records are kept under; name the person who extracts")
    with transaction(connection):
        mark, _, _ = _found(connection, proposal)
        _check_undecided(connection, present, mark, extractor, DECLINED)
        revision = asof.latest(connection) + 1
        _decide(connection, mark, extractor, DECLINED, None, revision)
        add_revision(connection, revision, who=who, action=f"proposal {mark} {DECLINED}", why=reason)
    return mark


def _check_source(connection: duckdb.DuckDBPyConnection, row: Proposed) -> None:
    model = RECORDS[row.kind]
    cells: dict[str, str | None] = dict.fromkeys(each.name for each in model.fields())
    references.check(connection, model, cells | {"source": row.source}, changed=["source"])


def _insert(connection: duckdb.DuckDBPyConnection, fresh: Mapping[str, Proposed], revision: int) -> None:
    lines = [
        {
            "proposal": mark,
            "source": row.source,
            "kind": row.kind,
            **{name: row.place.get(name) or "" for name in PLACE},
            "quote": row.quote,
            "cells": json.dumps(filled(row.cells), ensure_ascii=False),
            "joined": row.joined,
            "remarks": json.dumps([asdict(each) for each in row.remarks], ensure_ascii=False),
            "revision": revision,
            "position": position,
        }
        for position, (mark, row) in enumerate(fresh.items(), 1)
    ]
    connection.register(_STAGED, pa.Table.from_pylist(lines))
    try:
        connection.execute(f"INSERT INTO proposal BY NAME SELECT * FROM {ddl.quoted(_STAGED)}")
    finally:
        let_go(connection, _STAGED)


def _proposal(row: Sequence[Any], decisions: Mapping[str, Decision]) -> Proposal:
    mark, source, kind, *rest = row
    place, (quote, cells, joined, remarks, who, at, revision) = rest[: len(PLACE)], rest[len(PLACE) :]
    what = Proposed(
        source, kind, json.loads(cells), {name: text for name, text in zip(PLACE, place, strict=True) if text}, quote,
        joined, tuple(Said(**each) for each in json.loads(remarks)),
    )  # fmt: skip
    return Proposal(mark, what, who, asof.moment(at), revision, decisions)


def _decisions(
    connection: duckdb.DuckDBPyConnection, present: Mapping[str, Collection[str]], upto: int
) -> dict[str, dict[str, Decision]]:
    """By proposal and extractor the last decision up to a revision, and whether its record was retired since."""
    rows = connection.execute(
        """
        SELECT d.proposal, kind, extractor, decision, who, epoch_us("at"), why, record, d.revision
        FROM proposal_decision d JOIN revision r ON r.revision = d.revision JOIN proposal p ON p.proposal = d.proposal
        WHERE d.revision <= ? QUALIFY row_number() OVER (PARTITION BY d.proposal, extractor ORDER BY d.revision DESC) = 1
        ORDER BY d.revision
        """,
        [upto],
    ).fetchall()
    kinds = {kind for _, kind, *_, record, _ in rows if record is not None and present[kind]}
    retired = {kind: _retired(connection, kind, upto) for kind in kinds}
    made: defaultdict[str, dict[str, Decision]] = defaultdict(dict)
    for mark, kind, extractor, decision, who, at, why, record, revision in rows:
        gone = record is not None and (extractor, record) in retired.get(kind, ())
        made[mark][extractor] = Decision(extractor, decision, who, asof.moment(at), why, record, revision, gone)
    return made


def _retired(connection: duckdb.DuckDBPyConnection, kind: str, upto: int) -> set[tuple[str, str]]:
    rows = connection.execute(
        f"""
        SELECT extractor, record_key FROM {ddl.quoted(kind)} WHERE revision <= ?
        GROUP BY ALL HAVING arg_max(retired, revision) ORDER BY ALL
        """,
        [upto],
    ).fetchall()
    return set(rows)


def _found(connection: duckdb.DuckDBPyConnection, given: str) -> tuple[str, str, str]:
    """The whole id, the kind and the source of a proposal of which an id, or its beginning, is given."""
    prefix = given.strip()
    if len(prefix) < SHORTEST_PREFIX:
        raise StoreError(f"{prefix!r} is too short for a proposal; give at least the first {SHORTEST_PREFIX} characters of its id")  # fmt: skip
    found = connection.execute(
        "SELECT proposal, kind, source FROM proposal WHERE starts_with(proposal, ?) ORDER BY 1", [prefix]
    ).fetchall()
    if not found:
        raise StoreError(f"the review has no proposal {prefix!r}; list its proposals to see their ids")
    if len(found) > 1:
        shown = ", ".join(mark for mark, *_ in found[:3])
        raise StoreError(f"{prefix!r} fits {len(found)} proposals ({shown}{', ...' if len(found) > 3 else ''}); give more characters")  # fmt: skip
    mark, kind, source = found[0]
    return mark, kind, source


def _check_undecided(
    connection: duckdb.DuckDBPyConnection,
    present: Mapping[str, Collection[str]],
    mark: str,
    extractor: str,
    step: str,
) -> None:
    """Raise StoreError where the extractor has accepted it, or would decline it again; what was declined may be accepted."""
    made = _decisions(connection, present, asof.latest(connection)).get(mark, {}).get(extractor)
    if made is None or not made.holds:
        return
    if made.decision == ACCEPTED:
        raise StoreError(
            f"{extractor} has accepted the proposal {mark} already, as {made.record}; change or retire that record"
        )
    if step == DECLINED:
        raise StoreError(
            f"{extractor} has declined the proposal {mark} already ({made.reason}); it may still be accepted"
        )


def _decide(
    connection: duckdb.DuckDBPyConnection, mark: str, extractor: str, decision: str, record: str | None, revision: int
) -> None:
    connection.execute(
        "INSERT INTO proposal_decision VALUES (?, ?, ?, ?, ?)", [mark, extractor, decision, record, revision]
    )
