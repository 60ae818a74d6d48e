"""Slips made on purpose: one slip per table, still well formed, the truth silent, the same seed the same data."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sweep import cases

from curation.engine.registry import rules
from curation.engine.run import check
from schemas import slips as named
from schemas.registry import RECORDS
from schemas.strategies import SLIPS, arrow_tables, simulate_slips, slipped, slips_of, stack
from schemas.strategies.printing import ROUNDINGS

HAPPENS = {kind: slips_of(kind) for kind in RECORDS}
PAIRS = [(kind, slip) for kind, slips in HAPPENS.items() for slip in slips]


def test_slips_are_made_and_looked_for_under_the_same_names():
    assert set(SLIPS) == set(named.SLIPS)
    assert all(slip.meaning for slip in SLIPS.values())


def test_every_slip_happens_to_some_kind_and_every_kind_has_one():
    assert {slip for slips in HAPPENS.values() for slip in slips} == set(SLIPS)
    assert all(HAPPENS.values())


@pytest.mark.parametrize(("kind", "slip"), PAIRS)
def test_a_slip_changes_the_table_and_leaves_it_well_formed(kind, slip):
    for rounding in ROUNDINGS if slip != "digits_cut_off" else ROUNDINGS[:2]:
        for true, broken in simulate_slips(kind, slip, 5, 3, (rounding,)):
            assert len(true) == len(broken) == SLIPS[slip].rows
            assert true != broken
            for row in (*true, *broken):
                RECORDS[kind](**row)


@pytest.mark.parametrize(("kind", "slip"), [("count", "digits_swapped"), ("effect", "limits_swapped")])
@settings(deadline=None, max_examples=cases(15), suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_drawn_slips_are_well_formed(kind, slip, data):
    pair = data.draw(slipped(kind, slip))
    assert pair.true != pair.broken
    for row in pair.broken:
        RECORDS[kind](**row)


def test_the_truth_beside_a_slip_raises_nothing():
    for kind in ("count", "effect", "mean"):
        true = [{kind: pair.true} for slip in HAPPENS[kind] for pair in simulate_slips(kind, slip, 9, 10)]
        found = check(arrow_tables(stack(true)), [each for each in rules() if each.rows is None]).findings
        grave = [one.message for one in found if one.severity != "note"]
        assert not grave, grave[:5]


def test_the_same_seed_makes_the_same_slips():
    assert simulate_slips("count", "arms_swapped", 2, 5) == simulate_slips("count", "arms_swapped", 2, 5)


def test_what_cannot_be_is_said_in_a_sentence():
    with pytest.raises(KeyError, match="is no slip"):
        simulate_slips("count", "nonsense", 1, 1)
    with pytest.raises(KeyError, match="is no record kind"):
        slipped("nonsense", "digits_swapped")
    with pytest.raises(ValueError, match="does not happen"):
        simulate_slips("flow", "log_scale", 1, 1)
