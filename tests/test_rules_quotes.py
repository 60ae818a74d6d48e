"""Rules about quotes: what is printed there passes whatever the typesetting, what is not is found."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from sweep import every
from whole_tables import asked

from curation.rules.printed_in_quote import printed_in_quote
from curation.rules.quote_in_document import quote_in_document

WORDS = [
    "median",
    "overall",
    "survival",
    "of",
    "patients",
    "with",
    "response",
    "was",
    "rate",
    "in",
    "the",
    "group",
    "after",
    "cycles",
    "months",
    "and",
    "versus",
]


def sentences(count, seed):
    random = np.random.default_rng(seed)
    for _ in range(count):
        words = list(random.choice(WORDS, 8))
        words[3] = f"{random.integers(1, 999)}.{random.integers(0, 99):02}"
        words[5] = f"({random.integers(1, 99)}%, {random.integers(1, 99)}–{random.integers(100, 999)})"
        yield " ".join(words)


def typeset(text, random):
    """The same words with line breaks, hyphenation, thin spaces and other dashes."""
    out = []
    for sign in text:
        if sign == " ":
            out.append(str(random.choice([" ", "\n", "  ", "\u2009", "\u00a0"])))
        elif sign == "–":
            out.append(str(random.choice(["–", "-", "—", " - "])))
        elif sign.isalpha() and random.random() < 0.03:
            out += [sign, "-\n"]
        else:
            out.append(sign)
    return "".join(out)


def document(text):
    return pa.table({"source": ["example"], "text": [text]})


@pytest.mark.parametrize("number", every(2, [500, 2000]))
def test_quotes_are_found_whatever_the_typesetting(number):
    random, quotes = np.random.default_rng(4), list(sentences(number, seed=11))
    text = ". ".join(typeset(each, random) for each in quotes)
    done = asked(quote_in_document, document(text), count=dict(quote=quotes))
    assert done.tallies["QUOTE-002"].consistent == len(set(quotes))
    assert not done.findings


def test_a_changed_digit_in_a_quote_is_an_error():
    quotes = list(sentences(100, seed=12))
    changed = [each.replace("(", "(7") for each in quotes]
    done = asked(quote_in_document, document(". ".join(quotes)), count=dict(quote=changed))
    assert len(done.findings) == 100
    assert {each.severity for each in done.findings} == {"error"}


@pytest.mark.parametrize(
    ("quote", "severity"),
    [
        ("CR in 22 of 52 patients", None),
        ("cr in 22 of 52 patients", None),
        ("CR in 22 ... patients (≥2 lines)", None),
        ("CR in 22 [...] 31 [next page] died", "warning"),
        ("22 and 31 died", "warning"),
        ("31 died and 22 lived", "error"),
        ("nobody died", "warning"),
        ("CR in 23 of 52 patients", "error"),
    ],
)
def test_how_gravely_a_quote_is_missed(quote, severity):
    text = "CR in 22 of 52 pa-\ntients ($\\geq 2$ lines).\n\n7740\n\nOf these 31 died."
    found = asked(quote_in_document, document(text), count=dict(quote=[quote])).findings
    assert [each.severity for each in found] == ([severity] if severity else [])


def test_one_quote_of_many_records_is_one_finding_and_sources_without_text_are_not_asked():
    rows = dict(quote=["CR in 23"] * 3, source=["example", "example", "other"])
    [found] = asked(quote_in_document, document("nothing"), count=rows).findings
    assert len(found.records) == 2
    assert not asked(quote_in_document, count=rows).tallies["QUOTE-002"].checked


def test_signs_with_a_meaning_in_patterns_are_plain_text():
    quotes = ["P<0.05 (n=3) [a.b]*", "50% + 2^3 {x} $4 |5|", "it's “so” 100"]
    done = asked(quote_in_document, document(" ".join(quotes)), count=dict(quote=quotes))
    assert done.tallies["QUOTE-002"].consistent == 3


def test_every_printed_number_is_found_in_a_quote_that_holds_it():
    random = np.random.default_rng(13)
    events, percent = random.integers(0, 3000, 3000), random.integers(0, 1000, 3000)
    told = [f"{e:,}" if random.random() < 0.5 else str(e) for e in events]
    quote = [f"{e} patients ({p / 10:.1f}%)" for e, p in zip(events, percent, strict=True)]
    rows = dict(
        events=told,
        percent=[f"{p / 10:.1f}%" for p in percent],
        quote=quote,
        total=["9"] * 3000,
        total_from=["header"] * 3000,
    )
    done = asked(printed_in_quote, count=rows)
    assert done.tallies["QUOTE-001"].consistent == 6000
    assert not done.findings


def test_a_number_is_not_found_in_a_part_of_another_number():
    rows = dict(events=["2", "22", "4"], percent=["2.3%", "42.3%", "42%"], quote=["22 (42.3%)"] * 3)
    found = asked(printed_in_quote, count=rows).findings
    assert sorted((each.records[0], each.field) for each in found) == [
        ("count-0", "events"), ("count-0", "percent"), ("count-2", "events"), ("count-2", "percent")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "quote", "found"),
    [
        ("2", "a median of two lines", True),
        ("8", "weighted", False),
        ("1 year", "1-year OS: 88%", True),
        ("0·39", "0.39", True),
        ("≥2", "\\geq 2", True),
    ],
)
def test_spelled_out_and_marked_numbers(text, quote, found):
    rows = dict(characteristic=["other"], value=[text], quote=[quote])
    assert bool(asked(printed_in_quote, characteristic=rows).findings) is not found
