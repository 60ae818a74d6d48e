"""Egger, Begg, trim and fill: metafor's numbers, and sentences where there is nothing to test."""

import numpy as np
import pytest
from asymmetry_oracle import cases, data
from hypothesis import given, settings
from hypothesis import strategies as some

from pooling.errors import CannotPool
from pooling.models.asymmetry import begg, egger
from pooling.models.one import meta, pool
from pooling.models.trimfill import trim_and_fill

CLOSED = {"lm", "CE", "DL", "HE", "HS", "SJ"}
NAN = float("nan")


def tolerance(method):
    return 1e-8 if method in CLOSED else 1e-6


@pytest.mark.parametrize(("name", "option", "theirs"), cases("egger"))
def test_eggers_test_is_metafors(name, option, theirs):
    y, v, *_ = data(name)
    method, _, test = option.partition(" ")
    ours = egger(y, v) if method == "lm" else egger(y, v, model="rma", method=method, test=test)
    for field, (value,) in theirs.items():
        np.testing.assert_allclose(getattr(ours, field), value, rtol=tolerance(method), atol=1e-9, err_msg=field)


@pytest.mark.parametrize(("name", "option", "theirs"), cases("begg"))
def test_beggs_test_is_metafors(name, option, theirs):
    y, v, *_ = data(name)
    ours = begg(y, v)
    np.testing.assert_allclose([ours.tau, ours.p], [theirs["tau"][0], theirs["p"][0]], rtol=1e-8)
    assert ours.exact == (name != "tied")


@pytest.mark.parametrize(("name", "option", "theirs"), cases("trimfill"))
def test_trim_and_fill_is_metafors(name, option, theirs):
    y, v, *_ = data(name)
    method, estimator, side = option.split()
    ours = trim_and_fill(pool(y, v, method=method), side=side, estimator=estimator)
    assert ours.k0 == theirs["k0"][0]
    assert ours.side == ("right" if theirs["right"][0] else "left")
    pairs = [(ours.se_k0, "se_k0"), (ours.p_k0, "p_k0")]
    pairs += [(getattr(ours.result, field), field) for field in ("estimate", "se", "tau2", "q")]
    for value, field in pairs:
        np.testing.assert_allclose(value, theirs[field][0], rtol=tolerance(method), atol=1e-9, err_msg=field)
    filled = ours.result.studies.y[np.array(ours.filled)]
    np.testing.assert_allclose(sorted(filled), sorted(theirs.get("filled_y", [])), rtol=tolerance(method), atol=1e-9)


@pytest.mark.parametrize(
    ("y", "v", "said"),
    [
        ([], [], "needs at least 3 studies"),
        ([0.1, NAN, 0.3], [0.1, 0.2, 0.3], "there are 2"),
        ([0.1, 0.2, 0.3], [0.1, 0.1, 0.1], "one standard error"),
        ([[0.1, 0.2, 0.3]] * 2, [[0.1, 0.2, 0.3]] * 2, "one analysis, not 2"),
    ],
)
def test_egger_says_what_it_lacks(y, v, said):
    with pytest.raises(CannotPool, match=said):
        egger(y, v)


def test_begg_says_what_it_lacks():
    with pytest.raises(CannotPool, match="at least 2 studies"):
        begg([0.1], [0.2])
    with pytest.raises(CannotPool, match="nothing to rank"):
        begg([0.1, 0.3, 0.2], [0.2, 0.2, 0.2])


def test_trim_and_fill_says_what_it_lacks():
    with pytest.raises(CannotPool, match="at least two studies"):
        trim_and_fill(pool([0.1], [0.2]))
    with pytest.raises(CannotPool, match="say side='left'"):
        trim_and_fill(pool([0.1, 0.4, 0.2], [0.2, 0.2, 0.2]))
    with pytest.raises(CannotPool, match="not 'up' and 'L0'"):
        trim_and_fill(pool([0.1, 0.4], [0.2, 0.1]), side="up")
    counts = {"ai": [4, 6, 9], "n1i": [123, 306, 90], "ci": [11, 29, 12], "n2i": [139, 303, 88]}
    with pytest.raises(CannotPool, match="works with inverse variances"):
        trim_and_fill(meta("OR", counts, method="MH"))
    with pytest.raises(CannotPool, match=r'"lm" .* and "rma"'):
        egger([0.1, 0.2, 0.3], [0.1, 0.2, 0.3], model="mixed")


def test_a_study_left_out_stays_left_out_when_filled():
    y, v, *_ = data("bcg")
    whole = trim_and_fill(pool(y, v, method="DL"), side="left", estimator="R0")
    gap = trim_and_fill(pool([*y[:3], NAN, *y[3:]], [*v[:3], 0.1, *v[3:]], method="DL"), side="left", estimator="R0")
    assert gap.k0 == whole.k0
    assert gap.result.estimate == pytest.approx(whole.result.estimate)
    assert len(gap.filled) == len(whole.filled) + 1
    assert "trim and fill" in whole.summary().lower()
    assert "Egger" in egger(y, v).summary()
    assert "Kendall" in begg(y, v).summary()


effects = some.lists(some.tuples(some.floats(-3, 3), some.floats(0.01, 2)), min_size=4, max_size=12)


@settings(max_examples=40, deadline=None)
@given(effects)
def test_mirrored_effects_are_missing_on_the_other_side(drawn):
    y, v = np.array(drawn).T
    if len({round(each, 6) for each in y}) < len(y):
        return
    left = trim_and_fill(pool(y, v, method="CE"), side="left")
    right = trim_and_fill(pool(-y, v, method="CE"), side="right")
    assert left.k0 == right.k0
    assert left.result.estimate == pytest.approx(-right.result.estimate, abs=1e-9)
