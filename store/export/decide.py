"""Which records go out and which are held back, and why. Every record gets one decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from schemas.identity import PLACE
from schemas.kinds.base import Record
from schemas.registry import RECORDS
from store.export import needs
from store.export.extraction import Extraction
from store.export.limits import Limits, Order, limits, orders
from store.export.tidy import has_unit, mask, references, unit_of
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


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record is held back: in general, and in particular."""

    general: str
    particular: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one record. ``findings`` are the open errors that hold it back, or the accepted ones it carries."""

    kind: str
    record: str
    extractor: str
    source: str
    study: str
    place: str
    reasons: tuple[Reason, ...]
    findings: tuple[Finding, ...]
    consensus: bool = False
    """Whether several people extract, so that it goes out because they agree."""

    @property
    def exported(self) -> bool:
        """Whether the record is in the clean dataset."""
        return not self.reasons


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


def decide(tables: Tables, findings: Findings) -> dict[str, list[Decision]]:
    """A decision per row of every kind, in the order of the rows."""
    several = Extraction.of(tables).consensus
    return {kind: _of_kind(RECORDS[kind], tables, findings, several=several) for kind in RECORDS}


def _of_kind(model: type[Record], tables: Tables, findings: Findings, *, several: bool) -> list[Decision]:
    table = tables[model.kind]
    records = table.column("record").to_pylist()
    reasons: list[list[Reason]] = [[] for _ in records]
    pairs = [
        *_open(records, findings),
        *_unclear(table),
        *_unusable(model, table),
        *_unknown(model, tables),
        *_impossible(model, table, settled={*findings.open_errors, *findings.accepted}),
        *_agreed(table, several=several),
    ]
    for row, reason in pairs:
        reasons[row].append(reason)
    return list(_decisions(model, table, reasons, findings, consensus=several))


def _decisions(
    model: type[Record], table: pa.Table, reasons: list[list[Reason]], findings: Findings, *, consensus: bool
) -> Iterator[Decision]:
    names = ("record", "extractor", "source", "study", *PLACE)
    given = [table.column(name).to_pylist() if name in table.column_names else [None] * len(table) for name in names]
    for why, *cells in zip(reasons, *given, strict=True):
        record, extractor, source, study, *place = (each or "" for each in cells)
        pointing = findings.open_errors.get(record) or findings.accepted.get(record) or []
        where = ", ".join(each for each in place if each)
        yield Decision(model.kind, record, extractor, source, study, where, tuple(why), tuple(pointing), consensus)


def _open(records: list[str], findings: Findings) -> Iterator[tuple[int, Reason]]:
    for row, record in enumerate(records):
        for one in findings.open_errors.get(record, ()):
            yield (
                row,
                Reason(
                    OPEN_ERROR,
                    f"{one['rule']} ({str(one.get('name', '')).replace('_', ' ')}) is open; decide on it or correct the record",
                ),
            )


def _unclear(table: pa.Table) -> Iterator[tuple[int, Reason]]:
    for row in _rows(mask(pc.equal(table.column("legibility"), "unclear"))):
        yield (
            row,
            Reason(UNCLEAR, "the source cannot be read with certainty here; settle the reading and mark it clear"),
        )


def _unusable(model: type[Record], table: pa.Table) -> Iterator[tuple[int, Reason]]:
    wanted = dict.fromkeys(name for names in needs.takes(model) for name in names)
    for row, cells in _picked(table, _rows(~needs.usable_rows(model, table)), wanted):
        yield row, Reason(NO_NUMBER, needs.why_unusable(model, cells))


def _unknown(model: type[Record], tables: Tables) -> Iterator[tuple[int, Reason]]:
    table = tables[model.kind]
    for each in references(model):
        defined = set(zip(*(tables[each.table].column(key).to_pylist() for key in each.keys), strict=True))
        named = zip(*(table.column(column).to_pylist() for column in each.columns), strict=True)
        for row, key in enumerate(named):
            if key[-1] is not None and key not in defined:
                shown = "/".join(part or "" for part in key)
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


def _agreed(table: pa.Table, *, several: bool) -> Iterator[tuple[int, Reason]]:
    """Of records by several extractors, one of each goes out that at least two give alike and nobody otherwise."""
    if not several or not len(table):
        return
    record = _coded(table.column("record"))
    extractor = table.column("extractor").to_numpy(zero_copy_only=False).astype(str)
    order = np.lexsort((extractor, record))
    first = order[np.flatnonzero(np.diff(record[order], prepend=-1))]
    says = np.column_stack([_coded(each) for name in _compared(table) for each in _content(table, name)])
    by_record = np.empty(record.max() + 1, np.int64)
    by_record[record[first]] = first
    lead = by_record[record]
    same = np.bincount(record, (says == says[lead]).all(axis=1)) == np.bincount(record)
    alone = np.bincount(record) == 1
    for row in range(len(table)):
        if alone[record[row]]:
            yield (
                row,
                Reason(
                    ALONE,
                    f"only {extractor[row]} extracted it; have it extracted again, or export one person's extraction with --extractor",
                ),
            )
        elif not same[record[row]]:
            yield row, Reason(DIFFER, "the extractors differ; settle it with 'curation reconcile'")
        elif row != lead[row]:
            yield row, Reason(TWICE, "another extractor says the same; the record counts once")


def _compared(table: pa.Table) -> list[str]:
    """What two extractions of a record are compared in: all but the words around it and their own remarks."""
    return [name for name in table.column_names if name not in ("extractor", "record", "printed", "quote", "note")]


def _content(table: pa.Table, name: str) -> Iterator[Any]:
    """What a column says: of a number its value, digits, unit and relation however it is spelled; else the text."""
    column = table.column(name).combine_chunks()
    if not pa.types.is_struct(column.type):
        yield column
        return
    reported = pc.equal(pc.struct_field(column, "status"), "reported")
    yield pc.if_else(reported, pa.scalar(None, pa.string()), pc.struct_field(column, "text"))
    for part in ("status", "relation", "unit", "decimals", "value"):
        yield pc.struct_field(column, part)


def _coded(column: Any) -> NDArray[np.int64]:  # noqa: ANN401 - pyarrow ships no types
    """The distinct contents of a column as numbers; null is one of them."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    codes = whole.dictionary_encode(null_encoding="encode").indices
    return np.asarray(codes.to_numpy(zero_copy_only=False), dtype=np.int64)


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
