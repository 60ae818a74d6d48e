"""From what a person names (a review, a folder, a file) to the tables a check needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
import pyarrow as pa

from curation.entry.documents import source_text
from curation.exchange.formats import by_ending, is_own, named, recognise, start_of
from curation.exchange.imported import Format, Imported
from curation.exchange.leftovers import beside, summary, write
from curation.exchange.people import work_of
from curation.exchange.reading import TakenIn, bundle_of, told_apart
from curation.intake.bundle import Bundle
from curation.intake.files import READABLE, WORKBOOKS
from curation.intake.problems import Problem, Refused
from curation.intake.read import Told, read
from curation.intake.references import references

Act = TypeVar("Act", bound=Callable[..., Any])
STORE_SUFFIX = ".duckdb"
OWN_SUFFIXES = WORKBOOKS | {".csv", ".json", ".jsonl"}


def is_review(path: Path) -> bool:
    """Whether the path names a review file, existing or not."""
    return path.suffix == STORE_SUFFIX


def import_options(act: Act) -> Act:
    """The options of a command that reads files of other programs: ``name``, ``person`` and ``leftovers``."""
    name = click.option("--as", "name", metavar="FORMAT", help="Read files of other programs as this format.")
    leftovers = click.option(
        "--leftovers",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE.csv",
        help="File for what of them has no place; FILE.leftovers.csv beside each of them by default.",
    )
    person = click.option(
        "--of", "person", metavar="NAME", help="Of a file with the work of several people, what this one extracted."
    )
    return name(person(leftovers(act)))


def read_consistently(
    paths: Sequence[Path], known: Mapping[str, set[str]] | None = None, progress: Told | None = None
) -> Bundle:
    """Read input whose ids all lead somewhere: within itself, or among the known ones. Raises Refused."""
    bundle = read(paths, progress)
    _lead_somewhere(bundle, known)
    return bundle


def read_everything(
    paths: Sequence[Path],
    known: Mapping[str, set[str]] | None = None,
    *,
    name: str | None = None,
    person: str | None = None,
    leftovers: Path | None = None,
    progress: Told | None = None,
) -> Bundle:
    """Read our own files and those of other programs into one bundle; what has no place is told and written down.

    Args:
        paths: files and folders.
        known: keys of the entities the review has already.
        name: the format to read the files of other programs as; by their content if None.
        person: whose work is read of a file with the work of several people.
        leftovers: the CSV file for what has no place; beside each file if None.
        progress: is told how far the reading of our own files is.

    Raises Refused where our own rows are malformed, or a file cannot be read at all.
    """
    chosen = {path: _format(path, name) for path in dict.fromkeys(paths)}
    imports = [(path, work_of(one.read(path), person)) for path, one in chosen.items() if one]
    if not imports:
        return read_consistently(paths, known, progress)
    own = [path for path, one in chosen.items() if one is None]
    told = told_apart([(str(path), one) for path, one in imports])
    taken = bundle_of(*told, own=read(own) if own else None, known=known)
    _lead_somewhere(taken.bundle, known)
    _write(taken, [path for path, _ in imports], told, leftovers)
    for sentence in (*(each.sentence for each in taken.accounts), *summary(taken.leftovers)):
        click.echo(sentence, err=True)
    return taken.bundle


def _lead_somewhere(bundle: Bundle, known: Mapping[str, set[str]] | None) -> None:
    problems = references(bundle, known or {})
    if problems:
        raise Refused(problems)


def _format(path: Path, name: str | None) -> Format | None:
    """How a path is read: by a format of another program, or (None) as ours."""
    if name is not None and path.exists() and not is_own(path, start_of(path)):
        return named(name)
    found = recognise(path)
    alike = by_ending(path)
    if found is None and alike and path.is_file() and path.suffix.lower() not in OWN_SUFFIXES:
        titles = " or ".join(one.title for one in alike)
        raise Refused([Problem(path.name, None, None, f"a {path.suffix} file that is no {titles}", READABLE)])
    return found


def _write(taken: TakenIn, paths: Sequence[Path], imports: Sequence[Imported], target: Path | None) -> None:
    """Write the leftovers: all in the target, or beside each file those of that file."""
    if target is not None:
        write(taken.leftovers, target)
        return
    for path, one in zip(paths, imports, strict=True):
        mine = [each for each in taken.leftovers if each.file == one.file]
        if mine or beside(path).exists():
            write(mine, beside(path))
            click.echo(f"{beside(path)} has what was left over", err=True)


def documents(folder: Path | None, tables: Mapping[str, pa.Table]) -> pa.Table | None:
    """The texts of the sources, for the quote check: the files that the sources name, in this folder.

    A file that cannot be used is named on stderr; one that is not there is passed over.
    """
    if folder is None:
        return None
    found: dict[str, str] = {}
    for each in tables["source"].select(["source", "document"]).to_pylist():
        one = source_text(folder, each["document"])
        if one.result == "read":
            found[each["source"]] = one.text
        elif one.result == "refused":
            click.echo(one.sentence, err=True)
    return pa.table(
        {"source": list(found), "text": list(found.values())},
        schema=pa.schema([("source", pa.string()), ("text", pa.string())]),
    )
