"""Who a registry record is: source, study, arms with their parts, enrolment, and the outcomes that were registered."""

from __future__ import annotations

import re
from collections.abc import Sequence

from curation.exchange.ctgov_entry import Entry, joined
from curation.exchange.ctgov_names import Arm, Group, bare, normalised, slug, unused
from curation.exchange.ctgov_parts import Part

FLOW, BASELINE, EVENTS, PLAN = "participant flow", "baseline", "adverse events", "protocol"
TOTAL = ("total", "total of all reporting groups")
_CONTROL_TYPES = {"PLACEBO_COMPARATOR", "ACTIVE_COMPARATOR", "SHAM_COMPARATOR", "NO_INTERVENTION"}
CONTROL = re.compile(
    r"\b(?:placebo|control|sham|vehicle|usual care|standard (?:of )?care|standard treatment|no treatment|observation|comparator)\b",
    re.IGNORECASE,
)
ADDED_TO = re.compile(r"\+|\bplus\b|\band\b|\bwith\b|&|/", re.IGNORECASE)
"""Words that say that a group gets something beside the control treatment."""


def design_of(protocol: Part) -> str:
    """The design of the study, by the code list."""
    design = protocol.part("designModule")
    info = design.part("designInfo")
    kind = _code(design.peek("studyType"))
    if kind == "INTERVENTIONAL":
        if _code(info.peek("allocation")) == "RANDOMIZED":
            return "randomised"
        return (
            "single_arm"
            if _code(info.peek("interventionModel")) in {"SINGLE_GROUP", "SINGLE_GROUP_ASSIGNMENT"}
            else "other"
        )
    if kind == "OBSERVATIONAL":
        model = _code(info.peek("observationalModel"))
        return {"COHORT": "cohort", "CASE_CONTROL": "case_control"}.get(model, "other")
    return "unknown"


def add_study(entry: Entry, protocol: Part, results: Part) -> None:
    """The source and the study."""
    who = protocol.part("identificationModule")
    status = protocol.part("statusModule")
    number = who.peek("nctId")
    posted = status.part("resultsFirstPostDateStruct").peek("date")
    updated = status.part("lastUpdatePostDateStruct").peek("date")
    first = status.part("studyFirstPostDateStruct").peek("date")
    dates = [("registered", first), ("results posted", posted), ("last updated", updated)]
    entry.row("source", {
        "source": entry.source,
        "title": who.words("officialTitle") or who.words("briefTitle") or number,
        "type": "registry",
        "year": (posted or updated or first)[:4],
        "citation": f"ClinicalTrials.gov {number}",
        "note": joined(*(f"{what} {when}" for what, when in dates if when), results.part("moreInfoModule").part("limitationsAndCaveats").words("description")),
    })  # fmt: skip
    entry.row("study", {
        "study": entry.study, "label": who.words("acronym") or number, "design": design_of(protocol), "registry": number,
        "note": who.words("briefTitle"),
    })  # fmt: skip


def add_enrolment(entry: Entry, protocol: Part) -> None:
    """The number of participants: planned, or actual where the record says so."""
    info = protocol.part("designModule").part("enrollmentInfo")
    actual = _code(info.peek("type")) == "ACTUAL"
    entry.record("characteristic", "designModule.enrollmentInfo", {
        "characteristic": "participants" if actual else "participants_planned",
        "value": info.text("count"), "section": "Study design", "row": "Enrollment",
        "column": "Actual" if actual else "Estimated",
        "note": "" if info.has("type") else "the record does not say whether planned or actual",
    })  # fmt: skip


def groups_of(protocol: Part, results: Part) -> list[Group]:
    """Every group of every module; those of the protocol only where no results name any."""
    flow = _groups(results.part("participantFlowModule"), FLOW)
    baseline = _groups(results.part("baselineCharacteristicsModule"), BASELINE)
    measures = results.part("outcomeMeasuresModule").parts("outcomeMeasures")
    outcomes = [group for place, one in enumerate(measures) for group in _groups(one, outcome_module(place))]
    events = _groups(results.part("adverseEventsModule"), EVENTS, "eventGroups")
    return [*flow, *baseline, *outcomes, *events] or _planned(protocol)


def outcome_module(place: int) -> str:
    """What the groups of an outcome measure are said to be groups of."""
    return f"outcome {place + 1}"


def _groups(part: Part, module: str, name: str = "groups") -> list[Group]:
    return [
        Group(
            module, one.text("id"), one.words("title") or one.peek("id") or f"Group {place}", one.words("description")
        )
        for place, one in enumerate(part.parts(name), 1)
    ]


def _planned(protocol: Part) -> list[Group]:
    arms = protocol.part("armsInterventionsModule").parts("armGroups")
    return [
        Group(PLAN, str(place), one.words("label") or f"Group {place}", one.words("description"))
        for place, one in enumerate(arms, 1)
    ]


def add_arms(entry: Entry, arms: Sequence[Arm], protocol: Part) -> None:
    """One row per arm; says which titles were taken as one."""
    types = {
        bare(one.words("label")): _code(one.peek("type"))
        for one in protocol.part("armsInterventionsModule").parts("armGroups")
    }
    crossover = _code(protocol.part("designModule").part("designInfo").peek("interventionModel")) in {
        "CROSSOVER",
        "CROSSOVER_ASSIGNMENT",
    }
    alone = sum(1 for each in arms if each.in_module(FLOW, PLAN)) == 1
    for each in arms:
        for group in each.groups:
            entry.arms[group.module, group.id] = each
        names = {normalised(title) for title in each.titles}
        if len(names) > 1:
            titles = ", ".join(repr(title) for title in each.titles)
            entry.imported.remarks.append(f"{entry.imported.file}: the groups {titles} are taken as one arm, {each.id}")
        texts = dict.fromkeys(group.description for group in each.groups if group.description)
        entry.roles[each.id] = role_of(each, types, crossover=crossover, alone=alone)
        entry.row("arm", {
            "study": entry.study, "arm": each.id, "label": each.label, "role": entry.roles[each.id], "note": joined(*texts),
        })  # fmt: skip


def role_of(arm: Arm, types: dict[str, str], *, crossover: bool, alone: bool) -> str:
    """The part an arm plays. Groups beside those that participants entered are parts, pooled or counted otherwise."""
    if normalised(arm.label) in TOTAL:
        return "total"
    if crossover or not arm.in_module(FLOW, BASELINE, PLAN):
        return "subgroup"
    if alone:
        return "single"
    kind = next((types[name] for title in arm.titles if (name := bare(title)) in types), "")
    if kind in _CONTROL_TYPES or (CONTROL.search(arm.label) and not ADDED_TO.search(arm.label)):
        return "control"
    return "experimental"


def add_registered_outcomes(entry: Entry, protocol: Part, results: Part) -> None:
    """Outcomes that were registered and have no posted results, so that a publication can be held against them."""
    posted = {normalised(one.peek("title")) for one in results.part("outcomeMeasuresModule").parts("outcomeMeasures")}
    module = protocol.part("outcomesModule")
    for name, kind in (("primaryOutcomes", "primary"), ("secondaryOutcomes", "secondary"), ("otherOutcomes", "other")):
        for one in module.parts(name):
            title = one.words("measure")
            if not title or normalised(title) in posted:
                continue
            if results:
                entry.imported.remarks.append(
                    f"{entry.imported.file}: no results are posted for the {kind} outcome {title!r}"
                )
            entry.outcome(unused(f"{entry.study}-{slug(title)}", entry.ids), {
                "label": title, "note": joined(f"registered {kind} outcome", one.words("timeFrame")),
            })  # fmt: skip


def _code(text: str) -> str:
    return re.sub(r"[^A-Z]+", "_", text.upper()).strip("_")
