"""Command repool: a RevMan review pooled again by its own settings, beside the results in its file."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from curation.commands.common import refusing
from curation.exchange.revman_numbers import number
from curation.intake.problems import Problem, Refused

if TYPE_CHECKING:
    from curation.exchange.imported import Format
    from curation.exchange.repool import Line
    from curation.exchange.revman_review import Review

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--all", "everything", is_flag=True, help="Show the numbers of single studies that agree, too.")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True)
@refusing
def repool(file: Path, everything: bool, shape: str) -> None:  # noqa: FBT001 - a flag of the command line
    """Pool every analysis of a RevMan file again, by its own settings, and compare with the results it holds.

    Exit code 1 if a number does not agree within its rounding.

    Example: curation repool review.rm5
    """
    from curation.exchange.repool import repooled

    lines = repooled(_review(file))
    if shape == "json":
        click.echo(json.dumps([_plain(each) for each in lines], ensure_ascii=False, indent=2))
    else:
        for text in _shown(lines, everything=everything):
            click.echo(text)
    sys.exit(int(any(each.agrees is False for each in lines)))


def _review(file: Path) -> Review:
    """The review in a file of RevMan. Raises Refused where it is none."""
    from curation.exchange import revman_csv, revman_rm5, revman_web
    from curation.exchange.formats import recognise

    if not file.exists():
        raise Refused([Problem(str(file), None, None, "no such file or folder", "a RevMan file")])
    readers: dict[Format, Callable[[Path], Review]] = {
        revman_rm5.FORMAT: revman_rm5.review,
        revman_csv.FORMAT: revman_csv.review,
        revman_web.FORMAT: revman_web.review,
    }
    found = recognise(file)
    if found is None or found not in readers:
        titles = ", ".join(one.title for one in readers)
        raise Refused([Problem(file.name, None, None, "no file of RevMan", f"one of: {titles}")])
    return readers[found](file)


def _plain(line: Line) -> dict[str, object]:
    """A line as JSON holds it; what is not a number is null."""
    made = asdict(line)
    if line.recomputed is not None and not math.isfinite(line.recomputed):
        made["recomputed"] = None
    return made


def _shown(lines: Sequence[Line], *, everything: bool) -> Iterator[str]:
    """A table per analysis. Numbers of studies that agree are only counted."""
    for place in dict.fromkeys(each.analysis for each in lines):
        mine = [each for each in lines if each.analysis == place]
        yield f"{place} {mine[0].name}"
        yield f"  {'':28} {'':20} {'in the file':>14} {'recomputed':>14}"
        for each in mine:
            if everything or each.of_study is False or each.agrees is False:
                yield _row(each)
        studies = sum(each.of_study and each.agrees is True for each in mine)
        if studies and not everything:
            yield f"  and {studies} numbers of its studies agree"
    agree, differ = (sum(each.agrees is said for each in lines) for said in (True, False))
    yield f"{agree} numbers agree, {differ} do not; {len(lines) - agree - differ} are not in the file"


def _row(line: Line) -> str:
    said = {True: "agrees", False: "DIFFERS", None: "not in the file"}[line.agrees]
    recomputed = "" if line.recomputed is None or math.isnan(line.recomputed) else number(repr(line.recomputed))
    where = line.part or "Total"
    text = f"  {where[:28]:28} {line.quantity:20} {line.printed:>14} {recomputed:>14}  {said}"
    return f"{text} ({line.note})" if line.note else text
