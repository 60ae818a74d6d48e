"""Whose findings are saved, and of whose records and sources they tell: what has to be known before they are shown."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb

from schemas.registry import RECORDS
from store import ddl
from store.consensus import CONSENSUS

_JSON = ("explanations", "records")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A kind of record and a source under which an extractor has, or once had, a record of some id."""

    kind: str
    source: str


def saved(connection: duckdb.DuckDBPyConnection) -> list[dict[str, object]]:
    """Every finding of the last check in the order in which they were saved, with its "extractor" (None if unknown).

    One that follows from the records of several is there for each.
    """
    rows = connection.execute("SELECT * FROM finding ORDER BY rowid")
    names = [each[0] for each in rows.description or ()]
    return [
        {name: json.loads(cell) if name in _JSON else cell for name, cell in zip(names, row, strict=True)}
        for row in rows.fetchall()
    ]


def whereabouts(
    connection: duckdb.DuckDBPyConnection,
    present: Mapping[str, Collection[str]],
    records: Collection[str],
    after: int = 0,
) -> dict[tuple[str, str], list[Whereabouts]]:
    """By extractor and record id, the kinds and sources such a record has, or had at any revision; or since one."""
    found: defaultdict[tuple[str, str], list[Whereabouts]] = defaultdict(list)
    wanted = set(records)
    kinds = [kind for kind in RECORDS if "source" in present[kind]]
    if not wanted or not kinds:
        return {}
    # The ids are looked up here: thousands of them as a parameter cost more than reading what there is.
    every = " UNION ALL ".join(
        f"SELECT DISTINCT {place} AS place, extractor, record_key, coalesce(source, '') FROM {ddl.quoted(kind)} WHERE revision > $after"
        for place, kind in enumerate(kinds)
    )
    for place, extractor, record, source in connection.execute(f"{every} ORDER BY ALL", {"after": after}).fetchall():
        if record in wanted:
            found[extractor, record].append(Whereabouts(kinds[place], source))
    return dict(found)


def owners(told: Mapping[tuple[str, str], object], extractor: str | None, record: str) -> list[str]:
    """Whose a record is in a check of one extractor: their own, and the consensus where it was settled.

    Where it is not known from whose records a finding follows, everybody's who has such a record.
    """
    if extractor is None:
        return sorted(who for who, key in told if key == record)
    return [who for who in (extractor, CONSENSUS) if (who, record) in told]
