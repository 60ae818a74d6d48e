"""How single numbers are printed: P values, variances, percentages, counts."""

from __future__ import annotations

import re

import numpy as np

MINUS = "\u2212"
FIRM = "\u00a0"
"""A blank at which no line is broken."""
_MOST_DECIMALS = 10
_KEPT = re.compile(r"(?<=[=<>]) | (?=[=<>])|(?<=\d%) (?=CI)")


def fixed(value: float, decimals: int) -> str:
    """A number with that many decimals, a true minus sign, and no minus before zero.

    >>> fixed(-0.418, 2), fixed(-0.001, 2), fixed(float("inf"), 1), fixed(18.749999999999996, 1)
    ('−0.42', '0.00', '∞', '18.8')
    """
    if np.isnan(value):
        return ""
    if np.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    value = float(f"{value:.12g}")  # 3/16 may have come back as 0.18749999999999994
    text = f"{value:.3g}" if abs(value) >= 1e6 else f"{value:.{decimals}f}"
    return text.replace("-", "" if float(text) == 0 else MINUS)


def p_value(p: float) -> str:
    """A P value as journals print it.

    >>> p_value(0.00001), p_value(0.0321), p_value(0.21), p_value(0.9999)
    ('P < 0.001', 'P = 0.032', 'P = 0.21', 'P > 0.99')
    """
    if p < 0.001:
        return "P < 0.001"
    if p > 0.99:
        return "P > 0.99"
    return f"P = {p:.3f}" if p < 0.0995 else f"P = {p:.2f}"


def p_cell(p: float) -> str:
    """A P value below a heading that says that it is one; "" where there is none.

    >>> p_cell(0.00001), p_cell(0.0321), p_cell(float("nan"))
    ('<0.001', '0.032', '')
    """
    return "" if np.isnan(p) else p_value(p).removeprefix("P ").removeprefix("= ").replace(" ", "")


def three(x: float) -> str:
    """A variance with three digits, never in powers of ten; what is next to nothing is 0, what is not known is "".

    >>> three(0.3132), three(0.0), three(15.234), three(0.0001234)
    ('0.313', '0', '15.2', '0.000123')
    """
    if not np.isfinite(x):
        return fixed(x, 0)
    if abs(x) < 1e-9:
        return "0"
    return fixed(x, int(np.clip(2 - np.floor(np.log10(abs(x))), 0, _MOST_DECIMALS)))


def percent(x: float) -> str:
    """A share in whole percent, as heterogeneity is printed; "" where there is none.

    >>> percent(29.34), percent(float("nan"))
    ('29%', '')
    """
    return f"{x:.0f}%" if np.isfinite(x) else ""


def counted(k: int) -> str:
    """How many studies.

    >>> counted(1), counted(13)
    ('1 study', '13 studies')
    """
    return "1 study" if k == 1 else f"{k} studies"


def capital(text: str) -> str:
    """With a capital letter, as a sentence begins."""
    return text[:1].upper() + text[1:]


def firm(text: str) -> str:
    """A text whose numbers stay in one line with what they are.

    >>> firm("Q = 2.82, P < 0.001").replace(FIRM, "_")
    'Q_=_2.82, P_<_0.001'
    """
    return _KEPT.sub(FIRM, text)
