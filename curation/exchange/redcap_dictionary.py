"""Our fields as a REDCap data dictionary: a form per kind of record, a variable per field.

A REDCap record is one document with everything one person extracts of it. The form of the document (``source``) occurs
once; all other forms are to be set up as repeating instruments. Printed numbers are texts without validation, because
REDCap's numbers would lose what is printed ("39.0%", "<0.001").
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from schemas.codes import CODES
from schemas.fields import FieldFacts
from schemas.registry import KINDS

COLUMNS = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
    "Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?",
    "Field Annotation",
)  # fmt: skip
RECORD_ID = "record_id"
"""REDCap's own key of a record, the first variable of a dictionary."""
ONCE = "source"
"""The form that occurs once in a record: the document that everything in it is printed in."""


def variable(kind: str, field: str) -> str:
    """The variable of a field; REDCap's names are unique in a project.

    >>> variable("count", "events")
    'count_events'
    """
    return f"{kind}_{field}"


def form(kind: str) -> str:
    """The form of a kind. It is called as the records, so that its status ("outcomes_complete") is no field's variable.

    >>> form("outcome"), form("flow")
    ('outcomes', 'flow_boxes')
    """
    return KINDS[kind].label_plural.replace(" ", "_")


def repeating() -> list[str]:
    """The forms to be set up as repeating instruments."""
    return [form(kind) for kind in _in_order() if kind != ONCE]


def choice(code: str) -> str:
    """A code as REDCap can store it: letters, digits and underscores.

    >>> choice("RoB 2")
    'RoB_2'
    """
    return re.sub(r"[^A-Za-z0-9]+", "_", code).strip("_")


def choices(codes: str) -> dict[str, str]:
    """What REDCap stores for each code of a list -> the code."""
    return {choice(code): code for code in CODES[codes]}


def dictionary() -> str:
    """The data dictionary as CSV, to be uploaded to a REDCap project."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerow({
        COLUMNS[0]: RECORD_ID, COLUMNS[1]: form(ONCE), COLUMNS[3]: "text", COLUMNS[4]: "Record",
        COLUMNS[6]: "One document, as one person extracts it",
    })  # fmt: skip
    for kind in _in_order():
        writer.writerows(_rows(kind))
    return out.getvalue()


def _in_order() -> list[str]:
    """The kinds, the document first; settings are of the whole review, not of a document."""
    return [ONCE, *(kind for kind in KINDS if kind not in {ONCE, "setting"})]


def _rows(kind: str) -> Iterator[dict[str, str]]:
    model = KINDS[kind]
    about = " ".join((model.__doc__ or "").split())
    for number, field in enumerate(model.fields()):
        given = kind != ONCE and field.required and field.refers_to == ONCE
        yield {
            COLUMNS[0]: variable(kind, field.name),
            COLUMNS[1]: form(kind),
            COLUMNS[2]: f"{model.label_plural.capitalize()}: {about}" if number == 0 else "",
            COLUMNS[3]: "dropdown" if field.codes else "text",
            COLUMNS[4]: field.label[0].upper() + field.label[1:],
            COLUMNS[5]: _choices(field),
            COLUMNS[6]: _note(field, given=given),
            COLUMNS[12]: "y" if field.required and not given else "",
            COLUMNS[17]: f"Preset: @DEFAULT='{choice(field.default)}'" if field.default and field.codes else "",
        }


def _choices(field: FieldFacts) -> str:
    if not field.codes:
        return ""
    meant = {choice(code): meaning.replace("|", "/") for code, meaning in CODES[field.codes].items()}
    return " | ".join(f"{code}, {meaning}" for code, meaning in meant.items())


def _note(field: FieldFacts, *, given: bool) -> str:
    parts = [field.meaning]
    if field.quantity:
        parts.append("exactly as printed")
    if field.unit:
        parts.append(f"unit: {field.unit}")
    if given:
        parts.append("blank for the document of this record")
    if field.example:
        parts.append(f"example: {field.example}")
    return "; ".join(parts)
