"""Participant flow of a registry record: who started, who completed, who did not and why, period by period."""

from __future__ import annotations

from curation.exchange.ctgov_entry import Entry, joined, path_said
from curation.exchange.ctgov_parts import Part
from curation.exchange.ctgov_study import FLOW

NODES = {"STARTED": "started", "COMPLETED": "completed", "NOT COMPLETED": "not_completed"}
_WHOLE = {"", "overall study"}


def add_flow(entry: Entry, module: Part) -> None:
    """Boxes of the participant flow.

    In a record of several periods the column 'group' names the period, and reasons stand under 'discontinued', where
    they cannot be taken for another period.
    """
    periods = module.parts("periods")
    for one in periods:
        title = one.words("title")
        period = title if len(periods) > 1 or title.casefold() not in _WHOLE else ""
        for milestone in one.parts("milestones"):
            _milestone(entry, milestone, period, several=len(periods) > 1)
        for reason in one.parts("dropWithdraws"):
            _reason(entry, reason, period, several=len(periods) > 1)
    for name, label in (("recruitmentDetails", "recruitment"), ("preAssignmentDetails", "before assignment")):
        entry.record("characteristic", path_said(module, name), {
            "characteristic": "other", "label": label, "text": module.words(name), "section": "Participant flow",
        })  # fmt: skip


def section_of(period: str) -> str:
    """What the table of a period is called."""
    return f"Participant flow, {period}" if period else "Participant flow"


def _milestone(entry: Entry, part: Part, period: str, *, several: bool) -> None:
    kind = " ".join(part.words("type").split())
    node = NODES.get(kind.upper())
    for one in part.parts("achievements"):
        place = path_said(one, "numSubjects")
        about = _about(entry, one, period, kind, joined(part.words("comment"), one.words("comment")))
        if node is None:
            entry.record("characteristic", place, about | {
                "characteristic": "participants", "label": kind, "value": one.text("numSubjects"), "timepoint": period,
            })  # fmt: skip
        else:
            group = period if several else ""
            entry.record(
                "flow",
                place,
                about | {"diagram": "consort", "node": node, "group": group, "n": one.text("numSubjects")},
            )
        _units(entry, one, about, kind, period)


def _reason(entry: Entry, part: Part, period: str, *, several: bool) -> None:
    reason = part.words("type")
    for one in part.parts("reasons"):
        about = _about(
            entry, one, period, f"NOT COMPLETED, {reason}", joined(part.words("comment"), one.words("comment"))
        )
        node, group = ("discontinued", f"{period}: {reason}") if several else ("not_completed", reason)
        entry.record("flow", path_said(one, "numSubjects"), about | {
            "diagram": "consort", "node": node, "group": group, "n": one.text("numSubjects"),
        })  # fmt: skip
        _units(entry, one, about, f"not completed, {reason}", period)


def _about(entry: Entry, part: Part, period: str, row: str, note: str) -> dict[str, str | None]:
    group = part.text("groupId")
    return {
        "arm": entry.arm(FLOW, group), "section": section_of(period), "row": row, "column": entry.title(FLOW, group),
        "note": note,
    }  # fmt: skip


def _units(entry: Entry, part: Part, about: dict[str, str | None], kind: str, period: str) -> None:
    """Units of another kind (eyes, lesions) that the record counts beside participants."""
    if part.has("numUnits"):
        entry.record("characteristic", path_said(part, "numUnits"), about | {
            "characteristic": "other", "label": f"units, {kind}", "value": part.text("numUnits"), "timepoint": period,
        })  # fmt: skip
