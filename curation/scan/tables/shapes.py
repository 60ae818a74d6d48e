"""The shape of one cell: "12 (34.5)", "56.3 ± 8.8", "0.66 (0.52–0.84)", "<0.001", and where its numbers stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from curation.scan.grammar.text import COUNT, SIGNED, UNSIGNED, minus, plain

_LIMITS_APART = r"\s?(?:to|and|[-–~,;:…]|\.\.)\s?"
_NUMBER = rf"(?:[-–+]\s?)?(?:\d{{1,3}}(?: \d{{3}})+(?:\.\d+)?|{UNSIGNED})(?:\s?%)?"
_MARKS = re.compile(r"(?:\s?(?:[*†‡§¶#‖^$]+|[¹²³⁴⁵ᵃᵇᶜᵈᵉ]+|,))+$|(?<=[\d)%\]])\s?[a-hx](?:\s?,\s?[a-h¹²³])*$")
_SHAPES = {
    "fraction_percent": rf"(?P<events>{COUNT})\s?(?:/|of)\s?(?P<total>{COUNT})\s?[(\[,;]?\s?(?P<percent>{UNSIGNED}\s?%?)\s?[)\]]?",
    "percent_fraction": rf"(?P<percent>{UNSIGNED}\s?%?)\s?[(\[]\s?(?P<events>{COUNT})\s?(?:/|of)\s?(?P<total>{COUNT})\s?[)\]]",
    "fraction": rf"(?P<events>{COUNT})\s?/\s?(?P<total>{COUNT})",
    "plus_minus": rf"(?P<first>{SIGNED})\s?(?P<unit>[A-Za-z%/]{{0,8}})\s?(?:±|\+/-|\+-)\s?(?P<second>{UNSIGNED})\s?[A-Za-z%/]{{0,8}}(?:\s?[(\[]\s?(?:n\s?=\s?(?P<n>\d+)|\d+)\s?[)\]])?",
    "with_limits": rf"(?P<first>{_NUMBER})\s?[(\[;,]?\s?[(\[]\s?(?P<name>(?:\d\d\s?%\s?)?(?:CI|range|IQR)\s?[:,=]?\s?)?(?P<lower>{_NUMBER})(?P<to>{_LIMITS_APART})(?P<upper>{_NUMBER})\s?[)\]]",
    "with_open_limits": rf"(?P<first>{_NUMBER})\s?[;,]\s(?P<lower>{_NUMBER})(?P<to>\s?(?:to|[-–])\s?)(?P<upper>{_NUMBER})|(?P<first_>{_NUMBER})\s(?P<lower_>{UNSIGNED})(?P<to_>\s?(?:to|–)\s?)(?P<upper_>{_NUMBER})",
    "mean_and_spread": rf"(?P<first>{_NUMBER})\s?[(\[]\s?±\s?(?P<second>{_NUMBER})\s?[)\]]",
    "two": rf"(?P<first>{_NUMBER})\s?[(\[]\s?(?P<second>{_NUMBER})\s?[)\]]",
    "two_open": rf"(?P<first>{COUNT})\s?[,;]?\s(?P<second>{UNSIGNED}\s?%)",
    "limits": rf"[(\[]?\s?(?:\d\d\s?%\s?CI\s?:?\s?)?(?P<lower>{_NUMBER})(?P<to>{_LIMITS_APART})(?P<upper>{_NUMBER})\s?[)\]]?",
    "number": rf"(?P<relation>(?:[pP]\s?)?(?:=\s?)?[<>≤≥=]\s?)?(?P<first>{_NUMBER}(?:\s?[×x]\s?10\s?(?:\^?-\d+|⁻[⁰-⁹¹²³]+))?)",
    "words": r"(?P<word>n\.?\s?s\.?|not\ssignificant)",
}  # fmt: skip
_PATTERNS = {name: re.compile(shape, re.IGNORECASE) for name, shape in _SHAPES.items()}
_KINDS = {"two_open": "two", "with_open_limits": "with_limits", "mean_and_spread": "plus_minus"}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a cell looks like: the name of its shape, and its numbers as printed by their place in it."""

    name: str
    numbers: Mapping[str, str]
    start: int
    end: int

    def __getitem__(self, part: str) -> str:
        return self.numbers.get(part, "")


def shape_of(text: str) -> Shape | None:
    """The shape of a cell; None where it is none of those that are known. Footnote marks at its end are set aside.

    >>> shape_of("−4.2 (−4.1–−1.2)").numbers
    {'first': '-4.2', 'lower': '-4.1', 'upper': '-1.2'}
    >>> shape_of("12 (34.5%)*").name, shape_of("56.3 ± 8.8").name
    ('two', 'plus_minus')
    """
    body = plain(text)
    start = len(body) - len(body.lstrip())
    end = len(body.rstrip())
    if end - start > 80 or not re.search(r"\d|n\.?\s?s|not\s", body, re.IGNORECASE):
        return None
    marks = _MARKS.search(body, start, end)
    for stop in dict.fromkeys((end, marks.start() if marks else end)):
        for name, pattern in _PATTERNS.items():
            found = pattern.fullmatch(body, start, stop)
            if found:
                return Shape(_KINDS.get(name, name), _numbers(found, text), start, stop)
    return None


def _numbers(found: re.Match[str], text: str) -> dict[str, str]:
    parts = {}
    for part, value in found.groupdict().items():
        name = part.rstrip("_")
        if value is None or name in {"to", "unit"}:
            continue
        printed = text[slice(*found.span(part))].strip()
        parts[name] = printed if name in {"relation", "name", "word"} else _number(printed)
    return {name: printed for name, printed in parts.items() if printed}


def _number(printed: str) -> str:
    return re.sub(r"\s(?=%)", "", minus(printed))


def whole(text: str) -> bool:
    """Whether a printed number is a whole one, without a sign."""
    return bool(re.fullmatch(COUNT, text))
