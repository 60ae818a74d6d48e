"""Confidence intervals in all their typographies, and the P value that may follow one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from curation.scan.grammar.text import BETWEEN_LIMITS, SIGNED, minus
from schemas.printed import P_VALUE, Malformed, parse

_NAME = (
    r"(?:(?:nominal|simultaneous|bootstrap(?:ped)?|profile|exact|adjusted|asymptotic|two-sided)\s)*"
    r"(?P<name>confidence\s(?:intervals?|limits?|bounds?)|credib(?:le|ility)\sintervals?|posterior\sintervals?|"
    r"(?-i:C\.?I\.?(?:s|ca)?(?![A-Za-z])|CL|CrI|Cr\.?I|CIs))"
    r"(?:\s?[(\[]\s?(?:95\s?%\s?)?(?-i:CI|CrI|CIs)\s?[)\]])?"
)
_LEVEL = r"(?:(?P<level>\d{2}(?:\.\d{1,2})?)\s?%\s?[-–]?\s?)?"
_JOIN = r"(?P<join>\s?[:;,=]?\s?(?::?s\s)?(?:(?:of|was|were|is|from|range|ranged|ranging|between)\s){0,2}[(\[{]?\s?)"
_LIMIT_UNIT = r"(?:\s?%|\s[A-Za-zµμ/.²³%]{1,12}(?=\s(?:to|and)\s))?"
INTERVAL = re.compile(
    rf"{_LEVEL}{_NAME}{_JOIN}(?P<lower>{SIGNED}{_LIMIT_UNIT})(?P<to>{BETWEEN_LIMITS}|\s(?:and|up\sto)\s)"
    rf"(?P<upper>{SIGNED}(?:\s?%)?)(?![\d/]|\.\d|,\d{{3}})",
    re.IGNORECASE,
)
"""An interval that says it is one: "95% CI 0.52 to 0.84", "90% confidence interval [CI]: 2%, 14%"."""
BARE = re.compile(
    rf"(?P<open>[(\[;])\s?(?P<lower>{SIGNED}(?:\s?%)?)(?P<to>{BETWEEN_LIMITS})(?P<upper>{SIGNED}(?:\s?%)?)\s?(?P<close>[)\]]?)"
)
"""Two limits without a name: "(0.52–0.84)"."""

_P_NAME = r"(?<!\w)(?:two-sided\s|2-sided\s)?(?-i:[pP])(?:\s?-?\s?values?)?(?:\s(?:from|by)\s[^=<>;,.()]{1,40}?)?"
_P_NUMBER = r"(?:\d?\.\d+|[01])(?:\s?[×x]\s?10\s?(?:\^?[-–]\d{1,2}|⁻[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})|[eE][-–]\d{1,2})?"
P = rf"{_P_NAME}\s?(?P<relation>=\s?[<>]|[<>]\s?=|[=<>≤≥:~≈])\s?(?P<p>{_P_NUMBER})(?![\d%]|[.,]\d|\s?[×x]\s?10)"
P_VALUE_PRINTED = re.compile(P, re.IGNORECASE)
_P_BEHIND = re.compile(rf"(?:\s?%)?\s?[)\]]?(?:\s?[,;:–-]|\sand|\s?[(\[])?\s?{P}", re.IGNORECASE)
_OF_SOMETHING = re.compile(
    r"\s?(?:for|of)\s(?:the\s)?(?:trend|interaction|heterogeneity|non-?inferiority|equivalence|difference\sbetween)",
    re.IGNORECASE,
)
_ONE_SIDED = re.compile(r"one-?\s?(?:sided|tailed)|1-?\s?(?:sided|tailed)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Interval:
    """The limits as printed, in the order in which they are printed, and where the interval ends."""

    lower: str
    upper: str
    level: str
    bayesian: bool
    start: int
    end: int
    glued: bool = False
    """Whether a dash stands directly behind the name, so that it may be a minus or not ("CI-0.50")."""


def interval_of(match: re.Match[str], text: str) -> Interval:
    """An interval from a match of INTERVAL; ``text`` has the printed characters."""
    lower, upper = (_limit(text[slice(*match.span(name))]) for name in ("lower", "upper"))
    glued = match["lower"][0] in "-–" and not match["join"] and match["name"][-1] != " "
    name = match["name"].lower()
    bayesian = name.startswith(("cred", "crib", "cri", "cr.", "poster"))
    level = f"{match['level']}%" if match["level"] else ""
    return Interval(lower, upper, level, bayesian, match.start(), match.end(), glued)


def bare_interval(match: re.Match[str], text: str) -> Interval:
    """An interval from a match of BARE."""
    lower, upper = (_limit(text[slice(*match.span(name))]) for name in ("lower", "upper"))
    return Interval(lower, upper, "", bayesian=False, start=match.start(), end=match.end())


def _limit(text: str) -> str:
    number = re.match(r"[-−–‐‑+]?\s?[\d.,·]+(?:\s?%)?", text.strip())
    return minus(number.group()) if number else text.strip()


@dataclass(frozen=True, slots=True)
class PBehind:
    """A P value that belongs to what stands before it."""

    text: str
    end: int
    one_sided: bool


def p_behind(body: str, text: str, at: int) -> PBehind | None:
    """The P value that follows directly, unless it is one for trend, interaction or the like."""
    found = _P_BEHIND.match(body, at)
    if found is None or _OF_SOMETHING.match(body, found.end()):
        return None
    printed = p_text(found, text)
    if printed is None:
        return None
    beside = body[max(0, at - 20) : found.end() + 25]
    return PBehind(printed, found.end(), bool(_ONE_SIDED.search(beside)))


def p_text(match: re.Match[str], text: str) -> str | None:
    """The P value of a match as a cell holds it: with its relation, without "P ="; None where it is no number."""
    relation = re.sub(r"\s", "", match["relation"])
    relation = {"=": "", ":": "", "=<": "<=", "=>": ">="}.get(relation, relation)
    number = re.sub(r"\s", "", text[slice(*match.span("p"))])
    if number[:1] in "23456789" and "val" not in match.group().lower():
        return None  # P may be phosphorus, or a plate; only "P value" makes it one
    try:
        parse(relation + number, P_VALUE)
    except Malformed:
        return None
    return relation + number
