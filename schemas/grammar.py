"""The typography of printed numbers: marks, signs, relations, units, words that stand for no number, composites."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from schemas.quantities import OTHER_UNITS, TIME_UNITS

STATUS_WORDS = {
    "not_reported": ("nr", "n.r.", "not reported", "not stated", "not given", "not available", "nd", "missing", "-", "–", "—"),
    "not_applicable": ("na", "n/a", "n.a.", "not applicable"),
    "not_reached": ("nyr", "not reached", "not yet reached", "not attained", "not met"),
    "not_estimable": ("ne", "n.e.", "nc", "not estimable", "not calculable", "not calculated", "inestimable"),
    "unclear": ("?", "unclear", "illegible"),
}  # fmt: skip
NOT_SIGNIFICANT = ("ns", "n.s.", "not significant", "non-significant", "nonsignificant")
"""Words that say P > 0.05."""
_STATUS = {word: status for status, words in STATUS_WORDS.items() for word in words}

_SIGNS = r"\-−‐‑–"
_SPACES = " \u00a0\u2009\u202f\u2007"
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_RELATIONS = {
    "=": "=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "≤": "<=", "≥": ">=", "⩽": "<=", "⩾": ">=", r"\leq": "<=",
    r"\geq": ">=", "~": "~", "≈": "~", "∼": "~", "about ": "~", "approximately ": "~", "ca. ": "~",
}  # fmt: skip
_UNIT_SPELLINGS = {
    **{unit: unit for unit in TIME_UNITS + OTHER_UNITS},
    **{unit[:-1]: unit for unit in (*TIME_UNITS, "points", "cycles", "lines", "patients", "participants", "studies")},
    "study": "studies", "%": "%", "per cent": "%", "percent": "%", "mo": "months", "mos": "months", "yr": "years",
    "yrs": "years", "y": "years", "wk": "weeks", "wks": "weeks", "d": "days", "h": "hours", "ml/min": "mL/min",
    "mg/m2": "mg/m²", "mg/m ²": "mg/m²", "record": "records", "site": "sites",
}  # fmt: skip


def _alternatives(words: dict[str, str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_GROUPED = {
    "point": rf"(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+|[0-9]+)(?:[.·][0-9]+)?|[.·][0-9]+",
    "comma": rf"(?:[0-9]{{1,3}}(?:\.[0-9]{{3}})+|[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+|[0-9]+)(?:[,·][0-9]+)?|[,·][0-9]+",
}
_POWER = rf"(?:[eE][+{_SIGNS}]?[0-9]{{1,2}}|\s?[×x]\s?10\^?(?:[{_SIGNS}]?[0-9]{{1,2}}|⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,2}}))"
_LABEL = r"(?:(?:p(?:[- ]?value)?|hr|or|rr|n|k|q|i2|i²|df)\s*(?=[=<>≤≥~≈\\]))?"
_CORE = {
    mark: rf"(?P<relation>{_alternatives(_RELATIONS)})?\s*(?P<sign>[+{_SIGNS}])?\s?(?P<digits>{digits})(?P<power>{_POWER})?"
    for mark, digits in _GROUPED.items()
}
_NUMBER = {
    mark: re.compile(rf"{_LABEL}{core}\s*(?P<unit>{_alternatives(_UNIT_SPELLINGS)})?", re.IGNORECASE)
    for mark, core in _CORE.items()
}


@dataclass(frozen=True, slots=True)
class Number:
    """One number in print: its digits as a Decimal that keeps trailing zeros, its relation and its unit."""

    value: Decimal
    relation: str
    unit: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a composite: the role the typography gives it and its own verbatim text."""

    role: str
    text: str


def status_of(body: str) -> str | None:
    """The status a word stands for ("NR", "not reached", ...), or None if it is no such word."""
    return _STATUS.get(" ".join(body.lower().split()))


def number(body: str, mark: str = "point") -> Number | None:
    """Read one number, or None if the text is something else.

    >>> number("≤ 1 234.50 months").value, number("−0.5").value, number("1.5 × 10⁻³").value
    (Decimal('1234.50'), Decimal('-0.5'), Decimal('0.0015'))
    """
    if len(body) > 80:
        return None
    found = _NUMBER[mark].fullmatch(body)
    if found is None:
        return None
    digits = _plain(found["digits"], mark)
    value = Decimal(digits).scaleb(_power(found["power"]))
    if found["sign"] and found["sign"] != "+":
        value = -value
    relation = _RELATIONS[found["relation"].lower()] if found["relation"] else "="
    return Number(value, relation, _unit(found["unit"]))


def _plain(digits: str, mark: str) -> str:
    thousands = "," if mark == "point" else "."
    for sign in thousands + _SPACES:
        digits = digits.replace(sign, "")
    return digits.replace("·", ".").replace(",", ".")


def _power(text: str | None) -> int:
    if not text:
        return 0
    tail = text.translate(_SUPERSCRIPTS)
    tail = re.sub(r"^\s?(?:[eE]|[×xX]\s?10\^?)", "", tail)
    return int(re.sub(f"[{_SIGNS}]", "-", tail))


def _unit(text: str | None) -> str:
    if not text:
        return ""
    return _UNIT_SPELLINGS.get(text) or _UNIT_SPELLINGS[text.lower()]


_DASH = r"\s*(?:to|–|—|-|−|‐|‑)\s*"
_TO = r"\s*(?:to|–|—|-|−|,|;|‐|‑)\s*"
_ONE = {mark: rf"[+{_SIGNS}]?(?:{digits})\s?%?" for mark, digits in _GROUPED.items()}
_WORD = r"not reached|not yet reached|not estimable|not calculable|NE|NR|NC|NYR"
_UNITS_TAIL = rf"(?:\s*(?:{'|'.join(TIME_UNITS)}|patients|participants))?"


def _composites(one: str) -> list[tuple[tuple[str, ...], re.Pattern[str]]]:
    bound = rf"(?:{one}|{_WORD})"
    ci = r"(?:[0-9]{2}(?:\.[0-9]+)?\s?%\s*)?(?:CI|confidence interval)?\s*[:,=]?\s*"
    shapes = {
        ("events", "total", "percent"): rf"({one})\s*(?:/|of|out of)\s*({one})\s*[(\[]({one})[)\]]",
        ("percent", "events", "total"): rf"({one}%|{one})\s*[(\[]({one})\s*(?:/|of|out of)\s*({one})[)\]]",
        ("events", "total"): rf"({one})\s*(?:/|of|out of)\s*({one})",
        ("estimate", "lower", "upper"): rf"({one}{_UNITS_TAIL})\s*[(\[,;]\s*{ci}({bound}){_TO}({bound})\s*[)\]]?",
        ("events", "percent"): rf"({one})\s*[(\[]({one}%)[)\]]",
        ("first", "second"): rf"({one})\s*[(\[]({one})[)\]]",
        ("lower", "upper"): rf"[(\[]\s*{ci}({bound}){_TO}({bound})\s*[)\]]|{ci}({bound}){_DASH}({bound})",
    }
    return [(roles, re.compile(shape, re.IGNORECASE)) for roles, shape in shapes.items()]


_COMPOSITES = {mark: _composites(one) for mark, one in _ONE.items()}


def split(body: str, mark: str = "point") -> list[Part]:
    """Split a composite into its parts, each with its verbatim text; an empty list if it is none.

    >>> [(part.role, part.text) for part in split("79.0 (68.0-91.0)")]
    [('estimate', '79.0'), ('lower', '68.0'), ('upper', '91.0')]
    >>> [(part.role, part.text) for part in split("22/52 (42.3%)")]
    [('events', '22'), ('total', '52'), ('percent', '42.3%')]
    >>> [(part.role, part.text) for part in split("0.303 to 0.480")]
    [('lower', '0.303'), ('upper', '0.480')]
    """
    body = body.strip()
    if len(body) > 120:
        return []
    for roles, pattern in _COMPOSITES[mark]:
        found = pattern.fullmatch(body)
        if found:
            return [Part(role, text.strip()) for role, text in zip(roles, filter(None, found.groups()), strict=True)]
    return []
