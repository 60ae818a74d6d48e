"""What tasks leave behind: findings as Parquet, counts as JSON; and a folder of findings, complete or absent."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from curation.engine.findings import Finding, Tally, worst_first
from curation.engine.rule import SEVERITIES
from curation.engine.run import Checked
from curation.spark.errors import CannotCheck
from store.errors import StoreError
from store.export.folder import refuse_what_is_not_ours
from store.whole_files import swap

SUMMARY = "_summary.json"
MADE_BY = "curation.spark"
_TYPES = {"bool": pa.bool_(), "tuple[str, ...]": pa.list_(pa.string())}
SCHEMA = pa.schema([(each.name, _TYPES.get(str(each.type), pa.string())) for each in fields(Finding)])
"""The columns of findings in Parquet: the fields of a finding."""


@dataclass(slots=True)
class Answer:
    """What one task reports: counts, the file of its findings, and the rows it handed on to later stages."""

    number: int
    records: int = 0
    printed_numbers: int = 0
    tallies: dict[str, dict[str, Any]] = field(default_factory=dict)
    crashes: list[dict[str, Any]] = field(default_factory=list)
    settings: dict[str, float] = field(default_factory=dict)
    file: str = ""
    findings: int = 0
    handed_on: list[tuple[str, str, int, str, int]] = field(default_factory=list)
    """Partitioning, kind, bucket, file, rows."""
    refused: str = ""

    def as_json(self) -> str:
        """One line for the driver."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Answer:
        """What ``as_json`` wrote."""
        return cls(**json.loads(text))


def write_findings(findings: Sequence[Finding], file: Path) -> None:
    """Findings as a Parquet file."""
    rows = [one.as_dict() for one in findings]
    columns = [pa.array([row[name] for row in rows], SCHEMA.field(name).type) for name in SCHEMA.names]
    pq.write_table(pa.table(columns, schema=SCHEMA), file, compression="zstd")


def read_findings(files: Iterable[str | Path]) -> list[Finding]:
    """The findings of these files, in the order in which one process lists them."""
    return worst_first(Finding.from_dict(row) for file in files for row in pq.read_table(file).to_pylist())


def read_folder(folder: str | Path) -> list[Finding]:
    """The findings of a folder that a check has written. Raises CannotCheck if it is none."""
    names = ours(Path(folder))
    if names is None:
        raise CannotCheck(f"{folder} is no folder of findings; curation.spark.check writes one to out=")
    return read_findings(Path(folder) / each for each in sorted(names - {SUMMARY}))


def records_found(files: Sequence[str], rules: Sequence[str]) -> dict[str, list[str]]:
    """The records that findings of these rules name, by rule."""
    found: dict[str, list[str]] = {each: [] for each in rules}
    if files:
        data = ds.dataset(list(files), schema=SCHEMA, format="parquet")
        rows = data.to_table(["rule", "records"], filter=ds.field("rule").isin(list(rules)))
        for rule, records in zip(rows["rule"].to_pylist(), rows["records"].to_pylist(), strict=True):
            found[rule] += records
    return found


def together(answers: Sequence[Answer], rules: Sequence[str]) -> Checked:
    """The counts of all tasks as those of one check, without its findings."""
    out = Checked(tallies={each: Tally() for each in rules})
    for answer in answers:
        out.records += answer.records
        out.printed_numbers += answer.printed_numbers
        out.settings |= answer.settings
        for rule, tally in answer.tallies.items():
            out.tallies[rule].add(**tally)
    out.crashed = len(crashes(answers))
    return out


def crashes(answers: Sequence[Answer]) -> list[Finding]:
    """Rules that stopped, each named once however many tasks it stopped in."""
    found = {each["fingerprint"]: Finding.from_dict(each) for answer in reversed(answers) for each in answer.crashes}
    return list(found.values())


def summary_of(folder: Path) -> dict[str, Any]:
    """What the _summary.json of a folder of findings says: counts, by rule and in all."""
    found: dict[str, Any] = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    return found


def ours(folder: Path) -> set[str] | None:
    """The files of an earlier check's folder of findings; None if it is none."""
    try:
        summary = summary_of(folder)
        return {SUMMARY, *map(str, summary["files"])} if summary["made_by"] == MADE_BY else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


@contextmanager
def workplace(beside: Path, known: Any = ours) -> Iterator[Path]:  # noqa: ANN401 - as refuse_what_is_not_ours takes it
    """A folder for unfinished work beside the one that is to be made, gone afterwards. Raises CannotCheck."""
    target = beside.resolve()
    try:
        refuse_what_is_not_ours(target, known)
    except StoreError as error:
        raise CannotCheck(str(error)) from error
    made = target.parent / f".{target.name}.{uuid.uuid4().hex[:8]}.unfinished"
    try:
        made.mkdir(parents=True)
    except OSError as error:
        raise CannotCheck(f"nothing can be written beside {target}: {error.strerror or error}") from error
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def put_in_place(made: Path, target: Path) -> None:
    """Give a finished folder its name in one step, in place of an earlier one."""
    target = target.resolve()
    old = made.with_name(f"{made.name}.old")
    swap(made, target, old)
    shutil.rmtree(old, ignore_errors=True)


def finish(work: Path, target: Path, answers: Sequence[Answer], checked: Checked) -> None:
    """Make the folder of findings from the files that the tasks reported, and from no other."""
    made = work / "findings"
    made.mkdir()
    names = []
    for number, answer in enumerate(each for each in answers if each.file):
        names.append(f"part-{number:05}.parquet")
        Path(answer.file).rename(made / names[-1])
    stopped = crashes(answers)
    if stopped or not names:
        names.append("part-rules.parquet")
        write_findings(stopped, made / names[-1])
    summary = {**_summary(answers, checked, names), "findings": _by_severity([made / name for name in names])}
    (made / SUMMARY).write_text(json.dumps(summary, ensure_ascii=False, indent=2), "utf-8")
    put_in_place(made, target)


def _by_severity(files: Sequence[Path]) -> dict[str, int]:
    counts = ds.dataset(files, format="parquet").to_table(["severity"])["severity"].value_counts().to_pylist()
    found = {each["values"]: each["counts"] for each in counts}
    return {each: found.get(each, 0) for each in SEVERITIES}


def _summary(answers: Sequence[Answer], checked: Checked, names: Sequence[str]) -> Mapping[str, Any]:
    rules = {
        rule: {"consistent": one.consistent, "contradicts": one.contradicts, "cannot_tell": one.reasons}
        for rule, one in checked.tallies.items()
        if one.checked
    }
    return {
        "made_by": MADE_BY,
        "files": list(names),
        "tasks": len(answers),
        "summary": {name: value for name, value in checked.summary().items() if name not in ("findings", "waived")},
        "rules": rules,
    }
