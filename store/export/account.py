"""The account of every record, and the waivers that go along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.dataset import Column
from schemas.identity import PLACE
from store.export.decide import Decisions
from store.export.sheets import Sheet, arrow_schema
from store.export.tidy import mask
from store.findings import Waiver

if TYPE_CHECKING:
    from store.export.analyses.build import Analyses

YES_NO = ("yes", "no")
_NOTHING = pa.nulls(1, pa.string())[0]  # pa.scalar would import pandas

_ACCOUNT = (
    Column("kind", "Kind of the record", example="count", required=True),
    Column("record", "Id of the record", example="zhong-t2-cr", required=True),
    Column("extractor", "Who extracted it, where the review has several extractors", example="AB"),
    Column("source", "Id of the document it is printed in", example="zhong-2021"),
    Column("study", "Id of the study it is about", example="coman-2013"),
    Column("place", "Page, section, row and column", example="Table 2, CR, Overall rate"),
    Column("exported", "Whether the record is in the clean dataset", example="yes", required=True, codes=YES_NO),
    Column("extraction", "Whether it goes out because several extractors agree, or as the extraction of one",
           example="consensus", codes=("consensus", "single")),
    Column("reason", "Why it is held back, that it goes out with an accepted finding, or by whose decision", example="total is not given"),
    Column("rules", "Rules of the findings behind the decision, separated by spaces", example="COUNT-001"),
    Column("fingerprints", "Fingerprints of these findings, separated by spaces", example="0f3a5c7788aa91d2"),
    Column("analyses", "Ids of the analyses it feeds, separated by spaces", example="cr cr.experimental"),
    Column("not_pooled", "Why an exported record feeds no analysis", example="medians are not pooled"),
)  # fmt: skip
_WAIVERS = (
    Column("fingerprint", "Fingerprint of the accepted finding", example="0f3a5c7788aa91d2", required=True),
    Column("rule", "Rule that made the finding", example="COUNT-001", required=True),
    Column("severity", "How grave the finding is", example="error", codes=("error", "warning", "note")),
    Column("kind", "Kind of the record it points at", example="count", required=True),
    Column("record", "Id of the record it points at", example="zhong-t2-cr", required=True),
    Column("exported", "Whether that record is in the clean dataset", example="yes", required=True, codes=YES_NO),
    Column("message", "What the finding says", example="more participants had the event than there were"),
    Column("reason", "Why it was accepted", example="the authors confirmed the number by e-mail"),
    Column("decided_by", "Who accepted it", example="AB"),
    Column("decided_at", "When it was accepted", example="2026-11-02T09:30:00+00:00"),
)


def account_sheet(decisions: Mapping[str, Decisions], found: Analyses) -> Sheet:
    """One row per record that came in: exported or held back, and why; and which analyses it feeds, or why none."""
    schema = arrow_schema(_ACCOUNT)
    tables = [_accounted(kind, decisions[kind], found.account, schema) for kind in sorted(decisions)]
    whole = pa.concat_tables(tables) if tables else schema.empty_table()
    meaning = "Every record of the review: whether it is in the clean dataset, and if not, why."
    return Sheet("account", "account of every record", meaning, _ACCOUNT, whole)


def waivers_sheet(
    decisions: Mapping[str, Decisions], accepted: Mapping[str, Sequence[Mapping[str, Any]]], waivers: Sequence[Waiver]
) -> Sheet:
    """One row per accepted finding and record it points at."""
    in_force = {each.fingerprint: each for each in waivers if each.withdrawn_at is None}
    rows: dict[tuple[str, str, str], dict[str, str]] = {}
    for kind, record, goes in _pointed_at(decisions, accepted):
        for one in accepted[record]:
            mark = str(one["fingerprint"])
            rows[mark, kind, record] = _waived(one, kind, record, in_force.get(mark), goes=goes)
    meaning = "Findings that somebody has accepted, with the reason, and the records they point at."
    cells = {each.name: [rows[key][each.name] or None for key in sorted(rows)] for each in _WAIVERS}
    return Sheet("waivers", "accepted findings", meaning, _WAIVERS, pa.table(cells, schema=arrow_schema(_WAIVERS)))


def _pointed_at(decisions: Mapping[str, Decisions], accepted: Iterable[str]) -> list[tuple[str, str, bool]]:
    """Kind and id of the records with an accepted finding, and whether they go out; those that do come last."""
    found = []
    for kind, each in decisions.items():
        column = each.table.column("record")
        hit = mask(pc.is_in(column, pa.array(list(accepted), pa.string())))
        ids = column.filter(pa.array(hit)).to_pylist()
        found += [(kind, record, bool(goes)) for record, goes in zip(ids, each.exported[hit], strict=True)]
    return sorted(found, key=lambda one: one[2])


def _accounted(kind: str, one: Decisions, fed: pa.Table, schema: pa.Schema) -> pa.Table:
    """The records of one kind, by id and extractor."""
    size, goes = len(one.table), pa.array(one.exported)
    texts = {name: _text(one.table, name) for name in ("record", "extractor", "source", "study")}
    places = [_text(one.table, name) for name in PLACE]
    cells = texts | {
        "kind": pa.array([kind]).take(pa.array(np.zeros(size, np.int64))),
        "place": _listed(places, size),
        "exported": pc.if_else(goes, *YES_NO),
        "extraction": pc.if_else(goes, "consensus" if one.consensus else "single", _NOTHING),
        "reason": _sparse(size, _reasons(one)),
        "rules": _sparse(size, {row: _rules(each) for row, each in one.findings.items()}),
        "fingerprints": _sparse(size, {row: _fingerprints(each) for row, each in one.findings.items()}),
    }
    mine = fed.filter(pc.equal(fed.column("kind"), kind))
    at = pc.if_else(
        goes, pc.index_in(texts["record"], mine.column("record").combine_chunks()), pa.scalar(None, pa.int32())
    )
    cells |= {name: mine.column(name).combine_chunks().take(at) for name in ("analyses", "not_pooled")}
    table = pa.table([cells[name] for name in schema.names], schema=schema)
    by = [(name, "ascending", "at_start") for name in ("record", "extractor")]
    return table.take(pc.sort_indices(table, sort_keys=by))


def _reasons(one: Decisions) -> dict[int, str]:
    """Of the rows that are held back why, and of those that carry an accepted finding that they do."""
    why = {row: "; ".join(dict.fromkeys(each.particular for each in given)) for row, given in one.reasons.items()}
    carried = dict.fromkeys(one.findings, "exported with an accepted finding, see waivers.csv")
    said = {row: f"adjudicated: {each}" for row, each in one.adjudicated.items()}
    both = {row: "; ".join(filter(None, (said.get(row), carried.get(row)))) for row in {**carried, **said}}
    return both | why


def _rules(findings: Iterable[Mapping[str, Any]]) -> str:
    return " ".join(dict.fromkeys(str(each["rule"]) for each in findings))


def _fingerprints(findings: Iterable[Mapping[str, Any]]) -> str:
    return " ".join(str(each["fingerprint"]) for each in findings)


def _waived(one: Mapping[str, Any], kind: str, record: str, waiver: Waiver | None, *, goes: bool) -> dict[str, str]:
    return {
        "fingerprint": str(one["fingerprint"]),
        "rule": str(one["rule"]),
        "severity": str(one["severity"]),
        "kind": kind,
        "record": record,
        "exported": YES_NO[0] if goes else YES_NO[1],
        "message": str(one.get("message", "")),
        "reason": str(one.get("reason") or (waiver.reason if waiver else "")),
        "decided_by": str(one.get("decided_by") or (waiver.who if waiver else "")),
        "decided_at": waiver.at.isoformat() if waiver else "",
    }


def _text(table: pa.Table, name: str) -> pa.Array:
    """A text column without blanks; all null where the table has none of the name."""
    if name not in table.column_names:
        return pa.nulls(len(table), pa.string())
    return _blank_is_null(table.column(name).combine_chunks().cast(pa.string()))


def _listed(columns: list[pa.Array], size: int) -> pa.Array:
    """The cells of a row that are not null, with commas; null where there is none."""
    # Arrow drops a row of nulls alone, so that every row begins with a blank text.
    begun = pa.array([""]).take(pa.array(np.zeros(size, np.int64)))
    whole = pc.binary_join_element_wise(begun, *columns, ", ", null_handling="skip")
    return _blank_is_null(pc.utf8_slice_codeunits(whole, len(", ")))


def _blank_is_null(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, ""), _NOTHING, column)


def _sparse(size: int, cells: Mapping[int, str]) -> pa.Array:
    """A column that is null but for these rows."""
    whole = np.full(size, None, dtype=object)
    whole[list(cells)] = list(cells.values())
    return pa.array(whole, pa.string())
