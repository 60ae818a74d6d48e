"""Our numbers beside those pinned from metafor: every quantity of every reference, by topic.

Run to print the largest differences by topic and kind: ``python validation/compare.py``.
"""

# ruff: noqa: ANN401, E402 - pinned numbers come as they are in JSON; the path comes before the imports
from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]

from quantities import (
    HERE,
    REFERENCES,
    Compared,
    Reference,
    between,
    columns,
    overall,
    reference,
    refusal,
    said,
    tail,
    typical,
)

from pooling.effects import effect_sizes
from pooling.errors import CannotPool
from pooling.models.asymmetry import begg, egger
from pooling.models.back import harmonic_mean, natural
from pooling.models.glmm import glmm
from pooling.models.many import pool_many
from pooling.models.one import meta, pool
from pooling.models.results import Many, Result
from pooling.models.sensitivity import cumulative, leave_one_out
from pooling.models.subgroups import subgroups
from pooling.models.trimfill import trim_and_fill
from pooling.models.weighted import mantel_haenszel, peto
from schemas.measures import MEASURES

__all__ = ["HERE", "REFERENCES", "all_of", "reference"]

POINTS = 75
"""Quadrature points of the mixed logistic models that ours is compared with."""

# effects


def effects(of: Reference) -> Iterator[Compared]:
    """Effect sizes and variances, by measure and zero-cell option."""
    data = columns(of)
    for pinned in of["effects"]:
        options = {name: pinned[name] for name in ("add", "to", "drop00") if name in pinned}
        found = effect_sizes(pinned["measure"], data, **options)
        where = " ".join([pinned["measure"], *(f"{name}={each}" for name, each in options.items())])
        for at, (y, v) in enumerate(zip(pinned["yi"], pinned["vi"], strict=True)):
            se = math.sqrt(v) if v is not None and v > 0 else 0.0
            yield Compared("effects", where, f"yi[{at}]", "effect", found.y[at], y, se)
            yield Compared("effects", where, f"vi[{at}]", "variance", found.v[at], v)


# models


@cache
def lines() -> tuple[dict[tuple[str, str], int], Any, Any]:
    """All effects and variances of all references as one batch, and the line of each reference and measure."""
    found = [
        (name, measure, each["yi"], each["vi"])
        for name in REFERENCES
        for measure, each in reference(name)["models"].items()
    ]
    width = max(len(y) for _, _, y, _ in found)
    y, v = (np.full((len(found), width), np.nan) for _ in range(2))
    for at, (_, _, effects_of, variances) in enumerate(found):
        y[at, : len(effects_of)], v[at, : len(variances)] = effects_of, variances
    return {(name, measure): at for at, (name, measure, _, _) in enumerate(found)}, y, v


@cache
def pooled(method: str, test: str, level: float) -> Many:
    """Every line pooled, in one call."""
    _, y, v = lines()
    return pool_many(y, v, method=method, test=test, level=level, intervals=True)


def models(of: Reference) -> Iterator[Compared]:
    """Pooled numbers by measure, method, test and level."""
    for measure, pinned in of["models"].items():
        at = lines()[0][of["name"], measure]
        if not pinned["fits"]:
            found = pooled("DL", "z", 95).one(at)
            yield Compared("models", measure, "status", "exact", found["status"], 1)
        for fit in pinned["fits"]:
            where = f"{measure} {fit['method']} {fit['level']:g}%"
            if "error" in fit:
                yield refusal("models", where, pooled(fit["method"], "z", fit["level"]).one(at))
                continue
            sizes = typical(pinned["vi"])
            by_test = {test: pooled(fit["method"], test, fit["level"]).one(at) for test in fit["tests"]}
            first = by_test["z"]
            yield from between("models", where, fit["method"], first, fit["heterogeneity"], sizes)
            if "profile" in fit:
                yield from profile(where, first, fit["profile"], sizes)
            for test, numbers in fit["tests"].items():
                yield from overall("models", f"{where} {test}", fit["method"], by_test[test], numbers)


def profile(
    where: str, ours: Mapping[str, Any], theirs: Mapping[str, Any], typical_variance: float
) -> Iterator[Compared]:
    """Q-profile limits."""
    for name, limit in theirs["limits"].items():
        unit = {"tau2": typical_variance, "i2": 100.0, "h2": 1.0}[name.split("_")[0]]
        yield Compared("models", where, name, "profile", ours[name], limit, unit)


# from counts


def weighted(of: Reference) -> Iterator[Compared]:
    """Mantel-Haenszel and Peto."""
    data = columns(of)
    for pinned in of.get("weighted", []):
        measure, options = (
            pinned["measure"],
            {"add": tuple(pinned["add"]), "to": tuple(pinned["to"]), "drop00": pinned["drop00"]},
        )
        where = f"{measure} {options}"
        many = peto(data, **options) if measure == "PETO" else mantel_haenszel(measure, data, **options)
        ours = many.one(0)
        if "error" in pinned:
            yield refusal("weighted", where, ours)
            continue
        theirs = pinned["numbers"]
        yield from overall("weighted", where, "MH", ours, theirs)
        yield from between("weighted", where, "MH", ours, theirs, 0.0)


def mixed(of: Reference) -> Iterator[Compared]:
    """The mixed logistic model of proportions."""
    for pinned in of.get("glmm", []):
        if pinned["points"] != POINTS:
            continue
        where = f"PLO {pinned['points']} points"
        found = glmm(of["columns"]["xi"], of["columns"]["ni"])
        if "error" in pinned:
            yield refusal("glmm", where, found.many.one(0))
            continue
        theirs = pinned["numbers"]
        ours = found.many.one(0) | {
            name: float(getattr(found, name)[0]) for name in ("q_lrt", "p_lrt", "q_wald", "p_wald")
        }
        units = dict.fromkeys(("estimate", "lower", "upper"), theirs["se"] or 0.0) | {"i2": 100.0}
        for name in theirs:
            yield Compared(
                "glmm", where, name, "glmm", ours[name], theirs[name], units.get(name, 0.0 if name == "se" else 1.0)
            )


def back(of: Reference) -> Iterator[Compared]:
    """Pooled numbers on the scale people read."""
    for pinned in of.get("back") or []:
        measure, custom = pinned["measure"], pinned["custom"]
        found = pooled(pinned["method"], "z", 95).one(lines()[0][of["name"], measure])
        size = harmonic_mean(of["columns"]["ni"]) if "ni" in of["columns"] else None
        for name, number in pinned["numbers"].items():
            ours = natural(
                MEASURES[measure].scale, found[name], size=size, back="sine" if custom == "sine" else "harmonic"
            )
            yield Compared("back", f"{measure} {pinned['method']} {custom}", name, "natural", float(ours), number)


# of one result


def whole(of: Reference) -> Iterator[Compared]:
    """From columns to the pooled result in one call, nothing pinned in between."""
    for measure, pinned in of["models"].items():
        for fit in pinned["fits"]:
            if fit["method"] in {"CE", "DL", "REML"} and fit["level"] == 95 and "error" not in fit:
                for test in ("z", "knha"):
                    found = meta(measure, columns(of), method=fit["method"], test=test, back="sine").numbers
                    where = f"{measure} {fit['method']} {test}"
                    yield from overall("meta", where, fit["method"], found, fit["tests"][test])


def one(of: Reference, measure: str, method: str, test: str = "z") -> Result:
    """The pinned effects pooled."""
    pinned = of["models"][measure]
    return pool(pinned["yi"], pinned["vi"], measure=measure, method=method, test=test, back="sine")


def groups(of: Reference) -> Iterator[Compared]:
    """Each subgroup, and what lies between them; with tau2 of their own, and with one for all."""
    block = of.get("subgroups")
    if not block:
        return
    pinned = of["models"][block["measure"]]
    for fit in block["fits"]:
        where = f"{block['measure']} {fit['method']} {fit['test']}"
        found = subgroups(pinned["yi"], pinned["vi"], block["group"], method=fit["method"], test=fit["test"])
        for name, numbers in fit["groups"].items():
            sizes = typical([v for v, group in zip(pinned["vi"], block["group"], strict=True) if group == name])
            ours = found.groups[name].numbers
            yield from overall("subgroups", f"{where} {name}", fit["method"], ours, numbers)
            yield from between("subgroups", f"{where} {name}", fit["method"], ours, numbers, sizes)
        yield from _between_groups(where, fit["method"], found, fit["between"])
    for fit in block["common"]:
        where = f"{block['measure']} {fit['method']} common tau2"
        found = _attempted(subgroups, pinned["yi"], pinned["vi"], block["group"], method=fit["method"], tau2="common")
        if "error" in fit or found is None:
            yield refusal("subgroups", where, found, metafor="error" in fit)
            continue
        yield from _between_groups(where, fit["method"], found, fit["between"])
        tau2 = next(iter(found.groups.values())).tau2
        yield Compared(
            "subgroups",
            where,
            "tau2",
            said(fit["method"], "tau2"),
            tau2,
            fit["between"]["tau2"],
            typical(pinned["vi"]),
        )


def _between_groups(where: str, method: str, found: Any, theirs: Mapping[str, Any]) -> Iterator[Compared]:
    yield Compared("subgroups", where, "df_between", "exact", found.df_between, theirs["df_between"])
    yield Compared(
        "subgroups", where, "q_between", said(method, "heterogeneity"), found.q_between, theirs["q_between"], 1.0
    )
    yield Compared("subgroups", where, "p_between", "p", found.p_between, theirs["p_between"], tail(theirs["p_between"], math.sqrt(theirs["q_between"])))  # fmt: skip


def sensitivity(of: Reference) -> Iterator[Compared]:
    """Leave-one-out and cumulative."""
    block = of.get("sensitivity")
    if not block:
        return
    sizes = typical(of["models"][block["measure"]]["vi"])
    for fit in block["fits"]:
        result = one(of, block["measure"], fit["method"], fit["test"])
        where = f"{block['measure']} {fit['method']} {fit['test']}"
        for name, frame in (
            ("leave_one_out", leave_one_out(result)),
            ("cumulative", cumulative(result, order=block["order"])),
        ):
            pinned = fit[name]["steps"]
            yield Compared("sensitivity", f"{where} {name}", "rows", "exact", len(frame), len(pinned["estimate"]))
            for at, row in enumerate(frame.to_dict("records")):
                theirs = {each: values[at] for each, values in pinned.items()}
                yield from _step(f"{where} {name} {at + 1}", fit["method"], row, theirs, sizes)


def _step(
    where: str, method: str, ours: Mapping[Any, Any], theirs: Mapping[str, Any], sizes: float
) -> Iterator[Compared]:
    yield from overall("sensitivity", where, method, ours, {name: each for name, each in theirs.items() if name != "p"})
    if "p" in theirs:
        yield Compared(
            "sensitivity",
            where,
            "p",
            "p",
            ours["p"],
            theirs["p"],
            tail(theirs["p"], theirs["estimate"] / (theirs["se"] or 1.0)),
        )
    for name, unit in {"tau2": sizes, "q": 1.0, "i2": 100.0}.items():
        if name in theirs:
            yield Compared(
                "sensitivity",
                where,
                name,
                said(method, "tau2" if name == "tau2" else "heterogeneity"),
                ours[name],
                theirs[name],
                unit,
            )


def asymmetry(of: Reference) -> Iterator[Compared]:
    """Egger's regression in both forms, Begg's rank correlation."""
    for measure, block in (of.get("asymmetry") or {}).items():
        y, v = (of["models"][measure][name] for name in ("yi", "vi"))
        for model in ("lm", "rma"):
            yield from _egger(f"{measure} {model}", y, v, model, block[model])
        where = f"{measure} rank"
        found = _attempted(begg, y, v)
        if "error" in block["rank"] or found is None:
            yield refusal("asymmetry", where, found, metafor=_undefined(block["rank"], "tau"))
            continue
        for name, theirs in block["rank"]["numbers"].items():
            yield Compared("asymmetry", where, name, "rank", getattr(found, name), theirs, 1.0)


def _egger(where: str, y: Any, v: Any, model: str, theirs: Mapping[str, Any]) -> Iterator[Compared]:
    found = _attempted(egger, y, v, model=model)
    if "error" in theirs or found is None:
        yield refusal("asymmetry", where, found, metafor=_undefined(theirs, "z"))
        return
    numbers = theirs["numbers"]
    for name in ("z", "df", "limit", "limit_lower", "limit_upper"):
        yield Compared("asymmetry", where, name, "asymmetry", getattr(found, name), numbers[name], 1.0)
    yield Compared("asymmetry", where, "p", "p", found.p, numbers["p"], tail(numbers["p"], numbers["z"]))


def _undefined(theirs: Mapping[str, Any], name: str) -> bool:
    """Whether metafor refused, or gave no number."""
    return "error" in theirs or theirs["numbers"][name] is None


def _attempted(function: Any, *given: Any, **options: Any) -> Any:
    try:
        return function(*given, **options)
    except CannotPool:
        return None


def filled(of: Reference) -> Iterator[Compared]:
    """Trim and fill: side, how many, what is filled in, and the result."""
    block = of.get("trimfill")
    for fit in block["fits"] if block else []:
        where = f"{block['measure']} {fit['method']} {fit['estimator']}"
        result = one(of, block["measure"], fit["method"])
        found = _attempted(trim_and_fill, result, estimator=fit["estimator"])
        if "error" in fit or found is None:
            yield refusal("trimfill", where, found, metafor="error" in fit)
            continue
        yield Compared("trimfill", where, "side", "exact", found.side, fit["side"])
        yield Compared("trimfill", where, "k0", "exact", found.k0, fit["k0"])
        ours, theirs = found.result.numbers, fit["numbers"]
        yield from overall("trimfill", where, fit["method"], ours, theirs)
        yield from between(
            "trimfill", where, fit["method"], ours, theirs, typical(of["models"][block["measure"]]["vi"])
        )
        yield Compared("trimfill", where, "p_k0", "p", found.p_k0, theirs["p_k0"])
        for at, (y, v) in enumerate(zip(sorted(fit["filled_yi"]), sorted(fit["filled_vi"]), strict=True)):
            added = [
                sorted(np.array(values)[list(found.filled)])
                for values in (found.result.studies.y, found.result.studies.v)
            ]
            if len(added[0]) == len(fit["filled_yi"]):
                yield Compared(
                    "trimfill",
                    where,
                    f"filled yi[{at}]",
                    said(fit["method"], "estimate"),
                    added[0][at],
                    y,
                    math.sqrt(v),
                )
                yield Compared("trimfill", where, f"filled vi[{at}]", "variance", added[1][at], v)


TOPICS = (effects, models, weighted, mixed, back, whole, groups, sensitivity, asymmetry, filled)


def all_of(name: str) -> Iterator[Compared]:
    """Every comparison of a reference."""
    for topic in TOPICS:
        yield from topic(reference(name))


def report() -> str:
    """Largest differences by topic and kind, and what disagrees."""
    largest: dict[tuple[str, str], tuple[float, str, int]] = {}
    beyond: list[str] = []
    for name in REFERENCES:
        for each in all_of(name):
            key = each.topic, each.kind
            size, where, count = largest.get(key, (-1.0, "", 0))
            if each.agrees:
                largest[key] = (
                    (each.difference, f"{name} {each.where} {each.quantity}", count + 1)
                    if each.difference > size
                    else (size, where, count + 1)
                )
            else:
                beyond.append(
                    f"{name}: {each.name}: ours {each.ours!r}, theirs {each.theirs!r} ({each.difference:.2g})"
                )
    rows = [
        f"{topic:12} {kind:24} {count:7} {size:10.2g}  {where}"
        for (topic, kind), (size, where, count) in sorted(largest.items())
    ]
    return "\n".join([*rows, f"{len(beyond)} disagree:", *beyond])


if __name__ == "__main__":
    sys.stdout.write(report() + "\n")
