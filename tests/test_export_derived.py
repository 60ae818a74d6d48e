"""What the export works out from printed numbers: true where it is given, and the same way back."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.printed import PERCENT, parse
from store.export.analyses.counts import only_count
from store.export.analyses.effects import se_from_interval, se_from_p
from store.export.analyses.means import sd_from_interval, sd_from_se


def count_of(percent: str, total: int) -> float:
    low, high = (float(end) for end in parse(percent, PERCENT).interval())
    return float(only_count(np.array([low]), np.array([high]), np.array([float(total)]))[0])


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.integers(0, 3))
def test_a_count_that_follows_from_a_rounded_percentage_is_the_true_one(counted, decimals):
    x, n = counted
    printed = (Decimal(100 * x) / n).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
    found = count_of(f"{printed}%", n)
    assert np.isnan(found) or found == x
    if n < 10**decimals * 100:  # counts lie further apart than a printed step
        assert found == x


@given(st.integers(2, 300), st.integers(0, 2))
def test_a_percentage_that_two_counts_print_alike_gives_none(n, decimals):
    step = Decimal(1).scaleb(-decimals)
    printed: dict[Decimal, set[int]] = {}
    for x in range(n + 1):
        printed.setdefault((Decimal(100 * x) / n).quantize(step, ROUND_HALF_EVEN), set()).add(x)
    for percent, counts in printed.items():
        if len(counts) > 1:
            assert np.isnan(count_of(f"{percent}%", n))


POSITIVE = st.floats(1e-3, 1e3)
LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99])


@given(st.floats(-100, 100), POSITIVE, st.integers(2, 10_000), LEVELS)
def test_a_standard_deviation_comes_back_from_standard_error_and_interval(mean, sd, n, level):
    from scipy import stats

    half = stats.t.ppf((1 + level) / 2, n - 1) * sd / np.sqrt(n)
    found = sd_from_interval(*(np.array([each]) for each in (mean - half, mean + half, n, level)))
    assert found[0] == pytest.approx(sd, rel=1e-6)
    assert sd_from_se(np.array([sd / np.sqrt(n)]), np.array([n]))[0] == pytest.approx(sd, rel=1e-12)


@given(st.floats(-5, 5).filter(lambda y: abs(y) > 1e-3), st.floats(0.05, 5), LEVELS)
def test_a_standard_error_comes_back_from_interval_and_p(y, sei, level):
    from scipy import stats

    half = stats.norm.ppf((1 + level) / 2) * sei
    found = se_from_interval(*(np.array([each]) for each in (y - half, y + half, level)))
    assert found[0] == pytest.approx(sei, rel=1e-9)
    p = max(2 * stats.norm.sf(abs(y / sei)), 1e-300)
    if p > 1e-300:
        assert se_from_p(np.array([y]), np.array([p]))[0] == pytest.approx(sei, rel=1e-6)
