"""Forms are derived from the declarations: every field once, in its group, with the control that fits it."""

from __future__ import annotations

import pytest

from curation.entry.form import LONG, PLACES, form
from schemas.codes import CODES
from schemas.kinds.base import Record
from schemas.registry import KINDS, RECORDS


def widgets(kind):
    return {each.name: each for group in form(KINDS[kind]) for each in group.fields}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_appears_exactly_once(kind):
    shown = [each.name for group in form(KINDS[kind]) for each in group.fields]
    assert sorted(shown) == sorted(KINDS[kind].model_fields)


@pytest.mark.parametrize("kind", KINDS)
def test_a_widget_says_what_the_declaration_says(kind):
    shown = widgets(kind)
    for each in KINDS[kind].fields():
        one = shown[each.name]
        assert (one.meaning, one.unit, one.example) == (each.meaning, each.unit, each.example)
        assert (one.required, one.default, one.printed) == (each.required, each.default, each.quantity is not None)
        assert one.options == (CODES[each.codes] if each.codes else {})
        assert one.entity == each.refers_to
        assert (one.control == "choice") == bool(each.codes)
        assert (one.control in {"reference", "references"}) == bool(each.refers_to)
        assert one.label.casefold() == each.label.casefold()
        sign = not set(each.label.split(" ")[0].casefold()) & set("aeiouy")
        assert one.label[0] == each.label[0].upper() or sign


@pytest.mark.parametrize("kind", RECORDS)
def test_a_record_is_filled_in_from_what_it_is_about_to_remarks(kind):
    groups = {group.title: [each.name for each in group.fields] for group in form(RECORDS[kind])}
    assert list(groups) == ["What it is about", "What is printed", "Where it is printed", "Remarks"]
    assert groups["What is printed"][0] == "printed"
    assert groups["Where it is printed"] == list(PLACES)
    assert groups["Remarks"] == ["legibility", "decimal_mark", "note", "record"]
    assert {"source", "study", "arm", "outcome"} < set(groups["What it is about"])


def test_entities_are_one_group():
    assert [group.title for group in form(KINDS["arm"])] == ["Arm"]
    assert len(form(KINDS["setting"])) == 1


def test_controls_fit_their_fields():
    count, outcome = widgets("count"), widgets("outcome")
    assert (count["source"].control, count["source"].entity, count["source"].within) == ("reference", "source", None)
    assert (count["arm"].control, count["arm"].within) == ("reference", "study")
    assert outcome["contains"].control == "references"
    assert (count["quote"].control, count["page"].control, count["events"].control) == ("long", "text", "text")
    assert count["total_from"].options["header"] == "from a table header, a caption or the methods"


def test_labels_are_written_for_people():
    assert widgets("count")["total_from"].label == "Total from"
    assert widgets("mean")["sd"].label == "SD"
    assert widgets("source")["doi"].label == "DOI"
    assert widgets("pooled")["i2"].label == "I²"


def test_long_fields_and_places_are_declared():
    declared = {name for model in KINDS.values() for name in model.model_fields}
    assert declared >= LONG
    assert set(PLACES) <= set(Record.model_fields)
