"""Numbers read many at a time: bit for bit what the grammar derives, of every text that is read so."""

from __future__ import annotations

import itertools
import struct
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sweep import cases

from schemas.arrow import FEW, PRINTED, ends, printed_column, structs, unreadable
from schemas.plain_numbers import LARGEST, ends_of, plain
from schemas.printed import Malformed, parse
from schemas.quantities import PERCENT, QUANTITIES
from schemas.rounded import Rounded
from store.stream import MOST_SINGLE_UNITS

MARKS = ("point", "comma")
quantities = st.sampled_from(list(QUANTITIES.values()))
marks = st.sampled_from(MARKS)
digits = st.text("0123456789", min_size=1, max_size=9)
numbers = st.builds(
    lambda sign, whole, rest, unit: sign + whole + rest + unit,
    st.sampled_from(["", "", "", "-", "−", "+", "–"]),
    digits | st.integers(0, 10**17).map(str) | st.integers(0, 10**12).map("{:,}".format),
    st.just("") | st.builds(lambda mark, more: mark + more, st.sampled_from(".,·"), digits),
    st.sampled_from(["", "", "%", " %", " months", "e-3", "?"]),
)
texts = (
    numbers
    | st.text("0123456789.,%+-− <=", max_size=12)
    | st.sampled_from(["NR", "<0.001", "24|9?", "٣", "１２", "1\n"])
)


def bits(cell: object) -> object:
    return struct.pack("<d", cell) if isinstance(cell, float) else cell


def by_grammar(text, quantity, mark):
    try:
        return {name: bits(cell) for name, cell in structs([parse(text, quantity, mark)])[0].as_py().items()}
    except Malformed:
        return None


def assert_as_the_grammar_reads(words, quantity, mark):
    found, columns = plain(pa.array(words, pa.string()), quantity, mark)
    cells = {name: column.to_pylist() for name, column in columns.items()}
    kept = list(itertools.compress(words, found))
    for place, text in enumerate(kept):
        derived = {"text": text} | {name: bits(column[place]) for name, column in cells.items()}
        assert derived == by_grammar(text, quantity, mark)
    return kept


@settings(max_examples=cases(150), deadline=None)
@given(st.lists(texts, max_size=80), quantities, marks)
@example(["-0", "−0.0", "+0%", "0.00", "00", "-0.0%"], PERCENT, "point")
@example([str(LARGEST), str(LARGEST + 1), f"0.{LARGEST}", f"-{LARGEST}.0", "9" * 16, "0" * 20], PERCENT, "point")
def test_what_is_read_at_once_is_what_the_grammar_reads(words, quantity, mark):
    assert_as_the_grammar_reads(words, quantity, mark)


@pytest.mark.parametrize("mark", MARKS)
def test_every_text_of_three_signs_is_read_as_the_grammar_reads_it(mark):
    signs = "059.,%-− "
    words = ["".join(each) for size in (1, 2, 3) for each in itertools.product(signs, repeat=size)]
    for quantity in (QUANTITIES["count"], QUANTITIES["percent"], QUANTITIES["proportion"]):
        kept = assert_as_the_grammar_reads(words, quantity, mark)
        assert {"5", "059", "-50", "−5"} < set(kept)


def test_common_forms_are_read_at_once():
    words = ["22", "1,623", "0.390", "-0.53", "−0.53", "+2", "12,345,678.9", "007"]
    assert plain(pa.array(words), QUANTITIES["number"])[0].all()
    assert plain(pa.array(["42.3%", "42.3 %", "100%"]), PERCENT)[0].all()
    assert plain(pa.array(["1.623", "0,39", "12.345,6"]), QUANTITIES["number"], "comma")[0].all()


@settings(max_examples=cases(50), deadline=None)
@given(st.lists(texts | st.none(), max_size=40), quantities, st.data())
def test_a_long_column_is_derived_as_its_cells_are(words, quantity, data):
    many = [*words, *map(str, range(FEW)), *words]
    chosen = st.lists(st.sampled_from(["point", "comma", None]), min_size=len(many), max_size=len(many))
    comma = [each == "comma" for each in data.draw(chosen)]
    readable = [
        text is not None and by_grammar(text, quantity, MARKS[mark]) is not None
        for text, mark in zip(many, comma, strict=True)
    ]
    kept = [text if good else None for text, good in zip(many, readable, strict=True)]
    column = printed_column(
        pa.chunked_array([pa.array(kept, pa.string())]), quantity, pa.chunked_array([[MARKS[each] for each in comma]])
    )
    assert column.type == PRINTED
    for text, mark, cell in zip(kept, comma, column.to_pylist(), strict=True):
        derived = None if cell is None else {name: bits(each) for name, each in cell.items()}
        assert derived == (None if text is None else by_grammar(text, quantity, MARKS[mark]))


@settings(max_examples=cases(50), deadline=None)
@given(st.lists(texts, max_size=30, unique=True), quantities, marks, st.booleans())
def test_unreadable_texts_are_those_that_the_grammar_refuses(words, quantity, mark, long):
    many = list(dict.fromkeys([*words, *(map(str, range(FEW)) if long else ())]))
    wrong = unreadable(pa.array(many, pa.string()), quantity, mark)
    assert wrong.tolist() == [by_grammar(each, quantity, mark) is None for each in many]


@given(
    st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(1, 12)), min_size=1, max_size=20),
    st.sampled_from([PERCENT, QUANTITIES["number"]]),
)
def test_the_ends_of_a_number_with_decimals_follow_from_its_value_to_the_last_bit(units, quantity):
    printed = structs([parse(f"{Decimal(unit).scaleb(-places):f}", quantity) for unit, places in units])
    decimals = printed.field("decimals").to_numpy()
    found = ends_of(printed.field("value").to_numpy(), decimals)
    assert [end.tobytes() for end in found] == [printed.field(name).to_numpy().tobytes() for name in ("low", "high")]


@given(
    st.lists(
        st.tuples(st.integers(-int(MOST_SINGLE_UNITS), int(MOST_SINGLE_UNITS)), st.integers(1, 12)),
        min_size=1,
        max_size=20,
    )
)
def test_a_number_read_in_single_precision_is_known_to_the_last_bit_with_its_decimals(units):
    value = np.array([float(Decimal(unit).scaleb(-places)) for unit, places in units])
    decimals = np.array([places for _, places in units], np.int8)
    printed = Rounded(value.astype(np.float32), decimals)
    assert printed.value.tolist() == value.tolist()
    assert (printed.low <= printed.printed).all()
    assert (printed.printed <= printed.high).all()
    same, single = (pa.StructArray.from_arrays([pa.array(each), pa.array(decimals)], ["value", "decimals"]) for each in (value, printed.printed))  # fmt: skip
    assert [end.tobytes() for end in ends(single)] == [end.tobytes() for end in ends(same)]
