"""Command export: the clean dataset of a review."""

from __future__ import annotations

from pathlib import Path

import click

from curation.commands.check import checked_review, extractors
from curation.commands.common import chosen_rules, refusing
from store.review import Review


@click.command()
@click.argument("review", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--extractor", help="Whose extraction, where several people extracted.")
@refusing
def export(review: Path, folder: Path, extractor: str | None) -> None:
    """Write the clean dataset: Parquet, CSV, datapackage.json, and an account of every record.

    Example: curation export myeloma.duckdb dataset/
    """
    from store.export import export as write

    tables, checked, _ = checked_review(review, chosen_rules(None, []), None, keep=True)
    names = extractors(tables)
    if len(names) > 1 and extractor is None:
        raise KeyError(f"{review} holds extractions by {', '.join(names)}, not yet settled; name one with --extractor")
    with Review.open(review, read_only=True) as store:
        waivers = store.waivers()
        tables = store.tables(extractor=extractor) if extractor else tables
    account = write(tables, [one.as_dict() for one in checked.findings], folder, review=review.stem, waivers=waivers)
    click.echo(
        f"{account.records_in} records in: {account.exported} exported, {account.held_back} held back; see {folder / 'account.csv'}"
    )
