"""The tables of an intake: defaults and record ids filled in, entities once each, printed numbers derived."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curation.intake.cells import Mask, given
from curation.intake.problems import Problems, shown
from curation.intake.stack import Stack
from schemas.arrow import from_texts
from schemas.identity import key_fields, numbered, wished_ids, wished_twice
from schemas.kinds.base import Record


def keep_once(one: Stack, problems: Problems) -> Mask:
    """Which rows to keep: an entity given twice alike is kept once; given twice differently it is a problem."""
    keep = np.ones(len(one), bool)
    names = key_fields(one.model)
    first: dict[tuple[str, ...], int] = {}
    for index, key in enumerate(zip(*(one.cells[name].to_pylist() for name in names), strict=True)):
        if None in key or first.setdefault(key, index) == index:
            continue
        here, there = _stated(one, index), _stated(one, first[key])
        other = [name for name in here if here[name] != there[name]]
        keep[index] = bool(other)
        if other:
            file, row = one.place(first[key])
            found = f"{shown('/'.join(key))} again, with the {other[0]} {_cell(here[other[0]])}"
            too = f" (differing, too: {', '.join(other[1:])})" if other[1:] else ""
            expected = f"one definition; in {file}, row {row} the {other[0]} is {_cell(there[other[0]])}{too}"
            problems.add(*one.place(index), names[-1], found, expected)
    return keep


def _stated(one: Stack, index: int) -> dict[str, str | None]:
    return {each.name: one.cells[each.name][index].as_py() or each.default for each in one.model.fields()}


def _cell(text: str | None) -> str:
    return "blank" if text is None else shown(text)


def finished(one: Stack, rows: Mask | None = None) -> pa.Table:
    """The table of a stack, or of these rows of it, in the schema of its kind; they must be without problems."""
    cells = {
        each.name: one.cells[each.name].fill_null(each.default) if each.default else one.cells[each.name]
        for each in one.model.fields()
    }
    texts = pa.table(cells)
    return from_texts(one.model, texts if rows is None else texts.filter(pa.array(rows)))


def give_ids(one: Stack, problems: Problems) -> None:
    """Fill in the ids of records; an id two records share is a problem."""
    if not issubclass(one.model, Record):
        return
    wished = wished_ids(one.model, one.cells)
    own = given(one.cells["record"])
    one.cells["record"] = told_apart(pa.chunked_array([wished]), own, one.place, problems).combine_chunks()


def told_apart(
    wished: pa.ChunkedArray, own: Mask, place: Callable[[int], tuple[str, int]], problems: Problems
) -> pa.ChunkedArray:
    """The ids of records, those numbered that would come again; an id that was typed (``own``) and comes again is a problem.

    ``place`` says where a row was typed.
    """
    places = wished_twice(wished)
    if not len(places):
        return wished
    made = numbered(wished.take(pa.array(places)).to_pylist())
    first: dict[str, int] = {}
    for index, typed, final in zip(places.tolist(), wished.take(pa.array(places)).to_pylist(), made, strict=True):
        name = typed if own[index] else final
        if first.setdefault(name, index) != index:
            file, row = place(first[name])
            found = f"{shown(name)}, which {file}, row {row} has too"
            problems.add(*place(index), "record", found, "an id of its own for every record, or a blank cell")
    mask = np.zeros(len(wished), bool)
    mask[places] = True
    ids = wished.combine_chunks()
    return pa.chunked_array([pc.replace_with_mask(ids, pa.array(mask), pa.array(made, pa.string()))])
