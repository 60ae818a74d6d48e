"""The page of a scan: what stands on it and where, for one document and for a folder."""

import re
from dataclasses import replace
from itertools import pairwise

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scan_page_case import HOSTILE, article, by_hand, quiet, table
from sweep import cases

from curation.readers.document import Cell, Document, Paragraph, Table
from curation.scan.judge import scan_rules
from curation.scan.page.blocks import LONGEST_RUN
from curation.scan.page.page import scan_page
from curation.scan.page.places import place_of
from curation.scan.page.tables import MOST_ROWS
from curation.scan.result import Scan, Spot, Statement


def page_of(*scans, **more):
    return lxml.html.fromstring(scan_page(scans, scan_rules(), **more))


@pytest.fixture(scope="module")
def alone():
    return page_of(article())


@pytest.fixture(scope="module")
def hand():
    return page_of(by_hand())


def words(element):
    """The text of an element as a person reads it, without our signs."""
    copied = lxml.html.fromstring(lxml.html.tostring(element, encoding="unicode"))
    for each in copied.xpath(".//a[contains(@class, 'flag')]"):
        each.drop_tree()
    return copied.text_content().strip()


def test_the_page_names_the_document_and_sums_it_up(alone):
    [title] = alone.xpath("//h1")
    assert title.text_content() == "Pain after surgery & more"
    assert "Weber A, Pain 2007;1:2" in alone.xpath("string(//header)")
    assert alone.xpath("//header//a/@href") == ["https://doi.org/10.1000/a%3Cb", "http://example.org/by"]
    found = len(article().statements)
    assert f"{found} statistics were found" in " ".join(alone.xpath("string(//p[@class='lede'])").split())


def test_a_licence_that_is_no_address_is_text_and_no_link():
    document = replace(quiet().document, licence="javascript:alert(1)", doi="")
    page = page_of(replace_document(quiet(), document))
    assert page.xpath("//header//a") == []
    assert "javascript:alert(1)" in page.xpath("string(//header)")


def replace_document(scan, document):
    return Scan(document, scan.statements, scan.unread, scan.checked)


def test_each_finding_is_listed_marked_and_explained(alone):
    findings = article().checked.findings
    listed = alone.xpath("//ol[@class='found']/li")
    assert len(listed) == len(findings) > 1
    for each in alone.xpath("//ol[@class='found']//a[starts-with(@href, '#d')]"):
        [sign] = alone.xpath(f"//*[@id='{each.get('href')[1:]}']")
        [note] = alone.xpath(f"//*[@id='{sign.get('href')[1:]}']")
        [block] = note.xpath("ancestor::div[@class='margin']/preceding-sibling::div[1]")
        assert sign in block.iter()
        assert note.xpath(".//a/@href")[0] == each.get("href")


def test_findings_come_gravest_first_and_then_in_reading_order(hand):
    classes = hand.xpath("//ol[@class='found']/li/@class")
    assert classes == sorted(classes, key=["error", "warning", "note"].index)
    errors = hand.xpath("//ol[@class='found']/li[@class='error']//a/text()")
    assert hand.xpath("//ol[@class='found']/li[1]//strong[@class='conclusion']")
    assert len(errors) == 3


def test_all_links_lead_somewhere_and_no_id_is_there_twice(alone, hand):
    for page in (alone, hand, page_of(article(), by_hand(), quiet())):
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids))
        inner = {each[1:] for each in page.xpath("//a/@href") if each.startswith("#")}
        assert inner <= set(ids)


def test_the_rules_that_found_something_are_described(alone):
    fired = {one.rule for one in article().checked.findings}
    assert {each.removeprefix("rule-") for each in alone.xpath("//dl[@class='rules']/div/@id")} == fired


def test_a_rule_that_is_not_described_is_named_without_a_link():
    page = lxml.html.fromstring(scan_page([by_hand()], []))
    assert page.xpath("//a[starts-with(@href, '#rule-')]") == []
    assert "COUNT-002" in page.text_content()


def test_a_finding_without_a_place_is_explained_in_the_list(hand):
    unplaced = hand.xpath("//ol[@class='found']/li[not(.//a)]")
    assert len(unplaced) == 2
    assert any("whole message" in each.text_content() for each in unplaced)


def test_a_finding_about_two_paragraphs_stands_beside_one_and_is_named_beside_the_other(hand):
    [again] = hand.xpath("//p[contains(@class, 'again')]")
    [target] = hand.xpath(f"//*[@id='{again.xpath('.//a/@href')[0][1:]}']")
    assert (
        target.xpath("ancestor::div[@class='margin']/preceding-sibling::div[1]/p")[0].text_content().startswith("again")
    )


def test_what_was_read_is_listed_with_its_fields(hand):
    lists = hand.xpath("//details[@class='readings']")
    assert [each.findtext("summary") for each in lists] == [
        "4 statistics read, 1 not read", "4 statistics read", "1 statistic read",
    ]  # fmt: skip
    [line] = lists[2].xpath(".//li")
    assert " ".join(line.text_content().split()) == (
        "Partial, n/N 5/10 Count events 22; total 52 from the header; percent 44.3% brought together from several places"
    )
    assert "not read: too short" in lists[0].text_content()


def test_notes_run_on_beside_the_blocks_after_theirs_that_have_none(alone, hand):
    runs = [
        (each.get("class"), len(each.xpath("div[contains(@class, 'block')]")), len(each.xpath("div[@class='margin']")))
        for each in alone.xpath("//div[starts-with(@class, 'run')]")
    ]
    assert runs == [("run", 2, 0), ("run rows-1", 1, 1), ("run rows-4", 4, 1)]
    style = alone.xpath("string(//style)")
    assert all(f".rows-{number} {{ grid-template-rows: repeat({number}, auto) 1fr; }}" in style for number in range(1, LONGEST_RUN + 1))  # fmt: skip


def test_severity_is_said_by_a_shape_and_a_word_and_not_by_colour_alone(alone, hand):
    for page in (alone, hand):
        for sign in page.xpath("//main//a[contains(@class, 'flag')]"):
            assert re.fullmatch(r"[✕▲●] (Error|Warning|Note) \d+", sign.text_content())


def test_a_header_that_several_statistics_use_is_marked_lightly(hand):
    [header] = hand.xpath("//th[contains(., 'n/N')]/mark")
    assert (header.get("class"), header.get("title")) == ("read", "Used by 2 statistics")


def test_a_piece_in_another_cell_has_the_severity_of_its_statistic(hand):
    [cell] = hand.xpath("//td[contains(., '0.6')]/mark")
    assert cell.get("class") == "error"
    assert cell.get("title").startswith("Belongs to Count: events 22")


@pytest.mark.parametrize("scan", [article, quiet, by_hand])
def test_every_text_of_the_document_is_on_the_page_as_printed(scan):
    page = page_of(scan())
    shown = [" ".join(words(each).split()) for each in page.xpath("//article | //main//p | //main//li | //main//th | //main//td | //main//caption | //h1 | //main//*[starts-with(@class, 'depth-')]")]  # fmt: skip
    for text in filter(None, scan().document.texts()):
        assert any(" ".join(text.split()) in each for each in shown), text


def test_markup_of_the_paper_stays_text(alone):
    assert len(alone.xpath("//script")) == 1
    assert alone.xpath("//img") == []
    assert alone.xpath("//*[@onerror]") == []
    assert HOSTILE in alone.text_content()


def test_the_policy_allows_our_own_style_and_script_and_nothing_else(alone):
    policy = alone.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert alone.xpath("//*[@style]") == []
    assert not re.search(r'(src|href)="(?!#|data:|https://doi\.org|http://example\.org/by)', scan_page([article()], scan_rules()))  # fmt: skip


def test_headings_go_down_one_level_at_a_time(alone):
    for page in (alone, page_of(article(), by_hand(), quiet())):
        levels = [int(each.tag[1]) for each in page.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
        assert levels[0] == 1
        assert all(below <= above + 1 for above, below in pairwise(levels))


def test_a_table_is_redrawn_with_its_spans_headers_and_indents(alone):
    [drawn] = alone.xpath("//table[contains(@class, 'drawn')]")
    assert len(drawn.xpath("thead/tr")) == 2
    assert [(each.text_content(), each.get("rowspan"), each.get("colspan")) for each in drawn.xpath("thead/tr[1]/th")] == [
        ("Outcome", "2", None), ("Treated", None, "2"), ("P", "2", None),
    ]  # fmt: skip
    assert drawn.xpath("tbody/tr[1]/td/@colspan") == ["4"]
    assert drawn.xpath("tbody/tr/th/@class") == ["in1", "in2"]
    assert drawn.xpath("tbody/tr/th/@scope") == ["row", "row"]
    assert not [each for each in drawn.xpath(".//th") if not each.text_content()]


def test_a_very_long_table_is_cut_but_never_at_a_finding():
    last = MOST_ROWS + 100
    long = table(extra=last)
    statement = Statement("s-1", "count", {"events": "1"}, (Spot(0, 0, 3, cell=(last, 1)),))
    one = replace(by_hand().checked.findings[1], records=("s-1",))
    page = page_of(Scan(Document("long.csv", "CSV", (long,)), [statement], (), replace(by_hand().checked, findings=[one])))  # fmt: skip
    assert len(page.xpath("//table[contains(@class, 'drawn')]//tr")) == MOST_ROWS + 1
    assert f"{long.height - MOST_ROWS - 1} more rows without findings are not drawn" in page.text_content()
    assert page.xpath("//td//a[@id='d1-m1']")


@st.composite
def odd_tables(draw):
    """Tables with holes, spans and headers anywhere."""
    height, width = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    taken, cells = set(), []
    for row in range(height):
        for column in range(width):
            if (row, column) in taken or draw(st.booleans()):
                continue
            down, across = draw(st.integers(1, height - row)), draw(st.integers(1, width - column))
            covered = {(r, c) for r in range(row, row + down) for c in range(column, column + across)}
            if not covered & taken:
                taken |= covered
                cells.append(
                    Cell(draw(st.sampled_from(["", "5/10", "<b>"])), row, column, down, across, draw(st.booleans()))
                )
    return Table("Table 1", tuple(cells))


@given(odd_tables())
@settings(max_examples=cases(60), deadline=None)
def test_a_redrawn_table_has_every_cell_where_it_was(odd):
    page = page_of(Scan(Document("odd.html", "HTML", (odd,))))
    seen, covered = {}, set()
    for number, row in enumerate(page.xpath("//table[contains(@class, 'drawn')]//tr")):
        column = 0
        for each in row:
            while (number, column) in covered:
                column += 1
            down, across = int(each.get("rowspan", 1)), int(each.get("colspan", 1))
            covered |= {(r, c) for r in range(number, number + down) for c in range(column, column + across)}
            if "empty" not in each.get("class", ""):
                seen[number, column] = (each.text_content(), down, across)
    assert seen == {(each.row, each.column): (each.text, each.rows, each.columns) for each in odd.cells}


def test_the_page_begins_as_a_page_does():
    assert scan_page([quiet()], scan_rules()).startswith("<!doctype html>\n<html lang")


def test_a_document_without_anything_gives_a_page():
    page = page_of(Scan(Document("empty.txt", "text", (), remarks=("page 1 is a picture",))))
    assert page.xpath("//h1")[0].text_content() == "empty.txt"
    assert "Nothing that could be checked contradicts itself." in page.text_content()
    assert "page 1 is a picture" in page.text_content()


def test_several_documents_come_gravest_first_and_only_those_with_findings_in_full():
    page = page_of(quiet(), article(), by_hand())
    files = [each.text_content().split(" · ")[0].strip() for each in page.xpath("//table[contains(@class, 'scanned')]//th/span[@class='of']")]  # fmt: skip
    assert files == ["by hand.xml", "paper.xml", "quiet.xml"]
    assert [each.get("id") for each in page.xpath("//details[@class='document']")] == ["d1", "d2"]
    assert "26/52" not in page.text_content()
    assert page.xpath("//table[contains(@class, 'scanned')]//tr[@class='sum']/td/text()")[0] == str(
        sum(len(each.statements) for each in (quiet(), article(), by_hand()))
    )


def test_when_the_page_grows_too_large_only_passages_with_findings_are_drawn():
    page = page_of(article(), by_hand(), most=1)
    assert "Passages with findings" in page.text_content()
    assert "Discussion" not in [each.text_content() for each in page.xpath("//details//h5")]
    sources = [set(page.xpath(f"//*[@id='{prefix}']//a[contains(@class, 'flag')]/@id")) for prefix in ("d1", "d2")]
    assert [len(each) for each in sources] == [5, len(article().checked.findings)]


def test_files_that_gave_no_document_are_named_with_the_reason():
    page = page_of(quiet(), unreadable={"scan.pdf": ["scan.pdf has pictures and no words."]})
    assert page.xpath("//h1")[0].text_content() == "Scan of 1 document"
    assert "scan.pdf has pictures and no words." in page.text_content()


def test_a_page_without_any_document_says_so():
    assert page_of(unreadable={"a.pdf": ["no words"]}).xpath("//h1")[0].text_content() == "Scan of 0 documents"


def test_a_place_is_the_text_that_a_spot_lies_in():
    assert place_of(Spot(3, 1, 2, cell=(4, 5))) == (3, (4, 5), None)
    assert Paragraph("a").text == "a"
