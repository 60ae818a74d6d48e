"""RevMan's files that are damaged or hold strange cells, and the numbers in them: refused or accounted for, never lost."""

import re
import zipfile
from contextlib import suppress

import pytest
import revman_case as given_case
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep import cases

from curation.exchange import revman_csv, revman_rm5, revman_web
from curation.exchange.reading import bundle_of
from curation.exchange.repool import repooled
from curation.exchange.revman_numbers import decimal, number, p_value
from curation.intake.problems import Refused

READERS = {".rm5": revman_rm5, ".csv": revman_csv, ".zip": revman_web}


def named(*names):
    return [one for one in given_case.cases() if one.name in names]


def saved(path, data):
    path.write_bytes(data)
    return path


# files that are not whole


BOMB = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><COCHRANE_REVIEW>&c;</COCHRANE_REVIEW>'


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.rm5", b"<COCHRANE_REVIEW><COVER"), ("a.rm5", BOMB), ("a.rm5", b"<OTHER/>"), ("a.rm5", b"\xff\xfe\x00"),
        ("a.rm5", b'<?xml version="1.0" encoding="no-such"?><COCHRANE_REVIEW/>'),
        ("a.csv", b"Comparison Number,Name\n1,x\n"), ("a.csv", b"Name,Name\n1,x\n"), ("a.zip", b"PK\x03\x04 broken"),
        ("a.zip", given_case.web([])),
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused_with_a_sentence(tmp_path, name, data):
    path = saved(tmp_path / name, data)
    with pytest.raises(Refused, match=r"found .*, expected "):
        READERS[path.suffix].read(path)


def test_a_package_of_diagnostic_tests_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("CD1-analysis-data/CD1-data-rows.csv", "a\n")
        package.writestr("CD1-analysis-data/CD1-parameters.csv", "a\n")
    with pytest.raises(Refused, match="diagnostic"):
        revman_web.read(path)


@settings(max_examples=cases(20))
@given(st.integers(0, 6000), st.sampled_from([b"", b"<", b'"', b"\0", b"9" * 40, b",,,", b"\xff"]))
def test_a_file_changed_anywhere_is_read_or_refused(tmp_path_factory, at, put):
    folder = tmp_path_factory.getbasetemp()
    for ending, write in (("rm5", given_case.rm5), ("csv", given_case.five)):
        data = write(named("BCG RR MH random"))
        at %= len(data)
        path = saved(folder / f"changed.{ending}", data[:at] + put + data[at + 3 :])
        with suppress(Refused):
            bundle_of(READERS[f".{ending}"].read(path))


JUNK = st.sampled_from(["", "0", "-1", "1e400", "NaN", "Infinity", "x", "1,234", "-0.0", "9" * 30, "1e-320"])


@settings(max_examples=cases(25))
@given(st.lists(st.tuples(st.integers(0, 5000), JUNK), min_size=1, max_size=4))
def test_whatever_stands_in_a_cell_everything_is_accounted_for(tmp_path_factory, changes):
    folder = tmp_path_factory.getbasetemp()
    several = named("BCG RR MH random", "Stay SMD random", "Observed less expected")
    text = given_case.rm5(several).decode("iso-8859-1")
    for at, junk in changes:
        cells = list(re.finditer(r'="([^"]*)"', text))
        cell = cells[at % len(cells)]
        text = text[: cell.start(1)] + junk + text[cell.end(1) :]
    path = saved(folder / "junk.rm5", text.encode("iso-8859-1"))
    with suppress(Refused):
        taken = bundle_of(revman_rm5.read(path))
        assert taken.accounts[0].rows == taken.accounts[0].taken + taken.accounts[0].again + taken.accounts[0].left
        assert all(each.quantity for each in repooled(revman_rm5.review(path)))


def test_what_is_no_number_among_those_typed_is_left_over_by_name(tmp_path):
    one = named("BCG RR MH fixed")
    one[0].rows[0]["ai"] = "four"
    taken = bundle_of(revman_rm5.read(saved(tmp_path / "a.rm5", given_case.rm5(one))))
    assert [each.why.partition(",")[0] for each in taken.leftovers] == ["events: found 'four'"]


# numbers


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_a_number_keeps_what_it_says(value):
    text = number(given_case.java(repr(value)))
    assert number(text) == text
    assert "e" not in text.lower()
    assert abs(float(text) - value) <= max(0.5e-8, 0.5e-11 * abs(value)) * (1 + 1e-9)


@given(st.floats(0, 1))
def test_a_p_value_is_four_decimals_or_less_than_that(value):
    text = p_value(repr(value), tiny=True)
    assert text == "<0.0001" if value < 1e-4 else abs(decimal(text) - decimal(repr(value))) <= decimal("0.00005")
