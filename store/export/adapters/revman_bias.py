"""risk-of-bias.csv of RevMan Web: a row per study, two columns per domain."""

from __future__ import annotations

from store.export.adapters.appraisals import sorted_out
from store.export.adapters.common import LeftOut, Row, Tables, csv, labels, rows_of
from store.export.adapters.revman_layout import JUDGEMENTS

OVERALL = "Overall bias"
"""The domain of an overall judgement."""


def risk_of_bias(tables: Tables) -> tuple[bytes, list[LeftOut]]:
    """The file, and the records that are not in it: other tools, no judgement, a second judgement of the same."""
    taken, without = sorted_out(tables, JUDGEMENTS, "RevMan")
    outcomes = {row["outcome"]: row["label"] for row in rows_of(tables, "outcome")}
    names = labels(tables)
    lines: dict[str, Row] = {}
    domains: dict[str, None] = {}
    for row in taken:
        domain = _domain(row, outcomes)
        line = lines.setdefault(row["study"], {"Study": names.get(row["study"], row["study"])})
        if f"Domain (judgement): {domain}" in line:
            why = f"another record already judges {domain!r} of this study"
            without.append(LeftOut("appraisal", row["record"], why, row["study"]))
            continue
        domains[domain] = None
        line |= {f"Domain (judgement): {domain}": row["word"], f"Domain (support): {domain}": row["support"]}
    columns = [f"Domain ({part}): {domain}" for domain in domains for part in ("judgement", "support")]
    types = dict.fromkeys(["Study", *columns], "string")
    return csv(types, sorted(lines.values(), key=lambda line: line["Study"]), mark=True), without


def _domain(row: Row, outcomes: dict[str, str]) -> str:
    """The domain, with the outcome it was judged for."""
    domain = row["domain"] or OVERALL
    return f"{domain}: {outcomes.get(row['outcome'], row['outcome'])}" if row["outcome"] else domain
