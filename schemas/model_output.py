"""The output format for a language model that extracts: JSON Schema in the words that every structured-output API takes.

The format is an object of lists by kind, which intake reads as it is. Used are only ``type``, ``description``,
``properties``, ``required``, ``additionalProperties``, ``items`` and ``enum``. Left out, because one API or another
refuses or ignores them: ``$schema``, ``$ref``, ``$defs``, ``title``, ``default``, ``examples``, ``const``, ``pattern``,
``format``, lengths, ``minItems``, ``minProperties``, and every ``anyOf``, ``oneOf``, ``allOf`` or ``not``. Every field is
required, as strict modes ask: a text that the paper does not print is an empty string, a code that does not apply null.
"""

from __future__ import annotations

from schemas.codes import CODES
from schemas.fields import FieldFacts
from schemas.json_schema import Schema, in_words
from schemas.kinds.base import Declared, Record
from schemas.registry import KINDS

KEYWORDS = ("type", "description", "properties", "required", "additionalProperties", "items", "enum")
"""The only keywords that are used."""

NOT_FOR_MODELS = ("setting",)
"""Kinds that no model extracts: the settings of a review are for its owner."""

NOT_ASKED = ("record",)
"""Fields that no model fills in: an id of its own for every record follows from what it is about and its place."""

_QUOTE = "Every record needs one: copy it from the document character by character, and put no word of your own into it"
_DOCUMENT = (
    "What the document prints, as lists of records by kind; a list is empty where there is nothing. Every cell is text, "
    "verbatim as printed: no rounding, no conversion, no calculation, trailing zeros kept."
)


def output_schema(kind: str | None = None) -> Schema:
    """The output format for one kind, ``{"count": [{...}, ...]}``, or for all kinds that a model may extract.

    Raises ValueError, with a sentence, for an unknown kind and for one that no model extracts.
    """
    if kind is not None and kind not in KINDS:
        raise ValueError(f"there is no kind {kind!r}; kinds are {', '.join(KINDS)}")
    if kind in NOT_FOR_MODELS:
        raise ValueError(f"no model extracts a {kind}: it belongs to the people who own the review")
    wanted = [kind] if kind else [name for name in KINDS if name not in NOT_FOR_MODELS]
    return _object(_DOCUMENT, {name: _list(KINDS[name]) for name in wanted})


def _list(model: type[Declared]) -> Schema:
    about = " ".join((model.__doc__ or "").split())
    cells = {each.name: _cell(model, each) for each in model.fields() if each.name not in NOT_ASKED}
    return {"type": "array", "description": f"All {model.label_plural}. {about}", "items": _object(about, cells)}


def _object(description: str, properties: dict[str, Schema]) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _cell(model: type[Declared], field: FieldFacts) -> Schema:
    said = [in_words(field), f"Example: {field.example}" if field.example and not field.codes else ""]
    blank = not field.required and field.default is None
    if field.name == "quote" and issubclass(model, Record):
        said.append(_QUOTE)
    elif blank:
        said.append("null where it does not apply" if field.codes else "Empty where the document does not say")
    elif field.default is not None:
        said.append(f"Usually {field.default}")
    text = {"description": ". ".join(part for part in said if part)}
    if not field.codes:
        return {"type": "string"} | text
    codes = list(CODES[field.codes])
    return ({"type": ["string", "null"], "enum": [*codes, None]} if blank else {"type": "string", "enum": codes}) | text
