"""The export: decide on every record, lay the tables out, hold them to the contract, write the folder."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.arrow import table_schema
from schemas.registry import KINDS, RECORDS
from store.consensus import Adjudication
from store.export import cells, contract
from store.export.account import account_sheet, waivers_sheet
from store.export.contract import ContractViolation
from store.export.decide import Decisions, Findings, decide
from store.export.decide import exported as how_many
from store.export.extraction import Extraction
from store.export.folder import DESCRIPTOR, README, refuse_what_is_not_ours, write
from store.export.package import Heading, datapackage
from store.export.readme import readme, why_held_back
from store.export.sheets import Sheet
from store.export.tidy import sheet
from store.findings import Waiver

if TYPE_CHECKING:
    from store.export.analyses import Analyses

Adapter = Callable[[Mapping[str, pa.Table]], dict[str, bytes]]
"""Makes further files of the dataset: from its tables by name of resource, to contents by file name. Texts come as they
are stored; what goes into CSV passes ``cells.guarded`` first."""


@dataclass(frozen=True, slots=True)
class ExportAccount:
    """How many records came in, and what became of them; records_in = exported + held_back.

    ``why`` counts the general reasons for holding back; a record may have several. ``analyses`` can be pooled, from
    ``pooled`` of the exported records.
    """

    records_in: int
    exported: int
    held_back: int
    why: Mapping[str, int]
    analyses: int = 0
    pooled: int = 0


def export(
    tables: Mapping[str, pa.Table],
    findings: Sequence[Mapping[str, Any]],
    folder: Path,
    *,
    review: str,
    waivers: Sequence[Waiver] = (),
    adjudications: Sequence[Adjudication] = (),
    licence: str = "",
    adapters: Sequence[Adapter] = (),
    models: Collection[str] = (),
) -> ExportAccount:
    """Write the clean dataset into a new or empty folder, or over an earlier export.

    The same records, findings and decisions give the same bytes, in whatever order they come.

    Args:
        tables: rows by kind, in the schemas of their models; records may have a column ``extractor`` besides.
        findings: findings as plain data (``Finding.as_dict``). Open errors hold their records back.
        folder: where the dataset goes.
        review: name of the review.
        waivers: the review's waivers; they say when a finding was accepted.
        adjudications: the decisions on differences between extractors; what they settled goes out first.
        licence: short name of the dataset's licence, such as CC-BY-4.0.
        adapters: what makes further files, for one program or another.
        models: extractors that are language models; the dataset says so.

    Raises:
        StoreError: the folder cannot be used; the message says why.
        ContractViolation: the tables break their contract, a mistake in the export. Nothing is written.
    """
    from store.export import analyses  # noqa: PLC0415 - needs pandas, slow to import
    from store.export.analyses import sheets as analysis_sheets  # noqa: PLC0415 - slow to import, loaded when needed

    refuse_what_is_not_ours(folder.resolve())
    whole = _complete(tables)
    bearing = Findings.of(findings, waivers)
    decisions = decide(whole, bearing, adjudications)
    kept = whole | {kind: each.table.filter(pa.array(each.exported)) for kind, each in decisions.items()}
    sheets = {kind: sheet(KINDS[kind], kept[kind]) for kind in KINDS if kind not in RECORDS or len(whole[kind])}
    for kind, each in sheets.items():
        contract.check(
            KINDS[kind], each, sheets, open_errors=bearing.open_errors.keys(), accepted=bearing.accepted.keys()
        )
    found = analyses.build(kept)
    made = analysis_sheets.sheets(found)
    analysis_sheets.check(found, made, kept)
    account = account_sheet(decisions, found)
    everything = [*sheets.values(), *made, account, waivers_sheet(decisions, bearing.accepted, waivers)]
    settled = sum(len(each.adjudicated) for each in decisions.values())
    heading = Heading(review, Extraction.of(whole, models), licence, settled)
    write(folder, _files(heading, everything, decisions, found, whole["source"], adapters))
    records, exported = sum(len(each.table) for each in decisions.values()), how_many(decisions.values())
    why = why_held_back(decisions)
    return ExportAccount(records, exported, records - exported, why, len(found.analyses), found.pooled)


def _complete(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """A table of every kind; raises ContractViolation for records without an id of their own."""
    whole = {
        kind: tables.get(kind, table_schema(model).empty_table()).combine_chunks() for kind, model in KINDS.items()
    }
    for kind in RECORDS:
        names = [name for name in ("record", "extractor") if name in whole[kind].column_names]
        ids = whole[kind].select(names)
        if pc.any(pc.is_null(ids.column("record"))).as_py():
            raise ContractViolation(f"A {kind} has no record id; read tables with curation.intake or from a review.")
        again = ids.group_by(names).aggregate([([], "count_all")]).filter(pc.field("count_all") > 1)
        if len(again):
            raise ContractViolation(
                f"The {kind} table holds the record {again.column('record')[0].as_py()!r} more than once."
            )
    return whole


def _files(
    heading: Heading,
    sheets: Sequence[Sheet],
    decisions: Mapping[str, Decisions],
    found: Analyses,
    sources: pa.Table,
    adapters: Sequence[Adapter],
) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for each in sheets:
        table = cells.guarded(each.table)
        files |= {f"{each.name}.csv": cells.csv_bytes(table), f"{each.name}.parquet": cells.parquet_bytes(table)}
    added = _added({each.name: each.table for each in sheets}, adapters, {*files, DESCRIPTOR, README})
    described = datapackage(heading, sheets, files | added, sources, sorted(added))
    return files | added | {DESCRIPTOR: described, README: readme(heading, sheets, decisions, found, sorted(added))}


def _added(tables: Mapping[str, pa.Table], adapters: Sequence[Adapter], taken: set[str]) -> dict[str, bytes]:
    """The files of the adapters; raises ValueError where two claim one name, or a name is no plain file name."""
    added: dict[str, bytes] = {}
    for adapter in adapters:
        for name, content in adapter(tables).items():
            if name in taken or name in added or Path(name).name != name:
                raise ValueError(
                    f"An adapter makes the file {name!r}; a file needs a plain name that no other file has."
                )
            added[name] = content
    return added
