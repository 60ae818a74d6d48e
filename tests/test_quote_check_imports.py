"""Quotes of imported records are looked up in the documents of their sources, whatever format those have."""

from __future__ import annotations

import csv
import io
import json

import docx
import pytest
from click.testing import CliRunner

from curation.cli import curation
from curation.entry.documents import source_text
from curation.entry.published import published

# The trial and its numbers are made up.
JATS = """<?xml version="1.0"?><!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Publishing DTD v1.2 20190208//EN" "JATS-journalpublishing1.dtd">
<article><front><article-meta><title-group><article-title>A made-up trial</article-title></title-group></article-meta></front>
<body><sec><title>Results</title><p>Complete remission was reached by <bold>22</bold> of 52 patients (42.3%).</p></sec></body></article>"""
HTML = "<!DOCTYPE html><html><head><title>T</title></head><body><h1>A made-up trial</h1><p>Complete remission was reached by 22 of 52 patients (42.3%).</p></body></html>"
PLAIN = "Complete remission was reached by\n22 of 52 patients (42.3%)."
RIGHT, WRONG = "reached by 22 of 52 patients (42.3%)", "reached by 23 of 52 patients (44.2%)"


def export(tmp_path, document, quote):
    """A REDCap export of one document, one outcome and one count with its quote."""
    rows = [
        {
            "record_id": "1",
            "source_source": "kim",
            "source_title": "A made-up trial",
            "source_type": "article",
            "source_document": document,
        },
        {
            "record_id": "1",
            "redcap_repeat_instrument": "outcomes",
            "outcome_outcome": "cr",
            "outcome_label": "Remission",
        },
        {
            "record_id": "1",
            "redcap_repeat_instrument": "counts",
            "count_outcome": "cr",
            "count_events": quote.split()[2],
            "count_total": "52",
            "count_quote": quote,
        },
    ]
    names = list(
        dict.fromkeys(
            ["record_id", "redcap_repeat_instrument", "redcap_repeat_instance", *(name for row in rows for name in row)]
        )
    )
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    path = tmp_path / "export.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def pdf(line):
    """A PDF file by hand: one page with one line."""
    stream = f"BT /F1 10 Tf 50 700 Td ({line.replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj ET"
    font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F1 {font}>>>>/Contents 4 0 R>>"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream",
    ]
    data, offsets = "%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    return f"{data}xref\n0 5\n0000000000 65535 f \n{table}trailer<</Size 5/Root 1 0 R>>\nstartxref\n{len(data)}\n%%EOF".encode()


def texts(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "kim.pdf").write_bytes(pdf(PLAIN.replace("\n", " ")))
    word = docx.Document()
    word.add_paragraph(PLAIN.replace("\n", " "))
    word.save(str(folder / "kim.docx"))
    for name, content in (("kim.xml", JATS), ("kim.html", HTML), ("kim.txt", PLAIN)):
        (folder / name).write_text(content, encoding="utf-8")
    (tmp_path / "secret.xml").write_text(JATS, encoding="utf-8")
    return folder


def found(tmp_path, document, quote):
    """The quote rules' findings for an import, and what was said on stderr."""
    call = [
        "check",
        str(export(tmp_path, document, quote)),
        "--documents",
        str(texts(tmp_path)),
        "--format",
        "json",
        "--select",
        "QUOTE",
    ]
    done = CliRunner().invoke(curation, call)
    assert done.exit_code in {0, 1}, done.output
    return [one["rule"] for one in json.loads(done.stdout)["findings"]], done.stderr


@pytest.mark.parametrize("document", ["kim.xml", "kim.html", "kim.txt", "kim.pdf", "kim.docx"])
def test_a_quote_is_found_in_a_document_of_any_format(tmp_path, document):
    assert found(tmp_path, document, RIGHT)[0] == []


@pytest.mark.parametrize("document", ["kim.xml", "kim.html", "kim.txt", "kim.pdf", "kim.docx"])
def test_a_quote_that_the_document_does_not_have_is_a_finding(tmp_path, document):
    assert found(tmp_path, document, WRONG)[0] == ["QUOTE-002"]


@pytest.mark.parametrize("document", ["../secret.xml", "out.xml"])
def test_a_document_outside_of_the_folder_is_never_read(tmp_path, document):
    folder = texts(tmp_path)
    (folder / "out.xml").symlink_to(tmp_path / "secret.xml")
    one = source_text(folder, document)
    assert (one.result, one.text) == ("refused", "")
    assert "in the folder of documents" in one.sentence


def test_a_document_that_its_reader_cannot_read_is_told_in_a_sentence(tmp_path):
    folder = texts(tmp_path)
    (folder / "broken.xml").write_text("<?xml version='1.0'?><article><front>", encoding="utf-8")
    (folder / "page.html").write_text("<html></html>", encoding="utf-8")
    one = source_text(folder, "broken.xml")
    assert one.result == "refused"
    assert one.sentence.startswith("The document 'broken.xml' is not read: found ")
    assert str(tmp_path) not in one.sentence


def test_plain_text_keeps_its_lines_even_where_it_begins_like_markup(tmp_path):
    folder = texts(tmp_path)
    (folder / "notes.txt").write_text("<html> is how\nthe page begins", encoding="utf-8")
    assert source_text(folder, "notes.txt").text == "<html> is how\nthe page begins"
    assert published(folder / "notes.txt", b"<html> is how") is None


def test_the_text_of_a_published_document_has_no_markup(tmp_path):
    text = source_text(texts(tmp_path), "kim.xml").text
    assert "reached by 22 of 52 patients (42.3%)" in text
    assert "<" not in text


def test_a_document_that_changed_is_read_again(tmp_path):
    folder = texts(tmp_path)
    assert "22 of 52" in source_text(folder, "kim.html").text
    (folder / "kim.html").write_text(HTML.replace("22 of 52", "24 of 52"), encoding="utf-8")
    assert "24 of 52" in source_text(folder, "kim.html").text


def test_intake_looks_the_quotes_of_imported_records_up(tmp_path):
    review = tmp_path / "r.duckdb"
    run = CliRunner()
    assert run.invoke(curation, ["init", str(review)]).exit_code == 0
    call = [
        "intake",
        str(review),
        str(export(tmp_path, "kim.html", WRONG)),
        "--extractor",
        "AB",
        "--documents",
        str(texts(tmp_path)),
    ]
    done = run.invoke(curation, call)
    assert done.exit_code == 0, done.output
    assert "[QUOTE-002]" in done.output
