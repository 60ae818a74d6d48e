"""What screens and the first look settle is what the rules say in full, row by row and in every count."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from curation.engine.batches import answers, plans_for, row_plans
from curation.engine.columns import Arguments, at_hand, from_arrow
from curation.engine.findings import Tally
from curation.engine.flags import flag
from curation.engine.judge import at_a_glance, judge
from curation.engine.registry import rules
from schemas.registry import RECORDS
from schemas.verdicts import Verdict
from store.stream import MOST_SINGLE_UNITS
from tests.odd_records import plain_records, records

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
                codes, _ = at_a_glance(rule, Arguments(batch, own=True).all_of(sources), None)
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


def _bare(kind: str, table: pa.Table, numbers: pa.DataType) -> pa.Table:
    """Plainly printed numbers as a file gives them: value and decimals alone, of counts the value, nothing where there is none.

    Single precision is taken of those columns of which a file would give it.
    """
    for field in RECORDS[kind].fields():
        column = table.column(field.name).combine_chunks() if field.quantity else None
        if column is None or column.null_count:
            continue
        value, decimals = column.field("value"), column.field("decimals")
        units = np.abs(value.to_numpy()).max() * 10.0 ** max(decimals.to_pylist())
        if units <= MOST_SINGLE_UNITS:
            value = value.cast(numbers, safe=False)
        bare = {"value": value} if field.quantity.exact else {"value": value, "decimals": decimals}
        bare = pa.StructArray.from_arrays(list(bare.values()), list(bare))
        table = table.set_column(table.schema.get_field_index(field.name), field.name, bare)
    return table


PRECISIONS = [pa.float64(), pa.float32()]


@pytest.mark.parametrize("numbers", PRECISIONS, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_of_plainly_printed_numbers_screens_settle_what_is_so_and_the_rest_is_judged_to_the_last_digit(kind, numbers):
    for seed in range(4):
        whole = plain_records(kind, 600, seed)
        numbered = whole.append_column("rowid", pa.array(np.arange(len(whole))))
        full, bare = (flag(kind, each.to_batches(), ROW_RULES) for each in (numbered, _bare(kind, numbered, numbers)))
        assert bare.tallies == full.tallies
        assert bare.flagged == full.flagged


@pytest.mark.parametrize("numbers", PRECISIONS, ids=str)
def test_screens_settle_nearly_as_many_plainly_printed_numbers_as_with_their_ends(numbers):
    settled = {each: [0, 0] for each in SCREENED}
    for kind in KINDS:
        for seed in range(4):
            whole = plain_records(kind, 500, seed)
            for place, (table, read) in enumerate(((whole, from_arrow), (_bare(kind, whole, numbers), at_hand))):
                batch = table.combine_chunks().to_batches()[0]
                for rule, sources in plans_for(row_plans(kind, ROW_RULES), batch):
                    if rule.surely:
                        codes, _ = at_a_glance(rule, Arguments(batch, own=True, read=read).all_of(sources), None)
                        settled[rule.id][place] += int((codes == Verdict.CONSISTENT).sum())
    assert sum(ends > 0 for ends, _ in settled.values()) > 10
    assert {each: both for each, both in settled.items() if both[1] < 0.9 * both[0]} == {}
