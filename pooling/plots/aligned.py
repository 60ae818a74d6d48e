"""Estimates with intervals lined up in a column, so that points stand under points."""

from __future__ import annotations

from pooling.words.printing import MINUS
from pooling.words.reading import Reading

Parts = tuple[str, str, str]
_PADS = {".": "\u2008", MINUS: "\u2007\u2009"}
"""Blanks as wide as a point and a minus; a figure space is as wide as a digit."""


def parts(read: Reading, estimate: float, lower: float, upper: float) -> Parts:
    """An estimate and its limits in print."""
    return read.said(estimate), read.said(lower), read.said(upper)


def aligned(rows: list[Parts]) -> list[str]:
    """Estimates with intervals in print, "0.62 (0.41 to 0.94)", padded so that points stand under points.

    An estimate alone stays alone, an interval alone gets brackets only.
    """
    widest = [max((each[part] for each in rows if each[1]), key=len, default="") for part in range(3)]
    lines = []
    for row in rows:
        if not row[1]:
            lines.append(row[0])
            continue
        before, within = (_pad(text, like) for text, like in zip(row[1:], widest[1:], strict=True))
        lines.append(
            f"{row[0]} {before}({row[1]} to {within}{row[2]})" if row[0] else f"({row[1]} to {within}{row[2]})"
        )
    return lines


def _pad(text: str, like: str) -> str:
    """Blanks as wide as what a text lacks at its beginning."""
    return "".join(_PADS.get(sign, "\u2007") for sign in like[: max(0, len(like) - len(text))])
