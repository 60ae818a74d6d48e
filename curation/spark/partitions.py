"""Which records a rule must see together: one declaration, from which the stages of a check on a cluster follow.

Nearly every rule looks at one record, or at records of one source or of one study: TOGETHER says which ids bind records
to each other, and no task gets only a part of what is bound. The few rules that look further have a partitioning of
their own; the tasks of the first stage hand on the rows it needs. A rule that is not ours may look anywhere, so it is given
everything in one task.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from curation.engine.batches import row_plans
from curation.engine.rule import Rule
from schemas.registry import RECORDS
from store.views import queries

OURS = "curation.rules."


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows of a kind a partitioning needs, and the SQL of the key that rows judged together share."""

    key: str = "''"
    where: str = "true"
    qualify: str = "true"


@dataclass(frozen=True, slots=True)
class Partitioning:
    """Records that are judged together.

    ``rows`` is empty for TOGETHER, whose tasks read the records themselves. ``rules`` are the ids of the rules and
    ``views`` the views of ``store.views`` that look so far; ``every_entity`` says that sources, studies and arms without
    a record matter too.
    """

    name: str
    rows: Mapping[str, Rows] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    every_entity: bool = False


TIES = (
    *((kind, "SELECT source, study FROM {rows}") for kind in RECORDS),
    ("study", "SELECT included_in AS source, study FROM {rows}"),
    ("pooled", "SELECT source, unnest(string_split_regex(trim(studies), '\\s+')) AS study FROM {rows}"),
)
"""What binds a source and a study, by kind: a record of both, a study included in a review, a pooled result that lists it."""

TOGETHER = Partitioning("together")

_CELL = "concat_ws('|', coalesce(outcome, ''), coalesce(analysis_set, ''), coalesce(timepoint, ''), events.text, coalesce(total.text, ''))"

FURTHER = (
    Partitioning(
        "outcome",
        {"mean": Rows("outcome", "study IS NOT NULL AND outcome IS NOT NULL AND (sd IS NOT NULL OR se IS NOT NULL)")},
        views=("spreads",),
    ),
    Partitioning(
        "counts alike",
        # Two groups with the same counts have the same least hash of a count.
        {
            "count": Rows(
                f"min(hash({_CELL})) OVER (PARTITION BY source, study, arm)",
                "study IS NOT NULL AND events IS NOT NULL AND events.status IN ('reported', 'unclear')",
            )
        },
        rules=("SOURCE-005",),
    ),
    Partitioning(
        "means alike",
        {"mean": Rows(where='study IS NOT NULL AND "mean" IS NOT NULL AND sd IS NOT NULL AND n IS NOT NULL')},
        rules=("SOURCE-008",),
    ),
    Partitioning(
        "names",
        dict.fromkeys(
            RECORDS,
            Rows(
                qualify="record = min(record) OVER (PARTITION BY source) OR record = min(record) OVER (PARTITION BY study)"
            ),
        ),
        rules=("SOURCE-007",),
        every_entity=True,
    ),
)
"""Rules of ours that compare records of different sources and studies. SOURCE-008 counts rivals of one shape anywhere, and
SOURCE-007 compares names of all sources and studies, of each of which it needs the first record of a kind."""

EVERYTHING = Partitioning("everything", dict.fromkeys(RECORDS, Rows()), every_entity=True)
"""For rules across rows of which nothing is declared."""

PARTITIONINGS = {each.name: each for each in (TOGETHER, *FURTHER, EVERYTHING)}


def partitioning(rule: Rule) -> Partitioning:
    """The records a rule must see together."""
    if rule.rows is None:
        return TOGETHER
    if not rule.identity.__module__.startswith(OURS):
        return EVERYTHING
    for each in FURTHER:
        if rule.id in each.rules or any(re.search(rf"\b{view}\b", rule.rows) for view in each.views):
            return each
    return TOGETHER


@dataclass(frozen=True, slots=True)
class Stage:
    """Rules that are judged in the same tasks, once the stages before are done.

    ``asked``: ids of the rules whose answers count. ``again``: ids of their prerequisites for single rows, judged
    again and not counted. ``found``: ids of prerequisites that earlier stages have judged.
    """

    partitioning: str
    asked: tuple[str, ...]
    again: tuple[str, ...] = ()
    found: tuple[str, ...] = ()


def kinds_read(rules: Iterable[Rule]) -> set[str]:
    """The kinds of records these rules look at."""
    made, waiting, found = queries(), [], set()
    for rule in rules:
        if rule.rows is None:
            found |= {kind for kind in RECORDS if row_plans(kind, [rule])}
        else:
            waiting.append(rule.rows)
    seen: set[str] = set()
    while waiting:
        for name in duckdb.get_table_names(waiting.pop()) - seen:
            seen.add(name)
            waiting += [made[name]] if name in made else []
    return found | (seen & set(RECORDS))


def stages(rules: Sequence[Rule]) -> list[Stage]:
    """The stages in which these rules, prerequisites first, can be judged; the first is of TOGETHER, whatever rules there are."""
    by_id = {each.id: each for each in rules}
    place: dict[str, tuple[int, str]] = {}
    for each in rules:
        own = partitioning(each)
        before = [by_id[one] for one in each.after if one in by_id] if each.rows is not None else []
        waits = [place[one.id][0] + (place[one.id][1] != own.name) for one in before if one.rows is not None]
        place[each.id] = (max([*waits, int(own is not TOGETHER)]), own.name)
    order = sorted(
        {(0, TOGETHER.name), *place.values()}, key=lambda each: (each[0], list(PARTITIONINGS).index(each[1]))
    )
    return [_stage(name, [each for each in rules if place[each.id] == (level, name)], by_id) for level, name in order]


def _stage(name: str, asked: Iterable[Rule], by_id: Mapping[str, Rule]) -> Stage:
    here = {each.id: each for each in asked}
    waiting, again, found = [*here.values()], set(), set()
    while waiting:
        rule = waiting.pop()
        for one in rule.after:
            if one not in by_id or one in here or one in again:
                continue
            if by_id[one].rows is None:
                again.add(one)
                waiting.append(by_id[one])
            elif rule.rows is not None:  # rules for single rows are judged before any rule across rows
                found.add(one)
    ordered = list(by_id)
    return Stage(name, tuple(here), *(tuple(sorted(each, key=ordered.index)) for each in (again, found)))
