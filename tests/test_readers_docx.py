"""Word files as paragraphs and tables."""

from __future__ import annotations

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from readers_case import grid, sections, tables, texts

from curation.readers.read import read_document


@pytest.fixture
def word():
    return docx.Document()


@pytest.fixture
def reads(tmp_path):
    def read(word):
        path = tmp_path / "article.docx"
        word.save(str(path))
        return read_document(path)

    return read


def _field(paragraph, instruction, text):
    for kind in ("begin", None, "separate", text, "end"):
        run = paragraph.add_run(text if kind == text else "")
        if kind == text:
            continue
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = instruction
        run._r.append(element)


def test_headings_paragraphs_and_lists_are_read(word, reads):
    word.add_heading("Walking for knee pain", 0)
    word.add_heading("Results", 1)
    word.add_heading("Falls", 2)
    word.add_paragraph("Six fell.")
    word.add_paragraph("who", style="List Number").paragraph_format.left_indent = Pt(9)
    found = reads(word)
    assert found.title == "Walking for knee pain"
    assert sections(found)["Six fell."] == "Results, Falls"
    assert texts(found, "title") == ["Walking for knee pain"]
    assert "who" in found.text


def test_raised_and_lowered_runs_and_citations_of_reference_managers(word, reads):
    paragraph = word.add_paragraph("pain fell")
    _field(paragraph, ' ADDIN EN.CITE <EndNote>"3"', "[3]")
    for text, kind in [
        (", 25 kg/m", None),
        ("2", "superscript"),
        (" and O", None),
        ("2", "subscript"),
        (" stayed", None),
    ]:
        run = paragraph.add_run(text)
        if kind:
            setattr(run.font, kind, True)
    assert texts(reads(word)) == ["pain fell, 25 kg/m² and O₂ stayed"]


def test_deletions_are_left_out_and_insertions_kept(word, reads):
    paragraph = word.add_paragraph("In all ")
    for kind, text in [("del", "seven"), ("ins", "six")]:
        change = OxmlElement(f"w:{kind}")
        run = OxmlElement("w:r")
        words = OxmlElement("w:delText" if kind == "del" else "w:t")
        words.text = text
        run.append(words)
        change.append(run)
        paragraph._p.append(change)
    paragraph.add_run(" fell.")
    assert texts(reads(word)) == ["In all six fell."]


def test_tables_have_their_merged_cells_and_the_caption_above(word, reads):
    word.add_paragraph("Table 1. Falls")
    rows = [["Outcome", "Group", ""], ["", "A", "B"], ["Falls", "6 (10.0)*", "9 (15.0)"], ["Severe", "1", "2"]]
    table = word.add_table(4, 3)
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(number, column).text = text
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(3, 0).paragraphs[0].paragraph_format.left_indent = Pt(12)
    (found,) = tables(reads(word))
    assert (found.label, found.caption) == ("Table 1", "Falls")
    assert grid(found) == [
        ["Outcome", "Group", "Group"],
        ["Outcome", "A", "B"],
        ["Falls", "6 (10.0)", "9 (15.0)"],
        ["Severe", "1", "2"],
    ]
    assert [cell.indent for cell in found.cells if cell.column == 0] == [0, 0, 1]


def test_numbered_lists_carry_their_numbers(word, reads):
    for text in ("who", "when"):
        paragraph = word.add_paragraph(text)
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = 0
        properties.get_or_add_numId().val = 5
    found = texts(reads(word), "list")
    assert [text.split()[-1] for text in found] == ["who", "when"]
