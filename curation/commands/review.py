"""Commands on a review file: init, template, intake, waive, history."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from curation.commands.common import refusing, whoever
from curation.commands.reading import known_ids, read_consistently
from store.history import HistoryEntry
from store.review import Review

_FILE = click.Path(path_type=Path)


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
@click.argument("folder", type=_FILE)
@refusing
def template(folder: Path) -> None:
    """Write empty CSV files with the right headers, one per kind of record.

    Example: curation template extraction/
    """
    from curation.intake.template import write_folder

    written = write_folder(folder)
    click.echo(f"{len(written)} files in {folder}; fill in those you need and delete the others")


@click.command()
@click.argument("review", type=_FILE)
@click.argument("files", type=_FILE, nargs=-1, required=True)
@click.option("--extractor", required=True, help="Who typed it.")
@click.option("--why", default="extraction", show_default=True, help="Reason, kept in the history.")
@refusing
def intake(review: Path, files: tuple[Path, ...], extractor: str, why: str) -> None:
    """Take CSV folders, CSV, JSON or JSONL files into a review: all of it, or none of it.

    Example: curation intake myeloma.duckdb extraction/ --extractor AB
    """
    with Review.open(review) as store:
        bundle = read_consistently(files, known_ids(store.tables()))
        done = store.intake(bundle.tables, who=extractor, why=why)
        revision = store.revision
    for name in ("added", "changed", "unchanged", "decided"):
        counts = {kind: count for kind, count in getattr(done, name).items() if count}
        if counts:
            click.echo(f"{name}: {', '.join(f'{count} {kind}' for kind, count in counts.items())}")
    click.echo(f"{review} is at revision {revision}; next: curation check {review}")


@click.command()
@click.argument("review", type=_FILE)
@click.argument("fingerprint")
@click.option("--reason", required=True, help="Why the finding is accepted; kept with the finding and the export.")
@click.option("--who", help="Who decides; by default the name of the account.")
@click.option("--withdraw", is_flag=True, help="Take a waiver back instead.")
@refusing
def waive(review: Path, fingerprint: str, reason: str, who: str | None, withdraw: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Accept a finding, with a reason; or take that back.

    Example: curation waive myeloma.duckdb 3f9a2c81d04b77e5 --reason "erratum 2014 corrects the table"
    """
    with Review.open(review) as store:
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
@refusing
def history(review: Path, record: str | None, as_of: str | None) -> None:
    """Who changed what, when and why; of the whole review or of one record.

    Example: curation history myeloma.duckdb count-1a2b3c4d5e
    """
    with Review.open(review, read_only=True) as store:
        moment = _moment(as_of)
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


def _moment(text: str | None) -> int | datetime | None:
    if text is None or text.isdigit():
        return None if text is None else int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise KeyError(f"--as-of {text!r} is neither a revision number nor a time such as 2026-05-01T12:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _entry(entry: HistoryEntry) -> str:
    changes = "; ".join(
        f"{field}: {old or '(blank)'} -> {new or '(blank)'}" for field, (old, new) in entry.changed.items()
    )
    head = f"revision {entry.revision}  {entry.at:%Y-%m-%d %H:%M}  {entry.who}  {entry.action}  {entry.kind} {entry.record_key}"
    return f"{head}  {entry.why}\n    {changes}" if changes else f"{head}  {entry.why}"
