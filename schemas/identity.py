"""The identity of a record: the same statistic at the same place keeps its id from one intake to the next."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

from schemas.kinds.base import Declared, Record

PLACE = ("page", "section", "row", "column")
"""The fields that say where in its source a record is printed."""


@cache
def key_fields(model: type[Declared]) -> tuple[str, ...]:
    """The fields that say what a record is about; equal keys at different places are one fact printed twice."""
    return tuple(each.name for each in model.fields() if each.key)


def record_ids(model: type[Record], rows: Iterable[Mapping[str, str | None]]) -> list[str]:
    """An id per row: the user's own where given, else one made of kind, key and place.

    Rows that agree in all of these are numbered in their order, so that nothing is lost.
    """
    seen: Counter[str] = Counter()
    taken: set[str] = set()
    made = []
    for row in rows:
        first = row.get("record") or _made(model, row)
        seen[first] += 1
        one = first if seen[first] == 1 else f"{first}-{seen[first]}"
        while one in taken:
            seen[first] += 1
            one = f"{first}-{seen[first]}"
        taken.add(one)
        made.append(one)
    return made


def _made(model: type[Record], row: Mapping[str, str | None]) -> str:
    parts = [model.kind, *(f"{name}={row.get(name) or ''}" for name in (*key_fields(model), *PLACE))]
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:10]
    return f"{model.kind}-{digest}"
