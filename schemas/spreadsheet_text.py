"""Texts that a spreadsheet would run as a formula: how they are guarded in exported files, and read back."""

from __future__ import annotations

import re

STARTS_FORMULA = "'*[=+\\-@\\t\\r\\n＝＋－＠]"
"""What a text begins with that is exported behind an apostrophe (a pattern); texts that look guarded get one more."""
PLAIN_NUMBER = r"[+-]?\d[\d.,]*%?"
"""A text that begins so and is no formula all the same (a pattern)."""
_GUARDED = re.compile(f"'{STARTS_FORMULA}")
_STARTS = re.compile(STARTS_FORMULA)
_NUMBER = re.compile(PLAIN_NUMBER)


def guarded(text: str) -> str:
    """The text with an apostrophe before it, if a spreadsheet would take it for a formula.

    >>> guarded("=SUM(A1)"), guarded("'=A1"), guarded("-3.4"), guarded("'tis")
    ("'=SUM(A1)", "''=A1", '-3.4', "'tis")
    """
    return f"'{text}" if _STARTS.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """The original of an exported text.

    >>> unguarded("'=SUM(A1)"), unguarded("'tis"), unguarded("-3.4")
    ('=SUM(A1)', "'tis", '-3.4')
    """
    return text[1:] if _GUARDED.match(text) else text
