"""Command flag: which records of a large review contradict which rules, counted and listed without sentences."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.compute as pc

from curation.commands.common import Progress, chosen_rules, refusing
from curation.commands.holding import open_review, waiting
from curation.decisions import flag_review
from curation.engine.findings import worst_first
from curation.engine.flags import Flags
from curation.engine.rule import Rule
from curation.engine.run import Checked, check_batches
from curation.report.text import full_text
from schemas.spreadsheet_text import guarded
from store.review import Review
from store.whole_files import put_in_place

MEMORY = "96MB"
"""What DuckDB may keep of the file in memory while it is read through."""
_FILE = click.Path(path_type=Path)
_FORMATS = (".csv", ".parquet")


@click.command()
@click.argument("review", type=_FILE)
@click.option("--out", type=_FILE, help="Write all contradictions to this .csv or .parquet file, one line each.")
@click.option(
    "--select", "wanted", multiple=True, metavar="FAMILY|ID", help="Only these rules; may be given several times."
)
@click.option("--rules", "folder", type=_FILE, help="Folder with further rules of your own, one per file.")
@click.option(
    "--show",
    type=click.IntRange(min=0),
    default=3,
    show_default=True,
    help="Contradictions of every rule told in full.",
)
@waiting
@refusing
def flag(review: Path, out: Path | None, wanted: tuple[str, ...], folder: Path | None, show: int) -> None:
    """Find the records of a large review that contradict a rule for single records; millions a second, in little memory.

    Every contradiction is counted and, with --out, listed: kind, record, rule. A few of each rule are told in full, with
    everything that check says of them. Rules that look across records, and readings under which a contradiction is
    milder, are left to check. Exit code 0, also where there are contradictions.

    Example: curation flag myeloma.duckdb --out contradictions.csv
    """
    if out is not None and out.suffix not in _FORMATS:
        raise click.UsageError(f"--out {out}: found the ending {out.suffix!r}, expected {' or '.join(_FORMATS)}")
    rules = [each for each in chosen_rules(folder, wanted) if each.rows is None]
    if not rules:
        raise click.UsageError("--select names rules across records only, which flag does not ask; use check")
    progress = Progress(doing="looking at")
    with open_review(review, read_only=True, memory=MEMORY) as store:
        flags = flag_review(store, rules, progress=progress)
        progress.close()
        click.echo("\n".join(_counts(flags, rules)))
        told = list(_told(store, flags, rules, show)) if show else []
    if told:
        click.echo(f"\nThe first of each rule, at most {show}:\n")
        click.echo(full_text(Checked(findings=worst_first(one for each in told for one in each.findings))))
    for rule, problem in flags.crashed.items():
        click.echo(f"Rule {rule} stopped: {problem}. Its counts are not complete.", err=True)
    if out is not None:
        _write(flags.flagged, out)
        click.echo(f"{out} is written: {len(flags.flagged):,} lines", err=True)
    sys.exit(0)


def _counts(flags: Flags, rules: list[Rule]) -> Iterator[str]:
    known = {each.id: each for each in rules}
    asked = {rule: tally for rule, tally in flags.tallies.items() if tally.checked}
    checks = sum(each.checked for each in asked.values())
    several = len(flags.flagged.group_by(["kind", "row"]).aggregate([]))
    yield f"{flags.records:,} records, {checks:,} checks by {len(asked)} rules; {len(flags.flagged):,} contradictions in {several:,} records."
    yield ""
    yield f"{'rule':<14} {'consistent':>13} {'cannot tell':>13} {'contradicts':>13}"
    for rule, tally in sorted(asked.items()):
        yield f"{rule:<14} {tally.consistent:>13,} {tally.cannot_tell:>13,} {tally.contradicts:>13,}  {known[rule].title}"


def _told(store: Review, flags: Flags, rules: list[Rule], show: int) -> Iterator[Checked]:
    """The first contradictions of every rule as a check words them."""
    chosen: dict[str, set[int]] = {}
    for rule in rules:
        own = flags.flagged.filter(pc.field("rule") == rule.id).slice(0, show)
        for line in own.select(["kind", "row"]).to_pylist():
            chosen.setdefault(line["kind"], set()).add(line["row"])
    for kind, rows in chosen.items():
        records = store.records_at(kind, sorted(rows)).drop_columns(["extractor"])
        yield check_batches(kind, records.combine_chunks().to_batches(), rules, records)


def _write(flagged: pa.Table, out: Path) -> None:
    lines = flagged.select(["kind", "record", "rule"])
    with put_in_place(out) as file:
        if out.suffix == ".parquet":
            import pyarrow.parquet as pq

            pq.write_table(lines, file)
            return
        with file.open("w", encoding="utf-8", newline="") as written:
            writer = csv.writer(written)
            writer.writerow(lines.column_names)
            for batch in lines.to_batches():
                writer.writerows([guarded(each) for each in line.values()] for line in batch.to_pylist())
