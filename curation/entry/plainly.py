"""Records typed without anything wrong in them, read cell by cell: for few records far quicker than column by column.

What is refused, and how that is worded, is the intake's; records that are not plainly fine are left to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import pyarrow as pa

from curation.intake.check import stating_fields
from curation.intake.lexical import fault
from curation.intake.references import parents
from schemas.arrow import PRINTED, structs, table_schema
from schemas.codes import CODES
from schemas.fields import FieldFacts, read
from schemas.identity import record_ids
from schemas.kinds.base import Record
from schemas.printed import Malformed, Mark, Printed
from schemas.quantities import Quantity
from schemas.registry import RECORDS

MOST = 12
"""Records up to which reading cell by cell is the quicker way."""
Texts = dict[str, str]


class _Unsure(Exception):
    """A record is not plainly fine."""


@dataclass(frozen=True, slots=True)
class Plainly:
    """Records without problems in the schema of their kind, and by record which fields a composite cell filled in."""

    table: pa.Table
    derived: list[Texts]


@dataclass(frozen=True, slots=True)
class _Reference:
    field: FieldFacts
    entity: str
    over: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Form:
    """What must be known of a kind to read its records, worked out once."""

    model: type[Record]
    schema: pa.Schema
    fields: Mapping[str, FieldFacts]
    codes: Mapping[str, Mapping[str, str]]
    defaults: Mapping[str, str]
    required: tuple[str, ...]
    references: tuple[_Reference, ...]
    stating: tuple[str, ...]
    split: tuple[str, ...]
    """The fields that a composite cell fills in."""


@cache
def _form(kind: str) -> _Form:
    model = RECORDS[kind]
    fields = {each.name: each for each in model.fields()}
    return _Form(
        model, table_schema(model), fields,
        codes={name: CODES[each.codes] for name, each in fields.items() if each.codes},
        defaults={name: each.default for name, each in fields.items() if each.default},
        required=tuple(name for name, each in fields.items() if each.required),
        references=tuple(_Reference(each, each.refers_to, parents(each)) for each in fields.values() if each.refers_to),
        stating=tuple(stating_fields(model)),
        split=tuple(dict.fromkeys((*model.composite.values(), *model.implied))) if model.composite else (),
    )  # fmt: skip


def read_plainly(
    kind: str, rows: Sequence[Mapping[str, object]], known: Mapping[str, Collection[str]]
) -> Plainly | None:
    """Read a few typed records of a kind; None where anything may be wrong with one of them, or they are no records.

    Args:
        kind: a kind of record; of entities nothing is said here.
        rows: the cells of each record by field. Blank cells are absent.
        known: the ids that records may name, by entity.
    """
    if kind not in RECORDS or not 0 < len(rows) <= MOST:
        return None
    form = _form(kind)
    try:
        typed = [_tidied(form, row) for row in rows]
        whole = [_completed(form, cells) for cells in typed]
        for cells in whole:
            _sure(form, cells, known)
        ids = [record_ids(form.model, [cells])[0] for cells in whole]
        if len(set(ids)) < len(ids):
            return None
        table = _table(form, [cells | {"record": own} for cells, own in zip(whole, ids, strict=True)])
    except _Unsure:
        return None
    derived = [
        {name: cells[name] for name in form.fields if name in cells and name not in before}
        for before, cells in zip(typed, whole, strict=True)
    ]
    return Plainly(table, derived)


def _tidied(form: _Form, row: Mapping[str, object]) -> Texts:
    """The cells that hold something, codes without the blanks around them. Raises _Unsure for what is no text of a field."""
    cells: Texts = {}
    for name, cell in row.items():
        if name not in form.fields or not (cell is None or type(cell) is str):
            raise _Unsure
        if cell is None or not (text := cell.strip()):
            continue
        if (not cell.isascii() and not _written(cell)) or fault(cell) is not None:
            raise _Unsure
        cells[name] = text if name in form.codes else cell
    return cells


def _written(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _completed(form: _Form, cells: Texts) -> Texts:
    """The cells, and what a composite one fills in."""
    if not form.split or "printed" not in cells:
        return cells
    given = {name: cells[name] for name in (*form.split, "printed", "decimal_mark") if name in cells}
    whole = form.model._complete(given)
    return cells | {name: whole[name] for name in form.split if name in whole}


def _sure(form: _Form, cells: Texts, known: Mapping[str, Collection[str]]) -> None:
    """Raise _Unsure where something is missing or no code, states nothing, or names what nobody has defined."""
    if not all(cells[name] in codes for name, codes in form.codes.items() if name in cells):
        raise _Unsure
    if not all(name in cells for name in form.required) or not any(name in cells for name in form.stating):
        raise _Unsure
    for each in form.references:
        given = cells.get(each.field.name)
        if given is None:
            continue
        ids = given.split() if each.field.several else [_key(cells, each.over, given)]
        defined = known.get(each.entity, ())
        if not all(one in defined for one in ids):
            raise _Unsure


def _key(cells: Texts, over: Sequence[str], own: str) -> str:
    if not over:
        return own
    try:
        return "/".join([*(cells[name] for name in over), own])
    except KeyError:
        raise _Unsure from None


def _table(form: _Form, rows: Sequence[Texts]) -> pa.Table:
    """The table of the records, defaults filled in. Raises _Unsure for a number that cannot be read."""
    marks: list[Mark] = ["comma" if cells.get("decimal_mark") == "comma" else "point" for cells in rows]
    columns = [
        _column(each, [cells.get(name, form.defaults.get(name)) for cells in rows], marks)
        for name, each in form.fields.items()
    ]
    return pa.Table.from_arrays(columns, schema=form.schema)


def _column(field: FieldFacts, texts: Sequence[str | None], marks: Sequence[Mark]) -> pa.Array:
    if texts == [None]:
        return _BLANK if field.quantity is None else _NO_NUMBER
    if field.quantity is None:
        return pa.array(texts, pa.string())
    if len(texts) == 1:
        return _one(texts[0], field.quantity, marks[0])
    return structs([None if text is None else _number(text, field.quantity, mark) for text, mark in zip(texts, marks, strict=True)])  # fmt: skip


_BLANK, _NO_NUMBER = pa.nulls(1, pa.string()), pa.nulls(1, PRINTED)


@lru_cache(maxsize=4096)
def _one(text: str, quantity: Quantity, mark: Mark) -> pa.Array:
    """A column of one printed number; the same ones come again with every key that is typed."""
    return structs([_number(text, quantity, mark)])


def _number(text: str, quantity: Quantity, mark: Mark) -> Printed:
    try:
        return read(text, quantity, mark)
    except Malformed:
        raise _Unsure from None
