"""robvis: one table per risk-of-bias tool, in the vocabulary of its traffic lights."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from store.export.adapters.appraisals import names, sorted_out, subject
from store.export.adapters.common import LeftOut, Row, Rows, Tables, csv, left_out

NO_INFORMATION = "No information"
GENERIC = "Generic"
"""The layout of robvis that takes any number of domains."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How robvis knows a tool: its name there, its words, and its domains, each by a pattern and in their order."""

    tool: str
    words: Mapping[str, str]
    domains: tuple[str, ...] = ()


LAYOUTS = {
    "RoB 2": Layout(
        "ROB2", {"low": "Low", "some_concerns": "Some concerns", "high": "High", "unclear": NO_INFORMATION},
        (r"randomi[sz]ation", r"deviation", r"missing", r"measurement", r"report"),
    ),
    "ROBINS-I": Layout(
        "ROBINS-I",
        {"low": "Low", "some_concerns": "Moderate", "high": "Serious", "critical": "Critical", "unclear": NO_INFORMATION},
        (r"confounding", r"participant", r"classification", r"deviation", r"missing",
         r"measurement", r"report"),
    ),
    "QUADAS-2": Layout(
        "QUADAS-2", {"low": "Low", "some_concerns": "Some concerns", "high": "High", "unclear": NO_INFORMATION},
        (r"patient|selection", r"index", r"reference", r"flow|timing"),
    ),
    "RoB 1": Layout(GENERIC, {"low": "Low", "high": "High", "unclear": "Unclear"}),
}  # fmt: skip
"""Tool -> how robvis draws it."""
OVERALL = re.compile(r"overall( (bias|judg\w*|risk of bias))?", re.IGNORECASE)
APPLICABILITY = re.compile("applicability", re.IGNORECASE)


def make(tables: Tables) -> dict[str, bytes]:
    """robvis-TOOL.csv for each tool that occurs, robvis-domains.csv and robvis-left-out.csv."""
    taken, without = sorted_out(tables, {tool: each.words for tool, each in LAYOUTS.items()}, "robvis")
    files, domains = {}, []
    for tool in LAYOUTS:
        rows = [row for row in taken if row["tool"] == tool]
        without += [_applicability(row) for row in rows if _about_applicability(row)]
        if rows := [row for row in rows if not _about_applicability(row)]:
            name = f"robvis-{re.sub('[^a-z0-9]', '', tool.lower())}.csv"
            places, kind = columns_of(tool, [row["domain"] for row in rows if _is_domain(row)])
            content, twice = _table(rows, places, kind, tables)
            files[name] = content
            without += twice
            domains += [{"file": name, "tool": kind, "column": at, "domain": said} for said, at in places.items()]
    listed = csv(dict.fromkeys(("file", "tool", "column", "domain"), "string"), domains)
    return files | {"robvis-domains.csv": listed, "robvis-left-out.csv": left_out(without)}


def columns_of(tool: str, domains: Sequence[str]) -> tuple[dict[str, str], str]:
    """Domain -> its column D1, D2, ..., and which tool robvis is to draw.

    Where every domain is known as one of the tool's, the columns are the tool's. Otherwise each domain gets a column
    of its own, in alphabetical order, and robvis draws them as a generic tool.
    """
    layout, said = LAYOUTS[tool], sorted(dict.fromkeys(domains))
    if layout.domains:
        places = {each: _place(each, layout.domains) for each in said}
        if all(places.values()) and len(set(places.values())) == len(said):
            return {each: f"D{place}" for each, place in sorted(places.items(), key=lambda one: one[1])}, layout.tool
    return {each: f"D{n}" for n, each in enumerate(said, 1)}, GENERIC


def _place(domain: str, patterns: Sequence[str]) -> int:
    """The place of a domain among a tool's, from 1; 0 where it is not known for certain."""
    numbered = re.fullmatch(r"(?:D|domain )?(\d)", domain.strip(), re.IGNORECASE)
    if numbered:
        return int(numbered[1]) if 1 <= int(numbered[1]) <= len(patterns) else 0
    hits = [n for n, pattern in enumerate(patterns, 1) if re.search(pattern, domain, re.IGNORECASE)]
    return hits[0] if len(hits) == 1 else 0


def _table(rows: Rows, places: Mapping[str, str], kind: str, tables: Tables) -> tuple[bytes, list[LeftOut]]:
    """One row per appraised study or result; blank domains and a blank overall judgement are no information."""
    count = len(places) if kind == GENERIC else len(LAYOUTS[rows[0]["tool"]].domains)
    columns = ["Study", *(f"D{n}" for n in range(1, count + 1)), "Overall"]
    named = names([subject(row) for row in rows], tables)
    lines: dict[tuple[str, ...], Row] = {}
    twice: list[LeftOut] = []
    for row in rows:
        line = lines.setdefault(subject(row), {"Study": named[subject(row)]})
        column = places[row["domain"]] if _is_domain(row) else "Overall"
        if column in line:
            twice.append(
                LeftOut("appraisal", row["record"], f"its {column} is taken from another record", row["study"])
            )
        else:
            line[column] = row["word"]
    filled = [dict.fromkeys(columns, NO_INFORMATION) | line for line in lines.values()]
    return csv(dict.fromkeys(columns, "string"), sorted(filled, key=lambda line: line["Study"])), twice


def _is_domain(row: Row) -> bool:
    return bool(row["domain"]) and not OVERALL.fullmatch(row["domain"].strip())


def _about_applicability(row: Row) -> bool:
    return bool(row["domain"]) and bool(APPLICABILITY.search(row["domain"]))


def _applicability(row: Row) -> LeftOut:
    return LeftOut("appraisal", row["record"], "robvis draws no concerns about applicability", row["study"])
