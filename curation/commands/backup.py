"""Commands backup and restore: a review in one file that outlives its database."""

from __future__ import annotations

from pathlib import Path

import click

from curation.commands.common import refusing
from curation.commands.holding import open_review, waiting

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("review", type=_FILE)
@click.argument("target", metavar="BACKUP", type=_FILE)
@click.option("--force", is_flag=True, help="Replace a file of that name.")
@waiting
@refusing
def backup(review: Path, target: Path, force: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Write a review with all of its history into one zip file of Parquet tables, and read it again to verify it.

    The backup holds what everybody extracted and the hashes of their passwords: keep it as you keep the review.

    Example: curation backup myeloma.duckdb myeloma-2026-11-30.zip
    """
    from store.backup import back_up
    from store.errors import StoreError

    if target.is_dir():
        raise StoreError(f"{target} is a folder; name a file in it, such as {target / (review.stem + '.zip')}")
    if target.exists() and (not force or target.samefile(review)):
        raise StoreError(
            f"{target} exists already; choose another name{'' if force else ', or replace it with --force'}"
        )
    with open_review(review, read_only=True) as store:
        made = back_up(store, target)
    click.echo(f"{target} holds {review.name} at revision {made.revision}: {len(made.tables)} tables, {made.rows} rows, content hash {made.hash[:16]}, verified")  # fmt: skip
    click.echo(f"next, should it be needed: curation restore {target} {review.stem}-restored.duckdb")


@click.command()
@click.argument("source", metavar="BACKUP", type=_FILE)
@click.argument("review", type=_FILE)
@click.option("--force", is_flag=True, help="Replace a review of that name; what it holds is lost.")
@refusing
def restore(source: Path, review: Path, force: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Make a review from a backup; it is compared with the backup's hashes before it takes its place.

    Example: curation restore myeloma-2026-11-30.zip myeloma.duckdb
    """
    from store.restore import restore as make

    made = make(source, review, force=force)
    click.echo(f"{review} is {made.review} as it was on {made.made}, at revision {made.revision}: {made.rows} rows, content hash {made.hash[:16]}, verified")  # fmt: skip
