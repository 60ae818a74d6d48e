"""Printed test statistics: every typography of a well-formed one gives its numbers back, and no text breaks the reader."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep import cases

from schemas.kinds.test import Test
from schemas.printed import Malformed, parse
from schemas.statistics_text import read_statistic

CHI = ("χ2", "χ²", "X2", "Chi-square", "chi-squared", "chi2", "χ<sup>2</sup>", "$\\chi^2$")
RELATIONS = {
    "=": ("=", " = ", " =", "\u2009=\u2009"),
    "<": ("<", " < ", "&lt;"),
    ">": (">", " > "),
    "<=": ("≤", " <= "),
}


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("t(28) = 2.20, p = .036", "t 2.20 28 - .036 -"), ("t[28]=−2.20; P<0·05", "t −2.20 28 - <0·05 -"),
        ("t (27.53) = –2.20, p = .002-but", "t –2.20 27.53 - .002 -"), ("t28 = 2.20", "t 2.20 28 - - -"),
        ("χ2(1, N = 90) = 3.84, p&lt;.05", "chi2 3.84 1 - <.05 -"), ("X2 = 3.84 (df = 1, N = 90), p = .05", "chi2 3.84 1 - .05 -"),
        ("Chi² = 10.35, df = 7 (P = 0.17); I² = 32%", "chi2 10.35 7 - 0.17 -"), ("χ²₁ = 3.84", "chi2 3.84 1 - - -"),
        ("F(1,28)=4.5", "F 4.5 1 28 - -"), ("F1,28 = 4.5, p = 0.04", "F 4.5 1 28 0.04 -"), ("F(1, 1,234) = 4.5", "F 4.5 1 1,234 - -"),
        ("F (1.8, 50.4) = 3.3, p = .049, η²p = .14", "F 3.3 1.8 50.4 .049 -"), ("F(2, 90) < 1", "F <1 2 90 - -"),
        ("Qb(1) = 3.2, p = .07", "Q 3.2 1 - .07 -"), ("r(28) = .36, p = .05", "r .36 28 - .05 -"),
        ("Z = 3.36 (P = 0.0008)", "z 3.36 - - 0.0008 -"), ("z = 1.20, one-tailed p = .115", "z 1.20 - - .115 one"),
        ("t(28) = 2.20, p = 3.6 × 10⁻², two-sided", "t 2.20 28 - 3.6×10⁻² two"),
        ("t(28) = 2.20, Bonferroni-corrected p = .072", "t 2.20 28 - - -"), ("t(28) = 2.20, p = .02 to .04", "t 2.20 28 - - -"),
    ],
)  # fmt: skip
def test_the_typographies_of_papers(text, fields):
    names = ("statistic_type", "statistic", "df1", "df2", "p", "tails")
    assert read_statistic(text) == {name: part for name, part in zip(names, fields.split(), strict=True) if part != "-"}


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("F(1;28) = 4,5; p = 0,04", {"df1": "1", "df2": "28", "statistic": "4,5", "p": "0,04"}),
        ("F(1,8, 50,4) = 3,3", {"df1": "1,8", "df2": "50,4", "statistic": "3,3"}),
        ("t(28) = 2,20; p = ,036", {"df1": "28", "statistic": "2,20", "p": ",036"}),
    ],
)
def test_decimal_commas(text, fields):
    found = read_statistic(text, "comma")
    assert {name: found.get(name) for name in fields} == fields


@pytest.mark.parametrize(
    "text",
    [
        "t(28) = 2.20, t(27) = 1.10", "F(2,345,678) = 4", "t(123) = 1 0.25, p = .806", "z = 1 1 .25", "ρ(44) = .349, p = .017",
        "rs(28) = .36", "R2 = .30", "r12 = .36", "Q1 = 52, Q3 = 66", "t(28) = 2,20, p = ,036", "I² = 32%", "p = .04", "df = 28", "",
        "F(28) = 4.5", "t = 12 to 14", "z = 95%",
    ],
)  # fmt: skip
def test_what_has_no_single_reading_gives_nothing(text):
    assert read_statistic(text) == {}


def well_formed(rng):
    """A well-formed statistic with the fields it holds."""
    kind = rng.choice(["t", "F", "chi2", "z", "r", "Q"])
    df1, df2 = str(rng.randint(1, 200)), str(rng.randint(2, 900))
    value = f"{rng.uniform(0, 0.99 if kind == 'r' else 40):.{rng.randint(1, 3)}f}"
    if rng.random() < 0.3:
        value = value.replace("0.", ".", 1) if value.startswith("0.") else value
    if kind in "tzr" and rng.random() < 0.4:
        value = rng.choice("-−–") + value
    sign, p_sign = rng.choice("==<>"), rng.choice(["=", "=", "<", ">", "<="])
    p = f"{rng.random():.{rng.randint(2, 4)}f}"
    p = p.replace("0.", ".", 1) if rng.random() < 0.5 else p
    n = rng.choice(["", f", N = {rng.randint(20, 999)}", f", n={rng.randint(20, 999)}"])
    round_, square = ("(", ")"), ("[", "]")
    left, right = rng.choice([round_, round_, square])
    gap = rng.choice(["", " ", "\u2009", "\u00a0"])
    inside = {"F": df1 + rng.choice([",", ", ", "; "]) + df2, "chi2": df1 + n, "z": ""}.get(
        kind, rng.choice(["", "", "df = "]) + df1
    )
    name = rng.choice(CHI) if kind == "chi2" else kind
    head = name + (f"{gap}{left}{inside}{right}" if inside else "")
    tail = rng.choice(["", "", ", one-tailed", " (two-sided)"])
    text = f"{head}{rng.choice(RELATIONS[sign])}{value}{rng.choice([', ', '; ', ','])}{rng.choice(['p', 'P', 'p-value', 'P value'])}{rng.choice(RELATIONS[p_sign])}{p}{tail}"
    fields = {
        "statistic_type": kind,
        "statistic": ("" if sign == "=" else sign) + value,
        "p": ("" if p_sign == "=" else p_sign) + p,
    }
    fields |= {} if kind == "z" else {"df1": df1} | ({"df2": df2} if kind == "F" else {})
    return text, fields | ({"tails": "one" if "one" in tail else "two"} if tail else {})


def plain(fields):
    return {name: text.replace("≤", "<=") for name, text in fields.items()}


def test_well_formed_statistics_are_read_back():
    rng = random.Random(5)  # noqa: S311 - no secret
    for _ in range(10_000):
        text, fields = well_formed(rng)
        assert plain(read_statistic(text)) == fields, text


def test_mutated_statistics_never_break_the_reader_and_every_field_can_be_taken():
    rng, signs = random.Random(6), "().,;=<>-−–0123456789 ptFzχ²&[]×^eNdfns%\u2009\u200b"  # noqa: S311 - no secret
    for _ in range(10_000):
        letters = list(well_formed(rng)[0])
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(letters))
            letters[at : at + rng.randint(0, 2)] = rng.choice(["", rng.choice(signs), rng.choice(signs) * 2])
            letters = letters or ["t"]
        text = "".join(letters)
        for mark in ("point", "comma"):
            read_statistic(text, mark)
            Test(source="a", p="NR", printed=text, decimal_mark=mark)


@settings(max_examples=cases(2000))
@given(st.text(alphabet=st.sampled_from("tFzrQχXpPns²2()[]{}$^_.,;:=<>≤0123456789 dfN-−–eE×\u2009&lt;"), max_size=320))
def test_no_text_breaks_the_reader(text):
    for mark in ("point", "comma"):
        found = read_statistic(text, mark)
        assert set(found) <= {"statistic_type", "statistic", "df1", "df2", "p", "tails"}


def test_long_and_nested_texts_take_no_time():
    for text in ("(" * 300, "t(" * 150, "1," * 150, "F" + "1" * 299, "p = " * 75, "χ" * 300, "t(28) = " + "1" * 292):
        read_statistic(text)
    assert read_statistic("t(28) = 2.20 " * 40) == {}


def test_the_cell_fills_the_fields_left_blank():
    one = Test(source="a", printed="t(28) = 2.20, p = .036, one-tailed", p="0.04")
    assert [str(each) for each in (one.statistic, one.df1, one.p, one.tails, one.statistic_type)] == [
        "2.20",
        "28",
        "0.04",
        "one",
        "t",
    ]
    other = Test(source="a", printed="t(28) = 2.20, p = .036", statistic_type="F", p="0.04")
    assert other.statistic is None


def test_not_significant_is_handed_over_just_when_a_p_value_may_be_written_so():
    from schemas.quantities import P_VALUE

    one = Test(source="a", printed="t(28) = 1.20, ns")
    try:
        parse("ns", P_VALUE)
    except Malformed:
        assert one.p is None
    else:
        assert str(one.p) == "ns"


def test_relations_and_spaces_in_every_combination():
    for sign, space in itertools.product("=<>", ("", " ", "\u202f")):
        expected = "2.20" if sign == "=" else f"{sign}2.20"
        assert read_statistic(f"t(28){space}{sign}{space}2.20")["statistic"] == expected
