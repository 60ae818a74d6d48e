"""Which records are bound to each other, and how they are shared out to tasks that need nothing from one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

ROWS_PER_TASK = 250_000
"""Records that a task is given, unless more are bound together."""
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ties:
    """Sources with the studies they are bound to; null where there is none."""

    source: pa.Array
    study: pa.Array


@dataclass(frozen=True, slots=True)
class Held:
    """How many rows of a source a file holds. Files are numbered over all kinds; one number stands for a frame too."""

    source: pa.Array
    file: Numbers
    rows: Numbers


@dataclass(frozen=True, slots=True)
class Unit:
    """What one task is given: files, each with the sources it is read for, or None for all that is in it."""

    rows: int
    files: Mapping[int, tuple[str, ...] | None] = field(default_factory=dict)


def groups(sources: pa.Array, ties: Sequence[Ties]) -> Numbers:
    """A number for each of these sources; bound ones have the same."""
    chained = pa.concat_arrays([sources, *(each.source for each in ties)]).dictionary_encode()
    studies = pa.concat_arrays([pa.array([], pa.string()), *(each.study for each in ties)]).dictionary_encode()
    one = _codes(chained.indices)
    many = len(chained.dictionary)
    other = _codes(studies.indices)
    own, bound = one[: len(sources)], one[len(sources) :]
    known = (bound >= 0) & (other >= 0)
    ends = many + len(studies.dictionary)
    edges = coo_array((np.ones(int(known.sum()), np.int8), (bound[known], many + other[known])), shape=(ends, ends))
    return np.asarray(connected_components(edges, directed=False)[1], dtype=np.int64)[own]


def _codes(indices: pa.Array) -> Numbers:
    return np.asarray(indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)


def shared_out(held: Held, ties: Sequence[Ties], rows_per_task: int = ROWS_PER_TASK) -> list[Unit]:
    """Units of about so many rows that together hold everything once, and of which none needs another.

    Small files are kept whole, so that a task reads a file as it is; where sources are scattered over many small files, the
    files are read by several tasks, each taking its sources out of them.
    """
    group = groups(held.source, ties)
    if not len(group):
        return []
    group = np.unique(group, return_inverse=True)[1]
    sizes = np.bincount(group, weights=held.rows)
    whole = _files_whole(held, group, rows_per_task)
    merged_sizes = np.bincount(whole, weights=held.rows)
    if merged_sizes.max() <= max(2 * rows_per_task, sizes.max()):
        group, sizes = whole, merged_sizes
    first = np.full(len(sizes), np.iinfo(np.int64).max)
    np.minimum.at(first, group, held.file)
    order = np.argsort(first, kind="stable")
    unit_of = np.empty(len(sizes), np.int64)
    unit_of[order] = _cut(sizes[order], rows_per_task)
    return _units(held, unit_of[group])


def _files_whole(held: Held, group: Numbers, rows_per_task: int) -> Numbers:
    """The groups, with those that share a small file made one."""
    in_file = np.bincount(held.file, weights=held.rows)
    small = in_file[held.file] <= rows_per_task
    groups_, files = int(group.max()) + 1, len(in_file)
    edges = coo_array(
        (np.ones(int(small.sum()), np.int8), (group[small], groups_ + held.file[small])),
        shape=(groups_ + files, groups_ + files),
    )
    merged = connected_components(edges, directed=False)[1][:groups_]
    return np.asarray(np.unique(merged, return_inverse=True)[1], dtype=np.int64)[group]


def _cut(sizes: NDArray[Any], limit: int) -> Numbers:
    """Numbers of consecutive runs of which each but single large ones stays within the limit."""
    numbers, filled, number = np.empty(len(sizes), np.int64), 0.0, 0
    for place, size in enumerate(sizes.tolist()):
        if filled and filled + size > limit:
            number, filled = number + 1, 0.0
        filled += size
        numbers[place] = number
    return numbers


def _units(held: Held, unit: Numbers) -> list[Unit]:
    table = pa.table({"unit": unit, "file": held.file, "source": held.source, "rows": held.rows})
    in_file = np.bincount(held.file, weights=held.rows)
    made = (
        table.group_by(["unit", "file"], use_threads=False)
        .aggregate([("source", "list"), ("rows", "sum")])
        .sort_by([("unit", "ascending"), ("file", "ascending")])
    )
    units: dict[int, dict[int, tuple[str, ...] | None]] = {}
    totals: dict[int, int] = {}
    for number, file, sources, rows in zip(
        *(made.column(name).to_pylist() for name in ("unit", "file", "source_list", "rows_sum")), strict=True
    ):
        units.setdefault(number, {})[file] = None if rows == in_file[file] else tuple(sources)
        totals[number] = totals.get(number, 0) + rows
    return [Unit(totals[number], units[number]) for number in sorted(units)]


def distinct(table: pa.Table) -> Ties:
    """The ties of a table with the columns source and study, each once."""
    once = table.group_by(["source", "study"]).aggregate([])
    return Ties(*(pc.cast(once.column(name), pa.string()).combine_chunks() for name in ("source", "study")))
