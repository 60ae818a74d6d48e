"""Records as the report shows them: what is printed in pieces, what it is about, and which findings name it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa

from curation.report.html.values import Cell, Piece, pieces
from schemas.identity import PLACE
from schemas.kinds.base import Record
from schemas.registry import RECORDS

ABOUT = ("source", "study", "arm", "outcome", "analysis_set", "timepoint")
Names = Mapping[tuple[str, ...], str]
_FIRST = ("characteristic", "flow", "mean")
"""Published tables begin with who was studied; results follow."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One record: its place, what it is about, and its print."""

    record: str
    kind: str
    about: Mapping[str, str]
    place: Mapping[str, str]
    label: str
    extra: Mapping[str, str]
    """What tells it from other facts in the same cell, where they differ."""
    pieces: tuple[Piece, ...]
    readings: tuple[str, ...]
    """Candidate readings where the source is unclear."""
    unclear: bool
    quote: str
    note: str

    @property
    def source(self) -> str:
        """The document it is printed in."""
        return self.about["source"]

    @property
    def section(self) -> str:
        """Its section or table, or else its page."""
        return self.place["section"] or (f"page {self.place['page']}" if self.place["page"] else "Place not given")

    @property
    def in_table(self) -> bool:
        """Whether it stands in a row or column."""
        return bool(self.place["row"] or self.place["column"])

    @property
    def value(self) -> str:
        """The print as plain text."""
        return "".join(each.text for each in self.pieces)


def names(tables: Mapping[str, pa.Table]) -> Names:
    """The labels of sources, studies, arms and outcomes by their ids: ("arm", study, arm) -> label."""
    found: dict[tuple[str, ...], str] = {}
    for kind, keys, label in (
        ("source", ["source"], "title"), ("study", ["study"], "label"), ("arm", ["study", "arm"], "label"), ("outcome", ["outcome"], "label"),
    ):  # fmt: skip
        for row in tables[kind].select([*keys, label]).to_pylist() if kind in tables else ():
            found[(kind, *(row[key] or "" for key in keys))] = row[label] or ""
    return found


def facts(tables: Mapping[str, pa.Table], labels: Names) -> Iterator[Fact]:
    """Every record: characteristics before results, within a kind in the order of its table."""
    for kind in (*_FIRST, *(kind for kind in RECORDS if kind not in _FIRST)):
        if kind in tables:
            known = _known(kind)
            for row in _rows(tables[kind], known.printed):
                yield _fact(known, row, labels)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a kind of record declares, asked once."""

    model: type[Record]
    printed: frozenset[str]
    own: tuple[tuple[str, object], ...]
    """The keys of the kind and their defaults."""


@cache
def _known(kind: str) -> _Known:
    model = RECORDS[kind]
    own = tuple((each.name, each.default) for each in model.own_fields() if each.key)
    return _Known(model, frozenset(each.name for each in model.printed_fields()), own)


def _rows(table: pa.Table, printed: Collection[str]) -> Iterator[dict[str, Any]]:
    """Rows as dicts of text; printed fields as cells. Column by column, which is faster than row by row."""
    columns = {
        name: _cells(table.column(name)) if name in printed else table.column(name).to_pylist()
        for name in table.column_names
    }
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))


def _cells(column: pa.ChunkedArray) -> list[Cell | None]:
    flat = column.combine_chunks()
    texts, statuses = (flat.field(name).to_pylist() for name in ("text", "status"))
    return [
        Cell(text, status) if there else None
        for there, text, status in zip(flat.is_valid().to_pylist(), texts, statuses, strict=True)
    ]


def _fact(known: _Known, row: dict[str, Any], labels: Names) -> Fact:
    about = {name: row.get(name) or "" for name in ABOUT}
    shown = {name: row[name] for name in row if name in known.printed and row[name] is not None}
    own = {name: _own(name, row) for name, default in known.own if row.get(name) != default}
    return Fact(
        record=row.get("record") or "", kind=known.model.kind, about=about, place={name: row.get(name) or "" for name in PLACE},
        label=_label(about, own, labels), extra=_extra(about, own, labels), pieces=tuple(pieces(known.model, row, shown)),
        readings=tuple(each for cell in shown.values() for each in cell.readings),
        unclear=row.get("legibility") == "unclear" or any(cell.status == "unclear" for cell in shown.values()),
        quote=row.get("quote") or "", note=row.get("note") or "",
    )  # fmt: skip


def _own(name: str, row: Mapping[str, Any]) -> str:
    """A key of the kind as shown; a bare number with its name."""
    value = str(row.get(name) or "")
    return f"{name} {value}" if value.isdecimal() else value


def _label(about: Mapping[str, str], own: Mapping[str, str], labels: Names) -> str:
    """What is measured: the outcome, or the kind's own words; and when."""
    outcome = about["outcome"]
    codes = [
        own[name].replace("_", " ") for name in own if own[name] and name not in {"measure", "comparator", "label"}
    ]
    if own.get("label") and codes:
        codes = [own["label"]] if codes[0] == "other" else [f"{codes[0]} ({own['label']})", *codes[1:]]
    base = labels.get(("outcome", outcome), outcome) if outcome else ""
    said = ", ".join(part for part in (base, *codes, about["timepoint"]) if part)
    return said[:1].upper() + said[1:]


def _extra(about: Mapping[str, str], own: Mapping[str, str], labels: Names) -> dict[str, str]:
    arm = labels.get(("arm", about["study"], about["arm"]), about["arm"])
    versus = own.get("comparator", "")
    versus = f"against {labels.get(('arm', about['study'], versus), versus)}" if versus else ""
    return {
        "study": labels.get(("study", about["study"]), about["study"]),
        "arm": arm,
        "comparator": versus,
        "analysis_set": about["analysis_set"],
    }


def whose(fact: Fact) -> str:
    """Study, arm, comparator and analysis set in one line."""
    return ", ".join(text for text in fact.extra.values() if text)


def telling_apart(together: Iterable[Fact]) -> list[str]:
    """Which parts of ``extra`` differ among facts that stand in one cell."""
    several = list(together)
    return [name for name in (several[0].extra if several else ()) if len({each.extra[name] for each in several}) > 1]
