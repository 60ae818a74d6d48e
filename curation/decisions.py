"""Waivers meet findings: a finding someone has accepted is waived, a waiver without a finding is stale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from curation.engine.run import Checked
from store.findings import Waiver


def decide(checked: Checked, waivers: Iterable[Waiver]) -> tuple[Checked, list[Waiver]]:
    """The same check with waived findings marked, and the waivers whose finding is gone."""
    by_fingerprint = {each.fingerprint: each for each in waivers if each.withdrawn_at is None}
    findings = [
        replace(one, status="waived", decided_by=waiver.who, reason=waiver.reason)
        if (waiver := by_fingerprint.get(one.fingerprint))
        else one
        for one in checked.findings
    ]
    present = {one.fingerprint for one in findings}
    stale = [each for each in by_fingerprint.values() if each.fingerprint not in present]
    return replace(checked, findings=findings), stale
