"""SARIF 2.1.0: findings for tools that show the results of checkers (editors, code hosts, CI)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import curation
from curation.engine.findings import Finding
from curation.engine.rule import Rule
from curation.engine.run import Checked

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif_document(checked: Checked, rules: Sequence[Rule], files: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The findings as a SARIF log of one run. Places are logical: source, table, row and column.

    ``files`` names the file of each source, where what was checked are documents.
    """
    index = {each.id: number for number, each in enumerate(rules)}
    driver = {"name": "curation", "version": curation.__version__, "rules": [_rule(each) for each in rules]}
    run = {
        "tool": {"driver": driver},
        "results": [_result(one, index, files or {}) for one in checked.findings],
        "properties": {"summary": checked.summary()},
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(each: Rule) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "shortDescription": {"text": f"{each.title}."},
        "help": {"text": f"Look at {each.look}." if each.look else f"{each.title}."},
        "defaultConfiguration": {"level": each.severity},
        "properties": {"family": each.family, "source": each.source},
    }


def _result(one: Finding, index: dict[str, int], files: Mapping[str, str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": one.rule,
        "level": one.severity,
        "message": {"text": " ".join([one.message, *(f"Perhaps: {each}." for each in one.explanations)])},
        "locations": [_physical(one, files) | {"logicalLocations": [_location(one)]}],
        "partialFingerprints": {"curation/v1": one.fingerprint},
        "properties": {
            "field": one.field,
            "printed": one.printed,
            "expected": one.expected,
            "changesConclusion": one.changes_conclusion,
        },
    }
    if one.rule in index:
        result["ruleIndex"] = index[one.rule]
    if one.status == "waived":
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": f"{one.decided_by}: {one.reason}"}
        ]
    return result


def _physical(one: Finding, files: Mapping[str, str]) -> dict[str, Any]:
    if one.source not in files:
        return {}
    return {"physicalLocation": {"artifactLocation": {"uri": quote(files[one.source])}}}


def _location(one: Finding) -> dict[str, str]:
    steps = [step for step in (one.source, one.place, one.row, one.column) if step]
    return {
        "name": steps[-1] if steps else one.rule,
        "fullyQualifiedName": " / ".join(steps) or one.rule,
        "kind": "member",
    }
