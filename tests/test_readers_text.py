"""Plain text, CSV and workbooks as paragraphs and tables."""

from __future__ import annotations

import openpyxl
from readers_case import grid, sections, tables, texts

from curation.readers.read import read_document

ARTICLE = """Walking classes against usual advice for knee pain

doi: 10.1234/example.1   © 2019 The Authors

Background: Knee pain is common.

Results: Pain fell by 1.3 points.

Introduction

Walking is cheap, and earlier trials of wal-
king found that it helps.1,2 In walking
trials of

 the dexametha-
sone type, 3-
4 visits were enough.

2. Methods

Statistical analysis

Means were compared by analysis of covariance, see above.

Results

Table 1 Outcomes at twelve weeks

Outcome\tWalking\tAdvice
Falls\t6 (10.0)\t9 (15.0)

CR 0.390 0.303–0.480 0.169
PR 0.202 0.092–0.343 0.000

Table 2 shows nothing more than is said above (25 kg/m^2).

References

1. Doe J. Knees. 1999;3:12.

2. Roe J. Hips. 1998;3:12.
"""


def test_text_becomes_paragraphs_under_guessed_headings(tmp_path):
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE)
    found = read_document(path)
    places = sections(found)
    assert places["Results: Pain fell by 1.3 points."] == "Abstract, Results"
    assert places["Means were compared by analysis of covariance, see above."] == "Methods, Statistical analysis"
    assert places["Table 2 shows nothing more than is said above (25 kg/m²)."] == "Results"
    assert (found.title, found.doi, found.year) == (
        "Walking classes against usual advice for knee pain",
        "10.1234/example.1",
        "2019",
    )
    assert "1999" not in found.text
    assert "1998" not in found.text


def test_divided_words_are_whole_and_a_cut_sentence_is_one(tmp_path):
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE)
    assert (
        "Walking is cheap, and earlier trials of walking found that it helps. In walking trials of the dexamethasone type, "
        "3-4 visits were enough." in texts(read_document(path))
    )


def test_columns_between_tabs_are_a_table_and_flattened_rows_stay_lines(tmp_path):
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE)
    found = read_document(path)
    (table,) = tables(found)
    assert (table.label, table.caption) == ("Table 1", "Outcomes at twelve weeks")
    assert grid(table) == [["Outcome", "Walking", "Advice"], ["Falls", "6 (10.0)", "9 (15.0)"]]
    assert "CR 0.390 0.303–0.480 0.169" in texts(found)
    assert "PR 0.202 0.092–0.343 0.000" in texts(found)


def test_page_breaks_number_the_pages_and_running_heads_go(tmp_path):
    path = tmp_path / "article.txt"
    said = ["Six fell.", "Nine fell.", "Nobody else did."]
    pages = [f"Journal of Examples 2019, page {number}\n\n{text}" for number, text in enumerate(said, 1)]
    path.write_text("\f".join(pages))
    assert [(part.page, part.text) for part in read_document(path).parts] == list(zip("123", said, strict=True))


def test_a_csv_file_is_one_table_with_its_caption(tmp_path):
    path = tmp_path / "outcomes.csv"
    path.write_bytes("Table 2. Outcomes;;\nOutcome;Walking;Advice\nFalls;6 (10,0)*;9 (15,0)\n".encode("cp1252"))
    found = read_document(path)
    (table,) = tables(found)
    assert (found.format, table.label, table.caption) == ("csv", "Table 2", "Outcomes")
    assert grid(table) == [["Outcome", "Walking", "Advice"], ["Falls", "6 (10,0)", "9 (15,0)"]]


def test_every_sheet_of_a_workbook_is_a_table_as_it_is_shown(tmp_path):
    book = openpyxl.Workbook()
    first = book.active
    first.title = "Outcomes"
    first.append(["Outcome", "Group", None])
    first.append([None, "A", "B"])
    first.append(["Response", 0.39, "0.50"])
    first["B3"].number_format = "0.0%"
    first.merge_cells("B1:C1")
    book.create_sheet("Falls").append(["Falls", "6 (10.0)"])
    path = tmp_path / "tables.xlsx"
    book.save(path)
    outcomes, falls = tables(read_document(path))
    assert (outcomes.label, falls.label) == ("Outcomes", "Falls")
    assert grid(outcomes) == [["Outcome", "Group", "Group"], ["", "A", "B"], ["Response", "39.0%", "0.50"]]
