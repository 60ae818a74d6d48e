"""Typography settled: one plain space, Unicode raised and lowered digits, nothing that cannot be seen."""

from __future__ import annotations

import re

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if not chr(code).isspace()]
_UNSEEN = str.maketrans({**dict.fromkeys((*_INVISIBLE, *_CONTROLS), ""), **_LIGATURES})

_DIGITS = "0123456789"
_SIGNS = "+-−–‐‑="
_RAISED_DIGITS = str.maketrans(_DIGITS, "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED_DIGITS = str.maketrans(_DIGITS, "₀₁₂₃₄₅₆₇₈₉")
_RAISED_SIGNS = str.maketrans(_SIGNS, "⁺⁻⁻⁻⁻⁻⁼")
_LOWERED_SIGNS = str.maketrans(_SIGNS, "₊₋₋₋₋₋₌")
_INSIDE_BRACKETS = re.compile(r"[(\[] | [)\]]")
_LETTER = re.compile(r"[^\W\d_]")

SPACE_WIDTHS = {"\u00a0": 3, "\u2007": 5, "\u2002": 5, "\u2003": 10, "\u2001": 10, "\u2000": 5, "\u3000": 10}
"""How wide a space is that sets a row label in, in pixels or so; spaces not named here are 2."""
_PLAIN_SPACES = frozenset(" \t\r\n\f\v")


def settled(text: str) -> str:
    r"""Any run of spaces and line breaks as one space, ligatures as letters, soft hyphens and the like gone.

    >>> settled("( n = 12 )")
    '(n = 12)'
    >>> settled("ef\u00adﬁcacy\u2009=\u00a03\n ")
    'efficacy = 3'
    """
    return _INSIDE_BRACKETS.sub(_closed_up, " ".join(text.translate(_UNSEEN).split()))


def _closed_up(match: re.Match[str]) -> str:
    return match.group().strip()


def raised(text: str) -> str:
    """A raised text in Unicode: digits, and signs where no letter stands among them.

    >>> raised("−3"), raised("2+"), raised("st")
    ('⁻³', '²⁺', 'st')
    """
    return _shifted(text, _RAISED_DIGITS, _RAISED_SIGNS)


def lowered(text: str) -> str:
    """A lowered text in Unicode; degrees of freedom in brackets stay as they are.

    >>> lowered("1,58"), lowered("2max"), lowered("(1, 24)")
    ('₁,₅₈', '₂max', '(1, 24)')
    """
    return _shifted(text, _LOWERED_DIGITS, _LOWERED_SIGNS)


def _shifted(text: str, digits: dict[int, int], signs: dict[int, int]) -> str:
    if "(" in text:
        return text
    return text.translate(digits) if _LETTER.search(text) else text.translate(digits).translate(signs)


def lead(text: str) -> int:
    """How wide the spaces are that a text begins with, without those that only lay out the file."""
    first = text[: len(text) - len(text.lstrip())]
    return sum(SPACE_WIDTHS.get(sign, 2) for sign in first if sign not in _PLAIN_SPACES)
