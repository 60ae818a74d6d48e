"""The letters of the grammar: a text with one sign for each thing, and the shapes of numbers in it."""

from __future__ import annotations

import re

_ONE_SIGN = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\t\n\r", " "),
        **dict.fromkeys("−‐‑﹣－", "-"),
        **dict.fromkeys("—‒―", "–"),
        **dict.fromkeys("⩽≦", "≤"),
        **dict.fromkeys("⩾≧", "≥"),
        **dict.fromkeys("∙⋅•", "·"),
        "％": "%", "＝": "=", "（": "(", "）": ")", "［": "[", "］": "]", "＜": "<", "＞": ">",
    }
)  # fmt: skip
_POINT = re.compile(r"(?<=\d)·(?=\d)(?!\d*\s?(?:10⁻|10\^))")


def plain(text: str) -> str:
    """The text, character for character, with one sign for each minus, dash, space and decimal point.

    >>> plain("13·1 (12·4—13·8)"), plain("5·10⁻³")
    ('13.1 (12.4–13.8)', '5·10⁻³')
    """
    return _POINT.sub(".", text.translate(_ONE_SIGN))


COUNT = r"(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d{1,7})"
"""A whole number, thousands set apart or not."""
UNSIGNED = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
SIGNED = rf"(?:[-–+]\s?)?{UNSIGNED}"
PERCENT = r"(?:\d{1,3}(?:\.\d+)?|\.\d+)\s?%(?!\s?[-–]?\s?(?:C\.?I|[Cc]onf|[Cc]red|nominal|CrI|power|limits))"
ENDS = r"(?![\w/]|[.,]\d|,\d{3})"
"""A number ends here."""
BETWEEN_LIMITS = r"\s?(?:to|[-–~,;])\s?"
SENTENCE_END = re.compile(r"(?<!\bvs)(?<!\bi\.e)(?<!\be\.g)(?<!\bcf)[.;?!]\s(?=[A-Z\[(])")

_DIGITS = re.compile(r"\d")


def has_digits(text: str) -> bool:
    """Whether there is any number to read."""
    return _DIGITS.search(text) is not None


def sentence_start(text: str, at: int) -> int:
    """Where the sentence begins that holds this place."""
    start = 0
    for found in SENTENCE_END.finditer(text, max(0, at - 400), at):
        start = found.end()
    return start


def minus(text: str) -> str:
    """A printed number as a cell holds it: the dash before it is a minus, no space behind the sign.

    >>> minus("– 0.5"), minus("12 345")
    ('-0.5', '12 345')
    """
    return re.sub(r"^[-−–‐‑]\s?", "-", text.strip())
