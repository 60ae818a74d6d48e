"""What the adapters share: rows of the dataset's tables, files out of rows, and the list of what is left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from schemas.dataset import ANALYSIS_TABLES, resource
from schemas.measures import MEASURES, Measure
from store.export import cells
from store.export.sheets import TYPES

Tables = Mapping[str, pa.Table]
Row = dict[str, Any]
Rows = list[Row]
BOM = b"\xef\xbb\xbf"
"""Byte order mark, with which some programs know UTF-8 files."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something a program cannot take. ``what``: analysis, study of an analysis, appraisal; ``name``: its id."""

    what: str
    name: str
    reason: str
    study: str = ""


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis: its row in the table ``analyses``, and its studies in their order."""

    row: Row
    studies: Rows

    @property
    def name(self) -> str:
        """Id of the analysis."""
        return str(self.row["analysis"])

    @property
    def table(self) -> str:
        """Name of its analysis table."""
        return str(self.row["table"])

    @property
    def measure(self) -> Measure:
        """Its effect measure."""
        return MEASURES[self.row["measure"]]

    @property
    def method(self) -> str:
        """How it is pooled."""
        return str(self.row["method"])


def rows_of(tables: Tables, name: str) -> Rows:
    """The rows of a table; none where the dataset has no such table."""
    return tables[name].to_pylist() if name in tables else []


def analyses(tables: Tables) -> list[Analysis]:
    """All analyses in the order of their table."""
    studies: dict[tuple[str, str], Rows] = defaultdict(list)
    for table in ANALYSIS_TABLES:
        for row in rows_of(tables, resource(table)):
            studies[table, row["analysis"]].append(row)
    return [Analysis(row, studies[row["table"], row["analysis"]]) for row in rows_of(tables, "analyses")]


def csv(columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]], *, mark: bool = False) -> bytes:
    """A CSV file of these columns (name -> string, integer or number); absent cells are blank.

    Texts that a spreadsheet would run as formulas get an apostrophe. ``mark``: begin with a byte order mark.
    """
    arrays = [pa.array([row.get(name) for row in rows], TYPES[kind]) for name, kind in columns.items()]
    table = pa.Table.from_arrays(arrays, names=list(columns))
    return (BOM if mark else b"") + cells.csv_bytes(cells.guarded(table))


def left_out(found: Iterable[LeftOut]) -> bytes:
    """The file that names what a program cannot take, and why; only its header where nothing is left out."""
    rows = [{"what": one.what, "name": one.name, "study": one.study, "reason": one.reason} for one in found]
    return csv(dict.fromkeys(("what", "name", "study", "reason"), "string"), rows)


def script(name: str) -> str:
    """A script that lies beside this module."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def labels(tables: Tables) -> dict[str, str]:
    """Study id -> its label, with the id added where two studies share one."""
    given = {row["study"]: row["label"] for row in rows_of(tables, "study")}
    shared = {label for label in given.values() if list(given.values()).count(label) > 1}
    return {study: f"{label} ({study})" if label in shared else label for study, label in given.items()}
