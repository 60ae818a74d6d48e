"""Forest plot: each study with its counts, estimate, interval and weight; the pooled result as a diamond."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from pooling.errors import CannotPool
from pooling.models.results import Result
from pooling.models.subgroups import Subgroups
from pooling.plots.aligned import Parts, aligned, parts
from pooling.plots.axis import Axis, axis
from pooling.plots.draw import drawn
from pooling.plots.save import describe
from pooling.plots.sheet import Line, Mark, Sheet
from pooling.words import phrases, sentences
from pooling.words.printing import capital, firm, p_value
from pooling.words.reading import Reading, own_rows, pooled_natural, predicted, reading

_SUMMED = {"events", "total", "n", "events/total", "participants"}
"""Columns whose numbers are added up beside a diamond."""


def forest(
    result: Result,
    *,
    subgroups: Subgroups | None = None,
    also: Result | None = None,
    prediction: bool = True,
    groups: tuple[str, str] = ("Group 1", "Group 2"),
    favours: tuple[str, str] | None = None,
    limits: tuple[float, float] | None = None,
    title: str | None = None,
) -> Figure:
    """Draw a forest plot.

    Args:
        result: what ``pool`` or ``meta`` returned.
        subgroups: the same studies in subgroups; each gets a heading, a diamond, and all a test between them.
        also: the same studies pooled by another model, for a second column of weights and a second diamond.
        prediction: whether the prediction interval is shown, where there is one.
        groups: names of the two groups compared; they head the columns that end in ", 1" and ", 2".
        favours: what lies left and right of the line of no effect, for instance ("Favours drug", "Favours placebo").
        limits: ends of the axis in natural values (a proportion as 0.5, not 50); otherwise chosen.
        title: instead of the title of the result.

    Raises:
        CannotPool: the subgroups or the other model are not of the same studies, or the limits are none.
    """
    read, models = reading(result), [result] if also is None else [result, also]
    if also is not None and also.studies.labels != result.studies.labels:
        raise CannotPool("the other model is not of the same studies; pool the same studies again by that model")
    rows = _Rows(result, read, models)
    if subgroups is None:
        rows.studies(range(len(result.studies.labels)))
        rows.add(Line("", style="gap"))
    else:
        _divided(rows, result, subgroups)
    for each in models:
        rows.summary(each, capital(phrases.model(each)), totals=each is result)
    if prediction:
        rows.prediction(result)
    feet = [phrases.heterogeneity(result), phrases.overall_test(result), _between(subgroups)]
    sheet = Sheet(
        title=result.title if title is None else title,
        left=("Study", *(_heading(each, groups) for each in result.studies.shown)),
        right=(firm(f"{read.heading} ({phrases.interval(result.level)})"), *_weight_headings(models)),
        lines=rows.lines(),
        axis=_axis(rows, read, limits),
        axis_label=f"{read.heading} (log scale)" if read.log else read.heading,
        overall=pooled_natural(result)[0] if result.status == 0 else None,
        favours=favours,
        feet=tuple(firm(each) for each in feet if each),
        small=(
            *filter(None, (phrases.model_in_full(each) for each in models if each.k > 1)),
            *filter(None, [phrases.left_out(result)]),
            *result.notes,
            *filter(None, [sentences.not_pooled(result)]),
        ),
    )
    said = sentences.description(result, "Forest plot")
    return describe(drawn(sheet), sheet.title or f"Forest plot: {read.name}", said)


class _Rows:
    """The rows of a forest while they are gathered: estimates are lined up when all are known."""

    def __init__(self, result: Result, read: Reading, models: Sequence[Result]) -> None:
        self.result, self.read, self.weights = result, read, [each.studies.weight for each in models]
        own = result.studies
        self.most = max(float(np.max(own.weight, initial=0.0)), 1e-12)
        self.kept: list[tuple[Line, Parts, tuple[str, ...]]] = []

    def add(self, line: Line, said: Parts = ("", "", ""), weights: tuple[str, ...] = ()) -> None:
        self.kept.append((line, said, weights))

    def studies(self, which: Sequence[int]) -> None:
        """A row for each study; those that take no part say so."""
        own, rows = self.result.studies, own_rows(self.result)
        out = {each.label for each in self.result.left_out}
        for at in which:
            left, label = tuple(cells[at] for cells in own.shown.values()), own.labels[at]
            shares = tuple(f"{weight[at]:.1f}" if weight[at] > 0 else "–" for weight in self.weights)
            if np.isfinite(rows[at][0]) and label not in out:
                mark = Mark(*rows[at], share=float(own.weight[at]) / self.most)
                self.add(Line(label, left, mark=mark), parts(self.read, *rows[at]), shares)
            else:
                said = "not pooled" if np.isfinite(rows[at][0]) else "not estimable"
                self.add(Line(label, left), (said, "", ""), shares)

    def summary(self, result: Result, label: str, *, which: Sequence[int] | None = None, totals: bool = True) -> None:
        """A diamond, or a row that says why there is none."""
        own = self.result.studies
        inside = np.flatnonzero(own.weight > 0) if which is None else [at for at in which if own.weight[at] > 0]
        left = tuple(_total(name, [cells[at] for at in inside]) for name, cells in own.shown.items()) if totals else ()
        if result.status != 0:
            known = self.read.said(pooled_natural(result)[0]) if result.status == 5 else ""
            self.add(Line(phrases.not_pooled(result), style="summary" if which is None else "aside"), (known, "", ""))
            return
        numbers = pooled_natural(result)
        sums = tuple(f"{float(np.sum(weight[inside])):.1f}" for weight in self.weights) if totals else ()
        self.add(Line(label, left, mark=Mark(*numbers, "diamond"), style="summary"), parts(self.read, *numbers), sums)

    def prediction(self, result: Result) -> None:
        """The prediction interval as a bar."""
        ends = predicted(result)
        if ends:
            mark = Mark(pooled_natural(result)[0], *ends, "bar")
            label = f"{result.level:g}% prediction interval"
            self.add(Line(label, mark=mark), ("", self.read.said(ends[0]), self.read.said(ends[1])))

    def lines(self) -> tuple[Line, ...]:
        """The rows with their columns on the right."""
        said = aligned([each[1] for each in self.kept])
        return tuple(
            Line(line.label, line.left, (text, *weights), line.mark, line.style)
            for (line, _, weights), text in zip(self.kept, said, strict=True)
        )


def _divided(rows: _Rows, result: Result, subgroups: Subgroups) -> None:
    """Heading, studies, subtotal and heterogeneity of each subgroup."""
    free = list(range(len(result.studies.labels)))
    for name, group in subgroups.groups.items():
        which = [_same_study(result, group, at, free) for at in range(len(group.studies.labels))]
        rows.add(Line(name, style="heading"))
        rows.studies(which)
        rows.summary(group, "Subtotal", which=which)
        if group.status == 0:
            rows.add(Line(firm(phrases.heterogeneity(group)), style="aside"))
        rows.add(Line("", style="gap"))
    if free:
        rows.add(Line("In no subgroup", style="heading"))
        rows.studies(free)
        rows.add(Line("", style="gap"))


def _same_study(result: Result, group: Result, at: int, free: list[int]) -> int:
    """Which study of the whole that is; it is then no longer free."""
    label, y = group.studies.labels[at], group.studies.y[at]
    for each in free:
        if result.studies.labels[each] == label and np.array_equal(result.studies.y[each], y, equal_nan=True):
            free.remove(each)
            return each
    raise CannotPool(f"{label} is in a subgroup but not among all studies; make the subgroups of the same studies")


def _between(subgroups: Subgroups | None) -> str:
    if subgroups is None or np.isnan(subgroups.q_between):
        return ""
    name, df = "Q", f"{subgroups.df_between:.0f}"
    if np.isfinite(subgroups.df_residual):
        name, df = "F", f"{df} and {subgroups.df_residual:.0f}"
    return f"Test between subgroups: {name} = {subgroups.q_between:.2f}, df = {df} ({p_value(subgroups.p_between)})"


def _heading(name: str, groups: tuple[str, str]) -> str:
    """A heading that ends in the number of a group stands under the name of that group."""
    own, _, number = name.rpartition(", ")
    return f"{groups[int(number) - 1]}|{own}" if own and number in {"1", "2"} else name


def _weight_headings(models: Sequence[Result]) -> tuple[str, ...]:
    if len(models) == 1:
        return ("Weight, %",)
    return tuple(f"Weight, %|{'Common' if each.method in {'CE', 'MH', 'PETO'} else 'Random'}" for each in models)


def _total(name: str, cells: Sequence[str]) -> str:
    """The sum of a column of counts, or of counts out of totals; "" for other columns."""
    if name.removesuffix(", 1").removesuffix(", 2").lower() not in _SUMMED or not cells:
        return ""
    rows = [each.split("/") for each in cells]
    if len({len(row) for row in rows}) > 1 or not all(part.strip().isdigit() for row in rows for part in row):
        return ""
    return "/".join(str(sum(int(part) for part in column)) for column in zip(*rows, strict=True))


def _axis(rows: _Rows, read: Reading, limits: tuple[float, float] | None) -> Axis:
    """An axis for all marks."""
    if limits and (not limits[0] < limits[1] or (read.log and limits[0] <= 0)):
        raise CannotPool(
            f"the axis cannot go from {limits[0]:g} to {limits[1]:g}; give a lower and a higher limit"
            + (" above 0" if read.log else "")
        )
    marks = [line.mark for line, _, _ in rows.kept if line.mark]
    estimates, lower, upper = (
        np.array([getattr(each, name) for each in marks]) for name in ("estimate", "lower", "upper")
    )
    return axis(
        estimates, lower, upper, log=read.log, said=read.tick, null=read.null, bounds=read.bounds, limits=limits
    )
