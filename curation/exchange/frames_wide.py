"""A wide table by its mapping: the cells of each row become the study, its arms and outcomes, and records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from curation.exchange.frames_cells import as_name, keep, why_not
from curation.exchange.frames_csv import Frame
from curation.exchange.frames_entities import Entities, file_source
from curation.exchange.frames_mapping import ABOUT, EXTRACTOR, Targets, beside, propose, read_mapping
from curation.exchange.imported import Cells, Imported
from curation.intake.problems import Problem, Refused, shown
from schemas.registry import RECORDS

_DESCRIBED = ("source", "study", "arm", "outcome")
"""Entities that a row may describe itself."""
_APART = ("timepoint", "analysis_set", "domain", "label", "moment")
"""Fields besides the ids by which two records of a row are told apart."""


@dataclass(slots=True)
class _Work:
    """A table on its way into records; ``seen`` is the row in which a record was first met."""

    frame: Frame
    path: Path
    targets: Targets
    imported: Imported
    entities: Entities
    seen: dict[tuple[object, ...], int] = field(default_factory=dict)


@dataclass(slots=True)
class _Row:
    """A row: its number, its cells that are mapped, who extracted it, and what it says of each entity."""

    number: int
    given: dict[int, str]
    whose: str
    own: dict[str, Cells]


def read_wide(frame: Frame, path: Path, title: str, known: Targets) -> Imported:
    """Read a table by the mapping beside it; without one, by the columns that are ``known``, and propose a mapping.

    Raises Refused where no column names the study.
    """
    mapping = beside(path)
    if mapping.is_file():
        targets, written = known | read_mapping(mapping, frame), True
    else:
        targets, written = dict(known), propose(mapping, frame, known)
    if not any((each.kind, each.field) == ("study", "label") for each in targets.values()):
        expected = f"a row with the kind study and the field label in {mapping.name}, which lists the columns"
        raise Refused([Problem(frame.file, 1, None, "no column that names the study", expected)])
    work = _Work(frame, path, targets, imported := Imported(frame.file, title), Entities(imported))
    for number, cells in frame.rows:
        before = _said(imported)
        _row(work, number, cells)
        if _said(imported) == before:
            imported.left(
                f"row {number}", "a row", "none of its mapped cells says anything that an earlier row does not"
            )
    unread = [at for at in range(len(frame.header)) if at not in targets and frame.filled(at)]
    for at in unread:
        name = as_name(frame.header[at]) or "a column without a name"
        why = f"no row of {mapping.name} says what it holds"
        imported.left(f"column {at + 1}", f"{name} ({frame.filled(at)} cells)", why)
    if unread and written:
        said = f"{mapping.name} lists the columns of {frame.file}; fill in what they hold, and read {frame.file} again"
        imported.remarks.append(said)
    return imported


def _said(imported: Imported) -> int:
    """How many rows and leftovers an import has."""
    return sum(map(len, imported.rows.values())) + len(imported.leftovers)


def _row(work: _Work, number: int, cells: tuple[str, ...]) -> None:
    given = {at: text for at in work.targets if (text := cells[at].strip())}
    whose = next((text for at, text in given.items() if work.targets[at].kind == EXTRACTOR), "")
    row = _Row(number, given, whose, {kind: {} for kind in _DESCRIBED})
    _describe(work, row)
    if "label" not in row.own["study"]:
        work.imported.left(f"row {number}", f"a row with {len(given)} cells that are mapped", "it names no study")
        return
    label, about = row.own["study"]["label"], _of_study(work, row)
    for (kind, places, also), fields in _records(work, row).items():
        placed = _placed(work, row, dict(zip(ABOUT, places, strict=True)), about["study"])
        record = {**about, "row": label, **placed, **dict(also), **fields}
        apart = (whose, kind, also, tuple(sorted(placed.items())), about["study"], *map(record.get, _APART))
        first = work.seen.setdefault(apart, number)
        if first == number:
            keep(work.imported, kind, number, record, extractor=whose)
        else:
            said = ", ".join(f"{name} {shown(text, 30)}" for name, text in fields.items())
            why = f"row {first} has a {kind} of the same study, arm and outcome; nothing says what tells the two apart"
            work.imported.left(f"row {number}", said, why)


def _describe(work: _Work, row: _Row) -> None:
    """What the row says of its entities; what their fields cannot take is left over."""
    for at, text in row.given.items():
        target = work.targets[at]
        if target.kind not in _DESCRIBED:
            continue
        why = "" if target.field == "label" else why_not(target.kind, target.field, text)
        if why:
            work.imported.left(f"row {row.number}, column {at + 1}", shown(text), why)
        else:
            row.own[target.kind] |= {**dict(target.also), target.field: text}


def _of_study(work: _Work, row: _Row) -> Cells:
    """The study and the source of a row."""
    facts = dict(row.own["study"])
    label, key = facts.pop("label"), facts.pop("study", "")
    study = work.entities.study(row.number, label, key=key, extractor=row.whose, **facts)
    told = dict(row.own["source"])
    title, source = told.pop("title", ""), told.pop("source", "")
    if not title:
        return {"study": study, "source": file_source(work.entities, work.path, "Table", row.whose, row.number)}
    one = source or f"{key} {title}"
    named = work.entities.source(row.number, title, key=one, shown=source or label, extractor=row.whose, **told)
    return {"study": study, "source": named}


def _records(work: _Work, row: _Row) -> Mapping[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]], Cells]:
    """The cells of each record of a row, by kind, what it is about, and what else its columns say."""
    found: dict[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]], Cells] = {}
    for at, text in row.given.items():
        target = work.targets[at]
        if target.kind not in RECORDS:
            continue
        fields = found.setdefault((target.kind, target.about, target.also), {})
        if target.field in fields:
            why = f"another column gives {target.field} of the same record"
            work.imported.left(f"row {row.number}, column {at + 1}", shown(text), why)
        else:
            fields[target.field] = text
    if work.frame.comma:
        return {key: {"decimal_mark": "comma"} | fields for key, fields in found.items()}
    return found


def _placed(work: _Work, row: _Row, named: Mapping[str, str], study: str) -> Cells:
    """Arm, comparator, outcome, timepoint and set of a record: by the mapping, or by what the row says itself."""
    placed = {name: named[name] for name in ("timepoint", "analysis_set") if named[name]}
    arm = {"label": named["arm"]} if named["arm"] else dict(row.own["arm"])
    if arm.get("label"):
        facts = {name: text for name, text in arm.items() if name not in {"label", "arm", "study"}}
        placed["arm"] = work.entities.arm(row.number, study, arm["label"], extractor=row.whose, **facts)
    if named["comparator"]:
        placed["comparator"] = work.entities.arm(row.number, study, named["comparator"], extractor=row.whose)
    outcome = {"label": named["outcome"]} if named["outcome"] else dict(row.own["outcome"])
    if outcome.get("label"):
        facts = {name: text for name, text in outcome.items() if name not in {"label", "outcome"}}
        placed["outcome"] = work.entities.outcome(row.number, outcome["label"], extractor=row.whose, **facts)
    return placed
