"""Texts that a spreadsheet would run as a formula: how they are guarded in exported files, and read back."""

from __future__ import annotations

import re

STARTS_FORMULA = "'*[=+\\-@\\t\\r\\n＝＋－＠]"
"""What a text begins with that is exported behind an apostrophe (a pattern); texts that look guarded get one more."""
_GUARDED = re.compile(f"'{STARTS_FORMULA}")


def unguarded(text: str) -> str:
    """The original of an exported text.

    >>> unguarded("'=SUM(A1)"), unguarded("'tis"), unguarded("-3.4")
    ('=SUM(A1)', "'tis", '-3.4')
    """
    return text[1:] if _GUARDED.match(text) else text
