"""From a model's refusal to a sentence for the person who typed the cell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from pydantic import ValidationError

from curation.intake.problems import shown, suggestion
from schemas.codes import CODES
from schemas.fields import FieldFacts
from schemas.kinds.base import Declared

_EXPECTS = re.compile(r"; expected |, but this field takes |; this field takes (?=one: )")
"""Where a printed number's message turns from what was found to what belongs there."""


def worded(model: type[Declared], row: Mapping[str, str], wrong: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Column, found and expected for each wrong field of a row; what the model refuses elsewhere is left out."""
    cells = {name: cell for name, cell in row.items() if not (name == "printed" and "decimal_mark" in wrong)}
    try:
        model.model_validate(cells)
    except ValidationError as refused:
        facts = {each.name: each for each in model.fields()}
        for error in refused.errors(include_url=False, include_context=False):
            name = str(error["loc"][0]) if error["loc"] else ""
            if name in wrong:
                message = error["msg"].removeprefix("Value error, ")
                yield _of_cell(facts[name], row, error["input"], message, model)


def _of_cell(
    field: FieldFacts, row: Mapping[str, str], given: object, message: str, model: type[Declared]
) -> tuple[str, str, str]:
    if isinstance(given, Mapping):
        wanted = field.meaning[0].lower() + field.meaning[1:]
        return field.name, "nothing", f"{wanted}, such as {field.example!r}; every {model.kind} needs it"
    text = str(given)
    if field.codes:
        return field.name, shown(text), f"one of {', '.join(CODES[field.codes])}{suggestion(text, CODES[field.codes])}"
    found, expected = _halves(text, message)
    if field.name in row:
        return field.name, found, expected
    return "printed", f"{shown(row['printed'])}, whose {field.name} would be {found}", expected


def _halves(text: str, message: str) -> tuple[str, str]:
    """Split a printed number's message into what was found and what was expected.

    >>> _halves("12%", "'12%' is a percentage, but this field takes a number of people")
    ("'12%', which is a percentage", 'a number of people')
    """
    parts = _EXPECTS.split(message, maxsplit=1)
    if len(parts) == 1:
        return shown(text), message
    left, expected = parts
    body = text.strip()
    quoted = next((each for each in (repr(body), shown(body, 40)) if left.startswith(each + " ")), None)
    if quoted is None:  # one reading of an unclear cell
        return f"{shown(text)}, in which {left}", expected
    rest = left.removeprefix(quoted + " ")
    return (shown(text), expected) if rest == "is not a printed number" else (f"{shown(text)}, which {rest}", expected)
