"""Study tables of metafor, meta and metaConvert as CSV: a row per study, its groups and numbers in columns.

The names of the columns say what is read: `ai bi ci di n1i n2i`, `m1i sd1i n1i m2i sd2i n2i`, `x1i t1i x2i t2i`,
`xi ni`, `xi ti`, `mi sdi ni`, `ri ni`, `yi vi sei` of metafor; `event.e n.e event.c n.c`, `mean.e sd.e n.e ...`,
`TE seTE lower upper sm` of meta; `n_cases_exp n_exp mean_exp mean_sd_exp or or_ci_lo ...` of metaConvert. The study is
named by `studlab`, `slab`, `label`, `study`, `study_id`, `trial` or `author` (with `year`); `arm`, `comparator`,
`outcome` and `timepoint` are read, too, and where there is no outcome it is called as the file. `NA` among numbers is a blank. An effect on a log scale
is entered with the measure "other" and a note, because nothing is converted; what was computed from numbers of the
same row is left over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from curation.exchange.frames_analyses import analyses_beside
from curation.exchange.frames_cells import as_name, keep
from curation.exchange.frames_csv import Frame, header_of, read_frame
from curation.exchange.frames_entities import Entities, file_source
from curation.exchange.frames_layouts import EFFECTS, SINGLE, Layout, layouts
from curation.exchange.imported import Format, Imported
from curation.intake.problems import Problem, Refused
from schemas.scales import DIFFERENCE_MEASURES

LABELS = ("studlab", "slab", "label", "study", "study_id", "trial", "Study", "author")
"""Columns that may name the study, the surest first."""
SUFFIXES = (".csv", ".tsv", ".txt")
_ARMS = {"experimental": "arm", "control": "comparator"}
"""Part of an arm -> the column with its id, in tables that we export."""
_WHOSE = {"study", "year", "outcome", "timepoint", "analysis", "derived", "records", *_ARMS.values()}
_NATURAL = {*DIFFERENCE_MEASURES, "COR"}
"""Measures that are analysed on the scale on which they are reported."""


@dataclass(slots=True)
class _Work:
    """A table on its way into records."""

    frame: Frame
    imported: Imported
    entities: Entities
    source: str
    label: str
    analyses: Mapping[str, Mapping[str, str]]
    used: set[str] = field(default_factory=set)
    seen: dict[tuple[str, ...], tuple[int, list[str]]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    """Name -> position of its first column."""

    def __post_init__(self) -> None:
        self.places = {name.strip(): at for at, name in reversed(list(enumerate(self.frame.header)))}

    def cell(self, cells: tuple[str, ...], column: str) -> str:
        """A number of a row; blank where there is no such column, or R found nothing."""
        at = self.places.get(column)
        text = "" if at is None else cells[at].strip()
        return "" if text == "NA" else text

    def name(self, cells: tuple[str, ...], column: str) -> str:
        """A text of a row."""
        at = self.places.get(column)
        return "" if at is None else as_name(cells[at])


def read(path: Path) -> Imported:
    """The rows of a study table as counts, rates, means and effects. Raises Refused where it is none."""
    frame = read_frame(path)
    return read_table(frame, path)


def read_table(frame: Frame, path: Path, into: Imported | None = None) -> Imported:
    """The same of a table that is read already; ``into`` an import that has other tables."""
    names = [name.strip() for name in frame.header]
    label = next((name for name in LABELS if name in names), None)
    found, effects = layouts(names), [each for each in EFFECTS if each["estimate"] in names]
    if label is None or not (found or effects):
        expected = f"a column that names the study ({', '.join(LABELS)})" if found or effects else _WANTED
        raise Refused([Problem(frame.file, 1, None, f"the columns {', '.join(names)[:200]}", expected)])
    imported = into or Imported(frame.file, FORMAT.title)
    entities = Entities(imported)
    source = file_source(entities, path, "Study table")
    work = _Work(frame, imported, entities, source, label, analyses_beside(path, names))
    work.used |= {label, *_WHOSE} | {column for one in found for column in one.columns}
    for number, cells in frame.rows:
        _row(work, number, cells, found, effects)
    _unread(work, found, effects)
    if any(one.kind == "rate" for one in found):
        imported.remarks.append(f"{frame.file} does not say the unit of its person-time; it is entered as years")
    return imported


_WANTED = "columns of metafor (ai n1i ci n2i, ...), of meta (event.e n.e event.c n.c, ...) or of metaConvert"


def _row(
    work: _Work, number: int, cells: tuple[str, ...], found: list[Layout], effects: list[Mapping[str, str]]
) -> None:
    label, place = _label(work, cells), f"row {number}"
    if not label:
        work.imported.left(place, "a row", "it names no study")
        return
    about = _about(work, number, cells, label)
    before = len(work.imported.leftovers), sum(map(len, work.imported.rows.values()))
    taken = [_records(work, number, cells, one, about) for one in found]
    if not any(taken):
        taken += [_effect(work, number, cells, one, about) for one in effects]
    if not any(taken) and before == (len(work.imported.leftovers), sum(map(len, work.imported.rows.values()))):
        work.imported.left(place, f"the study {label!r}", "the row has no numbers")


def _label(work: _Work, cells: tuple[str, ...]) -> str:
    label, year = work.name(cells, work.label), work.name(cells, "year")
    return f"{label} {year}" if work.label == "author" and year and year not in label and label else label


def _about(work: _Work, number: int, cells: tuple[str, ...], label: str) -> dict[str, str]:
    """What every record of a row says of where it belongs."""
    year = work.name(cells, "year") if label else ""
    own = work.name(cells, "study") if work.label != "study" else ""
    study = work.entities.study(number, label, key=own, shown=own, **({"year": year} if year and year != "NA" else {}))
    analysis = work.analyses.get(work.name(cells, "analysis"), {})
    named = work.name(cells, "outcome") or analysis.get("outcome", "") or work.name(cells, "analysis")
    outcome = work.entities.outcome(number, named or Path(work.frame.file).stem)
    about = {"source": work.source, "study": study, "outcome": outcome, "row": label}
    about["timepoint"] = work.name(cells, "timepoint") or analysis.get("timepoint", "")
    about["analysis_set"] = analysis.get("analysis_set", "")
    about["note"] = work.name(cells, "derived")
    if work.frame.comma:
        about["decimal_mark"] = "comma"
    return about


def _records(work: _Work, number: int, cells: tuple[str, ...], one: Layout, about: Mapping[str, str]) -> bool:
    """The records of one layout; whether the row has numbers for them."""
    given = {role: _fields(work, cells, one, role) for role in one.arms}
    given = {role: fields for role, fields in given.items() if fields}
    apart = tuple(work.name(cells, column) for column in _ARMS.values())
    if not given or _again(work, number, (one.kind, *apart, *_key(about, one.constants)), given):
        return bool(given)
    for role, fields in given.items():
        columns = ", ".join(one.arms[role][name] for name in fields if name in one.arms[role])
        arm = _single(work, number, cells, about) if role == SINGLE else _arm(work, number, cells, role, about["study"])
        keep(work.imported, one.kind, number, {**about, "arm": arm, "column": columns, **one.constants, **fields})
    return True


def _fields(work: _Work, cells: tuple[str, ...], one: Layout, role: str) -> dict[str, str]:
    fields = {name: text for name, column in one.arms[role].items() if (text := work.cell(cells, column))}
    other = work.cell(cells, one.others.get(role, ""))
    if "total" not in fields and other.isdecimal() and fields.get("events", "").isdecimal():
        fields["total"] = str(int(fields["events"]) + int(other))
        fields["note"] = f"the total is {fields['events']} with and {other} without the event"
    return fields


def _arm(work: _Work, number: int, cells: tuple[str, ...], role: str, study: str) -> str:
    named = work.name(cells, _ARMS[role])
    return work.entities.arm(number, study, named or role.capitalize(), key=named or role, role=role)


def _single(work: _Work, number: int, cells: tuple[str, ...], about: Mapping[str, str]) -> str:
    """The arm of a table of one group, where a column names it."""
    named = work.name(cells, "arm")
    part = work.analyses.get(work.name(cells, "analysis"), {}).get("part", "")
    role = {"role": part} if part else {}
    return work.entities.arm(number, about["study"], named, **role) if named else ""


def _key(about: Mapping[str, str], constants: Mapping[str, str]) -> tuple[str, ...]:
    return (*(about[name] for name in ("outcome", "timepoint", "analysis_set", "study")), *constants.values())


def _again(work: _Work, number: int, key: tuple[str, ...], given: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether an earlier row gives the same study and outcome; the later one is left over."""
    said = [f"{role} {name} {text}" for role, fields in sorted(given.items()) for name, text in sorted(fields.items())]
    first, before = work.seen.setdefault(key, (number, said))
    if first == number:
        return False
    why = (
        f"row {first} says the same of the study and outcome"
        if said == before
        else f"row {first} is about the same study and outcome, and nothing says what tells the two apart"
    )
    work.imported.left(f"row {number}", "; ".join(said), why)
    return True


def _effect(work: _Work, number: int, cells: tuple[str, ...], one: Mapping[str, str], about: dict[str, str]) -> bool:
    """An effect on the scale of analysis."""
    work.used |= set(one.values())
    fields = {name: text for name, column in one.items() if (text := work.cell(cells, column))}
    analysis = work.analyses.get(work.name(cells, "analysis"), {})
    said = fields.pop("measure", "") or analysis.get("measure", "")
    variance = fields.pop("variance", "")
    if "estimate" not in fields:
        return False
    measure = said if said in _NATURAL else "other"
    if _again(work, number, ("effect", measure, *_key(about, {})), {"": fields}):
        return True
    notes = [about["note"]]
    if measure == "other":
        notes.append(f"on the scale of analysis (column {one['estimate']}{f', measure {said}' if said else ''})")
    if variance and "se" not in fields:
        notes.append(f"sampling variance {variance} (column {one['variance']})")
    arms = {
        _field: _arm(work, number, cells, role, about["study"])
        for role, _field in _ARMS.items()
        if work.name(cells, _field)
    }
    note = "; ".join(each for each in notes if each)
    return keep(
        work.imported, "effect", number, {**about, **arms, "column": one["estimate"], "measure": measure, **fields, "note": note},
    )  # fmt: skip


def _unread(work: _Work, found: list[Layout], effects: list[Mapping[str, str]]) -> None:
    """Tell of every column that was not read."""
    computed = {column for one in effects for column in one.values()} if found else set()
    for at, name in enumerate(work.frame.header):
        filled = work.frame.filled(at)
        if not filled or (name.strip() in work.used and work.frame.column(name.strip()) == at):
            continue
        if not name.strip() and [cells[at] for _, cells in work.frame.rows] == _counted(filled):
            continue  # R's numbers of rows
        why = (
            "it is computed from other numbers of its row"
            if name.strip() in computed
            else "no column of this name says what a record holds"
        )
        work.imported.left(f"column {at + 1}", f"{name.strip() or 'a column without a name'} ({filled} cells)", why)


def _counted(many: int) -> list[str]:
    return [str(number) for number in range(1, many + 1)]


def recognises(path: Path, start: bytes) -> bool:
    """Whether the header names a study and has the columns of a layout."""
    if path.suffix.lower() not in SUFFIXES or path.with_suffix(".mapping.csv").exists():
        return False
    names = header_of(start)
    return any(name in names for name in LABELS) and bool(
        layouts(names) or any(each["estimate"] in names for each in EFFECTS)
    )


FORMAT = Format("frames", "study table of metafor, meta or metaConvert", SUFFIXES, recognises, read)
