"""The account of every record, and the waivers that go along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from schemas.dataset import Column
from store.export.analyses import Analyses
from store.export.decide import Decision
from store.export.sheets import Sheet, arrow_schema
from store.findings import Waiver

YES_NO = ("yes", "no")

_ACCOUNT = (
    Column("kind", "Kind of the record", example="count", required=True),
    Column("record", "Id of the record", example="zhong-t2-cr", required=True),
    Column("extractor", "Who extracted it, where the review has several extractors", example="AB"),
    Column("source", "Id of the document it is printed in", example="zhong-2021"),
    Column("study", "Id of the study it is about", example="coman-2013"),
    Column("place", "Page, section, row and column", example="Table 2, CR, Overall rate"),
    Column("exported", "Whether the record is in the clean dataset", example="yes", required=True, codes=YES_NO),
    Column("extraction", "Whether it goes out because several extractors agree, or as the extraction of one",
           example="consensus", codes=("consensus", "single")),
    Column("reason", "Why it is held back, or that it goes out with an accepted finding", example="total is not given"),
    Column("rules", "Rules of the findings behind the decision, separated by spaces", example="COUNT-001"),
    Column("fingerprints", "Fingerprints of these findings, separated by spaces", example="0f3a5c7788aa91d2"),
    Column("analyses", "Ids of the analyses it feeds, separated by spaces", example="cr cr.experimental"),
    Column("not_pooled", "Why an exported record feeds no analysis", example="medians are not pooled"),
)  # fmt: skip
_WAIVERS = (
    Column("fingerprint", "Fingerprint of the accepted finding", example="0f3a5c7788aa91d2", required=True),
    Column("rule", "Rule that made the finding", example="COUNT-001", required=True),
    Column("severity", "How grave the finding is", example="error", codes=("error", "warning", "note")),
    Column("kind", "Kind of the record it points at", example="count", required=True),
    Column("record", "Id of the record it points at", example="zhong-t2-cr", required=True),
    Column("exported", "Whether that record is in the clean dataset", example="yes", required=True, codes=YES_NO),
    Column("message", "What the finding says", example="more participants had the event than there were"),
    Column("reason", "Why it was accepted", example="the authors confirmed the number by e-mail"),
    Column("decided_by", "Who accepted it", example="AB"),
    Column("decided_at", "When it was accepted", example="2026-11-02T09:30:00+00:00"),
)


def account_sheet(decisions: Iterable[Decision], found: Analyses) -> Sheet:
    """One row per record that came in: exported or held back, and why; and which analyses it feeds, or why none."""
    ordered = sorted(decisions, key=lambda one: (one.kind, one.record, one.extractor))
    meaning = "Every record of the review: whether it is in the clean dataset, and if not, why."
    return _sheet("account", "account of every record", meaning, _ACCOUNT, [_accounted(one, found) for one in ordered])


def waivers_sheet(decisions: Iterable[Decision], accepted: Mapping[str, list[Any]], waivers: Sequence[Waiver]) -> Sheet:
    """One row per accepted finding and record it points at."""
    in_force = {each.fingerprint: each for each in waivers if each.withdrawn_at is None}
    rows = {
        (str(one["fingerprint"]), decision.kind, decision.record): _waived(
            one, decision, in_force.get(one["fingerprint"])
        )
        for decision in sorted(decisions, key=lambda each: each.exported)
        for one in accepted.get(decision.record, ())
    }
    meaning = "Findings that somebody has accepted, with the reason, and the records they point at."
    return _sheet("waivers", "accepted findings", meaning, _WAIVERS, [rows[key] for key in sorted(rows)])


def _accounted(one: Decision, found: Analyses) -> dict[str, str]:
    why = "; ".join(dict.fromkeys(reason.particular for reason in one.reasons))
    if one.exported and one.findings:
        why = "exported with an accepted finding, see waivers.csv"
    return {
        "kind": one.kind,
        "record": one.record,
        "extractor": one.extractor,
        "source": one.source,
        "study": one.study,
        "place": one.place,
        "exported": _yes_no(one),
        "extraction": "" if not one.exported else "consensus" if one.consensus else "single",
        "reason": why,
        "rules": " ".join(dict.fromkeys(str(each["rule"]) for each in one.findings)),
        "fingerprints": " ".join(str(each["fingerprint"]) for each in one.findings),
        "analyses": " ".join(found.used.get((one.kind, one.record), ())) if one.exported else "",
        "not_pooled": found.unused.get((one.kind, one.record), "") if one.exported else "",
    }


def _waived(one: Mapping[str, Any], decision: Decision, waiver: Waiver | None) -> dict[str, str]:
    return {
        "fingerprint": str(one["fingerprint"]),
        "rule": str(one["rule"]),
        "severity": str(one["severity"]),
        "kind": decision.kind,
        "record": decision.record,
        "exported": _yes_no(decision),
        "message": str(one.get("message", "")),
        "reason": str(one.get("reason") or (waiver.reason if waiver else "")),
        "decided_by": str(one.get("decided_by") or (waiver.who if waiver else "")),
        "decided_at": waiver.at.isoformat() if waiver else "",
    }


def _yes_no(one: Decision) -> str:
    return "yes" if one.exported else "no"


def _sheet(name: str, title: str, meaning: str, columns: tuple[Column, ...], rows: list[dict[str, str]]) -> Sheet:
    cells = {each.name: pa.array([row[each.name] or None for row in rows], pa.string()) for each in columns}
    return Sheet(name, title, meaning, columns, pa.table(cells, schema=arrow_schema(columns)))
