"""Random reviews: every record is accounted for, and every row of an analysis is what its records say."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sweep import cases

from schemas.dataset import ANALYSIS_TABLES, resource
from schemas.registry import RECORDS
from schemas.strategies import arrow_tables, simulate_review
from schemas.strategies.draw import Tables
from schemas.strategies.true_numbers import printers
from store.export import export

ROLES = ("experimental", "control", "total", "subgroup", "single")
EVENTS = {"single_counts": ("xi",), "two_group_counts": ("ai", "ci"), "single_rates": ("xi",), "two_group_rates": ("x1i", "x2i")}  # fmt: skip


def confused(tables: Tables, seed: int) -> Tables:
    """The review as people extract it: roles of arms mixed up, facts printed again or otherwise, numbers left out."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    tables = {kind: [dict(row) for row in rows] for kind, rows in tables.items()}
    for arm in tables.get("arm", []):
        if chance.random() < 0.3:
            arm["role"] = chance.choice(ROLES)
    for kind in ("count", "rate", "mean", "effect"):
        rows, printed = tables.get(kind, []), {each.name for each in RECORDS[kind].printed_fields()}
        for row in chance.sample(rows, min(len(rows), 8)):
            again = row | {"page": "99"} | ({"total": "51"} if kind == "count" and chance.random() < 0.5 else {})
            again |= {"time_unit": chance.choice(["months", "years"])} if kind == "rate" else {}
            rows.append({name: cell for name, cell in again.items() if name not in printed or chance.random() < 0.9})
    return tables


@pytest.mark.slow
@settings(max_examples=cases(6), phases=[Phase.explicit, Phase.reuse, Phase.generate])  # each example writes a folder
@given(st.integers(0, 2**32 - 1), st.integers(1, 3), printers())
def test_every_record_is_accounted_for_and_every_row_follows_from_its_records(seed, studies, printer):
    tables = arrow_tables(confused(simulate_review(seed, studies, printer), seed))
    tables = {kind: table for kind, table in tables.items() if kind != "document"}
    with tempfile.TemporaryDirectory() as place:
        made = export(tables, [], Path(place) / "out", review="R")
        found = {each.stem: pq.read_table(each).to_pylist() for each in (Path(place) / "out").glob("*.parquet")}
    account = {(row["kind"], row["record"]): row for row in found["account"]}
    assert set(account) == {(kind, record) for kind in RECORDS if kind in tables for record in tables[kind]["record"].to_pylist()}  # fmt: skip
    assert made.records_in == len(account) == made.exported + made.held_back
    for row in account.values():
        assert bool(row["reason"]) == (row["exported"] == "no")
        assert bool(row["analyses"]) + bool(row["not_pooled"]) == (row["exported"] == "yes")
    assert feeding(found, account) == {(key, one) for key, row in account.items() for one in (row["analyses"] or "").split()}  # fmt: skip


def feeding(found: dict[str, list[dict[str, Any]]], account: dict[tuple[str, str], dict[str, Any]]) -> set[Any]:
    """Which record feeds which analysis, by the rows of the analysis tables; checks each row on the way."""
    kinds = {"counts": "count", "rates": "rate", "means": "mean", "correlations": "effect", "effects": "effect"}
    fed: set[Any] = set()
    studies: dict[str, list[str]] = {}
    for name in ANALYSIS_TABLES:
        kind = kinds[name.split("_")[-1]]
        exported = {row["record"]: row for row in found.get(kind, [])}
        for row in found.get(resource(name), []):
            studies.setdefault(row["analysis"], []).append(row["study"])
            behind = row["records"].split()
            assert all(account[kind, one]["exported"] == "yes" for one in behind)
            fed |= {((kind, one), row["analysis"]) for one in behind}
            assert {exported[one]["study"] for one in behind} == {row["study"]}
            check_row(name, row, [exported[one] for one in behind])
    assert {row["analysis"]: row["studies"] for row in found["analyses"]} == {one: len(each) for one, each in studies.items()}  # fmt: skip
    assert all(len(set(each)) == len(each) for each in studies.values())
    return fed


def check_row(name: str, row: dict[str, Any], records: list[dict[str, Any]]) -> None:
    """Sums hold, bounds hold, and a number that is not worked out is printed in one of the records."""
    for lesser, greater in ANALYSIS_TABLES[name].rises:
        assert 0 <= row[lesser] <= row[greater]
    for a, b, n in ANALYSIS_TABLES[name].adds_up:
        assert row[a] + row[b] == row[n]
        assert min(row[a], row[b]) >= 0
    for column in EVENTS.get(name, ()):
        if not row["derived"]:
            assert row[column] in {each["events"] for each in records}
    if name.endswith("_rates"):
        assert len({each["time_unit"] for each in records}) == 1
    if name == "effects":
        assert row["vi"] == pytest.approx(row["sei"] ** 2, rel=1e-12)
    for column in ("sei", "sdi", "sd1i", "sd2i", "ti", "t1i", "t2i"):
        assert row.get(column, 1) > 0
