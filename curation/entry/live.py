"""One record as it is being typed, and the rows of a grid: what is wrong with their cells, and what the rules say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import pyarrow as pa

from curation.engine.batches import row_plans
from curation.engine.findings import Finding, worst_first
from curation.engine.glance import open_rows
from curation.engine.registry import rules
from curation.engine.rule import Rule
from curation.engine.run import check_batches
from curation.entry.rows import Cells, Known, Problem, read_rows
from curation.report.wording import Parts, parts
from schemas.arrow import table_schema
from schemas.registry import KINDS, RECORDS
from schemas.thresholds import using


@dataclass(frozen=True, slots=True)
class Remark:
    """What a rule says of a record, for a place beside its fields.

    ``fields`` are the fields that the rule has read, the one at which the remark stands first.
    """

    rule: str
    severity: str
    sentence: str
    explanations: tuple[str, ...]
    fields: tuple[str, ...]
    changes_conclusion: bool = False
    fingerprint: str = ""

    @property
    def field(self) -> str:
        """The field at which the remark stands; empty where it is about the whole record."""
        return self.fields[0] if self.fields else ""


@dataclass(frozen=True, slots=True)
class Live:
    """A record as far as it is typed.

    ``problems`` are what an intake would refuse, by field, under "" for the record as a whole. ``remarks`` are what
    the rules for single rows say; there are none while a number, a code or a name of a field cannot be read.
    ``derived`` are the texts that the cell ``printed`` fills in, by field.
    """

    problems: Mapping[str, list[Problem]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    derived: Mapping[str, str] = field(default_factory=dict)


def live(
    kind: str,
    cells: Cells,
    known: Known,
    settings: Mapping[str, float] | None = None,
    beside: pa.Table | None = None,
) -> Live:
    """Judge one record while it is typed.

    Args:
        kind: its kind.
        cells: what is typed so far, by field.
        known: the ids that it may name, by entity.
        settings: limits that the review sets itself, as ``schemas.thresholds.settings_in`` gives them.
        beside: the other records of this kind in the source, among which explanations look around; an earlier state
            of this record among them is left out.
    """
    typed = read_rows(kind, [cells], known)
    derived = typed.derived[0]
    problems: dict[str, list[Problem]] = {}
    for each in typed.problems:
        problems.setdefault(each.field or "", []).append(each)
    found = judge_rows(kind, typed.readable, settings, beside)
    return Live(problems, found[0] if found else [], derived)


def judge_rows(
    kind: str, table: pa.Table, settings: Mapping[str, float] | None = None, beside: pa.Table | None = None
) -> list[list[Remark]]:
    """What the rules for single rows say of each row of a table, gravest first. Entities are not judged.

    ``beside`` are other records of this kind in the source, among which explanations look around.
    """
    said: list[list[Remark]] = [[] for _ in range(len(table))]
    if kind not in RECORDS or not len(table):
        return said
    own = _whole(kind, table)
    with using(settings or {}):
        left = open_rows(kind, own.to_batches()[0])
        if not len(left):
            return said
        some = own.take(pa.array(left))
        checked = check_batches(kind, some.to_batches(), row_rules(), _around(own, beside))
    place = {record: index for index, record in zip(left.tolist(), some.column("record").to_pylist(), strict=True)}
    for one in worst_first(checked.findings):
        at = place.get(one.records[0]) if one.records else None
        if at is not None:  # a rule that stopped is about no record
            said[at].append(remark(one, kind, own.slice(at, 1)))
    return said


def _whole(kind: str, table: pa.Table) -> pa.Table:
    """The fields of the kind, in one piece."""
    schema = table_schema(RECORDS[kind])
    own = table if table.schema == schema else table.select(schema.names)
    return own if all(each.num_chunks == 1 for each in own.columns) else own.combine_chunks()


def remark(one: Finding, kind: str, row: pa.Table) -> Remark:
    """A finding about one record, in the words that stand beside its fields."""
    read = (name for rule, name in _read_by(kind) if rule == one.rule and row.column(name).null_count == 0)
    fields = tuple(dict.fromkeys((one.field, *read) if one.field in row.column_names else read))
    return Remark(
        one.rule, one.severity, sentence(parts(one, _by_id())), one.explanations, fields, one.changes_conclusion,
        one.fingerprint,
    )  # fmt: skip


def sentence(one: Parts) -> str:
    """A finding without the place it stands at."""
    words = [one.what]
    words += [f"Printed: {one.printed}."] if one.printed else []
    words += [f"Would fit: {one.expected}."] if one.expected else []
    words += [f"Look at {one.look}."] if one.look else []
    return " ".join(words)


@cache
def _by_id() -> Mapping[str, Rule]:
    return {each.id: each for each in rules()}


@cache
def row_rules() -> tuple[Rule, ...]:
    """The rules that look at single rows."""
    return tuple(each for each in rules() if each.rows is None)


@cache
def _read_by(kind: str) -> tuple[tuple[str, str], ...]:
    """Which fields of a kind each rule reads."""
    names = set(KINDS[kind].model_fields)
    read = ((rule.id, name) for rule, sources in row_plans(kind, row_rules()) for name in sources.values())
    return tuple(dict.fromkeys((rule, name) for rule, name in read if name in names))


def _around(own: pa.Table, beside: pa.Table | None) -> pa.Table:
    """The records beside, these in the places of their earlier states, new ones at the end."""
    if beside is None:
        return own
    others = beside.select(own.column_names)
    fresh = {record: len(others) + index for index, record in enumerate(own.column("record").to_pylist())}
    order = [fresh.pop(record, index) for index, record in enumerate(others.column("record").to_pylist())]
    return pa.concat_tables([others, own]).take(pa.array([*order, *fresh.values()], pa.int64()))
