"""Risk-of-bias tables of robvis as CSV: a row per study, a column per domain, `Overall`.

The table does not name its tool. It is taken for RoB 2, ROBINS-I or QUADAS-2 where the number of domains (`D1`, `D2`,
...) and the words are those of robvis's template and of no other one; else the tool is "other" with the words that
have one meaning in every tool. `robvis-domains.csv` of our own export, beside the table, gives tool and domains.
`Weight` is left over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from curation.exchange.frames_cells import as_name, keep
from curation.exchange.frames_csv import Frame, header_of, read_frame
from curation.exchange.frames_entities import Entities, file_source
from curation.exchange.imported import Format, Imported
from curation.intake.problems import Problem, Refused, shown
from store.export.adapters.robvis import LAYOUTS

_DOMAINS = "robvis-domains.csv"
_NUMBERED = re.compile(r"D\d{1,2}")
_PLAIN = {"low": "low", "some concerns": "some_concerns", "moderate": "some_concerns", "high": "high",
          "serious": "high", "critical": "critical", "unclear": "unclear", "no information": "unclear"}  # fmt: skip
"""What a word means in every tool."""
_TOOL_WORDS = {tool: {word.casefold(): code for code, word in each.words.items()} for tool, each in LAYOUTS.items()}
_NAMES = {
    "RoB 2": ("randomisation process", "deviations from intended interventions", "missing outcome data",
              "measurement of the outcome", "selection of the reported result"),
    "ROBINS-I": ("confounding", "selection of participants", "classification of interventions",
                 "deviations from intended interventions", "missing data", "measurement of outcomes",
                 "selection of the reported result"),
    "QUADAS-2": ("patient selection", "index test", "reference standard", "flow and timing"),
}  # fmt: skip
"""Tool -> its domains D1, D2, ... in the order of robvis's template."""
_WORDS = {*_PLAIN, "very high", "very low"}
_TOLD_BY = {"RoB 2": "some concerns", "ROBINS-I": "moderate", "QUADAS-2": "some concerns"}
"""A word that a template has and another one of as many domains has not."""


@dataclass(frozen=True, slots=True)
class _Tool:
    """A tool, how it is named where it is none of ours, its words, and the domain of each column."""

    tool: str
    name: str
    words: Mapping[str, str]
    domains: Mapping[str, str]


def read(path: Path) -> Imported:
    """The judgements of a table. Raises Refused where it is no such table."""
    frame = read_frame(path)
    names = [name.strip() for name in frame.header]
    if "Study" not in names or not _domains(names):
        expected = "the columns Study, one per domain (D1, D2, ...), Overall"
        raise Refused([Problem(frame.file, 1, None, f"the columns {', '.join(names)[:200]}", expected)])
    imported = Imported(frame.file, FORMAT.title)
    entities = Entities(imported)
    source = file_source(entities, path, "Risk-of-bias table")
    tool = _tool(frame, path)
    imported.remarks.append(f"{frame.file} is read as {tool.name or tool.tool}; correct the tool if it is another one")
    for number, cells in frame.rows:
        _row(frame, number, cells, tool, source, entities)
    for at, name in enumerate(frame.header):
        if name.strip() not in {"Study", "Overall", *tool.domains} and frame.filled(at):
            found = f"{name.strip() or 'a column without a name'} ({frame.filled(at)} cells)"
            imported.left(f"column {at + 1}", found, "an appraisal has no such field")
    return imported


def _row(frame: Frame, number: int, cells: Sequence[str], tool: _Tool, source: str, entities: Entities) -> None:
    at = frame.column("Study")
    label = as_name(cells[at]) if at is not None else ""
    if not label:
        entities.imported.left(f"row {number}", "a row", "it names no study")
        return
    before = sum(map(len, entities.imported.rows.values()))
    study = entities.study(number, label)
    if sum(map(len, entities.imported.rows.values())) == before:
        why = "the study has a row already, and nothing says what tells the two apart"
        entities.imported.left(f"row {number}", shown(label), why)
        return
    for name, domain in (*tool.domains.items(), ("Overall", "")):
        place = frame.column(name)
        said = cells[place].strip() if place is not None else ""
        if not said or said == "NA":
            continue
        code = tool.words.get(said.casefold())
        if code is None:
            meant = ", ".join(tool.words)
            why = f"it is none of the judgements of {tool.name or tool.tool} ({meant})"
            entities.imported.left(f"row {number}, column {name}", shown(said), why)
            continue
        about = {"source": source, "study": study, "tool": tool.tool, "tool_name": tool.name, "domain": domain}
        keep(entities.imported, "appraisal", number, {**about, "judgement": code, "row": label, "column": name})


def _tool(frame: Frame, path: Path) -> _Tool:
    names = [name.strip() for name in frame.header]
    domains = _domains(names)
    told = _told_beside(path)
    if told:
        own = _named(told[0]) if len(domains) == len(_NAMES.get(told[0], ())) else {}
        known = {name: told[1].get(name) or own.get(name, name) for name in domains}
        return _Tool(told[0], "", _TOOL_WORDS[told[0]], known)
    said = {cells[at].strip().casefold() for at, name in enumerate(names) if name in domains for _, cells in frame.rows}
    for tool, each in LAYOUTS.items():
        template = [f"D{n}" for n in range(1, len(each.domains) + 1)]
        if template == domains and not said & (_WORDS - set(_TOOL_WORDS[tool])) and _TOLD_BY[tool] in said:
            return _Tool(tool, "", _TOOL_WORDS[tool], _named(tool))
    return _Tool("other", "a tool that the table does not name", _PLAIN, {name: as_name(name) for name in domains})


def _named(tool: str) -> dict[str, str]:
    return {f"D{n}": name for n, name in enumerate(_NAMES.get(tool, ()), 1)}


def _domains(names: Sequence[str]) -> list[str]:
    """The columns of domains: those between the study and the overall judgement."""
    if "Overall" in names and "Study" in names:
        return [name for name in names[names.index("Study") + 1 : names.index("Overall")] if name]
    return [name for name in names if _NUMBERED.fullmatch(name)]


def _told_beside(path: Path) -> tuple[str, dict[str, str]] | None:
    """The tool, and the domain of each column, as our own export tells them in a file beside."""
    beside = path.with_name(_DOMAINS)
    tool = next((each for each in LAYOUTS if path.stem == f"robvis-{re.sub('[^a-z0-9]', '', each.lower())}"), None)
    if tool is None or not beside.is_file():
        return None
    frame = read_frame(beside)
    columns = [frame.column(name) for name in ("file", "column", "domain")]
    if None in columns:
        return None
    rows = [[cells[at] for at in columns if at is not None] for _, cells in frame.rows]
    return tool, {column.strip(): as_name(domain) for file, column, domain in rows if file.strip() == path.name}


def recognises(path: Path, start: bytes) -> bool:
    """Whether the header has a study, and numbered domains or an overall judgement after several columns."""
    if path.suffix.lower() != ".csv" or path.with_suffix(".mapping.csv").exists():
        return False
    names = header_of(start)
    numbered = [name for name in names if _NUMBERED.fullmatch(name)]
    return "Study" in names and (len(numbered) > 1 or ("Overall" in names and len(_domains(names)) > 1))


FORMAT = Format("robvis", "risk-of-bias table of robvis", (".csv",), recognises, read)
