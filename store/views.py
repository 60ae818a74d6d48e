"""Views over the record tables, for rules that look across rows. Derived from the models; created in any connection.

``facts``: every printed number of every record, one row each, with its key, its place and its field.
``outcomes``: outcomes with their rank as a number. ``responses``: counts with the family of their outcome.
"""

from __future__ import annotations

import duckdb

from schemas.identity import PLACE
from schemas.kinds.base import Record
from schemas.registry import RECORD_MODELS

_COMMON = ("record", "source", "study", "arm", "outcome", "analysis_set", "timepoint", *PLACE, "quote", "legibility")


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every view in a connection that holds a table or relation per kind."""
    for name, query in queries().items():
        connection.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS {query}')


def queries() -> dict[str, str]:
    """The views and their SQL, in the order in which they can be created."""
    return {
        "facts": " UNION ALL ".join(_facts_of(model) for model in RECORD_MODELS),
        "records": " UNION ALL ".join(_record_of(model) for model in RECORD_MODELS),
        "outcomes": 'SELECT *, CAST("rank".value AS INTEGER) AS place_in_family FROM "outcome"',
        "responses": """
            SELECT c.*, o.family, o.family_kind, o.place_in_family, o.complete, o.contains,
                   'count' AS kind, coalesce(c.study, '') || '/' || coalesce(c.arm, '') || '/' ||
                   coalesce(c.analysis_set, '') || '/' || coalesce(c.timepoint, '') AS of_whom
            FROM "count" c JOIN outcomes o USING (outcome)
        """,
    }


def own_key(model: type[Record]) -> list[str]:
    """The key fields that only this kind has (measure, node, tool, ...)."""
    return [each.name for each in model.own_fields() if each.key]


def _record_of(model: type[Record]) -> str:
    common = ", ".join(f'"{name}"' for name in _COMMON)
    more = " || '|' || ".join(f"coalesce(\"{name}\", '')" for name in own_key(model)) or "''"
    return f"SELECT '{model.kind}' AS kind, {common}, {more} AS more_key FROM \"{model.kind}\""


def _facts_of(model: type[Record]) -> str:
    common = ", ".join(f'"{name}"' for name in _COMMON)
    more = " || '|' || ".join(f"coalesce(\"{name}\", '')" for name in own_key(model)) or "''"
    each = [
        f"SELECT '{model.kind}' AS kind, {common}, {more} AS more_key, '{field.name}' AS field, \"{field.name}\" AS printed"
        f' FROM "{model.kind}" WHERE "{field.name}" IS NOT NULL'
        for field in model.printed_fields()
    ]
    return " UNION ALL ".join(each)
