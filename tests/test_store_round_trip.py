"""What goes into a review comes out of it, verbatim. The builders of small tables serve the other store tests too."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sweep import cases

from schemas.arrow import table_schema, to_table
from schemas.identity import record_ids
from schemas.kinds.base import Record
from schemas.registry import KINDS
from store import ddl
from store.review import Review

PRINTED_TEXTS = {
    "count": ["22", "1,623", "1 623", "NR", "24|9?", "22 patients", None],
    "percent": ["42.3%", "42.30", "<1%", "NE", "–", None],
    "proportion": ["39.0%", "0.390", "−0.5", "1.5 × 10⁻³", None],
    "p": ["<0.001", "P = 0.049", "≤0.05", "NR", None],
    "number": ["12.5", "-3.40", "~7", "not estimable", "18 mg/m²", None],
    "nonnegative": ["9.63", "0", "NA", None],
    "time": ["24.9 months", "not reached", "> 2 years", "NYR", None],
}


def table(kind, *rows):
    """A table of a kind; what a row leaves out is the example where it is required, and blank elsewhere."""
    model = KINDS[kind]
    required = {each.name: each.example for each in model.fields() if each.required}
    cells = [required | row for row in rows]
    if issubclass(model, Record):
        cells = [row | {"record": made} for row, made in zip(cells, record_ids(model, cells), strict=True)]
    return to_table(model, [model.model_validate(row) for row in cells])


def full_row(kind):
    return {each.name: each.example for each in KINDS[kind].fields()}


def entities():
    """The entities that the examples of the record kinds name."""
    return {
        "source": table("source", {"source": "zhong-2021"}),
        "study": table("study", {"study": "coman-2013"}, {"study": "weber-2007"}),
        "arm": table("arm", {"study": "coman-2013", "arm": "len-dex"}, {"study": "weber-2007", "arm": "len-dex"}),
        "outcome": table("outcome", {"outcome": "cr"}, {"outcome": "pr"}),
    }


@pytest.fixture(scope="module")
def review(tmp_path_factory):
    with Review.create(tmp_path_factory.mktemp("store") / "review.duckdb") as made:
        yield made


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_every_kind_comes_back_with_its_derived_numbers(tmp_path, kind):
    given_table = table(kind, full_row(kind))
    with Review.create(tmp_path / "review.duckdb") as made:
        made.intake({kind: given_table}, who="ana", why="first extraction")
    with Review.open(tmp_path / "review.duckdb", read_only=True) as made:
        back = made.tables()[kind]
    assert back.select(given_table.schema.names).equals(given_table)
    assert back.schema.names == [
        *table_schema(KINDS[kind]).names,
        *(["extractor"] if "record" in back.schema.names else []),
    ]


def test_an_empty_review_has_an_empty_table_per_kind(review):
    tables = review.tables(as_of=0)
    assert list(tables) == list(KINDS)
    assert all(each.num_rows == 0 for each in tables.values())
    assert tables["source"].schema.equals(table_schema(KINDS["source"]))
    assert tables["count"].schema.equals(table_schema(KINDS["count"]).append(pa.field("extractor", pa.string())))


def _cells(field):
    if field.quantity:
        return st.sampled_from(PRINTED_TEXTS[field.quantity.name])
    if field.codes or field.refers_to or field.name in ("record", "printed"):
        return st.just(field.example if field.codes else None)
    return st.none() | st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20
    )


@settings(max_examples=cases(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), kind=st.sampled_from(["count", "mean", "survival", "effect", "characteristic", "test"]))
def test_any_text_comes_back_verbatim(review, data, kind):
    fields = KINDS[kind].fields()
    rows = data.draw(
        st.lists(st.fixed_dictionaries({each.name: _cells(each) for each in fields}), min_size=1, max_size=4)
    )
    known = review.tables()[kind].num_rows
    rows = [
        {name: cell for name, cell in row.items() if cell is not None} | {"record": f"{kind}-{known + number}"}
        for number, row in enumerate(rows)
    ]
    given_table = table(kind, *rows)
    review.intake({kind: given_table}, who="ana", why="property test")
    back = review.tables()[kind].drop_columns("extractor")
    assert back.slice(known).equals(given_table)


def test_bookkeeping_columns_are_no_fields():
    for model in KINDS.values():
        assert not set(ddl.BOOKKEEPING) & {each.name for each in model.fields()}


def test_fields_of_every_quantity_are_tried():
    assert set(PRINTED_TEXTS) == {each.quantity.name for model in KINDS.values() for each in model.printed_fields()}
