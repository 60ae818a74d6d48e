"""Soundness and completeness of all rules at once: true data raise nothing, and every broken identity is found."""

from collections import Counter, defaultdict
from dataclasses import replace

import pyarrow as pa
import pytest

from curation.engine.registry import rules
from curation.engine.run import check
from schemas.registry import RECORDS
from schemas.strategies import BREAKERS, TRUTHS, simulate_diagrams, simulate_records, simulate_review
from schemas.strategies.draw import draw_from
from schemas.strategies.flows import prisma
from schemas.strategies.pooled import pooled
from schemas.strategies.stack import arrow_tables, case_of, stack

REVIEWS, SMALL_REVIEWS, RECORDS_PER_KIND, WORLDS = 500, 1505, 2100, 2100
BROKEN, SOME_BROKEN = 5, 2
FEWER = 25
"""The quick run takes so many times fewer of everything true; the whole is one of the long sweeps."""
MORE = {"appraisal": 7000}
ENOUGH = 2000
"""True rows that every rule must have judged consistent."""

EXERCISED_ELSEWHERE: dict[str, str] = {}
"""Rules that true data of this file do not reach often enough, and which test does: id -> reason."""


def _slim(review):
    """What only a whole review can show: sizes, years, flow, pooled results and one count per study."""
    kept = {"source", "study", "arm", "outcome", "pooled", "characteristic", "appraisal"}
    chosen = {kind: rows for kind, rows in review.items() if kind in kept}
    chosen["count"] = [row for row in review["count"] if row["outcome"].endswith("-relapse")]
    chosen["survival"] = [row for row in review["survival"] if "median" in row]
    chosen["flow"] = [row for row in review["flow"] if row["diagram"] == "prisma"]
    return chosen


def _true_rows(fewer):
    tables = defaultdict(list)
    reviews = [simulate_review(seed, 3) for seed in range(REVIEWS // fewer)]
    reviews += [_slim(simulate_review(seed, 2)) for seed in range(REVIEWS, REVIEWS + SMALL_REVIEWS // fewer)]
    numbers = {kind: MORE.get(kind, RECORDS_PER_KIND) // fewer for kind in RECORDS}
    singles = [{kind: simulate_records(kind, 1, numbers[kind])} for kind in RECORDS if kind != "flow"]
    worlds = stack(
        truth(draw_from([number, 17, place]))
        for place, truth in enumerate(TRUTHS.values())
        for number in range(WORLDS // fewer)
    )
    for each in [*reviews, *singles, worlds, {"flow": simulate_diagrams(1, numbers["flow"])}]:
        for kind, rows in each.items():
            tables[kind] += rows
    return tables


def _documents(tables):
    """The text of every source: all that is quoted from it."""
    texts = defaultdict(list)
    for row in tables["count"]:
        if "quote" in row:
            texts[row["source"]].append(row["quote"])
    for row in tables.pop("document", ()):
        texts[row["source"]].append(row["text"])
    return pa.table({"source": list(texts), "text": [". ".join(quotes) for quotes in texts.values()]})


@pytest.fixture(scope="module", params=[FEWER, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"])
def judged(request):
    """Every rule over true data."""
    tables = _true_rows(request.param)
    documents = _documents(tables)
    return check(arrow_tables(tables) | {"document": documents}, rules())


def test_true_data_raise_no_error_and_no_warning(judged):
    grave = [one for one in judged.findings if one.severity != "note"]
    shown = "\n".join(f"{one.rule}: {one.message} {' / '.join(one.explanations)}" for one in grave[:10])
    assert not grave, f"{Counter(one.rule for one in grave)}\n{shown}"
    assert not judged.crashed


def test_notes_on_true_data_say_which_custom_explains_them(judged):
    notes = [one for one in judged.findings if one.severity == "note"]
    assert all(one.explanations for one in notes), [one.message for one in notes if not one.explanations][:5]
    assert len(notes) < judged.records / 1000


def test_every_rule_has_judged_enough_true_rows(judged, request):
    enough = ENOUGH if "all" in request.node.name else 1
    reached = {rule: tally.consistent for rule, tally in judged.tallies.items()}
    seldom = {rule: number for rule, number in reached.items() if number < enough and rule not in EXERCISED_ELSEWHERE}
    assert not seldom, "extend the simulated data, or say in EXERCISED_ELSEWHERE which test does"
    assert set(EXERCISED_ELSEWHERE) <= set(reached), "no such rule"


@pytest.fixture(scope="module", params=[SOME_BROKEN, pytest.param(BROKEN, marks=pytest.mark.slow)], ids=["some", "all"])
def fired(request):
    """How many cases of every breaker there are, and case -> rules that fired; cases are numbered in the order of BREAKERS."""
    cases = [
        breaker(draw_from([seed, 11], size=2 + 5 * seed))
        for breaker in BREAKERS.values() for seed in range(request.param)
    ]  # fmt: skip
    found = defaultdict(set)
    for one in check(arrow_tables(stack(cases)), rules()).findings:
        found[case_of(one.source)].add(one.rule)
    return request.param, found


@pytest.mark.parametrize("rule", BREAKERS)
def test_a_broken_identity_is_found(rule, fired):
    known = {each.id: each for each in rules()}
    assert rule in known, "a breaker of a rule that does not exist"
    number, found = fired
    first = list(BREAKERS).index(rule) * number
    missed = [seed for seed in range(number) if not {rule, *known[rule].after} & found[first + seed]]
    assert not missed, BREAKERS[rule](draw_from([missed[0], 11], size=2 + 5 * missed[0]))
    assert any(rule in found[first + seed] for seed in range(number)), "only its prerequisites fired"


# Customs that are true but look odd: at most a warning, and the warning names the custom.


def _findings(tables):
    return [one for one in check(arrow_tables(tables), rules()).findings if one.severity != "note"]


def test_i2_taken_from_tau2_is_at_most_a_warning_that_names_the_estimator():
    draws = [draw_from([seed, 3]) for seed in range(600)]
    rows = [{"source": f"s{n}"} | pooled(replace(draw, to=draw.to), i2_from_tau2=True) for n, draw in enumerate(draws)]
    found = _findings({"pooled": rows})
    assert {one.severity for one in found} <= {"warning"}
    assert all("REML" in " ".join(one.explanations) for one in found), found[:3]


def test_several_reports_of_one_study_are_at_most_a_warning_that_names_them():
    draws = [draw_from([seed, 4]) for seed in range(300)]
    boxes = [{"source": f"s{n}"} | box for n, draw in enumerate(draws) for box in prisma(draw, 12, further_reports=2)]
    found = _findings({"flow": boxes})
    assert {one.severity for one in found} <= {"warning"}
    assert all("several reports" in " ".join(one.explanations) for one in found), found[:3]


@pytest.mark.slow
def test_digits_cut_off_in_a_record_are_never_an_error():
    rows = {kind: simulate_records(kind, 2, 250, ("truncate",)) for kind in RECORDS if kind != "flow"}
    assert not [one for one in _findings(rows) if one.severity == "error"]
