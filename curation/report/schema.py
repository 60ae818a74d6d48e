"""The JSON Schema of findings.json, derived from the Finding dataclass and the summary of a check."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_type_hints

from curation.engine.findings import ORDER, Finding

SCHEMA_VERSION = "1.1"
"""Rises before the point when a key changes its meaning or goes, after the point when a key is added."""

_TYPES: dict[object, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    tuple[str, ...]: {"type": "array", "items": {"type": "string"}},
}

_NARROWED: dict[str, dict[str, Any]] = {
    "severity": {"enum": list(ORDER)},
    "status": {"enum": ["open", "waived", "fixed"]},
    "rule": {"pattern": r"^[A-Z]+(-[A-Z]+)*-\d{3}$"},
    "fingerprint": {"pattern": "^[0-9a-f]{16}$"},
}

FINDING: dict[str, str] = {
    "rule": "Id of the rule: family and number, never reused",
    "name": "Name of the rule",
    "severity": "error: cannot be true as printed; warning: needs an explanation; note: worth a look",
    "message": "The finding in plain sentences: where, what is printed, what would fit, what to look at",
    "source": "Id of the document it is printed in; empty where a rule stopped and the finding is about the check itself",
    "place": "Section, table or figure, or else the page",
    "row": "Row of the table, as printed",
    "column": "Column of the table, as printed",
    "study": "Id of the study it is about",
    "arm": "Id of the arm it is about",
    "outcome": "Id of the outcome it is about",
    "field": "The field the finding points at",
    "printed": "What is printed, field by field",
    "expected": "What would fit in its place; empty where the rule cannot say",
    "explanations": "What would make the print consistent: other denominators, swapped digits, cut-off decimals, ...",
    "changes_conclusion": "Whether the contradiction turns a conclusion round",
    "records": "Ids of the records that contradict each other; the first is where the finding stands",
    "fingerprint": "The same in every run over the same print; waivers name it",
    "status": "open; waived: accepted with a reason; fixed: corrected since",
    "decided_by": "Who decided; empty while open",
    "reason": "Why it was decided so; empty while open",
}
"""Every key of a finding, described. The keys are those of the dataclass."""

SUMMARY: dict[str, str] = {
    "records": "Records checked, of all kinds",
    "printed_numbers": "Printed cells in them",
    "checked": "Times a rule was asked of something: consistent + cannot_tell + contradicts",
    "consistent": "Times some set of true values rounds to everything printed",
    "cannot_tell": "Times a number was missing, unreadable or too coarse to decide",
    "contradicts": "Times no set of true values rounds to everything printed",
    "crashed": "Times a rule stopped; each is a finding of its own",
    "repeated": "Contradictions that several extractors share: counted for each, listed once",
    "findings": "Open findings by severity",
    "waived": "Findings accepted with a reason",
    "settings": "Limits that are judgement and that the review sets itself, by name",
}
"""Every key of the summary, described."""

STALE_WAIVER: dict[str, str] = {
    "fingerprint": "The finding that was waived",
    "rule": "Its rule",
    "who": "Who waived it",
    "at": "When",
    "reason": "Why",
    "message": "The finding as it read then",
}
"""Every key of a waiver whose finding is gone, described."""


DOCUMENT: dict[str, str] = {
    "source": "Id that findings name the document by",
    "file": "Name of the file",
    "title": "Title of the document; not there where it could not be read",
    "doi": "DOI, where the document gives one",
    "problems": "What could not be read, in sentences",
    "statements": "The statistics that were read",
    "unread": "What looks like a statistic and could not be read",
}
"""Every key of a scanned document, described."""

STATEMENT: dict[str, str] = {
    "record": "Id that findings name the statistic by",
    "kind": "Kind of record",
    "page": "Page",
    "section": "Section of the text, or the table",
    "row": "Row of the table, as printed",
    "column": "Column of the table, as printed",
    "text": "The characters that were read",
    "joined": "Whether numbers from several places were brought together",
    "fields": "The fields of the record, as printed",
}
"""Every key of a statistic that was read, described."""

UNREAD: dict[str, str] = {
    "page": STATEMENT["page"],
    "section": STATEMENT["section"],
    "text": "The characters",
    "why": "Why they could not be read",
}


def findings_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of findings.json."""
    stale = {name: {"type": "string", "description": meaning} for name, meaning in STALE_WAIVER.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "findings.json",
        "description": "What a check of a review found. Made by curation check --format json.",
        **_object(
            {
                "schema_version": {"const": SCHEMA_VERSION, "description": "Version of this contract"},
                "review": {"type": "string", "description": "Name of the review, or of what was checked"},
                "summary": {"description": "How much was looked at, and what came of it", **_object(_summary())},
                "findings": {
                    "type": "array",
                    "description": "By source, gravest first within each",
                    "items": finding_schema(),
                },
                "stale_waivers": {
                    "type": "array",
                    "description": "Waivers whose finding is gone",
                    "items": _object(stale),
                },
                "documents": {
                    "type": "array",
                    "description": "The documents of a scan (curation scan --format json)",
                    "items": _document(),
                },
            },
            optional=("stale_waivers", "documents"),
        ),
    }


def finding_schema() -> dict[str, Any]:
    """JSON Schema of one finding. Raises KeyError for a key that is not described above."""
    types = get_type_hints(Finding)
    return _object(
        {
            each.name: {**_TYPES[types[each.name]], "description": FINDING[each.name], **_NARROWED.get(each.name, {})}
            for each in fields(Finding)
        }
    )


def _document() -> dict[str, Any]:
    """JSON Schema of one scanned document."""
    text = {"type": "string"}
    place = ("page", "section", "row", "column")
    statement: dict[str, Any] = {name: {**text, "description": meaning} for name, meaning in STATEMENT.items()}
    statement["joined"] = {"type": "boolean", "description": STATEMENT["joined"]}
    fields_ = {"type": "object", "additionalProperties": text}
    statement["fields"] = {**fields_, "description": STATEMENT["fields"]}
    unread = {name: {**text, "description": meaning} for name, meaning in UNREAD.items()}
    items = {"problems": text, "statements": _object(statement, place), "unread": _object(unread, place)}
    lists = {name: {"type": "array", "items": each, "description": DOCUMENT[name]} for name, each in items.items()}
    about: dict[str, Any] = {name: {**text, "description": meaning} for name, meaning in DOCUMENT.items()}
    return _object(about | lists, ("title", "doi", "statements", "unread"))


def _summary() -> dict[str, Any]:
    count = {"type": "integer", "minimum": 0}
    made: dict[str, Any] = {name: {**count, "description": meaning} for name, meaning in SUMMARY.items()}
    numbers = {"type": "object", "additionalProperties": {"type": "number"}}
    return made | {
        "findings": {"description": SUMMARY["findings"], **_object(dict.fromkeys(ORDER, count))},
        "settings": {"description": SUMMARY["settings"], **numbers},
    }


def _object(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }
