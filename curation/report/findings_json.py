"""findings.json: the summary of a check and its findings as plain data, for scripts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from curation.engine.run import Checked
from curation.report.schema import SCHEMA_VERSION, STALE_WAIVER
from store.findings import Waiver
from store.whole_files import write_whole


def findings_document(checked: Checked, review: str, stale: Iterable[Waiver] = ()) -> dict[str, Any]:
    """The document: schema version, name of the review, summary, findings by source and worst first.

    Args:
        checked: what the check found.
        review: name of the review, or of what was checked.
        stale: waivers whose finding is gone; listed under "stale_waivers" when there are any.
    """
    document = {
        "schema_version": SCHEMA_VERSION,
        "review": review,
        "summary": checked.summary(),
        "findings": [one.as_dict() for one in checked.findings],
    }
    gone = [{name: str(getattr(each, name) or "") for name in STALE_WAIVER} for each in stale]
    return document | ({"stale_waivers": sorted(gone, key=lambda one: one["fingerprint"])} if gone else {})


def json_text(document: dict[str, Any]) -> str:
    """The document as text; the same check gives the same bytes."""
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def write_json(checked: Checked, review: str, to: Path | TextIO, stale: Iterable[Waiver] = ()) -> None:
    """Write findings.json to a file, or to an open text stream such as ``sys.stdout``."""
    text = json_text(findings_document(checked, review, stale))
    if isinstance(to, Path):
        write_whole(to, text)
    else:
        to.write(text)
