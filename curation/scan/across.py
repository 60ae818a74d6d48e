"""Numbers of one table row against each other: two groups and their P value or effect, groups and their total."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pyarrow as pa

from curation.engine.findings import Finding
from curation.engine.registry import rules, select
from curation.engine.rule import Rule
from curation.engine.run import Checked, check
from curation.readers.document import Document, Table
from curation.scan.fits import agrees, number
from curation.scan.result import Statement, where
from curation.scan.twice import Pair, printed_twice
from schemas.arrow import to_table
from schemas.registry import KINDS, RECORDS

COMPARING = ("EFFECT-009", "EFFECT-010", "EFFECT-011", "EFFECT-012", "EFFECT-013", "EFFECT-014")
SUMMING = ("SUM-009", "SUM-016", "MEAN-015")
TWICE = ("SOURCE-001",)
_WHOLE = re.compile(r"\b(?:total|all|overall|entire|combined|whole|both\s(?:groups|arms))\b", re.IGNORECASE)
_OTHER_TEST = re.compile(
    r"univaria|multivaria|\bcox\b|log-?rank|adjusted|regression|trend|survival|interaction", re.IGNORECASE
)
_NO_GROUP = re.compile(r"difference|change|ratio|effect|\bp\b|versus|\bvs\b", re.IGNORECASE)
_RESULTS = frozenset({"effect", "test"})
_COMPARED = frozenset({"OR", "RR", "RD", "MD"})


@dataclass(frozen=True, slots=True)
class Group:
    """A column of one table row: the statistic in it, and how many participants the column has."""

    column: int
    header: str
    statement: Statement

    @property
    def size(self) -> int:
        """Participants of the column; 0 where they are not known."""
        return number(self.statement.cells.get("total") or self.statement.cells.get("n") or "0")


@dataclass(frozen=True, slots=True)
class Together:
    """The statistics of one table row that can be held against each other."""

    study: str
    outcome: str
    arms: tuple[Group, ...]
    whole: Group | None = None
    result: Statement | None = None


@cache
def across_rules() -> tuple[Rule, ...]:
    """The rules that look across the cells of a table row."""
    return select(rules(), (*COMPARING, *SUMMING, *TWICE))


def judged_across(document: Document, source: str, found: Sequence[Statement]) -> Checked | None:
    """What the numbers of table rows say of each other; None where no row has what it takes.

    A comparison is asked in both directions, for a table does not say which group is compared with which; only what
    contradicts in both is a finding.
    """
    rows, twice = list(_together(document, source, found)), list(printed_twice(found))
    if not rows and not twice:
        return None
    one, two = (
        check(_tables(document, source, rows, twice, turned=turned), across_rules()) for turned in (False, True)
    )
    in_both = {(each.rule, each.records[:1]) for each in two.findings}
    one.findings = [_plain(each) for each in one.findings if (each.rule, each.records[:1]) in in_both]
    return one


def _plain(one: Finding) -> Finding:
    return replace(one, study="", arm="", outcome="")


def _together(document: Document, source: str, found: Sequence[Statement]) -> Iterator[Together]:
    by_row: dict[tuple[int, int], list[Statement]] = defaultdict(list)
    for each in found:
        spot = each.spots[0]
        if spot.cell is not None:
            by_row[spot.part, spot.cell[0]].append(each)
    for (part, row), statements in by_row.items():
        kinds = _groups_of(statements)
        for kind, groups in kinds.items():
            arms, whole = _split(groups)
            result = _result(document, part, row, statements, kind, by_row)
            together = Together(f"{source}-{part}", f"r{row}-{kind}", arms, whole, result if len(arms) == 2 else None)
            if together.result is not None or whole is not None:
                yield together


def _groups_of(statements: Sequence[Statement]) -> Mapping[str, list[Group]]:
    """The groups of a row by kind of statistic: with totals that their percentages bear out, or with n, mean and SD."""
    found: dict[str, list[Group]] = {}
    for each in statements:
        cells, header = each.cells, each.cells.get("column", "")
        fit = each.kind == "count" and agrees(cells.get("events", ""), cells.get("total", ""), cells.get("percent", ""))
        fit = fit and cells.get("estimator", "proportion") == "proportion"
        if fit or (each.kind == "mean" and {"n", "mean", "sd"} <= set(cells)):
            column = each.spots[0].cell
            if column is not None and not _NO_GROUP.search(header):
                found.setdefault(each.kind, []).append(Group(column[1], header, each))
    return found


def _split(groups: Sequence[Group]) -> tuple[tuple[Group, ...], Group | None]:
    """The arms, and the column of all of them where there is one and the sizes add up."""
    wholes = [each for each in groups if _WHOLE.search(each.header)]
    arms = tuple(each for each in groups if each not in wholes)
    sizes = [each.size for each in arms]
    if len(wholes) == 1 and len(arms) > 1 and all(sizes) and wholes[0].size == sum(sizes):
        return arms, wholes[0]
    return (arms if not wholes else ()), None


def _result(
    document: Document, part: int, row: int, statements: Sequence[Statement], kind: str,
    by_row: Mapping[tuple[int, int], list[Statement]],
) -> Statement | None:  # fmt: skip
    """The only P value or effect of a row; None where it may be one for several rows."""
    results = [each for each in statements if each.kind in _RESULTS]
    if len(results) != 1:
        return None
    one = results[0]
    below = by_row.get((part, row + 1), [])
    several = any(each.kind == kind for each in below) and not any(each.kind in _RESULTS for each in below)
    table = document.parts[part]
    caption = table.caption if isinstance(table, Table) else ""
    if _OTHER_TEST.search(" ".join((caption, one.cells.get("column", "")))) or _of_the_variable(
        one, part, kind, by_row
    ):
        return None
    spanning = isinstance(table, Table) and any(
        each.rows > 1 and each.row <= row < each.row + each.rows and (each.row, each.column) == one.spots[-1].cell
        for each in table.cells
    )
    if several or spanning:
        return None
    if one.kind == "effect":
        return one if one.cells.get("measure") in _COMPARED else None
    return one if set(one.cells) <= {"p", "row", "column"} else None


def _of_the_variable(one: Statement, part: int, kind: str, by_row: Mapping[tuple[int, int], list[Statement]]) -> bool:
    """Whether the variable of the row has other rows without a P value of their own: P is then of all of them."""
    variable = one.cells.get("row", "").rpartition(" > ")[0]
    if not variable:
        return False
    for (other_part, _), statements in by_row.items():
        same = [each for each in statements if each.cells.get("row", "").rpartition(" > ")[0] == variable]
        if (
            other_part == part
            and any(each.kind == kind for each in same)
            and not any(each.kind in _RESULTS for each in same)
        ):
            return True
    return False


def _tables(
    document: Document, source: str, rows: Sequence[Together], twice: Sequence[Pair], *, turned: bool
) -> dict[str, pa.Table]:
    made: dict[str, list[object]] = defaultdict(list)
    made["source"].append(KINDS["source"](source=source, title=source, type="article"))
    seen: set[tuple[str, str]] = set()
    for one in rows:
        for group, role in (*((each, "experimental") for each in one.arms), (one.whole, "total")):
            if group is None:
                continue
            arm = f"c{group.column}"
            if (one.study, arm) not in seen:
                seen.add((one.study, arm))
                made["arm"].append(KINDS["arm"](study=one.study, arm=arm, label=group.header or arm, role=role))
            made[group.statement.kind].append(_record(document, source, group.statement, one, arm=arm))
        if one.result is not None:
            first, second = (f"c{each.column}" for each in (one.arms[::-1] if turned else one.arms))
            made[one.result.kind].append(_record(document, source, one.result, one, arm=first, comparator=second))
    for number_, pair in enumerate(twice):
        same = Together(source, f"same-{number_}", ())
        made["effect"] += [_record(document, source, each, same, measure=pair.measure) for each in pair.statements]
        rows = [*rows, same]
    for study in dict.fromkeys(one.study for one in rows):
        made["study"].append(KINDS["study"](study=study, label=study))
    for outcome in dict.fromkeys(one.outcome for one in rows):
        made["outcome"].append(KINDS["outcome"](outcome=outcome, label=outcome))
    return {kind: to_table(KINDS[kind], each) for kind, each in made.items()}


def _record(document: Document, source: str, one: Statement, together: Together, **keys: str) -> object:
    place = {name: text for name, text in where(document, one.spots[0]).items() if text}
    about = {"record": one.record, "source": source, "study": together.study, "outcome": together.outcome}
    return RECORDS[one.kind](**{**place, **one.cells, **about, **keys})
