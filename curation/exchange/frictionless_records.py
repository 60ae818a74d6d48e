"""Tables whose columns are fields of ours: as typed, or as our export writes them, number by number in several columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from curation.exchange.frames_cells import keep
from curation.exchange.frames_csv import Frame
from curation.exchange.imported import Cells, Imported
from curation.intake.sheets import field_named
from schemas.codes import CODES
from schemas.fields import FieldFacts, read
from schemas.kinds.base import Declared
from schemas.printed import Malformed
from schemas.registry import KINDS
from schemas.spreadsheet_text import unguarded

_WORKED_OUT = ("relation", "low", "high", "unit")
"""What our export works out of a printed number, after its name."""
_UNIT = "time_unit"


def kinds_of(names: Sequence[str]) -> list[str]:
    """The kinds that all columns of a table are fields of, with every field that the kind requires."""
    given = {name for name in names if name}
    return [
        kind
        for kind, model in KINDS.items()
        if given
        and given <= set(model.model_fields)
        and all(each.name in given for each in model.fields() if each.required)
    ]


def read_kind(kind: str, frame: Frame, imported: Imported, name: str) -> None:
    """Add the rows of a table of this kind; what its columns do not hold for a field is left over."""
    model = KINDS[kind]
    exported = _exported(model, frame)
    columns = {at: field for at, header in enumerate(frame.header) if (field := _field(header, model, exported))}
    derived = {f"{each}_{part}" for each in exported for part in _WORKED_OUT} | set(exported)
    for at, header in enumerate(frame.header):
        if at not in columns and header.strip() not in derived and frame.filled(at):
            place = f"resource {name}, column {at + 1}"
            imported.left(place, f"{header.strip()} ({frame.filled(at)} cells)", f"it is no field of {kind}")
    for number, row in frame.rows:
        cells = {columns[at]: unguarded(text) for at, text in enumerate(row) if at in columns and text.strip()}
        if _UNIT in model.model_fields and f"{_UNIT}" in derived:
            cells |= _unit(model, cells, dict(zip(frame.header, row, strict=True)))
        if frame.comma and "decimal_mark" in model.model_fields:
            cells.setdefault("decimal_mark", "comma")
        keep(imported, kind, number, cells, f"resource {name}, row {number}")


def _exported(model: type[Declared], frame: Frame) -> list[str]:
    """The printed fields whose text stands in a column of its own, as our export writes them."""
    names = {name.strip() for name in frame.header}
    return [each.name for each in model.printed_fields() if f"{each.name}_printed" in names]


def _field(header: str, model: type[Declared], exported: list[str]) -> str | None:
    """The field that a column holds; None where it is worked out from another one, or none of ours."""
    name = header.strip()
    whole = name.removesuffix("_printed")
    if name != whole and whole in exported:
        return whole
    if name in exported or any(name == f"{each}_{part}" for each in exported for part in _WORKED_OUT):
        return None
    return field_named(name, model)


def _unit(model: type[Declared], cells: Mapping[str, str], row: Mapping[str, str]) -> Cells:
    """The unit that a record gives its times, which our export writes beside each of them."""
    fields = {each.name: each for each in model.printed_fields()}
    units = {row[f"{name}_unit"] for name in cells if f"{name}_unit" in row and _bare(fields[name], cells[name])}
    known = units & set(CODES[_UNIT])
    return {_UNIT: known.pop()} if len(known) == 1 else {}


def _bare(field: FieldFacts, text: str) -> bool:
    """Whether a printed number has no unit of its own."""
    try:
        return field.quantity is not None and not read(text, field.quantity).unit
    except Malformed:
        return False
