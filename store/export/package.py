"""datapackage.json: the Frictionless description of every table, column by column, with its hash."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from schemas.dataset import Column
from store.export.extraction import Extraction
from store.export.sheets import Reference, Sheet

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
MADE_BY = "curation export"
"""How we know a folder again as an export of ours."""
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Heading:
    """What the dataset says of itself: name of the review, whose extraction it holds, short name of its licence."""

    review: str
    extraction: Extraction
    licence: str = ""
    adjudicated: int = 0
    """Records that go out by decision of an adjudicator."""


def datapackage(
    heading: Heading, sheets: Sequence[Sheet], files: Mapping[str, bytes], sources: pa.Table, added: Sequence[str] = ()
) -> bytes:
    """The descriptor as UTF-8 JSON.

    It names every CSV file as a resource (readers of Data Package 1 and 2 both take it) and, beside each, the Parquet
    file with the same content. Nothing in it depends on when or where the export was made. ``hash`` is the SHA-256 of
    the sorted hashes of the CSV files, one on a line: equal data, equal hash. ``added`` are files beside the tables.
    """
    package: Facts = {
        "$schema": PROFILE,
        "profile": "tabular-data-package",
        "name": slug(heading.review),
        "title": heading.review,
        "description": "Clean dataset of a systematic review: every number checked, keyed and traceable to its place in print.",
        "madeBy": MADE_BY,
        "extraction": heading.extraction.said,
    }
    if heading.adjudicated:
        package["adjudicatedRecords"] = heading.adjudicated
    if heading.licence:
        package["licenses"] = [{"name": heading.licence}]
    package["sources"] = [_source(each) for each in sources.to_pylist()]
    package["resources"] = [_resource(each, files) for each in sheets]
    package["hash"] = _content_hash(package["resources"])
    if added:
        package["files"] = [_file(name, files) for name in added]
    if not package["sources"]:
        del package["sources"]
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()


def slug(text: str) -> str:
    """A name in lower case with dashes, as the specification asks for.

    >>> slug("Lenalidomide in myeloma (2021)")
    'lenalidomide-in-myeloma-2021'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "review"


def _source(row: Mapping[str, Any]) -> Facts:
    found = {"title": row["title"] or row["source"], "id": row["source"]}
    if (row["doi"] or "").startswith("10."):
        found["path"] = "https://doi.org/" + quote(row["doi"], safe="/")
    return found | {name: row[name] for name in ("citation", "licence") if row[name]}


def _resource(sheet: Sheet, files: Mapping[str, bytes]) -> Facts:
    return {
        "name": sheet.name,
        "type": "table",
        "profile": "tabular-data-resource",
        "title": sheet.title,
        "description": sheet.meaning,
        **_file(f"{sheet.name}.csv", files),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "rows": len(sheet.table),
        "parquet": _file(f"{sheet.name}.parquet", files),
        "schema": _schema(sheet),
    }


def _content_hash(resources: Sequence[Facts]) -> str:
    listed = "\n".join(sorted(str(each["hash"]) for each in resources))
    return f"sha256:{hashlib.sha256(listed.encode()).hexdigest()}"


def _file(name: str, files: Mapping[str, bytes]) -> Facts:
    return {"path": name, "bytes": len(files[name]), "hash": f"sha256:{hashlib.sha256(files[name]).hexdigest()}"}


def _schema(sheet: Sheet) -> Facts:
    schema: Facts = {"fields": [_field(each) for each in sheet.columns], "missingValues": [""]}
    if sheet.key:
        schema["primaryKey"] = list(sheet.key)
    keys = [_foreign_key(each, sheet) for each in sheet.references if len(each.columns) == 1]
    return schema | ({"foreignKeys": keys} if keys else {})


def _foreign_key(one: Reference, sheet: Sheet) -> Facts:
    """A key of one column. Readers refuse a two-column key (study and arm) as soon as one of the two is blank."""
    return {
        "fields": list(one.columns),
        "reference": {"resource": "" if one.table == sheet.name else one.table, "fields": list(one.keys)},
    }


def _field(column: Column) -> Facts:
    found: Facts = {"name": column.name, "type": column.type, "description": column.meaning}
    found |= {name: value for name, value in (("unit", column.unit), ("example", column.example)) if value}
    constraints: Facts = {name: True for name in ("required", "unique") if getattr(column, name)}
    bounds = {"minimum": column.lowest, "maximum": column.highest}
    constraints |= {name: bound for name, bound in bounds.items() if bound is not None}
    if column.codes:
        constraints["enum"] = list(column.codes)
    return found | ({"constraints": constraints} if constraints else {})
