"""Two files of one review, record by record: what only one of them has, and where their texts differ.

Records are matched by what they are about and where they stand; the source is the file itself and not compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from curation.exchange.imported import Cells, Imported
from curation.exchange.revman_numbers import decimal
from schemas.identity import PLACE, key_fields
from schemas.registry import KINDS

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; ``how`` is "only in the first", "only in the second", "fewer digits" or "another text"."""

    kind: str
    what: str
    field: str
    first: str
    second: str
    how: str


def differences(first: Imported, second: Imported) -> list[Difference]:
    """All differences of two imports, kind by kind; sources are left out."""
    return [
        one for kind in KINDS if kind != "source" for one in _of_kind(kind, _by_key(first, kind), _by_key(second, kind))
    ]


def _by_key(one: Imported, kind: str) -> dict[Key, Cells]:
    names = [
        name for name in (*key_fields(KINDS[kind]), *PLACE) if name != "source" and name in KINDS[kind].model_fields
    ]
    return {tuple(cells.get(name, "") for name in names): cells for _, cells in one.rows.get(kind, [])}


def _of_kind(kind: str, first: dict[Key, Cells], second: dict[Key, Cells]) -> Iterator[Difference]:
    for key in dict.fromkeys((*first, *second)):
        what = "/".join(filter(None, key))
        if key not in first or key not in second:
            yield Difference(kind, what, "", "", "", "only in the first" if key in first else "only in the second")
            continue
        for field in dict.fromkeys((*first[key], *second[key])):
            one, two = first[key].get(field, ""), second[key].get(field, "")
            if one != two and field not in {"source", "included_in"}:
                yield Difference(kind, what, field, one, two, "fewer digits" if _fewer(one, two) else "another text")


def _fewer(first: str, second: str) -> bool:
    """Whether one text is the other, rounded to its own decimals."""
    one, two = decimal(first.rstrip("%")), decimal(second.rstrip("%"))
    if one is None or two is None:
        return False
    less, more = (one, two) if int(one.as_tuple().exponent) >= int(two.as_tuple().exponent) else (two, one)
    return abs(more - less) <= Decimal(5).scaleb(int(less.as_tuple().exponent) - 1)
