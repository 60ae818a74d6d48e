"""Entities that several rows define: alike, they are one; unlike, the first definition stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from curation.exchange.rows import Row
from curation.intake.bundle import Bundle
from curation.intake.problems import shown
from schemas.identity import key_fields
from schemas.kinds.base import Declared
from schemas.kinds.entities import ENTITIES
from schemas.registry import KINDS

Key = tuple[str, ...]
Stated = dict[str, str | None]
_MODELS = {model.kind: model for model in ENTITIES}


def entities_once(rows: Iterable[Row], home: Bundle) -> set[int]:
    """Tell rows that define an entity otherwise why they are left over; returns those (by ``id``) that say it again.

    Where another file's source has the same id, everything that this file says under it is left over, too: nobody
    could tell the two sources apart.
    """
    first = dict(_of(home))
    strangers: dict[tuple[int, str], str] = {}
    again: set[int] = set()
    listed = list(rows)
    for row in listed:
        if row.kind not in _MODELS or row.why:
            continue
        key = tuple(row.cells.get(name, "") for name in key_fields(_MODELS[row.kind]))
        stated = _stated(_MODELS[row.kind], row.cells)
        place, before = first.setdefault((row.kind, key), (f"{row.origin.file}, row {row.number}", stated))
        if before is stated:
            continue
        other = next((name for name in stated if stated[name] != before[name]), None)
        if other is None:
            again.add(id(row))
            continue
        row.why = f"{row.kind} {shown('/'.join(key))} has the {other} {_cell(before[other])} in {place}"
        if row.kind == "source" and not place.startswith(f"{row.origin.file},"):
            strangers[id(row.origin), key[0]] = row.why
    for row in listed:
        row.why = row.why or strangers.get((id(row.origin), row.cells.get("source", "")), "")
    return again - {id(row) for row in listed if row.why}


def _of(home: Bundle) -> Iterator[tuple[tuple[str, Key], tuple[str, Stated]]]:
    """What our own files define, and where."""
    for kind, model in _MODELS.items():
        for index, row in enumerate(home.tables[kind].to_pylist() if kind in home.tables else ()):
            cells = {name: cell["text"] if isinstance(cell, dict) else cell for name, cell in row.items()}
            file, number = home.place(kind, index)
            yield (kind, tuple(cells[name] or "" for name in key_fields(model))), (f"{file}, row {number}", cells)


def _stated(model: type[Declared], cells: dict[str, str]) -> Stated:
    return {each.name: cells.get(each.name) or each.default for each in KINDS[model.kind].fields()}


def _cell(text: str | None) -> str:
    return "blank" if text is None else shown(text)
