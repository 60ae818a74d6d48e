"""A RevMan review as all of its files hold it: studies, analyses with their rows and results, judgements.

The readers of the single files (``revman_rm5``, ``revman_csv``, ``revman_web``) fill it in; ``revman_records`` makes
records of it, and ``repool`` pools it again. Texts are as the file has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from curation.exchange.imported import Imported
from curation.exchange.revman_numbers import decimal, is_zero, number

Type = Literal["DICH", "CONT", "IV", "IPD"]
"""What the rows hold: events, means, effects with standard errors, observed less expected events."""
RATIOS = {"OR", "RR", "PETO_OR", "HR", "IRR", "ROM"}
"""Measures that are analysed as logarithms."""
MEASURES = {
    "OR": "OR", "RR": "RR", "RD": "RD", "MD": "MD", "SMD": "SMD", "HR": "HR", "PETO_OR": "PETO_OR",
    "ODDS RATIO": "OR", "RISK RATIO": "RR", "RELATIVE RISK": "RR", "RISK DIFFERENCE": "RD", "MEAN DIFFERENCE": "MD",
    "STD. MEAN DIFFERENCE": "SMD", "STANDARDIZED MEAN DIFFERENCE": "SMD", "STANDARDISED MEAN DIFFERENCE": "SMD",
    "HAZARD RATIO": "HR", "PETO ODDS RATIO": "PETO_OR", "RATE RATIO": "IRR", "INCIDENCE RATE RATIO": "IRR",
    "RATIO OF MEANS": "ROM", "WMD": "MD",
}  # fmt: skip
"""What RevMan's files call a measure -> our word for it; any other is OTHER."""


@dataclass(frozen=True, slots=True)
class Group:
    """What a row says of one of the two groups."""

    events: str = ""
    total: str = ""
    mean: str = ""
    sd: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One study in one analysis. ``effect`` and ``effect_se`` are what was typed, on the scale of analysis."""

    number: int
    study: str
    first: Group
    second: Group
    estimate: str = ""
    lower: str = ""
    upper: str = ""
    se: str = ""
    weight: str = ""
    effect: str = ""
    effect_se: str = ""
    o_e: str = ""
    variance: str = ""
    estimable: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A pooled result. ``q`` is the heterogeneity of its studies, ``q_between`` the test of its subgroups."""

    number: int
    estimate: str = ""
    lower: str = ""
    upper: str = ""
    z: str = ""
    p: str = ""
    q: str = ""
    df: str = ""
    p_q: str = ""
    i2: str = ""
    tau2: str = ""
    q_between: str = ""
    df_between: str = ""
    p_between: str = ""
    total_1: str = ""
    total_2: str = ""
    shown: bool = True

    @property
    def calculated(self) -> bool:
        """Whether there is a result: RevMan writes blanks or zeros where there is none."""
        return bool(
            decimal(self.estimate) is not None and not all(map(is_zero, (self.estimate, self.lower, self.upper)))
        )


@dataclass(slots=True)
class Part:
    """A subgroup with its rows and its result; the whole, without a name, where there are no subgroups."""

    name: str
    rows: list[Row] = field(default_factory=list)
    result: Result | None = None


@dataclass(slots=True)
class Analysis:
    """One analysis: its place (comparison and number), its settings, the result of all, and its parts."""

    comparison: str
    number: str
    comparison_name: str
    name: str
    type: Type
    method: str
    measure: str
    random: bool
    labels: tuple[str, str]
    result: Result
    level: str = "95"
    level_study: str = "95"
    swap: bool = False
    logs: bool = False
    split: str = ""
    tau2_estimator: str = "DL"
    interval_method: str = "wald"
    parts: list[Part] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Its number as RevMan shows it: 1.2."""
        return f"{self.comparison}.{self.number}"

    @property
    def ratio(self) -> bool:
        """Whether it is analysed on the logarithm."""
        return self.measure in RATIOS or (self.type == "IV" and self.logs)

    @property
    def subgroups(self) -> list[Part]:
        """Its parts that are subgroups."""
        return [each for each in self.parts if each.name]

    @property
    def usual(self) -> bool:
        """Whether it is pooled as RevMan 5 and version 1 of RevMan Web do: DerSimonian-Laird and normal intervals."""
        return self.interval_method == "wald" and (not self.random or self.tau2_estimator == "DL")

    @property
    def rows(self) -> Iterator[Row]:
        """All rows, part by part."""
        for part in self.parts:
            yield from part.rows


@dataclass(frozen=True, slots=True)
class Study:
    """A study of the review, and the texts about it by their headings."""

    number: int
    label: str
    year: str = ""
    texts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judgement of the risk of bias."""

    number: int
    study: str
    tool: str
    domain: str
    judgement: str
    support: str = ""
    group: str = ""


@dataclass(slots=True)
class Review:
    """All of a file. ``account`` holds what finds no place; studies are under the key that rows name them by."""

    path: Path
    account: Imported
    title: str = ""
    doi: str = ""
    note: str = ""
    studies: dict[str, Study] = field(default_factory=dict)
    analyses: list[Analysis] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)


def level_of(text: str) -> float:
    """A confidence level in percent; 95 where none is given that can be one."""
    value = decimal(text)
    return float(value) if value is not None and 0 < value < 100 else 95.0


def tell_what_has_no_estimate(one: Analysis) -> None:
    """Mark the rows without an estimate where other rows have one; where none has, nothing was calculated."""
    if any(map(has_estimate, one.rows)):
        for part in one.parts:
            part.rows = [replace(row, estimable=row.estimable and has_estimate(row)) for row in part.rows]


def has_estimate(row: Row) -> bool:
    """Whether an estimate was calculated or typed: zeros for it and both limits are none."""
    zeros = bool(row.estimate) and all(map(is_zero, (row.estimate, row.lower, row.upper)))
    return bool(number(row.estimate or row.effect)) and not zeros


def measure_named(text: str, *, raw: bool = False) -> str:
    """The measure a file names, whatever it adds about non-events.

    ``raw`` says that effects were typed and pooled as they stand: what is called a ratio then is none we could read.
    """
    found = MEASURES.get(text.upper().replace("(NON-EVENT)", "").strip(), "OTHER")
    return "OTHER" if raw and found in RATIOS else found
