"""Numbers as RevMan writes them: what of their digits says something, and which zeros and blanks mean "not calculated".

RevMan stores results of double arithmetic. Their last digits are dust, and "5.0" is how the program writes a whole
number. What is kept is the digits that RevMan's own CSV export prints: eight decimals, at least six significant digits
and at most twelve. See docs/decisions/0021-imported-floats.md.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

DECIMALS, FEWEST, MOST = 8, 6, 12
"""Decimals that are kept, and the least and the most significant digits."""
_DUST, _HUGE = Decimal("1e-12"), Decimal("1e15")
SMALLEST_P = Decimal("1e-4")
"""P values are kept with four decimals, and below this as smaller than it: RevMan approximates tail areas of
chi-square, wrong by 7e-8 in a file at hand."""


def number(text: str | None) -> str:
    """A number with the digits that say something; blank for blanks and for what is no finite number.

    >>> number("0.7197141500975687"), number("5.0"), number("100.00000000000001"), number("12"), number("1,234")
    ('0.71971415', '5', '100', '12', '1234')
    >>> number("1.5E-4"), number("-Infinity"), number(""), number("2.220446049250313E-16"), number("4.70")
    ('0.00015', '', '', '0', '4.70')
    """
    value = decimal(text)
    if value is None:
        return ""
    plain = (text or "").strip().replace(",", "")
    if "e" not in plain.lower() and len(plain.partition(".")[2]) <= DECIMALS and not plain.endswith(".0"):
        return plain
    return _written(_rounded(value))


def decimal(text: str | None) -> Decimal | None:
    """The value of a text; None where it is blank or no number, not finite, or beyond what any study reports."""
    try:
        value = Decimal((text or "").strip().replace(",", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < _HUGE else None


def typed(text: str | None) -> str:
    """A number that a person typed; what is none stays as it is, so that it is refused by name.

    >>> typed("5.0"), typed("about 5"), typed("")
    ('5', 'about 5', '')
    """
    return number(text) or (text or "").strip()


def is_zero(text: str | None) -> bool:
    """Whether the text is a zero."""
    return decimal(text) == 0


def p_value(text: str | None, *, tiny: bool) -> str:
    """A P value. A zero is a P too small to be stored if ``tiny``, and else stands for "not calculated".

    >>> p_value("0.1269422521561745", tiny=False), p_value("3.1E-12", tiny=True), p_value("0.0", tiny=False)
    ('0.1269', '<0.0001', '')
    """
    value = decimal(text)
    if value is None or (value == 0 and not tiny):
        return ""
    return f"<{SMALLEST_P:f}" if value < SMALLEST_P else _written(value.quantize(SMALLEST_P, ROUND_HALF_EVEN))


def percent(text: str | None) -> str:
    """A percentage, with its sign.

    >>> percent("3.176490004091248"), percent("95%"), percent("")
    ('3.17649%', '95%', '')
    """
    plain = number((text or "").rstrip("% "))
    return f"{plain}%" if plain else ""


def natural(text: str | None) -> str:
    """The ratio whose natural logarithm a program holds.

    >>> natural("-0.10885"), natural("0"), natural("x")
    ('0.89686494', '1', '')
    """
    value = decimal(text)
    return "" if value is None or abs(value) > 30 else _written(_rounded(value.exp()))


def _rounded(value: Decimal) -> Decimal:
    if abs(value) < _DUST:
        return Decimal(0)
    places = max(0, min(max(DECIMALS, FEWEST - 1 - value.adjusted()), MOST - 1 - value.adjusted()))
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


def _written(value: Decimal) -> str:
    """Without an exponent and without zeros at the end."""
    text = f"{value:f}" if value else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text
