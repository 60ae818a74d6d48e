"""Wide tables: Covidence's exports, and any table with a mapping beside it."""

from __future__ import annotations

import csv

import pytest

from curation.exchange import covidence, frames_mapped
from curation.exchange.frames_mapping import COLUMNS
from curation.exchange.reading import bundle_of
from curation.intake.problems import Refused

# What these tables say is made up; their headers are of the form that Covidence writes: repeated, and with spaces.
HEADER = [
    "Covidence #",
    "Study ID",
    "Title",
    "Reviewer Name",
    "Country in which the study conducted",
    "Events",
    "Total",
    "Events",
    "Total",
    "Mean ",
    "Mean",
    "Notes",
]
ANA = ["#12", "Kim 2004", "A made-up trial", "Ana", "Korea", "22", "52", "9", "50", "5.10", "4.4", '=HYPERLINK("x")']
BO = ["#12", "Kim 2004", "A made-up trial", "Bo", "Korea", "23", "52", "nine", "50", "", "", ""]
OTHER = ["#13", "Kim 2004", "Another trial", "Consensus", "", "1", "20", "", "", "", "", ""]


def write(tmp_path, rows, name="export.csv", encoding="utf-8-sig"):
    path = tmp_path / name
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def mapping_of(path):
    with path.with_suffix(".mapping.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def fill(path, **by_position):
    """Fill in the mapping as a person does: position -> the cells of its row."""
    rows = mapping_of(path)
    for position, cells in by_position.items():
        rows[int(position[1:]) - 1] |= cells
    with path.with_suffix(".mapping.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


LEN = {"kind": "count", "arm": "Lenalidomide", "outcome": "Complete remission", "timepoint": "12 weeks"}
PLACEBO = LEN | {"arm": "Placebo"}
FILLED = {
    "c6": LEN | {"field": "events"}, "c7": LEN | {"field": "total"}, "c8": PLACEBO | {"field": "events"},
    "c9": PLACEBO | {"field": "total"}, "c10": {"kind": "mean", "field": "mean", "arm": "Lenalidomide", "outcome": "Pain"},
}  # fmt: skip


def cells(imported, kind, *names):
    return [tuple(row.get(name) for name in names) for _, row in imported.rows.get(kind, [])]


def test_without_a_mapping_the_lead_is_read_and_a_mapping_is_proposed(tmp_path):
    path = write(tmp_path, [HEADER, ANA, BO])
    imported = covidence.read(path)
    assert cells(imported, "study", "study", "label") == [("kim-2004", "Kim 2004")] * 2
    assert cells(imported, "source", "title") == [("A made-up trial",)] * 2
    assert cells(imported, "characteristic", "characteristic", "text") == [("country", "Korea")] * 2
    assert imported.people == ["Ana", "Bo"]
    assert [one.found for one in imported.leftovers] == [
        "Events (2 cells)", "Total (2 cells)", "Events (2 cells)", "Total (2 cells)", "Mean (1 cells)", "Mean (1 cells)", "Notes (1 cells)",
    ]  # fmt: skip
    rows = mapping_of(path)
    assert [row["position"] for row in rows] == [str(n) for n in range(1, 13)]
    assert [(row["kind"], row["field"]) for row in rows[:4]] == [
        ("study", "study"),
        ("study", "label"),
        ("source", "title"),
        ("extractor", ""),
    ]
    assert rows[11]["example"] == '\'=HYPERLINK("x")'
    assert "fill in what they hold" in imported.remarks[0]


def test_a_mapping_that_is_filled_in_is_used_and_equal_headers_stay_apart(tmp_path):
    path = write(tmp_path, [HEADER, ANA, BO, OTHER])
    covidence.read(path)
    fill(path, **FILLED)
    imported = covidence.read(path)
    ana = imported.of("Ana")
    assert cells(ana, "count", "arm", "outcome", "timepoint", "events", "total") == [
        ("lenalidomide", "complete-remission", "12 weeks", "22", "52"), ("placebo", "complete-remission", "12 weeks", "9", "50"),
    ]  # fmt: skip
    assert cells(ana, "mean", "mean", "outcome") == [("5.10", "pain")]
    assert cells(imported.of("Bo"), "count", "events", "total") == [("23", "52"), (None, "50")]
    assert cells(imported.of("Consensus"), "study", "study") == [("kim-2004-2",)]
    assert [(one.place, one.why.partition(",")[0]) for one in imported.leftovers] == [
        ("row 3", "it cannot be read as count"),
        ("column 11", "no row of export.mapping.csv says what it holds"),
        ("column 12", "no row of export.mapping.csv says what it holds"),
    ]
    for person in imported.people:
        assert len(bundle_of(imported.of(person)).leftovers) == len(imported.leftovers)


def test_every_cell_is_in_a_record_or_told_of(tmp_path):
    path = write(tmp_path, [HEADER, ANA, BO, OTHER])
    covidence.read(path)
    fill(path, **FILLED)
    imported = covidence.read(path)
    placed = sum(
        name in {"events", "total", "mean", "text"}
        for kind in ("count", "mean", "characteristic")
        for _, row in imported.rows[kind]
        for name in row
    )
    in_columns = sum(
        int(one.found.split("(")[1].split()[0]) for one in imported.leftovers if one.place.startswith("column")
    )
    in_rows = sum(one.place.startswith("row") for one in imported.leftovers)
    assert placed + in_columns + in_rows == sum(bool(cell) for row in (ANA, BO, OTHER) for cell in row[4:])


def test_a_mapping_is_never_written_over(tmp_path):
    path = write(tmp_path, [HEADER, ANA])
    covidence.read(path)
    fill(path, **FILLED)
    before = path.with_suffix(".mapping.csv").read_bytes()
    covidence.read(path)
    assert path.with_suffix(".mapping.csv").read_bytes() == before


def test_a_folder_that_cannot_be_written_to_only_lacks_the_mapping(tmp_path):
    path = write(tmp_path, [HEADER, ANA])
    path.with_suffix(".mapping.csv").mkdir()
    imported = covidence.read(path)
    assert imported.remarks == []
    assert len(imported.leftovers) == 7


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"kind": "cuont", "field": "events"}, "row 7, column kind: found 'cuont'.*did you mean 'count'"),
        ({"kind": "count", "field": "event"}, "column field: found 'event'.*did you mean 'events'"),
        ({"kind": "count", "field": "events", "position": "99"}, "expected a number from 1 to 12"),
        ({"kind": "count", "field": "events", "position": "7"}, "expected 'Total', which column 7"),
        ({"kind": "count", "field": "events", "position": ""}, "which 2 columns of export.csv have"),
        ({"kind": "effect", "field": "estimate", "also": "measure=ORR"}, "found 'measure=ORR'"),
        ({"kind": "effect", "field": "estimate", "also": "measure"}, "not written as field=value"),
    ],
)
def test_a_mapping_with_mistakes_is_refused_row_by_row(tmp_path, row, said):
    path = write(tmp_path, [HEADER, ANA])
    covidence.read(path)
    fill(path, c6=row)
    with pytest.raises(Refused, match=said):
        covidence.read(path)


def test_a_second_row_of_study_and_reviewer_is_left_over(tmp_path):
    path = write(tmp_path, [HEADER, ANA, ANA])
    covidence.read(path)
    fill(path, **FILLED)
    imported = covidence.read(path)
    assert len(imported.rows["count"]) == 2
    assert {one.why for one in imported.leftovers if one.place == "row 3"} >= {
        "row 2 has a count of the same study, arm and outcome; nothing says what tells the two apart"
    }


# Any table


LONG = [
    ["Trial", "Group", "Outcome", "n", "Died", "OR"],
    ["A 2001", "Drug", "Death", "50", "3", "0.5"],
    ["A 2001", "Placebo", "Death", "48", "6", ""],
    ["", "Placebo", "Death", "1", "1", ""],
]


def test_a_long_table_by_its_mapping(tmp_path):
    path = write(tmp_path, LONG, "data.csv")
    with pytest.raises(Refused, match=r"no column that names the study.*data\.mapping\.csv"):
        frames_mapped.read(path)
    fill(
        path, c1={"kind": "study", "field": "label"}, c2={"kind": "arm", "field": "label"}, c3={"kind": "outcome", "field": "label"},
        c4={"kind": "count", "field": "total"}, c5={"kind": "count", "field": "events"},
        c6={"kind": "effect", "field": "estimate", "also": "measure=OR", "arm": "Drug", "comparator": "Placebo"},
    )  # fmt: skip
    assert frames_mapped.FORMAT.recognises(path, path.read_bytes())
    imported = frames_mapped.read(path)
    assert cells(imported, "count", "arm", "outcome", "events", "total") == [
        ("drug", "death", "3", "50"),
        ("placebo", "death", "6", "48"),
    ]
    assert cells(imported, "effect", "arm", "comparator", "measure", "estimate") == [("drug", "placebo", "OR", "0.5")]
    assert [(one.place, one.why) for one in imported.leftovers] == [("row 4", "it names no study")]
    assert len(bundle_of(imported).leftovers) == 1


def test_a_fact_of_an_entity_that_its_field_cannot_take_is_left_over_alone(tmp_path):
    path = write(tmp_path, [["Trial", "Design"], ["A", "an RCT"], ["B", "randomised"]], "data.csv")
    with pytest.raises(Refused):
        frames_mapped.read(path)
    fill(path, c1={"kind": "study", "field": "label"}, c2={"kind": "study", "field": "design"})
    imported = frames_mapped.read(path)
    assert cells(imported, "study", "label", "design") == [("A", None), ("B", "randomised")]
    assert imported.leftovers[0].place == "row 2, column 2"


def test_recognition(tmp_path):
    path = write(tmp_path, [HEADER, ANA])
    assert covidence.FORMAT.recognises(path, path.read_bytes())
    assert not frames_mapped.FORMAT.recognises(path, path.read_bytes())
    covidence.read(path)
    assert not frames_mapped.FORMAT.recognises(path, path.read_bytes())
    assert not covidence.FORMAT.recognises(path, b"Title,Authors,Covidence #,Study,Notes\n")


@pytest.mark.parametrize(
    ("text", "said"), [("", "an empty file"), ("Study ID,Reviewer Name\nA\n", "row 2: found 1 cells")]
)
def test_files_that_cannot_be_read_are_refused_in_a_sentence(tmp_path, text, said):
    path = tmp_path / "export.csv"
    path.write_text(text)
    with pytest.raises(Refused, match=said):
        covidence.read(path)


def test_a_row_that_only_names_its_study_again_is_told(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text("Study ID,Title,Covidence #\nA 2001,A title,1\nA 2001,,1\n")
    imported = covidence.read(path)
    numbers = {number for rows in imported.rows.values() for number, _ in rows}
    assert 3 in numbers or any("row 3" in each.place for each in imported.leftovers)
