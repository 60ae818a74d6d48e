"""Command check with Spark: tables are written as Parquet first, Parquet files are read where they are."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import pyarrow as pa

from curation.decisions import Judge
from curation.engine.findings import ORDER
from curation.engine.rule import Rule
from curation.engine.run import Checked, Progress
from schemas.registry import RECORDS

ENGINES = ("local", "spark")


def holds_parquet(path: Path) -> bool:
    """Whether the path is a folder of records in Parquet."""
    return path.is_dir() and any(
        (path / f"{kind}.parquet").is_file() or any((path / kind).rglob("*.parquet")) for kind in RECORDS
    )


def judging(folder: Path | None) -> Judge:
    """A judge that has tables checked by Spark, through a temporary folder. ``folder`` holds rules of one's own."""
    from curation.spark import check, write
    from curation.spark.session import session

    session()  # what is missing is said before anything is read

    def judge(
        tables: Mapping[str, pa.Table], rules: Sequence[Rule], texts: pa.Table | None, _progress: Progress | None
    ) -> Checked:
        if not any(len(tables[kind]) for kind in RECORDS if kind in tables):
            from curation.decisions import check_tables

            return check_tables(tables, tuple(rules), texts)
        with tempfile.TemporaryDirectory(prefix="curation-") as place:
            given = dict(tables) | ({} if texts is None else {"document": texts})
            return check(write(given, Path(place) / "records"), wanted=[each.id for each in rules], rules=folder)

    return judge


def check_parquet(
    what: Path, rules: Sequence[Rule], folder: Path | None, engine: str, findings: Path | None, out: Path | None,
    shape: str, fail_on: str,
) -> int:  # fmt: skip
    """Check Parquet files where they are; the exit code. Raises CannotCheck."""
    from curation.report.shapes import rendered
    from curation.spark import CannotCheck, check
    from curation.spark.results import SUMMARY, summary_of

    if engine != "spark":
        raise CannotCheck("--findings writes what Spark's tasks find; say --engine spark as well")
    if findings is not None and not holds_parquet(what):
        raise CannotCheck(
            f"{what} is no folder of Parquet files, whose findings --findings writes; leave it out, or write the records with curation.spark.write"
        )
    if shape == "html":
        raise CannotCheck("an HTML report shows the tables of a review; of Parquet files choose text, json or sarif")
    checked = check(what, wanted=[each.id for each in rules], rules=folder, out=findings)
    if findings is None:
        report = rendered(shape, checked, {}, tuple(rules), what.name, [])
        click.echo(report) if out is None else out.write_text(report, encoding="utf-8")
        counts: Mapping[str, Any] = checked.summary()["findings"]
    else:
        counts = summary_of(findings)["findings"]
        listed = ", ".join(f"{number} {severity}{'' if number == 1 else 's'}" for severity, number in counts.items())
        click.echo(f"{checked.records} records checked: {listed}; see {findings} and {findings / SUMMARY}")
    return int(fail_on != "never" and any(counts[each] and ORDER[each] <= ORDER[fail_on] for each in counts))
