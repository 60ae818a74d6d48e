"""Who is who: the sources, studies, arms and outcomes that rows name must be defined somewhere."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curation.intake.bundle import Bundle
from curation.intake.problems import Problem, Problems, shown, suggestion
from curation.intake.stack import Mask, given, where
from schemas.fields import FieldFacts
from schemas.identity import key_fields
from schemas.registry import KINDS

MOST_SUGGESTIONS = 100
"""Unknown names a close match is looked for."""


def entity_keys(entity: str, table: pa.Table) -> pa.Array:
    """The key of an entity on each row of a table that names it: its key fields joined by '/' (an arm's study/arm)."""
    keys, *more = (table[name].combine_chunks() for name in key_fields(KINDS[entity]))
    for each in more:
        keys = pc.binary_join_element_wise(keys, each, "/")
    return keys


def references(bundle: Bundle, known: Mapping[str, set[str]]) -> list[Problem]:
    """Problems with ids that are neither defined in the bundle nor ``known``; an empty list if there are none.

    ``known`` holds the keys that the review has already, by entity; the key of an arm is "study/arm". At most a
    thousand problems are returned.
    """
    entities = {each.refers_to for model in KINDS.values() for each in model.fields() if each.refers_to}
    defined = {each: set(known.get(each, ())) | _in_bundle(bundle, each) for each in entities}
    problems = Problems()
    for kind in bundle.tables:
        unknown: dict[str, Mask] = {}
        for field in KINDS[kind].fields():
            if field.refers_to:
                unknown[field.name] = _unknown(bundle, kind, field, field.refers_to, defined, unknown, problems)
    return problems.kept


def _in_bundle(bundle: Bundle, entity: str) -> set[str]:
    return set(entity_keys(entity, bundle.tables[entity]).to_pylist()) if entity in bundle.tables else set()


def _unknown(
    bundle: Bundle,
    kind: str,
    field: FieldFacts,
    entity: str,
    defined: Mapping[str, set[str]],
    before: Mapping[str, Mask],
    problems: Problems,
) -> Mask:
    """The rows whose field names no known entity; each is noted unless the id it hangs on is unknown already."""
    table = bundle.tables[kind].rename_columns({field.name: key_fields(KINDS[entity])[-1]})
    *parents, _ = key_fields(KINDS[entity])
    keys = entity_keys(entity, table)
    named = given(bundle.tables[kind][field.name].combine_chunks())
    wrong = where(keys, lambda key: key not in defined[entity]) | (named & ~given(keys))
    noted = wrong.copy()
    for parent in parents:
        noted &= ~before.get(parent, np.zeros(len(wrong), bool))
    for index in np.flatnonzero(noted).tolist():
        file, row = bundle.place(kind, index)
        problems.add(file, row, field.name, *_sentence(table, index, entity, keys[index].as_py(), defined[entity], problems))
    return wrong
