"""From what a person names (a review, a folder, a file) to the tables a check needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import pyarrow as pa

from curation.entry.documents import source_text
from curation.intake.bundle import Bundle
from curation.intake.problems import Refused
from curation.intake.read import read
from curation.intake.references import references

STORE_SUFFIX = ".duckdb"


def is_review(path: Path) -> bool:
    """Whether the path names a review file, existing or not."""
    return path.suffix == STORE_SUFFIX


def read_consistently(paths: Sequence[Path], known: Mapping[str, set[str]] | None = None) -> Bundle:
    """Read input whose ids all lead somewhere: within itself, or among the known ones. Raises Refused."""
    bundle = read(paths)
    problems = references(bundle, known or {})
    if problems:
        raise Refused(problems)
    return bundle


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
