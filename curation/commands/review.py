"""Commands on a review file: init, template, intake, waive, history."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from curation.commands import remote
from curation.commands.books import findings_marked, refusals_marked
from curation.commands.common import Progress, moment_of, refusing, whoever
from curation.commands.holding import open_review, review_or_server, waiting
from curation.commands.model import as_model, model_options, quotes_looked_up
from curation.commands.reading import import_options, read_everything
from curation.commands.served import Served
from curation.commands.through import Server
from curation.intake.references import known_ids
from store.history import HistoryEntry
from store.review import Review

_FILE = click.Path(path_type=Path)
OUTCOMES = ("added", "changed", "unchanged", "decided")
_OTHER_BOOKS = {".ods", ".xls", ".xlsm", ".xlsb", ".xltx", ".csv"}
"""Endings that name a file which is not written; a folder of that name would surprise."""


@click.command()
@click.argument("review", type=_FILE)
@refusing
def init(review: Path) -> None:
    """Make an empty review file.

    Example: curation init myeloma.duckdb
    """
    Review.create(review).close()
    click.echo(
        f"{review} is ready; next: curation template FOLDER, then curation intake {review} FOLDER --extractor YOU"
    )


@click.command()
@click.argument("where", metavar="FILE.xlsx|FOLDER", type=_FILE)
@refusing
def template(where: Path) -> None:
    """Write a workbook to type into, a sheet per kind of record; or a folder of empty CSV files.

    Example: curation template extraction.xlsx
    """
    from curation.intake.template import write_folder

    if where.suffix.lower() == ".xlsx":
        from curation.workbook.template import write_template

        click.echo(f"{write_template(where)} is ready; its first sheet says how to fill it in")
        return
    if where.suffix.lower() in _OTHER_BOOKS:
        raise KeyError(
            f"{where} would be a {where.suffix} file; name a file that ends in .xlsx, or a folder for CSV files"
        )
    written = write_folder(where)
    click.echo(f"{len(written)} files in {where}; fill in those you need and delete the others")


@click.command()
@click.argument("review", type=_FILE)
@click.argument("files", type=_FILE, nargs=-1, required=True)
@click.option("--extractor", required=True, help="Who typed it.")
@click.option("--why", default="extraction", show_default=True, help="Reason, kept in the history.")
@click.option(
    "--checked/--no-checked",
    "mark",
    default=True,
    show_default=True,
    help="Write BOOK.checked.xlsx beside every workbook: the same cells, what was refused or contradicts marked in place.",
)
@import_options
@model_options
@waiting
@refusing
def intake(
    review: Path,
    files: tuple[Path, ...],
    extractor: str,
    why: str,
    mark: bool,  # noqa: FBT001 - a flag of the command line
    name: str | None,
    person: str | None,
    leftovers: Path | None,
    model: bool,  # noqa: FBT001 - a flag of the command line
    texts: Path | None,
) -> None:
    """Take workbooks (.xlsx, .ods), CSV folders, CSV, JSON or JSONL files into a review: all of it, or none of it.

    Files of other programs (docs/imports.md) are read, too; what of them has no place is told, with the reason.

    Example: curation intake myeloma.duckdb extraction.xlsx --extractor AB
    """
    plain = not (model or texts or name or person or leftovers)
    held = review_or_server(review) if plain else open_review(review)
    if isinstance(held, Served):
        _sent(held, review, files, extractor, why, mark=mark)
        return
    with held as store:
        with refusals_marked(write=mark), closing(Progress(doing="reading")) as progress:
            known = known_ids(store.tables(sources=()))
            bundle = read_everything(files, known, name=name, person=person, leftovers=leftovers, progress=progress)
        by_model = as_model(store, bundle, extractor, model=model)
        with closing(Progress(doing="writing")) as progress:
            done = store.intake(bundle.rows, who=extractor, why=why, progress=progress)
        revision = store.revision
        quotes = quotes_looked_up(store, bundle, extractor, texts) if by_model or texts else ""
        for remark in bundle.remarks:
            click.echo(remark, err=True)
        if mark:
            findings_marked(store, bundle, extractor)
    _counted({what: getattr(done, what) for what in OUTCOMES})
    if quotes:
        click.echo(quotes)
    click.echo(f"{review} is at revision {revision}; next: curation check {review}")


def _sent(held: Served, review: Path, files: tuple[Path, ...], extractor: str, why: str, *, mark: bool) -> None:
    """Take files in through the server that holds the review."""
    with Server(held, extractor) as server:
        done = remote.intake(server, files, why, mark=mark)
    for remark in done["remarks"]:
        click.echo(remark, err=True)
    _counted(done)
    click.echo(f"{review} is at revision {done['revision']}; next: curation check {review}")


def _counted(done: Mapping[str, Any]) -> None:
    for what in OUTCOMES:
        counts = {kind: count for kind, count in done[what].items() if count}
        if counts:
            click.echo(f"{what}: {', '.join(f'{count} {kind}' for kind, count in counts.items())}")


@click.command()
@click.argument("review", type=_FILE)
@click.argument("fingerprint")
@click.option("--reason", required=True, help="Why the finding is accepted; kept with the finding and the export.")
@click.option("--who", help="Who decides; by default the name of the account.")
@click.option("--withdraw", is_flag=True, help="Take a waiver back instead.")
@waiting
@refusing
def waive(review: Path, fingerprint: str, reason: str, who: str | None, withdraw: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Accept a finding, with a reason; or take that back.

    Example: curation waive myeloma.duckdb 3f9a2c81d04b77e5 --reason "erratum 2014 corrects the table"
    """
    held = review_or_server(review)
    if isinstance(held, Served):
        with Server(held, who) as server:
            person, full = server.name, remote.waive(server, fingerprint, reason, withdraw=withdraw)
    else:
        with held as store:
            person = whoever(who)
            full = (
                store.withdraw_waiver(fingerprint, who=person)
                if withdraw
                else store.waive(fingerprint, who=person, reason=reason)
            )
    click.echo(f"finding {full} is {'open again' if withdraw else 'waived'} ({person}: {reason})")


@click.command()
@click.argument("review", type=_FILE)
@click.argument("record", required=False)
@click.option(
    "--as-of", "as_of", help="Only what was known then: a revision number, or a time such as 2026-05-01T12:00."
)
@waiting
@refusing
def history(review: Path, record: str | None, as_of: str | None) -> None:
    """Who changed what, when and why; of the whole review or of one record.

    Example: curation history myeloma.duckdb count-1a2b3c4d5e
    """
    with open_review(review, read_only=True) as store:
        moment = moment_of(as_of)
        if record is None:
            for each in store.revisions(as_of=moment):
                click.echo(f"revision {each.revision}  {each.at:%Y-%m-%d %H:%M}  {each.who}  {each.action}  {each.why}")
        entries = store.history(record, as_of=moment) if record else []
    for entry in entries:
        click.echo(_entry(entry))
    if record and not entries:
        click.echo(
            f"curation: {review} has no record {record!r}; curation history {review} lists its revisions", err=True
        )
        raise SystemExit(2)


def _entry(entry: HistoryEntry) -> str:
    changes = "; ".join(
        f"{field}: {old or '(blank)'} -> {new or '(blank)'}" for field, (old, new) in entry.changed.items()
    )
    head = f"revision {entry.revision}  {entry.at:%Y-%m-%d %H:%M}  {entry.who}  {entry.action}  {entry.kind} {entry.record_key}"
    return f"{head}  {entry.why}\n    {changes}" if changes else f"{head}  {entry.why}"
