"""Which cells a record can take: what it cannot is left over with the reason, and the rest of the record stays."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from curation.exchange.imported import Cells, Imported
from curation.intake.check import stating_fields
from curation.intake.lexical import fault
from curation.intake.problems import shown
from schemas.codes import CODES
from schemas.fields import FieldFacts, read
from schemas.kinds.base import Record
from schemas.printed import Malformed, Mark
from schemas.registry import KINDS, RECORDS
from schemas.spreadsheet_text import unguarded


@lru_cache(maxsize=4096)
def why_not(kind: str, name: str, text: str, *, comma: bool = False) -> str:
    """Why a field cannot take a text; empty where it can.

    >>> why_not("count", "events", "fifteen")
    'it cannot be read as count, which events holds'
    """
    facts = _facts(kind).get(name)
    if facts is None:
        return f"{name} is no field of {kind}"
    no_text = fault(text)
    if no_text:
        return f"it is {no_text[0].partition(' (')[0]}; expected {no_text[1]}"
    if facts.quantity and not _readable(facts, text, "comma" if comma else "point"):
        return f"it cannot be read as {facts.quantity.name}, which {name} holds"
    if facts.codes and text.strip() not in CODES[facts.codes]:
        return f"{name} is one of {', '.join(CODES[facts.codes])}"
    return ""


def as_name(text: str) -> str:
    """A name with what would be a formula behind an apostrophe, as our exports write it.

    >>> as_name("=SUM(A1)"), as_name("'=SUM(A1)"), as_name(" Kim  2004")
    ("'=SUM(A1)", "'=SUM(A1)", 'Kim 2004')
    """
    plain = unguarded(" ".join(text.split()))
    return f"'{plain}" if plain and fault(plain[:2000]) else plain


def states(kind: str, cells: Mapping[str, str]) -> bool:
    """Whether the cells of a record state something."""
    model = RECORDS.get(kind)
    return model is None or not _stating(model).isdisjoint(cells) or (bool(model.composite) and "printed" in cells)


def keep(
    imported: Imported, kind: str, number: int, cells: Mapping[str, str | None], place: str = "", extractor: str = ""
) -> bool:
    """Add a record of the cells that its kind can take; whether anything was left to state.

    The decimal mark is among the cells. ``place`` is what leftovers call the row; a record whose required fields
    cannot be filled, or that states nothing, is left over as a whole.
    """
    before = len(imported.leftovers)
    place = place or f"row {number}"
    given = {name: text for name, text in cells.items() if text is not None and text.strip()}
    comma = given.get("decimal_mark") == "comma"
    taken: Cells = {}
    for name, text in given.items():
        reason = why_not(kind, name, text, comma=comma)
        if reason:
            imported.left(place, f"{name} {shown(text)}", reason)
        else:
            taken[name] = text
    missing = [name for name in _required(kind) if name not in taken]
    silent = issubclass(KINDS[kind], Record) and not states(kind, taken)
    if missing or (silent and len(imported.leftovers) == before):
        said = ", ".join(f"{name} {shown(text, 30)}" for name, text in taken.items() if name != "source")
        imported.left(place, f"a {kind} ({said})", f"it lacks {', '.join(missing)}" if missing else "it states nothing")
    if missing or silent:
        return False
    imported.add(kind, number, taken, extractor)
    return True


@lru_cache
def _stating(model: type[Record]) -> frozenset[str]:
    return frozenset(stating_fields(model))


@lru_cache
def _required(kind: str) -> tuple[str, ...]:
    return tuple(each.name for each in KINDS[kind].fields() if each.required)


@lru_cache
def _facts(kind: str) -> dict[str, FieldFacts]:
    return {each.name: each for each in KINDS[kind].fields()}


def _readable(facts: FieldFacts, text: str, mark: Mark) -> bool:
    assert facts.quantity is not None  # noqa: S101 - narrows the type; asked for printed fields only
    try:
        read(text, facts.quantity, mark)
    except Malformed:
        return False
    return True
