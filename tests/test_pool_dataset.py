"""Reading a clean dataset for pooling: what was exported comes back, and what was spoilt is named by its cell."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pool_example as example
import pytest

from curation.report.html.pooled import anchors
from curation.report.pooled import pooled_files
from pooling.dataset import MOST, Dataset, read
from pooling.errors import CannotPool
from pooling.run import Choice, run_all
from schemas.dataset import ANALYSES, ANALYSIS_TABLES, resource

TWO, ONE, EFFECTS = "analysis_two_group_counts.csv", "analysis_single_counts.csv", "analysis_effects.csv"
LISTED = {
    "analysis": "a", "title": "T", "table": "single_counts", "measure": "PLO", "effect": "proportion", "scale": "logit",
    "method": "DL", "test": "z", "level": "95", "studies": "2",
}  # fmt: skip
ROWS = [{"analysis": "a", "study": f"s{n}", "label": f"S{n}", "xi": str(n), "ni": "20", "records": "r"} for n in (3, 9)]


@pytest.fixture(scope="module")
def original(tmp_path_factory) -> Path:
    return example.written(tmp_path_factory.mktemp("made"))


@pytest.fixture
def folder(original, tmp_path) -> Path:
    """The exported dataset, free to be spoilt."""
    return Path(shutil.copytree(original, tmp_path / "dataset"))


@pytest.fixture
def by_hand(tmp_path) -> Callable[..., Path]:
    """A dataset made by hand: two CSV files and nothing else."""

    def make(rows=ROWS, table="single_counts", **facts: str) -> Path:
        made = tmp_path / "by hand"
        made.mkdir(exist_ok=True)
        blank = {each.name: "" for each in ANALYSES}
        example.write_rows(made / "analyses.csv", [blank | LISTED | {"table": table} | facts])
        header = {each.name: "" for each in ANALYSIS_TABLES[table].columns}
        example.write_rows(made / f"{resource(table)}.csv", [header | row for row in rows])
        return made

    return make


def refusal(folder: Path) -> str:
    with pytest.raises(CannotPool) as caught:
        read(folder)
    return str(caught.value)


def put(folder: Path, file: str, row: int, **cells: str) -> None:
    """Put texts into the cells of a row, counted as a spreadsheet does."""
    example.edit(folder / file, lambda rows: rows[row - 2].update(cells))


# what is right


def test_an_exported_dataset_comes_back_with_every_table(original):
    data = read(original)
    assert {each.facts["table"] for each in data.analyses} == set(ANALYSIS_TABLES)
    assert [len(each.rows) for each in data.analyses] == [each.facts["studies"] for each in data.analyses]
    cr = next(each for each in data.analyses if each.id == "cr")
    assert cr.rows["label"].tolist()[:5] == example.LABELS
    assert [tuple(row) for row in cr.rows[["ai", "n1i", "ci", "n2i"]].to_numpy()] == example.COUNTS
    assert (data.changed, data.title) == ((), "R")


def test_a_dataset_made_by_hand_needs_two_files(by_hand):
    data = read(by_hand())
    assert (data.title, data.changed, len(data.analyses)) == ("by hand", (), 1)


def test_cells_with_blanks_exponents_and_signs_are_numbers(by_hand):
    rows = [ROWS[0] | {"study": f"s{n}", "xi": each} for n, each in enumerate([" 3 ", "+9", "1e1", "3.0"])]
    assert read(by_hand(rows, studies="4")).analyses[0].rows["xi"].tolist() == [3, 9, 10, 3]


def test_numbers_are_read_to_the_last_digit(by_hand):
    texts = ["0.1", "2.718281828459045", "9007199254740993e-16", "4.35", "1.7976931348623157e+308"]
    rows = [ROWS[0] | {"study": f"s{n}", "yi": each, "vi": "1", "sei": "1"} for n, each in enumerate(texts)]
    rows = [{name: each for name, each in row.items() if name not in {"xi", "ni"}} for row in rows]
    (found,) = read(by_hand(rows, "effects", measure="GEN", scale="none", studies="5")).analyses
    assert found.rows["yi"].tolist() == [float(each) for each in texts]


def test_a_byte_order_mark_more_columns_and_blank_rows_do_no_harm(folder):
    content = (folder / ONE).read_text("utf-8").splitlines()
    content = [f"{content[0]},mine", *(f"{line},x" for line in content[1:3]), "," * content[0].count(","), *(f"{line}," for line in content[3:])]  # fmt: skip
    (folder / ONE).write_text("\r\n".join([*content, ""]), encoding="utf-8-sig", newline="")
    before, after = read(folder), example.read_rows(folder / ONE)
    assert before.changed == (ONE,)
    assert sum(len(each.rows) for each in before.analyses if each.facts["table"] == "single_counts") == len(after) - 1


def test_guarded_texts_come_back_as_they_were(by_hand):
    labels = ["'=SUM(A1)", "''=x", "'tis"]
    rows = [ROWS[0] | {"study": f"s{n}", "label": each} for n, each in enumerate(labels)]
    assert read(by_hand(rows, studies="3")).analyses[0].rows["label"].tolist() == ["=SUM(A1)", "'=x", "'tis"]


def test_a_changed_file_is_named_and_its_numbers_are_read(folder):
    put(folder, TWO, 2, ai="13", bi="39")
    data = read(folder)
    assert data.changed == (TWO,)
    assert next(each for each in data.analyses if each.id == "cr").rows["ai"][0] == 13


def test_a_descriptor_knows_only_files_of_its_own_folder(folder, tmp_path):
    (tmp_path / "analyses.csv").write_text("outside")
    described = json.loads((folder / "datapackage.json").read_text("utf-8"))
    described["resources"] = ["odd", {"path": "../analyses.csv", "hash": "x"}, {"path": TWO}]
    (folder / "datapackage.json").write_text(json.dumps(described))
    assert read(folder).changed == (TWO,)


# ids and names


def test_only_some_analyses_are_taken_in_the_order_asked_for(original):
    data = read(original)
    assert [each.id for each in data.only(["os.hr", "age", "os.hr"]).analyses] == ["os.hr", "age"]
    with pytest.raises(CannotPool, match=r"no analysis os.rr; analyses.csv lists 11, such as os\.hr"):
        data.only(["os.rr"])


def test_no_id_leads_out_of_the_folder_or_over_another_file(by_hand):
    ids = ["../x", "..\\x", "x", "X", "/x", ".", "", "a" * 300, "x?y=1&z", "é"]
    one = read(by_hand()).analyses[0]
    analyses = tuple(type(one)(dict(one.facts) | {"analysis": each}, one.rows) for each in ids)
    outcomes = list(run_all(analyses, Choice()))
    files = [name for name in pooled_files(Dataset("T", analyses), outcomes, "svg") if name.startswith("plots/")]
    assert len({each.lower() for each in files}) == len(ids)
    assert all(Path(each).parent == Path("plots") and len(Path(each).name) < 150 for each in files)
    assert all(set(each).isdisjoint("/\\ \"'<>&") and each for each in anchors(ids).values())


# what is wrong


def test_a_folder_that_is_none_or_no_dataset_is_named(tmp_path):
    assert "missing is no folder; give the folder that 'curation export REVIEW DIR' wrote" in refusal(
        tmp_path / "missing"
    )
    assert "holds no analyses.csv" in refusal(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", "\x00", "nul"])
def test_a_spoilt_descriptor_is_named(folder, text):
    (folder / "datapackage.json").write_text(text)
    assert "datapackage.json" in refusal(folder)
    assert "export the dataset again" in refusal(folder)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, f"{ONE} is missing"),
        (b"", f"{ONE} is empty; expected a header and rows"),
        (b"\n\n", f"{ONE} is empty; expected a header and rows"),
        (b"analysis,study\na,\xff\n", f"{ONE}, line 2: found bytes that are not UTF-8; save the file as CSV in UTF-8"),
        ("analysis,study\n".encode("utf-16"), f"{ONE}, line 1: found bytes that are not UTF-8"),
        (b'analysis,"study\n', f"{ONE} cannot be read as CSV"),
        (b"analysis;study;label\n", "expected commas; save the file as CSV with commas"),
        (b"analysis,study,Label,year,arm,comparator,xi,ni,derived,records\n", "has no column label (found 'Label')"),
        (
            b"analysis,study,label,year,arm,comparator,xi,xi,ni,derived,records\n",
            f"{ONE} has the column xi 2 times",
        ),
        (
            b"analysis,study,label,year,arm,comparator,xi,ni,derived,records\na,s,S\n",
            f"{ONE}, row 2: found 3 cells, expected 10 as in the header",
        ),
        (
            b"analysis,study,label,year,arm,comparator,xi,ni,derived,records\n",
            "row 2, column analysis: found 'a', expected an analysis that has rows in " + ONE,
        ),
    ],
)
def test_a_spoilt_table_is_named(by_hand, content, said):
    folder = by_hand()
    (folder / ONE).unlink()
    if content is not None:
        (folder / ONE).write_bytes(content)
    assert said in refusal(folder)


def test_a_row_that_is_too_long_is_named_and_nothing_moves_sideways(by_hand):
    folder = by_hand()
    lines = (folder / ONE).read_text("utf-8").splitlines()
    (folder / ONE).write_text("\n".join([lines[0], f"{lines[1]},7", lines[2]]), encoding="utf-8")
    assert f"{ONE}, row 2: found 11 cells, expected 10" in refusal(folder)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"xi": ""}, "column xi: found nothing, expected a whole number, 0 or more"),
        ({"xi": "  "}, "column xi: found nothing, expected a whole number, 0 or more"),
        ({"xi": "three"}, "column xi: found 'three', expected a whole number, 0 or more"),
        ({"xi": "3.5"}, "column xi: found '3.5', expected a whole number"),
        ({"xi": "-1"}, "column xi: found '-1', expected a whole number, 0 or more"),
        ({"xi": "21"}, "column xi: found '21', expected 20 (ni) or less"),
        ({"ni": "0"}, "column ni: found '0', expected a whole number, 1 or more"),
        ({"xi": "nan"}, "column xi: found 'nan'"),
        ({"xi": "inf"}, "column xi: found 'inf'"),
        ({"ni": "1e999"}, "column ni: found '1e999'"),
        ({"xi": "1_0"}, "column xi: found '1_0'"),
        ({"xi": "1,0"}, "column xi: found '1,0'"),
        ({"xi": "0x3"}, "column xi: found '0x3'"),
        ({"xi": "٣"}, "column xi: found '٣'"),
        ({"xi": "TRUE"}, "column xi: found 'TRUE'"),
        ({"label": ""}, "column label: found nothing, expected name of the study as readers know it"),
        ({"analysis": "b"}, "column analysis: found 'b', expected one that analyses.csv lists with single_counts"),
        ({"study": "s9"}, "row 3, column study: found 's9', expected one row of a study in 'a'"),
    ],
)
def test_a_cell_that_is_not_what_its_column_holds_is_named(by_hand, cells, said):
    assert said in refusal(by_hand([ROWS[0] | cells, ROWS[1]]))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"method": "dl"}, "row 2, column method: found 'dl', expected one of CE"),
        ({"test": "normal"}, "column test: found 'normal', expected one of z, t, knha, adhoc"),
        ({"level": "101"}, "column level: found '101', expected a number, above 0 and 100 or less"),
        ({"level": "0"}, "column level: found '0'"),
        (
            {"measure": "SMD"},
            "column measure: found 'SMD', expected one that analysis_single_counts.csv gives: PLO, PR",
        ),
        ({"measure": "XX"}, "column measure: found 'XX', expected one of PLO"),
        ({"table": "counts"}, "column table: found 'counts', expected one of single_counts"),
        ({"studies": "3"}, "column studies: found '3', expected 2, the rows it has in analysis_single_counts.csv"),
        ({"title": ""}, "column title: found nothing, expected what is pooled, in words"),
    ],
)
def test_a_listing_that_is_not_as_it_should_be_is_named(by_hand, cells, said):
    folder = by_hand()
    put(folder, "analyses.csv", 2, **cells)
    assert said in refusal(folder)


def test_an_analysis_listed_twice_is_named(folder):
    example.edit(folder / "analyses.csv", lambda rows: [*rows, rows[0]])
    assert "analyses.csv, row 13, column analysis: found 'age', expected an id that no other row has" in refusal(folder)


def test_rows_of_an_analysis_that_is_not_listed_are_named_once(folder):
    example.edit(folder / "analyses.csv", lambda rows: [row for row in rows if row["analysis"] != "cr.control"])
    message = refusal(folder)
    assert f"{ONE}, row 2, column analysis: found 'cr.control'" in message
    assert "faults" not in message


def test_tables_of_two_groups_must_add_up(folder):
    put(folder, TWO, 2, bi="41")
    assert f"{TWO}, row 2, column n1i: found '52', expected 53 (ai and bi together)" in refusal(folder)
    put(folder, TWO, 2, bi="0", ai="53")
    assert refusal(folder).count("row 2") == 1  # one bad cell, one complaint


def test_a_standard_error_changed_alone_is_named_and_rounding_is_not(folder):
    (row, *_) = example.read_rows(folder / EFFECTS)
    put(folder, EFFECTS, 2, sei=f"{float(row['sei']):.4f}")
    assert read(folder).changed == (EFFECTS,)
    put(folder, EFFECTS, 2, sei="0.5")
    assert f"{EFFECTS}, row 2, column sei: found '0.5', expected {float(row['sei']):.4g}, the root of vi" in refusal(
        folder
    )


def test_a_dataset_without_analyses_says_where_to_look(by_hand):
    folder = by_hand()
    (folder / "analyses.csv").write_text(",".join(each.name for each in ANALYSES) + "\n")
    assert "has no analysis to pool; its account.csv says of every record why it feeds none" in refusal(folder)


def test_all_faults_are_named_at_once_and_very_many_are_counted(folder):
    put(folder, "analyses.csv", 3, method="best")
    put(folder, TWO, 4, ai="-2")
    put(folder, ONE, 5, xi="many")
    example.edit(folder / "analysis_two_group_means.csv", lambda rows: [row | {"sd1i": "0"} for row in rows])
    message = refusal(folder)
    assert "cannot be pooled, 7 faults:" in message
    lines = [line.strip() for line in message.splitlines()[1:]]
    assert "analyses.csv, row 3, column method: found 'best', expected one of CE, DL" in lines[0]
    assert f"{TWO}, row 4, column ai: found '-2', expected a whole number, 0 or more" in lines
    assert f"{ONE}, row 5, column xi: found 'many', expected a whole number, 0 or more" in lines
    assert lines[-1] == "analysis_two_group_means.csv, row 5, column sd1i: found '0', expected a number, above 0"
    example.edit(folder / TWO, lambda rows: [dict.fromkeys(row, "?") for row in rows])
    message = refusal(folder)
    assert len(message.splitlines()) == MOST + 2
    assert message.splitlines()[-1].strip().startswith("and ")
