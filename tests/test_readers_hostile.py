"""Files that mean harm or are broken: one clear sentence or a sound reading, within bounds."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from functools import cache
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readers_case import JATS, grid, jats, tables, wrapped
from sweep import cases

from curation.intake.problems import Problem, Refused
from curation.readers import reader
from curation.readers.document import Document
from curation.readers.formats import readers
from curation.readers.read import read_document

DOCUMENTS = Path(__file__).parent / "documents"
ENDINGS = sorted({ending for each in readers() for ending in each.suffixes} | {"", ".doc", ".json"})


def refusal(path: Path) -> str:
    """The one sentence with which a file is refused."""
    with pytest.raises(Refused) as caught:
        read_document(path)
    (problem,) = caught.value.problems
    assert problem.sentence.startswith(path.name)
    assert "\n" not in problem.sentence
    assert "Traceback" not in problem.sentence
    return problem.sentence


@pytest.fixture
def refuses(tmp_path):
    def refuse(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        return refusal(path)

    return refuse


def test_a_missing_file_a_folder_and_an_empty_file_are_named(tmp_path):
    assert "no such file" in refusal(tmp_path / "nothing.pdf")
    (tmp_path / "folder.xml").mkdir()
    assert "not a file" in refusal(tmp_path / "folder.xml")
    for ending in ENDINGS:
        path = tmp_path / f"empty{ending}"
        path.write_bytes(b" \r\n")
        assert "an empty file" in refusal(path)


def test_a_file_over_the_limit_is_not_opened(tmp_path):
    path = tmp_path / "large.xml"
    with path.open("wb") as file:
        file.truncate(reader.LARGEST_FILE + 1)
    assert "at most 52,428,800 bytes" in refusal(path)


@pytest.mark.parametrize("ending", ENDINGS)
def test_binary_junk_is_refused_under_every_ending(refuses, ending):
    assert refuses(f"junk{ending}", bytes(range(256)) * 40)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("article.pdf", b"Six of sixty people fell.", "ends in '.pdf'"),
        ("article.docx", b"Six of sixty people fell.", "ends in '.docx'"),
        ("article.xlsx", b"Six of sixty people fell.", "ends in '.xlsx'"),
        ("article.xml", b"Six of sixty people fell.", "ends in '.xml'"),
        ("article.json", b'{"a": 1}', "ends in '.json'"),
        ("article.xml", b"<?xml version='1.0'?><study><id>1</id></study>", "outermost element is <study>"),
        ("article.pdf", b"%PDF-1.7\n%%EOF", "PDF"),
        ("article.docx", b"PK\x03\x04 cut off", "damaged Word file"),
        ("article.xlsx", b"PK\x03\x04 cut off", "damaged workbook"),
        ("article.doc", bytes.fromhex("D0CF11E0A1B11AE1") + b"\x00" * 600, "older kind"),
        ("article.docx", bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"), "password"),
    ],
)
def test_a_wrong_ending_or_a_damaged_file_says_what_was_found(refuses, name, data, said):
    assert said in refuses(name, data)


def test_what_a_file_holds_counts_more_than_its_ending(tmp_path):
    path = tmp_path / "article.pdf"
    path.write_bytes(jats("<p>Six fell.</p>"))
    assert read_document(path).format == "jats"
    path = tmp_path / "article.xml"
    path.write_bytes((DOCUMENTS / "trial.pdf").read_bytes())
    assert read_document(path).format == "pdf"


def _with_entities(declared: str, body: str) -> bytes:
    head = '"archivearticle3.dtd"'
    return (JATS.replace(head, f"{head} [{declared}]") % body).encode()


def test_entities_of_the_file_itself_are_never_opened(tmp_path):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words")
    declared = f'<!ENTITY l0 "ha">{laughs}<!ENTITY out SYSTEM "{secret.as_uri()}">'
    path = tmp_path / "bomb.xml"
    path.write_bytes(_with_entities(declared, "<p>Before &l11; after.</p>"))
    assert "entities grow without end" in refusal(path)
    path.write_bytes(_with_entities(declared, "<p>Before &l1; &out; after.</p>"))
    found = read_document(path)
    assert "Before after." in found.text
    assert found.remarks == ("The file declares entities of its own; they were left out of the text.",)


def test_an_entity_bomb_in_an_attribute_ends_in_a_sentence(refuses):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    assert "XML" in refuses("bomb.xml", _with_entities(f'<!ENTITY l0 "ha">{laughs}', '<p id="&l11;">Six.</p>'))


def test_named_characters_are_read_without_the_document_type(tmp_path):
    path = tmp_path / "article.xml"
    path.write_bytes(jats("<p>5&nbsp;&plusmn;&nbsp;2&ndash;3 &lt; &#x3b1; &alpha;</p>"))
    assert "5 ± 2–3 < α α" in read_document(path).text


def test_elements_nested_without_end_are_refused_or_read(tmp_path, refuses):
    assert "XML" in refuses("deep.xml", jats("<sec>" * 5000 + "</sec>" * 5000))
    path = tmp_path / "deep.html"
    path.write_bytes(b"<!doctype html><html><body>" + b"<div>" * 200 + b"Six fell.")
    assert read_document(path).text == "Six fell."
    path.write_bytes(b"<!doctype html><html><body>" + b"<div>" * 50_000 + b"Six fell.")
    assert "without any text" in refusal(path)


def test_a_table_of_absurd_spans_is_clamped_or_left_out(tmp_path):
    path = tmp_path / "wide.xml"
    path.write_bytes(
        jats(wrapped("<table><tr><td colspan='100000000' rowspan='100000000'>a</td><td>b</td></tr></table>"))
    )
    assert grid(tables(read_document(path))[0]) == [["a", "b"]] or tables(read_document(path))[0].width <= 1001
    path.write_bytes(jats(wrapped("<table><tr>" + "<td colspan='1000'>a</td>" * 5000 + "</tr></table>")))
    assert read_document(path).remarks == ("Table 1 covers more positions than a printed table and was not read.",)


def test_rows_that_all_reach_to_the_end_are_given_up_soon(tmp_path):
    path = tmp_path / "long.html"
    path.write_bytes(b"<!doctype html><html><p>Six fell.<table>" + b"<tr><td rowspan=60000>a" * 50_000)
    started = time.perf_counter()
    assert read_document(path).remarks
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize("token", [b"a", b"a-", b"[1", b"*", b"abc.1", b"(see ", b"^{", b"1 ", b"abc,1 "])
def test_words_without_end_take_no_time_without_end(tmp_path, token):
    path = tmp_path / "long.txt"
    path.write_bytes(b"Six fell.\n\n" + token * 100_000 + b"x")
    started = time.perf_counter()
    assert read_document(path).parts
    assert time.perf_counter() - started < 5


def test_zero_bytes_are_no_reason_to_fail(tmp_path):
    page = tmp_path / "page.html"
    page.write_bytes(b"<!doctype html><html><body><p>Six\x00 fell.</p></body></html>")
    assert read_document(page).text == "Six fell."


def _bomb(path: Path, part: str, size: int) -> None:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, b"0" * size)


def test_zip_bombs_are_refused_before_they_are_unpacked(tmp_path):
    word = tmp_path / "bomb.docx"
    docx.Document().save(str(word))
    _bomb(word, "word/media/bomb.bin", 64 << 20)
    assert "unpacks to" in refusal(word)
    book = tmp_path / "bomb.xlsx"
    openpyxl.Workbook().save(book)
    _bomb(book, "xl/media/bomb.bin", 64 << 20)
    assert "unpacks to" in refusal(book)


def test_a_word_file_whose_document_has_entities_leaves_them_alone(tmp_path):
    path = tmp_path / "bomb.docx"
    body = b'<!DOCTYPE d [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;">]><document><body><p><r><t>Six &b; fell.</t></r></p></body></document>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", body)
    assert "haha" not in read_document(path).text


def _pdf(stream: bytes, resources: str = "") -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
        b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<<"
        + resources.encode()
        + b">>>>\nendobj\n"
        b"4 0 obj\n<</Length %d/Filter/FlateDecode>>\nstream\n%b\nendstream\nendobj\ntrailer<</Root 1 0 R>>\n%%%%EOF"
        % (len(stream), stream)
    )


def test_a_pdf_that_unpacks_without_end_is_refused(refuses):
    packed = zlib.compress(b"\x00" * (20 << 20))
    again = b"".join(b"%d 0 obj\n<<>>\nstream\n%b\nendstream\nendobj\n" % (number, packed) for number in range(5, 27))
    assert "unpacks to more than" in refuses("bomb.pdf", _pdf(packed).replace(b"trailer", again + b"trailer"))


def test_forms_that_draw_each_other_again_and_again_are_not_drawn(refuses):
    forms = "".join(
        f"{number} 0 obj\n<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F {number + 1} 0 R>>>>/Length 60>>\n"
        f"stream\n{'/F Do ' * 10}\nendstream\nendobj\n"
        for number in range(5, 25)
    )
    data = _pdf(zlib.compress(b"/F Do"), "/XObject<</F 5 0 R>>").replace(b"trailer", forms.encode() + b"trailer")
    started = time.perf_counter()
    assert "PDF" in refuses("forms.pdf", data)
    assert time.perf_counter() - started < 10


def test_a_library_that_is_not_installed_is_named(tmp_path, monkeypatch):
    path = tmp_path / "article.xml"
    path.write_bytes(jats("<p>Six fell.</p>"))

    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(reader.importlib, "import_module", missing)
    assert "pip install 'curation[scan]'" in refusal(path)


STARTS = [
    b"",
    b"<article>",
    b"<!DOCTYPE article><article><front/><body>",
    b"<!doctype html><html><body><table><tr><td>",
    b"%PDF-1.4\n",
    b"PK\x03\x04",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    bytes.fromhex("D0CF11E0A1B11AE1"),
    b"Results\n\nTable 1\n\na\tb\n",
]
MARKS = (
    *(
        b"<td colspan='9' rowspan='0'>",
        b"<sup>2</sup>",
        b"</p>",
        b"<p>",
        b"&nbsp;",
        b"&bogus;",
        b"[12]",
        b"\t",
        b"\n\n",
        b"\f",
        b"<tr>",
    ),
    *(
        b"obj",
        b"stream\n",
        b"endstream",
        b"<table-wrap><table>",
        b"<xref ref-type='bibr'>",
        b"</article>",
        b"Table 2. ",
        b"0.5 (0.1-0.9)",
    ),
)
PIECES = st.one_of(st.binary(max_size=60), st.sampled_from(MARKS))


@settings(max_examples=cases(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.sampled_from(STARTS), pieces=st.lists(PIECES, max_size=25), ending=st.sampled_from(ENDINGS))
def test_any_bytes_give_a_document_or_a_refusal(tmp_path, start, pieces, ending):
    path = tmp_path / f"any{ending}"
    path.write_bytes(start + b"".join(pieces))
    _reads_or_refuses(path)


@settings(max_examples=cases(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whole_files_with_broken_bytes_give_a_document_or_a_refusal(tmp_path, data):
    name = data.draw(st.sampled_from(["article.xml", "book.xlsx", "word.docx", "trial.pdf"]))
    whole = bytearray(_whole(name))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, 1 << 20)) % len(whole)] = data.draw(st.integers(0, 255))
    path = tmp_path / name
    path.write_bytes(bytes(whole)[: len(whole) // data.draw(st.sampled_from([1, 2]))])
    _reads_or_refuses(path)


@cache
def _whole(name: str) -> bytes:
    stream = io.BytesIO()
    match name:
        case "article.xml":
            return jats(wrapped("<table><tr><td colspan='2'>a</td></tr></table>"))
        case "trial.pdf":
            return (DOCUMENTS / name).read_bytes()
        case "book.xlsx":
            book = openpyxl.Workbook()
            book.active.append(["Falls", "6 (10.0)"])
            book.save(stream)
        case _:
            word = docx.Document()
            word.add_heading("Results", 1)
            word.add_table(2, 2).cell(0, 0).text = "Falls"
            word.save(stream)
    return stream.getvalue()


def _reads_or_refuses(path: Path) -> None:
    found, problems = _outcome(path)
    assert all(each.found and each.expected for each in problems)
    assert (found is None) == bool(problems)
    for table in tables(found) if found else []:
        covered = sum(cell.rows * cell.columns for cell in table.cells)
        assert covered == sum(1 for row in table.grid() for cell in row if cell is not None)


def _outcome(path: Path) -> tuple[Document | None, list[Problem]]:
    try:
        return read_document(path), []
    except Refused as refused:
        return None, refused.problems
