"""The table of one measure (at baseline, or of an outcome) into records: counts, means, survival, rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from curation.exchange import ctgov_wording as wording
from curation.exchange.ctgov_entry import Entry, joined, path_said
from curation.exchange.ctgov_names import slug, unused
from curation.exchange.ctgov_parts import Part

Cells = dict[str, str | None]
Denominators = Mapping[tuple[str, str], Part]
"""The participants (or units) analysed, by what was counted and the id of the group; read when they are used."""


@dataclass(slots=True)
class Measure:
    """One measure: its table and what all its records share."""

    entry: Entry
    part: Part
    module: str
    section: str
    outcome: str
    label: str
    timepoint: str = ""
    units: str = "Participants"
    note: str = ""
    exclusive: bool = False
    """Whether the categories of a class exclude each other and cover everyone."""
    exhaustive: bool = False
    """Whether everyone is in one category of a class at least."""
    given: Denominators = field(default_factory=dict)

    @property
    def param(self) -> str:
        """The code of the statistic."""
        return wording.param(self.part.peek("paramType"))

    @property
    def unit(self) -> str:
        """The unit of measurement."""
        return self.part.words("unitOfMeasure")

    @property
    def spread(self) -> wording.Spread:
        """The dispersion."""
        return wording.spread_of(self.part.peek("dispersionType"))


def denominators(parts: list[Part]) -> Denominators:
    """The numbers analysed that a module, a measure or a class gives."""
    return {
        (one.words("units") or "Participants", count.peek("groupId")): count
        for one in parts
        for count in one.parts("counts")
    }


def add_table(measure: Measure) -> None:
    """A record per value."""
    for name in ("paramType", "dispersionType"):
        measure.part.text(name)
    classes = measure.part.parts("classes")
    times = _times(classes)
    for one in classes:
        title = one.words("title")
        given: Denominators = {**measure.given, **denominators(one.parts("denoms"))}
        row = _Row(measure, "" if title in times else title, title if title in times else measure.timepoint, given)
        categories = one.parts("categories")
        names = [each.words("title") for each in categories]
        for each, name in zip(categories, names, strict=True):
            id_ = row.outcome_id(name, names)
            for value in each.parts("measurements"):
                _value(row, id_, ", ".join(filter(None, (title, name))), value)


def _times(classes: list[Part]) -> set[str]:
    """The titles of the classes, where they are nothing but different times."""
    titles = [one.peek("title") for one in classes]
    alone = all(len(one.parts("categories")) <= 1 for one in classes)
    return set(titles) if alone and len(set(titles)) == len(titles) and all(map(wording.is_when, titles)) else set()


@dataclass(slots=True)
class _Row:
    """A class of a measure."""

    measure: Measure
    title: str
    timepoint: str
    given: Denominators

    def outcome_id(self, category: str, categories: list[str]) -> str:
        """The outcome of a category of this class, declared once."""
        measure = self.measure
        family = "-".join(filter(None, (measure.outcome, slug(self.title, 24) if self.title else "")))
        id_ = "-".join(filter(None, (family, slug(category, 24) if category else "")))
        if id_ == measure.outcome:
            return measure.entry.outcome(id_, {"label": measure.label, "note": measure.note})
        several = len(categories) > 1 and measure.param == "COUNT_OF_PARTICIPANTS"
        sure = several and measure.exclusive
        id_ = unused(id_, measure.entry.ids)
        return measure.entry.outcome(id_, {
            "label": ": ".join(filter(None, (measure.label, ", ".join(filter(None, (self.title, category)))))),
            "family": family if several else None,
            "family_kind": "exclusive" if sure else None,
            "complete": "yes" if several and (sure or measure.exhaustive) else None,
            "rank": str(categories.index(category) + 1) if sure else None,
            "note": measure.note,
        })  # fmt: skip

    def number(self, group: str, units: str) -> str | None:
        """How many of these units were analysed in a group."""
        found = self.given.get((units, group))
        if found is None:
            return None
        found.text("groupId")
        return found.text("value")


def _value(row: _Row, outcome: str, title: str, value: Part) -> None:
    measure = row.measure
    group = value.text("groupId")
    kind, cells = _statistic(row, title, group, value)
    units = measure.units if measure.units.casefold() != "participants" else None
    cells |= {
        "arm": measure.entry.arm(measure.module, group), "outcome": outcome, "timepoint": row.timepoint,
        "analysis_set": units, "section": measure.section, "row": title or measure.label,
        "column": measure.entry.title(measure.module, group), "note": joined(cells.get("note"), value.words("comment")),
    }  # fmt: skip
    measure.entry.record(kind, path_said(value, "value"), cells)


def _statistic(row: _Row, title: str, group: str, value: Part) -> tuple[str, Cells]:
    """The kind of record that the statistic is, and its numbers."""
    measure, param, unit = row.measure, row.measure.param, row.measure.unit
    words = f"{measure.label} {title}"
    if param in {"COUNT_OF_PARTICIPANTS", "COUNT_OF_UNITS"}:
        return "count", {"events": value.text("value")} | _of_total(row, group)
    if param == "NUMBER" and (cells := _number(measure, words, value)):
        kind, numbers = cells
        return kind, numbers | (_of_total(row, group) if kind == "count" else {})
    if param == "MEDIAN" and wording.time_unit(unit) and wording.is_time_to_event(words):
        return "survival", _median_time(row, group, value, wording.time_unit(unit))
    if param in {"MEAN", "LEAST_SQUARES_MEAN", "MEDIAN"}:
        return "mean", _mean(row, title, group, value)
    return "characteristic", _other(measure, title, value)


def _number(measure: Measure, words: str, value: Part) -> tuple[str, Cells] | None:
    """What a plain number is, by its unit; None where the unit does not tell."""
    unit = measure.unit
    if wording.counts_participants(unit):
        return "count", {"events": value.text("value")}
    if wording.counts_events(unit):
        return "count", {"episodes": value.text("value")}
    if wording.is_percentage(unit, measure.label):
        cells: Cells = {"percent": value.text("value"), "estimator": wording.estimator_of(words)}
        return "count", cells | _limits(measure, value, "lower", "upper")
    if per := wording.person_time(unit):
        cells = {"rate": value.text("value"), "per": per[0], "time_unit": per[1]}
        return "rate", cells | _limits(measure, value, "lower", "upper")
    return None


def _of_total(row: _Row, group: str) -> Cells:
    total = row.number(group, row.measure.units)
    return {"total": total, "total_from": "header" if total else None}


def _limits(measure: Measure, value: Part, lower: str, upper: str) -> Cells:
    """The limits of a confidence interval; none where the dispersion is something else."""
    if measure.spread.kind != "interval":
        return {}
    return {lower: value.text("lowerLimit"), upper: value.text("upperLimit"), "level": measure.spread.level}


def _median_time(row: _Row, group: str, value: Part, unit: str) -> Cells:
    limits = _limits(row.measure, value, "lower", "upper")
    return {"median": value.text("value"), "time_unit": unit, "total": row.number(group, row.measure.units)} | limits


def _mean(row: _Row, title: str, group: str, value: Part) -> Cells:
    measure = row.measure
    about_change = wording.is_change(title) or (wording.is_change(measure.label) and "baseline" not in title.casefold())
    cells: Cells = {
        "n": row.number(group, measure.units), "unit": measure.unit, "moment": "change" if about_change else None,
    }  # fmt: skip
    if measure.param == "MEDIAN":
        cells["median"] = value.text("value")
    else:
        cells["mean"] = value.text("value")
        cells["note"] = "least squares mean" if measure.param == "LEAST_SQUARES_MEAN" else ""
    return cells | dict(_dispersion(measure, value))


def _dispersion(measure: Measure, value: Part) -> Iterator[tuple[str, str]]:
    kind = measure.spread.kind
    if kind in {"sd", "se"} and measure.param != "MEDIAN":
        yield kind, value.text("spread")
    ends = {"quartiles": ("q1", "q3"), "range": ("minimum", "maximum")}.get(kind)
    if kind == "interval" and measure.param != "MEDIAN":  # a record has no fields for the interval of a median
        ends = ("lower", "upper")
        yield "level", measure.spread.level
    if ends:
        yield from zip(ends, (value.text("lowerLimit"), value.text("upperLimit")), strict=True)


def _other(measure: Measure, title: str, value: Part) -> Cells:
    """A statistic that no kind of record is made for (a geometric mean, a number in some unit), as stated."""
    names = {
        "GEOMETRIC_MEAN": "geometric mean",
        "GEOMETRIC_LEAST_SQUARES_MEAN": "geometric least squares mean",
        "LOG_MEAN": "mean of logarithms",
    }
    cells: Cells = {
        "characteristic": "other", "label": ": ".join(filter(None, (measure.label, title))), "value": value.text("value"),
        "text": joined(names.get(measure.param, ""), measure.unit),
    }  # fmt: skip
    if measure.spread.kind in {"interval", "range", "quartiles"}:
        cells |= {"low": value.text("lowerLimit"), "high": value.text("upperLimit")}
        cells["note"] = f"low and high: {measure.part.peek('dispersionType')}"
    return cells
