"""R meta: one table per design with meta's own column names, the settings of each analysis, and a script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemas.dataset import ANALYSIS_TABLES, Column
from schemas.measures import ESTIMATORS
from store.export.adapters.common import Analysis, LeftOut, Row, Tables, analyses, csv, left_out, rows_of, script


@dataclass(frozen=True, slots=True)
class Design:
    """What meta calls the function of an analysis table, its columns, and its measures (``sm``) by ours."""

    function: str
    columns: Mapping[str, str]
    measures: Mapping[str, str]


DESIGNS = {
    "single_counts": Design(
        "metaprop", {"xi": "event", "ni": "n"},
        {"PLO": "PLOGIT", "PR": "PRAW", "PLN": "PLN", "PAS": "PAS", "PFT": "PFT"},
    ),
    "two_group_counts": Design(
        "metabin", {"ai": "event.e", "n1i": "n.e", "ci": "event.c", "n2i": "n.c"},
        {"RR": "RR", "OR": "OR", "PETO": "OR", "RD": "RD", "AS": "ASD"},
    ),
    "single_rates": Design("metarate", {"xi": "event", "ti": "time"}, {"IRLN": "IRLN", "IR": "IR"}),
    "two_group_rates": Design(
        "metainc", {"x1i": "event.e", "t1i": "time.e", "x2i": "event.c", "t2i": "time.c"},
        {"IRR": "IRR", "IRD": "IRD"},
    ),
    "single_means": Design("metamean", {"ni": "n", "mi": "mean", "sdi": "sd"}, {"MN": "MRAW"}),
    "two_group_means": Design(
        "metacont",
        {"n1i": "n.e", "m1i": "mean.e", "sd1i": "sd.e", "n2i": "n.c", "m2i": "mean.c", "sd2i": "sd.c"},
        {"MD": "MD", "SMD": "SMD", "ROM": "ROM"},
    ),
    "correlations": Design("metacor", {"ri": "cor", "ni": "n"}, {"ZCOR": "ZCOR", "COR": "COR"}),
    "effects": Design("metagen", {"yi": "TE", "sei": "seTE"}, {"HR": "HR", "GEN": "", "EST": ""}),
}  # fmt: skip
"""Analysis table -> R meta's function for it."""
POOLING = {"MH": "MH", "PETO": "Peto", "GLMM": "GLMM"}
"""meta's names of methods that are not inverse variances."""
POOLS = {
    "MH": ("RR", "OR", "RD", "IRR", "IRD"),
    "PETO": ("PETO", "OR"),
    "GLMM": ("PLO", "OR", "IRLN", "IRR"),
}
"""Method that is no inverse variance -> the measures it pools."""
INTERVALS = {"z": "classic", "knha": "HK", "adhoc": "HK"}
"""meta's names of the intervals of random effects."""
_TEXTS = (
    "analysis",
    "title",
    "file",
    "fun",
    "sm",
    "method",
    "model",
    "method.tau",
    "method.random.ci",
    "adhoc.hakn.ci",
)
SETTINGS = dict.fromkeys(_TEXTS, "string") | {"level": "number"}
"""Columns of meta-analyses.csv; those with a point are arguments of meta's functions."""


def make(tables: Tables) -> dict[str, bytes]:
    """meta-DESIGN.csv for each design that occurs, meta-analyses.csv, meta.R and meta-left-out.csv."""
    designs = {row["study"]: row["design"] for row in rows_of(tables, "study")}
    settings: list[Row] = []
    rows: dict[str, list[Row]] = {}
    without: list[LeftOut] = []
    for each in analyses(tables):
        if why := why_not(each):
            without.append(LeftOut("analysis", each.name, why))
            continue
        settings.append(_setting(each))
        rows.setdefault(each.table, []).extend(_rows(each, designs))
    files = {_file(table): csv(_columns(table), found) for table, found in rows.items()}
    return files | {
        "meta-analyses.csv": csv(SETTINGS, settings),
        "meta-left-out.csv": left_out(without),
        "meta.R": script("meta.R").encode(),
    }


def why_not(one: Analysis) -> str:
    """Why R meta cannot pool an analysis as the dataset proposes it; empty where it can."""
    measure, method, test = one.measure, one.method, one.row["test"]
    if measure.name not in DESIGNS[one.table].measures:
        return f"R meta has no {measure.label}"
    if measure.name not in POOLS.get(method, (measure.name,)):
        return f"the method {method} does not pool the measure {measure.label}"
    if measure.name == "PETO" and method != "PETO":
        return "R meta pools Peto's odds ratio by Peto's method only"
    wanted = tuple(INTERVALS) if method in ESTIMATORS else ("z",)
    return "" if test in wanted else f"R meta has no test {test} with the method {method}"


def _setting(one: Analysis) -> Row:
    random = one.method in ESTIMATORS or one.method == "GLMM"
    corrected = one.method in ESTIMATORS and one.row["test"] in {"knha", "adhoc"}
    return {
        "analysis": one.name,
        "title": one.row["title"],
        "file": _file(one.table),
        "fun": DESIGNS[one.table].function,
        "sm": DESIGNS[one.table].measures[one.measure.name],
        "method": POOLING.get(one.method, "Inverse"),
        "model": "random" if random else "common",
        "method.tau": one.method if one.method in ESTIMATORS else "ML" if one.method == "GLMM" else None,
        "method.random.ci": INTERVALS[one.row["test"]] if one.method in ESTIMATORS else "classic",
        "adhoc.hakn.ci": "se" if corrected and one.row["test"] == "adhoc" else None,
        "level": one.row["level"],
    }


def _rows(one: Analysis, designs: Mapping[str, str]) -> Iterator[Row]:
    design = DESIGNS[one.table]
    for study in one.studies:
        numbers = {theirs: study[ours] for ours, theirs in design.columns.items()}
        head = {"analysis": one.name, "sm": design.measures[one.measure.name], "studlab": study["label"]}
        yield head | numbers | {"subgroup": designs.get(study["study"]), "study": study["study"]}


def _columns(table: str) -> dict[str, str]:
    types: dict[str, Column] = {each.name: each for each in ANALYSIS_TABLES[table].numbers}
    numbers = {theirs: types[ours].type for ours, theirs in DESIGNS[table].columns.items()}
    texts = dict.fromkeys(("analysis", "sm", "studlab"), "string")
    return texts | numbers | {"subgroup": "string", "study": "string"}


def _file(table: str) -> str:
    return f"meta-{table.replace('_', '-')}.csv"
