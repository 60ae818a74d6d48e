"""Which planted errors are found, against which could be found at all, and how often true data are doubted.

True records are made and printed, one slip is made in each, and an enumeration that knows nothing of the rules decides
whether any true world prints as the record now stands (``enumeration``). What no world prints must be found.

    python benchmarks/detection.py [--cases 400] [--write]
"""

from __future__ import annotations

import argparse
import csv
import itertools
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parent))

import enumeration

from curation.engine.registry import rules
from curation.engine.run import check
from schemas.statistics_text import read_statistic
from schemas.strategies import SLIPS, arrow_tables
from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.effects import Effect
from schemas.strategies.others import p_of
from schemas.strategies.printing import Printer
from schemas.strategies.stack import case_of, stack

STATCHECK = Path(__file__).resolve().parents[1] / "tests" / "oracles" / "statcheck.csv"
PAGE = Path(__file__).resolve().parents[1] / "docs" / "detection.md"
ROUNDINGS = ("half_up", "half_even")


@dataclass(frozen=True, slots=True)
class World:
    """A kind of record: how a true one is made and printed, and whether any true one prints so."""

    kind: str
    make: Callable[[Draw], Tables]
    possible: Callable[[Tables], bool]


def a_count(draw: Draw) -> Row:
    total = draw.between(2, 120)
    events = draw.between(0, total)
    row = {"events": str(events), "total": str(total), "percent": draw.to.percent(Fraction(100 * events, total))}
    row["total_from"] = "cell"
    gone = draw.between(0, 5)
    return {name: text for place, (name, text) in enumerate(row.items()) if place != gone}


def a_mean(draw: Draw) -> Row:
    n, low, high = draw.between(2, 7), 1, draw.between(2, 7)
    sample = np.sort(draw.rng.integers(low, high + 1, n))
    variance = Fraction(int(n * (sample**2).sum() - sample.sum() ** 2), n * (n - 1))
    number = draw.to.number
    row = {
        "n": str(n), "mean": number(Fraction(int(sample.sum()), n), 2), "sd": number(float(variance) ** 0.5, 2),
        "scale_min": str(low), "scale_max": str(high), "items": "1", "whole_numbers": "yes",
    }  # fmt: skip
    if draw.maybe(0.3):
        row["se"] = number(float(variance / n) ** 0.5, 2)
    if draw.maybe(0.5):
        row |= {"minimum": str(sample[0]), "maximum": str(sample[-1])}
    return row


def a_ratio(draw: Draw) -> Row:
    one = Effect("HR", float(draw.rng.normal(0, 0.6)), float(draw.rng.uniform(0.08, 0.5)))
    low, high = one.interval(95)
    number = draw.to.number
    texts = {"estimate": number(one.natural(one.y), 2), "lower": number(low, 2), "upper": number(high, 2)}
    return {"measure": "HR", "interval_method": "wald"} | texts


def heterogeneity(draw: Draw) -> Row:
    k = draw.between(2, 25)
    q = float(draw.rng.chisquare(k - 1) * draw.rng.uniform(0.6, 3))
    i2 = max(0.0, 100 * (q - k + 1) / q)
    row = {
        "k": str(k), "df": str(k - 1), "q": draw.to.number(q, 2), "p_heterogeneity": draw.to.p_value(float(stats.chi2.sf(q, k - 1))),
        "i2": draw.to.number(i2, 1) + "%", "measure": "OR", "tau2_estimator": "DL",
    }  # fmt: skip
    gone = draw.between(1, 9)
    return {name: text for place, (name, text) in enumerate(row.items()) if place != gone}


def a_test(draw: Draw) -> Row:
    kind, df1, df2 = draw.one_of("t", "z", "chi2", "F"), draw.between(1, 60), draw.between(5, 120)
    value = {
        "t": lambda: draw.rng.normal(0, 2), "z": lambda: draw.rng.normal(0, 2), "chi2": lambda: draw.rng.chisquare(df1),
        "F": lambda: draw.rng.f(df1, df2),
    }[kind]()  # fmt: skip
    row = {"statistic_type": kind, "statistic": draw.to.number(value, 2), "tails": "two"}
    row |= {} if kind == "z" else {"df1": str(df1)} | ({"df2": str(df2)} if kind == "F" else {})
    return row | {"p": draw.to.p_value(p_of(kind, value, df1, df2 if kind == "F" else df1))}


def a_selection(draw: Draw) -> Tables:
    """The boxes of a PRISMA diagram."""
    included, full, lost, abstract, removed = (draw.between(1, most) for most in (40, 60, 9, 900, 400))
    numbers = {"included": included, "excluded_fulltext": full, "assessed": included + full, "not_retrieved": lost}
    numbers |= {"sought": included + full + lost, "excluded_screening": abstract}
    numbers |= {"screened": numbers["sought"] + abstract, "removed_before_screening": removed}
    numbers |= {"identified": numbers["screened"] + removed}
    return {"flow": [{"diagram": "prisma", "node": node, "n": str(n)} for node, n in numbers.items()]}


def adds_up(tables: Tables) -> bool:
    boxes = {row["node"]: enumeration.whole(row["n"]) for row in tables["flow"]}
    return None not in boxes.values() and enumeration.flow({node: int(n or 0) for node, n in boxes.items()})


def responses(draw: Draw) -> Tables:
    """Exclusive categories that cover everyone, as events or as percentages."""
    total = draw.between(8, 80)
    events = draw.rng.multinomial(total, draw.rng.dirichlet(np.ones(4)))
    field = draw.one_of("events", "percent")
    texts = [str(e) if field == "events" else draw.to.percent(Fraction(100 * int(e), total)) for e in events]
    rows = [
        {"outcome": name, "total": str(total), "total_from": "cell", field: text}
        for name, text in zip(CATEGORIES, texts, strict=True)
    ]
    family = {"family": "response", "family_kind": "exclusive", "complete": "yes"}
    outcomes = [family | {"outcome": name, "label": name, "rank": str(n)} for n, name in enumerate(CATEGORIES, 1)]
    return {"outcome": outcomes, "count": rows}


def covers_everyone(tables: Tables) -> bool:
    rows = tables["count"]
    totals = {row["total"] for row in rows}
    total = enumeration.whole(rows[0]["total"])
    if len(totals) > 1:  # some may be missing from some of the counts
        return all(enumeration.count(row) for row in rows)
    if not total:
        return False
    if "percent" in rows[0]:
        return enumeration.categories(total, None, [row["percent"] for row in rows])
    events = [enumeration.whole(row["events"]) for row in rows]
    return None not in events and enumeration.categories(total, [int(e or 0) for e in events], None)


def twice(draw: Draw) -> Tables:
    """One percentage in the abstract and in a table, with other decimals."""
    value = float(draw.rng.uniform(1, 99))
    texts = draw.to.percent(value), Printer(3, draw.to.rounding).percent(value)
    rows = [
        {"outcome": "cr", "percent": text, "section": place}
        for text, place in zip(texts, ("Abstract", "Table 2"), strict=True)
    ]
    return {"outcome": [{"outcome": "cr", "label": "Complete response"}], "count": rows}


def single(kind: str, make: Callable[[Draw], Row], possible: Callable[[Mapping[str, str]], bool]) -> World:
    """A world of one record."""
    return World(kind, lambda draw: {kind: [make(draw)]}, lambda tables: possible(tables[kind][0]))


CATEGORIES = ("cr", "pr", "sd", "pd")
WORLDS = {
    "count with its percentage": single("count", a_count, enumeration.count),
    "mean of whole numbers on a scale": single("mean", a_mean, enumeration.mean),
    "hazard ratio with its interval": single("effect", a_ratio, enumeration.ratio),
    "heterogeneity of a pooled result": single("pooled", heterogeneity, enumeration.heterogeneity),
    "test statistic with its P value": single("test", a_test, enumeration.test),
    "boxes of a study selection": World("flow", a_selection, adds_up),
    "response categories of everyone": World("count", responses, covers_everyone),
    "one percentage in two places": World(
        "count", twice, lambda tables: enumeration.one_value([row["percent"] for row in tables["count"]])
    ),
}


def draws(cases: int, salt: int):
    for number in range(cases):
        rng = np.random.default_rng([salt, number])
        yield Draw(rng, Printer(int(rng.integers(0, 3)), ROUNDINGS[number % 2]), int(rng.integers(2, 200)))


def placed(tables: Tables) -> Tables:
    """The rows with a source and a study."""
    return {
        kind: rows if kind == "outcome" else [{"source": "s", "study": "y"} | row for row in rows]
        for kind, rows in tables.items()
    }


def doubted(cases: list[Tables]) -> dict[int, str]:
    """The gravest thing said of each case: its number -> severity."""
    said: dict[int, str] = {}
    for one in check(arrow_tables(stack(placed(each) for each in cases)), rules()).findings:
        case = case_of(one.source)
        said[case] = min(said.get(case, one.severity), one.severity, key=("error", "warning", "note").index)
    return said


@dataclass(slots=True)
class Score:
    """What came of one slip in one world."""

    made: int = 0
    impossible: int = 0
    found: int = 0
    missed: list[Tables] = field(default_factory=list)
    wronged: list[Tables] = field(default_factory=list)
    """Called an error although some true world prints so."""
    suspected: int = 0
    """Doubted at a lower grade although some true world prints so."""


def slip_in(world: World, slip: str, draw: Draw) -> Tables | None:
    """A true case with one slip in it; None where the slip cannot happen or changes nothing."""
    tables, maker = world.make(draw), SLIPS[slip]
    rows = tables[world.kind]
    if len(rows) < maker.rows:
        return None
    start = draw.between(0, len(rows) - maker.rows)
    chosen = slice(start, start + maker.rows)
    broken = maker(draw, world.kind, rows[chosen])
    return None if broken is None else tables | {world.kind: [*rows[: chosen.start], *broken, *rows[chosen.stop :]]}


def scored(world: World, cases: int) -> dict[str, Score]:
    """So many cases of each slip in a world, judged by the rules and by enumeration."""
    made: list[tuple[str, Tables]] = []
    for slip in SLIPS:
        tried = (slip_in(world, slip, draw) for draw in draws(4 * cases, len(slip)))
        made += [(slip, each) for each in itertools.islice((each for each in tried if each is not None), cases)]
    said, scores = doubted([tables for _, tables in made]), {}
    for case, (slip, tables) in enumerate(made):
        enter(scores.setdefault(slip, Score()), possible=world.possible(tables), tables=tables, severity=said.get(case))
    return scores


def enter(one: Score, *, possible: bool, tables: Tables, severity: str | None) -> None:
    one.made += 1
    if possible:
        one.suspected += severity == "warning"
        one.wronged += [tables] if severity == "error" else []
        return
    one.impossible += 1
    one.found += severity is not None
    one.missed += [tables] if severity is None else []


def page(scores: Mapping[tuple[str, str], Score], alarms: Mapping[str, int], cases: int) -> str:
    """The table of the documentation."""
    lines = [
        "# Detection", "",
        "Made by `python benchmarks/detection.py --write`. True records are printed, one slip is made in each, and an enumeration in whole",
        "numbers and rationals that knows nothing of the rules decides whether any true world prints as the record now stands. *Impossible*:",
        "no true world does, so the slip can be found at all. *Found*: some rule objects. *Wronged*: called an error though some world prints so.",
        "*Suspected*: a warning where some world prints so.", "",
        f"True records doubted (error or warning), of {cases} per kind: " + ", ".join(f"{name} {number}" for name, number in alarms.items()) + ".", "",
        "| record | slip | made | impossible | found | missed | wronged | suspected |", "|---|---|--:|--:|--:|--:|--:|--:|",
    ]  # fmt: skip
    for (world, slip), one in scores.items():
        cells = (one.made, one.impossible, one.found, len(one.missed), len(one.wronged), one.suspected)
        lines.append(f"| {world} | {slip.replace('_', ' ')} | {' | '.join(map(str, cells))} |")
    total = [
        sum(each)
        for each in zip(
            *(
                (one.made, one.impossible, one.found, len(one.missed), len(one.wronged), one.suspected)
                for one in scores.values()
            ),
            strict=True,
        )
    ]
    return "\n".join([*lines, f"| **all** | | {' | '.join(map(str, total))} |"]) + "\n"


def beside_statcheck() -> list[str]:
    """The strings that statcheck was given, and what each of us says of them."""
    rows = [line for line in STATCHECK.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    given = [row for row in csv.DictReader(rows) if row["type"] != "NA"]
    fields = [{"tails": "unknown"} | dict(read_statistic(row["text"])) for row in given]
    said = doubted([{"test": [each]} for each in fields])
    theirs = {number for number, row in enumerate(given) if row["error"] == "TRUE"}
    ours = {number for number, severity in said.items() if severity != "note"}
    noted = set(said) - ours
    return [
        "", "## Beside statcheck", "",
        f"{len(given)} printed test results, consistent and wrong ones in many spellings, as statcheck 1.4.0 reads them",
        "(`tests/oracles/statcheck.R`). Other R packages of Debian do not test summaries; GRIM, GRIMMER and DEBIT are in none.", "",
        "| doubted by | results |", "|---|--:|",
        f"| both | {len(theirs & ours)} |", f"| statcheck alone | {len(theirs - ours - noted)} |",
        f"| statcheck; here a note that names the one-sided test or the cut-off digits that explain it | {len(theirs & noted)} |",
        f"| curation alone | {len(ours - theirs)} |", f"| neither | {len(given) - len(theirs | ours)} |", "",
        "Each difference has its reason in `tests/test_rules_tests.py`.",
    ]  # fmt: skip


def measured(cases: int) -> tuple[dict[tuple[str, str], Score], dict[str, int]]:
    """Every slip in every world, and how many true cases of each world are doubted."""
    scores, alarms = {}, {}
    for name, world in WORLDS.items():
        print(name, file=sys.stderr)
        true = [world.make(draw) for draw in draws(cases, 1)]
        alarms[name] = sum(severity != "note" for severity in doubted(true).values())
        scores |= {(name, slip): one for slip, one in scored(world, cases).items()}
    return scores, alarms


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=400)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    scores, alarms = measured(chosen.cases)
    text = page(scores, alarms, chosen.cases) + "\n".join(beside_statcheck()) + "\n"
    print(f"\n{text}")
    for key, one in scores.items():
        for what, tables in (("missed", one.missed), ("wronged", one.wronged)):
            for each in tables[:3]:
                print(what, *key, each, file=sys.stderr)
    if chosen.write:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
