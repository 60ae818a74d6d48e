"""What screens and the first look settle is what the rules say in full, row by row and in every count."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from curation.engine.batches import answers, plans_for, row_plans
from curation.engine.columns import Arguments
from curation.engine.findings import Tally
from curation.engine.flags import flag
from curation.engine.judge import at_a_glance, judge
from curation.engine.registry import rules
from schemas.registry import RECORDS
from schemas.verdicts import Verdict
from tests.odd_records import records

ROW_RULES = tuple(each for each in rules() if each.rows is None)
KINDS = [kind for kind in RECORDS if row_plans(kind, ROW_RULES)]
SCREENED = sorted({rule.id for rule in ROW_RULES if rule.surely})


def _batch(kind: str, rows: int, seed: int) -> pa.RecordBatch:
    return records(kind, rows, seed).combine_chunks().to_batches()[0]


def _both(kind: str, rows: int, seed: int):
    """The verdicts of every rule that has a screen, with it and without."""
    batch = _batch(kind, rows, seed)
    for rule, sources in plans_for(row_plans(kind, ROW_RULES), batch):
        if rule.surely:
            with_screen = judge(rule, Arguments(batch, own=True), sources)
            without = judge(replace(rule, surely=None), Arguments(batch, own=True), sources)
            yield rule, with_screen, without


@pytest.mark.parametrize("kind", KINDS)
def test_a_screen_never_answers_otherwise_than_its_rule(kind):
    for seed in range(2):
        for rule, with_screen, without in _both(kind, 800, seed):
            differ = np.flatnonzero(with_screen.codes != without.codes)
            assert not len(differ), (
                rule.id,
                kind,
                seed,
                differ[:5],
                with_screen.codes[differ[:5]],
                without.codes[differ[:5]],
            )
            assert with_screen.reasons == without.reasons


def test_every_screen_settles_something():
    settled = dict.fromkeys(SCREENED, 0)
    for kind in KINDS:
        batch = _batch(kind, 1500, 7)
        for rule, sources in plans_for(row_plans(kind, ROW_RULES), batch):
            if rule.surely:
                codes, _ = at_a_glance(rule, Arguments(batch, own=True).all_of(sources))
                settled[rule.id] += int((codes != Verdict.EDGE).sum())
    assert [each for each in SCREENED if not settled[each]] == []


@pytest.mark.parametrize("kind", KINDS)
def test_flags_are_the_contradictions_of_all_rules_asked_in_full_with_the_same_counts(kind):
    whole = records(kind, 800, 11)
    numbered = whole.append_column("rowid", pa.array(np.arange(len(whole))))
    flags = flag(kind, numbered.to_batches(max_chunksize=400), ROW_RULES)
    found, counted = [], {}
    batch = whole.combine_chunks().to_batches()[0]
    for answer in answers(plans_for(row_plans(kind, ROW_RULES), batch), batch):
        codes = answer.judged.codes
        tally = counted.setdefault(answer.rule.id, Tally())
        rows = answer.judged.rows(Verdict.CONTRADICTS)
        tally.add(consistent=int((codes == 0).sum()), contradicts=len(rows), reasons=answer.judged.reasons)
        found += [(kind, answer.rule.id, int(row)) for row in rows]
    assert {rule: tally for rule, tally in flags.tallies.items() if tally.checked} == {
        rule: tally for rule, tally in counted.items() if tally.checked
    }
    assert sorted(tuple(line.values()) for line in flags.flagged.to_pylist()) == sorted(found)
    assert flags.records == len(whole)
    assert not flags.crashed
