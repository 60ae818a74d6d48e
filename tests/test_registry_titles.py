"""Which arm and which outcome are proposed as one, on titles as registries and papers write them."""

from __future__ import annotations

import pytest

from curation.registry.beside import ArmSide, OutcomeSide, Side, Together, When
from curation.registry.propose import LEAST, arms, outcomes


def side(study, *labels, roles=(), sizes=()):
    full = [
        (label, roles[n] if n < len(roles) else "experimental", sizes[n] if n < len(sizes) else "")
        for n, label in enumerate(labels)
    ]
    return Side(
        study, [study], arms=[ArmSide(f"{study}{n}", label, role, size) for n, (label, role, size) in enumerate(full)]
    )


def matched(ours, theirs):
    """Registry title -> publication title, or None."""
    both = Together("NCT1", ours, theirs)
    return {each.label: each.to_label or None for each in arms(both)}


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (side("r", "Placebo qw", "Dupilumab 300 mg qw", roles=("control",)), side("p", "Dupilumab", "Placebo", roles=("experimental", "control")),
         {"Placebo qw": "Placebo", "Dupilumab 300 mg qw": "Dupilumab"}),
        (side("r", "Drug A 5 mg BID", "Drug A 10 mg BID", "Placebo BID", roles=("experimental", "experimental", "control")),
         side("p", "10 mg", "Control", "5 mg", roles=("experimental", "control")), {"Drug A 5 mg BID": "5 mg", "Drug A 10 mg BID": "10 mg", "Placebo BID": "Control"}),
        (side("r", "Tofacitinib 5 mg twice daily", "Tofacitinib 10 mg twice daily"), side("p", "Tofacitinib, 10 mg b.i.d.", "Tofacitinib, 5 mg b.i.d."),
         {"Tofacitinib 5 mg twice daily": "Tofacitinib, 5 mg b.i.d.", "Tofacitinib 10 mg twice daily": "Tofacitinib, 10 mg b.i.d."}),
        (side("r", "Lenalidomide and Low-dose Dexamethasone", "High-dose Dexamethasone", roles=("experimental", "control")), side("p", "Dex", "Len-dex", roles=("control", "experimental")),
         {"Lenalidomide and Low-dose Dexamethasone": "Len-dex", "High-dose Dexamethasone": "Dex"}),
        (side("r", "Examplumab", "Total", roles=("single", "total")), side("p", "All patients", "Examplumab group", roles=("total", "single")),
         {"Examplumab": "Examplumab group", "Total": "All patients"}),
        (side("r", "Aspirin"), side("p", "Warfarin"), {"Aspirin": None}),
        (side("r", "Examplumab", "Usual care", roles=("experimental", "control")), side("p", "Examplumab", roles=("experimental",)), {"Examplumab": "Examplumab", "Usual care": None}),
    ],
)  # fmt: skip
def test_arms_are_proposed_by_names_doses_and_comparators(ours, theirs, expected):
    assert matched(ours, theirs) == expected


def test_arms_that_are_as_close_are_named():
    ours = side("r", "Examplumab 10 mg")
    theirs = side("p", "Examplumab, cohort one", "Examplumab, cohort two")
    [proposal] = arms(Together("NCT1", ours, theirs))
    assert proposal.score >= LEAST
    assert set(proposal.rivals) | {proposal.to} == {"p0", "p1"}


def test_the_same_number_of_participants_tells_arms_apart_that_are_called_alike():
    ours = side("r", "Examplumab cohort", sizes=("31",))
    theirs = side("p", "Examplumab, cohort one", "Examplumab, cohort two", sizes=("30", "31"))
    [proposal] = arms(Together("NCT1", ours, theirs))
    assert proposal.to == "p1"
    assert "both of 31 participants" in proposal.reasons


def outcome(id_, label, note=""):
    return OutcomeSide(id_, label, note, (When(),))


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (outcome("ctgov-deaths", "Death from any cause"), outcome("os-events", "All-cause mortality"), "os-events"),
        (outcome("ctgov-serious", "Any serious adverse event"), outcome("sae", "Participants with SAEs"), "sae"),
        (outcome("ctgov-serious", "Any serious adverse event"), outcome("ae", "Adverse events"), None),
        (outcome("nct1-pfs", "Progression-Free Survival (PFS) as Assessed by the Investigator", "primary outcome; 2 years"), outcome("pfs", "Progression-free survival"), "pfs"),
        (outcome("nct1-mortality", "Mortality at Day 28", "primary outcome"), outcome("d28", "Mortality at 28 days"), "d28"),
    ],
)  # fmt: skip
def test_outcomes_are_proposed_by_what_they_are(ours, theirs, expected):
    both = Together("NCT1", Side("r", ["r"], outcomes=[ours]), Side("p", ["p"], outcomes=[theirs]))
    assert [each.to for each in outcomes(both)] == [expected]
