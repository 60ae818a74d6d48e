"""Texts are read from one folder only; quotes are found in them as the quote check finds them."""

from __future__ import annotations

import os

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep import cases

from curation.engine.registry import rules, select
from curation.engine.run import check
from curation.entry.documents import LARGEST, Segment, passages, source_text
from curation.entry.rows import read_rows

TOKENS = [
    *"aAbBéÉßΣσςİıſ12.5%·…-–—−‐‑‒\u00ad\u00a0\u2009\u202f\u2003\n\t\r\v\x1c\x85*_^$\\{}≥≤⩾⩽“”‘’\"'()[], ",
    "e\u0301", "E\u0301", "a\u0323\u0302", "\u1100\u1161\u11a8", "각", "\u212b", "ﬁ", "\\geq", "\\GEQ", "\\leq", "\\ge", "...", "....",
    "[...]", "[…]", "22", "(42.3%)", "patients", "Pa-\ntients",
]  # fmt: skip
texts = st.lists(st.sampled_from(TOKENS), max_size=14).map("".join)


@st.composite
def texts_and_quotes(draw):
    """A text, and a quote that may come from it, set in another way."""
    text = draw(texts)
    if not text or draw(st.integers(0, 3)) == 0:
        return text, draw(texts)
    start = draw(st.integers(0, len(text) - 1))
    quote = text[start : draw(st.integers(start, len(text)))]
    change = draw(
        st.sampled_from([str.upper, str.lower, lambda one: one.replace(" ", "\n"), "-".join, lambda one: one])
    )
    return text, change(quote)


@settings(max_examples=cases(300))
@given(texts, st.lists(texts, max_size=5))
def test_the_pieces_together_are_the_text(text, quotes):
    pieces = passages(text, [*quotes, text[1:4], text[2:9]])
    assert "".join(each.text for each in pieces) == text
    assert all(each.text for each in pieces) or not text


@settings(max_examples=cases(25))
@given(st.lists(texts_and_quotes(), min_size=10, max_size=40))
def test_a_quote_is_marked_where_the_quote_check_finds_it(pairs):
    marked_as_found(pairs)


def test_typesetting_is_passed_over_as_the_quote_check_passes_over_it():
    signs = ["", *dict.fromkeys(TOKENS)]
    marked_as_found([(f"x{one}y", f"x{two}y") for one in signs for two in signs])


def marked_as_found(pairs):
    """Hold the marks of each text and quote against what QUOTE-002 says of them."""
    asked = [(text, quote) for text, quote in pairs if quote.strip()]
    rows = [
        {"source": f"s{number}", "record": f"r{number}", "events": "1", "quote": quote}
        for number, (_, quote) in enumerate(asked)
    ]
    known = {"source": {row["source"] for row in rows}}
    typed = read_rows("count", rows, known)
    documents = pa.table(
        {
            "source": pa.array([row["source"] for row in rows], pa.string()),
            "text": pa.array([text for text, _ in asked], pa.string()),
        }
    )
    [rule] = select(rules(), ["quote_in_document"])
    checked = check({"count": typed.good, "document": documents}, [rule])
    assert checked.crashed == 0
    refused = {record for each in checked.findings for record in each.records}
    marked = {
        f"r{number}"
        for number, (text, quote) in enumerate(asked)
        if any(each.marks for each in passages(text, [quote]))
    }
    kept = {f"r{index}" for index in typed.indices}
    assert not marked & refused
    assert checked.tallies["QUOTE-002"].cannot_tell == len(kept - marked - refused)


def test_the_first_occurrence_is_marked_verbatim():
    text = "CR was achieved\nin 22 (42.3%) of 52 pa-\ntients with \\geq 2 lines; 22 (42.3%) again"
    pieces = passages(text, ["22 (42.3%) OF 52 patients with ≥2 lines", "nowhere"])
    assert pieces == [
        Segment("CR was achieved\nin "),
        Segment("22 (42.3%) of 52 pa-\ntients with \\geq 2 lines", (0,)),
        Segment("; 22 (42.3%) again"),
    ]


def test_a_sign_in_latex_is_marked_whole():
    assert [each.text for each in passages("a \\geq b", ["a ≥"])] == ["a \\geq", " b"]


def test_accents_are_found_however_they_are_written():
    assert [each.text for each in passages("un e\u0301tude.", ["étude"])] == ["un ", "e\u0301tude", "."]
    assert [each.text for each in passages("une étude.", ["e\u0301TUDE"])] == ["une ", "étude", "."]


def test_parts_on_both_sides_of_an_ellipsis_are_marked_apart():
    pieces = passages("alpha beta gamma delta", ["beta ... delta"])
    assert [(each.text, each.mark) for each in pieces] == [
        ("alpha ", None),
        ("beta", 0),
        (" gamma ", None),
        ("delta", 0),
    ]
    assert [each.mark for each in passages("alpha beta", ["beta ... nowhere"])] == [None]


def test_quotes_that_overlap_are_one_piece_and_neighbours_are_two():
    pieces = passages("one two three four", ["two three", "one two", "four"])
    assert [(each.text, each.marks) for each in pieces] == [("one two three", (0, 1)), (" ", ()), ("four", (2,))]
    assert [each.marks for each in passages("abcd", ["ab", "cd"])] == [(0,), (1,)]


def test_blank_quotes_mark_nothing():
    assert passages("text", ["", " ", "...", "-"]) == [Segment("text")]
    assert passages("", ["a"]) == [Segment("")]


@pytest.fixture
def folder(tmp_path):
    home = tmp_path / "texts"
    (home / "sub").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "texts-too").mkdir()
    (tmp_path / "texts-too" / "a.txt").write_text("secret")
    (home / "a.txt").write_bytes(b"\xef\xbb\xbfline one\r\nline two\xff")
    (home / "sub" / "b.txt").write_text("below")
    return home


def test_a_text_is_read_without_its_byte_order_mark(folder):
    assert source_text(folder, "a.txt").text == "line one\nline two\ufffd"
    assert source_text(folder, " sub/b.txt ").text == "below"
    assert source_text(folder, "a.txt").result == "read"


@pytest.mark.parametrize("document", [None, "", "  ", "no.txt", "sub/no.txt", "a.txt/b.txt"])
def test_a_text_that_is_not_there_is_missing(folder, document):
    found = source_text(folder, document)
    assert found.result == "missing"
    assert found.sentence.endswith(".")
    assert source_text(None, document).result == "missing"
    assert source_text(folder / "gone", "a.txt").result == "missing"


@pytest.mark.parametrize(
    "document",
    [
        "../secret.txt", "sub/../../secret.txt", "sub/../a.txt", "..", ".", "sub", "/etc/passwd", "C:\\a.txt", "\\\\host\\a", "..\\secret.txt",
        "sub\\..\\..\\secret.txt", "C:a.txt", "a\0.txt", "a\n.txt", "\ud800.txt", "x" * 5000, "../texts-too/a.txt",
    ],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(folder, document):
    found = source_text(folder, document)
    assert found.result == "refused"
    assert found.text == ""
    assert str(folder.parent) not in found.sentence
    found.sentence.encode()


def test_links_are_followed_within_the_folder_only(folder):
    (folder / "out.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "outside").symlink_to(folder.parent)
    (folder / "in.txt").symlink_to(folder / "sub" / "b.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    assert source_text(folder, "out.txt").result == "refused"
    assert source_text(folder, "outside/secret.txt").result == "refused"
    assert source_text(folder, "loop.txt").result == "refused"
    assert source_text(folder, "in.txt").text == "below"
    (folder.parent / "shortcut").symlink_to(folder)
    assert source_text(folder.parent / "shortcut", "a.txt").result == "read"


def test_what_is_no_plain_text_is_refused(folder):
    (folder / "a.pdf").write_bytes(b"%PDF-1.7 text")
    (folder / "b.txt").write_bytes(b"text\0")
    (folder / "wide.txt").write_bytes("text".encode("utf-16"))
    (folder / "large.txt").write_bytes(b"x" * (LARGEST + 1))
    (folder / "largest.txt").write_bytes(b"x" * LARGEST)
    for name in ("a.pdf", "b.txt", "wide.txt", "large.txt"):
        assert source_text(folder, name).result == "refused"
    assert source_text(folder, "largest.txt").result == "read"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_nobody_waits_for_it(folder):
    os.mkfifo(folder / "pipe.txt")
    assert source_text(folder, "pipe.txt").result == "refused"
