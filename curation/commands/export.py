"""Command export: the clean dataset of a review."""

from __future__ import annotations

from pathlib import Path

import click

from curation.commands.check import checked_review, judged
from curation.commands.common import chosen_rules, refusing
from curation.decisions import decide, extractors
from schemas.programs import PROGRAMS
from store.review import Review


@click.command()
@click.argument("review", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--extractor", help="Export one person's extraction instead of what several agree on.")
@click.option(
    "--for", "programs", multiple=True, type=click.Choice(list(PROGRAMS)), help="Also write files for this program."
)
@click.option("--licence", default="", metavar="NAME", help="Licence of the dataset, such as CC-BY-4.0.")
@refusing
def export(review: Path, folder: Path, extractor: str | None, programs: tuple[str, ...], licence: str) -> None:
    """Write the clean dataset: Parquet, CSV, datapackage.json, and an account of every record.

    Where several people extracted, a record goes out as it was settled (curation reconcile), else if at least two of them
    give it alike, and nobody otherwise.

    Example: curation export myeloma.duckdb dataset/
    """
    from store.export import export as write
    from store.export.adapters import ADAPTERS

    tables, checked, _ = checked_review(review, chosen_rules(None, []), None, keep=True)
    names = extractors(tables)
    if extractor is not None and extractor not in names:
        raise KeyError(
            f"{review} holds no extraction by {extractor}; there are extractions by {', '.join(names) or 'nobody'}"
        )
    with Review.open(review, read_only=True) as store:
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
