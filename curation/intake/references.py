"""Who is who: the sources, studies, arms and outcomes that rows name must be defined somewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curation.intake.bundle import Bundle
from curation.intake.cells import Mask, given, where
from curation.intake.problems import MOST_KEPT, Problem, Problems, shown, suggestion
from schemas.fields import FieldFacts
from schemas.identity import key_fields
from schemas.kinds.entities import ENTITIES
from schemas.registry import KINDS

MOST_SUGGESTIONS = 100
"""Unknown names of a column a close match is looked for; comparing every name with every other takes too long."""


def references(
    bundle: Bundle, known: Mapping[str, Collection[str]], home: str = "", most: int = MOST_KEPT
) -> list[Problem]:
    """Problems with ids that are neither defined in the bundle nor ``known``; an empty list if there are none.

    ``known`` holds the keys that the review has already, by entity; the key of an arm is "study/arm".
    ``home`` says where an entity is defined, its kind or its ``{plural}`` in braces. At most ``most`` problems are
    returned.
    """
    home = home or ("on the sheet {}" if bundle.books else "in {}.csv")
    problems = Problems(books=dict(bundle.books), most=most)
    entities = {field.refers_to for model in KINDS.values() for field in model.fields() if field.refers_to}
    defined = {entity: set(known.get(entity, ())) | defined_in(bundle, entity) for entity in entities}
    for kind in bundle.tables:
        unknown: dict[str, Mask] = {}
        for field in KINDS[kind].fields():
            if field.refers_to:
                unknown[field.name] = _unknown(bundle, kind, field, defined[field.refers_to])
                room = most - len(problems.kept)
                for index, said in islice(
                    _said_of(bundle.tables[kind], field, defined[field.refers_to], unknown, home), room
                ):
                    problems.add(*bundle.place(kind, index), field.name, *said)
    return problems.kept


def _keys(table: pa.Table, field: FieldFacts) -> pa.Array:
    """The key a field names on each row: an arm's id after the study of the row; null where a part is missing."""
    return _joined(table, [*parents(field), field.name])


def parents(field: FieldFacts) -> tuple[str, ...]:
    """The fields of the same row that the id in this field needs beside it: the study of an arm."""
    return key_fields(KINDS[field.refers_to])[:-1] if field.refers_to else ()


def _unknown(bundle: Bundle, kind: str, field: FieldFacts, defined: Set[str]) -> Mask:
    if field.several:
        cells = bundle.tables[kind][field.name].combine_chunks()
        return where(cells, lambda cell: not set(cell.split()) <= defined)
    keys = _keys(bundle.tables[kind], field)
    named = given(bundle.tables[kind][field.name].combine_chunks())
    return where(keys, lambda key: key not in defined) | (named & ~given(keys))


def _said_of(
    table: pa.Table, field: FieldFacts, defined: Set[str], unknown: Mapping[str, Mask], home: str
) -> Iterator[tuple[int, tuple[str, str]]]:
    """The rows with an unknown name; an arm of an unknown study is not one, the study is the problem."""
    noted = unknown[field.name].copy()
    for parent in parents(field):
        noted &= ~unknown[parent]
    keys = _keys(table, field)
    for count, index in enumerate(np.flatnonzero(noted).tolist()):
        close = defined if count < MOST_SUGGESTIONS else frozenset[str]()
        if field.several:
            missing = (each for each in table[field.name][index].as_py().split() if each not in defined)
            yield from ((index, _said(field, each, each, close, home)) for each in missing)
            continue
        yield index, _said(field, table[field.name][index].as_py(), keys[index].as_py(), close, home)


def defined_in(bundle: Bundle, entity: str) -> set[str]:
    """The keys of the entities that the bundle itself defines; the key of an arm is "study/arm"."""
    if entity not in bundle.tables:
        return set()
    return set(_joined(bundle.tables[entity], key_fields(KINDS[entity])).drop_null().to_pylist())


def _joined(table: pa.Table, names: Sequence[str]) -> pa.Array:
    first, *more = (table[name].combine_chunks() for name in names)
    for each in more:
        first = pc.binary_join_element_wise(first, each, "/")
    return first


def _said(field: FieldFacts, own: str, key: str | None, close: Set[str], home: str) -> tuple[str, str]:
    """What was found, and what was expected."""
    entity, over = field.refers_to or "", " and ".join(parents(field))
    if key is None:
        return f"{shown(own)} without a {over}", f"the {over} of the {entity} in the column {over}"
    before = key.removesuffix(own)
    choices = [each.removeprefix(before) for each in close if each.startswith(before)]
    of = f" of the {over} {shown(before[:-1])}" if before else ""
    an = "an" if entity[0] in "aeiou" else "a"
    there = home.format(entity, plural=KINDS[entity].label_plural)
    return shown(own), f"the id of {an} {entity}{of}{suggestion(own, choices) or f'; define it {there}'}"


def known_ids(tables: Mapping[str, pa.Table]) -> dict[str, set[str]]:
    """The ids of the entities that a review already holds; an arm is known as 'study/arm'."""
    return {
        model.kind: {
            "/".join(str(part) for part in key)
            for key in zip(*(tables[model.kind].column(name).to_pylist() for name in key_fields(model)), strict=True)
        }
        for model in ENTITIES
        if model.kind in tables
    }
