"""Data packages (`datapackage.json` with CSV files): ours as `curation export` writes them, and those of others.

Of ours, every record comes back as it was printed; columns that are worked out from others, the tables of analyses and
the accounts are left over. Of other packages a resource is read that is named by a kind of ours, whose columns are all
fields of one kind, or are those of a study table (`frames`). Missing values, number formats, delimiter, encoding
and types are as the descriptor says; a cell that is not of its type is left over. Files are read in the folder of the
package only: a path that leads out of it refuses the package, and an address is never fetched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from curation.exchange.frames import read_table
from curation.exchange.frames_csv import Frame
from curation.exchange.frames_layouts import EFFECTS, layouts
from curation.exchange.frictionless_package import Resource, read_package
from curation.exchange.frictionless_records import kinds_of, read_kind
from curation.exchange.imported import Format, Imported
from curation.intake.problems import Refused
from schemas import grammar
from schemas.registry import KINDS
from store.export.package import MADE_BY

DESCRIPTOR = "datapackage.json"
_RESOURCES = re.compile(rb'"resources"\s*:\s*\[')
_NUMBERS = ("integer", "number")


def read(path: Path) -> Imported:
    """The records of a package. Raises Refused where it is none, or names files outside of its folder."""
    descriptor = path / DESCRIPTOR if path.is_dir() else path
    package, resources = read_package(descriptor)
    imported = Imported(path.name if path.is_dir() else descriptor.name, FORMAT.title)
    for each in resources:
        frame = None if each.why else _typed(each, imported)
        if frame is None:
            imported.left(f"resource {each.name}", each.label, each.why)
        else:
            _resource(each, frame, imported, ours=package.get("madeBy") == MADE_BY)
    return imported


def _resource(one: Resource, frame: Frame, imported: Imported, *, ours: bool) -> None:
    names = [name.strip() for name in frame.header]
    called = next((name for name in (one.name, Path(one.label).stem) if name in KINDS), None)
    kinds = [called] if called else [] if ours else kinds_of(names)
    if len(kinds) == 1:
        read_kind(kinds[0], frame, imported, one.name)
    elif ours:
        if frame.rows:
            imported.left(f"resource {one.name}", f"{len(frame.rows)} rows", "it is worked out from the records")
    elif layouts(names) or any(each["estimate"] in names for each in EFFECTS):
        _study_table(one, frame, imported)
    else:
        several = f"its columns may be of each of {', '.join(kinds)}; name the resource by one of them"
        why = several if kinds else "neither its name nor its columns are known here"
        imported.left(f"resource {one.name}", f"{len(frame.rows)} rows", why)


def _study_table(one: Resource, frame: Frame, imported: Imported) -> None:
    before = len(imported.leftovers)
    try:
        read_table(frame, Path(one.label), imported)
    except Refused as refused:
        imported.left(f"resource {one.name}", f"{len(frame.rows)} rows", refused.problems[0].sentence)
    for at in range(before, len(imported.leftovers)):
        left = imported.leftovers[at]
        imported.leftovers[at] = replace(left, place=f"resource {one.name}, {left.place}")


def _typed(one: Resource, imported: Imported) -> Frame | None:
    """The table of a resource without its missing values, and without cells that are not of their type."""
    frame = one.frame
    if frame is None:
        return None
    missing = set(one.missing)
    types = {at: one.fields.get(name.strip(), {}) for at, name in enumerate(frame.header)}
    comma = any(field.get("decimalChar") == "," for field in types.values()) or frame.comma
    rows = []
    for number, cells in frame.rows:
        kept = ["" if cell in missing else cell for cell in cells]
        for at, field in types.items():
            if kept[at].strip() and field.get("type") in _NUMBERS and not _is_number(kept[at], field, comma=comma):
                place = f"resource {one.name}, row {number}, column {frame.header[at]}"
                imported.left(place, repr(kept[at][:60]), f"the package says that it is of the type {field['type']}")
                kept[at] = ""
        rows.append((number, tuple(kept)))
    return replace(frame, rows=tuple(rows), comma=comma)


def _is_number(text: str, field: Mapping[str, Any], *, comma: bool) -> bool:
    found = grammar.number(text.strip(), "comma" if comma else "point")
    if found is None or (field["type"] == "integer" and not re.fullmatch(r"\D*[\d.,'\s]*\d\D*", text)):
        return False
    bare = field.get("bareNumber", True)
    return not bare or re.fullmatch(r"[+\-−]?[\d.,\s]+([eE][+\-]?\d+)?", text.strip()) is not None


def recognises(path: Path, start: bytes) -> bool:
    """Whether it is a descriptor with resources, or a folder that has one."""
    if path.is_dir():
        return (path / DESCRIPTOR).is_file()
    return path.suffix.lower() == ".json" and (path.name == DESCRIPTOR or _RESOURCES.search(start) is not None)


FORMAT = Format("data-package", "data package", (".json", ""), recognises, read)
