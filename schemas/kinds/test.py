"""Test statistics."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from schemas.fields import Nonnegative, Number, OneOf, PValue, about
from schemas.kinds.base import Record
from schemas.printed import Malformed, Mark, parse
from schemas.statistics_text import read_statistic


class Test(Record):
    """A test statistic with its degrees of freedom and P value."""

    __test__: ClassVar[bool] = False  # pytest: a record kind, not a test class
    kind: ClassVar[str] = "test"
    label_plural: ClassVar[str] = "tests"
    composite: ClassVar[dict[str, str]] = {"statistic": "statistic", "df1": "df1", "df2": "df2", "p": "p"}
    implied: ClassVar[tuple[str, ...]] = ("statistic_type", "tails")

    comparator: str | None = about("Arm compared with", example="dex", key=True)
    statistic_type: Annotated[str, OneOf("statistic")] | None = about(
        "Which statistic; blank where only a P value is printed", example="t", key=True
    )
    statistic: Number = about("Value of the statistic", example="2.20")
    df1: Nonnegative = about("Degrees of freedom, or the numerator's", example="28")
    df2: Nonnegative = about("Degrees of freedom of the denominator (F)", example="90")
    p: PValue = about("P value", label="P", example="0.036")
    tails: Annotated[str, OneOf("tails")] = about("Sides of the test", example="two", default="unknown")

    @classmethod
    def _complete(cls, cells: dict[str, Any]) -> dict[str, Any]:
        """A cell such as "t(28) = 2.20, p = .036" fills the fields left blank, unless they name another statistic."""
        whole = cells.get("printed")
        if not isinstance(whole, str):
            return cells
        mark: Mark = "comma" if cells.get("decimal_mark") == "comma" else "point"
        found = read_statistic(whole, mark)
        typed = cells.get("statistic_type")
        if typed is not None and str(typed).strip() != found.get("statistic_type"):
            return cells
        return {name: text for name, text in found.items() if _readable(name, text, mark)} | cells


def _readable(name: str, text: str, mark: Mark) -> bool:
    """Whether a field takes the text; what it does not take is left for the person to enter."""
    quantity = next(each.quantity for each in Test.fields() if each.name == name)
    if quantity is None:
        return True
    try:
        parse(text, quantity, mark)
    except Malformed:
        return False
    return True
