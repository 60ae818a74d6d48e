"""Outcome measures of a registry record, with their analyses."""

from __future__ import annotations

from curation.exchange.ctgov_analyses import add_analyses
from curation.exchange.ctgov_entry import Entry, joined, path_said
from curation.exchange.ctgov_measures import Measure, add_table, denominators
from curation.exchange.ctgov_names import slug, unused
from curation.exchange.ctgov_parts import Part
from curation.exchange.ctgov_study import outcome_module


def add_outcomes(entry: Entry, module: Part) -> None:
    """A table per outcome measure, then the analyses of it."""
    for place, one in enumerate(module.parts("outcomeMeasures")):
        title, kind = one.words("title") or f"Outcome {place + 1}", one.words("type").lower().replace("_", "-")
        id_ = unused(f"{entry.study}-{slug(title)}", entry.ids)
        section = f"Outcome {place + 1} ({kind}): {title}"
        note = joined(
            f"{kind} outcome", one.words("timeFrame"), one.words("description"), one.words("populationDescription")
        )
        measure = Measure(
            entry, one, outcome_module(place), section, id_, title, timepoint=one.words("timeFrame"),
            units=one.words("typeUnitsAnalyzed") or "Participants", note=note, given=denominators(one.parts("denoms")),
        )  # fmt: skip
        status = one.words("reportingStatus")
        entry.outcome(id_, {"label": title, "note": note})
        add_table(measure)
        _whole_numbers(measure)
        add_analyses(measure)
        if not one.has("classes"):
            entry.imported.remarks.append(
                f"{entry.imported.file}: outcome {place + 1} {title!r} has no values ({status or 'no status'})"
            )


def _whole_numbers(measure: Measure) -> None:
    """The participants of the whole measure, where its values are of other numbers, one per row."""
    for (units, group), count in measure.given.items():
        if (*count.path, "value") in count.taken:
            continue
        people = units.casefold() == "participants"
        measure.entry.record("characteristic", path_said(count, "value"), {
            "characteristic": "participants" if people else "other", "label": f"{units.lower()} analysed: {measure.label}",
            "arm": measure.entry.arm(measure.module, count.text("groupId")), "outcome": measure.outcome, "value": count.text("value"),
            "timepoint": measure.timepoint, "section": measure.section, "row": f"Overall number of {units.lower()} analyzed",
            "column": measure.entry.title(measure.module, group),
        })  # fmt: skip
