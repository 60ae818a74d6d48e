"""From what a person names (a review, a folder, a file) to the tables a check needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from curation.intake.bundle import Bundle
from curation.intake.problems import Refused
from curation.intake.read import read
from curation.intake.references import references
from schemas.kinds.entities import ENTITIES

STORE_SUFFIX = ".duckdb"
BOM = "﻿"


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


def known_ids(tables: Mapping[str, pa.Table]) -> dict[str, set[str]]:
    """The ids of the entities that a review already holds; an arm is known as 'study/arm'."""
    return {
        model.kind: {
            "/".join(str(part) for part in key)
            for key in zip(
                *(tables[model.kind].column(each.name).to_pylist() for each in model.fields() if each.key), strict=True
            )
        }
        for model in ENTITIES
        if model.kind in tables
    }


def documents(folder: Path | None, tables: Mapping[str, pa.Table]) -> pa.Table | None:
    """The texts of the sources, for the quote check: the files that the sources name, in this folder."""
    if folder is None:
        return None
    sources = tables["source"].select(["source", "document"]).to_pylist()
    named = [(each["source"], folder / each["document"]) for each in sources if each["document"]]
    found = [
        (source, file.read_text(encoding="utf-8", errors="replace").removeprefix(BOM))
        for source, file in named
        if file.is_file()
    ]
    return pa.table(
        {"source": [source for source, _ in found], "text": [text for _, text in found]},
        schema=pa.schema([("source", pa.string()), ("text", pa.string())]),
    )
