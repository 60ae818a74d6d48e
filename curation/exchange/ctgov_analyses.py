"""Analyses of an outcome measure: effects with their interval and P value, and tests where only P is given."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from curation.exchange.ctgov_entry import joined, path_said
from curation.exchange.ctgov_measures import Cells, Measure
from curation.exchange.ctgov_names import Arm, bare
from curation.exchange.ctgov_parts import Part
from curation.exchange.ctgov_wording import is_percentage, p_value, spread_of

_MEASURES = {
    "OR": r"odds ratio|\(OR\)", "HR": r"hazard|\(HR\)|\bcox\b", "IRR": r"\brate ratio|incidence ratio",
    "RR": r"risk ratio|relative risk|\(RR\)|ratio of proportions", "ROM": r"ratio of (?:the )?(?:ls |least squares |geometric |adjusted )*means?|geometric mean ratio|mean ratio",
    "RD": r"risk difference|\(RD\)|percentage difference|difference (?:in|of) (?:the )?(?:response |event )?(?:percent|proportion|rate|risk)|(?:percent|proportion|response rate) difference",
    "MD": r"mean diff|differences? (?:in|of|between) (?:the )?(?:ls |least squares |adjusted )*means?|treatment difference.*mean",
}  # fmt: skip
_ADJUSTED = re.compile(
    r"ancova|covariance|regression|mixed|mmrm|cox|stratif|mantel|adjust|logistic|gee|generalized|anova", re.IGNORECASE
)
_AGAINST = re.compile(r"\s(?:vs\.?|versus|minus|-|–|relative to|compared (?:to|with)|over|against)\s|/", re.IGNORECASE)
_NOTED = (
    "paramType", "statisticalMethod", "statisticalComment", "nonInferiorityComment", "groupDescription", "pValueComment", "estimateComment",
    "otherAnalysisDescription",
)  # fmt: skip
"""Words about an analysis that become its note."""
_OTHER_HYPOTHESIS = re.compile(r"non.?inferiority|equivalence", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sides:
    """Which arm is compared with which, as far as the record says."""

    arm: str | None = None
    comparator: str | None = None
    set_: str | None = None
    note: str = ""


def add_analyses(measure: Measure) -> None:
    """An effect, or a test, for each analysis that gives a number."""
    seen: Counter[tuple[str | None, ...]] = Counter()
    for number, one in enumerate(measure.part.parts("analyses"), 1):
        groups = one.texts("groupIds")
        sides = _sides(measure, one, groups)
        shared: Cells = {
            "outcome": measure.outcome, "arm": sides.arm, "comparator": sides.comparator, "analysis_set": sides.set_,
            "timepoint": measure.timepoint, "section": measure.section, "row": f"Analysis {number}",
            "column": ", ".join(measure.entry.title(measure.module, group) for group in groups),
        }  # fmt: skip
        note = joined(*(one.words(name) for name in _NOTED), one.words("nonInferiorityType").lower().replace("_", " "))
        for kind, cells in _records(measure, one):
            key = (kind, sides.arm, sides.comparator, sides.set_, cells.get("measure"))
            seen[key] += 1
            if seen[key] > 1:  # another analysis of the same comparison is another fact
                cells["analysis_set"] = joined(sides.set_, f"analysis {number}")
            cells["note"] = joined(sides.note if kind == "effect" else "", cells.get("note"), note)
            measure.entry.record(kind, path_said(one), shared | cells)


def _other_hypothesis(part: Part) -> bool:
    """Whether P tests something else than no difference."""
    return _OTHER_HYPOTHESIS.search(part.peek("nonInferiorityType")) is not None


def _records(measure: Measure, part: Part) -> list[tuple[str, Cells]]:
    """The effect, and the test where P belongs to no estimate or tests another hypothesis."""
    found: list[tuple[str, Cells]] = []
    sided = _tails(part.peek("statisticalMethod"))
    apart = _other_hypothesis(part) or sided == "one" or not part.has("paramValue")
    if part.has("paramValue"):
        found.append(("effect", _effect(measure, part) | ({} if apart else {"p": p_value(part.text("pValue"))})))
    if part.has("pValue") and apart:
        found.append(("test", {"p": p_value(part.text("pValue")), "tails": sided}))
    return found


def _tails(method: str) -> str | None:
    sides = re.search(r"\b(1|2|one|two)[- ]?(?:sided|tailed)", method, re.IGNORECASE)
    return {"1": "one", "one": "one", "2": "two", "two": "two"}[sides[1].lower()] if sides else None


def measure_of(words: str) -> str:
    """The code of an effect measure.

    >>> measure_of("Odds Ratio (OR)"), measure_of("LS Mean Difference"), measure_of("Slope")
    ('OR', 'MD', 'other')
    """
    return next((code for code, pattern in _MEASURES.items() if re.search(pattern, words, re.IGNORECASE)), "other")


def _effect(measure: Measure, part: Part) -> Cells:
    words = part.peek("paramType")
    code = measure_of(words)
    values = [part.text(name) for name in ("paramValue", "ciLowerLimit", "ciUpperLimit")]
    percent = is_percentage(measure.unit, measure.label) or "percent" in words.casefold()
    small = all(abs(each) <= 1 for each in map(_number, values) if each is not None)
    if code == "RD" and percent and small:
        code = "other"  # 0.5 may be half a percent or half of everyone
    if code == "RD" and not small:
        values = [each if each.endswith("%") or _number(each) is None else f"{each}%" for each in values]
    level = part.text("ciPctValue")
    one_sided = part.peek("ciNumSides") == "ONE_SIDED" or part.peek("ciNumSides").casefold() in {"1-sided", "1-sided "}
    part.text("ciNumSides")
    spread = spread_of(part.peek("dispersionType"))
    se = part.text("dispersionValue") if spread.kind == "se" and code == "MD" and part.text("dispersionType") else None
    adjusted = _ADJUSTED.search(f"{part.peek('statisticalMethod')} {part.peek('groupDescription')} {words}")
    return {
        "measure": code, "estimate": values[0], "lower": values[1], "upper": values[2], "level": f"{level}%" if level else None,
        "se": se, "interval_method": "adjusted" if adjusted else None,
        "note": joined("one-sided interval" if one_sided else "", part.words("ciLowerLimitComment"), part.words("ciUpperLimitComment")),
    }  # fmt: skip


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _sides(measure: Measure, part: Part, groups: list[str]) -> Sides:
    """Arm and comparator, where the words or the roles tell; otherwise the groups are named under analysis_set."""
    arms = [
        measure.entry.arms[measure.module, group] for group in groups if (measure.module, group) in measure.entry.arms
    ]
    if len(arms) == 1:
        return Sides(arm=arms[0].id)
    if len(arms) != 2:
        return Sides(set_=", ".join(each.label for each in arms) or None)
    for words in (part.peek("estimateComment"), part.peek("groupDescription"), part.peek("paramType")):
        if order := _order(arms, words):
            return Sides(order[0].id, order[1].id)
    roles = [measure.entry.roles.get(each.id) for each in arms]
    if roles.count("control") == 1:
        one, two = arms if roles[1] == "control" else arms[::-1]
        return Sides(one.id, two.id, note="the record does not say which group is subtracted from which")
    return Sides(
        set_=" and ".join(each.label for each in arms),
        note="the record does not say which group is subtracted from which",
    )


def _order(arms: list[Arm], words: str) -> list[Arm] | None:
    """The two arms in the order in which "A versus B" names them."""
    for found in _AGAINST.finditer(f" {words} "):
        before, after = f" {words} "[: found.start()].casefold(), f" {words} "[found.end() :].casefold()
        for one, two in (arms, arms[::-1]):
            if _named(one, before, last=True) and _named(two, after, last=False):
                return [one, two]
    return None


def _named(arm: Arm, words: str, *, last: bool) -> bool:
    """Whether the words end (or begin) with a title of the arm, give or take an article."""
    near = words.strip(" .;,()")[-80:] if last else words.strip(" .;,()")[:80]
    names = {name for title in arm.titles for name in (bare(title), title.casefold())}
    return any(near.endswith(name) if last else near.removeprefix("the ").startswith(name) for name in names)
