"""What kind of extractor somebody is: a person, or a language model whose every number needs a quote."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import duckdb

from schemas.registry import RECORDS
from store import asof, ddl
from store.asof import AsOf
from store.consensus import CONSENSUS
from store.errors import StoreError
from store.intake import add_revision
from store.query import first_row
from store.transaction import transaction

PERSON, MODEL = "person", "model"
KIND_MEANING = {PERSON: "a person", MODEL: "a language model"}
"""The kinds of extractors, in words."""


def extractor_kinds(connection: duckdb.DuckDBPyConnection, as_of: AsOf = None) -> dict[str, str]:
    """What kind each declared extractor is, by name; whoever is not in it is a person."""
    rows = connection.execute(
        """
        SELECT extractor, arg_max(kind, revision) FROM extractor_kind WHERE revision <= ?
        GROUP BY extractor ORDER BY extractor
        """,
        [asof.resolve(connection, as_of)],
    ).fetchall()
    return dict(rows)


def declare(
    connection: duckdb.DuckDBPyConnection,
    present: Mapping[str, Collection[str]],
    extractor: str,
    kind: str,
    *,
    who: str,
) -> int | None:
    """Say what kind of extractor somebody is; the revision, or None where that is known already.

    Raises StoreError for one who has extracted as another kind: what is on record keeps its meaning.
    """
    if kind not in KIND_MEANING:
        raise StoreError(f"{kind!r} is no kind of extractor; the kinds are {', '.join(KIND_MEANING)}")
    if extractor == CONSENSUS:
        raise StoreError(f"{CONSENSUS!r} is the name of what was settled; give the extractor another name")
    with transaction(connection):
        now = extractor_kinds(connection).get(extractor, PERSON)
        if now == kind:
            return None
        if _has_extracted(connection, present, extractor):
            raise StoreError(
                f"{extractor} has extracted as {KIND_MEANING[now]} in this review; give {KIND_MEANING[kind]} another name"
            )
        revision = asof.latest(connection) + 1
        connection.execute("INSERT INTO extractor_kind VALUES (?, ?, ?)", [extractor, kind, revision])
        add_revision(
            connection, revision, who=who, action="extractor", why=f"{extractor} extracts as {KIND_MEANING[kind]}"
        )
    return revision


def _has_extracted(
    connection: duckdb.DuckDBPyConnection, present: Mapping[str, Collection[str]], extractor: str
) -> bool:
    return any(
        first_row(connection, f"SELECT 1 FROM {ddl.quoted(kind)} WHERE extractor = ? LIMIT 1", [extractor])
        for kind in RECORDS
        if present[kind]
    )
