"""One check in the shape that is wanted: text, JSON, SARIF or HTML."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from curation.engine.rule import Rule
from curation.engine.run import Checked
from curation.report.findings_json import findings_document
from curation.report.sarif import sarif_document
from curation.report.text import full_text

SHAPES = ("text", "json", "sarif", "html")


def rendered(
    shape: str,
    checked: Checked,
    tables: Mapping[str, pa.Table],
    rules: tuple[Rule, ...],
    name: str,
    stale: Sequence[Any],
    asked: Mapping[str, str] | None = None,
) -> str:
    """The report in the wanted shape; ``asked`` are open questions by fingerprint, for the text."""
    if shape == "json":
        return json.dumps(findings_document(checked, name, stale), ensure_ascii=False, indent=2)
    if shape == "sarif":
        return json.dumps(sarif_document(checked, rules), ensure_ascii=False, indent=2)
    if shape == "html":
        from curation.report.html.page import html_page  # noqa: PLC0415 - templates are slow to load, and few ask for them

        return html_page(checked, tables, rules, title=name, stale=stale)
    lines = [full_text(checked, asked=asked)]
    lines += [f"stale waiver {each.fingerprint} ({each.who}: {each.reason}): its finding is gone" for each in stale]
    return "\n".join(lines)
