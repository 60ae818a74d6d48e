"""Data packages: ours come back record by record; others as far as their columns are known, and never from elsewhere."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import export_cases
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sweep import cases

from curation.exchange.frictionless import FORMAT, read
from curation.exchange.reading import bundle_of
from curation.intake.problems import Refused
from curation.intake.read import read as read_own
from schemas.arrow import to_table
from schemas.identity import key_fields
from schemas.kinds.base import Record
from schemas.registry import KINDS
from store.export import export

EXAMPLES = Path(__file__).parent.parent / "examples"


def package(tmp_path, *resources, **files):
    """A folder with a descriptor and files (name -> text); the numbers in them are made up."""
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "datapackage.json").write_text(json.dumps({"name": "p", "resources": list(resources)}), encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def cells(imported, kind, *names):
    return [tuple(row.get(name) for name in names) for _, row in imported.rows.get(kind, [])]


# Ours


def key_of(kind, row):
    model = KINDS[kind]
    return row["record"] if issubclass(model, Record) else tuple(row[name] for name in key_fields(model))


@pytest.mark.parametrize("name", ["bcg", "lenalidomide"])
def test_a_dataset_of_ours_comes_back_record_by_record(tmp_path, name):
    tables = {kind: to_table(KINDS[kind], []) for kind in KINDS} | dict(read_own([EXAMPLES / name]).tables)
    export(tables, [], tmp_path / "dataset", review="R")
    out = {
        (row["kind"], row["record"])
        for row in export_cases.account(tmp_path / "dataset").values()
        if row["exported"] == "yes"
    }
    taken = bundle_of(imported := read(tmp_path / "dataset"))
    assert {one.why for one in taken.leftovers} == {"it is worked out from the records"}
    assert len(taken.leftovers) == len(imported.leftovers)
    again = {(kind, key_of(kind, row)): row for kind, table in taken.bundle.tables.items() for row in table.to_pylist()}
    assert len(out) > 20
    for kind, table in tables.items():
        for row in table.to_pylist():
            if not issubclass(KINDS[kind], Record) or (kind, row["record"]) in out:
                assert again.pop((kind, key_of(kind, row))) == row
    assert again == {}


def test_what_looks_like_a_formula_comes_back_as_it_was(tmp_path):
    folder = export_cases.exported(
        tmp_path, {"count": [{"study": "a", "outcome": "cr", "events": "1", "total": "2", "note": "-5 and +ve"}]}
    )
    assert cells(read(folder), "count", "note") == [("-5 and +ve",)]


def test_times_keep_the_unit_of_their_record(tmp_path):
    rows = [
        {"study": "a", "outcome": "cr", "median": "24.9", "time_unit": "weeks"},
        {"study": "b", "outcome": "cr", "median": "2 years", "time_unit": "weeks"},
        {"study": "b", "arm": "y", "outcome": "cr", "median": "not reached", "rate": "40%", "time": "12"},
    ]
    imported = read(export_cases.exported(tmp_path, {"survival": rows}))
    assert sorted(cells(imported, "survival", "record", "median", "time", "time_unit")) == [
        ("survival-0", "24.9", None, "weeks"), ("survival-1", "2 years", None, None), ("survival-2", "not reached", "12", "months"),
    ]  # fmt: skip


# Others


COUNT = {
    "name": "count",
    "path": "count.csv",
    "schema": {
        "missingValues": ["", "-99"],
        "fields": [{"name": "events", "type": "integer"}, {"name": "percent", "type": "number", "bareNumber": False}],
    },
}
SOURCE = {"name": "source", "path": "source.csv"}
SOURCES = "source,title,type\ns,A made-up trial,article\n"


def test_a_resource_that_is_named_by_a_kind(tmp_path):
    text = "source,events,total,percent,weight\ns,22,52,42.3%,1\ns,-99,50,18%,\ns,many,50,18%,\n"
    imported = read(package(tmp_path, SOURCE, COUNT, source=SOURCES, count=text))
    assert cells(imported, "count", "events", "total", "percent") == [
        ("22", "52", "42.3%"),
        (None, "50", "18%"),
        (None, "50", "18%"),
    ]
    assert [(one.place, one.why) for one in imported.leftovers] == [
        ("resource count, row 4, column events", "the package says that it is of the type integer"),
        ("resource count, column 5", "it is no field of count"),
    ]  # fmt: skip
    assert len(bundle_of(imported).leftovers) == 2


def test_a_resource_whose_columns_are_all_fields_of_one_kind(tmp_path):
    both = {"name": "both", "path": "both.csv"}
    one = {"name": "results", "path": "results.csv"}
    files = {"results": "source,events,total,percent\ns,22,52,42.3%\n", "both": "source,events,total\ns,1,2\n"}
    imported = read(package(tmp_path, SOURCE, one, both, source=SOURCES, **files))
    assert cells(imported, "count", "events", "percent") == [("22", "42.3%")]
    assert [one.why for one in imported.leftovers] == [
        "its columns may be of each of count, survival; name the resource by one of them"
    ]


def test_decimal_commas_and_another_delimiter_as_the_descriptor_says(tmp_path):
    resource = {
        "name": "mean",
        "path": "m.csv",
        "dialect": {"delimiter": ";"},
        "schema": {"fields": [{"name": "mean", "type": "number", "decimalChar": ","}]},
    }
    imported = read(package(tmp_path, SOURCE, resource, source=SOURCES, m="source;mean;sd\ns;4,50;1,2\n"))
    assert cells(imported, "mean", "mean", "sd", "decimal_mark") == [("4,50", "1,2", "comma")]


def test_another_encoding_and_a_table_without_a_header(tmp_path):
    resource = {
        "name": "study",
        "path": "m.csv",
        "encoding": "latin-1",
        "dialect": {"header": False},
        "schema": {"fields": [{"name": "study"}, {"name": "label"}]},
    }
    imported = read(package(tmp_path, resource, m="k,Kröger 2010\n".encode("latin-1")))
    assert imported.rows["study"] == [(1, {"study": "k", "label": "Kröger 2010"})]


def test_a_resource_with_the_columns_of_a_study_table(tmp_path):
    resource = {"name": "bcg", "path": "bcg.csv", "schema": {"missingValues": ["", "."]}}
    imported = read(
        package(tmp_path, resource, bcg="study,ai,n1i,ci,n2i,alloc\nA,4,123,11,139,random\nB,.,306,29,303,\n")
    )
    assert cells(imported, "count", "events", "total") == [("4", "123"), ("11", "139"), (None, "306"), ("29", "303")]
    assert [one.place for one in imported.leftovers] == ["resource bcg, column 6"]


def test_resources_that_cannot_be_read_are_told_and_the_others_stay(tmp_path):
    resources = [
        SOURCE, {"name": "far", "path": "https://example.org/a.csv"}, {"name": "inline", "data": [[1]]},
        {"name": "parts", "path": ["a.csv", "b.csv"]}, {"name": "gone", "path": "gone.csv"}, {"name": "sheet", "path": "datapackage.json"},
        {"name": "empty", "path": "empty.csv"}, {"name": "odd", "path": "odd.csv"}, {"name": "coded", "path": "odd.csv", "encoding": "klingon"},
        {"name": "schemed", "path": "odd.csv", "schema": "http://example.org/schema.json"}, {"name": "nameless", "path": "odd.csv", "dialect": {"header": False}},
    ]  # fmt: skip
    imported = read(package(tmp_path, *resources, source=SOURCES, empty="", odd="x,y\n1,2\n"))
    assert cells(imported, "source", "source") == [("s",)]
    said = {one.place.removeprefix("resource "): one.why for one in imported.leftovers}
    assert set(said) == {each["name"] for each in resources[1:]}
    assert "nothing is fetched" in said["far"]
    assert "nothing is fetched" in said["schemed"]
    assert said["gone"] == "the package has no such file"
    assert said["odd"] == "neither its name nor its columns are known here"
    assert said["coded"] == "it is no text in klingon, as the package says"


@pytest.mark.parametrize(
    "path", ["../secret.csv", "/etc/passwd", "a/../../secret.csv", "C:\\secret.csv", "..\\secret.csv", "link.csv"]
)
def test_a_path_that_leads_out_of_the_folder_refuses_the_package(tmp_path, path):
    (tmp_path / "secret.csv").write_text("source,title,type\nx,Secret,other\n")
    folder = package(tmp_path, {"name": "source", "path": path})
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(Refused, match="without a path that leads out of it"):
        read(folder)


def test_a_schema_in_a_file_of_the_package_is_read_and_one_outside_is_refused(tmp_path):
    folder = package(tmp_path, SOURCE | {"schema": "schema.json"}, source="source,title,type\ns,none,other\n")
    (folder / "schema.json").write_text('{"missingValues": ["none"]}')
    assert read(folder).leftovers[0].why == "it lacks title"
    (folder / "datapackage.json").write_text(json.dumps({"resources": [SOURCE | {"schema": "../schema.json"}]}))
    with pytest.raises(Refused, match="leads out of it"):
        read(folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "expected valid JSON"),
        ("[]", "an object with resources"),
        ('{"resources": 3}', "no list of resources"),
        ('{"resources": [3]}', "no list of resources"),
        ("[" * 100_000, "expected valid JSON"),
    ],
)
def test_descriptors_that_are_none_are_refused_in_a_sentence(tmp_path, text, said):
    path = tmp_path / "datapackage.json"
    path.write_text(text)
    with pytest.raises(Refused, match=said):
        read(path)


def test_a_package_without_its_descriptor_is_refused(tmp_path):
    with pytest.raises(Refused, match="cannot be read"):
        read(tmp_path / "datapackage.json")


def test_recognition(tmp_path):
    folder = package(tmp_path)
    assert FORMAT.recognises(folder, b"")
    assert FORMAT.recognises(folder / "datapackage.json", b"{")
    assert FORMAT.recognises(tmp_path / "other.json", b'{"name": "p", "resources": [{"path": "a.csv"}]}')
    assert not FORMAT.recognises(tmp_path / "other.json", b'{"count": []}')
    assert not FORMAT.recognises(tmp_path, b"")


ODD = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "source.csv", "m.csv", ".", "a/b.csv", ";", "utf-16", "integer", "number", ",", "-99"]) | st.text(max_size=5)  # fmt: skip
DESCRIPTORS = st.dictionaries(
    st.sampled_from(["name", "path", "schema", "dialect", "encoding", "data", "compression"]),
    ODD | st.lists(ODD, max_size=2) | st.fixed_dictionaries({}, optional={
        "fields": st.lists(ODD | st.fixed_dictionaries({}, optional=dict.fromkeys(("name", "type", "decimalChar", "bareNumber"), ODD)), max_size=3) | ODD,
        "missingValues": st.lists(ODD | st.fixed_dictionaries({"value": ODD}), max_size=2) | ODD, "delimiter": ODD, "header": ODD,
    }), max_size=5,
)  # fmt: skip


@settings(max_examples=cases(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(resources=st.lists(DESCRIPTORS, max_size=3))
def test_whatever_a_descriptor_says_it_is_read_or_refused_in_a_sentence(resources):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "source.csv").write_text("source,title,type\ns,T,article\n")
        Path(folder, "m.csv").write_text("study,xi,ni\nA,1,2\n")
        named = [{"path": ("m.csv", "source.csv")[n % 2]} | each for n, each in enumerate(resources)]
        Path(folder, "datapackage.json").write_text(json.dumps({"resources": named}))
        try:
            imported = read(Path(folder))
        except Refused as refused:
            assert "found" in refused.summary  # noqa: PT017 - both ways are right
            return
        bundle_of(imported)
