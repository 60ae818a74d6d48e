"""Command demo: the main job on the bundled review, end to end."""

from __future__ import annotations

import shutil
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import click

from curation.commands.check import checked_review
from curation.commands.common import came_in, chosen_rules, refusing
from curation.commands.pool import pool_into
from curation.commands.reading import read_consistently
from store.review import Review

REVIEW = "lenalidomide"


def corpus() -> Path:
    """The bundled extraction: five publications on lenalidomide in multiple myeloma."""
    packed = Path(str(resources.files("curation"))) / "bundled" / REVIEW
    return packed if packed.is_dir() else Path(__file__).resolve().parents[2] / "examples" / REVIEW


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Folder for everything that is made.",
)
@refusing
def demo(out: Path) -> None:
    """Run the main job on five published papers: take in, check, report, export, pool.

    Example: curation demo --out out
    """
    from curation.report.findings_json import write_json
    from curation.report.html.page import write_html
    from curation.report.text import terminal
    from store.export import export

    out.mkdir(parents=True, exist_ok=True)
    review = out / "review.duckdb"
    review.unlink(missing_ok=True)
    bundle = read_consistently([corpus()])
    with Review.create(review) as store:
        store.intake(bundle.tables, who="demo", why="bundled corpus")
        rules = chosen_rules(None, [])
        tables, checked, _ = checked_review(store, rules, None, keep=True)
    write_json(checked, REVIEW, out / "findings.json")
    write_html(out / "report.html", checked, tables, rules, title="Lenalidomide in multiple myeloma")
    account = export(tables, [one.as_dict() for one in checked.findings], out / "dataset", review=REVIEW, waivers=[])
    width = min(100, shutil.get_terminal_size((100, 24)).columns)
    click.echo(terminal(checked, came_in=came_in(tables), report=out / "report.html", width=width))
    click.echo(
        f"Dataset: {account.exported} of {account.records_in} records in {out / 'dataset'}; {account.held_back} held back, each with its reason in account.csv"
    )
    click.echo(f"Pooled: {_pooled(out)}")


def _pooled(out: Path) -> str:
    """Pool the dataset; without plots where there is nothing to draw them with."""
    from pooling.run import Choice

    drawn = find_spec("matplotlib") is not None
    table = pool_into(out / "dataset", out / "pooled", Choice(), plots="svg" if drawn else "none")
    missing = "" if drawn else " For plots: pip install 'curation[plots]'"
    return table.splitlines()[-1] + missing
