"""PDF files as paragraphs and tables. ``documents/trial.pdf`` is of our own making: two columns, heads, a table with
rules, one without, superscripts, a table row that goes on over the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from readers_case import grid, sections, tables, texts

from curation.intake.problems import Refused
from curation.readers.read import read_document

DOCUMENTS = Path(__file__).parent / "documents"


@pytest.fixture(scope="module")
def trial():
    return read_document(DOCUMENTS / "trial.pdf")


def test_columns_are_read_one_after_the_other(trial):
    title = "Walking classes against usual advice for knee pain: a randomised trial"
    assert trial.title == title
    assert texts(trial, "title") == [title]
    assert texts(trial, "heading") == [
        *("Abstract", "Methods", "Results", "Introduction", "Methods", "Participants", "Statistical analysis"),
        *("Results", "Discussion"),
    ]


def test_headings_by_their_size_are_the_places_of_paragraphs(trial):
    places = {text[:20]: section for text, section in sections(trial).items()}
    assert places["Mean pain at twelve "] == "Abstract, Results"
    assert places["Adults aged fifty ye"] == "Methods, Participants"
    assert places["Of 164 people who we"] == "Results"


def test_lines_are_joined_and_citations_left_out(trial):
    assert (
        "Mean pain at twelve weeks was 3.1 in the walking group and 4.4 in the advice group (difference -1.3, 95% CI -2.0 to "
        "-0.6, P < 0.001). Falls were reported by 6 of 60 (10.0%) and 9 of 60 (15.0%)." in texts(trial)
    )
    (introduction,) = [text for text in texts(trial) if text.startswith("Knee pain")]
    assert "in later life. Walking is cheap, and earlier trials found that it helps, although" in introduction
    assert "kg/m², matters" in introduction
    assert "4.5 × 10⁻³ mol/l" in introduction
    assert "oxygen (O₂)" in introduction


def test_running_heads_page_numbers_and_references_are_left_out(trial):
    assert "Example Journal" not in trial.text
    assert "Somebody" not in trial.text
    assert not {"1", "2", "3"} & set(texts(trial))


def test_a_ruled_table_has_its_merged_cells_and_indents(trial):
    table = tables(trial)[0]
    assert (table.label, table.caption, table.page) == ("Table 1", "Characteristics of the participants", "2")
    assert grid(table)[3] == ["Pain at the beginning"] * 3
    assert grid(table)[5] == ["Severe", "48 (80.0)", "45 (75.0)"]
    assert [cell.indent for cell in table.cells if cell.column == 0] == [0, 0, 0, 0, 1, 1]


def test_a_table_without_vertical_rules_is_read_by_its_alignment_over_the_page_break(trial):
    table = tables(trial)[1]
    assert (table.label, table.caption) == ("Table 2", "Outcomes at twelve weeks")
    assert grid(table) == [
        ["Outcome", "Walking", "Advice", "Difference (95% CI)", "P value"],
        ["Pain, mean (SD)", "3.1 (1.9)", "4.4 (2.0)", "-1.3 (-2.0 to -0.6)", "<0.001"],
        ["Function, mean (SD)", "71.2 (14.5)", "65.0 (15.1)", "6.2 (0.8 to 11.6)", "0.024"],
        ["Falls, n (%)", "6 (10.0)", "9 (15.0)", "-5.0 (-16.8 to 6.8)", "0.58"],
        ["Withdrew, n (%)", "4 (6.7)", "5 (8.3)", "-1.7 (-11.1 to 7.8)", "1.00"],
    ]


def test_a_locked_file_says_what_to_do():
    with pytest.raises(Refused, match=r"locked with a password.*open it with the password"):
        read_document(DOCUMENTS / "locked.pdf")


def _pdf(contents):
    """A PDF file by hand: a page for each content, with a picture the contents may draw."""
    kids = " ".join(f"{4 + 2 * place} 0 R" for place in range(len(contents)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(contents)}>>",
        "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>\nstream\n0\nendstream",
    ]
    font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    for place, text in enumerate(contents):
        resources = f"<</Font<</F1 {font}>>/XObject<</Im0 3 0 R>>>>"
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources{resources}/Contents {5 + 2 * place} 0 R>>"
        )
        objects.append(f"<</Length {len(text)}>>\nstream\n{text}\nendstream")
    data, offsets = "%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    start = len(data)
    size = len(objects) + 1
    return f"{data}xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF".encode()


PICTURE = "q 500 0 0 700 50 50 cm /Im0 Do Q"
TEXT = "BT /F1 12 Tf 60 700 Td (Six of sixty people fell in the walking group.) Tj ET"


def test_a_scanned_file_says_that_its_pages_are_pictures(tmp_path):
    path = tmp_path / "scan.pdf"
    path.write_bytes(_pdf([PICTURE, PICTURE]))
    with pytest.raises(Refused, match=r"pages are pictures.*OCR"):
        read_document(path)


def test_a_page_that_is_a_picture_gives_a_remark(tmp_path):
    path = tmp_path / "mixed.pdf"
    path.write_bytes(_pdf([TEXT, PICTURE]))
    found = read_document(path)
    assert texts(found) == ["Six of sixty people fell in the walking group."]
    assert found.remarks == ("Page 2 is a picture and was not read; run text recognition (OCR) over it.",)


def test_a_damaged_file_says_so(tmp_path):
    path = tmp_path / "half.pdf"
    path.write_bytes((DOCUMENTS / "trial.pdf").read_bytes()[:3000])
    with pytest.raises(Refused, match="PDF"):
        read_document(path)
