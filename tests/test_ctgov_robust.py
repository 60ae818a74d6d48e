"""Records with anything missing or odd are read without a crash, and their rows are well formed or left over."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registry_case import NUMBER, as_read, findings, from_file, imported, numbers_of, trial, with_value
from sweep import cases

from curation.exchange.ctgov_parts import leaves
from curation.exchange.imported import Imported
from curation.exchange.reading import bundle_of

TRIAL = trial()
SHARED = Path(__file__).resolve().parents[2] / "shared" / "formats"
ODD = [
    None,
    "",
    "NA",
    "N/A",
    "-",
    "<0.001",
    "0.0001 <",
    ">99",
    "1,234",
    "1.2E-5",
    "NE",
    "Not estimable",
    "3 (12%)",
    "twelve",
    "½",
    0,
    -1,
    7.50,
    True,
    [],
    {},
    ["x"],
    {"a": 1},
]


def places(value, path=()):
    """Every place of the record, inner ones too."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from places(one, (*path, name))


PLACES = [
    path
    for path in places(TRIAL)
    if path and path != ("protocolSection",) and path[:2] != ("protocolSection", "identificationModule")
]


def changed_at(study, path, value, *, drop):
    """The study with something else, or nothing, at a place; unchanged where the place went with an earlier change."""
    changed = deepcopy(study)
    place = changed
    try:
        for name in path[:-1]:
            place = place[name]
        if drop:
            del place[path[-1]]
        else:
            place[path[-1]] = value
    except (KeyError, IndexError, TypeError):
        return study
    return changed


@settings(max_examples=cases(40))
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(ODD), st.booleans()), min_size=1, max_size=4))
def test_any_record_is_read_and_its_rows_are_well_formed(changes):
    study = TRIAL
    for path, value, drop in changes:
        study = changed_at(study, path, value, drop=drop)
    one = imported(study)
    taken = bundle_of(one)
    malformed = [each.sentence for each in taken.leftovers if each not in one.leftovers]
    assert not malformed


@settings(max_examples=cases(60))
@given(st.sampled_from(numbers_of(TRIAL)), st.sampled_from([each for each in ODD if isinstance(each, str) and each]))
def test_odd_values_are_kept_as_they_are_printed_or_left_over(path, value):
    one = imported(with_value(TRIAL, path, value))
    shown = {"0.0001 <": "<0.0001"}.get(value, value)
    texts = [text for given_ in one.rows.values() for _, cells in given_ for text in cells.values()]
    assert any(each in text for text in texts for each in (value, shown)) or any(
        value in each.found for each in one.leftovers
    )


def samples():
    return sorted(SHARED.glob("NCT*.json"))


@pytest.mark.slow
@pytest.mark.parametrize("path", samples() or [None], ids=lambda path: path.stem if path else "none")
def test_no_number_of_a_real_record_is_lost(path):
    if path is None:
        pytest.skip("the folder with sample files of formats is not here")
    study = json.loads(path.read_text(encoding="utf-8"))
    results = as_read(study)["resultsSection"]
    ways = [way for way, value in leaves(results) if NUMBER.fullmatch(value.strip())]
    for way in ways:
        changed = imported(with_value(study, way, "7319"))
        assert any(
            "7319" in text for given_ in changed.rows.values() for _, cells in given_ for text in cells.values()
        ) or any("7319" in each.found for each in changed.leftovers), way


@pytest.mark.slow
def test_findings_in_real_records_are_those_that_were_read_against_them():
    if not samples():
        pytest.skip("the folder with sample files of formats is not here")
    by_file = {path.stem: [(each.rule, each.severity) for each in findings(from_file(path))] for path in samples()}
    assert (
        sorted(by_file["NCT00763412"])
        == [("COUNT-001", "error")] * 3 + [("MEAN-015", "error")] + [("MEAN-019", "error")] * 4
    )
    assert by_file["NCT02210780"] == []


def test_a_record_read_twice_says_the_same():
    one, two = imported(TRIAL), imported(TRIAL)
    assert (one.rows, one.leftovers, one.remarks) == (two.rows, two.leftovers, two.remarks)
    assert isinstance(one, Imported)
