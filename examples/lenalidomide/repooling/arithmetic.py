"""Pooling many assignments of counts at once, by every custom of the double arcsine.

Arrays have one line per study and one column per assignment; a study that takes no part is not used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from schemas.scales import double_arcsine, double_arcsine_back

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Z = float(special.ndtri(0.975))
HALVES = {"1/(n + 1/2)": 0.5, "1/(n + 1)": 1.0}
"""Variances of the double arcsine in use: Freeman and Tukey's, and an older one that tutorials still give."""


@dataclass(frozen=True)
class Way:
    """One custom: the variance of a study, the model, and the way back to proportions."""

    variance: str
    model: str
    back: str

    @property
    def words(self) -> str:
        """In words."""
        model = {"common": "common effect", "DL": "DerSimonian-Laird"}[self.model]
        back = {"sine": "sin²(t/2)", "Miller": "Miller"}[self.back]
        return f"{model}, back by {back}, variance {self.variance}"


@dataclass(frozen=True)
class Pooled:
    """Results by one custom; ``by_rule`` marks where the methods section asks for this model."""

    way: Way
    values: dict[str, Floats]
    by_rule: Mask


def pooled(x: Floats, n: Floats, use: Mask) -> Iterator[Pooled]:
    """Results of every assignment by every custom: estimate, limits, P of Q, I² in percent."""
    y = np.where(use, double_arcsine(np.where(use, x, 0.0) / n, n), 0.0)
    k = use.sum(axis=0)
    harmonic = k / (use / n).sum(axis=0)
    for variance, half in HALVES.items():
        w = np.where(use, n + half, 0.0)
        total = w.sum(axis=0)
        q = (w * (y - (w * y).sum(axis=0) / total) ** 2).sum(axis=0)
        p = special.chdtrc(k - 1.0, q)
        excess = np.maximum(q - (k - 1), 0.0)
        i2 = 100 * excess / np.maximum(q, 1e-300)
        tau2 = excess / (total - (w**2).sum(axis=0) / total)
        for model in ("common", "DL"):
            star = w if model == "common" else w / (1 + w * tau2)
            whole = star.sum(axis=0)
            theta, se = (star * y).sum(axis=0) / whole, whole**-0.5
            ends = theta, theta - Z * se, theta + Z * se
            by_rule = (p > 0.05) == (model == "common")
            for back in ("sine", "Miller"):
                three = _back(np.stack(ends), harmonic, back)
                values = dict(zip(("estimate", "lower", "upper"), three, strict=True)) | {
                    "p_heterogeneity": p,
                    "i2": i2,
                }
                yield Pooled(Way(variance, model, back), values, by_rule)


def _back(t: Floats, harmonic: Floats, custom: str) -> Floats:
    if custom == "sine":
        return np.asarray(np.sin(np.clip(t / 2, 0, np.pi / 2)) ** 2)
    n = np.broadcast_to(harmonic, t.shape)
    return double_arcsine_back(t.ravel(), n.ravel()).reshape(t.shape)


def may_go_together(p: list[tuple[float, float]], i2: tuple[float, float], most: int) -> list[int]:
    """Numbers of studies, up to ``most``, for which one Q gives a printed P and the printed I²: no counts needed."""
    return [k for k in range(2, most + 1) if any(_one_q(each, i2, k - 1.0) for each in p)]


def _one_q(p: tuple[float, float], i2: tuple[float, float], df: float) -> bool:
    of_p = [float(special.chdtri(df, np.clip(end, 1e-300, 1.0))) for end in (p[1], p[0])]
    of_i2 = [0.0 if i2[0] <= 0 else df / (1 - i2[0] / 100), df / (1 - min(i2[1] / 100, 1 - 1e-12))]
    return of_p[0] <= of_i2[1] and of_i2[0] <= of_p[1]
