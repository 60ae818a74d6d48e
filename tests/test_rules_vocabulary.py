"""Words beside numbers: every phrase of a labelled list with every field it may be entered in, both ways."""

import itertools

import pytest
from rule_tables import findings, table

from schemas.strategies.break_wording import BROKEN
from schemas.strategies.draw import draw_from
from schemas.strategies.stack import arrow_tables, case_of, stack
from schemas.strategies.wording_worlds import WORLDS

SPREADS = {
    "58.5 (SD 9.1)": "sd", "58.5 ± 9.1 (s.d.)": "sd", "standard deviation, 9.1": "sd", "58.5 (SE 9.1)": "se", "58.5 ± SEM 9.1": "se",
    "standard error 9.1": "se", "58.5 (S.E. 9.1)": "se", "58.5 ± 9.1": None, "58.5 (SD 9.1; SE 1.3)": None, "9.1 per se": None,
    "SEASON 9.1": None,
}  # fmt: skip
MEASURES = {
    "odds ratio 1.20": "OR", "OR 1.20": "OR", "OR = 1.20": "OR", "hazard ratio, 1.20": "HR", "HR (95% CI) 1.20": "HR", "risk ratio 1.20": "RR",
    "relative risk 1.20": "RR", "mean difference 1.20": "MD", "standardised mean difference 1.20": "SMD", "Hedges' g 1.20": "SMD",
    "1.20 OR more": None, "a relative risk reduction of 1.20": None, "HR and high risk": None,
}  # fmt: skip
LEVELS = {
    "1.20 (90% CI 0.3-2.1)": "90", "1.20 (99 % confidence interval)": "99", "CI 95%: 0.3 to 2.1": "95", "95%CI": "95", "97.5% CI": "97.5",
    "90% of 20 patients": None, "95% PI 0.3 to 2.1": None, "29% (CI: 11%-47%)": None,
    "CI 90% to 97%": None,
}  # fmt: skip


def flagged(rule, **tables):
    return {int(one.records[0].rpartition("-")[2]) for one in findings(rule, **tables)}


@pytest.mark.parametrize("place", ["quote", "column", "note"])
def test_spread_is_what_the_words_call_it(place):
    cases = list(itertools.product(SPREADS, ("sd", "se")))
    rows = {field: ["9.1" if own == field else None for _, own in cases] for field in ("sd", "se")}
    found = flagged("VOCABULARY-001", mean=table("mean", **rows, **{place: [words for words, _ in cases]}))
    assert found == {n for n, (words, own) in enumerate(cases) if SPREADS[words] not in (None, own)}


def test_a_measure_is_what_the_words_call_it():
    cases = list(itertools.product(MEASURES, ("OR", "RR", "HR", "MD", "SMD")))
    effects = table("effect", measure=[own for _, own in cases], estimate="1.20", quote=[words for words, _ in cases])
    assert flagged("VOCABULARY-003", effect=effects) == {
        n for n, (words, own) in enumerate(cases) if MEASURES[words] not in (None, own)
    }


def test_a_level_is_what_the_words_say():
    cases = list(itertools.product(LEVELS, (None, "90", "95%", "99%", "0.95", "97.5")))
    own = {None: "95", "95%": "95", "99%": "99", "0.95": "95"}
    rows = dict(level=[level for _, level in cases], quote=[words for words, _ in cases])
    effects = table("effect", measure="MD", estimate="1.20", lower="0.3", upper="2.1", **rows)
    assert flagged("VOCABULARY-004", effect=effects) == {
        n
        for n, (words, level) in enumerate(cases)
        if LEVELS[words] not in (None, own.get(level, level)) and not words.startswith("CI ")
    }


@pytest.mark.parametrize("rule", [each for each in BROKEN if each.startswith("VOCABULARY")])
def test_true_words_are_never_flagged_and_false_ones_always(rule):
    true = arrow_tables(stack(world(draw_from([number, 23])) for world in WORLDS.values() for number in range(200)))
    assert not findings(rule, **true)
    false = arrow_tables(stack(BROKEN[rule](draw_from([number, 23])) for number in range(60)))
    assert {case_of(one.source) for one in findings(rule, **false)} == set(range(60))
