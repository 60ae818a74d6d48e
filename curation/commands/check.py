"""Command check: a review file, a folder or a file of records, against every rule."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pyarrow as pa

from curation.commands.common import Progress, chosen_rules, refusing
from curation.commands.query import pending_by_finding
from curation.commands.reading import documents, import_options, is_review, read_everything
from curation.decisions import check_review, check_tables
from curation.engine.findings import ORDER
from curation.engine.rule import Rule
from curation.engine.run import Checked
from store.findings import Waiver
from store.review import Review

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("what", type=_FILE)
@click.option(
    "--format", "shape", type=click.Choice(["text", "json", "sarif", "html"]), default="text", show_default=True
)
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
@import_options
@refusing
def check(
    what: Path,
    shape: str,
    out: Path | None,
    wanted: tuple[str, ...],
    folder: Path | None,
    texts: Path | None,
    fail_on: str,
    name: str | None,
    person: str | None,
    leftovers: Path | None,
) -> None:
    """Say what cannot be true: in a review file, a folder of CSV files, a CSV, JSON or JSONL file, or another program's.

    Example: curation check myeloma.duckdb --format html --out report.html
    """
    rules = chosen_rules(folder, wanted)
    tables, checked, stale = (
        checked_review(what, rules, texts, keep=not wanted)
        if is_review(what)
        else checked_files(what, rules, texts, name=name, person=person, leftovers=leftovers)
    )
    asked = pending_by_finding(what) if shape == "text" and is_review(what) else {}
    report = rendered(shape, checked, tables, rules, what.name, stale, asked)
    if out is None:
        click.echo(report)
    else:
        out.write_text(report, encoding="utf-8")
        click.echo(f"{out} is written", err=True)
    sys.exit(exit_code(checked, fail_on))


def checked_files(
    what: Path,
    rules: tuple[Rule, ...],
    texts: Path | None,
    *,
    name: str | None = None,
    person: str | None = None,
    leftovers: Path | None = None,
) -> tuple[Mapping[str, pa.Table], Checked, list[Any]]:
    """Check files without a review; ``name``, ``person`` and ``leftovers`` are for files of other programs."""
    bundle = read_everything([what], name=name, person=person, leftovers=leftovers)
    for remark in bundle.remarks:
        click.echo(remark, err=True)
    tables = dict(bundle.tables)
    return tables, judged(tables, rules, texts), []


def checked_review(
    path: Path, rules: tuple[Rule, ...], texts: Path | None, *, keep: bool
) -> tuple[Mapping[str, pa.Table], Checked, list[Waiver]]:
    """Check a review file with every extractor's records judged alone; a check by all rules is kept in it."""
    with Review.open(path) as store:
        tables = store.tables()
        progress = Progress()
        one = check_review(store, tables, rules, documents(texts, tables), progress, keep=keep)
        progress.close()
    return tables, one.checked, one.stale


def judged(tables: Mapping[str, pa.Table], rules: tuple[Rule, ...], texts: Path | None) -> Checked:
    """What the rules say of these tables, with the texts of the sources where there are any."""
    progress = Progress()
    checked = check_tables(tables, rules, documents(texts, tables), progress)
    progress.close()
    return checked


def rendered(
    shape: str,
    checked: Checked,
    tables: Mapping[str, pa.Table],
    rules: tuple[Rule, ...],
    name: str,
    stale: list[Any],
    asked: Mapping[str, str] | None = None,
) -> str:
    """The report in the wanted shape; ``asked`` are open questions by fingerprint, for the text."""
    if shape == "json":
        from curation.report.findings_json import findings_document

        return json.dumps(findings_document(checked, name, stale), ensure_ascii=False, indent=2)
    if shape == "sarif":
        from curation.report.sarif import sarif_document

        return json.dumps(sarif_document(checked, rules), ensure_ascii=False, indent=2)
    if shape == "html":
        from curation.report.html.page import html_page

        return html_page(checked, tables, rules, title=name, stale=stale)
    from curation.report.text import full_text

    lines = [full_text(checked, asked=asked)]
    lines += [f"stale waiver {each.fingerprint} ({each.who}: {each.reason}): its finding is gone" for each in stale]
    return "\n".join(lines)


def exit_code(checked: Checked, fail_on: str) -> int:
    """1 if an open finding is at least this grave, else 0."""
    if fail_on == "never":
        return 0
    return int(any(one.status == "open" and ORDER[one.severity] <= ORDER[fail_on] for one in checked.findings))
