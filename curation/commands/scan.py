"""Command scan: the statistics printed in published articles, against every rule."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from curation.commands.check import exit_code
from curation.commands.common import Progress, refusing
from curation.commands.holding import open_review, waiting
from curation.engine.findings import ORDER
from store.whole_files import write_whole

if TYPE_CHECKING:
    from curation.scan.many import Outcome

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option(
    "--format", "shape", type=click.Choice(["text", "json", "sarif", "html"]), default="text", show_default=True
)
@click.option("--out", type=_FILE, help="Write the report to this file instead of the terminal.")
@click.option(
    "--jobs", type=click.IntRange(1, 256), help="Processes that work at the same time; by default one per core."
)
@click.option("--to", "review", type=_FILE, help="Propose what was read to this review, for an extractor to accept.")
@click.option("--source", help="With --to: id of the source in the review; by default the one with the same DOI.")
@click.option(
    "--fail-on",
    type=click.Choice([*ORDER, "never"]),
    default="error",
    show_default=True,
    help="Least severity that makes the exit code 1.",
)
@waiting
@refusing
def scan(
    files: tuple[Path, ...],
    shape: str,
    out: Path | None,
    jobs: int | None,
    review: Path | None,
    source: str | None,
    fail_on: str,
) -> None:
    """Find the statistics printed in articles (JATS XML, HTML, PDF, DOCX, text, tables) and say what cannot be true.

    Example: curation scan paper.xml --format html --out report.html
    """
    from curation.scan.many import documents_under, scan_files, usual_jobs
    from curation.scan.summary import together

    paths = documents_under(files)
    if not paths:
        raise KeyError(f"{', '.join(str(each) for each in files)}: no document that can be scanned")
    progress = Progress(doing="scanning")
    outcomes: list[Outcome] = []
    for each in scan_files(paths, jobs or usual_jobs()):
        outcomes.append(each)
        progress(each.path.name, len(outcomes), len(paths))
    progress.close()
    for each in outcomes:
        for problem in each.problems:
            click.echo(problem, err=True)
    if all(each.scan is None for each in outcomes):
        sys.exit(2)
    checked = together(outcomes)
    report = rendered(shape, outcomes)
    if out is None:
        click.echo(report)
    else:
        write_whole(out, report)
        click.echo(f"{out} is written", err=True)
    if review is not None:
        _propose(review, outcomes, source)
    sys.exit(exit_code(checked, fail_on))


def rendered(shape: str, outcomes: Sequence[Outcome]) -> str:
    """The report in the wanted shape."""
    from curation.scan import summary
    from curation.scan.across import across_rules
    from curation.scan.judge import scan_rules

    asked = tuple({each.id: each for each in (*scan_rules(), *across_rules())}.values())
    checked = summary.together(outcomes)
    name = outcomes[0].path.name if len(outcomes) == 1 else f"{len(outcomes)} documents"
    if shape == "json":
        from curation.report.findings_json import findings_document

        document = findings_document(checked, name) | {"documents": summary.documents(outcomes)}
        return json.dumps(document, ensure_ascii=False, indent=2)
    if shape == "sarif":
        from curation.report.sarif import sarif_document

        files = {each.source: each.path.name for each in outcomes}
        return json.dumps(sarif_document(checked, asked, files), ensure_ascii=False, indent=2)
    if shape == "html":
        from curation.scan.page.page import scan_page

        failed = {each.path.name: each.problems for each in outcomes if each.scan is None}
        return scan_page([each.scan for each in outcomes if each.scan is not None], asked, failed)
    return _text(outcomes)


def _text(outcomes: Sequence[Outcome]) -> str:
    from curation.report.text import full_text
    from curation.scan import summary

    lines: list[str] = []
    if len(outcomes) > 1:
        lines += [*summary.table(outcomes), ""]
    elif outcomes[0].scan is not None:
        lines += [f"{outcomes[0].path.name}: {summary.found_in(outcomes[0].scan)}", ""]
    return "\n".join([*lines, full_text(summary.together(outcomes))])


def _propose(review: Path, outcomes: Sequence[Outcome], source: str | None) -> None:
    from curation.scan.propose import proposed

    scanned = [each.scan for each in outcomes if each.scan is not None]
    if source is not None and len(scanned) > 1:
        raise KeyError(
            f"--source names one document, and {len(scanned)} were scanned; scan one at a time, or leave it out"
        )
    with open_review(review) as store:
        known = store.tables(sources=())["source"].select(["source", "doi"]).to_pylist()
        for each in scanned:
            place = source or _source_of(each.document.doi, each.document.file, known, review)
            done = store.propose(proposed(each, place), why=f"scanned {each.document.file}")
            click.echo(f"{place}: {done}; next: curation proposals {review} --source {place}", err=True)


def _source_of(doi: str, file: str, known: Sequence[dict[str, str | None]], review: Path) -> str:
    """The source of the review that a document is, told by its DOI."""
    found = [str(each["source"]) for each in known if doi and (each["doi"] or "").casefold() == doi.casefold()]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(str(each["source"]) for each in known[:10]) or "none yet"
    said = f"its DOI {doi} is that of no source" if doi else "it names no DOI"
    raise KeyError(
        f"{file}: which source of {review} is it? {said} there (sources: {listed}); name it with --source ID, or enter "
        "the source first"
    )
