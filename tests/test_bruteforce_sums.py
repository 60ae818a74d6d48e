"""Rules of sums and flows against enumeration: which printed numbers has some small world, and which has none?

Percentages are printed whole. Their rounding intervals end at halves, and the conditions are sums, so a world of 200
participants has every case that any world has.
"""

from __future__ import annotations

import itertools

import pytest
from verdict_tables import judged

from curation.rules.analysed_within_randomised import analysed_within_randomised
from curation.rules.answers_cover_everyone import answers_cover_everyone
from curation.rules.arms_add_up import arms_add_up
from curation.rules.complete_categories import complete_categories
from curation.rules.consort_flow import consort_flow
from curation.rules.exclusive_categories import exclusive_categories
from curation.rules.exclusive_parts_within_whole import exclusive_parts_within_whole
from curation.rules.exclusive_percentages import exclusive_percentages
from curation.rules.flow_narrows import flow_narrows
from curation.rules.flow_parts_add_up import flow_parts_add_up
from curation.rules.grades_nested import grades_nested
from curation.rules.part_of_whole import part_of_whole
from curation.rules.participants_add_up import participants_add_up
from curation.rules.parts_of_studies import parts_of_studies
from curation.rules.previous_and_new import previous_and_new
from curation.rules.prisma_flow import prisma_flow
from curation.rules.prisma_included import prisma_included
from curation.rules.started_and_completed import started_and_completed
from curation.rules.studies_counted import studies_counted
from curation.rules.studies_within_reports import studies_within_reports
from curation.rules.threshold_contains_categories import threshold_contains_categories
from curation.rules.threshold_is_sum import threshold_is_sum
from curation.rules.thresholds_nested import thresholds_nested
from curation.rules.whole_between_arms import whole_between_arms
from curation.rules.whole_within_parts import whole_within_parts

EVERYONE = 200
SMALL = range(5)
WHOLE = (0, 1, 33, 34, 49, 50, 51, 66, 67, 99, 100)
"""Percentages tried: the ends, the middle and thirds, where rounding matters."""


def worlds_of(percent):
    """How many of 200 people print as this percentage, rounded to nearest; a tie may go either way."""
    found = []
    for people in range(EVERYONE + 1):
        half, rest = divmod(people, 2)
        prints = {half} if not rest else {half, half + 1}
        if percent in prints:
            found.append(people)
    return found


def some_world(percents, holds):
    """Whether some people print these percentages and obey the condition."""
    return any(holds(*people) for people in itertools.product(*(worlds_of(each) for each in percents)))


def cases_found(rule, rows_of, cases, kind="count", **entities):
    """The numbers of the cases that the rule flags; each case is a study of its own."""
    rows = [row | {"study": f"s{n}"} for n, case in enumerate(cases) for row in rows_of(case)]
    names = {name for row in rows for name in row}
    done = judged(rule, **{kind: {name: [row.get(name) for row in rows] for name in names}}, **entities)
    owner = {f"{kind}-{place}": int(row["study"][1:]) for place, row in enumerate(rows)}
    assert done.consistent + done.contradicts >= len(cases)
    return {owner[record] for record in done.flagged}


def outcomes(*rows):
    names = ("outcome", "label", "family", "family_kind", "rank", "complete", "contains")
    return {name: [row.get(name) for row in rows] for name in names} | {"label": [row["outcome"] for row in rows]}


def family(kind, *names, **more):
    return [
        dict(outcome=name, family=kind, family_kind=kind, rank=str(place)) | more for place, name in enumerate(names, 1)
    ]


PARTS = family("exclusive", "a", "b")
COMPLETE = family("exclusive", "a", "b", complete="yes")
THRESHOLD = [
    *[one | {"family": "f"} for one in PARTS],
    dict(outcome="t", family="f", family_kind="cumulative", rank="2"),
]
WHOLES = [dict(outcome="t", contains="a b", complete="yes"), dict(outcome="a"), dict(outcome="b")]
RULES = [
    (exclusive_percentages, outcomes(*PARTS), "ab", lambda a, b: a + b <= EVERYONE),
    (complete_categories, outcomes(*COMPLETE), "ab", lambda a, b: a + b == EVERYONE),
    (answers_cover_everyone, outcomes(*family("event", "a", "b", complete="yes")), "ab", lambda a, b: a + b >= EVERYONE),
    (threshold_contains_categories, outcomes(*THRESHOLD), "abt", lambda a, b, t: a + b <= t),
    (threshold_is_sum, outcomes(*THRESHOLD), "abt", lambda a, b, t: a + b == t),
    (thresholds_nested, outcomes(*family("cumulative", "a", "b")), "ab", lambda a, b: a <= b),
    (grades_nested, outcomes(*family("grade", "a", "b")), "ab", lambda a, b: a <= b),
    (part_of_whole, outcomes(dict(outcome="b", contains="a"), dict(outcome="a")), "ab", lambda a, b: a <= b),
    (whole_within_parts, outcomes(*WHOLES), "abt", lambda a, b, t: t <= a + b),
    (exclusive_parts_within_whole, outcomes(dict(outcome="t", contains="a b"), *PARTS), "abt", lambda a, b, t: a + b <= t),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "outcome", "names", "holds"), RULES, ids=[each[0].id for each in RULES])
def test_percentages_are_flagged_just_where_no_people_print_them(rule, outcome, names, holds):
    chosen = WHOLE if len(names) == 2 else (0, 1, 33, 34, 50, 51, 67)
    cases = list(itertools.product(chosen, repeat=len(names)))

    def rows(case):
        return [dict(outcome=name, percent=f"{p}%") for name, p in zip(names, case, strict=True)]

    found = cases_found(rule, rows, cases, outcome=outcome)
    assert found == {n for n, case in enumerate(cases) if not some_world(case, holds)}


@pytest.mark.parametrize(("rule", "outcome", "names", "holds"), RULES[3:], ids=[each[0].id for each in RULES[3:]])
def test_numbers_of_people_are_flagged_just_where_they_break_the_sum(rule, outcome, names, holds):
    cases = list(itertools.product(SMALL, repeat=len(names)))

    def rows(case):
        return [dict(outcome=name, events=str(n)) for name, n in zip(names, case, strict=True)]

    found = cases_found(rule, rows, cases, outcome=outcome)
    assert found == {n for n, case in enumerate(cases) if not holds(*case)}


@pytest.mark.parametrize(
    ("rule", "outcome", "possible"),
    [
        (exclusive_categories, outcomes(*PARTS), lambda people: {sum(one == "a" for one in people)}),
        (complete_categories, outcomes(*COMPLETE), None),
    ],
    ids=["SUM-001", "SUM-003"],
)
def test_categories_of_so_many_people_are_those_of_some_assignment(rule, outcome, possible):
    """Every assignment of up to four people to a, b or (where the categories need not be complete) neither."""
    choices = "ab" if possible is None else "abc"
    reachable = {
        (people.count("a"), people.count("b"), size)
        for size in range(1, 5)
        for people in itertools.product(choices, repeat=size)
    }
    cases = list(itertools.product(SMALL, SMALL, range(1, 5)))

    def rows(case):
        return [dict(outcome=name, events=str(n), total=str(case[2])) for name, n in zip("ab", case[:2], strict=True)]

    found = cases_found(rule, rows, cases, outcome=outcome)
    assert found == {n for n, case in enumerate(cases) if case not in reachable}


def arms_of(cases):
    keys = [
        (f"s{n}", arm, role)
        for n in range(len(cases))
        for arm, role in (("all", "total"), ("x", "experimental"), ("y", "control"))
    ]
    return dict(
        study=[each[0] for each in keys],
        arm=[each[1] for each in keys],
        label=[each[1] for each in keys],
        role=[each[2] for each in keys],
    )


def test_arms_add_up_just_where_people_can_be_split():
    cases = list(itertools.product(SMALL, SMALL, range(9)))

    def rows(case):
        return [dict(outcome="cr", arm=arm, events=str(n)) for arm, n in zip(("x", "y", "all"), case, strict=True)]

    found = cases_found(arms_add_up, rows, cases, outcome=outcomes(dict(outcome="cr")), arm=arms_of(cases))
    assert found == {n for n, (one, two, everyone) in enumerate(cases) if one + two != everyone}


def test_the_percentage_of_everyone_is_that_of_some_arms():
    """Arms of 200 people, or one of them many times as large: every weighting of the two."""
    cases = list(itertools.product((0, 33, 34, 50, 51, 100), repeat=3))

    def rows(case):
        return [dict(outcome="cr", arm=arm, percent=f"{p}%") for arm, p in zip(("x", "y", "all"), case, strict=True)]

    found = cases_found(whole_between_arms, rows, cases, outcome=outcomes(dict(outcome="cr")), arm=arms_of(cases))
    possible = [some_world(case, lambda one, two, whole: min(one, two) <= whole <= max(one, two)) for case in cases]
    assert found == {n for n, one in enumerate(possible) if not one}


FLOWS = [
    (prisma_flow, "prisma", ("screened", "excluded_screening", "assessed"), lambda gone, kept: (gone + kept, gone, kept)),
    (prisma_flow, "prisma", ("sought", "not_retrieved", "assessed"), lambda gone, kept: (gone + kept, gone, kept)),
    (prisma_included, "prisma", ("assessed", "excluded_fulltext", "included"), lambda gone, kept: (gone + kept, gone, kept)),
    (flow_narrows, "prisma", ("identified", "screened"), lambda gone, kept: (gone + kept, kept)),
    (consort_flow, "consort", ("enrolled", "not_eligible", "randomised"), lambda gone, kept: (gone + kept, gone, kept)),
    (started_and_completed, "consort", ("started", "not_completed", "completed"), lambda gone, kept: (gone + kept, gone, kept)),
    (studies_within_reports, "prisma", ("included_reports", "included"), lambda further, kept: (kept + further, kept)),
    (previous_and_new, "prisma", ("total_studies", "previous_studies", "included"), lambda old, new: (old + new, old, new)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "diagram", "nodes", "fate"), FLOWS, ids=[f"{each[0].id}-{each[2][0]}" for each in FLOWS]
)
def test_boxes_are_flagged_just_where_no_records_pass_through_them(rule, diagram, nodes, fate):
    """Each record leaves or stays: every number of those who leave and of those who stay."""
    reachable = {fate(*numbers) for numbers in itertools.product(range(9), repeat=2)}
    cases = list(itertools.product(range(9), *(SMALL for _ in nodes[1:])))

    def rows(case):
        return [dict(diagram=diagram, node=node, n=str(n)) for node, n in zip(nodes, case, strict=True)]

    found = cases_found(rule, rows, cases, kind="flow")
    assert found == {n for n, case in enumerate(cases) if case not in reachable}


def test_parts_of_a_box_are_flagged_just_where_they_are_not_the_box():
    cases = list(itertools.product(range(9), SMALL, SMALL))

    def rows(case):
        parts = zip((None, "one", "two"), case, strict=True)
        return [dict(diagram="prisma", node="excluded_fulltext", group=group, n=str(n)) for group, n in parts]

    found = cases_found(flow_parts_add_up, rows, cases, kind="flow")
    assert found == {n for n, (whole, one, two) in enumerate(cases) if one + two != whole}


def numbered(rows):
    """Rows of cases as columns, and the case of each record."""
    names = {name for _, row in rows for name in row}
    return {name: [row.get(name) for _, row in rows] for name in names}


def test_participants_and_studies_of_a_review_are_the_sum_of_its_studies():
    cases = list(itertools.product(range(1, 4), range(1, 4), range(1, 8)))
    listed = [(n, f"c{n}-{place}") for n in range(len(cases)) for place in (1, 2)]
    study = dict(
        study=[name for _, name in listed], label=[name for _, name in listed], included_in=[f"r{n}" for n, _ in listed]
    )
    rows = [
        (n, dict(source=f"r{n}", characteristic="participants", value=str(number)) | key)
        for n, case in enumerate(cases)
        for number, key in zip(case, (dict(study=f"c{n}-1"), dict(study=f"c{n}-2"), {}), strict=True)
    ]
    done = judged(participants_add_up, characteristic=numbered(rows), study=study)
    owner = {f"characteristic-{place}": n for place, (n, _) in enumerate(rows)}
    assert {owner[each] for each in done.flagged} == {n for n, (a, b, whole) in enumerate(cases) if a + b != whole}
    stated = [(n, dict(source=f"r{n}", characteristic="studies", value=str(case[2]))) for n, case in enumerate(cases)]
    done = judged(studies_counted, characteristic=numbered(stated), study=study)
    assert done.flagged == {f"characteristic-{n}" for n, case in enumerate(cases) if case[2] != 2}


def test_parts_of_the_included_studies_are_all_of_them():
    cases = list(itertools.product(range(9), SMALL, SMALL))
    rows = [
        (n, dict(source=f"r{n}", diagram="prisma", node=node, group=group, n=str(number)))
        for n, case in enumerate(cases)
        for number, node, group in zip(
            case, ("included", "included_part", "included_part"), (None, "a", "b"), strict=True
        )
    ]
    done = judged(parts_of_studies, flow=numbered(rows))
    owner = {f"flow-{place}": n for place, (n, _) in enumerate(rows)}
    assert {owner[each] for each in done.flagged} == {n for n, (whole, a, b) in enumerate(cases) if a + b != whole}


def test_those_analysed_are_some_of_those_randomised():
    """Each participant randomised is analysed or not."""
    reachable = {(gone + kept, kept) for gone, kept in itertools.product(range(6), repeat=2)}
    cases = list(itertools.product(range(6), repeat=2))

    def rows(case):
        boxes = zip(("allocated", "analysed"), case, strict=True)
        return [dict(diagram="consort", arm="x", node=node, n=str(n)) for node, n in boxes]

    found = cases_found(analysed_within_randomised, rows, cases, kind="flow")
    assert found == {n for n, case in enumerate(cases) if case not in reachable}
