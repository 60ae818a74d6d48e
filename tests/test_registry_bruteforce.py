"""Rules of a registry record against enumeration: every way in which a few participants can have had events and left."""

from __future__ import annotations

from itertools import product

from verdict_tables import judged

from curation.rules.registry_any_within_terms import registry_any_within_terms
from curation.rules.registry_at_risk_within_started import registry_at_risk_within_started
from curation.rules.registry_flow_and_publication import registry_flow_and_publication
from curation.rules.registry_reasons_add_up import registry_reasons_add_up
from curation.rules.registry_term_within_any import registry_term_within_any

REGISTRY = dict(source=["nct"], title=["Registry record"], type=["registry"])
PEOPLE = 3
SMALL = range(PEOPLE + 2)


def columns(rows):
    """Rows as columns; the studies keep the cases apart."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def contradicted(rule, rows_of, cases, kind, **entities):
    """The cases that the rule flags; each is a study of its own."""
    rows = [
        row | {"source": row.get("source", "nct"), "study": f"s{n}"}
        for n, case in enumerate(cases)
        for row in rows_of(*case)
    ]
    done = judged(rule, source=entities.pop("source", REGISTRY), **{kind: columns(rows)}, **entities)
    owner = {f"{kind}-{place}": int(row["study"][1:]) for place, row in enumerate(rows)}
    assert done.consistent + done.contradicts >= len(cases)
    return {cases[owner[record]] for record in done.flagged}


def histories():
    """(any, first, second) for everything that can happen to three people: none, one or both of two events each."""
    for each in product(((0, 0), (0, 1), (1, 0), (1, 1)), repeat=PEOPLE):
        yield sum(map(any, each)), sum(one for one, _ in each), sum(two for _, two in each)


POSSIBLE = set(histories())
CASES = list(product(SMALL, repeat=3))
"""Numbers affected by any event and by each of two."""


def events(whole, *parts, section="Serious adverse events"):
    rows = [("Total", whole), *((f"Term {place}", part) for place, part in enumerate(parts))]
    return [dict(outcome=name, row=name, section=section, events=str(n)) for name, n in rows]


def test_just_the_tables_of_events_that_can_happen_pass_both_rules():
    part_too_large = contradicted(registry_term_within_any, events, CASES, "count")
    whole_too_large = contradicted(registry_any_within_terms, events, CASES, "count")
    within = [case for case in CASES if max(case) <= PEOPLE]
    assert {case for case in within if case not in POSSIBLE} == {
        case for case in within if case in part_too_large | whole_too_large
    }
    assert part_too_large == {case for case in CASES if max(case[1:]) > case[0]}
    assert whole_too_large == {case for case in CASES if case[0] > sum(case[1:])}


def test_other_events_are_only_held_against_their_sum_where_all_are_listed():
    rows = events(3, 1, 1, section="Other adverse events")
    for threshold, found in (("0%", 1), ("5%", 0)):
        limit = dict(
            source=["nct"], study=["s0"], characteristic=["threshold"], row=["Frequency threshold"], value=[threshold]
        )
        done = judged(
            registry_any_within_terms,
            source=REGISTRY,
            characteristic=limit,
            count=columns([row | dict(source="nct", study="s0") for row in rows]),
        )
        assert done.contradicts == found


def test_a_table_without_any_event_listed_allows_nobody_to_be_affected():
    cases = [(n,) for n in SMALL]
    assert contradicted(registry_any_within_terms, events, cases, "count") == {(n,) for n in SMALL if n > 0}


def test_numbers_at_risk_are_at_most_the_largest_number_that_started():
    cases = list(product(SMALL, repeat=3))
    studies = [f"s{n}" for n in range(len(cases))]
    flow = [
        dict(source="nct", study=study, arm="a", diagram="consort", node="started", n=str(n), group=f"Period {period}")
        for study, (first, second, _) in zip(studies, cases, strict=True)
        for period, n in enumerate((first, second))
    ]
    count = [
        dict(
            source="nct",
            study=study,
            arm="a",
            outcome="any",
            section="Serious adverse events",
            row="Total",
            events="0",
            total=str(at_risk),
        )
        for study, (_, _, at_risk) in zip(studies, cases, strict=True)
    ]
    done = judged(registry_at_risk_within_started, source=REGISTRY, flow=columns(flow), count=columns(count))
    wrong = {f"count-{place}" for place, (first, second, at_risk) in enumerate(cases) if at_risk > max(first, second)}
    assert {each for each in done.flagged if each.startswith("count")} == wrong
    assert done.consistent + done.contradicts == len(cases)


def test_reasons_are_all_who_did_not_complete_the_period():
    def boxes(whole, *reasons):
        named = [dict(node="discontinued", group=f"Second: {place}", n=str(n)) for place, n in enumerate(reasons)]
        other = dict(node="discontinued", group="First: 0", n="9")
        rows = [dict(node="not_completed", group="Second", n=str(whole)), *named, other]
        return [row | dict(diagram="consort", arm="a") for row in rows]

    assert contradicted(registry_reasons_add_up, boxes, CASES, "flow") == {
        case for case in CASES if case[0] != case[1] + case[2]
    }


def test_the_arms_and_all_of_them_are_held_against_the_publication():
    sources = dict(source=["nct", "paper"], title=["R", "P"], type=["registry", "article"])
    studies = [f"s{n}" for n in range(len(CASES))]
    arms = columns([dict(study=study, arm=arm, label=arm, role="experimental") for study in studies for arm in "ab"])

    def boxes(one, two, published):
        started = [dict(source="nct", arm=arm, node="started", n=str(n)) for arm, n in (("a", one), ("b", two))]
        rows = [
            *started,
            dict(source="paper", arm=None, node="randomised", n=str(published)),
            dict(source="paper", arm="a", node="allocated", n=str(one)),
        ]
        return [row | dict(diagram="consort") for row in rows]

    found = contradicted(registry_flow_and_publication, boxes, CASES, "flow", source=sources, arm=arms)
    assert found == {case for case in CASES if case[2] != case[0] + case[1]}
