"""Means and medians in prose: "56.3 ± 8.8", "M = 18.88, SD = 5.18", "median 13.1 (IQR 12.4-13.8)"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from curation.scan.grammar.found import Found
from curation.scan.grammar.text import BETWEEN_LIMITS, SENTENCE_END, SIGNED, UNSIGNED, minus
from schemas import grammar

_BEGINS = r"(?<![\w.,/±^-])(?<!\d[ ,])(?<!±\s)"
_NOT_MORE = r"(?![\d/]|[.,]\d|\s?%?\s?(?:±|×\s?10))"
_UNIT = r"(?P<unit>\s?(?:[A-Za-zµμ%°/²³·.]|(?<=[A-Za-z])\d|\s){0,18}?)"
_SD = r"s\.?\s?d\.?s?|standard\sdeviations?"
_SE = r"s\.?\s?e\.?(?:\s?m\.?)?|standard\serrors?(?:\sof\sthe\smean)?"
_SPREAD = rf"(?:(?P<sd_name>(?<!\w)(?:{_SD}))|(?P<se_name>(?<!\w)(?:{_SE})))(?!\w)"
_PM = re.compile(
    rf"{_BEGINS}(?P<mean>{SIGNED}){_UNIT}\s?(?:±|\+/-|\+-)\s?(?P<spread>{UNSIGNED}){_NOT_MORE}", re.IGNORECASE
)
_NAMED = re.compile(
    rf"{_BEGINS}(?P<mean>{SIGNED})(?!\s?%\s?of){_UNIT}\s?[,;(\[]\s?[±]?\s?{_SPREAD}\s?[:=,]?\s?(?:of\s)?[±]?\s?(?P<spread>{UNSIGNED}){_NOT_MORE}",
    re.IGNORECASE,
)
_LIST = re.compile(rf"\b(?:means?|average|M)\s?(?:[(\[±]|\+/-)\s?{_SPREAD}", re.IGNORECASE)
_IN_LIST = re.compile(
    rf"{_BEGINS}(?P<mean>{SIGNED})\s?(?:[A-Za-zµμ/²]{{1,10}}\s)?[(\[]\s?±?(?P<spread>{UNSIGNED})[)\]]", re.IGNORECASE
)
_NEAR_NAME = re.compile(_SPREAD, re.IGNORECASE)
_N_BEHIND = re.compile(r"^\)?[\w\s%/²]{0,12}[;,(\[]\s?[nN]\s?=\s?(?P<n>\d{1,6})(?![\d.,]*\d)")
_QUARTILES = r"(?:IQR|inter-?quartile\sranges?|quartiles|Q1\s?[-–,]\s?Q3|25th\s?(?:[-–]|and|to)\s?75th\spercentiles?|Q)"
_ENDS_NAME = rf"(?:(?P<quartiles>(?<!\w){_QUARTILES})|(?P<range>(?<!inter-quartile\s)(?<!interquartile\s)(?<!\w)(?:range[ds]?|min(?:imum)?\s?[-–,]\s?max(?:imum)?)))"
_BETWEEN = re.compile(
    rf"{_BEGINS}(?P<value>{SIGNED})(?P<unit>[^\d()\[\];±=<>]{{0,60}}?)(?:\s?[,;(\[]|\swith\san?)\s?{_ENDS_NAME}\s?[:=,]?\s?(?:of\s|from\s|was\s|were\s)?[(\[]?\s?"
    rf"(?P<low>{SIGNED})(?:\s?%)?{BETWEEN_LIMITS}(?P<high>{SIGNED}){_NOT_MORE}",
    re.IGNORECASE,
)
_RANGE_BEHIND = re.compile(
    rf"[^\d()\[\];]{{0,14}}[,;(\[]\s?(?:range|min(?:imum)?\s?[-–,]\s?max(?:imum)?)\s?[:=,]?\s?(?P<low>{SIGNED}){BETWEEN_LIMITS}(?P<high>{SIGNED}){_NOT_MORE}",
    re.IGNORECASE,
)
_MEDIAN_LIST = re.compile(rf"\bmedians?\s?(?:[,(\[]\s?)(?:{_ENDS_NAME})", re.IGNORECASE)
_IN_MEDIAN_LIST = re.compile(
    rf"{_BEGINS}(?P<value>{SIGNED})\s?(?:[A-Za-zµμ/²%]{{1,12}}\s?)?[(\[]\s?(?P<low>{SIGNED}){BETWEEN_LIMITS}(?P<high>{SIGNED})\s?[)\]]",
    re.IGNORECASE,
)
_MEAN_WORD, _MEDIAN_WORD = re.compile(r"\b(?:means?|average|M)\b"), re.compile(r"\bmedians?\b", re.IGNORECASE)


def means(body: str, text: str) -> Iterator[Found]:
    """Every mean with a spread, and every median or mean with quartiles or a range, in a text."""
    for match in _PM.finditer(body):
        yield _mean(match, body, text, _name_near(body, match), 50)
    for match in _NAMED.finditer(body):
        yield _mean(match, body, text, "sd" if match["sd_name"] else "se", 55)
    for head, end in _lists(_LIST, body):
        for match in _IN_LIST.finditer(body, head.end(), end):
            yield _mean(match, body, text, "sd" if head["sd_name"] else "se", 52)
    for match in _BETWEEN.finditer(body):
        yield _middle(match, body, text, quartiles=bool(match["quartiles"]), named=False)
    for head, end in _lists(_MEDIAN_LIST, body):
        for match in _IN_MEDIAN_LIST.finditer(body, head.end(), end):
            yield _middle(match, body, text, quartiles=bool(head["quartiles"]), named=True)


def _with_sign(value: str, low: str, high: str) -> tuple[str, str, str]:
    """The value and its limits from low to high; no value where its sign is said in words ("a fall of 21 (-31 to -15)")."""
    numbers = [grammar.number(each) for each in (value, low, high)]
    if any(each is None for each in numbers):
        return value, low, high
    middle, first, last = (each.value for each in numbers if each is not None)
    if last < first <= 0:
        low, high, first, last = high, low, last, first
    if not first <= middle <= last and first <= -middle <= last:
        value = ""
    return value, low, high


def _lists(name: re.Pattern[str], body: str) -> Iterator[tuple[re.Match[str], int]]:
    """Each name of a list, and where its list ends: with the sentence, or where the next one begins."""
    heads = list(name.finditer(body))
    for head, following in zip_longest(heads, heads[1:]):
        end = _sentence_end(body, head.end(), following.start() + 3 if following else len(body))
        yield head, min(end, following.start()) if following else end


def _sentence_end(body: str, at: int, before: int) -> int:
    found = SENTENCE_END.search(body, at, before)
    return found.start() if found else len(body)


def _name_near(body: str, match: re.Match[str]) -> str:
    """Which spread stands behind the ±: named shortly before or after; empty where it is not said."""
    before = list(_NEAR_NAME.finditer(body, max(0, match.start() - 70), match.start()))
    after = _NEAR_NAME.search(body, match.end(), match.end() + 14)
    named = after or (before[-1] if before else None)
    return "" if named is None else "sd" if named["sd_name"] else "se"


def _mean(match: re.Match[str], body: str, text: str, spread: str, strength: int) -> Found:
    cells = {"mean": minus(text[slice(*match.span("mean"))])}
    if spread:
        cells[spread] = text[slice(*match.span("spread"))]
    end = match.end()
    size = _N_BEHIND.match(body[end : end + 30])
    if size:
        cells["n"] = size["n"]
        end += size.end("n")
    extremes = _RANGE_BEHIND.match(body, end)
    if extremes:
        ends = (minus(text[slice(*extremes.span(name))]) for name in ("low", "high"))
        middle, low, high = _with_sign(cells["mean"], *ends)
        cells |= {"mean": middle, "minimum": low, "maximum": high}
        cells = {name: each for name, each in cells.items() if each}
        end = extremes.end()
    if not spread:
        cells["note"] = unnamed_spread(text[slice(*match.span("spread"))])
    return Found("mean", cells, match.start(), end, strength)


def unnamed_spread(text: str) -> str:
    """What a record says of a number behind ± that is not named."""
    return f"± {text}: not said whether standard deviation or standard error"


def _middle(match: re.Match[str], body: str, text: str, *, quartiles: bool, named: bool) -> Found:
    """A median (or mean, where the words before say so) with two limits."""
    low, high = (minus(text[slice(*match.span(name))]) for name in ("low", "high"))
    before = body[max(0, match.start() - 60) : match.start()]
    means_, medians = (
        [m.start() for m in _MEAN_WORD.finditer(before)],
        [m.start() for m in _MEDIAN_WORD.finditer(before)],
    )
    a_mean = not named and not quartiles and bool(means_) and (not medians or means_[-1] > medians[-1])
    said = named or bool(medians) or quartiles
    value = minus(text[slice(*match.span("value"))])
    value, low, high = _with_sign(value, low, high)
    ends = {"q1": low, "q3": high} if quartiles else {"minimum": low, "maximum": high}
    cells = {("mean" if a_mean else "median" if said else "unsaid"): value} | ends
    cells = {name: text_ for name, text_ in cells.items() if text_ and name != "unsaid"}
    return Found("mean", cells, match.start(), match.end(), 54 if a_mean or said else 45)
