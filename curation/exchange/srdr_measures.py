"""What SRDR+ calls measures, and the fields of ours that hold them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

COUNT, MEAN, PROPORTION, RATE, TOTAL, NOTE = "count", "mean", "proportion", "rate", "total", "note"

DESCRIPTIVE: Mapping[str, tuple[str, str]] = {
    "total (n analyzed)": (TOTAL, ""),
    "events": (COUNT, "events"),
    "percentage": (COUNT, "percent"),
    "95% ci low (percentage)": (COUNT, "lower"),
    "95% ci high (percentage)": (COUNT, "upper"),
    "proportion": (PROPORTION, "estimate"),
    "95% ci low (proportion)": (PROPORTION, "lower"),
    "95% ci high (proportion)": (PROPORTION, "upper"),
    "mean": (MEAN, "mean"),
    "sd": (MEAN, "sd"),
    "se": (MEAN, "se"),
    "95% ci low": (MEAN, "lower"),
    "95% ci high": (MEAN, "upper"),
    "median": (MEAN, "median"),
    "25th percentile": (MEAN, "q1"),
    "75th percentile": (MEAN, "q3"),
    "minimum": (MEAN, "minimum"),
    "maximum": (MEAN, "maximum"),
    "incidence rate (per 1000)": (f"{RATE} 1000", "rate"),
    "incidence rate (per 10,000)": (f"{RATE} 10000", "rate"),
    "incidence rate (per 100,000)": (f"{RATE} 100000", "rate"),
    "note": (NOTE, ""),
}
"""Measure of a group, in lower case -> what it is about, and its field."""
_NAMES = {
    "mean difference": "MD", "odds ratio": "OR", "risk ratio": "RR", "incidence rate ratio": "IRR",
    "hazard ratio": "HR", "risk difference": "RD", "net mean difference": "NMD",
}  # fmt: skip
_PARTS = {"95% ci low": "lower", "95% ci high": "upper", "p value": "p"}
_ESTIMATE = re.compile(r"(?P<name>[a-z ]+?)(?P<adjusted>, adjusted)? \((?:adj)?(?P<code>[a-z]+)\)")
_PART = re.compile(r"(?P<part>95% ci low|95% ci high|p value) \((?P<adjusted>adj)?(?P<code>[a-z]+)\)")


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure of a comparison: the effect measure, the field it fills, and whether it comes from an adjusted model."""

    measure: str
    field: str
    adjusted: bool


def plain(measure: str) -> str:
    """A measure's name without what varies from one version of the program to another."""
    return " ".join(measure.lower().split())


def compared(measure: str) -> Compared | None:
    """What a measure of a comparison says; None where it has no field of ours.

    >>> compared("95% CI low (adjOR)")
    Compared(measure='OR', field='lower', adjusted=True)
    """
    said = plain(measure)
    part = _PART.fullmatch(said)
    if part and part["code"].upper() in _NAMES.values():
        return Compared(part["code"].upper(), _PARTS[part["part"]], bool(part["adjusted"]))
    whole = _ESTIMATE.fullmatch(said)
    if whole and _NAMES.get(whole["name"]) == whole["code"].upper():
        return Compared(whole["code"].upper(), "estimate", bool(whole["adjusted"]))
    return None
