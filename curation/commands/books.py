"""Workbooks at intake: the checked copy beside each of them, whether it is refused or taken in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from curation.commands.common import Progress, chosen_rules
from curation.decisions import decide
from curation.engine.run import check as run_check
from curation.intake.bundle import Bundle
from curation.intake.problems import Refused
from schemas.registry import RECORDS
from store.review import Review

MOST_CHECKED = 20_000
"""Records of one extractor up to which an intake ends with a check; with more it would take minutes."""

if TYPE_CHECKING:
    from curation.workbook.marks import Mark


@contextmanager
def refusals_marked(*, write: bool) -> Iterator[None]:
    """Where the block ends in a refusal, mark the refused cells in a copy of every workbook they are in."""
    try:
        yield
    except Refused as refused:
        books = {each.spot.sheet.book for each in refused.problems if each.spot} if write else set()
        for book in sorted(books):
            from curation.workbook.marks import marks_of_problems

            shown = len(refused.problems)
            listed = f"; the first {shown:,} are listed" if refused.total > shown else ""
            heading = f"{book.name} was refused: {refused.total:,} problem{'s' if refused.total > 1 else ''}{listed}. Nothing was taken in."
            _write(book, marks_of_problems(refused.problems, book), heading)
        raise


def findings_marked(store: Review, bundle: Bundle, extractor: str) -> None:
    """Check what this extractor has in the review, and mark the contradictions in a copy of every workbook taken in."""
    books = {sheet.book for sheet in bundle.books.values()}
    if not books:
        return
    from curation.workbook.marks import marks_of_findings

    tables = store.tables(extractor=extractor)
    records = sum(len(tables[kind]) for kind in RECORDS if kind in tables)
    if records > MOST_CHECKED:
        click.echo(
            f"no checked copy: {records:,} records are more than the {MOST_CHECKED:,} that are checked at an intake; "
            f"curation check {store.path} checks them all",
            err=True,
        )
        return
    progress = Progress()
    checked = run_check(tables, chosen_rules(None, ()), progress)
    progress.close()
    checked, _ = decide(checked, store.waivers())
    for book in sorted(books):
        marks = marks_of_findings(checked.findings, bundle, book)
        _write(book, marks, f"{book.name} was taken in. What was found in it: {_counted(marks)}.")


def _counted(marks: Sequence[Mark]) -> str:
    from curation.workbook.marks import GRAVITY

    counts = Counter(one.severity for one in marks if not one.also)
    told = [f"{counts[each]:,} {each}{'s' if counts[each] > 1 else ''}" for each in GRAVITY if counts[each]]
    return ", ".join(told) or "nothing that contradicts"


def _write(book: Path, marks: Sequence[Mark], heading: str) -> None:
    from curation.workbook.checked import write_checked

    try:
        target = write_checked(book, marks, heading)
    except OSError as error:
        click.echo(
            f"curation: the checked copy of {book.name} cannot be written ({error.strerror or error}); "
            "close it in the spreadsheet program, or give --no-checked",
            err=True,
        )
    else:
        cells = len({(one.sheet, one.row, one.letter) for one in marks if one.row})
        click.echo(f"{target} has {cells:,} cell{'' if cells == 1 else 's'} marked", err=True)
