"""Which records go out and which are held back, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from schemas.kinds.base import Record
from schemas.registry import RECORDS
from store.consensus import CONSENSUS, Adjudication, Key, settled
from store.export import agreement, needs
from store.export.extraction import Extraction
from store.export.limits import Limits, Order, limits, orders
from store.export.tidy import defined, has_unit, mask, references, unit_of
from store.findings import Waiver

Finding = Mapping[str, Any]
Tables = Mapping[str, pa.Table]
Mask = NDArray[np.bool_]

OPEN_ERROR = "an error that nobody has decided on"
NO_NUMBER = "no number that an analysis can take"
UNCLEAR = "a source that cannot be read with certainty"
UNKNOWN = "a name that the review does not define"
IMPOSSIBLE = "numbers that are out of order or out of range"
TWICE = "a second extraction of the same record"
DIFFER = "extractors who differ"
ALONE = "an extraction by one person only, where several extract"
SETTLED = "an original whose consensus goes out"
LEFT_OUT = "a record that was decided to be left out"
UNSETTLED = "a consensus whose originals have changed since"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record is held back: in general, and in particular."""

    general: str
    particular: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """What becomes of the records of one kind, row by row of their table."""

    table: pa.Table
    exported: Mask
    """Whether the record is in the clean dataset."""
    reasons: Mapping[int, Sequence[Reason]]
    """Of every row that is held back, why."""
    findings: Mapping[int, Sequence[Finding]]
    """Of a row, the open errors that hold it back, or the accepted ones it carries."""
    consensus: bool = False
    """Whether several people extract, so that a record goes out because they agree."""
    adjudicated: Mapping[int, str] = field(default_factory=dict)
    """Of a row that goes out by decision, who decided what and why."""


def exported(decisions: Iterable[Decisions]) -> int:
    """How many records go out."""
    return sum(int(each.exported.sum()) for each in decisions)


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings that bear on the export, by the record they point at."""

    open_errors: Mapping[str, list[Finding]]
    accepted: Mapping[str, list[Finding]]

    @classmethod
    def of(cls, findings: Sequence[Finding], waivers: Sequence[Waiver] = ()) -> Findings:
        """Sort findings by record; one with a waiver in force counts as accepted, whatever its status says."""
        in_force = {each.fingerprint for each in waivers if each.withdrawn_at is None}
        open_errors, accepted = defaultdict(list), defaultdict(list)
        for one in sorted(findings, key=lambda each: (str(each["rule"]), str(each["fingerprint"]))):
            waived = one.get("status", "open") == "waived" or one["fingerprint"] in in_force
            is_open_error = not waived and one.get("status", "open") == "open" and one["severity"] == "error"
            for record in dict.fromkeys(one.get("records", ())):
                if waived:
                    accepted[record].append(one)
                elif is_open_error:
                    open_errors[record].append(one)
        return cls(dict(open_errors), dict(accepted))


def decide(tables: Tables, findings: Findings, adjudications: Sequence[Adjudication] = ()) -> dict[str, Decisions]:
    """What becomes of every record, by kind."""
    several = Extraction.of(tables).consensus
    places = settled(adjudications, tables)
    said = _said(adjudications)
    return {
        kind: _of_kind(RECORDS[kind], tables, findings, _Settled(several, places.get(kind, {}), said.get(kind, {})))
        for kind in RECORDS
    }


@dataclass(frozen=True, slots=True)
class _Settled:
    """Of the records of a kind: whether several extract, which are settled and as what, and the words of it."""

    several: bool
    places: Mapping[Key, str]
    said: Mapping[Key, str]


def _said(adjudications: Sequence[Adjudication]) -> dict[str, dict[Key, str]]:
    """By kind, of a consensus and of its originals who decided what, and why."""
    said: dict[str, dict[Key, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in adjudications:
        if one.in_force:
            for key in {(CONSENSUS, one.record_key), *one.keys}:
                said[one.kind][key].append(one.said)
    return {kind: {key: "; ".join(texts) for key, texts in each.items()} for kind, each in said.items()}


def _of_kind(model: type[Record], tables: Tables, findings: Findings, done: _Settled) -> Decisions:
    table = tables[model.kind]
    reasons: dict[int, list[Reason]] = defaultdict(list)
    pairs = chain(
        _open(table, findings),
        _unclear(table),
        _unusable(model, table),
        _unknown(model, tables),
        _impossible(model, table, settled={*findings.open_errors, *findings.accepted}),
        _agreed(table, done),
    )
    for row, reason in pairs:
        reasons[row].append(reason)
    goes = np.ones(len(table), dtype=bool)
    goes[list(reasons)] = False
    return Decisions(
        table, goes, dict(reasons), _pointing(table, findings), done.several, _adjudicated(table, goes, done)
    )


def _adjudicated(table: pa.Table, goes: Mask, done: _Settled) -> dict[int, str]:
    """Of the consensus rows that go out, who decided what and why."""
    if not done.places:
        return {}
    keys = zip(*(table.column(name).to_pylist() for name in ("extractor", "record")), strict=True)
    return {row: done.said.get(key, "") for row, key in enumerate(keys) if goes[row] and key[0] == CONSENSUS}


def _pointing(table: pa.Table, findings: Findings) -> dict[int, Sequence[Finding]]:
    both = {**findings.accepted, **findings.open_errors}
    return {row: both[record] for row, record in _named(table, both)}


def _open(table: pa.Table, findings: Findings) -> Iterator[tuple[int, Reason]]:
    for row, record in _named(table, findings.open_errors):
        for one in findings.open_errors[record]:
            rule = f"{one['rule']} ({str(one.get('name', '')).replace('_', ' ')})"
            yield row, Reason(OPEN_ERROR, f"{rule} is open: decide on it or correct the record")


def _named(table: pa.Table, records: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The rows with one of these record ids."""
    column = table.column("record")
    rows = _rows(mask(pc.is_in(column, pa.array(list(records), pa.string()))))
    yield from zip(rows, column.take(pa.array(rows, pa.int64())).to_pylist(), strict=True)


def _unclear(table: pa.Table) -> Iterator[tuple[int, Reason]]:
    for row in _rows(mask(pc.equal(table.column("legibility"), "unclear"))):
        yield row, Reason(UNCLEAR, "the record is marked unclear (settle the reading and mark it clear)")


def _unusable(model: type[Record], table: pa.Table) -> Iterator[tuple[int, Reason]]:
    wanted = dict.fromkeys(name for names in needs.takes(model) for name in names)
    for row, cells in _picked(table, _rows(~needs.usable_rows(model, table)), wanted):
        yield row, Reason(NO_NUMBER, needs.why_unusable(model, cells))


def _unknown(model: type[Record], tables: Tables) -> Iterator[tuple[int, Reason]]:
    table = tables[model.kind]
    for each in references(model):
        given = mask(pc.is_valid(table.column(each.columns[-1])))
        for row, key in _picked(table, _rows(given & ~defined(table, tables[each.table], each)), each.columns):
            shown = "/".join(part or "" for part in key.values())
            yield row, Reason(UNKNOWN, f"the {each.table} {shown!r} is not defined")


def _impossible(model: type[Record], table: pa.Table, settled: set[str]) -> Iterator[tuple[int, Reason]]:
    """Rows that break a limit or an order; not those of ``settled`` records, of which a finding speaks already."""
    free = mask(pc.is_in(table.column("record"), pa.array(sorted(settled), pa.string())))
    for one in limits(model):
        for row, cells in _picked(table, _rows(_out_of_range(one, table) & ~free), [one.field]):
            yield row, Reason(IMPOSSIBLE, f"{_how_far(one, cells[one.field])}, and nobody has decided on it")
    for pair in orders(model):
        names = (pair.lesser, pair.greater)
        for row, cells in _picked(table, _rows(_out_of_order(model, pair, table) & ~free), names):
            lesser, greater = (f"{name} ({cells[name]['text'].strip()!r})" for name in names)
            yield row, Reason(IMPOSSIBLE, f"{lesser} is more than {greater}, and nobody has decided on it")


def _out_of_range(one: Limits, table: pa.Table) -> Mask:
    value = _part(table, one.field, "value")
    broken = np.zeros(len(value), bool)
    if one.lowest is not None:
        broken |= (value <= 0) if one.above_zero else (value < one.lowest)
    if one.highest is not None:
        broken |= value > one.highest
    return broken


def _how_far(one: Limits, cell: Mapping[str, Any]) -> str:
    shown = f"{one.field} ({cell['text'].strip()!r})"
    if one.highest is not None and cell["value"] > one.highest:
        return f"{shown} is above {one.highest:g}"
    return f"{shown} is not above 0" if one.above_zero else f"{shown} is below {one.lowest:g}"


def _out_of_order(model: type[Record], one: Order, table: pa.Table) -> Mask:
    broken: Mask = _part(table, one.lesser, "low") > _part(table, one.greater, "high")
    fields = {each.name: each for each in model.fields()}
    if has_unit(fields[one.lesser]) and has_unit(fields[one.greater]):
        units = [pc.fill_null(unit_of(fields[name], table), "") for name in (one.lesser, one.greater)]
        broken &= mask(pc.equal(*units))  # 24 months and 2 years are for the rules to compare
    return broken


def _agreed(table: pa.Table, done: _Settled) -> Iterator[tuple[int, Reason]]:
    """Of records by several extractors the adjudicated goes out, else one that two give alike and nobody otherwise."""
    if not done.several and not done.places:
        return
    behind = agreement.disagreement(table, done.places)
    if not done.several:
        behind[behind == agreement.ALONE] = 0
    again = "have it extracted again, or export one person's extraction with --extractor"
    for row in _rows(behind > 0):
        who, record = (table.column(name)[row].as_py() for name in ("extractor", "record"))
        key = (who, record)
        yield (
            row,
            {
                agreement.ALONE: Reason(ALONE, f"only {who} extracted it ({again})"),
                agreement.DIFFER: Reason(DIFFER, "the extractors differ (settle it with 'curation reconcile')"),
                agreement.TWICE: Reason(TWICE, "another extractor says the same, and the record counts once"),
                agreement.SETTLED: Reason(
                    SETTLED, f"adjudicated: {done.said.get(key, '')}; see {done.places.get(key, '')}"
                ),
                agreement.LEFT_OUT: Reason(LEFT_OUT, f"adjudicated: {done.said.get(key, '')}"),
                agreement.UNSETTLED: Reason(
                    UNSETTLED, "an original has changed since (settle it with 'curation reconcile')"
                ),
            }[int(behind[row])],
        )


def _part(table: pa.Table, field: str, part: str) -> NDArray[np.float64]:
    values = pc.struct_field(table.column(field).combine_chunks(), part)
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)


def _picked(table: pa.Table, rows: Sequence[int], names: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """These rows, with these columns, as plain data."""
    some = table.select(list(names)).take(pa.array(rows, pa.int64()))
    yield from zip(rows, some.to_pylist(), strict=True)


def _rows(hit: Mask) -> list[int]:
    found: list[int] = np.flatnonzero(hit).tolist()
    return found
