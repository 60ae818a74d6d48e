"""Every rule's own examples, run through the engine."""

import pytest

from curation.engine.examples import examples, verdict_of
from curation.engine.registry import rules

CASES = [(rule, outcome, example) for rule in rules() for outcome, example in examples(rule)]


@pytest.mark.parametrize(
    ("rule", "outcome", "example"),
    CASES,
    ids=[f"{rule.id}-{outcome}-{n}" for n, (rule, outcome, _) in enumerate(CASES)],
)
def test_an_example_gets_the_verdict_it_is_listed_under(rule, outcome, example):
    tally = verdict_of(rule, example)
    answered = {"consistent": tally.consistent, "inconsistent": tally.contradicts, "cannot_tell": tally.cannot_tell}
    assert answered.pop(outcome) >= 1, (outcome, example, tally)
    assert not answered["inconsistent"] if outcome != "inconsistent" else True, (example, tally)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_shows_all_three_outcomes(rule):
    assert rule.consistent
    assert rule.inconsistent
    assert rule.cannot_tell, "say in cannot_tell when the rule is silent"
