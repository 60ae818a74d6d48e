"""One meta-analysis: from effects and variances, or from what the studies report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pooling.effects import effect_sizes
from pooling.effects.columns import Data, numbers, read
from pooling.errors import CannotPool
from pooling.models.back import BACKS
from pooling.models.batch import Floats, one_column, why_left_out
from pooling.models.many import checked, pool_many
from pooling.models.results import LeftOut, Many, Result, Studies
from pooling.models.shown import shown
from schemas.dataset import SCALES
from schemas.measures import MEASURES, METHODS
from schemas.two_groups import Effects

Cells = dict[str, Any]
"""What is done about empty cells: add, to, drop00, where somebody said so."""
ADDED_ONLY = "No study tells events from none: the result rests on the halves added to empty cells alone."
EVENTS = {
    "single_counts": ("xi",),
    "two_group_counts": ("ai", "ci"),
    "single_rates": ("xi",),
    "two_group_rates": ("x1i", "x2i"),
}
"""Analysis table -> its columns of events."""
NO_WEIGHTS = "This model gives studies no weights; those shown are inverse variances."
KNHA_CE = "Hartung and Knapp's interval is not meant for a common effect."


class Counted(NamedTuple):
    """What was pooled from counts, beside the effects of the single studies."""

    measure: str
    many: Many
    own: Effects
    weight: Floats
    notes: tuple[str, ...] = ()


def pool(
    y: ArrayLike,
    v: ArrayLike,
    *,
    measure: str = "GEN",
    effect: str = "",
    scale: str | None = None,
    labels: Sequence[str] | None = None,
    size: ArrayLike | None = None,
    method: str = "REML",
    test: str = "z",
    level: float = 95.0,
    back: str = "harmonic",
    title: str = "",
) -> Result:
    """Pool effects with known sampling variances.

    Studies whose effect or variance cannot be used are listed in ``left_out``, each with the reason.

    Args:
        y: Effects on the scale of analysis (logarithms of ratios), one per study.
        v: Their sampling variances.
        measure: What the effects are, by metafor's short name.
        effect: The effect in words; the measure's own name if not given.
        scale: Scale of analysis: none, log, logit, arcsine, double_arcsine, fisher_z; that of the measure if not given.
        labels: Names of the studies.
        size: Participants of each study; needed to bring double arcsines back.
        method: CE, DL, REML, ML, PM, EB, HE, HS or SJ.
        test: z, t, knha or adhoc.
        level: Confidence level in percent.
        back: How double arcsines go back to proportions: harmonic or sine.
        title: What is pooled, in words.

    Raises:
        CannotPool: the arguments do not fit together, or one of them is unknown.

    >>> print(pool([-0.9, -0.4, -0.7], [0.05, 0.04, 0.09], measure="RR", method="CE"))
    Risk ratio 0.53 (95% CI 0.41 to 0.69), common effect, 3 studies; P < 0.001. Heterogeneity: I² = 29%, Q = 2.83, df = 2 (P = 0.24).
    """
    checked(method, test, level)
    scale = _scale(measure, scale, back)
    effects = Effects(_numbers(y, "effects"), _numbers(v, "variances"))
    many = pool_many(effects.y, effects.v, method=method, test=test, level=level, intervals=True)
    result = _result(measure, effects, many, labels=labels, size=size, weight=_weights(effects, many))
    notes = (KNHA_CE,) if method == "CE" and test in {"knha", "adhoc"} else ()
    result = replace(result, effect=effect or MEASURES[measure].label, scale=scale, back=back, title=title, notes=notes)
    return _returnable(result)


def meta(
    measure: str,
    data: Data,
    *,
    labels: Sequence[str] | None = None,
    effect: str = "",
    add: float | None = None,
    to: str = "only0",
    drop00: bool | None = None,
    method: str = "REML",
    test: str = "z",
    level: float = 95.0,
    back: str = "harmonic",
    title: str = "",
) -> Result:
    """Compute the effects of the studies and pool them.

    Args:
        measure: Short name of the measure, as in ``schemas.measures.MEASURES``.
        data: Columns by metafor's names, as a mapping or a data frame: ``{"ai": ..., "n1i": ..., ...}``.
        labels: Names of the studies.
        effect: The effect in words; the measure's own name if not given.
        add: What is added to the cells of a table with an empty cell (see ``pooling.effects.effect_sizes``).
        to: Which studies it is added to: only0, all, if0all, none.
        drop00: Whether studies without any event, or with nothing but events, are left out. If not given they are kept,
            but for the effects of single studies beside Mantel-Haenszel and Peto.
        method: As ``pool``; also MH (Mantel-Haenszel), PETO, and GLMM (mixed logistic model of proportions, PLO).
        test: As ``pool``; MH and PETO have z only, GLMM z and t.
        level: Confidence level in percent.
        back: How double arcsines go back to proportions: harmonic or sine.
        title: What is pooled, in words.

    Raises:
        CannotPool: the data or the arguments do not allow it; the message says why.

    >>> meta("OR", {"ai": [4, 6], "n1i": [123, 306], "ci": [11, 29], "n2i": [139, 303]}, method="MH").k
    2
    """
    scale = _scale(measure, None, back)
    if method not in METHODS:
        raise CannotPool(f"there is no method {method!r}; choose one of {', '.join(METHODS)}")
    given = {"add": add, "to": to, "drop00": drop00}
    cells: Cells = {name: each for name, each in given.items() if each is not None}
    size = participants(measure, data)
    if method not in _FROM_COUNTS:
        found = effect_sizes(measure, data, **cells)
        result = pool(
            found.y, found.v, measure=measure, effect=effect, labels=labels, size=size, method=method, test=test,
            level=level, back=back, title=title,
        )  # fmt: skip
        notes = (
            (*result.notes, ADDED_ONLY)
            if _nothing_observed(measure, data) and result.status in {0, 2}
            else result.notes
        )
        return _showing(replace(result, notes=notes), measure, data)
    one = _FROM_COUNTS[method](measure, data, cells, test, level)
    result = _result(one.measure, one.own, one.many, labels=labels, size=size, weight=one.weight)
    named = effect or MEASURES[one.measure].label
    return _showing(replace(result, effect=named, scale=scale, back=back, title=title, notes=one.notes), measure, data)


def _nothing_observed(measure: str, data: Data) -> bool:
    """Whether no study has an event, or none anything but events, so that ratios rest on what is added to empty cells."""
    if MEASURES[measure].scale not in {"log", "logit"} or MEASURES[measure].table not in EVENTS:
        return False
    columns, size = read(measure, data), participants(measure, data)
    events = np.sum([columns[name] for name in EVENTS[MEASURES[measure].table] if name in columns], axis=0)
    known = np.isfinite(events)
    everyone = size is not None and bool(np.all(np.atleast_1d(events == size)[np.atleast_1d(known)]))
    return bool(known.any()) and (bool(np.all(events[known] == 0)) or everyone)


def participants(measure: str, data: Data) -> Floats | None:
    """Participants of each study, both groups together; None where the columns do not tell.

    >>> participants("OR", {"ai": [4], "n1i": [123], "ci": [11], "n2i": [139]}).tolist()
    [262.0]
    """
    columns = read(measure, data) if MEASURES[measure].table != "effects" else {}
    if "ni" not in columns and "ni" in data:
        return np.atleast_1d(numbers(data["ni"], "ni"))
    if "ni" in columns:
        return np.atleast_1d(columns["ni"])
    groups = [_of_group(columns, *names) for names in (("n1i", "ai", "bi"), ("n2i", "ci", "di"))]
    return None if groups[0] is None or groups[1] is None else np.atleast_1d(groups[0] + groups[1])


def _of_group(columns: dict[str, Floats], total: str, events: str, others: str) -> Floats | None:
    if total in columns:
        return columns[total]
    return columns[events] + columns[others] if {events, others} <= set(columns) else None


# from counts


def _mantel_haenszel(measure: str, data: Data, cells: Cells, test: str, level: float) -> Counted:
    from pooling.models.weighted import mantel_haenszel, weights  # noqa: PLC0415 - only where it is used

    _only_z(test, "Mantel-Haenszel")
    many = mantel_haenszel(measure, data, level=level, **cells)
    own = effect_sizes(measure, data, **_dropping(cells))
    return Counted(measure, many, own, weights(measure, data, **cells))


def _peto(measure: str, data: Data, cells: Cells, test: str, level: float) -> Counted:
    from pooling.models.weighted import peto, weights  # noqa: PLC0415 - only where it is used

    _only_z(test, "Peto's method")
    if measure not in {"OR", "PETO"}:
        raise CannotPool(f"Peto's method pools odds ratios, not {measure}; choose another method, or the measure PETO")
    many = peto(data, level=level, **cells)
    own = effect_sizes("PETO", data, **_dropping(cells))
    return Counted("PETO", many, own, weights("PETO", data, **cells))


def _glmm(measure: str, data: Data, cells: Cells, test: str, level: float) -> Counted:
    from pooling.models.glmm import glmm  # noqa: PLC0415 - only where it is used

    if measure != "PLO":
        raise CannotPool(f"the mixed logistic model pools the measure PLO, not {measure}; choose another method")
    columns = read(measure, data)
    many = glmm(columns["xi"], columns["ni"], test=test, level=level).many
    own = effect_sizes(measure, data, **cells)
    return Counted(measure, many, own, _weights(own, many), (NO_WEIGHTS,))


_FROM_COUNTS: dict[str, Callable[[str, Data, Cells, str, float], Counted]] = {
    "MH": _mantel_haenszel,
    "PETO": _peto,
    "GLMM": _glmm,
}


def _dropping(cells: Cells) -> Cells:
    """Beside pooled tables, studies that say nothing have no effect of their own, unless somebody said otherwise."""
    return {"drop00": True} | cells


def _only_z(test: str, what: str) -> None:
    if test != "z":
        raise CannotPool(f"{what} has the test 'z' only, not {test!r}; choose z, or an inverse-variance method")


# parts of a result


def _scale(measure: str, scale: str | None, back: str) -> str:
    if measure not in MEASURES:
        raise CannotPool(f"there is no measure {measure!r}; choose one of {', '.join(MEASURES)}")
    if scale is not None and scale not in SCALES:
        raise CannotPool(f"there is no scale {scale!r}; choose one of {', '.join(SCALES)}")
    if back not in BACKS:
        raise CannotPool(f"there is no way back called {back!r}; choose one of {', '.join(BACKS)}")
    return MEASURES[measure].scale if scale is None else scale


def _numbers(given: ArrayLike, what: str) -> Floats:
    found = np.atleast_1d(numbers(given, what))
    if found.ndim != 1:
        raise CannotPool(
            f"the {what} have the shape {found.shape}; give one per study, or use pool_many for many analyses"
        )
    return found


def _weights(effects: Effects, many: Many) -> Floats:
    """Weights 1 / (v + tau2) in percent; 0 for studies that take no part."""
    with np.errstate(all="ignore"):
        w = np.where(_usable(effects), 1 / (effects.v + np.nan_to_num(many.tau2[0])), 0.0)
        w = w / w.max(initial=0.0)
        return np.asarray(np.nan_to_num(100 * w / w.sum()))


def _usable(effects: Effects) -> Any:  # noqa: ANN401 - a mask
    return np.isfinite(effects.y) & np.isfinite(effects.v) & (effects.v > 0)


def _result(
    measure: str,
    effects: Effects,
    many: Many,
    *,
    labels: Sequence[str] | None,
    size: ArrayLike | None,
    weight: Floats,
) -> Result:
    """A result with everything but its words."""
    y, v, weight = np.atleast_1d(effects.y), np.atleast_1d(effects.v), np.ravel(weight)
    count = len(y)
    names = [f"Study {at + 1}" for at in range(count)] if labels is None else labels
    said = tuple(str(each) for each in one_column(names, count, "labels"))
    sizes = np.zeros(count) if size is None else one_column(numbers(size, "sizes"), count, "sizes")
    with np.errstate(all="ignore"):
        reach = -special.ndtri((100 - many.level) / 200) * np.sqrt(np.where(v >= 0, v, np.nan))
        studies = Studies(said, y, v, y - reach, y + reach, weight, np.where(sizes > 0, sizes, 0.0))
    why = [why_left_out(float(one), float(its)) for one, its in zip(y, v, strict=True)]
    out = tuple(
        LeftOut(label, reason) for label, reason, own in zip(said, why, weight, strict=True) if reason and own == 0
    )
    return Result(measure, "", "none", many.method, many.test, many.level, many.one(0), studies, out)


def _showing(result: Result, measure: str, data: Data) -> Result:
    """The result with the numbers that a forest plot prints beside each study."""
    return replace(result, studies=replace(result.studies, shown=shown(measure, data)))


def _returnable(result: Result) -> Result:
    """The result, if its numbers can be brought back."""
    own = result.studies
    if result.scale == "double_arcsine" and result.back == "harmonic" and ((own.weight > 0) & (own.size == 0)).any():
        raise CannotPool(
            "double arcsines go back to proportions at the sizes of the studies; give size (participants of each study), "
            "or choose back='sine'"
        )
    return result
