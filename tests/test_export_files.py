"""The files of the clean dataset: tables, texts that spreadsheets leave alone, descriptor, folder."""

from __future__ import annotations

import hashlib
import io

import frictionless
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from export_cases import SQL_TYPES, check_files, descriptor, exported, finding, rows_of
from hypothesis import given
from hypothesis import strategies as st

from schemas.registry import KINDS
from schemas.spreadsheet_text import unguarded
from store.errors import StoreError
from store.export import export
from store.export.cells import guarded
from store.export.tidy import columns

# what the tables hold


def test_a_printed_number_becomes_value_text_relation_ends_and_unit(tmp_path):
    rows = {
        "survival": [{"median": "2 years", "lower": "12.50", "upper": "not reached", "rate": "69.0%"}],
        "test": [{"p": "<0.001"}],
    }
    folder = exported(tmp_path, rows)
    (row,) = rows_of(folder / "survival.csv")
    assert [row[f"median{part}"] for part in ("", "_printed", "_relation", "_low", "_high", "_unit")] == [
        "2",
        "2 years",
        "",
        "1.5",
        "2.5",
        "years",
    ]
    assert [row[f"lower{part}"] for part in ("", "_printed", "_unit")] == ["12.5", "12.50", "months"]
    assert [row[f"upper{part}"] for part in ("", "_printed", "_low", "_unit")] == ["", "not reached", "", ""]
    (row,) = rows_of(folder / "test.csv")
    assert [row[f"p{part}"] for part in ("", "_relation", "_low", "_high")] == ["0.001", "<", "0", "0.001"]


@pytest.mark.parametrize("kind", KINDS)
def test_column_names_are_unique_and_only_a_unit_gives_way(kind):
    names = [each.name for each in columns(KINDS[kind])]
    assert len(names) == len(set(names))
    texts = {each.name for each in KINDS[kind].fields() if not each.quantity}
    derived = {each.name for each in columns(KINDS[kind]) if each.meaning.endswith(": its unit")}
    assert texts & derived == ({"time_unit"} if kind == "survival" else set())
    assert {each.name for each in KINDS[kind].fields()} <= set(names)


def test_counts_are_integers_in_both_formats(tmp_path):
    folder = exported(tmp_path, {"count": [{"events": "1,623", "total": "9007199254740992"}, {"percent": "1%"}]})
    table = pq.read_table(folder / "count.parquet")
    assert table.schema.field("events").type == pa.int64()
    assert table.column("total").to_pylist() == [9007199254740992, None]
    assert [row["events"] for row in rows_of(folder / "count.csv")] == ["1623", ""]
    assert table.schema.field("events").metadata == {
        b"description": b"Participants who had the event",
        b"unit": b"participants",
    }


FORMULAS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "'=1",
    "''=1",
    "＝1",
    "-",
    "=",
    "-3.4; x",
]


def test_no_cell_can_start_a_formula_and_the_original_can_be_had_back(tmp_path):
    rows = [{"events": "1", "total": "2", "note": text, "record": f"=r{n:02}"} for n, text in enumerate(FORMULAS)]
    folder = exported(tmp_path, {"count": rows})
    for found in (rows_of(folder / "count.csv"), pq.read_table(folder / "count.parquet").to_pylist()):
        assert [unguarded(row["note"]) for row in found] == FORMULAS
        assert all(row["note"].startswith("'") and row["record"].startswith("'=r") for row in found)
    assert all(row["record"].startswith("'=r") for row in rows_of(folder / "account.csv"))


@pytest.mark.parametrize("text", ["-3.4", "+12%", "'tis", "a=b", "−0.5", "22 (42.3%)", "NA"])
def test_harmless_texts_and_plain_numbers_stay_as_they_are(text):
    table = guarded(pa.table({"note": pa.array([text])}))
    assert table.column("note").to_pylist() == [text]
    assert unguarded(text) == text


@given(st.text(st.sampled_from("'=+-@\t\r\n＝a1 %."), max_size=8).filter(bool))
def test_guarding_can_always_be_undone(text):
    (made,) = guarded(pa.table({"note": pa.array([text])})).column("note").to_pylist()
    assert unguarded(made) == text
    assert made[0] not in "=@\t\r\n＝"


def test_difficult_texts_come_through_csv_unharmed(tmp_path):
    text = 'a "quoted", text; with\r\nlines\rand – dashes ≥ é'
    folder = exported(tmp_path, {"count": [{"events": "1", "total": "2", "note": text}]})
    assert rows_of(folder / "count.csv")[0]["note"] == text
    assert pd.read_csv(folder / "count.csv", keep_default_na=False, na_values=[""])["events"].tolist() == [1]


# the description


def test_the_descriptor_has_what_the_specification_requires(tmp_path):
    package = descriptor(exported(tmp_path, {"count": [{"events": "1", "total": "2"}]}, licence="CC-BY-4.0"))
    assert package["name"] == "r"
    assert package["licenses"] == [{"name": "CC-BY-4.0"}]
    assert package["sources"] == [
        {"title": "=Title", "id": "s", "path": "https://doi.org/10.1/x%282%29", "licence": "CC BY"}
    ]
    names = [each["name"] for each in package["resources"]]
    assert names == [
        *("source", "study", "arm", "outcome", "setting", "count"),
        *("analyses", "account", "waivers"),
    ]
    for each in package["resources"]:
        assert {"name", "path", "format", "mediatype", "encoding", "schema", "hash", "bytes"} <= set(each)
        assert each["schema"]["missingValues"] == [""]
        fields = {field["name"] for field in each["schema"]["fields"]}
        assert set(each["schema"].get("primaryKey", [])) <= fields
        for key in each["schema"].get("foreignKeys", []):
            assert set(key["fields"]) <= fields
            assert key["reference"]["resource"] in {*names, ""}
        assert all(field["type"] in SQL_TYPES and field["description"] for field in each["schema"]["fields"])


def test_hashes_and_sizes_are_those_of_the_files(tmp_path):
    folder = exported(tmp_path, {"count": [{"events": "1", "total": "2"}]})
    for resource in descriptor(folder)["resources"]:
        for each in (resource, resource["parquet"]):
            content = (folder / each["path"]).read_bytes()
            assert each["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
            assert each["bytes"] == len(content)


def test_frictionless_finds_the_package_valid(tmp_path):
    folder = exported(tmp_path, {"count": [{"events": "1", "total": "2", "study": "a", "arm": "x"}], "effect": [{"measure": "HR", "p": "<0.001"}]}, [finding("count-0", status="waived")])  # fmt: skip
    report = frictionless.Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])


# the folder


def test_an_earlier_export_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    folder = exported(tmp_path, {"count": [{"events": "1", "total": "2"}], "test": [{"p": "0.5"}]})
    exported(tmp_path, {"count": [{"events": "2", "total": "2"}]})
    assert [row["events"] for row in rows_of(folder / "count.csv")] == ["2"]
    assert not (folder / "test.csv").exists()
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
    check_files(folder)


def test_a_folder_that_is_not_ours_is_refused_and_left_alone(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    with pytest.raises(StoreError, match="holds nothing that curation made there; name a new or an empty folder"):
        exported(tmp_path, {})
    (out / "datapackage.json").write_text('{"madeBy": "somebody else", "resources": []}')
    with pytest.raises(StoreError, match="holds nothing that curation made there"):
        exported(tmp_path, {})
    assert {each.name for each in out.iterdir()} == {"thesis.txt", "datapackage.json"}


def test_a_stranger_among_our_files_is_not_deleted(tmp_path):
    folder = exported(tmp_path, {})
    (folder / "my notes.txt").write_text("mine")
    with pytest.raises(StoreError, match=r"that curation did not make there \(my notes.txt\)"):
        exported(tmp_path, {})
    assert (folder / "my notes.txt").exists()


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(StoreError, match="is a file; name a folder"):
        exported(tmp_path, {})
    with pytest.raises(StoreError, match="nothing could be written"):
        exported(tmp_path / "out", {})


def test_an_empty_folder_a_new_path_and_an_empty_review_are_fine(tmp_path):
    (tmp_path / "deep").mkdir()
    folder = tmp_path / "deep" / "er" / "out"
    made = export({}, [], folder, review="")
    assert (made.records_in, made.exported, made.held_back, made.why) == (0, 0, 0, {})
    check_files(folder)
    empty = tmp_path / "empty"
    empty.mkdir()
    export({}, [], empty, review="R")
    assert (empty / "README.txt").exists()


def test_the_readme_reads_the_files_as_it_says(tmp_path):
    folder = exported(tmp_path, {"count": [{"events": "NR", "percent": "1%", "note": "NA"}]})
    assert 'pandas.read_csv("count.csv", keep_default_na=False, na_values=[""])' in (folder / "README.txt").read_text(
        encoding="utf-8"
    )
    frame = pd.read_csv(
        io.StringIO((folder / "count.csv").read_text(encoding="utf-8")), keep_default_na=False, na_values=[""]
    )
    assert frame["note"].tolist() == ["NA"]
    assert frame["events"].isna().all()
