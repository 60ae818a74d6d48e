"""Tables of records from rows of text, and what rules find in them; shared by the tests of rules."""

import pyarrow as pa

from curation.engine.registry import rules, select
from curation.engine.run import Checked, check
from schemas.arrow import from_texts
from schemas.identity import record_ids
from schemas.registry import KINDS, RECORDS


def table(kind: str, rows: list[dict[str, str]]) -> pa.Table:
    """A table of a kind; records get their ids."""
    if kind in RECORDS:
        names = record_ids(RECORDS[kind], rows)
        rows = [row | {"record": name} for row, name in zip(rows, names, strict=True)]
    columns = {
        each.name: pa.array([row.get(each.name, each.default) for row in rows], pa.string())
        for each in KINDS[kind].fields()
    }
    return from_texts(KINDS[kind], pa.table(columns))


def found(rows_by_kind: dict[str, list[dict[str, str]]], *wanted: str) -> Checked:
    """What these rules, or rules of these families, find in rows of text by kind."""
    return check({kind: table(kind, rows) for kind, rows in rows_by_kind.items()}, select(rules(), wanted))
