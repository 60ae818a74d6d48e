"""A small review for the report tests: a table with a contradiction, an unclear cell, prose, and hostile text."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pyarrow as pa

from curation.engine.findings import Finding
from curation.engine.registry import rules, select
from curation.engine.rule import Rule
from curation.engine.run import Checked, check
from schemas.arrow import to_table
from schemas.identity import record_ids
from schemas.registry import KINDS, RECORDS

HOSTILE = "<script>alert('x')</script><img src=http://example.org/x.png onerror=alert(1)>"

ROWS: dict[str, list[dict[str, str]]] = {
    "source": [
        dict(source="zhong-2021", title="Lenalidomide after transplantation & more", type="systematic_review"),
        dict(source="weber-2007", title="Lenalidomide plus dexamethasone", type="article"),
    ],
    "study": [dict(study="coman-2013", label="Coman 2013"), dict(study="weber-2007", label="Weber 2007")],
    "arm": [
        dict(study="coman-2013", arm="all", label="All patients"),
        dict(study="weber-2007", arm="len", label=HOSTILE),
    ],
    "outcome": [
        dict(outcome="cr", label="Complete response", family="response", family_kind="exclusive", rank="1"),
        dict(outcome="pr", label="Partial response", family="response", family_kind="exclusive", rank="2"),
        dict(outcome="vte", label="Venous thromboembolism"),
    ],
    "count": [
        dict(source="zhong-2021", study="coman-2013", arm="all", outcome="cr", section="Table 1", row="Coman", column="CR", events="36", total="30"),
        dict(source="zhong-2021", study="coman-2013", arm="all", outcome="pr", section="Table 1", row="Coman", column="PR", events="6|9?", total="30", total_from="header", note="a smudge"),
        dict(source="zhong-2021", study="weber-2007", arm="len", outcome="cr", section="Table 1", row="Weber", column="CR", events="22", total="52", percent="44.3%"),
        dict(source="weber-2007", study="weber-2007", arm="len", outcome="vte", section="Results", quote=HOSTILE, note=HOSTILE, events="5", total="52", percent="9.6%"),
    ],
    "pooled": [
        dict(source="zhong-2021", outcome="cr", section="Table 2", row="CR", column="Overall rate", measure="proportion", estimate="0.390", lower="0.303", upper="0.480", p_heterogeneity="0.169"),
        dict(source="zhong-2021", outcome="pr", section="Table 2", row=HOSTILE, column="Overall rate", measure="proportion", estimate="0.202", lower="-0.092", upper="0.343"),
        dict(source="zhong-2021", outcome="cr", section="Discussion", measure="proportion", estimate="46.6%"),
    ],
    "mean": [
        dict(source="zhong-2021", study="coman-2013", arm="all", section="Table 1", row="Coman", column="Age", mean="50.0", unit="years"),
    ],
}  # fmt: skip


def asked() -> tuple[Rule, ...]:
    return select(rules(), ["COUNT-001", "COUNT-002", "SUM-001", "SOURCE-001"])


@cache
def tables() -> dict[str, pa.Table]:
    made = {}
    for kind, rows in ROWS.items():
        model = KINDS[kind]
        ids = record_ids(RECORDS[kind], rows) if kind in RECORDS else []
        whole = [row | {"record": one} for row, one in zip(rows, ids, strict=True)] if ids else rows
        made[kind] = to_table(model, [model(**row) for row in whole])
    return made


@cache
def checked() -> Checked:
    """The check, with the finding of COUNT-001 waived and a hostile one added."""
    found = check(tables(), asked())
    decided = dict(status="waived", decided_by="ada", reason="the registry confirms 36 of 40")
    findings = [replace(one, **decided) if one.rule == "COUNT-001" else one for one in found.findings]
    hostile = Finding(
        rule="COUNT-002", name="percent_of_total", severity="warning", message=HOSTILE, source="weber-2007",
        place=HOSTILE, printed=HOSTILE, expected=HOSTILE, explanations=(HOSTILE,), changes_conclusion=True,
        records=(tables()["count"].column("record")[3].as_py(),), fingerprint="00112233445566aa",
    )  # fmt: skip
    return replace(found, findings=[*findings, hostile])


def many(number: int) -> Checked:
    """A check with this many findings, every tenth an error, the others notes."""
    findings = [
        Finding(
            rule="COUNT-001", name="events_within_total", severity="note" if at % 10 else "error", source=f"source-{at % 7}",
            message=f"source-{at % 7}, Table 1, row {at}: there are more events than participants. Printed: events {at}.",
            place="Table 1", row=str(at), fingerprint=f"{at:016x}",
        )
        for at in range(number)
    ]  # fmt: skip
    return Checked(records=number, printed_numbers=number, findings=findings)
