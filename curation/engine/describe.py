"""From a flagged row to a finding: other readings, explanations, severity, and the sentence people read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np

from curation.engine.columns import Batch, cell, cells
from curation.engine.findings import ORDER, Finding, fingerprint
from curation.engine.flagged import Cell, Flagged, Nearby, Siblings
from curation.engine.judge import Judged, Sources, pointed_at
from curation.engine.offers import Companions, Offers
from curation.engine.rule import Reading, Rule
from schemas.intervals import Column
from schemas.ragged import Codes, Ragged
from schemas.registry import RECORD_MODELS

TRUNCATED = "it fits if the digits were cut off instead of rounded"
PADDED = "it fits if the last zeros are padding, so that one digit less was measured"
UNCLEAR = "this rests on a reading of the source that is not certain"
DEFINED = ("level", "scale_min", "scale_max")
"""A confidence level and the ends of a scale are named, not rounded."""
Changed = dict[str, Column | Ragged]


@dataclass(slots=True)
class Crash:
    """A part of a rule that stopped with an exception."""

    rule: Rule
    what: str
    error: Exception


@dataclass(slots=True)
class Describer:
    """Turns flagged rows into findings. ``crashes`` collects parts of rules that failed on the way."""

    siblings: Callable[[Mapping[str, Any]], Siblings] = lambda _record: lambda _keys: []
    nearby: Callable[[Mapping[str, Any]], Nearby] = lambda _record: lambda _keys, _reach: ([], None)
    offers: Offers = field(default_factory=lambda: Offers(Companions(lambda _kind: [])))
    crashes: list[Crash] = field(default_factory=list)

    def finding(
        self, rule: Rule, judged: Judged, row: int, batch: Batch, sources: Sources, record: Mapping[str, Any]
    ) -> Finding:
        """The finding of one flagged row. ``record`` is the record at which it stands."""
        flagged = self._flagged(rule, judged, row, batch, sources, record)
        severity, because = self._severity(rule, flagged)
        explanations = [*because, *self._explained(rule, flagged)]
        if not {TRUNCATED, PADDED} & set(because):
            slips = partial(self.offers.of, rule, flagged, sources, batch, row)
            explanations += self._safely(rule, "offers", slips, [])
        if _rests_on_unclear(flagged):
            severity = "warning" if severity == "error" else severity
            explanations.append(UNCLEAR)
        expected = self._safely(rule, "expects", lambda: rule.expected(flagged) if rule.expected else "", "")
        conclusion = self._safely(
            rule, "changes_conclusion", lambda: bool(rule.conclusion and rule.conclusion(flagged)), False
        )
        return _finding(rule, flagged, sources, batch, row, severity, expected, explanations, conclusion)

    def _flagged(
        self, rule: Rule, judged: Judged, row: int, batch: Batch, sources: Sources, record: Mapping[str, Any]
    ) -> Flagged:
        printed = {
            name: None if source is None else source[1:] if source.startswith("=") else cells(batch.column(source), row)
            for name, source in sources.items()
        }
        beside = (
            ()
            if rule.rows is None
            else [name for name in batch.schema.names if name not in {*sources, "kind", "record", "records"}]
        )
        printed |= {name: cells(batch.column(name), row) for name in beside}
        only = np.array([row])
        columns = {name: column.take(only).rationals() for name, column in judged.columns.items()}
        own = {name: cell(value) if isinstance(value, dict) else value for name, value in record.items()}
        return Flagged(printed, columns, rule.identity, own, self.siblings(record), self.nearby(record))

    def _severity(self, rule: Rule, flagged: Flagged) -> tuple[str, list[str]]:
        """The mildest reading that holds decides how grave the finding is; all that hold are named."""
        readings = [
            *(Reading(name, "note", _rereading(changed)) for name, changed in _general(flagged) if changed),
            *rule.readings,
        ]
        held = [each for each in readings if self._safely(rule, "reading", partial(each.holds, flagged), False)]
        severity = max([rule.severity, *(each.severity for each in held)], key=ORDER.__getitem__)
        return severity, [each.name for each in held]

    def _explained(self, rule: Rule, flagged: Flagged) -> list[str]:
        found: list[str] = []
        for explain in rule.explainers:
            found += self._safely(rule, "explain", partial(explain, flagged), [])
        return found

    def _safely(self, rule: Rule, what: str, act: Callable[[], Any], fallback: Any) -> Any:  # noqa: ANN401 - whatever the rule returns
        try:
            return act()
        except Exception as error:
            self.crashes.append(Crash(rule, what, error))
            return fallback


def _general(flagged: Flagged) -> list[tuple[str, Changed]]:
    """Readings tried for every rule: the columns as they would be under each."""
    return [(TRUNCATED, _truncated(flagged)), (PADDED, _padded(flagged))]


def _rereading(changed: Changed) -> Callable[[Flagged], bool]:
    return lambda flagged: flagged.holds(**changed)


def _truncated(flagged: Flagged) -> Changed:
    return _reread(
        flagged, lambda one: (one.value, one.value + one.step) if one.value >= 0 else (one.value - one.step, one.value)
    )


def _padded(flagged: Flagged) -> Changed:
    rounded = [one for one in flagged.cells.values() if isinstance(one, Cell) and one.step and one.value is not None]
    if len(rounded) < 2 or not all(re.search(r"[.·,]\d*0\D*$", one.text) for one in rounded):
        return {}
    return _reread(flagged, lambda one: (one.value - 5 * one.step, one.value + 5 * one.step))


def _reread(flagged: Flagged, ends: Callable[[Any], tuple[Fraction, Fraction]]) -> Changed:
    changed: Changed = {}
    for name, column in flagged.columns.items():
        given = flagged.cells.get(name)
        cells = given if isinstance(given, list) else [given]
        if name in DEFINED or isinstance(column, Codes) or not all(isinstance(one, Cell) for one in cells):
            continue
        items = column.items if isinstance(column, Ragged) else column
        reread = _reread_items(items, [one for one in cells if isinstance(one, Cell)], ends)
        if reread is not None:
            changed[name] = Ragged(reread, column.starts) if isinstance(column, Ragged) else reread
    return changed


def _reread_items(items: Column, cells: list[Cell], ends: Callable[[Any], tuple[Fraction, Fraction]]) -> Column | None:
    """The intervals of these cells under another reading; None where nothing is rounded, or a unit was converted."""
    rounded = [
        place
        for place, one in enumerate(cells)
        if one.step
        and one.value is not None
        and one.status == "reported"
        and one.low + one.high == 2 * one.value  # a bound such as P < 0.05 is not rounded
        and items.low[place] == one.low
    ]
    if not rounded:
        return None
    low, high = items.low.copy(), items.high.copy()
    for place in rounded:
        low[place], high[place] = ends(cells[place])
    return Column(low, high, items.known, clean=True)


def _rests_on_unclear(flagged: Flagged) -> bool:
    several = [one for value in flagged.cells.values() for one in (value if isinstance(value, list) else [value])]
    unclear = any(isinstance(one, Cell) and one.status == "unclear" for one in several)
    return unclear or flagged.record.get("legibility") == "unclear"


def _finding(
    rule: Rule, flagged: Flagged, sources: Sources, batch: Batch, row: int, severity: str, expected: str,
    explanations: list[str], conclusion: bool,  # noqa: FBT001 - a fact of the finding
) -> Finding:  # fmt: skip
    record, others = flagged.record, _others(batch, row)
    pointed = _pointed(rule, sources, batch, row)
    printed = _printed(flagged, sources, rule.required, pointed)
    place = str(record.get("section") or (f"page {record['page']}" if record.get("page") else ""))
    key = fingerprint(rule.id, str(record.get("record") or ""), *sorted(others), pointed, *_texts(flagged, sources))
    text = {name: str(record.get(name) or "") for name in ("source", "row", "column", "study", "arm", "outcome")}
    return Finding(
        rule=rule.id, name=rule.name, severity=severity,
        message=_message(rule, text, place, printed, expected), place=place, field=pointed, printed=printed, expected=expected,
        explanations=tuple(dict.fromkeys(explanations)), changes_conclusion=conclusion,
        records=tuple(dict.fromkeys([str(record.get("record") or ""), *others])), fingerprint=key, **text,
    )  # fmt: skip


def _others(batch: Batch, row: int) -> list[str]:
    """The other records of a finding, always in one order: a query lists them in any."""
    return sorted(batch.column("records")[row].as_py() or []) if "records" in batch.schema.names else []


def _pointed(rule: Rule, sources: Sources, batch: Batch, row: int) -> str:
    if rule.rows is not None and "field" in batch.schema.names:
        return str(batch.column("field")[row].as_py() or "")
    pointed = pointed_at(rule)
    return sources.get(pointed) or pointed


def _texts(flagged: Flagged, sources: Sources) -> list[str]:
    """The verbatim texts a finding rests on: they, not our words, decide whether it is the same finding."""
    given = (flagged.cells[name] for name in sources)
    several = (one for each in given for one in (each if isinstance(each, list) else [each]))
    return [one.text for one in several if isinstance(one, Cell)]


def _printed(flagged: Flagged, sources: Sources, required: list[str], pointed: str) -> str:
    """Numbers always, with their places where they stand in several; codes only where the rule cannot do without them."""
    parts = []
    for name in sources:
        one = flagged.cells[name]
        label = labelled(pointed if name == "printed" else sources.get(name) or name)
        if isinstance(one, Cell) and one.text:
            parts.append(f"{label} {one.text.strip()}")
        elif isinstance(one, list) and any(each.text for each in one):
            parts.append(f"{label} {_in_places(one, flagged.several('places') if 'places' in flagged.cells else [])}")
        elif isinstance(one, str) and one and name in required and not (sources.get(name) or "").startswith("="):
            parts.append(f"{label} {one.replace('_', ' ')}")
    return "; ".join(parts)


@cache
def labelled(name: str) -> str:
    """A field or argument as papers write it."""
    labels = {field.name: field.label for model in RECORD_MODELS for field in model.fields()}
    return labels.get(name, name.replace("_", " "))


def _in_places(cells: list[Cell], places: list[Cell]) -> str:
    if len(places) != len(cells):
        return ", ".join(each.text.strip() for each in cells if each.text)
    return ", ".join(
        f"{each.text.strip()} in {place.text}" if place.text else each.text.strip()
        for each, place in zip(cells, places, strict=True)
    )


def _message(rule: Rule, text: Mapping[str, str], place: str, printed: str, expected: str) -> str:
    where = ", ".join(
        part for part in (
            text["source"], place, text["row"] and f"row {text['row']}", text["column"] and f"column {text['column']}",
            not text["row"] and (text["study"] or ""), not text["row"] and (text["outcome"] or ""),
        ) if part
    )  # fmt: skip
    sentence = f"{where or 'the record'}: {rule.title[0].lower()}{rule.title[1:]}. Printed: {printed}."
    if expected:
        sentence += f" Would fit: {expected}."
    return sentence + (f" Look at {rule.look}." if rule.look else "")
