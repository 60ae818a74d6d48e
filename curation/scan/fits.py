"""Whether events, total and percentage of a cell go together, as far as they are printed."""

from __future__ import annotations

from fractions import Fraction


def number(text: str) -> int:
    """A whole number as printed, thousands set apart or not; 0 where there is none.

    >>> number("1,052"), number("10 118")
    (1052, 10118)
    """
    return int("".join(filter(str.isdigit, text)) or 0)


def agrees(events: str, total: str, percent: str) -> bool:
    """Whether the percentage is that of events in the total.

    >>> agrees("22", "52", "42.3%"), agrees("22", "52", "44%"), agrees("22", "", "42.3")
    (True, False, False)
    """
    whole = number(total)
    printed = percent.rstrip("% ").replace(",", "").replace("·", ".")
    if not whole or not events or not printed.replace(".", "", 1).isdigit():
        return False
    off = Fraction(1, 2 * 10 ** len(printed.partition(".")[2]))
    return abs(Fraction(100 * number(events), whole) - Fraction(printed)) <= off


def two_parts(events: str, total: str, percent: str) -> bool:
    """Whether two numbers are parts of a whole ("16/4 (80%)"): the percentage is of their sum, not of the second.

    >>> two_parts("16", "4", "80%"), two_parts("22", "52", "42.3%")
    (True, False)
    """
    both = str(number(events) + number(total))
    return not agrees(events, total, percent) and agrees(events, both, percent)
