"""JATS articles as paragraphs and tables."""

from __future__ import annotations

import pytest
from readers_case import grid, jats, sections, tables, texts, wrapped

from curation.intake.problems import Refused
from curation.readers.read import read_document


@pytest.fixture
def reads(tmp_path):
    def read(body):
        path = tmp_path / "article.nxml"
        path.write_bytes(jats(body))
        return read_document(path)

    return read


def test_an_article_says_how_it_is_cited(reads):
    found = reads("<p>Text.</p>")
    assert (found.title, found.doi, found.year) == ("Walking for knee pain", "10.1234/example.1", "2019")
    assert found.citation == "Doe JA et al., Journal of Examples 2019;4:17–25"
    assert found.licence == "http://creativecommons.org/licenses/by/4.0/"
    assert (found.file, found.format) == ("article.nxml", "jats")


def test_sections_are_the_headings_above_a_paragraph(reads):
    found = reads("<sec><title>2. Results</title><sec><title>Falls</title><p>Six fell.</p></sec></sec>")
    places = sections(found)
    assert places["Six fell."] == "Results, Falls"
    assert places["Pain fell by 1.3 points."] == "Abstract, Results"
    assert texts(found, "heading") == ["Abstract", "Results", "2. Results", "Falls"]


def test_references_thanks_and_addresses_are_left_out(reads):
    text = reads("<p>Text.</p>").text
    assert "helpers" not in text
    assert "1999" not in text
    assert "Street" not in text


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ('pain [<xref ref-type="bibr">3</xref>, <xref ref-type="bibr">4</xref>].', "pain."),
        ('pain [<xref ref-type="bibr">3</xref>–<xref ref-type="bibr">5</xref>] fell', "pain fell"),
        ('pain.<sup><xref ref-type="bibr">3</xref>,<xref ref-type="bibr">4</xref></sup> It', "pain. It"),
        ('pain <xref ref-type="bibr">[3]</xref>, and', "pain, and"),
        ('(<xref ref-type="bibr">Doe, 2001</xref>; <xref ref-type="bibr">Roe, 2002</xref>) fell', "fell"),
        ('<xref ref-type="bibr">Doe (2001)</xref> found 12', "Doe (2001) found 12"),
        ('(n = 12; <xref ref-type="bibr">3</xref>)', "(n = 12)"),
        ('see <xref ref-type="table">Table 1</xref>', "see Table 1"),
        ("25 kg/m<sup>2</sup>, 10<sup>−3</sup>, χ<sup>2</sup>", "25 kg/m², 10⁻³, χ²"),
        ("<italic>F</italic>\n<sub>1,58</sub> = 4.1 and VO<sub>2max</sub>", "F₁,₅₈ = 4.1 and VO₂max"),
        ("F<sub>(1, 24)</sub> = 20.5 on the 1<sup>st</sup> day", "F(1, 24) = 20.5 on the 1st day"),
        ("0.05&#x2009;(95%&#x00a0;CI)&nbsp;&ndash; ef&#xad;fect&#x200b;s<break/>end", "0.05 (95% CI) – effects end"),
        ("a\n   b", "a b"),
        ("<inline-formula><mml:math><mml:msup><mml:mi>η</mml:mi><mml:mn>2</mml:mn></mml:msup><mml:mo>=</mml:mo>"
         "<mml:mfrac><mml:mn>1</mml:mn><mml:mi>n</mml:mi></mml:mfrac></mml:math></inline-formula>", "η² = 1/n"),
        (r"<inline-formula><tex-math>\documentclass{a}\begin{document}$$x\pm 3\%$$\end{document}</tex-math></inline-formula>",
         "x ± 3%"),
        ("range [3, 7] and score [12]", "range [3, 7] and score [12]"),
    ],
)  # fmt: skip
def test_running_text_is_settled(reads, given, read):
    assert texts(reads(f"<p>{given}</p>"))[1:] == [read]


def test_bracketed_citations_go_where_none_is_linked(reads):
    found = texts(reads("<p>as was shown [12], by 5 points [3, 7] in trials [1,3–5]</p>"))
    assert found[1:] == ["as was shown, by 5 points [3, 7] in trials"]


def test_a_table_keeps_its_head_spans_and_notes(reads):
    table = (
        "<table><thead><tr><th rowspan='2'>Outcome</th><th colspan='2'>Group</th></tr><tr><th>A</th><th>B</th></tr></thead>"
        "<tbody><tr><td>Falls</td><td>6 (10.0)</td><td>9<break/>(15.0)</td></tr></tbody></table>"
    )
    (found,) = tables(reads(wrapped(table, "<fn><p><sup>a</sup>Per protocol.</p></fn><p>CI, interval.</p>")))
    assert (found.label, found.caption, found.section) == ("Table 1", "Outcomes", "Results")
    assert grid(found) == [["Outcome", "Group", "Group"], ["Outcome", "A", "B"], ["Falls", "6 (10.0)", "9 (15.0)"]]
    assert [cell.head for cell in found.cells] == [True] * 4 + [False] * 3
    assert found.notes == ("a Per protocol.", "CI, interval.")


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("12.3<sup>a,b</sup>", "12.3"),
        ('12.3<xref ref-type="table-fn">*</xref>, <xref ref-type="table-fn"><sup>C</sup></xref>', "12.3"),
        ("0.72 ± 0.38* (0.3–1.4)", "0.72 ± 0.38 (0.3–1.4)"),
        ("P value †", "P value"),
        ("*", "*"),
        ("4.5 × 10<sup>9</sup>/l", "4.5 × 10⁹/l"),
        ("Age<sup>1</sup>", "Age"),
        ("25 kg/m<sup>2</sup>", "25 kg/m²"),
        ("Ca<sup>2+</sup> 1.1<sup>+</sup>", "Ca²⁺ 1.1"),
        ('Doe 2001 [<xref ref-type="bibr">12</xref>]', "Doe 2001"),
        ("1689 [419]", "1689 [419]"),
        ("<p>6</p><p>(10.0%)</p>", "6 (10.0%)"),
    ],
)
def test_marks_of_notes_are_not_text_of_a_cell(reads, given, read):
    table = f"<table><tbody><tr><td>Label</td><td>{given}</td></tr></tbody></table>"
    (found,) = tables(reads(wrapped(table, "<p><sup>1</sup>At the beginning; kg/m<sup>2</sup>.</p>")))
    assert grid(found) == [["Label", read]]


def test_row_labels_say_how_deep_they_are_set_in(reads):
    rows = "".join(
        f"<tr><td{style}>{text}</td><td>1</td></tr>"
        for style, text in [
            ("", "Sex"),
            ("", "&#x2003;Men"),
            ("", "\n&#x2003;&#x2003;Old"),
            (' style="padding-left: 1em"', "Women"),
        ]
    )
    (found,) = tables(
        reads(wrapped(f"<table><thead><tr><td>&#x2003;</td><td>n</td></tr></thead><tbody>{rows}</tbody></table>"))
    )
    assert [(cell.text, cell.indent) for cell in found.cells if cell.column == 0][1:] == [
        ("Sex", 0),
        ("Men", 1),
        ("Old", 2),
        ("Women", 1),
    ]


def test_spans_that_overrun_or_overlap_are_clamped(reads):
    table = (
        "<table><tbody><tr><td rowspan='99'>a</td><td colspan='100000000'>b</td></tr>"
        "<tr><td>c</td><td rowspan='2'>d</td></tr><tr><td colspan='3'>e</td></tr></tbody></table>"
    )
    (found,) = tables(reads(wrapped(table)))
    assert grid(found) == [["a", "b", "b"], ["a", "c", "d"], ["a", "e", "d"]]


def test_several_tables_of_one_wrapper_and_those_among_alternatives_are_all_read(reads):
    one = "<table><tbody><tr><td>a</td><td>1</td></tr></tbody></table>"
    other = "<alternatives><graphic/><table><tbody><tr><td>b</td><td>2</td></tr></tbody></table></alternatives>"
    found = tables(reads(wrapped(one + other)))
    assert [(each.label, grid(each)) for each in found] == [("Table 1", [["a", "1"]]), ("Table 1", [["b", "2"]])]


def test_a_table_that_is_a_picture_gives_a_remark(reads):
    found = reads(wrapped("<graphic/>"))
    assert found.remarks == ("Table 1 is a picture in this file; its numbers were not read.",)
    assert "Table 1. Outcomes" in texts(found, "caption")


def test_lists_figures_and_boxes_are_read_in_their_order(reads):
    found = reads(
        "<p>We asked:<list><list-item><label>1.</label><p>who</p></list-item><list-item><p>when</p></list-item></list>and left.</p>"
        "<fig><label>Figure 1</label><caption><title>Flow</title><p>All 120 people.</p></caption></fig>"
        "<boxed-text><caption><title>Box</title></caption><p>Inside.</p></boxed-text>"
    )
    assert [(part.role, part.text) for part in found.parts][4:] == [
        ("paragraph", "We asked:"),
        ("list", "1. who"),
        ("list", "when"),
        ("paragraph", "and left."),
        ("caption", "Figure 1. Flow. All 120 people."),
        ("heading", "Box"),
        ("paragraph", "Inside."),
    ]


def test_broken_xml_is_named_with_line_and_column(tmp_path):
    path = tmp_path / "broken.xml"
    path.write_bytes(jats("<p>Text").replace(b"</body>", b""))
    with pytest.raises(Refused) as refusal:
        read_document(path)
    (problem,) = refusal.value.problems
    assert "line" in problem.found
    assert "column" in problem.found
