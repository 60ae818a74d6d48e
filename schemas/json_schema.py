"""JSON face of the models: JSON Schema (draft 2020-12) of a record or of a whole review document.

The same schema describes the JSON that intake reads and the answer a language model is asked to give. It says which
keys, codes and texts are well formed; whether a text can be read as a number is decided by the parser alone, so the
pattern of printed numbers is wider than the parser and never narrower.
"""

from __future__ import annotations

import re
from typing import Any

from schemas.codes import CODES
from schemas.fields import LONGEST_TEXT, FieldFacts
from schemas.grammar import NOT_SIGNIFICANT, STATUS_WORDS
from schemas.kinds.base import Declared
from schemas.registry import KINDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
_NUMBER = "printed_number"


def json_schema(kind: str | None = None) -> Schema:
    """The JSON Schema of one record of a kind, or of a review document: ``{"source": [...], "count": [...], ...}``.

    Raises ValueError, with a sentence, for an unknown kind.
    """
    if kind is None:
        return {"$schema": DIALECT, **_document()}
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is not a kind of record; the kinds are {', '.join(KINDS)}")
    one = _object(KINDS[kind])
    return {"$schema": DIALECT, **one, "$defs": {_NUMBER: _printed_number()}}


def _document() -> Schema:
    lists = {
        kind: {"type": "array", "description": f"All {model.label_plural}.", "items": {"$ref": f"#/$defs/{kind}"}}
        for kind, model in KINDS.items()
    }
    return {
        "title": "review",
        "description": "Everything extracted for a review, as lists by kind. Every cell is text, verbatim as printed.",
        "type": "object",
        "properties": lists,
        "additionalProperties": False,
        "minProperties": 1,
        "$defs": {_NUMBER: _printed_number()} | {kind: _object(model) for kind, model in KINDS.items()},
    }


def _object(model: type[Declared]) -> Schema:
    fields = model.fields()
    return {
        "title": model.kind,
        "description": " ".join((model.__doc__ or "").split()),
        "type": "object",
        "properties": {each.name: _property(each) for each in fields},
        "required": [each.name for each in fields if each.required],
        "additionalProperties": False,
    }


def _property(field: FieldFacts) -> Schema:
    cell = _content(field)
    described: Schema = {"description": in_words(field)}
    described |= cell if field.required else {"anyOf": [cell, {"type": "null"}]}
    if field.example:
        described["examples"] = [field.example]
    if field.default is not None:
        described["default"] = field.default
    return described


def _content(field: FieldFacts) -> Schema:
    if field.quantity:
        return {"$ref": f"#/$defs/{_NUMBER}"}
    if field.codes:
        return {"type": "string", "enum": list(CODES[field.codes])}
    text: Schema = {"type": "string", "maxLength": LONGEST_TEXT}
    return text | {"minLength": 1} if field.required else text


def in_words(field: FieldFacts) -> str:
    """What a field holds: its meaning, quantity and unit, and its codes with their meanings."""
    parts = [field.meaning]
    if field.quantity:
        parts.append(f"{field.quantity.meaning[0].upper()}{field.quantity.meaning[1:]}, verbatim as printed")
    if field.unit:
        parts.append(f"Unit: {field.unit}")
    if field.refers_to:
        ids = "The ids of some" if field.several else "The id of one"
        parts.append(f"{ids} of the {KINDS[field.refers_to].label_plural}")
    if field.codes:
        parts.append("; ".join(f"{code}: {meaning}" for code, meaning in CODES[field.codes].items()))
    return ". ".join(parts)


def _printed_number() -> Schema:
    return {
        "title": "printed number",
        "description": "A number verbatim as printed, or NR, NA, NE, 'not reached', or '24|9?' for a cell that reads 24 or 9",
        "type": "string",
        "maxLength": LONGEST_TEXT,
        "pattern": NUMBER_OR_WORD,
    }


def _any_case(word: str) -> str:
    """A pattern for a word in upper or lower case; JSON Schema patterns have no flags."""
    return "".join(
        f"[{sign.upper()}{sign}]" if sign.isalpha() else r"\s+" if sign == " " else re.escape(sign) for sign in word
    )


NUMBER_OR_WORD = (
    r"[0-9]|[^\u0000-\u007f]|^\s*$|^\s*(?:"
    + "|".join(
        _any_case(word) for words in (*STATUS_WORDS.values(), NOT_SIGNIFICANT) for word in words if word.isascii()
    )
    + r")\s*$"
)
"""Texts that may be a printed number: a digit, a sign beyond ASCII, blank, or a word such as NR or "not reached"."""
