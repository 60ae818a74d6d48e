"""Adverse events of a registry record: deaths, serious and other events, every term with its organ system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from curation.exchange.ctgov_entry import Entry, joined, path_said
from curation.exchange.ctgov_names import normalised, slug, unused
from curation.exchange.ctgov_parts import Part
from curation.exchange.ctgov_study import EVENTS

TOTALS = {
    "deaths": ("ctgov-deaths", "Death from any cause", "All-cause mortality"),
    "serious": ("ctgov-serious", "Any serious adverse event", "Serious adverse events"),
    "other": ("ctgov-other", "Any other adverse event above the frequency threshold", "Other adverse events"),
}
"""What the totals of a group are: outcome, its label, and the section."""
TOTAL_ROW = "Total"


def add_events(entry: Entry, module: Part) -> None:
    """The totals of every group, the terms, and the frequency threshold."""
    for one in module.parts("eventGroups"):
        for name in TOTALS:
            _total(entry, one, name, module.words("allCauseMortalityComment") if name == "deaths" else "")
    for name in ("serious", "other"):
        for term in _terms(module, name):
            term.add(entry)
    _about(entry, module)


def _total(entry: Entry, group: Part, name: str, note: str) -> None:
    outcome, label, section = TOTALS[name]
    if not group.has(f"{name}NumAffected") and not group.has(f"{name}NumAtRisk"):
        return
    id_ = group.text("id")
    at_risk = group.text(f"{name}NumAtRisk")
    entry.record("count", path_said(group, f"{name}NumAffected"), {
        "arm": entry.arm(EVENTS, id_), "outcome": entry.outcome(outcome, {"label": label}),
        "events": group.text(f"{name}NumAffected") or "NR", "total": at_risk, "total_from": "cell" if at_risk else None,
        "episodes": group.text(f"{name}NumEvents"), "section": section, "row": TOTAL_ROW, "column": entry.title(EVENTS, id_),
        "note": note,
    })  # fmt: skip


class _Term:
    """One term of the table of serious or of other events.

    The id of its outcome is made of nothing but the term, so that it is the same in every record.
    """

    def __init__(self, part: Part, kind: str, *, alone: bool) -> None:
        self.part, self.kind = part, kind
        self.term, self.system = part.words("term"), part.words("organSystem")
        self.name = normalised(self.term if alone else f"{self.term}, {self.system}")

    def outcome(self, entry: Entry) -> str:
        """The outcome of the term; a term that is listed twice is two outcomes."""
        id_ = unused(f"ctgov-{self.kind}-{slug(self.name)}", entry.ids)
        return entry.outcome(id_, {"label": f"{self.name} ({self.kind} adverse event)"})

    def add(self, entry: Entry) -> None:
        """A count per group."""
        note = joined(
            self.part.words("sourceVocabulary"),
            self.part.words("assessmentType").lower().replace("_", " "),
            self.part.words("notes"),
        )
        outcome = self.outcome(entry)
        for one in self.part.parts("stats"):
            id_ = one.text("groupId")
            at_risk = one.text("numAtRisk")
            entry.record("count", path_said(one, "numAffected"), {
                "arm": entry.arm(EVENTS, id_), "outcome": outcome, "events": one.text("numAffected") or "NR",
                "total": at_risk, "total_from": "cell" if at_risk else None, "episodes": one.text("numEvents"),
                "section": TOTALS[self.kind][2], "row": ": ".join(filter(None, (self.system, self.term))),
                "column": entry.title(EVENTS, id_), "note": note,
            })  # fmt: skip


def _terms(module: Part, kind: str) -> Iterator[_Term]:
    """The terms; one that stands under several organ systems is several outcomes."""
    parts = module.parts(f"{kind}Events")
    often = Counter(normalised(one.peek("term")) for one in parts)
    return (_Term(one, kind, alone=often[normalised(one.peek("term"))] == 1) for one in parts)


def _about(entry: Entry, module: Part) -> None:
    """The threshold under which other events are left out, and over which time events were collected."""
    threshold = module.text("frequencyThreshold")
    entry.record("characteristic", path_said(module, "frequencyThreshold"), {
        "characteristic": "threshold", "label": "frequency threshold of other adverse events",
        "value": f"{threshold}%" if threshold else "", "section": "Adverse events", "row": "Frequency threshold",
    })  # fmt: skip
    for name, kind, label in (("timeFrame", "follow_up", "adverse events"), ("description", "other", "adverse events")):
        entry.record("characteristic", path_said(module, name), {
            "characteristic": kind, "label": label, "text": module.words(name), "section": "Adverse events",
        })  # fmt: skip
