"""One quantity of ours beside metafor's: what is compared, against which unit, and whether it agrees."""

# ruff: noqa: ANN401 - pinned numbers come as they are in JSON
from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from tolerances import CLOSED, TOLERANCES

HERE = Path(__file__).resolve().parent
Reference = Mapping[str, Any]
REFERENCES = sorted(path.stem for path in (HERE / "references").glob("*.json"))
POOLED = {0, 2}
"""Status of results with numbers."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One quantity, ours and theirs. ``unit``: what a difference is measured against where the number is smaller."""

    topic: str
    where: str
    quantity: str
    kind: str
    ours: Any
    theirs: Any
    unit: float = 0.0

    @property
    def difference(self) -> float:
        """Relative to the larger of their number and the unit; infinite if only one of the two is defined."""
        if isinstance(self.ours, str):
            return 0.0 if self.ours == self.theirs else math.inf
        ours, theirs = float(self.ours), number(self.theirs)
        if math.isnan(ours) or math.isnan(theirs):
            return 0.0 if math.isnan(ours) and math.isnan(theirs) else math.inf
        if ours == theirs:
            return 0.0
        return abs(ours - theirs) / (max(abs(theirs), self.unit) or math.inf)

    @property
    def agrees(self) -> bool:
        """Whether the difference is within the tolerance of its kind."""
        return self.difference <= TOLERANCES[self.kind].relative

    @property
    def name(self) -> str:
        """What it is, to look up."""
        return f"{self.topic}: {self.where}: {self.quantity}"


def number(pinned: Any) -> float:
    """A pinned number: null is not a number, "inf" infinite."""
    return math.nan if pinned is None else float(pinned)


@cache
def reference(name: str) -> Reference:
    """A reference as it is pinned."""
    found: Reference = json.loads((HERE / "references" / f"{name}.json").read_text("utf-8"))
    return found


def columns(of: Reference) -> dict[str, Any]:
    """The data columns, as arrays."""
    return {name: np.array(each, dtype=np.float64) for name, each in of["columns"].items()}


def typical(v: Any) -> float:
    """Typical sampling variance."""
    w = 1 / np.asarray(v, dtype=np.float64)
    return float((len(w) - 1) / (w.sum() - (w**2).sum() / w.sum())) if len(w) > 1 else 0.0


def said(method: str, what: str) -> str:
    return f"{'closed' if method in CLOSED else 'iterated'} {what}"


def overall(
    topic: str, where: str, method: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> Iterator[Compared]:
    """Estimate, standard error, test, intervals."""
    kind, se = said(method, "estimate"), theirs.get("se") or 1.0
    units = {"estimate": se, "lower": se, "upper": se, "pi_lower": se, "pi_upper": se, "se": 0.0, "z": 1.0}
    for name, unit in units.items():
        if name in theirs:
            yield Compared(topic, where, name, kind, ours[name], theirs[name], unit)
    if "p" in theirs:
        yield Compared(topic, where, "p", "p", ours["p"], theirs["p"], tail(theirs["p"], theirs.get("z")))


def between(
    topic: str, where: str, method: str, ours: Mapping[str, Any], theirs: Mapping[str, Any], typical_variance: float
) -> Iterator[Compared]:
    """Studies, tau2, Q, I2, H2."""
    kind = said(method, "heterogeneity")
    yield Compared(topic, where, "k", "exact", ours["k"], theirs["k"])
    if "tau2" in theirs:
        yield Compared(topic, where, "tau2", said(method, "tau2"), ours["tau2"], theirs["tau2"], typical_variance)
    for name, unit in {"q": 1.0, "df": 1.0, "i2": 100.0, "h2": 1.0}.items():
        yield Compared(
            topic, where, name, "closed heterogeneity" if name == "q" else kind, ours[name], theirs[name], unit
        )
    yield Compared(topic, where, "p_heterogeneity", "p", ours["p_heterogeneity"], theirs["p_heterogeneity"], tail(theirs["p_heterogeneity"], math.sqrt(theirs["q"] or 0)))  # fmt: skip


def tail(p: float | None, z: float | None) -> float:
    """The unit of a P value: far out in the tail a small change of the statistic is a large one of P."""
    return (p or 0.0) * max(1.0, min(float(z or 0.0) ** 2, 1e300))


def refusal(topic: str, where: str, ours: Any, *, metafor: bool = True) -> Compared:
    """Where metafor refuses, ours must say so too: by an error, or by a status that says why there is no number."""
    refused = ours is None or (isinstance(ours, Mapping) and ours["status"] not in POOLED)
    return Compared(topic, where, "refused", "exact", refused, metafor)
