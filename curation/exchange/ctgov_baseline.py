"""Baseline characteristics of a registry record."""

from __future__ import annotations

from curation.exchange.ctgov_entry import Entry, joined, path_said
from curation.exchange.ctgov_measures import Measure, add_table, denominators
from curation.exchange.ctgov_names import slug, unused
from curation.exchange.ctgov_parts import Part
from curation.exchange.ctgov_study import BASELINE

WHEN = "baseline"
_STANDARD = ("age, categorical", "sex: female, male", "gender", "ethnicity (nih/omb)", "race (nih/omb)")
"""Measures whose categories the registry itself defines: everyone is in exactly one of them."""


def add_baseline(entry: Entry, module: Part) -> None:
    """The participants analysed at baseline, and a table per measure."""
    given = denominators(module.parts("denoms"))
    for (units, group), count in given.items():
        people = units.casefold() == "participants"
        entry.record("characteristic", path_said(count, "value"), {
            "characteristic": "participants" if people else "other",
            "label": "analysed at baseline" if people else f"{units} analysed at baseline",
            "arm": entry.arm(BASELINE, count.text("groupId")), "timepoint": WHEN, "value": count.text("value"),
            "section": "Baseline characteristics", "row": f"Overall number of baseline {units.lower()}",
            "column": entry.title(BASELINE, group), "note": module.words("populationDescription"),
        })  # fmt: skip
    for place, one in enumerate(module.parts("measures"), 1):
        title = one.words("title") or f"Measure {place}"
        standard = title.casefold() in _STANDARD
        add_table(Measure(
            entry, one, BASELINE, f"Baseline, {title}", unused(f"{entry.study}-baseline-{slug(title)}", entry.ids), title,
            timepoint=WHEN, units=one.words("unitsAnalyzed") or module.words("typeUnitsAnalyzed") or "Participants",
            note=joined(one.words("description"), one.words("populationDescription")),
            exclusive=standard, exhaustive=True, given={**given, **denominators(one.parts("denoms"))},
        ))  # fmt: skip
