"""Command check: a review file, a folder or a file of records, against every rule."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
import pyarrow as pa

from curation.commands import on_spark, remote
from curation.commands.common import Progress, chosen_rules, refusing
from curation.commands.holding import open_review, review_or_server, waiting
from curation.commands.query import pending_by_finding
from curation.commands.reading import documents, import_options, is_review, read_everything
from curation.commands.served import Served
from curation.commands.through import Server
from curation.decisions import Judge, check_review, check_tables
from curation.engine.findings import ORDER
from curation.engine.rule import Rule
from curation.engine.run import Checked
from curation.report.shapes import SHAPES, rendered
from store.findings import Waiver
from store.review import Review
from store.whole_files import write_whole

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("what", type=_FILE)
@click.option("--format", "shape", type=click.Choice(SHAPES), default="text", show_default=True)
@click.option("--out", type=_FILE, help="Write the report to this file instead of the terminal.")
@click.option(
    "--select", "wanted", multiple=True, metavar="FAMILY|ID", help="Only these rules; may be given several times."
)
@click.option("--rules", "folder", type=_FILE, help="Folder with further rules of your own, one per file.")
@click.option("--documents", "texts", type=_FILE, help="Folder with the texts of the sources, for the quote check.")
@click.option(
    "--fail-on",
    type=click.Choice([*ORDER, "never"]),
    default="error",
    show_default=True,
    help="Least severity that makes the exit code 1.",
)
@click.option(
    "--engine",
    type=click.Choice(on_spark.ENGINES),
    default="local",
    show_default=True,
    help="One process, or Spark's tasks.",
)
@click.option(
    "--findings", type=_FILE, help="With spark and Parquet files: write the findings as Parquet to this folder."
)
@click.option("--who", help="Through a server: who signs in; by default the name of the account.")
@import_options
@waiting
@refusing
def check(
    what: Path,
    shape: str,
    out: Path | None,
    wanted: tuple[str, ...],
    folder: Path | None,
    texts: Path | None,
    fail_on: str,
    engine: str,
    findings: Path | None,
    who: str | None,
    name: str | None,
    person: str | None,
    leftovers: Path | None,
) -> None:
    """Say what cannot be true: in a review file, a folder of CSV files, a CSV, JSON or JSONL file, or another program's.

    Example: curation check myeloma.duckdb --format html --out report.html
    """
    rules = chosen_rules(folder, wanted)
    on_cluster = on_spark.judging(folder) if engine == "spark" else None
    if findings is not None or (on_cluster and on_spark.holds_parquet(what)):
        sys.exit(on_spark.check_parquet(what, rules, folder, engine, findings, out, shape, fail_on))
    if is_review(what):
        held = open_review(what) if folder or texts or on_cluster else review_or_server(what)
        if isinstance(held, Served):
            with Server(held, who) as server:
                report, left = remote.check(server, shape, wanted)
            _written(report, out)
            sys.exit(_exit_code([each for each in left if left[each]], fail_on))
        with held as store:
            tables, checked, stale = checked_review(store, rules, texts, keep=not wanted, judge=on_cluster)
            asked = pending_by_finding(store) if shape == "text" else {}
    else:
        tables, checked, stale = checked_files(
            what, rules, texts, name=name, person=person, leftovers=leftovers, judge=on_cluster
        )
        asked = {}
    _written(rendered(shape, checked, tables, rules, what.name, stale, asked), out)
    sys.exit(exit_code(checked, fail_on))


def _written(report: str, out: Path | None) -> None:
    if out is None:
        click.echo(report)
    else:
        write_whole(out, report)
        click.echo(f"{out} is written", err=True)


def checked_files(
    what: Path,
    rules: tuple[Rule, ...],
    texts: Path | None,
    *,
    name: str | None = None,
    person: str | None = None,
    leftovers: Path | None = None,
    judge: Judge | None = None,
) -> tuple[Mapping[str, pa.Table], Checked, list[Any]]:
    """Check files without a review; ``name``, ``person`` and ``leftovers`` are for files of other programs."""
    bundle = read_everything([what], name=name, person=person, leftovers=leftovers)
    for remark in bundle.remarks:
        click.echo(remark, err=True)
    tables = dict(bundle.tables)
    return tables, judged(tables, rules, texts, judge), []


def checked_review(
    store: Review, rules: tuple[Rule, ...], texts: Path | None, *, keep: bool, judge: Judge | None = None
) -> tuple[Mapping[str, pa.Table], Checked, list[Waiver]]:
    """Check an open review with every extractor's records judged alone; a check by all rules is kept in it."""
    tables = store.tables()
    progress = Progress()
    one = check_review(store, tables, rules, documents(texts, tables), progress, keep=keep, judge=judge)
    progress.close()
    return tables, one.checked, one.stale


def judged(
    tables: Mapping[str, pa.Table], rules: tuple[Rule, ...], texts: Path | None, judge: Judge | None = None
) -> Checked:
    """What the rules say of these tables, with the texts of the sources where there are any."""
    progress = Progress()
    checked = (judge or check_tables)(tables, rules, documents(texts, tables), progress)
    progress.close()
    return checked


def exit_code(checked: Checked, fail_on: str) -> int:
    """1 if an open finding is at least this grave, else 0."""
    return _exit_code((one.severity for one in checked.findings if one.status == "open"), fail_on)


def _exit_code(severities: Iterable[str], fail_on: str) -> int:
    return int(fail_on != "never" and any(ORDER[each] <= ORDER[fail_on] for each in severities))
