"""HTML pages of articles as paragraphs and tables."""

from __future__ import annotations

import pytest
from readers_case import grid, sections, tables, texts

from curation.readers.read import read_document

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Journal | Walking</title>
<meta name="citation_title" content="Walking for knee pain"><meta name="citation_doi" content="10.1234/example.1">
<meta name="citation_author" content="Doe J"><meta name="citation_journal_title" content="Journal of Examples">
<meta name="citation_publication_date" content="2019/03/01"><meta name="citation_volume" content="4">
<meta name="citation_firstpage" content="17"><script>var n = 12;</script></head>
<body><nav><ul><li>Home 11</li></ul></nav><header>Banner 99</header><div class="cookie-notice" hidden>Take 5 cookies</div>
<article><h1>Walking for knee pain</h1>%s<h2>References</h2><ol><li>Doe J. 1999;3:12.</li></ol></article>
<footer>Copyright 1066</footer></body></html>"""


@pytest.fixture
def reads(tmp_path):
    def read(body, encoding="utf-8"):
        path = tmp_path / "page.html"
        path.write_bytes((PAGE % body).encode(encoding))
        return read_document(path)

    return read


def test_the_article_is_read_and_the_page_around_it_is_not(reads):
    found = reads("<h2>Results</h2><h3>Falls</h3><p>Six fell.</p><div>So did <b>one</b> more.</div>")
    assert texts(found) == ["Six fell.", "So did one more."]
    assert sections(found)["Six fell."] == "Results, Falls"
    assert not any(number in found.text for number in ("11", "99", "1066", "1999", "cookies"))


def test_the_head_says_how_the_article_is_cited(reads):
    found = reads("<p>Text.</p>")
    assert (found.title, found.doi, found.year) == ("Walking for knee pain", "10.1234/example.1", "2019")
    assert found.citation == "Doe J, Journal of Examples 2019;4:17"
    assert texts(found, "title") == ["Walking for knee pain"]


def test_a_table_takes_its_caption_from_inside_or_from_above(reads):
    rows = "<tr><th rowspan=2>Outcome<th colspan=2>Group<tr><th>A<th>B<tr><td>Falls<td>6<sup>a</sup><td>9"
    inside, above = tables(
        reads(f"<table><caption>Table 1. Falls</caption>{rows}</table><p>Table 2. Falls</p><table>{rows}</table>")
    )
    assert (inside.label, inside.caption) == (above.label.replace("2", "1"), above.caption) == ("Table 1", "Falls")
    assert grid(inside) == [["Outcome", "Group", "Group"], ["Outcome", "A", "B"], ["Falls", "6", "9"]]


def test_tables_that_only_lay_out_the_page_are_read_through(reads):
    found = reads("<table><tr><td>Aside</td><td><table><tr><td>a</td><td>1</td></tr></table></td></tr></table>")
    assert [grid(each) for each in tables(found)] == [[["a", "1"]]]
    assert texts(found) == ["Aside"]


def test_linked_citations_go_and_digits_are_raised(reads):
    found = reads(
        '<p>fell<sup><a href="#ref-3">3</a>,<a href="#ref-4">4</a></sup> to 25 kg/m<sup>2</sup> <a href="#t1">(Table 1)</a></p>'
    )
    assert texts(found) == ["fell to 25 kg/m² (Table 1)"]


@pytest.mark.parametrize("declared", ["utf-8", "windows-1252", "iso-8859-1", None])
def test_the_encoding_is_declared_or_found_out(tmp_path, declared):
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    path = tmp_path / "page.html"
    path.write_bytes(
        f"<html><head>{meta}</head><body><p>5 ± 2 – µmol</p></body></html>".encode(
            {"utf-8": "utf-8"}.get(declared, "cp1252")
        )
    )
    assert texts(read_document(path)) == ["5 ± 2 – µmol"]


def test_a_page_in_utf_16_is_read(tmp_path):
    path = tmp_path / "page.html"
    path.write_bytes("<html><body><p>5 ± 2</p></body></html>".encode("utf-16"))
    assert texts(read_document(path)) == ["5 ± 2"]


def test_a_page_under_another_ending_is_known_by_what_it_holds(tmp_path):
    path = tmp_path / "page.txt"
    path.write_text("<!DOCTYPE html><html><body><p>Six fell.</p></body></html>")
    assert read_document(path).format == "html"
