"""From a scan to proposals: the words around the numbers, the place, and what the rules say."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_tables import table
from sweep import cases

from curation.engine.findings import Finding
from curation.engine.registry import rules, select
from curation.engine.run import Checked, check
from curation.entry.documents import passages
from curation.entry.rows import read_rows
from curation.readers.document import Cell, Document, Paragraph, Table
from curation.scan.many import documents_under, scan_files
from curation.scan.propose import LONGEST_QUOTE, proposed, quote_of
from curation.scan.result import Scan, Spot, Statement
from store.proposed import Said

SENTENCE = "The mean of both groups differed, t(28) = 2.20, p = .036, which favours the first."
BEFORE, AFTER = "Forty people took part. ", " Nothing else differed. " + "More words follow here. " * 20


def spot(document, words, part=0, **more):
    text = Spot(part, 0, 0, **more).text_of(document)
    start = text.index(words)
    return Spot(part, start, start + len(words), **more)


@pytest.fixture
def article():
    table = Table(
        "Table 2",
        (
            Cell("Outcome", 0, 0, head=True), Cell("Drug (n = 52)", 0, 1, head=True),
            Cell("Complete response", 1, 0), Cell("22 (42.3%)", 1, 1), Cell("29.2", 1, 2), Cell("56.8", 1, 3),
        ),
        caption="Responses", notes=("Out of those evaluable.",), section="Results", page="4",
    )  # fmt: skip
    return Document("one.xml", "jats", (Paragraph(BEFORE + SENTENCE + AFTER, "Results", page="3"), table))


def test_a_quote_is_the_sentence_of_the_statistic(article):
    assert quote_of(article, [spot(article, "t(28) = 2.20, p = .036")]) == SENTENCE


def test_pieces_that_stand_apart_are_quoted_with_what_is_left_out_marked(article):
    spots = [spot(article, "22 (42.3%)", 1, cell=(1, 1)), spot(article, "n = 52", 1, cell=(0, 1)), spot(article, "56.8", 1, cell=(1, 3))]  # fmt: skip
    quote = quote_of(article, spots)
    assert quote == "n = 52 … 22 (42.3%) … 56.8"
    assert any(each.marks for each in passages(article.text, [quote]))


def test_captions_and_notes_are_quoted_in_their_places(article):
    spots = [
        spot(article, "evaluable", 1, note=0),
        spot(article, "29.2", 1, cell=(1, 2)),
        spot(article, "Responses", 1),
    ]
    assert quote_of(article, spots) == "Responses … 29.2 … Out of those evaluable."


def test_close_pieces_of_one_text_are_quoted_with_the_words_between():
    near = Document("one.txt", "text", (Paragraph("Odds were 1.5 in women and 2.5 in men."),))
    assert quote_of(near, [spot(near, "2.5"), spot(near, "1.5")]) == near.text


def test_no_quote_is_made_that_would_leave_a_number_out():
    long = Document("one.txt", "text", (Paragraph("7" * 300), Paragraph("Said 1.5 " + "word " * 30 + "and 2.5")))
    assert quote_of(long, [spot(long, "7" * 300)]) == ""
    assert quote_of(long, []) == ""
    apart = quote_of(long, [spot(long, "1.5", 1), spot(long, "2.5", 1)])
    assert apart.startswith("Said 1.5 word")
    assert apart.endswith("word and … 2.5")


WORDS = st.sampled_from(["we", "found", "(HR", "1.2)", "of", "n", "=", "40;", "end.", "The", "…", "≥3", "p"])
QUOTES = select(rules(), ["QUOTE"])
NUMBERS = st.from_regex(r"\A[1-9][0-9]{0,3}(\.[0-9]{1,2})?\Z")


@settings(max_examples=cases(15), deadline=None)
@given(st.lists(st.one_of(WORDS, NUMBERS), min_size=1, max_size=120), st.data())
def test_every_quote_is_short_verbatim_and_has_the_printed_numbers(words, data):
    numbers = data.draw(st.lists(NUMBERS, min_size=1, max_size=4))
    spots, cells = [], {}
    for field, number in zip(("statistic", "df1", "df2", "p"), numbers, strict=False):
        words.insert(data.draw(st.integers(0, len(words))), f"<{field}>{number}")
        cells[field] = number
    text = " ".join(words)
    for field, number in cells.items():
        start = text.index(f"<{field}>")
        text = text.replace(f"<{field}>", "", 1)
        spots = [Spot(0, one.start - len(field) - 2, one.end - len(field) - 2) if one.start > start else one for one in spots]  # fmt: skip
        spots.append(Spot(0, start, start + len(number)))
    document = Document("one.txt", "text", (Paragraph(text),))
    quote = quote_of(document, data.draw(st.permutations(spots)))
    assert quote
    assert len(quote) <= LONGEST_QUOTE
    assert all(number in quote for number in numbers)
    assert any(each.marks for each in passages(text, [quote]))
    columns = {new: [cells[old]] for old, new in NAMED.items() if old in cells}
    asked = {"effect": table("effect", measure=["MD"], quote=[quote], **columns), "document": texts(text)}
    assert not [each.message for each in check(asked, QUOTES).findings]


NAMED = {"statistic": "estimate", "df1": "lower", "df2": "upper", "p": "se"}
"""Fields of an effect, all of which the quote check looks for."""


def texts(text):
    return pa.table({"source": ["example"], "text": [text]})


def test_what_is_proposed_has_the_cells_the_place_and_what_the_rules_say(article):
    cells = {"statistic_type": "t", "statistic": "2.20", "df1": "28", "p": ".036"}
    one = Statement("t-1", "test", cells, (spot(article, "t(28) = 2.20, p = .036"),))
    two = Statement("c-1", "count", {"events": "22", "percent": "42.3%", "row": "Complete response"}, (spot(article, "22 (42.3%)", 1, cell=(1, 1)),), joined=True)  # fmt: skip
    found = Finding("TEST-001", "p_from_statistic", "error", "a sentence", records=("t-1",))
    both = Finding("NO-SUCH-RULE", "", "note", "of both", records=("t-1", "c-1"))
    rows = proposed(Scan(article, [one, two], (), Checked(findings=[found, both])), "example")
    assert [(row.kind, row.source, row.joined) for row in rows] == [("test", "example", False), ("count", "example", True)]  # fmt: skip
    assert rows[0].cells == cells
    assert rows[0].place == {"page": "3", "section": "Results"}
    assert rows[0].quote == SENTENCE
    assert [(each.rule, each.severity) for each in rows[0].remarks] == [("TEST-001", "error"), ("NO-SUCH-RULE", "note")]
    assert rows[1].cells == {"events": "22", "percent": "42.3%"}
    assert {name: rows[1].place[name] for name in ("page", "section", "row")} == {"page": "4", "section": "Table 2", "row": "Complete response"}  # fmt: skip
    assert rows[1].remarks == (Said("NO-SUCH-RULE", "note", "of both"),)


PAPERS = Path(os.environ.get("CURATION_PAPERS", Path(__file__).resolve().parents[2] / "shared" / "papers"))


@pytest.mark.slow
def test_every_quote_of_published_articles_passes_the_quote_check():
    """Short, word for word in the document, and with every number that it stands for."""
    if not PAPERS.is_dir():
        pytest.skip(f"{PAPERS} is not there; name a folder of articles in CURATION_PAPERS")
    seen, wrong = 0, []
    for each in scan_files(documents_under([PAPERS]), 2):
        assert each.scan is not None, each.problems
        document, by_kind = each.scan.document, defaultdict(list)
        for number, (one, found) in enumerate(zip(proposed(each.scan, "s"), each.scan.statements, strict=True)):
            assert 0 < len(one.quote) <= LONGEST_QUOTE, (each.path.name, one)
            assert all(spot.words(document).strip() in one.quote for spot in found.spots), (each.path.name, one)
            by_kind[one.kind].append(one.row() | {"record": f"r-{number}"})
        seen += sum(map(len, by_kind.values()))
        tables = {kind: read_rows(kind, rows, {"source": {"s"}}).readable for kind, rows in by_kind.items()}
        asked = {**tables, "document": pa.table({"source": ["s"], "text": [document.text]})}
        wrong += [(each.path.name, one.message) for one in check(asked, select(rules(), ["QUOTE-002"])).findings]
    assert not wrong
    assert seen > 1000


def test_findings_of_a_real_check_come_along_as_sentences(article):
    one = Statement("r-0", "count", {"events": "60", "total": "52"}, (spot(article, "n = 52", 1, cell=(0, 1)),))
    rows = {"count": table("count", events=["60"], total=["52"])}
    checked = check(rows, select(rules(), ["COUNT-001"]))
    ours = Statement(checked.findings[0].records[0], one.kind, one.cells, one.spots)
    (row,) = proposed(Scan(article, [ours], (), checked), "example")
    assert [each.severity for each in row.remarks] == ["error"]
    assert "Printed: " in row.remarks[0].sentence
