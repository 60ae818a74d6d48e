"""A glance at records as they are typed passes over none of which a rule has something to say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import odd_records
import pytest

from curation.engine import glance
from curation.engine.batches import answers, row_plans
from curation.engine.glance import open_rows
from curation.engine.registry import rules
from curation.intake.read import read
from schemas.registry import RECORDS
from schemas.strategies import BREAKERS
from schemas.strategies.draw import draw_from
from schemas.strategies.stack import arrow_tables
from schemas.verdicts import Verdict

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "lenalidomide"
ROW_RULES = [each for each in rules() if each.rows is None]


def contradicted(kind, batch):
    """The rows that any rule contradicts, asked one after the other and in full."""
    found = np.zeros(len(batch), bool)
    for answer in answers(row_plans(kind, ROW_RULES), batch):
        assert answer.error is None, answer.rule.id
        found |= answer.judged.codes == Verdict.CONTRADICTS
    return np.flatnonzero(found).tolist()


def same(kind, table):
    [batch] = table.combine_chunks().to_batches()
    found = contradicted(kind, batch)
    assert open_rows(kind, batch).tolist() == found, (kind, table.slice(0, 3).to_pylist())
    return found


@pytest.mark.parametrize("kind", RECORDS)
def test_of_odd_records_exactly_those_are_open_that_contradict_a_rule(kind):
    found = same(kind, odd_records.records(kind, 120, 3))
    for at in [*found[:5], 0, 1]:
        same(kind, odd_records.records(kind, 120, 3).slice(at, 1))


def test_of_broken_records_exactly_those_are_open_that_contradict_a_rule():
    broken = 0
    for place, breaker in enumerate(BREAKERS.values()):
        for kind, table in arrow_tables(breaker(draw_from([5, place]))).items():
            broken += bool(kind in RECORDS and len(table) and same(kind, table))
    assert broken > 50


def test_of_the_examples_exactly_those_are_open_that_contradict_a_rule():
    for kind, table in read([EXAMPLE]).tables.items():
        if kind in RECORDS and len(table):
            same(kind, table)


def test_a_rule_that_stops_leaves_every_row_open(monkeypatch):
    def stops(*_):
        raise ArithmeticError

    table = odd_records.records("count", 3, 1).combine_chunks()
    monkeypatch.setattr(glance, "asked_of", stops)
    assert open_rows("count", table.to_batches()[0]).tolist() == [0, 1, 2]
