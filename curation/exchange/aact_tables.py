"""The tables of AACT that speak of results, read through DuckDB: pipe-delimited text, one file per table."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from curation.intake.archive import BROKEN
from curation.intake.problems import Problems, Refused
from store.locked import locked

Row = dict[str, str]
Tables = Mapping[str, list[Row]]
"""Rows of one study by table, in the order of their ids; blank cells are left out."""

TABLES = (
    "studies", "designs", "design_groups", "design_outcomes", "participant_flows", "result_groups", "milestones", "drop_withdrawals",
    "baseline_counts", "baseline_measurements", "outcomes", "outcome_counts", "outcome_measurements", "outcome_analyses",
    "outcome_analysis_groups", "reported_event_totals", "reported_events",
)  # fmt: skip
WANTED = "nct_ids.txt"
"""A file beside the tables that names the studies to read, one a line."""
MOST = 200
"""Studies that are read where nothing says which."""
_SUFFIXES = (".txt", ".psv", ".csv")
_NUMBER = re.compile(r"NCT[0-9]{8}", re.IGNORECASE)


def holds_tables(path: Path) -> bool:
    """Whether a folder or zip has the tables of AACT."""
    if path.is_dir():
        names = {each.name for each in path.iterdir()}
    elif path.suffix.lower() == ".zip":
        try:
            with zipfile.ZipFile(path) as archive:
                names = {Path(name).name for name in archive.namelist()}
        except BROKEN:
            return False
    else:
        return False
    return any({f"studies{suffix}", f"result_groups{suffix}"} <= names for suffix in _SUFFIXES)


@contextmanager
def folder_of(path: Path) -> Iterator[Path]:
    """The folder with the tables; a zip is unpacked for as long as it is read, no more of it than needed."""
    if path.is_dir():
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="aact-") as folder, zipfile.ZipFile(path) as archive:
        for each in archive.infolist():
            name = Path(each.filename).name
            if name == WANTED or Path(name).stem in TABLES:
                with archive.open(each) as packed, (Path(folder) / name).open("wb") as plain:
                    while block := packed.read(1 << 20):
                        plain.write(block)
        yield Path(folder)


def wanted_in(folder: Path, label: str) -> list[str]:
    """The studies to read: those named beside the tables, or all where they are few. Raises Refused otherwise."""
    listed = folder / WANTED
    if listed.is_file():
        return [each.upper() for each in _NUMBER.findall(listed.read_text(encoding="utf-8-sig"))]
    with duckdb.connect(":memory:", config=locked(files=True)) as connection:
        found = [number for (number,) in _rows(connection, folder, "studies", "DISTINCT nct_id", label)]
    if len(found) > MOST:
        problems = Problems()
        problems.add(
            label,
            None,
            None,
            f"{len(found):,} studies",
            f"a file {WANTED} beside the tables with the registry numbers to read, one a line",
        )
        problems.refuse()
    return sorted(found)


def tables_of(folder: Path, numbers: Collection[str], label: str) -> dict[str, Tables]:
    """The rows of some studies, by study and table."""
    found: dict[str, dict[str, list[Row]]] = {each: defaultdict(list) for each in numbers}
    with duckdb.connect(":memory:", config=locked(files=True)) as connection:
        connection.execute("CREATE TABLE wanted AS SELECT unnest(?) AS nct_id", [list(numbers)])
        for table in TABLES:
            for row in _rows(connection, folder, table, "*", label):
                found[row["nct_id"]][table].append(row)
    return dict(found)


def _rows(connection: duckdb.DuckDBPyConnection, folder: Path, table: str, columns: str, label: str) -> list:  # type: ignore[type-arg]  # tuples or rows
    path = next((folder / f"{table}{suffix}" for suffix in _SUFFIXES if (folder / f"{table}{suffix}").is_file()), None)
    if path is None:
        return []
    source = "read_csv(?, delim='|', header=true, all_varchar=true, quote='\"', escape='\"', max_line_size=2097152)"
    try:
        if columns != "*":
            return connection.execute(f"SELECT {columns} FROM {source}", [str(path)]).fetchall()
        names = [each[0] for each in connection.execute(f"DESCRIBE SELECT * FROM {source}", [str(path)]).fetchall()]
        order = "TRY_CAST(id AS BIGINT)" if "id" in names else "1"
        query = f"SELECT t.* FROM {source} t JOIN wanted USING (nct_id) ORDER BY {order}"
        rows = connection.execute(query, [str(path)])
        kept = [each[0] for each in rows.description]
        return [_filled(kept, row) for row in rows.fetchall()]
    except duckdb.Error as error:
        problems = Problems()
        problems.add(
            f"{label}, {path.name}",
            None,
            None,
            f"a table that cannot be read ({str(error).splitlines()[0]})",
            "a pipe-delimited table of AACT with a header and a column nct_id",
        )
        raise Refused(problems.kept, problems.total) from None


def _filled(names: list[str], row: tuple[str | None, ...]) -> Row:
    return {name: cell.strip() for name, cell in zip(names, row, strict=True) if cell and cell.strip()}
