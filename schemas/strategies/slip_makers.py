"""How each slip happens to the rows of one table. Add a function and its entry in ``MAKERS_OF_SLIPS``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise

from schemas.printed import Malformed, Printed, parse
from schemas.quantities import Quantity
from schemas.registry import RECORDS
from schemas.strategies.draw import Draw, Row

Table = list[Row]
Change = Callable[[Draw, str, Table], Table | None]
PAIRS = (
    ("lower", "upper"), ("rate_lower", "rate_upper"), ("pi_lower", "pi_upper"), ("low", "high"), ("minimum", "maximum"),
    ("q1", "q3"),
)  # fmt: skip
RATIOS = ("OR", "RR", "HR", "IRR", "ROM")
DIFFERENCES = ("RD", "MD", "SMD")
STATED = ("level", "df", "df1", "df2", "items", "scale_min", "scale_max", "score_min", "score_max")
"""Numbers that say how others were made: slips of a digit are made elsewhere."""


def numbers(kind: str, row: Row) -> dict[str, Printed]:
    """The plainly printed numbers of a row."""
    return dict(_numbers(kind, row))


def _numbers(kind: str, row: Row) -> Iterator[tuple[str, Printed]]:
    for field in RECORDS[kind].printed_fields():
        if row.get(field.name) and field.quantity is not None and field.name not in STATED:
            try:
                one = parse(row[field.name], field.quantity)
            except Malformed:
                continue
            if one.status == "reported" and one.relation == "=" and one.value is not None:
                yield field.name, one


def _edited(
    draw: Draw, kind: str, table: Table, edit: Callable[[str, Quantity], str | None], *, whole: bool = True
) -> Table | None:
    """The table with the digits of one number of its first row edited; None if none can be."""
    row, made = table[0], []
    for name, one in _numbers(kind, row):
        found = re.search(r"(?<![0-9.·])[0-9]+(?:[.·][0-9]+)?", one.text)
        if found is None or (one.quantity.exact and not whole) or not re.fullmatch(r"[0-9.·]+", found.group()):
            continue
        digits = edit(found.group(), one.quantity)
        if digits and re.search(rf"{re.escape(found.group())}\D*$", one.text):
            made.append((name, one.text.replace(found.group(), digits, 1)))
    if not made:
        return None
    name, text = made[draw.between(0, len(made) - 1)]
    return [row | {name: text}, *table[1:]]


def _places(digits: str) -> list[int]:
    return [at for at, sign in enumerate(digits) if sign.isdigit()]


def digits_swapped(draw: Draw, kind: str, table: Table) -> Table | None:
    """Two neighbouring digits of one number change places."""

    def edit(digits: str, _: Quantity) -> str | None:
        places = _places(digits)
        pairs = [(one, two) for one, two in pairwise(places) if digits[one] != digits[two]]
        pairs = [each for each in pairs if not (each[0] == 0 and digits[0] == "0")]
        if not pairs:
            return None
        one, two = pairs[draw.between(0, len(pairs) - 1)]
        swapped = list(digits)
        swapped[one], swapped[two] = digits[two], digits[one]
        text = "".join(swapped)
        return None if re.match(r"0[0-9]", text) else text

    return _edited(draw, kind, table, edit)


def digit_dropped(draw: Draw, kind: str, table: Table) -> Table | None:
    """One digit of a number with two or more before its decimal mark is lost."""

    def edit(digits: str, _: Quantity) -> str | None:
        whole = re.split(r"[.·]", digits)[0]
        at = draw.between(0, len(whole) - 1)
        text = digits[:at] + digits[at + 1 :]
        return text if len(whole) > 1 and not re.match(r"0[0-9]", text) else None

    return _edited(draw, kind, table, edit)


def digit_doubled(draw: Draw, kind: str, table: Table) -> Table | None:
    """One digit of a number is typed twice."""

    def edit(digits: str, _: Quantity) -> str | None:
        at = _places(digits)[draw.between(0, len(_places(digits)) - 1)]
        text = digits[: at + 1] + digits[at:]
        return text if len(_places(digits)) > 1 and not re.match(r"0[0-9]", text) else None

    return _edited(draw, kind, table, edit)


def decimal_shifted(draw: Draw, kind: str, table: Table) -> Table | None:
    """The decimal point of a number moves by one place, or by two."""
    places = int(draw.rng.choice([-1, 1, -1, 1, -2, 2]))

    def edit(digits: str, _: Quantity) -> str | None:
        shifted = Decimal(digits.replace("·", ".")).scaleb(places)
        return format(shifted, "f").replace(".", "·" if "·" in digits else ".") if shifted else None

    return _edited(draw, kind, table, edit, whole=False)


def minus_lost(draw: Draw, kind: str, table: Table) -> Table | None:
    """The minus sign of a number below zero is lost."""
    below = [name for name, one in _numbers(kind, table[0]) if one.value is not None and one.value < 0]
    if not below:
        return None
    name = draw.one_of(*below)
    return [table[0] | {name: re.sub(r"^[-\u2212]", "", table[0][name])}]


def limits_swapped(draw: Draw, kind: str, table: Table) -> Table | None:
    """The lower and the upper end of an interval or a range change places."""
    row, found = table[0], numbers(kind, table[0])
    pairs = [pair for pair in PAIRS if set(pair) <= set(found)]
    if not pairs:
        return None
    low, high = pairs[draw.between(0, len(pairs) - 1)]
    return [row | {low: row[high], high: row[low]}]


def other_denominator(_: Draw, kind: str, table: Table) -> Table | None:
    """All rows about one set of participants carry the total of another set, larger or smaller."""
    if any(not {"events", "total", "percent"} <= set(numbers(kind, row)) or "estimator" in row for row in table):
        return None
    totals = {int(numbers(kind, row)["total"].value or 0) for row in table}
    if len(totals) != 1 or min(totals) < 10:
        return None
    total = totals.pop() + max(2, totals_off(table))
    return [row | {"total": str(total)} for row in table]


def totals_off(table: Table) -> int:
    """By how much the other total is larger: more where the numbers are large."""
    return 2 + len(table[0]["total"]) ** 2


def percent_for_proportion(draw: Draw, kind: str, table: Table) -> Table | None:
    """A proportion stands in the place of a percentage: 0.423 for 42.3%."""
    found = [name for name, one in _numbers(kind, table[0]) if one.quantity.name == "percent"]
    if not found:
        return None
    name = draw.one_of(*found)
    value = numbers(kind, table[0])[name].value
    return [table[0] | {name: format((value or Decimal(0)).scaleb(-2), "f")}]


def percent_for_count(_: Draw, kind: str, table: Table) -> Table | None:
    """The percentage, rounded, stands in the place of the number of participants."""
    found = numbers(kind, table[0])
    if not {"events", "total", "percent"} <= set(found) or "estimator" in table[0] or found["total"].value == 100:
        return None
    return [table[0] | {"events": str(round(found["percent"].value or 0))}]


def se_for_sd(draw: Draw, kind: str, table: Table) -> Table | None:
    """The standard error of a mean stands in the place of the standard deviation."""
    found = numbers(kind, table[0])
    if not {"sd", "n"} <= set(found) or not found["sd"].value or (found["n"].value or 0) < 4:
        return None
    se = float(found["sd"].value) / math.sqrt(float(found["n"].value or 1))
    return [table[0] | {"sd": draw.to.number(se, (found["sd"].decimals or 0) + 1)}]


def log_scale(draw: Draw, kind: str, table: Table) -> Table | None:
    """The logarithms of a ratio and its limits, or of the limits alone, stand in the place of the numbers."""
    found, row = numbers(kind, table[0]), table[0]
    names = [name for name in ("estimate", "lower", "upper") if name in found]
    if row.get("measure") not in RATIOS or not names or any((found[name].value or 0) <= 0 for name in names):
        return None
    if draw.maybe(0.5) and len(names) == 3:
        names = names[1:]
    return [
        row | {name: draw.to.number(math.log(float(found[name].value or 1)), found[name].decimals) for name in names}
    ]


def direction_inverted(draw: Draw, kind: str, table: Table) -> Table | None:
    """The estimate, without its limits, is that of the comparison the other way round."""
    found, row = numbers(kind, table[0]), table[0]
    if not {"estimate", "lower", "upper"} <= set(found) or not found["estimate"].value:
        return None
    value, places = float(found["estimate"].value), found["estimate"].decimals
    if row.get("measure") in RATIOS:
        return [row | {"estimate": draw.to.number(1 / value, places)}]
    return [row | {"estimate": draw.to.number(-value, places)}] if row.get("measure") in DIFFERENCES else None


def complement(draw: Draw, kind: str, table: Table) -> Table | None:
    """The percentage of those without the event stands for those with it."""
    found, name = numbers(kind, table[0]), "rate" if kind == "survival" else "percent"
    if name not in found or kind not in ("count", "survival"):
        return None
    left = 100 - (found[name].value or Decimal(0))
    return [table[0] | {name: format(left, "f") + "%" * draw.to.style.percent_sign}]


def other_level(draw: Draw, kind: str, table: Table) -> Table | None:
    """A 95% interval is called a 99% one, or the other way round."""
    row = table[0]
    if not {"lower", "upper"} <= set(numbers(kind, row)) or "level" not in RECORDS[kind].model_fields:
        return None
    return [row | {"level": "95%" if row.get("level", "").startswith(("99", "90")) else draw.one_of("99%", "90%")}]


def other_unit(_: Draw, kind: str, table: Table) -> Table | None:
    """Years are called months, or months years."""
    row = table[0]
    for name, one in _numbers(kind, row):
        if one.quantity.name == "time" and re.search("year|month", one.text):
            word = re.search(r"years?|months?", one.text)
            unit = "months" if word and word.group().startswith("year") else "years"
            return [row | {name: re.sub(r"years?|months?", unit, one.text)}]
    return None


def fields_swapped(draw: Draw, kind: str, table: Table) -> Table | None:
    """Two numbers of one row and of one sort, such as events and total, change places."""
    found = list(_numbers(kind, table[0]))
    pairs = [
        (one[0], two[0])
        for at, one in enumerate(found)
        for two in found[at + 1 :]
        if one[1].quantity == two[1].quantity and one[1].value != two[1].value and (one[0], two[0]) not in PAIRS
    ]
    if not pairs:
        return None
    one, two = pairs[draw.between(0, len(pairs) - 1)]
    return [table[0] | {one: table[0][two], two: table[0][one]}]


def arms_swapped(draw: Draw, kind: str, table: Table) -> Table | None:
    """One number of each of two arms stands in the row of the other arm."""
    one, two = table
    both = [
        name for name, each in _numbers(kind, one)
        if name in numbers(kind, two) and each.value != numbers(kind, two)[name].value
    ]  # fmt: skip
    if not both or len(set(numbers(kind, one)) & set(numbers(kind, two))) < 2:
        return None
    name = draw.one_of(*both)
    return [one | {name: two[name]}, two | {name: one[name]}]


def row_shifted(draw: Draw, kind: str, table: Table) -> Table | None:
    """One column of a table stands one row too low: each row has the number of the row above."""
    shared = [name for name, _ in _numbers(kind, table[0]) if all(name in numbers(kind, row) for row in table)]
    if not shared or len({tuple(sorted(numbers(kind, row))) for row in table}) > 1 or len(numbers(kind, table[0])) < 2:
        return None
    name = draw.one_of(*shared)
    return [table[0], *(row | {name: above[name]} for above, row in pairwise(table))]


def digits_cut_off(_: Draw, __: str, table: Table) -> Table | None:
    """The digits after the last printed one are cut off instead of rounded."""
    return table  # made by printing the truth a second time, see slips.py


MAKERS_OF_SLIPS: dict[str, tuple[int, Change]] = {
    "digits_cut_off": (1, digits_cut_off), "limits_swapped": (1, limits_swapped),
    "other_denominator": (3, other_denominator), "digits_swapped": (1, digits_swapped),
    "decimal_shifted": (1, decimal_shifted), "percent_for_proportion": (1, percent_for_proportion),
    "minus_lost": (1, minus_lost), "other_level": (1, other_level), "se_for_sd": (1, se_for_sd),
    "log_scale": (1, log_scale), "other_unit": (1, other_unit), "percent_for_count": (1, percent_for_count),
    "fields_swapped": (1, fields_swapped), "arms_swapped": (2, arms_swapped),
    "direction_inverted": (1, direction_inverted), "complement": (1, complement), "row_shifted": (5, row_shifted),
    "digit_doubled": (1, digit_doubled), "digit_dropped": (1, digit_dropped),
}  # fmt: skip
"""Name, as in ``schemas.slips`` -> how many rows it takes, and how it happens to them."""
