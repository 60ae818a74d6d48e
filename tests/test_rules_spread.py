"""Spread of means: how grave a contradiction is, and what explains it."""

from __future__ import annotations

import numpy as np
import pytest
from whole_tables import asked

from curation.engine.registry import rules
from curation.engine.run import check
from curation.rules.change_is_difference import change_is_difference
from curation.rules.range_against_sd import range_against_sd
from curation.rules.se_is_sd_over_root_n import se_is_sd_over_root_n
from schemas.strategies.draw import draw_from
from schemas.strategies.spread_worlds import SPREAD_WORLDS
from schemas.strategies.stack import arrow_tables, stack


@pytest.mark.parametrize(
    ("texts", "severity", "words"),
    [
        (dict(n="52", sd="9.1", se="1.8"), "error", "would fit 24 to 27 participants"),
        (dict(n="52", sd="1.26", se="9.10"), "error", "exchanged"),
        (dict(n="5", sd="2.00", se="1.00"), "warning", "SD/√(n-1)"),
        (dict(n="52", sd="9.1", se="2.4", column="LS mean (SE)"), "warning", "adjustment or a model"),
    ],
)
def test_a_standard_error_that_does_not_fit_is_as_grave_as_its_mildest_explanation(texts, severity, words):
    [found] = asked(se_is_sd_over_root_n, mean={name: [text] for name, text in texts.items()}).findings
    assert found.severity == severity
    assert words in " / ".join(found.explanations)


def test_a_deviation_computed_with_n_is_a_warning():
    texts = dict(n=["2"], sd=["0.50"], minimum=["3.00"], maximum=["4.00"])
    [found] = asked(range_against_sd, mean=texts).findings
    assert (found.severity, "with n instead of n - 1" in found.explanations[0]) == ("warning", True)


@pytest.mark.parametrize(("change", "turned"), [("2.1", True), ("-1.2", False)])
def test_a_change_of_the_wrong_sign_turns_the_conclusion(change, turned):
    texts = dict(outcome=["pain"] * 3, timepoint=["baseline", "4 weeks", "4 weeks"], moment=["value", "value", "change"],
                 n=["40"] * 3, mean=["6.2", "4.1", change], sd=["2", "2", "1"])  # fmt: skip
    [found] = asked(change_is_difference, mean=texts).findings
    assert found.changes_conclusion == turned
    assert found.severity == ("warning" if turned else "error")


@pytest.mark.parametrize("world", SPREAD_WORLDS)
def test_true_worlds_of_means_raise_nothing(world):
    ours = [each for each in rules() if each.family in ("SPREAD", "MEAN", "SPAN", "EFFECT")]
    tables = stack(SPREAD_WORLDS[world](draw_from(np.random.default_rng([number, 5]))) for number in range(200))
    done = check(arrow_tables(tables), ours)
    assert not done.findings, done.findings[0].message
    assert not done.crashed
