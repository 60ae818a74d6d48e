"""A clean dataset of real shape: an analysis for every measure, and some for every other method; with appraisals."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pyarrow as pa

from schemas.arrow import to_table
from schemas.dataset import ANALYSES, ANALYSIS_TABLES, resource
from schemas.measures import MEASURES
from schemas.registry import KINDS
from store.export import cells
from store.export.sheets import arrow_schema
from store.export.tidy import sheet

Rows = list[dict[str, Any]]

# Colditz 1994 (BCG vaccine against tuberculosis), doi:10.1001/jama.1994.03510330076038: cases and others, vaccinated
# and not. Pooled log risk ratio by REML -0.7145 with tau2 0.3132 (metafor, example of rma).
BCG = [(4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
       (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
       (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825)]  # fmt: skip
NUMBERS: dict[str, Rows] = {
    "single_counts": [{"xi": x, "ni": n} for x, n in ((22, 52), (0, 24), (7, 19), (31, 31), (12, 40))],
    "two_group_counts": [{"ai": a, "bi": b, "ci": c, "di": d, "n1i": a + b, "n2i": c + d} for a, b, c, d in [*BCG, (0, 20, 4, 16)]],
    "single_rates": [{"xi": x, "ti": t} for x, t in ((12, 843.5), (0, 120.25), (40, 2100.0))],
    "two_group_rates": [{"x1i": a, "t1i": s, "x2i": b, "t2i": t} for a, s, b, t in ((12, 843.5, 20, 790.0), (0, 99.5, 3, 101.0), (30, 1500.0, 28, 1450.5))],
    "single_means": [{"mi": m, "sdi": s, "ni": n} for m, s, n in ((58.5, 9.1, 52), (61.0, 8.0, 30), (55.2, 11.3, 87))],
    "two_group_means": [{"m1i": a, "sd1i": s, "n1i": m, "m2i": b, "sd2i": t, "n2i": n} for a, s, m, b, t, n in
                        ((155.0, 47, 55, 75.0, 64, 75), (31, 27, 31, 29, 64, 29), (118, 71, 75, 137, 66, 119), (60, 20, 8, 52, 20, 11))],
    "correlations": [{"ri": r, "ni": n} for r, n in ((0.42, 52), (-0.1, 33), (0.65, 108))],
    "effects": [{"yi": y, "sei": s, "vi": s * s} for y, s in ((-0.4155, 0.1222), (-0.1, 0.2), (0.05, 0.15))],
}  # fmt: skip
OTHER_METHODS = [
    ("rr-mh", "two_group_counts", "RR", "MH", "z"), ("or-mh", "two_group_counts", "OR", "MH", "z"),
    ("rd-mh", "two_group_counts", "RD", "MH", "z"), ("or-peto", "two_group_counts", "OR", "PETO", "z"),
    ("irr-mh", "two_group_rates", "IRR", "MH", "z"), ("plo-glmm", "single_counts", "PLO", "GLMM", "z"),
    ("md-knha", "two_group_means", "MD", "PM", "knha"), ("rr-adhoc", "two_group_counts", "RR", "DL", "adhoc"),
    ("or-t", "two_group_counts", "OR", "EB", "t"), ("smd-ce", "two_group_means", "SMD", "CE", "z"),
    ("rr-sj", "two_group_counts", "RR", "SJ", "z"), ("rr-he", "two_group_counts", "RR", "HE", "z"),
    ("rr-hs", "two_group_counts", "RR", "HS", "z"), ("rr-ml", "two_group_counts", "RR", "ML", "z"),
]  # fmt: skip


def analyses() -> Rows:
    """Every measure by REML; other methods; one study alone; one that no method can pool."""
    found = [_analysis(name.lower(), each.table, name, "REML", "z") for name, each in MEASURES.items()]
    found += [_analysis(*each) for each in OTHER_METHODS]
    found += [_analysis("alone", "single_counts", "PLO", "REML", "knha") | {"studies": 1}]
    return [*found, _analysis("mixed-up", "single_counts", "PLO", "MH", "z")]


def _analysis(name: str, table: str, measure: str, method: str, test: str) -> dict[str, Any]:
    about = {"title": f"Analysis {name}", "effect": MEASURES[measure].label, "scale": MEASURES[measure].scale}
    given = {"analysis": name, "table": table, "measure": measure, "method": method, "test": test, "level": 95.0}
    return about | given | {"outcome": "cr", "studies": len(NUMBERS[table])}


def studies_of(analysis: dict[str, Any]) -> Rows:
    rows = NUMBERS[analysis["table"]][: analysis["studies"]]
    two = "two_group" in analysis["table"] or analysis["table"] == "effects"
    return [
        {"analysis": analysis["analysis"], "study": f"s{n}", "label": label(n), "year": f"{2000 + n}", "arm": "a",
         "comparator": "b" if two else None, "records": f"r{n}"} | row
        for n, row in enumerate(rows, 1)
    ]  # fmt: skip


def label(n: int) -> str:
    """Names with all that CSV has to carry: a comma, quotes, a letter beyond ASCII, a formula."""
    return {1: 'Kröger, "A" 2001', 2: "=SUM(A1)", 3: "NA"}.get(n, f"Study {n}")


def dataset(chosen: Rows | None = None, appraisals: Rows = ()) -> dict[str, pa.Table]:  # type: ignore[assignment]
    rows = analyses() if chosen is None else chosen
    tables = {"analyses": _table(ANALYSES, rows)}
    for name, each in ANALYSIS_TABLES.items():
        own = [study for row in rows if row["table"] == name for study in studies_of(row)]
        if own:
            tables[resource(name)] = _table(each.columns, own)
    return tables | entities(appraisals)


def _table(columns, rows: Rows) -> pa.Table:
    schema = arrow_schema(tuple(columns))
    return pa.table({each.name: [row.get(each.name) for row in rows] for each in columns}, schema=schema)


def entities(appraisals: Rows = ()) -> dict[str, pa.Table]:  # type: ignore[assignment]
    given: dict[str, Rows] = {
        "source": [{"source": "r1", "title": "A review", "type": "systematic_review"}, {"source": "r2", "title": "Another", "type": "systematic_review"}],
        "study": [{"study": f"s{n}", "label": label(n), "year": f"{2000 + n}", "design": "randomised" if n % 2 else "unknown"} for n in range(1, 15)],
        "arm": [{"study": f"s{n}", "arm": arm, "label": {"a": "Lenalidomide", "b": "Placebo"}[arm]} for n in range(1, 15) for arm in "ab"],
        "outcome": [{"outcome": "cr", "label": "Complete remission"}, {"outcome": "os", "label": "Survival"}],
        "appraisal": [{"record": f"a{n:02}", "source": "r1"} | row for n, row in enumerate(appraisals)],
    }  # fmt: skip
    return {
        kind: sheet(KINDS[kind], to_table(KINDS[kind], [KINDS[kind](**row) for row in rows])).table
        for kind, rows in given.items()
    }


def write(folder: Path, tables: dict[str, pa.Table], files: dict[str, bytes]) -> Path:
    """The folder as an export leaves it: tables as CSV, and the adapters' files beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        (folder / f"{name}.csv").write_bytes(cells.csv_bytes(cells.guarded(table)))
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def rows_of(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def left_out(content: bytes) -> dict[str, str]:
    """What a file of reasons names, and why."""
    return {row["name"]: row["reason"] for row in rows_of(content)}
