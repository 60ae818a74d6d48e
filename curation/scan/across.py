"""Numbers that stand apart against each other: the cells of a table row, and one result in several places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pyarrow as pa

from curation.engine.findings import Finding, Tally
from curation.engine.registry import rules, select
from curation.engine.rule import Rule
from curation.engine.run import Checked, check
from curation.readers.document import Document
from curation.scan.beside import Together, together
from curation.scan.plainly import to_ask
from curation.scan.result import Statement, where
from curation.scan.twice import SameResult, pooled_results, printed_twice
from schemas.arrow import to_table
from schemas.kinds.base import Declared
from schemas.registry import KINDS, RECORDS

COMPARING = ("EFFECT-009", "EFFECT-010", "EFFECT-011", "EFFECT-012", "EFFECT-013", "EFFECT-014")
DIRECTED = ("EFFECT-009", "EFFECT-010", "EFFECT-012", "EFFECT-014")
"""Those of them that depend on which group is compared with which."""
SUMMING = ("SUM-009", "SUM-016", "MEAN-015")
TWICE = ("SOURCE-001",)
POOLED = ("POOLED-005",)
POSSIBLE = ("P-001",)
ALONE = ("SPAN-002", "SURVIVAL-008", "SURVIVAL-010")
"""Rules that look at one record, although they find it by a query."""


@cache
def across_rules() -> tuple[Rule, ...]:
    """The rules that look across the cells of a table row."""
    return select(rules(), (*COMPARING, *SUMMING, *TWICE, *POOLED, *POSSIBLE, *ALONE))


def judged_across(document: Document, source: str, found: Sequence[Statement]) -> Checked | None:
    """What the rules say that look beyond one record; None where there is no statistic.

    A comparison is asked in both directions, for a table does not say which group is compared with which; only what
    contradicts in both is a finding.
    """
    same = _same(found)
    taken = {each.record for result in same for each in result.statements}
    rows = list(together(document, source, [each for each in found if each.record not in taken]))
    if not found:
        return None
    taken |= {each.record for row in rows for each in row.statements()}
    asked, holds = to_ask([each for each in found if each.record not in taken])
    alone = [SameResult(each.kind, "", (each,)) for each in asked]
    wanted = _wanted(rows, same, alone)
    one = (
        check(_tables(document, source, rows, [*same, *alone]), select(across_rules(), wanted)) if wanted else Checked()
    )
    for rule, times in holds.items():
        one.tallies.setdefault(rule, Tally()).add(consistent=times)
    either_way = _also_turned(document, source, rows, one.findings)
    kept = [each for each in one.findings if each.rule not in DIRECTED or (each.rule, each.records[:1]) in either_way]
    for each in one.findings:
        if each not in kept:  # it fits with the groups exchanged
            one.tallies[each.rule].contradicts -= 1
            one.tallies[each.rule].add(consistent=1)
    one.findings = [_plain(each) for each in kept]
    return one


def _wanted(rows: Sequence[Together], same: Sequence[SameResult], alone: Sequence[SameResult]) -> list[str]:
    """The rules that have something to look at."""
    several = [each for each in same if len(each.statements) > 1]
    asked = {
        COMPARING: any(each.result is not None for each in rows),
        SUMMING: any(each.whole is not None for each in rows),
        TWICE: bool(several),
        POOLED: any(each.kind == "pooled" for each in same),
        (*POSSIBLE, *ALONE): bool(alone or rows or same),
    }
    return [rule for family, some in asked.items() if some for rule in family]


def _also_turned(
    document: Document, source: str, rows: Sequence[Together], findings: Sequence[Finding]
) -> set[tuple[str, tuple[str, ...]]]:
    """What a comparison contradicts with its groups exchanged, too: rules and records."""
    named = {record for each in findings if each.rule in DIRECTED for record in each.records[:1]}
    asked = [each for each in rows if each.result is not None and each.result.record in named]
    if not asked:
        return set()
    turned = [replace(each, arms=each.arms[::-1]) for each in asked]
    found = check(_tables(document, source, turned, ()), select(rules(), DIRECTED)).findings
    return {(each.rule, each.records[:1]) for each in found}


def _same(found: Sequence[Statement]) -> list[SameResult]:
    """Results printed in several places, and pooled ones; each statement once."""
    taken: set[str] = set()
    chosen = []
    for one in (*printed_twice(found), *pooled_results(found)):
        if not taken & {each.record for each in one.statements}:
            taken |= {each.record for each in one.statements}
            chosen.append(one)
    return chosen


def _plain(one: Finding) -> Finding:
    """A finding without the ids that the scanner has made up to ask it."""
    message, printed = one.message, one.printed
    for text in filter(None, (one.study, one.arm, one.outcome)):
        message = message.replace(f", {text}", "", 1).replace(f"measured {text}; ", "")
        printed = printed.replace(f"measured {text}; ", "")
    return replace(one, message=message, printed=printed, study="", arm="", outcome="")


def _tables(
    document: Document, source: str, rows: Sequence[Together], same: Sequence[SameResult]
) -> dict[str, pa.Table]:
    made: dict[str, list[Declared]] = defaultdict(list)
    made["source"].append(_entity("source", source=source, title=source, type="article"))
    seen: set[tuple[str, str]] = set()
    for one in rows:
        for group, role in (*((each, "experimental") for each in one.arms), (one.whole, "total")):
            if group is None:
                continue
            arm = f"c{group.column}"
            if (one.study, arm) not in seen:
                seen.add((one.study, arm))
                made["arm"].append(_entity("arm", study=one.study, arm=arm, label=group.header or arm, role=role))
            made[group.statement.kind].append(_record(document, source, group.statement, one, arm=arm))
        if one.result is not None:
            first, second = (f"c{each.column}" for each in one.arms)
            made[one.result.kind].append(_record(document, source, one.result, one, arm=first, comparator=second))
    for place, result in enumerate(same):
        together_ = Together(
            source if len(result.statements) > 1 and result.kind != "pooled" else "", f"same-{place}", ()
        )
        made[result.kind] += [
            _record(document, source, each, together_, **({"measure": result.measure} if result.measure else {}))
            for each in result.statements
        ]
        rows = [*rows, together_]
    for study in dict.fromkeys(one.study for one in rows if one.study):
        made["study"].append(_entity("study", study=study, label=study))
    for outcome in dict.fromkeys(one.outcome for one in rows):
        made["outcome"].append(_entity("outcome", outcome=outcome, label=outcome))
    return {kind: to_table(KINDS[kind], each) for kind, each in made.items()}


def _entity(kind: str, **cells: str) -> Declared:
    return KINDS[kind].model_validate(cells)


def _record(document: Document, source: str, one: Statement, together: Together, **keys: str) -> Declared:
    place = {name: text for name, text in where(document, one.spots[0]).items() if text}
    about = {"record": one.record, "source": source, "study": together.study or None, "outcome": together.outcome}
    return RECORDS[one.kind].model_validate({**place, **one.cells, **about, **keys})
