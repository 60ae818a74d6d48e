"""The statistics of one table row that can be held against each other: groups, their total, their P value or effect."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from curation.readers.document import Document, Table
from curation.scan.fits import agrees, number
from curation.scan.result import Statement
from curation.scan.tables.layout import is_data

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

    def statements(self) -> list[Statement]:
        """All of them."""
        groups = [*self.arms, *([self.whole] if self.whole else [])]
        return [each.statement for each in groups] + ([self.result] if self.result else [])


def together(document: Document, source: str, found: Sequence[Statement]) -> Iterator[Together]:
    """The rows of all tables in which something can be held against something else."""
    by_row: dict[tuple[int, int], list[Statement]] = defaultdict(list)
    for each in found:
        spot = each.spots[0]
        if spot.cell is not None:
            by_row[spot.part, spot.cell[0]].append(each)
    for (part, row), statements in by_row.items():
        kinds = _groups_of(statements)
        for kind, groups in kinds.items():
            arms, whole = _split(groups)
            result = (
                _result(document, part, row, statements, kind, by_row)
                if _all_read(document, part, row, statements)
                else None
            )
            others = sum(1 for each in statements if each.kind in {"count", "mean"}) - len(groups)
            compared = result if len(arms) == 2 and not others else None
            together = Together(f"{source}-{part}", f"r{row}-{kind}", arms, whole, compared)
            if together.result is not None or whole is not None:
                yield together


def _all_read(document: Document, part: int, row: int, statements: Sequence[Statement]) -> bool:
    """Whether every number of the row was read: with a third group unread, its P value would not be of the other two."""
    table = document.parts[part]
    read = {spot.cell for each in statements for spot in each.spots}
    return isinstance(table, Table) and all(
        (each.row, each.column) in read
        for each in table.cells
        if each.row == row and each.column > 0 and is_data(each.text) and re.search(r"\d", each.text)
    )


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
