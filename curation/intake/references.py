"""Who is who: the sources, studies, arms and outcomes that rows name must be defined somewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
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
        naming = [(each, defined[each.refers_to]) for each in KINDS[kind].fields() if each.refers_to]
        names = list(dict.fromkeys(name for field, _ in naming for name in (*parents(field), field.name)))
        start, said = 0, Counter[str]()
        for batch in bundle.batches(kind, names):
            unknown = _Unknown(batch, {field.name: _unknown(batch, field, ids) for field, ids in naming}, said)
            for field, ids in naming:
                for index, (found, expected) in islice(unknown.said_of(field, ids, home), most - len(problems.kept)):
                    problems.add(*bundle.place(kind, start + index), field.name, found, expected)
            start += len(batch)
    return problems.kept


def _keys(batch: pa.RecordBatch, field: FieldFacts) -> pa.Array:
    """The key a field names on each row: an arm's id after the study of the row; null where a part is missing."""
    return _joined(batch, [*parents(field), field.name])


def parents(field: FieldFacts) -> tuple[str, ...]:
    """The fields of the same row that the id in this field needs beside it: the study of an arm."""
    return key_fields(KINDS[field.refers_to])[:-1] if field.refers_to else ()


def _unknown(batch: pa.RecordBatch, field: FieldFacts, defined: Set[str]) -> Mask:
    cells = batch[field.name]
    if field.several:
        return where(cells, lambda cell: not set(cell.split()) <= defined)
    keys = _keys(batch, field)
    return where(keys, lambda key: key not in defined) | (given(cells) & ~given(keys))


@dataclass(frozen=True, slots=True)
class _Unknown:
    """Some rows, which of their fields name something unknown, and how often that has been said of each field."""

    batch: pa.RecordBatch
    masks: Mapping[str, Mask]
    said: Counter[str]

    def said_of(self, field: FieldFacts, defined: Set[str], home: str) -> Iterator[tuple[int, tuple[str, str]]]:
        """The rows with an unknown name; an arm of an unknown study is not one, the study is the problem."""
        noted = self.masks[field.name].copy()
        for parent in parents(field):
            noted &= ~self.masks[parent]
        if not noted.any():
            return
        keys = _keys(self.batch, field)
        for index in np.flatnonzero(noted).tolist():
            close = defined if self.said[field.name] < MOST_SUGGESTIONS else frozenset[str]()
            self.said[field.name] += 1
            cell = self.batch[field.name][index].as_py()
            if field.several:
                missing = (each for each in cell.split() if each not in defined)
                yield from ((index, _said(field, each, each, close, home)) for each in missing)
                continue
            yield index, _said(field, cell, keys[index].as_py(), close, home)


def defined_in(bundle: Bundle, entity: str) -> set[str]:
    """The keys of the entities that the bundle itself defines; the key of an arm is "study/arm"."""
    if entity not in bundle.tables:
        return set()
    names = key_fields(KINDS[entity])
    return {
        key for batch in bundle.batches(entity, names) for key in _joined(batch, names).to_pylist() if key is not None
    }


def _joined(batch: pa.RecordBatch, names: Sequence[str]) -> pa.Array:
    first, *more = (batch[name] for name in names)
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
