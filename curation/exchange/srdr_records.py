"""From the rows of SRDR+ that belong together to records, with their studies, arms and outcomes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from curation.exchange.frames_cells import as_name, keep
from curation.exchange.frames_entities import Entities
from curation.exchange.imported import Cells, Imported
from curation.exchange.srdr_measures import (
    COUNT,
    DESCRIPTIVE,
    MEAN,
    NOTE,
    PROPORTION,
    RATE,
    TOTAL,
    Compared,
    compared,
    plain,
)
from curation.intake.problems import shown

Row = Mapping[str, str]
_KEY = (
    "Extraction ID",
    "Outcome",
    "Population",
    "Timepoint",
    "Timepoint Unit",
    "Arm",
    "BAC Comparator",
    "WAC Comparator",
)
_FAMILIES = {"continuous": "continuous", "time to event": "time_to_event"}
_EVERYONE = "all participants"
"""What SRDR+ calls the population of which nothing is said."""
_SIDES = re.compile(r"\[(.+?),?\] vs\.? \[(.+?),?\]")


@dataclass(slots=True)
class Group:
    """The rows of one record: the sheet, the number and cells of the first, and each measure with its row and value."""

    sheet: str
    number: int
    row: Row
    measures: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, ...]:
        """What tells records apart."""
        return tuple(self.row.get(name, "") for name in _KEY)


class Writer:
    """Writes an import; knows the arms of each extraction by their names."""

    def __init__(self, imported: Imported) -> None:
        self.imported = imported
        self.entities = Entities(imported)
        self.arms: dict[tuple[str, str], str] = {}

    def named(self, kind: str, sheet: str, number: int, row: Row) -> None:
        """An arm or outcome of its own sheet."""
        name, about = row.get(f"{kind} Name", ""), row.get(f"{kind} Description", "")
        if not name:
            self.imported.left(f"{sheet}, row {number}", about or "a row", f"it names no {kind.lower()}")
            return
        whose = _whose(row)
        if kind == "Outcome":
            self.entities.outcome(number, name, extractor=whose, **({"note": about} if about else {}))
            return
        self._arm(number, row, name, about)

    def group(self, group: Group) -> None:
        """The records of one group."""
        if group.sheet == "Desc. Statistics":
            self._described(group)
        else:
            self._compared(group)

    def _about(self, group: Group) -> Cells:
        """What every record of a group says of where it belongs."""
        row, number, whose = group.row, group.number, _whose(group.row)
        source, study = self._study(number, row)
        family = _FAMILIES.get(row.get("Outcome Type", "").lower(), "event")
        note = row.get("Outcome Description", "")
        named = row["Outcome"] or "unnamed outcome"
        outcome = self.entities.outcome(
            number, named, extractor=whose, family_kind=family, **({"note": note} if note else {})
        )
        population = row.get("Population", "")
        timepoint = f"{row.get('Timepoint', '')} {row.get('Timepoint Unit', '')}".strip()
        return {
            "source": source,
            "study": study,
            "outcome": outcome,
            "analysis_set": "" if population.lower() == _EVERYONE else population,
            "timepoint": timepoint or row.get("WAC Comparator", ""),
            "section": group.sheet,
            "row": f"extraction {row['Extraction ID']}",
        }

    def _study(self, number: int, row: Row) -> tuple[str, str]:
        whose, key = _whose(row), f"citation {row['Citation ID']}"
        title = row.get("Citation Name", "") or key
        year = re.search(r"\d{4}", row.get("Publication Date", ""))
        authors = re.split(r"[,;]", row.get("Authors", ""))[0].strip()
        label = f"{authors} {year[0]}" if authors and year else title
        numbers = "; ".join(f"{name} {row[name]}" for name in ("PMID", "RefMan") if row.get(name))
        facts = {"year": year[0]} if year else {}
        kind = "article" if row.get("PMID") else "other"
        source = self.entities.source(number, title, key=key, extractor=whose, type=kind, note=numbers, **facts)
        return source, self.entities.study(number, label, key=key, extractor=whose, **facts)

    def _arm(self, number: int, row: Row, name: str, about: str) -> str:
        study = self._study(number, row)[1]
        note = {"note": about} if about else {}
        one = self.entities.arm(number, study, name, extractor=_whose(row), **note)
        for said in (name, f"{name} ({about})"):
            self.arms[row["Extraction ID"], as_name(said).lower()] = one
        return one

    def _described(self, group: Group) -> None:
        """Counts, means, rates and proportions of one arm."""
        about, row = self._about(group), group.row
        if row.get("Arm"):
            about["arm"] = self._arm(group.number, row, row["Arm"], row.get("Arm Description", ""))
        found: dict[str, dict[str, tuple[int, str]]] = {}
        for number, measure, value in group.measures:
            what, name = DESCRIPTIVE.get(plain(measure), ("", ""))
            if not what:
                self._without_field(group, number, measure, value)
            elif name in found.get(what, {}):
                self._left(group, number, measure, value, "the record has another value of this measure")
            else:
                found.setdefault(what, {})[name] = (number, value)
        total, note = found.pop(TOTAL, {}).get(""), found.pop(NOTE, {}).get("")
        if note:
            about["note"] = note[1]
        if total:
            self._share(group, found, total)
        for what, fields in found.items():
            self._record(group, what, fields, about)
        if note and not found:
            self._left(group, note[0], "Note", note[1], "there is no number that it belongs to")

    def _share(self, group: Group, found: dict[str, dict[str, tuple[int, str]]], total: tuple[int, str]) -> None:
        """The participants belong to the counts and to the means of the group; alone, to what the outcome is."""
        takers = {COUNT: "total", MEAN: "n"}
        if not found.keys() & takers.keys() and not found:
            continuous = group.row.get("Outcome Type", "").lower() == "continuous"
            found[MEAN if continuous else COUNT] = {}
        for what, name in takers.items():
            if what in found:
                found[what][name] = total
        if PROPORTION in found:
            found[PROPORTION]["n"] = total
        if not any(total in fields.values() for fields in found.values()):
            self._left(group, total[0], "Total (N analyzed)", total[1], "a rate has no field for it")

    def _record(self, group: Group, what: str, fields: Mapping[str, tuple[int, str]], about: Mapping[str, str]) -> None:
        kind = "effect" if what == PROPORTION else what.partition(" ")[0]
        cells = {**about, **{name: value for name, (_, value) in fields.items()}}
        if what == PROPORTION:
            cells["measure"] = "proportion"
        if kind == RATE:
            cells["per"] = what.partition(" ")[2]
        number = min(number for number, _ in fields.values())
        keep(self.imported, kind, number, cells, f"{group.sheet}, row {number}", _whose(group.row))

    def _compared(self, group: Group) -> None:
        """Effects: between two arms, within one arm, or the difference of two differences."""
        about, why = self._about(group), ""
        if "BAC Comparator" in group.row:
            sides, why = self._sides(group.row)
            about |= sides
        elif group.row.get("Arm"):
            about["arm"] = self._arm(group.number, group.row, group.row["Arm"], group.row.get("Arm Description", ""))
        found: dict[Compared, dict[str, tuple[int, str]]] = {}
        for number, measure, value in group.measures:
            one = compared(measure)
            if one is None:
                self._without_field(group, number, measure, value)
                continue
            key = Compared(one.measure, "", one.adjusted)
            if why or one.field in found.get(key, {}):
                self._left(group, number, measure, value, why or "the record has another value of this measure")
            else:
                found.setdefault(key, {})[one.field] = (number, value)
        for one, fields in found.items():
            if one.adjusted and Compared(one.measure, "", adjusted=False) in found:
                for name, (number, value) in fields.items():
                    self._left(
                        group, number, f"adjusted {one.measure}, {name}", value, "the unadjusted effect is taken in"
                    )
            else:
                self._effect(group, one, fields, about)

    def _effect(
        self, group: Group, one: Compared, fields: Mapping[str, tuple[int, str]], about: Mapping[str, str]
    ) -> None:
        cells = {**about, **{name: value for name, (_, value) in fields.items()}}
        cells["measure"] = "MD" if one.measure == "NMD" else one.measure
        if one.adjusted:
            cells["interval_method"] = "adjusted"
        said = group.row.get("WAC Comparator", "")
        within = f"{'net mean difference' if one.measure == 'NMD' else 'within the arm'}: {said}" if said else ""
        number = min(number for number, _ in fields.values())
        place = f"{group.sheet}, row {number}"
        keep(self.imported, "effect", number, cells | {"note": within}, place, _whose(group.row))

    def _sides(self, row: Row) -> tuple[Cells, str]:
        """The two arms of a comparison, and why it cannot be placed; blank where it can."""
        said = row["BAC Comparator"]
        sides = _SIDES.fullmatch(said)
        arms = (
            [self.arms.get((row["Extraction ID"], as_name(side).lower())) for side in sides.groups()] if sides else []
        )
        if len(arms) == 2 and arms[0] and arms[1]:
            return {"arm": arms[0], "comparator": arms[1]}, ""
        return {}, f"its sides ({said}) are not both an arm of the extraction"

    def _without_field(self, group: Group, number: int, measure: str, value: str) -> None:
        self._left(group, number, measure, value, "no field of ours holds this measure")

    def _left(self, group: Group, number: int, measure: str, value: str, why: str) -> None:
        named = ", ".join(text for name in ("Outcome", "Timepoint", "Arm") if (text := group.row.get(name)))
        self.imported.left(f"{group.sheet}, row {number}", f"{measure} {shown(value)} of {named}", why)


def _whose(row: Row) -> str:
    return "consolidated" if row.get("Consolidated", "").lower() in {"true", "1"} else row.get("Username", "")
