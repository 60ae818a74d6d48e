"""Uploading files: what an intake reads is taken in, everything else is refused with every problem and nothing kept."""

from __future__ import annotations

import io
import json
import re
import zipfile
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from openpyxl import Workbook, load_workbook
from web_case import count, make_review, served

from curation.entry.rows import verbatim
from curation.intake.read import read
from curation.web import receiving
from curation.web.receiving import KEPT_FOR, Outcome, Shelf, safe_name
from curation.workbook.template import write_workbook
from schemas.registry import KINDS

HEADER = "source,study,arm,outcome,printed,section,row,column"


@pytest.fixture
def site(tmp_path):
    with served(make_review(tmp_path / "r.duckdb")) as found:
        yield found


@pytest.fixture
def ana(site):
    return site.sign_in("ana")


def words(page):
    main = page.text.split('<main id="main"', 1)[1].split("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def line(outcome="cr", printed="22/52 (42.3%)", source="donk"):
    return f'{source},{source},all,{outcome},"{printed}",Table 2,{outcome},n (%)'


def csv(*lines):
    return "\n".join([HEADER, *lines]).encode()


def send(browser, *files, **fields):
    return browser.post("/upload", fields, files=[("files", each) for each in files])


def shown(browser, answer):
    """The page after an upload that was taken in."""
    assert answer.status_code == 303, words(answer)
    return browser.get(answer.headers["location"])


def workbook(tmp_path, rows, name="book.xlsx"):
    file = tmp_path / name
    write_workbook(file, {"count": rows})
    return file.read_bytes()


def stored(site, who="ana"):
    return site.review.rows("count", extractors=[who]).rows


def refused(site, answer, *sentences):
    assert answer.status_code == 422
    said = words(answer)
    assert [each for each in sentences if each not in said] == [], said
    assert not stored(site)


def test_a_csv_file_is_taken_in_under_ones_own_name_as_an_intake_takes_it_in(site, ana, tmp_path):
    content = csv(line(), line("gvhd", "5/52 (9.6%)"))
    page = shown(ana, send(ana, ("count.csv", content), why="second reading"))
    assert "Counts 2 0 0 0" in words(page)
    assert "Nothing in your records of these sources contradicts." in words(page)
    (tmp_path / "count.csv").write_bytes(content)
    wanted = verbatim(read([tmp_path / "count.csv"]).tables["count"])
    assert [each.cells for each in stored(site)] == wanted
    made = site.review.revisions()[-1]
    assert (made.who, made.action, made.why) == ("ana", "intake", "second reading")
    again = shown(ana, send(ana, ("count.csv", content)))
    assert "Counts 0 0 2 0" in words(again)
    assert site.review.revision == made.revision


def test_several_files_json_and_lines_are_taken_in_together(site, ana):
    new = b"source,title,type\ngian,Third source,article\n"
    study = b"study,label\ngian,Gian\n"
    arm = b"study,arm,label\ngian,all,All\n"
    records = json.dumps({"count": [count("cr", "1/9", "gian")]}).encode()
    lines = json.dumps({"kind": "count", **count("gvhd", "2/9", "gian")}).encode()
    page = shown(ana, send(ana, ("source.csv", new), ("study.csv", study), ("arm.csv", arm), ("more.json", records), ("more.jsonl", lines)))  # fmt: skip
    assert "Sources 1 0 0 0" in words(page)
    assert [each.cells["source"] for each in stored(site)] == ["gian", "gian"]


def test_a_workbook_is_taken_in_and_its_checked_copy_is_for_the_same_session_only(site, ana, tmp_path):
    book = workbook(tmp_path, [count("cr", "22/52 (12%)"), count("gvhd", "5/52 (9.6%)")])
    page = shown(ana, send(ana, ("my book.xlsx", book)))
    assert "1 error in your records of these sources" in words(page)
    address = unescape(re.search(r'href="(/upload/checked[^"]+)"', page.text)[1])
    copy = ana.get(address)
    assert unquote(copy.headers["content-disposition"].split("''")[1]) == "my book.checked.xlsx"
    assert load_workbook(io.BytesIO(copy.content)).sheetnames
    for other in (site.sign_in("ben"), site.sign_in("ana")):
        assert other.get(address).status_code == 404
        assert other.get(unescape(re.search(r'href="(/upload\?done=[^"]+)"', f'href="{page.request.url.raw_path.decode()}"')[1])).status_code == 404  # fmt: skip
    assert ana.get(address + "7").status_code == 404


def test_all_problems_are_listed_with_cell_and_remedy_and_nothing_is_taken_in(site, ana, tmp_path):
    rows = [count("cr", "22/52"), count("nowhere", "5/52"), count("gvhd", "many"), count("anemia", "7/52", "lost")]
    answer = send(ana, ("book.xlsx", workbook(tmp_path, rows)))
    refused(site, answer, "Nothing was taken in", "book.xlsx", "'many'")
    assert re.search(r"book\.xlsx, count![A-Z]+4", words(answer))
    copy = ana.get(unescape(re.search(r'href="(/upload/checked[^"]+)"', answer.text)[1]))
    assert copy.status_code == 200
    assert "csrf" in answer.text
    said = send(ana, ("count.csv", csv(line("nowhere"), line("cr", "22/52", "lost"))))
    refused(site, said, "row 2", "row 3", "'nowhere'", "'lost'", "2", "the id of")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("count.csv", b"", "an empty file"),
        ("book.xlsx", b"", "an empty file"),
        ("book.xlsx", b"MZ\x90\x00 program", "something that is no workbook"),
        ("book.xlsx", b"PK\x03\x04 cut", "a damaged workbook"),
        ("paper.pdf", b"%PDF-1.7", "a file that ends in '.pdf'"),
        ("book.xlsm", b"PK", "save the workbook as .xlsx"),
        ("people.csv", b"a,b\n1,2\n", "the file name 'people.csv'"),
        ("count.csv", "source\nGrünwald\n".encode("cp1252"), "text in UTF-8"),
        ("more.json", b"[" * 100_000, "more.json"),
        ("more.json", b"{", "more.json"),
        ("noending", b"x", "a file without an ending"),
    ],
)
def test_what_is_no_input_is_refused_by_name(site, ana, name, content, sentence):
    refused(site, send(ana, (name, content)), "Nothing was taken in", sentence)


def parts(**content):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return made.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(site, ana):
    bomb = parts(**{"xl/worksheets/sheet1.xml": b"\0" * 300_000_000})
    assert len(bomb) < 400_000
    refused(site, send(ana, ("book.xlsx", bomb)), "unpacks to 300,000,000 bytes")


def test_xml_entities_are_refused(site, ana, tmp_path):
    source = io.BytesIO(workbook(tmp_path, [count("cr", "22/52")]))
    lol = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    made = io.BytesIO()
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(made, "w") as after:
        for each in before.namelist():
            content = before.read(each)
            if each.startswith("xl/worksheets/"):
                content = lol + re.sub(rb"^<\?xml[^>]*\?>", b"", content)
            after.writestr(each, content)
    refused(site, send(ana, ("book.xlsx", made.getvalue())), "XML with a document type or entities")


def test_a_formula_is_refused_at_its_cell(site, ana):
    book = Workbook()
    sheet = book.active
    sheet.title = "count"
    sheet.append(HEADER.split(","))
    sheet.append(["donk", "donk", "all", "cr", "=SUM(A1:A9)", "Table 2", "cr", "n"])
    made = io.BytesIO()
    book.save(made)
    answer = send(ana, ("book.xlsx", made.getvalue()))
    refused(site, answer, "count!E2", "formula")


@pytest.mark.parametrize("name", ["../../count.csv", "..\\..\\count.csv", "/etc/cron.d/count.csv", "C:\\x\\count.csv"])
def test_a_file_name_never_leads_out_of_the_private_folder(site, ana, tmp_path, monkeypatch, name):
    written = []
    monkeypatch.setattr(receiving, "read", lambda paths: written.extend(paths) or read(paths))
    shown(ana, send(ana, (name, csv(line()))))
    assert [each.name for each in written] == ["count.csv"]
    assert not written[0].exists()
    assert not list(tmp_path.rglob("count.csv"))
    assert len(stored(site)) == 1


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("..", "file"),
        ("", "file"),
        ("a\0b.csv", "ab.csv"),
        ("a/", "file"),
        ("  x.csv ", "x.csv"),
        ("Zürich.ods", "Zürich.ods"),
    ],
)
def test_names_become_plain_names(given, wanted):
    assert safe_name(given) == wanted


def test_a_long_name_keeps_its_ending_and_can_be_written(tmp_path):
    name = safe_name("ä" * 5000 + ".xlsx")
    assert name.endswith(".xlsx")
    (tmp_path / name).write_text("x")


def test_two_files_of_one_name_are_refused(site, ana):
    refused(site, send(ana, ("a/count.csv", csv(line())), ("b/count.csv", csv(line("gvhd")))), "Two of the files are called count.csv")  # fmt: skip


def test_no_file_is_said_so(site, ana):
    refused(site, ana.post("/upload", {}), "No file was chosen")
    refused(site, ana.post("/upload", {"files": "count.csv"}), "No file was chosen")


def test_too_many_files_or_bytes_get_a_sentence(site, ana):
    answer = send(ana, *[(f"{number}.csv", b"x") for number in range(30)])
    assert answer.status_code in (400, 413)
    assert "files" in answer.text
    big = ana.client.post("/upload", content=b"x", headers={"content-length": "64000001"})
    assert big.status_code == 413
    assert "64 MB" in big.text


def test_too_many_rows_are_refused_in_words(site, ana, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_ROWS", 2)
    content = csv(line(), line("gvhd", "1/52"), line("anemia", "2/52"))
    refused(site, send(ana, ("count.csv", content)), "The files have 3 rows; at most 2 are taken in at once")


def test_a_file_of_far_too_many_lines_is_refused_unread(site, ana, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_ROWS", 2)
    monkeypatch.setattr(receiving, "read", None)
    content = csv(*[line("cr", f"{number}/52") for number in range(10)])
    refused(site, send(ana, ("count.csv", content)), "count.csv has 10 lines; at most 2 rows")


def test_nine_megabytes_are_taken_in(site, ana, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_CHECKED", 1)
    long = "word " * 399
    lines = [f"{line('cr', f'{number % 50}/52')},{long}{number}".replace("Table 2", f"Table {number}") for number in range(4600)]  # fmt: skip
    content = "\n".join([HEADER + ",note", *lines]).encode()
    assert len(content) > 9_000_000
    shown(ana, send(ana, ("count.csv", content)))
    assert site.review.rows("count", extractors=["ana"], limit=1).total == 4600


def test_records_of_a_source_that_was_handed_in_are_refused_and_unchanged_ones_passed_over(site, ana):
    shown(ana, send(ana, ("count.csv", csv(line()))))
    ana.post("/source/submit", {"id": "donk"})
    before = site.review.revision
    for content in (csv(line("cr", "23/52")), csv(line("gvhd", "1/52"), line("cr", "1/9", "wolschke"))):
        answer = send(ana, ("count.csv", content))
        assert answer.status_code == 422
        assert "you have handed in donk" in words(answer)
    key = stored(site)[0].record_key
    moved = f"record,{HEADER}\n{key},{line('cr', '22/52 (42.3%)', 'wolschke')}".encode()
    answer = send(ana, ("count.csv", moved))
    assert answer.status_code == 422
    assert "your record of this id is of donk" in words(answer)
    assert site.review.revision == before
    page = shown(ana, send(ana, ("count.csv", csv(line(), line("gvhd", "1/9", "wolschke")))))
    assert "1 record of sources you have handed in" in words(page)
    assert {each.cells["source"] for each in stored(site)} == {"donk", "wolschke"}


def test_an_owner_who_could_see_an_extraction_cannot_upload_another(site):
    site.review.add("count", [count("cr", "4711/9000")], who="ben", why="x")
    site.review.submit("ben", who="ben", why="done", sources=["donk"])
    olga = site.sign_in("olga")
    answer = send(olga, ("count.csv", csv(line())))
    assert answer.status_code == 422
    assert "only somebody who could not can extract it again" in words(answer)
    assert not stored(site, "olga")


def test_nothing_of_a_blind_colleague_is_told_after_an_upload(site, ana):
    site.review.add("count", [count("cr", "4711/9000 (1%)")], who="ben", why="x")
    page = shown(ana, send(ana, ("count.csv", csv(line("cr", "22/52 (12%)")))))
    assert "Counts 1 0 0 0" in words(page)
    assert "4711" not in page.text
    assert stored(site, "ben")[0].cells["printed"] == "4711/9000 (1%)"


def test_adjudicators_upload_nothing(site):
    cara = site.sign_in("cara")
    assert cara.get("/upload").status_code == 403
    assert send(cara, ("count.csv", csv(line()))).status_code == 403
    assert not stored(site, "cara")


def test_an_upload_needs_the_token_of_our_page(site, ana):
    assert ana.client.post("/upload", files=[("files", ("count.csv", csv(line())))]).status_code == 403
    assert not stored(site)


def test_what_everybody_shares_and_now_says_something_else_is_named(site, ana):
    page = shown(ana, send(ana, ("outcome.csv", b"outcome,label\ncr,Complete remission\nnew,New one\n")))
    assert "Changed for everybody" in words(page)
    assert "outcome cr." in words(page)
    assert "outcome new" not in words(page)


def test_more_records_than_are_checked_at_once_are_said_so(site, ana, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_CHECKED", 1)
    page = shown(ana, send(ana, ("count.csv", csv(line(), line("gvhd", "1/52")))))
    assert "were not checked at once" in words(page)


def test_texts_of_files_are_shown_as_texts(site, ana):
    answer = send(ana, ("<img src=x>.csv", b"x"), ("count.csv", csv(line("<script>alert(1)</script>"))))
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text


def test_the_template_has_the_ids_of_the_review_and_gives_them_back(site, ana, tmp_path):
    answer = ana.get("/template.xlsx")
    assert answer.headers["content-type"].startswith("application/vnd.openxmlformats")
    file = Path(tmp_path / "got.xlsx")
    file.write_bytes(answer.content)
    book = load_workbook(file)
    assert set(KINDS) <= set(book.sheetnames)
    assert {row["source"] for row in read([file]).tables["source"].to_pylist()} == {"donk", "wolschke"}
    before = site.review.revision
    page = shown(ana, send(ana, ("got.xlsx", answer.content)))
    assert site.review.revision == before
    assert "Sources 0 0 2 0" in words(page)
    assert site.browser().get("/template.xlsx").status_code == 303


def test_outcomes_are_kept_for_a_while_and_the_last_one_only():
    now = [0.0]
    shelf = Shelf(clock=lambda: now[0])
    first = shelf.put("one", Outcome(sentence="a"))
    assert shelf.find("one", first) is not None
    assert shelf.find("two", first) is None
    second = shelf.put("one", Outcome(sentence="b"))
    assert shelf.find("one", first) is None
    now[0] = KEPT_FOR + 1.0
    assert shelf.find("one", second) is None
    assert shelf.find("one", "é") is None


def test_the_oldest_copies_make_room(monkeypatch):
    monkeypatch.setattr(receiving, "MOST_KEPT", 10)
    now = [0.0]
    shelf = Shelf(clock=lambda: now[0])
    copy = receiving.Copy("x", b"1234567", 1)
    old = shelf.put("one", Outcome(copies=[copy]))
    now[0] = 1.0
    new = shelf.put("two", Outcome(copies=[copy]))
    assert shelf.find("one", old) is None
    assert shelf.find("two", new) is not None
