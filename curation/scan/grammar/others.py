"""Heterogeneity, survival, test statistics and lone P values in prose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.scan.grammar.found import Found
from curation.scan.grammar.intervals import INTERVAL, P_VALUE_PRINTED, P, interval_of, p_text
from curation.scan.grammar.text import PERCENT, UNSIGNED
from schemas.statistics_text import statistics_in

_EQUALS = r"\s?(?:=|:|of|was|were|is)?\s?"
_I2 = re.compile(
    rf"(?<!\w)I\s?(?:\^?2|²)(?:\s?(?:statistic|index|value|test))?{_EQUALS}(?P<i2>(?:[<>]\s?)?{PERCENT})(?:\s?[,;]?\s?(?:and\s)?{P})?",
    re.IGNORECASE,
)
_P_OF_IT = re.compile(rf"(?:heterogeneity|\bhet)\)?\s?[,:;(]?\s?{P}|(?<!\w)p\s?(?:-?\s?value\s)?(?:\(|for\s|_)?\s?het(?:erogeneity)?\)?\s?[=<>]\s?(?P<het>\d?\.\d+)", re.IGNORECASE)  # fmt: skip
_Q = re.compile(
    rf"(?:(?<!\w)Q|(?:χ|chi)\s?-?\s?(?:\^?2|²|squared?))(?:\s?statistic)?{_EQUALS}(?P<q>{UNSIGNED})\s?[,;(]\s?(?:d\.?f\.?|degrees?\sof\sfreedom)\s?=?\s?(?P<df>\d{{1,3}})",
    re.IGNORECASE,
)
_TAU2 = re.compile(rf"(?:τ|tau)\s?-?\s?(?:\^?2|²|squared){_EQUALS}(?P<tau2>{UNSIGNED})(?!\s?%)", re.IGNORECASE)
_AROUND = 70

_OUTCOME = r"(?:overall|progression[\s-]free|disease[\s-]free|event[\s-]free|relapse[\s-]free|recurrence[\s-]free|metastasis[\s-]free|failure[\s-]free|cancer[\s-]specific|cause[\s-]specific|local\scontrol|(?-i:OS|PFS|DFS|EFS|RFS))"
_RATE = re.compile(
    rf"(?P<time>\d{{1,3}})[\s-](?P<time_unit>year|month|week|day)s?[\s,-]{{1,2}}(?:estimated\s|cumulative\s|actuarial\s)?"
    rf"(?:{_OUTCOME}\s?)?(?:survival|(?-i:OS|PFS|DFS|EFS|RFS)|local\scontrol)(?:\s(?:rates?|probabilit(?:y|ies)|estimates?))?"
    rf"(?:\s(?:was|were|of|is|in\s[^,.;()\d]{{1,40}}\s(?:was|were)))?\s?[:=,(]?\s?(?P<rate>{PERCENT})",
    re.IGNORECASE,
)
_MEDIAN = re.compile(
    rf"median\s(?:duration\sof\s|time\sto\s)?(?:{_OUTCOME}\s?)?(?:survival|progression|relapse|(?-i:OS|PFS|DFS|EFS|TTP|RFS))(?:\s(?:times?|duration))?"
    rf"(?:\s(?:(?:for|in|of|among)\s[^,.;()\d]{{1,60}}?\s(?:was|were|of|is)|was|were|of|is))?\s?[:=,(]?\s?"
    rf"(?P<median>{UNSIGNED})\s?(?P<unit>months?|years?|weeks?|days?|mo\b|yrs?\b)",
    re.IGNORECASE,
)
_TIMES = {"mo": "months", "yr": "years", "yrs": "years"}


def tests(body: str, text: str) -> Iterator[Found]:
    """Every test statistic with its degrees of freedom and P value, and every P value that stands alone."""
    for start, end, fields in statistics_in(body):
        if not {"df1", "p"} & set(fields):
            continue  # "t = 0" may be a time; without degrees of freedom and P there is nothing to hold it against
        yield Found("test", fields, start, end, 65)
    for match in P_VALUE_PRINTED.finditer(body):
        printed = p_text(match, text)
        if printed is not None:
            yield Found("test", {"p": printed}, match.start(), match.end(), 5)


def heterogeneity(body: str, text: str) -> Iterator[Found]:
    """Every I² with the Q, degrees of freedom, τ² and P value of heterogeneity beside it."""
    for match in _I2.finditer(body):
        start, end = match.span()
        cells = {"measure": "other", "i2": text[slice(*match.span("i2"))].replace(" ", "")}
        inside = slice(max(0, start - _AROUND), min(len(body), end + _AROUND))
        around = body[inside]
        p = p_text(match, text) if match["p"] else _labelled_p(around)
        if p:
            cells["p_heterogeneity"] = p
        for pattern in (_Q, _TAU2):
            found = list(pattern.finditer(around))
            if len(found) == 1 and len(_I2.findall(around)) == 1:
                cells |= {name: each for name, each in found[0].groupdict().items() if each}
        yield Found("pooled", cells, start, end, 80)


def _labelled_p(around: str) -> str:
    found = list(_P_OF_IT.finditer(around))
    if len(found) != 1 or len(_I2.findall(around)) != 1:
        return ""
    return found[0]["het"] or p_text(found[0], around) or ""


def survival(body: str, text: str) -> Iterator[Found]:
    """Survival at a time, and median survival, with their intervals."""
    for match in _RATE.finditer(body):
        unit = match["time_unit"].lower()
        cells = {"time": f"{match['time']} {unit}s", "rate": match["rate"].replace(" ", "")}
        yield _with_interval(match, cells, ("rate_lower", "rate_upper"), body, text)
    for match in _MEDIAN.finditer(body):
        unit = match["unit"].lower().rstrip(".")
        unit = _TIMES.get(unit, unit if unit.endswith("s") else f"{unit}s")
        cells = {"median": text[slice(*match.span("median"))], "time_unit": unit}
        yield _with_interval(match, cells, ("lower", "upper"), body, text)


def _with_interval(match: re.Match[str], cells: dict[str, str], limits: tuple[str, str], body: str, text: str) -> Found:
    gap = re.match(r"\s?(?:with\s(?:a\s)?)?[(\[,;:]?\s?", body[match.end() : match.end() + 12])
    found = INTERVAL.match(body, match.end() + (gap.end() if gap else 0))
    end = match.end()
    if found:
        interval = interval_of(found, text)
        ends = [re.sub(r"[^\d.,·%-]", "", each) for each in (interval.lower, interval.upper)]
        if not interval.glued:
            cells = cells | dict(zip(limits, ends, strict=True)) | ({"level": interval.level} if interval.level else {})
            end = found.end()
    return Found("survival", cells, match.start(), end, 75)
