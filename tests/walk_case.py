"""Table 1 of van-de-donk-2012 as two people read it: the second with five planted slips."""

from __future__ import annotations

import csv
from pathlib import Path

from web_case import PASSWORD, PEOPLE

from curation.web.passwords import hashed
from store.review import Review

CORPUS = Path(__file__).parent.parent / "examples" / "lenalidomide"
SOURCE = "van-de-donk-2012"
COLUMNS = ("study", "arm", "outcome", "analysis_set", "row", "column", "total", "total_from", "percent", "quote")
Rows = list[dict[str, str]]

PLANTED = {
    ("weber-2007", "len-dex", "cr"): {"percent": "11.4%"},
    ("weber-2007", "len-dex", "ge-pr"): {"percent": "61%"},
    ("dimopoulos-2007", "dex", "cr"): {"total": ""},
    ("weber-2007", "dex", "neutropenia-ge3"): {"percent": "46%"},
    ("weber-2007", "len-dex", "infection-ge3"): {"total": "176"},
}
"""Digits exchanged, rounded, missing, a lost point, the total of the other arm."""

LEFT_OUT = ("dimopoulos-2007", "dex", "infection-ge3")
"""And one record that the second person does not have."""


def read(name: str) -> Rows:
    """A file of the corpus, blank cells left out."""
    with (CORPUS / name).open(encoding="utf-8", newline="") as file:
        return [{key: cell for key, cell in row.items() if cell} for row in csv.DictReader(file)]


def first_extraction() -> Rows:
    """The twenty counts of Table 1."""
    return [
        {name: row.get(name, "") for name in COLUMNS}
        for row in read(f"{SOURCE}/count.csv")
        if row.get("section") == "Table 1"
    ]


def second_extraction() -> Rows:
    """The same with what is planted."""
    found = [(row["study"], row["arm"], row["outcome"]) for row in first_extraction()]
    return [
        {**row, **PLANTED.get(key, {})} for key, row in zip(found, first_extraction(), strict=True) if key != LEFT_OUT
    ]


def as_pasted(rows: Rows) -> str:
    """Rows as a spreadsheet puts them on the clipboard, with their heads."""
    return "\n".join("\t".join(line) for line in [COLUMNS, *(tuple(row[name] for name in COLUMNS) for row in rows)])


def make(path: Path) -> Path:
    """A review with the source, its studies, arms and outcomes, and the people."""
    entities = {
        "source": [row for row in read("source.csv") if row["source"] == SOURCE],
        "study": read(f"{SOURCE}/study.csv"),
        "arm": read(f"{SOURCE}/arm.csv"),
        "outcome": [*read("outcome.csv"), *read(f"{SOURCE}/outcome.csv")],
    }
    encoded = hashed(PASSWORD)
    with Review.create(path) as review:
        for kind, rows in entities.items():
            review.add(kind, rows, who="olga", why="set up")
        for name, role in sorted(PEOPLE.items(), key=lambda each: each[1] != "owner"):
            review.set_account(name, role=role, password=encoded, who="olga")
    return path
