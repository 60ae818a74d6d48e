"""Reading well-formed input: verbatim, alike from CSV, JSON and JSON Lines, and the bundled example."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from curation.intake.problems import Refused
from curation.intake.read import read
from curation.intake.references import references
from curation.intake.template import write_folder
from schemas.arrow import table_schema, to_table
from schemas.registry import KINDS

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "lenalidomide"

SOURCES = [{"source": "zhong-2021", "title": "Lenalidomide, after; “allo”", "type": "systematic_review"}]
STUDIES = [{"study": "coman-2013", "label": "Coman 2013"}, {"study": "alsina-2014", "label": "Alsina\n2014"}]
COUNTS = [
    {"source": "zhong-2021", "study": "coman-2013", "events": "22", "total": "52", "percent": "42.30%"},
    {"source": "zhong-2021", "study": "alsina-2014", "printed": "12/39 (30.8%)", "page": "7740"},
    {"source": "zhong-2021", "percent": "39,0%", "decimal_mark": "comma", "note": ' said "about 39" '},
]
CONTENT = {"source": SOURCES, "study": STUDIES, "count": COUNTS}


def write_csv(file: Path, rows: list[dict[str, str]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    names = list(dict.fromkeys(name for row in rows for name in row))
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, names)
        writer.writeheader()
        writer.writerows(rows)


def as_folder(folder: Path) -> Path:
    for kind, rows in CONTENT.items():
        write_csv(folder / f"{kind}.csv", rows)
    return folder


def as_json(file: Path) -> Path:
    file.write_text(json.dumps(CONTENT), encoding="utf-8")
    return file


def as_jsonl(file: Path) -> Path:
    lines = [json.dumps({"kind": kind, **row}) for kind, rows in CONTENT.items() for row in rows]
    file.write_text("\n".join([lines[0], "", *lines[1:]]) + "\n", encoding="utf-8")
    return file


def test_csv_json_and_json_lines_of_the_same_content_give_the_same_tables(tmp_path):
    from_csv = read([as_folder(tmp_path / "csv")]).tables
    assert list(from_csv) == ["source", "study", "count"]
    for other in (as_json(tmp_path / "all.json"), as_jsonl(tmp_path / "all.jsonl")):
        tables = read([other]).tables
        assert list(tables) == list(from_csv)
        assert all(tables[kind].equals(from_csv[kind]) for kind in from_csv)


def test_tables_have_the_schema_of_their_kind_and_say_what_the_models_say(tmp_path):
    for kind, table in read([as_folder(tmp_path)]).tables.items():
        assert table.schema.equals(table_schema(KINDS[kind]))
        models = [KINDS[kind].model_validate(row) for row in CONTENT[kind]]
        expected = to_table(KINDS[kind], models)
        assert table.drop_columns(["record"] if kind == "count" else []).equals(
            expected.drop_columns(["record"] if kind == "count" else [])
        )


def test_origin_names_file_and_row_of_every_entry(tmp_path):
    bundle = read([as_folder(tmp_path / "csv")])
    assert bundle.origin["count"].to_pylist() == [{"file": "count.csv", "row": row} for row in (2, 3, 4)]
    assert read([as_json(tmp_path / "all.json")]).place("count", 2) == ("all.json, count", 3)
    assert read([as_jsonl(tmp_path / "all.jsonl")]).place("study", 0) == ("all.jsonl", 3)


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path):
    text = 'source,title,type\n\na,"two\nlines",article\n,,\nb,B,article\n'
    (tmp_path / "source.csv").write_text(text, encoding="utf-8")
    bundle = read([tmp_path])
    assert bundle.origin["source"]["row"].to_pylist() == [3, 5]
    assert bundle.tables["source"]["title"].to_pylist() == ["two\nlines", "B"]


@pytest.mark.parametrize(
    "cell", ["  two  spaces ", "a,b", 'say "x"', "line\r\nbreak", "tab\there", "é ≥ 5 · −1", "+ve"]
)
def test_text_in_is_text_out(tmp_path, cell):
    write_csv(tmp_path / "source.csv", [{"source": "a", "title": cell, "type": "article"}])
    assert read([tmp_path]).tables["source"]["title"].to_pylist() == [cell]


@pytest.mark.parametrize("cell", ["22", " 22 ", "1,623", "NR", "24|9?", "<0.001", "=5", "+5", "≥ 5", "22 patients"])
def test_a_printed_number_is_kept_as_printed(tmp_path, cell):
    write_csv(tmp_path / "count.csv", [{"source": "a", "events": cell}])
    assert read([tmp_path]).tables["count"]["events"].to_pylist()[0]["text"] == cell


def test_blank_cells_are_absent_and_defaults_are_filled_in(tmp_path):
    write_csv(tmp_path / "count.csv", [{"source": "a", "study": "   ", "events": "5", "total": "", "legibility": " "}])
    row = read([tmp_path]).tables["count"].to_pylist()[0]
    assert (row["study"], row["total"], row["legibility"]) == (None, None, "clear")


def test_a_composite_cell_fills_the_fields_left_blank_and_no_others(tmp_path):
    write_csv(tmp_path / "count.csv", [{"source": "a", "printed": "22/52 (42.3%)", "total": "53"}])
    row = read([tmp_path]).tables["count"].to_pylist()[0]
    assert [row[name]["text"] for name in ("events", "total", "percent")] == ["22", "53", "42.3%"]


def test_contradictory_numbers_are_not_malformed(tmp_path):
    write_csv(tmp_path / "count.csv", [{"source": "a", "events": "36", "total": "30", "percent": "400%"}])
    assert len(read([tmp_path]).tables["count"]) == 1


def test_records_get_ids_and_keep_their_own(tmp_path):
    rows = [{"source": "a", "events": "5", "record": ""}] * 2 + [{"source": "a", "events": "6", "record": "mine"}]
    write_csv(tmp_path / "count.csv", rows)
    first, second, third = read([tmp_path]).tables["count"]["record"].to_pylist()
    assert second == f"{first}-2"
    assert third == "mine"


def test_folders_below_are_read_and_told_apart(tmp_path):
    write_csv(tmp_path / "coman" / "count.csv", [{"source": "a", "events": "1"}])
    write_csv(tmp_path / "alsina" / "Count.CSV", [{"source": "a", "events": "2"}])
    (tmp_path / "README.md").write_text("what this is")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "any.csv").write_text("x")
    assert read([tmp_path]).origin["count"]["file"].to_pylist() == ["alsina/Count.CSV", "coman/count.csv"]


def test_files_of_the_same_name_are_told_apart_by_their_paths(tmp_path):
    files = [tmp_path / "a" / "count.csv", tmp_path / "b" / "count.csv"]
    for file in files:
        write_csv(file, [{"source": "a", "events": "1"}])
    assert read(files).origin["count"]["file"].to_pylist() == [str(file) for file in files]
    assert len(read([tmp_path / "a", files[0]]).tables["count"]) == 1


def test_a_byte_order_mark_old_line_ends_and_loose_headers_are_accepted(tmp_path):
    (tmp_path / "outcome.csv").write_bytes(b"\xef\xbb\xbfOutcome,Label ,Family kind,,\rcr,CR,exclusive,,\r")
    assert read([tmp_path]).tables["outcome"].to_pylist()[0]["family_kind"] == "exclusive"


def test_a_header_without_rows_is_an_empty_table(tmp_path):
    (tmp_path / "source.csv").write_text("source,title,type\n")
    assert read([tmp_path]).tables["source"].num_rows == 0


def test_an_entity_given_twice_alike_is_kept_once(tmp_path):
    for paper in ("one", "two"):
        write_csv(tmp_path / paper / "study.csv", STUDIES[:1])
    bundle = read([tmp_path])
    assert bundle.tables["study"].num_rows == 1
    assert bundle.origin["study"].to_pylist() == [{"file": "one/study.csv", "row": 2}]


def test_the_template_has_every_field_and_can_be_read_back(tmp_path):
    files = write_folder(tmp_path / "new")
    assert [file.name for file in files] == [f"{kind}.csv" for kind in KINDS]
    tables = read([tmp_path / "new"]).tables
    assert {kind: table.num_rows for kind, table in tables.items()} == dict.fromkeys(KINDS, 0)
    for kind, file in zip(KINDS, files, strict=True):
        assert file.read_text(encoding="utf-8") == ",".join(KINDS[kind].model_fields) + "\n"


def test_the_template_overwrites_nothing(tmp_path):
    (tmp_path / "count.csv").write_text("mine")
    with pytest.raises(Refused, match="there already"):
        write_folder(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["count.csv"]


def test_the_template_says_when_the_folder_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="cannot be written to"):
        write_folder(tmp_path / "file" / "below")


def typed(file: Path) -> list[dict[str, str | None]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(lines)]


@pytest.mark.parametrize("kind", ["source", "outcome"])
def test_the_bundled_example_keeps_its_sources_and_outcomes_as_typed(kind):
    file = EXAMPLE / f"{kind}.csv"
    rows = typed(file)
    table = read([file]).tables[kind].to_pylist()
    assert len(rows) == len(table) > 3
    for given, taken in zip(rows, table, strict=True):
        for name, cell in given.items():
            kept = taken[name]["text"] if isinstance(taken[name], dict) else taken[name]
            assert kept == cell or cell is None


def test_the_bundled_example_is_well_formed_and_every_name_in_it_is_defined():
    bundle = read([EXAMPLE])
    assert {"source", "outcome"} <= set(bundle.tables)
    assert bundle.tables["source"].num_rows == len(typed(EXAMPLE / "source.csv"))
    assert [each.sentence for each in references(bundle, {})] == []
