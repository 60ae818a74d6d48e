"""Command export: the clean dataset of a review."""

from __future__ import annotations

from pathlib import Path

import click

from curation.commands import remote
from curation.commands.check import checked_review, judged
from curation.commands.common import chosen_rules, refusing
from curation.commands.holding import review_or_server, waiting
from curation.commands.served import Served
from curation.commands.through import Server
from curation.decisions import decide, extractors
from schemas.programs import PROGRAMS
from store.errors import StoreError

WITHHELD = "withheld.csv"
"""Of an export through a server: the sources that are not in it, or not whole, and why."""


@click.command()
@click.argument("review", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--extractor", help="Export one person's extraction instead of what several agree on.")
@click.option(
    "--for", "programs", multiple=True, type=click.Choice(list(PROGRAMS)), help="Also write files for this program."
)
@click.option("--licence", default="", metavar="NAME", help="Licence of the dataset, such as CC-BY-4.0.")
@click.option("--who", help="Through a server: who signs in; by default the extractor, or the name of the account.")
@waiting
@refusing
def export(review: Path, folder: Path, extractor: str | None, programs: tuple[str, ...], licence: str, who: str | None) -> None:  # fmt: skip
    """Write the clean dataset: Parquet, CSV, datapackage.json, and an account of every record.

    Where several people extracted, a record goes out as it was settled (curation reconcile), else if at least two of them
    give it alike, and nobody otherwise.

    Example: curation export myeloma.duckdb dataset/
    """
    from store.export import export as write
    from store.export.adapters import ADAPTERS

    held = review_or_server(review)
    if isinstance(held, Served):
        _received(held, folder, extractor, programs, licence, who or extractor)
        return
    with held as store:  # checked, read and decided under one hold: nobody writes in between
        tables, checked, _ = checked_review(store, chosen_rules(None, []), None, keep=True)
        names = extractors(tables)
        if extractor is not None and extractor not in names:
            raise KeyError(
                f"{review} holds no extraction by {extractor}; there are extractions by {', '.join(names) or 'nobody'}"
            )
        waivers = store.waivers()
        models = [name for name, kind in store.extractor_kinds().items() if kind == "model"]
        decisions = [] if extractor else store.adjudications()
        if extractor:
            tables = store.tables(extractor=extractor)
            checked, _ = decide(judged(tables, chosen_rules(None, []), None), waivers)
    adapters = [ADAPTERS[name].make for name in dict.fromkeys(programs)]
    findings = [one.as_dict() for one in checked.findings]
    account = write(
        tables,
        findings,
        folder,
        review=review.stem,
        waivers=waivers,
        adjudications=decisions,
        licence=licence,
        adapters=adapters,
        models=models,
    )
    click.echo(
        f"{account.records_in} records in: {account.exported} exported, {account.held_back} held back; see {folder / 'account.csv'}"
    )
    click.echo(f"{account.analyses} analyses from {account.pooled} records; see {folder / 'analyses.csv'}")


def _received(
    held: Served, folder: Path, extractor: str | None, programs: tuple[str, ...], licence: str, who: str | None
) -> None:
    """Write the dataset that the server makes, of what the person may see there."""
    from store.export.folder import exported_files, write

    with Server(held, who) as server:
        if extractor is not None and extractor != server.name:
            raise StoreError(f"the server exports what is settled, or the own extraction of who signs in, who is {server.name}; leave --extractor out")  # fmt: skip
        files = remote.export(server, own=extractor is not None, programs=programs, licence=licence)
    write(folder, files, lambda there: None if (ours := exported_files(there)) is None else ours | {WITHHELD})
    click.echo(f"{len(files)} files are written; see {folder / 'account.csv'}")
    if WITHHELD in files:
        click.echo(f"sources that {server.name} may not see yet are left out; see {folder / WITHHELD}", err=True)
