"""Small reviews to export, and readers of what was written."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from schemas.arrow import to_table
from schemas.registry import KINDS
from store.export import export

SQL_TYPES = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE"}

ENTITIES = {
    "source": [{"source": "s", "title": "=Title", "type": "article", "doi": "10.1/x(2)", "licence": "CC BY"}],
    "study": [{"study": "a", "label": "A"}, {"study": "b", "label": "B"}],
    "arm": [{"study": "a", "arm": "x", "label": "X"}, {"study": "b", "arm": "y", "label": "Y"}],
    "outcome": [{"outcome": "cr", "label": "CR", "rank": "1"}],
}


def tables_of(rows: dict[str, list[dict[str, str]]]) -> dict[str, pa.Table]:
    whole = ENTITIES | {
        kind: [{"source": "s", "record": f"{kind}-{n}"} | row for n, row in enumerate(given)]
        for kind, given in rows.items()
    }
    return {kind: to_table(KINDS[kind], [KINDS[kind](**row) for row in given]) for kind, given in whole.items()}


def finding(record: str, severity: str = "error", status: str = "open", mark: str = "f1") -> dict[str, object]:
    return {"rule": "COUNT-001", "name": "events_within_total", "severity": severity, "message": "more events than people",
            "records": [record], "fingerprint": mark, "status": status, "decided_by": "AB", "reason": "as printed"}  # fmt: skip


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def account(folder: Path) -> dict[str, dict[str, str]]:
    return {row["record"]: row for row in rows_of(folder / "account.csv")}


def descriptor(folder: Path) -> dict:
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


def exported(tmp_path: Path, rows, findings=(), **more) -> Path:
    export(tables_of(rows), findings, tmp_path / "out", review="R", **more)
    return tmp_path / "out"


def check_twins(folder: Path) -> None:
    """Every CSV file, read by its declared types, equals its Parquet twin."""
    for each in descriptor(folder)["resources"]:
        twin = pq.read_table(folder / each["parquet"]["path"])
        assert len(twin) == each["rows"]
        assert twin.column_names == [field["name"] for field in each["schema"]["fields"]]
        convert = pacsv.ConvertOptions(
            column_types=twin.schema, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""]
        )
        parse = pacsv.ParseOptions(newlines_in_values=True)
        assert pacsv.read_csv(folder / each["path"], convert_options=convert, parse_options=parse).equals(twin)


def check_files(folder: Path) -> None:
    """Read every CSV by its declared schema, and compare it with its Parquet twin, keys and references included."""
    resources = {each["name"]: each for each in descriptor(folder)["resources"]}
    assert {each.name for each in folder.iterdir()} == {
        f"{name}.{end}" for name in resources for end in ("csv", "parquet")
    } | {"README.txt", "datapackage.json"}
    with duckdb.connect() as connection:
        for name, each in resources.items():
            types = {field["name"]: SQL_TYPES[field["type"]] for field in each["schema"]["fields"]}
            as_csv = connection.read_csv(str(folder / each["path"]), dtype=types, header=True, quotechar='"', escapechar='"', sep=",", allow_quoted_nulls=False, na_values="")  # fmt: skip
            as_csv.create(f"{name}_csv")
            connection.read_parquet(str(folder / each["parquet"]["path"])).create(name)
            assert [row[:2] for row in connection.execute(f'DESCRIBE "{name}"').fetchall()] == list(types.items())
            assert rows(connection, f'FROM "{name}" EXCEPT ALL FROM "{name}_csv"') == []
            assert rows(connection, f'SELECT count(*) FROM "{name}"') == rows(connection, f'SELECT count(*) FROM "{name}_csv"') == [(each["rows"],)]  # fmt: skip
            if key := ", ".join(f'"{column}"' for column in each["schema"].get("primaryKey", [])):
                assert rows(connection, f'SELECT {key} FROM "{name}" GROUP BY ALL HAVING count(*) > 1') == []
        for name, each in resources.items():
            for key in each["schema"].get("foreignKeys", []):
                (column,), (other,), there = (
                    key["fields"],
                    key["reference"]["fields"],
                    key["reference"]["resource"] or name,
                )
                assert (
                    rows(connection, f'FROM "{name}" WHERE "{column}" NOT IN (SELECT "{other}" FROM "{there}")') == []
                )


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return connection.execute(query).fetchall()
