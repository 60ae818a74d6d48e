"""What a review has of one study from a registry and from publications: arms, outcomes, numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from schemas.registry import RECORDS

Row = dict[str, Any]
Tables = Mapping[str, pa.Table]
NUMBERS = {
    "count": ("events", "total", "percent"),
    "mean": ("mean", "median"),
    "survival": ("median", "rate"),
    "rate": ("rate",),
}
"""What is shown of a record when two outcomes are set side by side."""


@dataclass(frozen=True, slots=True)
class ArmSide:
    """An arm as one side has it."""

    id: str
    label: str
    role: str
    size: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """The time and the participants a number is of; both may be blank."""

    timepoint: str = ""
    analysis_set: str = ""

    def __str__(self) -> str:
        people = f" [{self.analysis_set}]" if self.analysis_set else ""
        return f"{self.timepoint or 'no time'}{people}"


@dataclass(frozen=True, slots=True)
class OutcomeSide:
    """An outcome as one side has it: its times, and its numbers by arm."""

    id: str
    label: str
    note: str
    times: tuple[When, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(slots=True)
class Side:
    """A registry, or the publications, of one study."""

    study: str
    sources: list[str]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    arms: list[ArmSide] = field(default_factory=list)
    outcomes: list[OutcomeSide] = field(default_factory=list)
    extractors: set[str] = field(default_factory=set)
    """Who took the records in."""

    def each(self) -> Iterator[tuple[str, Row]]:
        """Every record with its kind."""
        for kind, rows in self.rows.items():
            for row in rows:
                yield kind, row


@dataclass(frozen=True, slots=True)
class Together:
    """One study on both sides; ``by_number`` says that they were found by their registry number."""

    number: str
    registry: Side
    publication: Side | None
    by_number: bool = False


def together(tables: Tables, wanted: str | None = None, beside: str | None = None) -> list[Together]:
    """Every study that a registry source is about, with the publications of the same study.

    Args:
        tables: the current rows of a review.
        wanted: only this study, by its id or its registry number.
        beside: id of the publication's study, where no registry number says which it is.
    """
    registries = {row["source"] for row in _list(tables, "source") if row["type"] == "registry"}
    studies = {row["study"]: row for row in _list(tables, "study")}
    rows = _by_study(tables)
    found = []
    for study in sorted(key for key, sources in rows.items() if registries & sources.keys()):
        own = _side(tables, study, {name: each for name, each in rows[study].items() if name in registries})
        number = (studies.get(study, {}).get("registry") or own.sources[0]).upper()
        if wanted and wanted.casefold() not in {study.casefold(), number.casefold()}:
            continue
        same = beside or _published(study, number, studies, rows, registries)
        theirs = {name: each for name, each in rows.get(same or "", {}).items() if name not in registries}
        other = _side(tables, same, theirs) if same and theirs else None
        found.append(Together(number, own, other, by_number=same not in {study, beside}))
    return found


def _published(
    study: str, number: str, studies: Mapping[str, Row], rows: Mapping[str, Any], registries: set[str]
) -> str | None:
    """The study of the publication: the same, or one of the same registry number."""
    if rows[study].keys() - registries:
        return study
    return next(
        (
            key
            for key, row in studies.items()
            if key != study
            and key in rows
            and rows[key].keys() - registries
            and _plain(row["registry"]) == _plain(number)
        ),
        None,
    )


def _plain(number: str | None) -> str:
    return re.sub(r"[^A-Z0-9]", "", (number or "").upper())


def _by_study(tables: Tables) -> dict[str, dict[str, list[tuple[str, Row]]]]:
    """Records by study and source."""
    found: dict[str, dict[str, list[tuple[str, Row]]]] = defaultdict(lambda: defaultdict(list))
    for kind in RECORDS:
        for row in _list(tables, kind):
            if row["study"]:
                found[row["study"]][row["source"]].append((kind, row))
    return found


def _side(tables: Tables, study: str, of: Mapping[str, list[tuple[str, Row]]]) -> Side:
    side = Side(study, sorted(of))
    seen: set[tuple[str, str]] = set()
    for kind, row in (pair for each in of.values() for pair in each):
        side.extractors.add(row.get("extractor") or "")
        if (kind, row["record"]) not in seen:
            seen.add((kind, row["record"]))
            side.rows.setdefault(kind, []).append(row)
    used = {row["arm"] for _, row in side.each()} | {row.get("comparator") for _, row in side.each()}
    side.arms = [
        ArmSide(row["arm"], row["label"], row["role"], _size(side, row["arm"]))
        for row in _list(tables, "arm") if row["study"] == study and row["arm"] in used
    ]  # fmt: skip
    labels = {row["outcome"]: row for row in _list(tables, "outcome")}
    by_outcome: dict[str, list[tuple[str, Row]]] = defaultdict(list)
    for kind, row in side.each():
        if row["outcome"]:
            by_outcome[row["outcome"]].append((kind, row))
    side.outcomes = [_outcome(labels[id_], given) for id_, given in by_outcome.items() if id_ in labels]
    return side


def _size(side: Side, arm: str) -> str:
    """How many entered an arm."""
    boxes = [
        row
        for row in side.rows.get("flow", [])
        if row["arm"] == arm and row["node"] in {"started", "allocated", "randomised"}
    ]
    stated = [
        row
        for row in side.rows.get("characteristic", [])
        if row["arm"] == arm and row["characteristic"] == "participants" and not row["label"]
    ]
    totals = [
        row["total"]
        for row in side.rows.get("count", [])
        if row["arm"] == arm and row["total"] and not row["analysis_set"]
    ]
    return next(
        (_text(one) for one in (*(row["n"] for row in boxes), *(row["value"] for row in stated), *totals) if one), ""
    )


def _outcome(entity: Row, given: Iterable[tuple[str, Row]]) -> OutcomeSide:
    rows = list(given)
    times = dict.fromkeys(When(row["timepoint"] or "", row["analysis_set"] or "") for _, row in rows)
    numbers = [said for kind, row in rows if (said := _said(kind, row))]
    return OutcomeSide(entity["outcome"], entity["label"], entity["note"] or "", tuple(times), tuple(numbers[:6]))


def _said(kind: str, row: Row) -> str:
    """The number of a record in short, with its arm."""
    texts = [_text(row[name]) for name in NUMBERS.get(kind, ()) if row[name]]
    joined = "/".join(texts) if kind == "count" else " ".join(texts)
    return f"{row['arm'] or 'all'} {joined}" if joined else ""


def _text(printed: Mapping[str, str]) -> str:
    return printed["text"].strip()


def _list(tables: Tables, kind: str) -> list[Row]:
    rows: list[Row] = tables[kind].to_pylist()
    return rows
