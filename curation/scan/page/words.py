"""A statistic in words: what kind it is, and how each of its fields was read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from curation.engine.describe import labelled
from curation.scan.result import Statement
from schemas.registry import RECORDS

_PLACES = {"row", "column"}
"""Fields that say where it stands; the page shows that otherwise."""
_NAMED_BY = {"measure": "other", "statistic_type": ""}
"""Codes that name the statistic better than its kind does, and the code that does not."""
JOINED = "brought together from several places"


def kind_of(one: Statement) -> str:
    """The kind of a statistic, more closely where a code says so.

    >>> kind_of(Statement("r-1", "effect", {"measure": "OR", "estimate": "1.2"}, ()))
    'Effect (OR)'
    """
    named = next(
        (one.cells[name] for name, no_name in _NAMED_BY.items() if one.cells.get(name, no_name) != no_name), ""
    )
    return f"{one.kind.capitalize()} ({named})" if named else one.kind.capitalize()


def fields_of(one: Statement) -> str:
    """The fields of a statistic as they were read.

    >>> fields_of(Statement("r-1", "count", {"events": "24", "total": "82", "total_from": "header"}, ()))
    'events 24; total 82 from the header'
    """
    said = [
        name
        for name in RECORDS[one.kind].model_fields
        if name not in _PLACES and name not in _NAMED_BY and not _usual(one.kind, name, one.cells.get(name, ""))
    ]
    return "; ".join(f"{labelled(name)} {one.cells[name]}{_from_where(name, one.cells)}" for name in said)


def sentence_of(one: Statement) -> str:
    """The kind and the fields, for a hint beside the print."""
    joined = f" ({JOINED})" if one.joined else ""
    return f"{kind_of(one)}: {fields_of(one)}{joined}"


def _from_where(name: str, cells: Mapping[str, str]) -> str:
    where = cells.get("total_from", "cell") if name == "total" else "cell"
    return f" from the {where}" if where in {"header", "text"} else ""


def _usual(kind: str, name: str, text: str) -> bool:
    """Whether a field says only what goes without saying; where a total stands is said with the total."""
    return name == "total_from" or text in {"", "unknown", _defaults(kind).get(name)}


@cache
def _defaults(kind: str) -> Mapping[str, str | None]:
    return {each.name: each.default for each in RECORDS[kind].fields() if each.codes}
