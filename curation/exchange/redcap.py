"""Data exports of a REDCap project that was set up with our data dictionary (`curation fields --redcap FILE.csv`), as raw CSV.

Every variable is named by its kind and field (`count_events`); repeating instruments, the form that occurs once and
projects without repeating instruments are read alike. A record without a source of its own belongs to the document of
its REDCap record. Double data entry (records that end in `--1` and `--2`) becomes the extraction of its own person,
"entry-1" and "entry-2"; records without such an ending are then the merged ones, "merged". Variables that are not
ours, and columns of REDCap itself that hold something (events, groups, survey fields), are left over.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from curation.exchange.frames_cells import keep
from curation.exchange.frames_csv import Frame, header_of, read_frame
from curation.exchange.imported import Format, Imported
from curation.exchange.redcap_dictionary import ONCE, RECORD_ID, choices, form, variable
from curation.intake.problems import Problem, Refused
from schemas.codes import CODES
from schemas.fields import FieldFacts
from schemas.registry import KINDS

INSTRUMENT, INSTANCE = "redcap_repeat_instrument", "redcap_repeat_instance"
_ENTRY = re.compile(r"(.+)--([12])")
_VARIABLES = {variable(kind, each.name): (kind, each) for kind, model in KINDS.items() for each in model.fields()}
_STATUS = {f"{form(kind)}_complete": kind for kind in KINDS}
_UNVERIFIED = {"0": "incomplete", "1": "unverified"}


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the variables of each kind, and REDCap's own columns, lie."""

    kinds: Mapping[str, Mapping[int, FieldFacts]]
    record: int
    instrument: int | None
    status: Mapping[int, str]


def read(path: Path) -> Imported:
    """The records of an export, each with its extractor. Raises Refused where it is no export of such a project."""
    frame = read_frame(path)
    columns = _columns(frame)
    imported = Imported(frame.file, FORMAT.title)
    sources = _documents(frame, columns)
    double = any(_ENTRY.fullmatch(cells[columns.record].strip()) for _, cells in frame.rows)
    for number, cells in frame.rows:
        _row(imported, number, cells, columns, sources, double=double)
    _unread(frame, columns, imported)
    _unfinished(frame, columns, imported)
    return imported


def _columns(frame: Frame) -> _Columns:
    names = [name.strip() for name in frame.header]
    kinds: dict[str, dict[int, FieldFacts]] = {}
    for at, name in enumerate(names):
        if name in _VARIABLES:
            kind, field = _VARIABLES[name]
            kinds.setdefault(kind, {})[at] = field
    twice = [name for name, count in Counter(names).items() if count > 1 and (name in _VARIABLES or name == RECORD_ID)]
    if not kinds or RECORD_ID not in names or twice:
        found = f"the column {twice[0]} twice" if twice else f"the columns {', '.join(names)[:200]}"
        expected = (
            f"{RECORD_ID} and the variables of our data dictionary ({variable('count', 'events')}, ...), each once, "
            "as a raw export writes them"
        )
        raise Refused([Problem(frame.file, 1, None, found, expected)])
    status = {at: name for at, name in enumerate(names) if name in _STATUS}
    instrument = names.index(INSTRUMENT) if INSTRUMENT in names else None
    return _Columns(kinds, names.index(RECORD_ID), instrument, status)


def _documents(frame: Frame, columns: _Columns) -> dict[str, str]:
    """REDCap record -> the id of its document."""
    at = next((at for at, field in columns.kinds.get(ONCE, {}).items() if field.name == ONCE), None)
    if at is None:
        return {}
    return {cells[columns.record].strip(): cells[at].strip() for _, cells in frame.rows if cells[at].strip()}


def _row(
    imported: Imported,
    number: int,
    cells: tuple[str, ...],
    columns: _Columns,
    sources: Mapping[str, str],
    *,
    double: bool,
) -> None:
    record = cells[columns.record].strip()
    place = f"row {number} (record {record})"
    before = sum(map(len, imported.rows.values())) + len(imported.leftovers)
    for kind, fields in columns.kinds.items():
        given = {field.name: _code(field, cells[at]) for at, field in fields.items() if cells[at].strip()}
        if not any(given.get(each.name, each.default) != each.default for each in fields.values()):
            continue  # only what the form presets
        if "source" in KINDS[kind].model_fields and kind != ONCE and record in sources:
            given.setdefault("source", sources[record])
        keep(imported, kind, number, given, place, _whose(record, double=double))
    if sum(map(len, imported.rows.values())) + len(imported.leftovers) == before:
        instrument = cells[columns.instrument].strip() if columns.instrument is not None else ""
        imported.left(place, f"the form {instrument or form(ONCE)}", "nothing is filled in")


def _code(field: FieldFacts, text: str) -> str:
    """A cell with its code as we write it; an export with labels has the meanings."""
    if not field.codes:
        return text
    meanings = {meaning: code for code, meaning in CODES[field.codes].items()}
    return choices(field.codes).get(text.strip()) or meanings.get(text.strip(), text)


def _whose(record: str, *, double: bool) -> str:
    entry = _ENTRY.fullmatch(record)
    return f"entry-{entry[2]}" if entry else "merged" if double else ""


def _unread(frame: Frame, columns: _Columns, imported: Imported) -> None:
    read = {columns.record, columns.instrument, *columns.status} | {
        at for each in columns.kinds.values() for at in each
    }
    for at, name in enumerate(frame.header):
        filled = frame.filled(at)
        if at not in read and name.strip() != INSTANCE and filled:
            imported.left(
                f"column {at + 1}", f"{name.strip()} ({filled} cells)", "it is no variable of our data dictionary"
            )


def _unfinished(frame: Frame, columns: _Columns, imported: Imported) -> None:
    """Say which forms are not marked complete."""
    for at, name in columns.status.items():
        found = Counter(cells[at].strip() for _, cells in frame.rows)
        said = [f"{found[code]} {word}" for code, word in _UNVERIFIED.items() if found[code]]
        if said:
            imported.remarks.append(
                f"{frame.file}: of the forms {name.removesuffix('_complete')}, {' and '.join(said)}"
            )


def recognises(path: Path, start: bytes) -> bool:
    """Whether the header has REDCap's record and variables of our dictionary."""
    if path.suffix.lower() != ".csv" or path.with_suffix(".mapping.csv").exists():
        return False
    names = header_of(start)
    return RECORD_ID in names and any(name in _VARIABLES for name in names)


FORMAT = Format("redcap", "data export of a REDCap project", (".csv",), recognises, read)
