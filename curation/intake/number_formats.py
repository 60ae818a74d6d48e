"""What a spreadsheet shows for a number: the text a person saw when typing it, from the value and its number format."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)), "yyyy-mm-dd"),
}  # fmt: skip
"""The number formats that files name by number only; dates and times of every locale are one format here."""

_PIECES = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[([^\]]*)\]|(.)', re.DOTALL)
_DIGITS = re.compile(r"[#0?]*(?:,[#0?]+)*(?:\.([#0?]*))?")
_DIGITS_AND_SIGNS = set("0123456789#?.,%+-() ")


class NotShown(Exception):
    """A number of which the format does not tell the text that was meant; the argument says why."""


def shown_number(raw: str, code: str) -> str:
    """The text a spreadsheet shows. Raises NotShown for dates, fractions, and displays that hide digits.

    >>> shown_number("0.5", "0.00"), shown_number("0.42", "0.0%"), shown_number("1623", "#,##0")
    ('0.50', '42.0%', '1,623')
    """
    try:
        value = Decimal(format(float(raw), ".15g"))
    except (ValueError, InvalidOperation) as error:
        raise NotShown(f"the number {raw[:40]!r}, which cannot be read") from error
    if not value.is_finite():
        raise NotShown(f"the number {raw[:40]!r}, which cannot be read")
    if code in {"", "General", "@", "Standard"}:
        return plain_number(value)
    if is_date(code):
        raise NotShown(f"a date or time (stored as {plain_number(value)})")
    return _by_format(value, _section(code, value))


def plain_number(value: Decimal) -> str:
    """A number without an exponent and without trailing zeros.

    >>> plain_number(Decimal("1E+2")), plain_number(Decimal("0.50"))
    ('100', '0.5')
    """
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def is_date(code: str) -> bool:
    """Whether a format shows a date or a time.

    >>> is_date("dd/mm/yyyy"), is_date('0.0" days"'), is_date("[h]:mm")
    (True, False, True)
    """
    for _, _, bracket, sign in _PIECES.findall(code.partition(";")[0]):
        if sign in set("dmyhsDMYHS") or bracket.lower() in {"h", "hh", "m", "mm", "s", "ss"}:
            return True
    return False


def _section(code: str, value: Decimal) -> str:
    """The part of a format that holds for a number of this sign."""
    parts = code.split(";")
    if value < 0 and len(parts) > 1 and parts[1]:
        return parts[1]
    if value == 0 and len(parts) > 2 and parts[2]:
        return parts[2]
    return parts[0] if value >= 0 or len(parts) > 1 else f"-{parts[0]}"


def _by_format(value: Decimal, section: str) -> str:
    literal, body = "", ""
    for quoted, escaped, bracket, sign in _PIECES.findall(section):
        if bracket and not re.fullmatch(r"(?i)[a-z]+\d*|\$-[0-9a-f]+", bracket):
            raise NotShown(f"the number {plain_number(value)} in the format {section!r}")
        literal += quoted + escaped
        body += sign
    if literal.strip("-+() ") or not set(body) <= _DIGITS_AND_SIGNS or body.count("%") > 1:
        raise NotShown(f"the number {plain_number(value)} in the format {section!r}")
    found = max(_DIGITS.finditer(body), key=lambda each: len(each[0]))
    if not found[0] or found[0].endswith(",") or set(body.replace(found[0], "", 1)) & set("0#?.,"):
        raise NotShown(f"the number {plain_number(value)} in the format {section!r}")
    signed = value < 0
    number = _rounded(abs(value) * (100 if "%" in body else 1), found[0], found[1] or "")
    before, after = body[: found.start()], body[found.end() :]
    if signed and "(" in before + literal:
        return f"-{number}{'%' if '%' in body else ''}"
    minus = "-" if signed else ""
    return f"{minus}{number}{after.strip() if '%' in after else ''}{before.strip('-+() ')}"


def _rounded(value: Decimal, digits: str, decimals: str) -> str:
    fixed, most = len(decimals.rstrip("#")), len(decimals)
    rounded = value.quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP)
    if rounded != value:
        raise NotShown(f"the number {plain_number(value)}, shown as {rounded}")
    whole, _, part = f"{rounded:,f}".partition(".")
    while len(part) > fixed and part.endswith("0"):
        part = part[:-1]
    wanted = digits.partition(".")[0]
    if "," not in wanted:
        whole = whole.replace(",", "").zfill(wanted.count("0"))
    if whole == "0" and part and "0" not in wanted:
        whole = ""
    return f"{whole}.{part}" if part else whole
