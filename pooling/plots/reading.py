"""How the numbers of a measure are read: on which axis, in which words, with how many decimals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pooling.models import back
from pooling.models.results import Result

Floats = NDArray[np.float64]
MINUS = "\u2212"
FIRM = "\u00a0"
"""A blank at which no line is broken; plots print it as any other."""
_PADS = {".": "\u2008", MINUS: "\u2007\u2009"}
"""Blanks as wide as a point and a minus; a figure space is as wide as a digit."""


@dataclass(frozen=True, slots=True)
class Reading:
    """``kind``: ratio and rate (logarithmic axis), percent, correlation, plain. ``null`` is a natural value."""

    name: str
    kind: str
    null: float | None
    decimals: int

    @property
    def log(self) -> bool:
        """Whether the axis is logarithmic."""
        return self.kind in {"ratio", "rate"}

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The least and greatest value there can be, where there are such."""
        return {"percent": (0.0, 1.0), "correlation": (-1.0, 1.0)}.get(self.kind)

    @property
    def heading(self) -> str:
        """The name with its unit, as it heads a column or an axis."""
        return f"{self.name}, %" if self.kind == "percent" else self.name

    def said(self, value: float) -> str:
        """A value in print, without unit.

        >>> Reading("Risk ratio", "ratio", 1.0, 2).said(0.8149), Reading("Proportion", "percent", None, 1).said(0.5)
        ('0.81', '50.0')
        """
        if np.isnan(value):
            return ""
        if self.kind == "percent":
            return _fixed(100 * value, 1)
        if self.log and 0 < value < 0.5 * 10.0**-self.decimals:
            return f"<{10.0**-self.decimals:.{self.decimals}f}"
        return _fixed(value, 0 if self.log and value >= 100 else self.decimals)

    def tick(self, value: float) -> str:
        """A value at a tick: as short as it goes."""
        shown = round(100 * value, 9) if self.kind == "percent" else value
        return (f"{shown:.6g}" if shown == 0 or 1e-5 < abs(shown) < 1e6 else f"{shown:.3g}").replace("-", MINUS)


def reading(result: Result) -> Reading:
    """How a result is read."""
    about = result.about
    kind = _kind(result)
    null = None if kind == "percent" or about.null is None else (float(np.exp(about.null)) if kind == "ratio" else 0.0)
    name = (result.effect if result.effect and result.effect != result.measure else about.label).split(" (analysed")[0]
    return Reading(name[:1].upper() + name[1:], kind, null, _decimals(result.study_natural.estimate))


def _kind(result: Result) -> str:
    about = result.about
    if about.table == "single_counts" or result.scale in {"logit", "arcsine", "double_arcsine"}:
        return "percent"
    if result.scale == "log":
        return "rate" if about.null is None else "ratio"
    return "correlation" if result.scale == "fisher_z" or about.table == "correlations" else "plain"


def _decimals(values: Floats) -> int:
    """Two; fewer where values are in hundreds, more where the largest is small."""
    finite = np.abs(values[np.isfinite(values)])
    largest = float(finite.max(initial=0.0)) or 1.0
    return (
        0
        if largest >= 1000
        else 1
        if largest >= 100
        else 2
        if largest >= 0.1
        else min(6, 1 - int(np.floor(np.log10(largest))))
    )


def _fixed(value: float, decimals: int) -> str:
    if np.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    text = f"{value:.3g}" if abs(value) >= 1e6 else f"{value:.{decimals}f}"
    return text.replace("-", "" if float(text) == 0 else MINUS)


def aligned(rows: list[tuple[str, str, str]]) -> list[str]:
    """Estimates with intervals in print, "0.62 (0.41 to 0.94)", padded so that points stand under points.

    An estimate alone stays alone, an interval alone gets brackets only.
    """
    widest = [max((each[part] for each in rows if each[1]), key=len, default="") for part in range(3)]
    lines = []
    for row in rows:
        if not row[1]:
            lines.append(row[0])
            continue
        before, within = (_pad(text, like) for text, like in zip(row[1:], widest[1:], strict=True))
        lines.append(
            f"{row[0]} {before}({row[1]} to {within}{row[2]})" if row[0] else f"({row[1]} to {within}{row[2]})"
        )
    return lines


def _pad(text: str, like: str) -> str:
    """Blanks as wide as what a text lacks at its beginning."""
    return "".join(_PADS.get(sign, "\u2007") for sign in like[: max(0, len(like) - len(text))])


def p_said(p: float) -> str:
    """A P value as journals print it.

    >>> [p_said(each).replace(FIRM, " ") for each in (0.0321, 0.00004, 0.21)]
    ['P = 0.032', 'P < 0.001', 'P = 0.21']
    """
    if p < 0.001:
        return f"P{FIRM}<{FIRM}0.001"
    return f"P{FIRM}={FIRM}{p:.3f}" if p < 0.0995 else f"P{FIRM}={FIRM}{p:.2f}"


def regained(result: Result, values: Floats) -> Floats:
    """Values anywhere on the scale of analysis as people read them, those of no study in particular."""
    return back.natural(result.scale, values, back="sine")
