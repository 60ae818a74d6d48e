"""Results made by hand for tests of plots: simple inverse-variance numbers with DerSimonian and Laird's tau2."""

from __future__ import annotations

import numpy as np
from scipy import stats

from pooling.models.results import LeftOut, Result, Studies
from pooling.models.subgroups import subgroups
from schemas.measures import MEASURES

AUTHORS = (
    "Attal", "Benboubker", "Coman", "Dimopoulos", "Escudero", "Facon", "Gay", "Hulin", "Iida", "Jakubowiak", "Kumar",
    "Lonial", "Mateos", "Niesvizky", "Ocio", "Palumbo", "Quach", "Rajkumar", "San Miguel", "Touzeau", "Usmani",
    "van de Donk", "Weber", "Xu", "Yong", "Zonder",
)  # fmt: skip


def names(k: int) -> list[str]:
    return [
        f"{AUTHORS[at % len(AUTHORS)]} {2004 + (7 * at) % 18}{'abc'[at // len(AUTHORS)] if k > 26 else ''}"
        for at in range(k)
    ]


def pooled(
    y,
    v,
    *,
    measure="RR",
    method="DL",
    labels=None,
    size=None,
    shown=None,
    title="",
    effect="",
    level=95.0,
    weights_of=None,
):
    y, v = np.asarray(y, float), np.asarray(v, float)
    use = np.isfinite(y) & np.isfinite(v) & (v > 0)
    k = int(use.sum())
    labels = tuple(labels or names(len(y)))
    w = np.where(use, 1 / np.where(use, v, 1.0), 0.0)
    yy = np.where(use, y, 0.0)
    z = stats.norm.ppf(0.5 + level / 200)
    q = tau2 = 0.0
    if k:
        common = np.sum(w * yy) / w.sum()
        q = float(np.sum(w * (yy - common) ** 2))
        if k > 1:
            tau2 = max(0.0, (q - (k - 1)) / (w.sum() - np.sum(w**2) / w.sum()))
    tau2 = tau2 if method != "CE" else 0.0
    ww = np.where(use, 1 / (np.where(use, v, 1.0) + tau2), 0.0)
    nan = float("nan")
    mean = float(np.sum(ww * yy) / ww.sum()) if k else nan
    se = float(ww.sum() ** -0.5) if k else nan
    spread = (tau2 + se**2) ** 0.5 if k > 1 else nan
    numbers = {
        "status": 1 if k == 0 else 2 if k == 1 else 0, "k": k, "estimate": mean, "se": se, "z": mean / se,
        "p": float(2 * stats.norm.sf(abs(mean / se))), "lower": mean - z * se, "upper": mean + z * se,
        "pi_lower": mean - z * spread, "pi_upper": mean + z * spread, "tau2": tau2,
        "q": q if k > 1 else nan, "df": k - 1.0, "p_heterogeneity": float(stats.chi2.sf(q, k - 1)) if k > 1 else nan,
        "i2": max(0.0, 100 * (q - k + 1) / q) if k > 1 and q > 0 else nan, "h2": nan, "tau2_lower": nan,
        "tau2_upper": nan, "i2_lower": nan, "i2_upper": nan, "h2_lower": nan, "h2_upper": nan,
    }  # fmt: skip
    half = z * np.sqrt(np.where(use, v, np.nan))
    studies = Studies(
        labels, np.where(use, y, np.nan), np.where(use, v, np.nan), y - half, y + half,
        100 * ww / (ww.sum() or 1.0), np.asarray(size if size is not None else np.full(len(y), 100.0), float), shown or {},
    )  # fmt: skip
    out = tuple(
        LeftOut(label, "its effect cannot be computed or is missing")
        for label, used in zip(labels, use, strict=True)
        if not used
    )
    return Result(measure, effect, MEASURES[measure].scale, method, "z", level, numbers, studies, out, title=title)


def counts(k, measure="RR", seed=4, *, method="DL", labels=None, title="", missing=(), spread=0.4):
    """Two-by-two tables with heterogeneous ratios."""
    rng = np.random.default_rng(seed)
    n1 = rng.integers(20, 400, k)
    n2 = n1 + rng.integers(-8, 9, k)
    p2 = rng.uniform(0.1, 0.5, k)
    p1 = np.clip(p2 * np.exp(rng.normal(-0.35, spread, k)), 0.02, 0.95)
    a, c = rng.binomial(n1, p1) + 1, rng.binomial(n2, p2) + 1
    y = np.log(a / n1 / (c / n2))
    v = 1 / a - 1 / n1 + 1 / c - 1 / n2
    for at in missing:
        a[at] = c[at] = 0
        y[at] = v[at] = np.nan
    shown = {
        "Events/total, 1": tuple(f"{x}/{n}" for x, n in zip(a, n1, strict=True)),
        "Events/total, 2": tuple(f"{x}/{n}" for x, n in zip(c, n2, strict=True)),
    }
    return pooled(
        y, v, measure=measure, method=method, labels=labels, size=n1 + n2, shown=shown, title=title, effect="risk ratio"
    )


def proportions(k, seed=3, *, title="", labels=None, low=0.05, high=0.6):
    rng = np.random.default_rng(seed)
    n = rng.integers(9, 220, k)
    x = rng.binomial(n, rng.uniform(low, high, k))
    y = 0.5 * (np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1))))
    shown = {"Events": tuple(str(each) for each in x), "Total": tuple(str(each) for each in n)}
    return pooled(y, 1 / (4 * n + 2), measure="PFT", labels=labels, size=n, shown=shown, title=title)


def divided(result, parts, **how):
    """Subgroups by consecutive numbers of studies; None: in no subgroup."""
    own = result.studies
    groups = [name for name, count in parts.items() for _ in range(count)]
    words = {"measure": result.measure, "method": result.method, "labels": own.labels, "size": own.size, **how}
    return subgroups(own.y, own.v, groups, **words)
