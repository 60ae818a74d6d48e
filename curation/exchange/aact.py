"""Flat files of AACT, the database of all of ClinicalTrials.gov: a folder or zip of pipe-delimited tables.

A folder may hold many thousand studies. A file nct_ids.txt beside the tables says which to read, one number a line;
without it all are read, where they are no more than 200.
"""

from __future__ import annotations

from pathlib import Path

from curation.exchange.aact_results import study_of
from curation.exchange.aact_tables import folder_of, holds_tables, tables_of, wanted_in
from curation.exchange.ctgov import add_record
from curation.exchange.ctgov_parts import place_of
from curation.exchange.imported import Format, Imported
from curation.intake.archive import BROKEN
from curation.intake.problems import Problems

NAME = "aact"


def read(path: Path, numbers: list[str] | None = None) -> Imported:
    """Read some studies, by default those named beside the tables. Raises Refused where a table cannot be read."""
    imported = Imported(path.name, NAME)
    try:
        with folder_of(path) as folder:
            wanted = [each.upper() for each in numbers] if numbers else wanted_in(folder, path.name)
            found = tables_of(folder, wanted, path.name)
    except BROKEN as error:
        problems = Problems()
        problems.add(
            path.name, None, None, f"a file that cannot be read ({error})", "a folder or zip with the tables of AACT"
        )
        problems.refuse()
        raise
    for number, tables in found.items():
        if "studies" not in tables:
            imported.left(place_of((number,)), number, "the table of studies does not have it")
            continue
        add_record(imported, study_of(number, tables))
        _other_scopes(imported, number, tables.get("outcome_counts", []), tables.get("baseline_counts", []))
    return imported


def _other_scopes(imported: Imported, number: str, *counted: list[dict[str, str]]) -> None:
    """Numbers analysed of a part of a measure; the tables do not say of which part."""
    for rows in counted:
        for row in rows:
            if row.get("scope", "overall").lower() not in {"measure", "overall"}:
                imported.left(
                    f"{number}, counts",
                    row.get("count", ""),
                    "the table does not say which rows of the measure it is of",
                )


def recognises(path: Path, start: bytes) -> bool:
    """Whether the folder or zip holds the tables of AACT."""
    return (path.is_dir() or start.startswith(b"PK")) and holds_tables(path)


FORMAT = Format(NAME, "flat files of AACT (ClinicalTrials.gov)", (".zip",), recognises, read)
