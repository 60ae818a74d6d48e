"""Printed numbers: kept verbatim, read as intervals, refused in sentences."""

import math
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import grammar
from schemas.printed import COUNT, NUMBER, P_VALUE, PERCENT, PROPORTION, TIME, Malformed, parse

READ = [
    ("1,623", COUNT, "1623", 0, "=", ""),
    ("10\u2009118", COUNT, "10118", 0, "=", ""),
    ("10 118", COUNT, "10118", 0, "=", ""),
    ("39.0%", PERCENT, "39.0", 1, "=", "%"),
    ("39.0%", PROPORTION, "0.390", 3, "=", "%"),
    ("10·5", NUMBER, "10.5", 1, "=", ""),
    ("−0.50", NUMBER, "-0.50", 2, "=", ""),
    ("–3", NUMBER, "-3", 0, "=", ""),
    ("<0.001", P_VALUE, "0.001", 3, "<", ""),
    ("P = 0.049", P_VALUE, "0.049", 3, "=", ""),
    ("p≤.05", P_VALUE, "0.05", 2, "<=", ""),
    ("~80%", PERCENT, "80", 0, "~", "%"),
    ("1.50e-3", NUMBER, "0.00150", 5, "=", ""),
    ("1.5 × 10⁻³", NUMBER, "0.0015", 4, "=", ""),
    ("24.9 months", TIME, "24.9", 1, "=", "months"),
    ("2 yr", TIME, "2", 0, "=", "years"),
    ("≥ 50 mL/min", NUMBER, "50", 0, ">=", "mL/min"),
    ("8 studies", COUNT, "8", 0, "=", "studies"),
]


@pytest.mark.parametrize(("text", "quantity", "value", "decimals", "relation", "unit"), READ)
def test_what_papers_print_is_read(text, quantity, value, decimals, relation, unit):
    one = parse(text, quantity)
    assert (str(one.value), one.decimals, one.relation, one.unit) == (str(Decimal(value)), decimals, relation, unit)
    assert one.text == text


@pytest.mark.parametrize(
    ("word", "status"),
    [("NR", "not_reported"), ("NA", "not_applicable"), ("NE", "not_estimable"), ("not reached", "not_reached"), ("Not  Reached", "not_reached"),
     ("NYR", "not_reached"), ("not calculable", "not_estimable"), ("–", "not_reported"), ("?", "unclear")],
)  # fmt: skip
def test_words_that_stand_for_no_number_have_a_status_and_no_interval(word, status):
    one = parse(word, TIME)
    assert (one.status, one.value, one.interval(), one.text) == (status, None, None, word)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("22/52", {"events": "22", "total": "52"}),
        ("22 of 52", {"events": "22", "total": "52"}),
        ("22 (42.3%)", {"events": "22", "percent": "42.3%"}),
        ("22/52 (42.3%)", {"events": "22", "total": "52", "percent": "42.3%"}),
        ("94% (1,521/1,623)", {"percent": "94%", "events": "1,521", "total": "1,623"}),
        ("79.0 (68.0-91.0)", {"estimate": "79.0", "lower": "68.0", "upper": "91.0"}),
        ("3.98 (95% CI, 2.51–6.31)", {"estimate": "3.98", "lower": "2.51", "upper": "6.31"}),
        (
            "24.9 months (95% CI, 12.5-not calculable)",
            {"estimate": "24.9 months", "lower": "12.5", "upper": "not calculable"},
        ),
        ("0.303 to 0.480", {"lower": "0.303", "upper": "0.480"}),
        ("-0.50 to -0.10", {"lower": "-0.50", "upper": "-0.10"}),
        ("58.5 (9.1)", {"first": "58.5", "second": "9.1"}),
    ],
)
def test_composites_are_split_into_their_parts_verbatim(text, parts):
    assert {part.role: part.text for part in grammar.split(text)} == parts


@pytest.mark.parametrize(
    "text",
    [
        "fifteen",
        "5, 744",
        "1.2.3",
        "12,34",
        "22/52",
        "120/80 mmHg",
        "grade 3",
        "=SUM(A1)",
        "0x10",
        "1e9999",
        "½",
        "٣",
        "x" * 500,
    ],
)
def test_anything_else_is_refused_in_a_sentence(text):
    with pytest.raises(Malformed, match=r"expected|takes") as refused:
        parse(text, COUNT)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


def test_a_percentage_in_a_count_is_refused_and_says_so():
    with pytest.raises(Malformed, match="is a percentage, but this field takes a number of people"):
        parse("42%", COUNT)


def test_decimal_comma_counts_only_where_the_record_says_so():
    assert parse("1,623", NUMBER).value == 1623
    assert parse("1,623", NUMBER, "comma").value == Decimal("1.623")
    assert parse("1.623,5", NUMBER, "comma").value == Decimal("1623.5")


def test_an_unclear_cell_spans_its_readings():
    one = parse("24|9?", COUNT)
    assert (one.status, one.interval()) == ("unclear", (Fraction(9), Fraction(24)))


@pytest.mark.parametrize(
    ("text", "quantity", "ends"),
    [("<0.001", P_VALUE, (0, Fraction(1, 1000))), (">0.05", P_VALUE, (Fraction(1, 20), 1)), (">5", NUMBER, (5, math.inf)),
     ("~5", NUMBER, (-math.inf, math.inf)), ("22", COUNT, (22, 22)), ("≤ 30", NUMBER, (-math.inf, Fraction(61, 2)))],
)  # fmt: skip
def test_relations_bound_the_interval(text, quantity, ends):
    assert parse(text, quantity).interval() == ends


@given(st.fractions(-1000, 1000), st.integers(0, 4), st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN]))
def test_every_rounded_number_holds_the_value_it_was_rounded_from(value, decimals, rounding):
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    text = str(exact.quantize(Decimal(1).scaleb(-decimals), rounding=rounding))
    low, high = parse(text, NUMBER).interval()
    assert low <= Fraction(exact) <= high


@given(st.fractions(0, 100), st.integers(0, 3))
def test_a_number_with_digits_cut_off_holds_its_value_when_read_as_truncated(value, decimals):
    cut = Decimal(int(value * 10**decimals)).scaleb(-decimals)
    low, high = parse(str(cut), NUMBER).interval("truncated")
    assert low <= value <= high


@given(st.text(max_size=40))
def test_reading_keeps_the_text_or_refuses_it_but_never_changes_it(text):
    try:
        one = parse(text, NUMBER)
    except Malformed:
        return
    assert one.text == text


@given(st.from_regex(r"[<>=~≤≥]? ?[+−-]?[0-9]{1,3}([,.· ][0-9]{3}){0,2}([.·][0-9]{1,4})?(%| months)?", fullmatch=True))
def test_number_like_texts_never_crash_and_round_trip(text):
    try:
        one = parse(text, PERCENT)
    except Malformed:
        return
    assert str(one) == text
    ends = one.interval()
    assert ends is None or ends[0] <= ends[1]
