"""Which rows of several extractors are the same record: equal keys and places first, then the cheapest assignment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
from scipy.optimize import linear_sum_assignment

from curation.reconcile.cost import Features, cost, features
from schemas.identity import PLACE, key_fields
from schemas.kinds.base import Record

LIMIT = 0.35
"""Above this cost rows of different keys stay unmatched."""
SAME_KEY_LIMIT = 0.75
"""The same for rows of equal keys, which are one fact by definition."""
LARGEST_BLOCK = 2_000
"""Rows of one extractor that are assigned at once; larger blocks are taken in the order of their rows."""

Group = tuple[int, ...]
"""Row numbers of one record, one per extractor, in the order of the extractors' names."""
Key = tuple[str, str]


def matched(model: type[Record], table: pa.Table, known: Iterable[Collection[Key]] = ()) -> list[Group]:
    """The records of a kind's table, which has a column ``extractor``: for each the rows that extract it.

    Every row is in one group; a group of one row is a record that one extractor alone has. ``known`` are sets of
    (extractor, record id) that somebody has matched already; they stay together. More than two extractors are matched
    one after the other, by name, each with the first extraction of every record.
    """
    if not len(table):
        return []
    names = np.asarray(table.column("extractor").to_pylist(), dtype=str)
    groups = _known(table, known)
    settled = {row for group in groups for row in group}
    people = [np.flatnonzero(names == each) for each in sorted(set(names.tolist()))]
    for number, rows in enumerate(people):
        mine = [int(row) for row in rows if int(row) not in settled]
        groups = (
            _joined(groups, mine, _pairs(model, table, groups, mine, names))
            if number
            else groups + [[row] for row in mine]
        )
    return sorted((tuple(sorted(group, key=lambda row: names[row])) for group in groups), key=min)


def _known(table: pa.Table, known: Iterable[Collection[Key]]) -> list[list[int]]:
    sets = list(known)
    if not sets:
        return []
    at = {key: row for row, key in enumerate(zip(table.column("extractor").to_pylist(), table.column("record").to_pylist(), strict=True))}  # fmt: skip
    groups, used = [], set[int]()
    for keys in sets:
        rows = [at[key] for key in keys if key in at and at[key] not in used]
        if len(rows) > 1:
            groups.append(rows)
            used.update(rows)
    return groups


def _joined(groups: list[list[int]], mine: Sequence[int], pairs: Mapping[int, int]) -> list[list[int]]:
    place = {group[0]: group for group in groups}
    for first, second in pairs.items():
        place[first].append(second)
    taken = set(pairs.values())
    return groups + [[row] for row in mine if row not in taken]


def _pairs(
    model: type[Record], table: pa.Table, groups: Sequence[Sequence[int]], mine: Sequence[int], names: np.ndarray
) -> dict[int, int]:
    """First row of a group -> row of one further extractor, who is not in the group yet."""
    who = names[mine[0]] if mine else ""
    left = [group[0] for group in groups if all(names[row] != who for row in group)]
    right = list(mine)
    found: dict[int, int] = {}
    # The cost is made of all rows at once, so that codes of texts are shared.
    of = features(model, table)
    for step, (columns, limit) in enumerate(_steps(model)):
        if not left or not right:
            break
        blocks = list(_blocks(table, columns, left, right))
        for first, second in blocks:
            lone = step == 0 and len(first) == len(second) == 1
            found |= {first[0]: second[0]} if lone else _assigned(of, first, second, limit)
        left = [row for row in left if row not in found]
        done = set(found.values())
        right = [row for row in right if row not in done]
    return found


def _steps(model: type[Record]) -> Iterator[tuple[tuple[str, ...], float]]:
    """The columns in which rows must be equal, from all to the source alone, and the highest cost."""
    keys = key_fields(model)
    yield (*keys, *PLACE), 1.0
    yield keys, SAME_KEY_LIMIT
    yield ("source", "study", "outcome"), LIMIT
    yield ("source", "study"), LIMIT
    yield ("source",), LIMIT


def _blocks(
    table: pa.Table, columns: Sequence[str], left: Sequence[int], right: Sequence[int]
) -> Iterator[tuple[list[int], list[int]]]:
    sides: dict[tuple[str | None, ...], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate((left, right)):
        some = table.select(list(columns)).take(pa.array(rows, pa.int64()))
        keys = zip(*(some.column(name).to_pylist() for name in columns), strict=True)
        for row, key in zip(rows, keys, strict=True):
            sides[key][side].append(row)
    for first, second in sides.values():
        if first and second:
            for start in range(0, max(len(first), len(second)), LARGEST_BLOCK):
                part = slice(start, start + LARGEST_BLOCK)
                if first[part] and second[part]:
                    yield first[part], second[part]


def _assigned(of: Features, first: Sequence[int], second: Sequence[int], limit: float) -> dict[int, int]:
    """The assignment of least cost, in which a pair above the limit costs no more than two rows left alone."""
    one, other = np.asarray(first, np.int64), np.asarray(second, np.int64)
    costs = cost(of, one, other)
    rows, columns = linear_sum_assignment(np.minimum(costs, limit))
    return {
        first[row]: second[column]
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        if costs[row, column] <= limit
    }
