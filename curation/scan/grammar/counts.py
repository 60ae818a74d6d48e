"""Counts in prose: "22/52 (42.3%)", "38.8% (40/103)", "40 of 103 patients (38.8%)", "33 (58.9%) patients"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.scan.fits import number, two_parts
from curation.scan.grammar.found import Found
from curation.scan.grammar.intervals import INTERVAL, interval_of
from curation.scan.grammar.text import COUNT, ENDS, PERCENT

_BEGINS = r"(?<![\w.,/·±^<>≤≥-])(?<!\d[ ,])(?<!–)"
_WORDS = r"(?:(?!and\b|or\b|vs\b|versus\b|to\b|in\b|with\b|than\b|per\b)[A-Za-z][A-Za-z'’-]*\s){0,5}?"
_MORE_WORDS = r"(?:(?!and\b|or\b|vs\b|versus\b|than\b|per\b)[A-Za-z][A-Za-z'’-]*\s){0,8}?"
_OF = r"(?:\s?/\s?|\s(?:out\s)?of\s(?:the\s|all\s|these\s|a\stotal\sof\s|\s){0,3})"
_SHAPES = {
    "total_percent": rf"{_BEGINS}(?P<events>{COUNT}){_OF}(?P<total>{COUNT})\s?{_MORE_WORDS}(?:[(\[,;:=]|–)\s?(?:=\s?)?(?P<percent>{PERCENT})",
    "percent_total": rf"{_BEGINS}(?P<percent>{PERCENT})\s?{_WORDS}(?:[(\[;,:]\s?(?:n\s?=\s?)?)(?P<events>{COUNT}){_OF}(?P<total>{COUNT}){ENDS}",
    "percent_of_total": rf"{_BEGINS}(?P<percent>{PERCENT})\s?{_WORDS}[(\[]\s?(?P<events>{COUNT}){_OF}(?P<total>{COUNT})\s?{_WORDS}[A-Za-z]*[)\]]",
    "events_percent": rf"{_BEGINS}(?P<events>{COUNT})\s{_WORDS}[(\[]\s?(?P<percent>{PERCENT})(?=\s?(?:[)\],;:/]|of\b|vs?\b|and\b|to\b|$))",
    "events_percent_glued": rf"(?<![\w.,·±^<>≤≥-])(?P<events>{COUNT})[(\[]\s?(?P<percent>{PERCENT})\s?[)\]]",
    "percent_events": rf"{_BEGINS}(?P<percent>{PERCENT})\s?{_WORDS}(?:[(\[,;]\s?)n\s?=\s?(?P<events>{COUNT}){ENDS}(?!\s?(?:/|of))",
    "events_total": rf"{_BEGINS}(?P<events>{COUNT}){_OF}(?P<total>{COUNT})\s(?:\w+\s){{0,2}}?(?:patients|participants|subjects|women|men|children|infants|cases|individuals|people|persons|adults|controls)\b",
}  # fmt: skip
_PATTERNS = {name: re.compile(shape) for name, shape in _SHAPES.items()}
_STRENGTH = {"total_percent": 90, "percent_total": 90, "percent_of_total": 88, "percent_events": 70, "events_total": 30}
_NOT_PEOPLE = re.compile(
    r"(?:\bof\s(?:the|these|those|all)\s|\b(?:days?|weeks?|months?|years?|hours?|ages?d?|grades?|stages?|levels?|figs?\.?|figures?|tables?|doses?|mg|phases?|visits?|"
    r"type|scores?|mean|median|average|cycles?|classes?|sections?|steps?|version|sd|sem|se|cv|range|least|most|than|about|approximately|"
    r"p\s?[=<>]|[nN]\s?=|version|until|every|at)|[=<>±≥≤+–])\s?(?:of\s)?$",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"^\s?(?:mm\s?Hg|mg|ml|mmol|kg|g/|cm|mm|h\b|hrs?|hours?|days?|weeks?|months?|years?|y\b|minutes?|mins?|s\b|points?|μ|µ)\b",
    re.IGNORECASE,
)
_NO_PLAIN_SHARE = re.compile(
    r"kaplan|actuarial|cumulative|survival|free(?:dom)?\b|weighted|adjusted|standardi[sz]ed|imputed|estimated|product.limit|incidence|model",
    re.IGNORECASE,
)
_GROUP = re.compile(r"\d, $")
_CI_NEAR = re.compile(r"\s?(?:[,;:]|\)\s?[,;:]?|[)\]])?\s?[(\[]?\s?")


def counts(body: str, text: str) -> Iterator[Found]:
    """Every count with a total or a percentage in a text."""
    for name, pattern in _PATTERNS.items():
        for match in pattern.finditer(body):
            one = _count(name, match, body, text)
            if one is not None:
                yield one


def _count(name: str, match: re.Match[str], body: str, text: str) -> Found | None:
    if name != "percent_events" and _something_else(match, body):
        return None
    cells = {field: text[slice(*match.span(field))].strip() for field in match.groupdict()}
    if "percent" in cells:
        cells["percent"] = cells["percent"].replace(" ", "")
    if "total" in cells and _a_pair(cells, spelled_out="/" not in body[match.start("events") : match.end("total")]):
        return None
    near = body[max(0, match.start() - 110) : match.end() + 40]
    if "percent" in cells and _NO_PLAIN_SHARE.search(near):
        cells["estimator"] = "unknown"
    if {"events", "total", "percent"} <= set(cells):
        cells["total_from"] = "cell"
    cells, end = _with_interval(cells, match.end(), body, text)
    closing = (
        end + 1
        if body[end : end + 1] in {")", "]"}
        and body[match.start() : end].count("(") > body[match.start() : end].count(")")
        else end
    )
    return Found("count", cells, match.start(), closing, _STRENGTH.get(name, 60))


def _something_else(match: re.Match[str], body: str) -> bool:
    """Whether the numbers are a time, a dose, a grade, a score: no people."""
    start = match.start("events")
    if _GROUP.search(body, max(0, start - 4), start) and len(match["events"]) == 3:  # "5, 744" may be one number
        return True
    if _NOT_PEOPLE.search(body, max(0, start - 25), start) and not match.groupdict().get("total"):
        return True
    if re.search(
        r"(?:grades?|stages?|phase|visual\sacuity|UCVA|BCVA|pressure)\s?(?:≥\s?|of\s)?$",
        body[max(0, start - 20) : start],
        re.IGNORECASE,
    ):
        return True
    end = match.end("events" if "total" not in match.groupdict() else "total")
    behind = body[end : end + 20]
    return _MEASURED.match(behind) is not None or behind.startswith("/")


def _a_pair(cells: dict[str, str], *, spelled_out: bool) -> bool:
    """Whether "16/4 (80%)" are two parts of a whole: its percentage is of their sum, not of the second number."""
    events, total = number(cells["events"]), number(cells["total"])
    if total == 0 or events > total:
        return total == 0 or not spelled_out  # a blood pressure, a visual acuity, two parts of a whole
    return two_parts(cells["events"], cells["total"], cells.get("percent", ""))


def _with_interval(cells: dict[str, str], end: int, body: str, text: str) -> tuple[dict[str, str], int]:
    """The interval that follows the percentage, where one does."""
    gap = _CI_NEAR.match(body, end)
    found = INTERVAL.match(body, gap.end() if gap else end)
    if found is None or "percent" not in cells:
        return cells, end
    interval = interval_of(found, text)
    if interval.glued or not interval.lower[:1].isdigit() or not interval.upper[:1].isdigit():
        return cells, end
    if float(interval.upper.rstrip("% ").replace(",", "").replace("·", ".")) > 100:
        return cells, end
    more = {"lower": interval.lower, "upper": interval.upper, "level": interval.level}
    return cells | {name: each for name, each in more.items() if each}, found.end()
