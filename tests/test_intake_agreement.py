"""The column-wise checks and the models agree, cell by cell: one is fast, the other is the declaration."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sweep import cases

from curation.intake.check import check, stating_fields
from curation.intake.finish import finished
from curation.intake.lexical import fault
from curation.intake.problems import Problems
from curation.intake.sheets import Sheet
from curation.intake.stack import stack
from curation.intake.wording import worded
from schemas.arrow import to_table
from schemas.codes import CODES
from schemas.kinds.base import Record
from schemas.registry import KINDS

NUMBERS = [
    "22",
    " 22 ",
    "1,623",
    "42.3%",
    "39,0",
    "0.05",
    "<0.001",
    "−5",
    "NR",
    "not reached",
    "24|9?",
    "?",
    "12 months",
]
BROKEN = ["fifteen", "5/6", "22 (42.3%)", "5 mg", "1,2,3", "24|x?", "..", "5 %%", "½"]
WHOLE = [
    "22 (42.3%)",
    "22/52",
    "79.0 (68.0-91.0)",
    "22.5% of 40",
    "39,0 (30,3; 48,0)",
    "58.5 (9.1)",
    "nothing here",
    "5",
]


def cells(field):
    """Cells a person may type in a field, good and bad."""
    if field.name == "printed":
        return st.sampled_from(WHOLE)
    if field.codes:
        return st.sampled_from([*CODES[field.codes], f" {next(iter(CODES[field.codes]))}", "no such code", "POINT"])
    if field.quantity:
        return st.sampled_from(NUMBERS) | st.sampled_from(BROKEN) | st.text("0123456789.,%<>-/() ", max_size=8)
    return (st.sampled_from(["a", " b ", "é", " "]) | st.text(st.characters(codec="utf-8"), max_size=5)).filter(is_text)


def is_text(cell):
    return not cell or fault(cell) is None


def good_cells(field):
    """Cells that every model takes, whatever the decimal mark."""
    if field.name == "printed":
        return st.sampled_from(["79 (68-91)", "22/52", "58 (9)"])
    if field.codes:
        return st.sampled_from([*CODES[field.codes], f" {next(iter(CODES[field.codes]))} "])
    if field.quantity:
        return st.sampled_from(["22", " 22 ", "<1", "NR", "not reached", "24|9?", "≥ 0", "1"])
    return st.sampled_from(["a", " b ", "é", " "] if not field.required else ["a", " b "])


@st.composite
def sheets(draw, *, of=cells, lacking=True):
    """A few rows of one kind: the required cells, mostly, and some of the others."""
    kind = draw(st.sampled_from(list(KINDS)))
    fields = {each.name: each for each in KINDS[kind].fields()}
    required = {name for name, each in fields.items() if each.required}
    rows = []
    for _ in range(draw(st.integers(1, 3))):
        names = required | draw(st.sets(st.sampled_from(list(fields)), max_size=8))
        if lacking and draw(st.integers(0, 5)) == 0:
            names -= required
        rows.append({name: draw(of(fields[name])) for name in sorted(names)})
    columns = {name: [row.get(name) for row in rows] for name in fields}
    return Sheet(kind, "any.csv", list(range(2, len(rows) + 2)), columns)


def present(sheet: Sheet, index: int) -> dict[str, str]:
    """One row as the model is given it: blank cells left out."""
    row = {name: column[index] for name, column in sheet.cells.items()}
    return {name: cell for name, cell in row.items() if cell is not None and cell.strip()}


def refused_by_model(kind: str, row: dict[str, str]) -> set[str]:
    """The fields the model refuses. A wrong decimal mark stands alone, and its record is read no further."""
    mark = row.get("decimal_mark", "point").strip()
    row = {name: cell.strip() if name == "decimal_mark" else cell for name, cell in row.items()}
    if mark not in CODES["decimal_mark"] and issubclass(KINDS[kind], Record):
        row = {name: cell for name, cell in row.items() if name != "printed"}
    try:
        KINDS[kind].model_validate(row)
    except ValidationError as error:
        wrong = {str(each["loc"][0]) for each in error.errors()}
        numbers = {each.name for each in KINDS[kind].printed_fields()}
        return wrong - numbers if "decimal_mark" in wrong else wrong
    return set()


def refused_by_columns(sheet: Sheet) -> dict[int, set[str]]:
    """The columns complained of in each row; a part of a composite counts as its field."""
    problems = Problems()
    check(stack(sheet.kind, [sheet]), problems)
    found: dict[int, set[str]] = {row: set() for row in sheet.rows}
    for each in problems.kept:
        column = each.column
        if column == "printed" and ", whose " in each.found:
            column = each.found.rpartition(", whose ")[2].split()[0]
        elif column in (None, "printed"):  # the record states nothing: the models do not ask
            continue
        found[each.row].add(column)
    return found


@settings(max_examples=cases(300), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sheets())
@example(Sheet("count", "any.csv", [2], {"source": ["a"], "printed": ["22 (42.3%)"], "decimal_mark": [" comma "]}))
@example(Sheet("count", "any.csv", [2], {"source": ["a"], "printed": ["5/6"], "events": ["x"]}))
def test_columns_refuse_what_the_models_refuse(sheet):
    found = refused_by_columns(sheet)
    for index, row in enumerate(sheet.rows):
        assert found[row] == refused_by_model(sheet.kind, present(sheet, index))


@settings(max_examples=cases(200), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sheets(of=good_cells, lacking=False))
def test_tables_hold_what_the_models_hold(sheet):
    one = stack(sheet.kind, [sheet])
    check(one, Problems())
    rows = []
    for index in range(len(sheet.rows)):
        row = present(sheet, index)
        if "decimal_mark" in row:  # the model splits a composite before it drops the spaces around the mark
            row["decimal_mark"] = row["decimal_mark"].strip()
        rows.append(KINDS[sheet.kind].model_validate(row))
    assert finished(one).equals(to_table(KINDS[sheet.kind], rows))


@settings(max_examples=cases(100), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sheets())
def test_every_complaint_is_a_whole_sentence(sheet):
    problems = Problems()
    check(stack(sheet.kind, [sheet]), problems)
    for each in problems.kept:
        assert each.sentence.startswith("any.csv, row ")
        assert each.found
        assert each.expected
        assert "Value error" not in each.sentence


def test_a_row_the_model_accepts_is_worded_as_nothing():
    row = {"source": "a", "events": "5"}
    assert list(worded(KINDS["count"], row, {"events"})) == []


def test_every_kind_of_record_has_fields_that_state_something():
    for model in KINDS.values():
        if issubclass(model, Record):
            assert stating_fields(model)
