"""Command pool: pool the exported dataset; results table, plots and a page."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from os import cpu_count
from pathlib import Path
from typing import TYPE_CHECKING

import click

from curation.commands.common import Progress, refusing
from curation.report.pooled_text import FORMATS, results_text
from schemas.measures import MEASURES, METHODS, TESTS

if TYPE_CHECKING:
    from pooling.run import Choice


@click.command()
@click.argument("dataset", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the results; DIR-pooled if not given.")
@click.option("--only", multiple=True, metavar="ID", help="Pool this analysis only; may be repeated.")
@click.option(
    "--measure",
    type=click.Choice(list(MEASURES), case_sensitive=False),
    help="Effect measure, where an analysis can have it.",
)
@click.option("--method", type=click.Choice(list(METHODS), case_sensitive=False), help="How the studies are pooled.")
@click.option("--test", type=click.Choice(list(TESTS), case_sensitive=False), help="How the interval is made.")
@click.option(
    "--level", type=click.FloatRange(0, 100, min_open=True, max_open=True), help="Confidence level in percent."
)
@click.option("--plots", type=click.Choice(FORMATS), default="svg", show_default=True, help="Which plots are drawn.")
@refusing
def pool(
    dataset: Path, out: Path | None, only: tuple[str, ...], measure: str | None, method: str | None, test: str | None,
    level: float | None, plots: str,
) -> None:  # fmt: skip
    """Pool the dataset that 'curation export' wrote: results.csv, plots and pooled.html.

    Each analysis is pooled as analyses.csv proposes. A measure or method given here applies to the analyses that can
    have it; effects as reported keep their measure.

    Example: curation pool dataset/
    """
    from pooling.run import Choice

    choice = Choice(measure=measure, method=method, test=test, level=level)
    target = out or dataset.resolve().with_name(f"{dataset.resolve().name}-pooled")
    processes = cpu_count() or 1 if _may_start_others() else 1
    click.echo(pool_into(dataset, target, choice, only=only, plots=plots, processes=processes))


def _may_start_others() -> bool:
    """Whether a started process, which reads the main script again, does not run the command again."""
    main = getattr(sys.modules["__main__"], "__file__", None)
    return main is None or Path(main).stem in {"curation", "__main__"}


def pool_into(
    dataset: Path, target: Path, choice: Choice, *, only: Sequence[str] = (), plots: str = "svg", processes: int = 1
) -> str:
    """Pool a dataset into a folder; returns the table for the terminal.

    Args:
        dataset: the folder of the dataset.
        target: the folder for the results: a new or empty one, or an earlier one of this kind.
        choice: how to pool instead of as proposed.
        only: ids of the analyses to pool; all if empty.
        plots: which plots are written: svg, png, both, none.
        processes: how many processes draw (see ``pooled_files``).

    Raises:
        CannotPool: the folder is no dataset that can be pooled; the message says why.
        StoreError: the target holds other files, or cannot be written.
    """
    from curation.report.pooled import known_files, pooled_files
    from pooling.dataset import read
    from pooling.run import left_as_proposed, run_all
    from store.export.folder import refuse_what_is_not_ours, write

    refuse_what_is_not_ours(target.resolve(), known_files)
    data = read(dataset)
    for file in data.changed:
        click.echo(f"curation: {file} is not as it was exported; its present numbers are pooled", err=True)
    if only:
        data = data.only(only)
    for sentence in left_as_proposed(data.analyses, choice):
        click.echo(f"curation: {sentence}", err=True)
    progress = Progress(doing="pooling")
    outcomes = list(run_all(data.analyses, choice, progress))
    progress.close()
    progress = Progress(doing="drawing")
    write(target, pooled_files(data, outcomes, plots, progress, processes=processes), known_files)
    progress.close()
    return results_text(outcomes, target)
