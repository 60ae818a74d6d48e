"""Hypothesis strategies over single printed numbers: a true value, and the text it is printed as."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from schemas.quantities import NUMBER, Quantity
from schemas.strategies.printing import ROUNDINGS, Printer, Rounding, Style

LARGEST = 10**6
"""Values without a natural upper bound are drawn up to this."""


@dataclass(frozen=True, slots=True)
class TrueNumber:
    """A true value and the text it was printed as. The interval of the text holds the value unless digits were cut."""

    value: Fraction
    text: str
    quantity: Quantity
    rounding: Rounding


def styles() -> st.SearchStrategy[Style]:
    """The typography of a journal."""
    thousands = st.sampled_from(("", ",", "\u2009"))
    flag = st.booleans()
    return st.builds(Style, flag, flag, thousands, flag, flag, flag)


def printers(rounding: Rounding | None = None, decimals: int | None = None) -> st.SearchStrategy[Printer]:
    """An author's habits; rounded to nearest, half up or half even, unless told otherwise."""
    modes = st.sampled_from(ROUNDINGS[:2]) if rounding is None else st.just(rounding)
    places = st.integers(0, 3) if decimals is None else st.just(decimals)
    return st.builds(Printer, places, modes, styles(), st.integers(2, 4))


@st.composite
def printed(
    draw: st.DrawFn,
    quantity: Quantity = NUMBER,
    *,
    value: st.SearchStrategy[Fraction] | None = None,
    decimals: st.SearchStrategy[int] | None = None,
    rounding: Rounding | None = None,
) -> TrueNumber:
    """A true value of a quantity and its print.

    ``quantity``: what is printed, see ``schemas.quantities``. ``value``: true values, on the scale of the quantity (a
    proportion is 0.39), by default over its whole range. ``decimals``: digits after the decimal mark, 0 to 4 by default;
    a count has none. ``rounding``: "half_up", "half_even" or "truncate", by default either of the first two.
    """
    truth = draw(values(quantity) if value is None else value)
    places = draw(st.integers(0, 4) if decimals is None else decimals)
    to = draw(printers(rounding, places))
    return TrueNumber(truth, _text(to, quantity, truth, places), quantity, to.rounding)


def values(quantity: Quantity) -> st.SearchStrategy[Fraction]:
    """True values of a quantity: whole for counts, else fractions, ties of rounding among them."""
    highest = {"percent": 100, "proportion": 1, "p": 1}.get(quantity.name, LARGEST)
    lowest = -LARGEST if quantity.lowest is None and quantity.name != "proportion" else 0
    if quantity.exact:
        return st.integers(lowest, highest).map(Fraction)
    ties = st.integers(lowest * 1000, highest * 1000).map(lambda whole: Fraction(2 * whole + 1, 2000))
    inside = ties.filter(lambda tie: lowest <= tie <= highest)
    return st.one_of(st.fractions(lowest, highest, max_denominator=10**6), inside)


def _text(to: Printer, quantity: Quantity, truth: Fraction, places: int) -> str:
    if quantity.exact:
        return to.count(int(truth))
    if quantity.name == "p":
        return to.p_value(float(truth)) if _safe(float(truth), truth) else to.number(truth, places)
    if quantity.percent == "fraction":
        return to.proportion(truth)
    if quantity.name == "percent":
        return to.percent(truth)
    unit = f" {quantity.units[0]}" if quantity.units and to.style.percent_sign else ""
    return to.number(truth, places) + unit


def _safe(double: float, truth: Fraction) -> bool:
    """Whether the double is the value itself, so that a bound printed from it is true."""
    return Fraction(double) == truth
