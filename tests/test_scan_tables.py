"""Tables read by their headers: sizes, formats, sections, joins; and what is left unread rather than guessed."""

from curation.readers.document import Cell, Table
from curation.scan.tables.parts import Row, UnreadCell
from curation.scan.tables.rows import rows


def table(*lines, heads=1, caption="", notes=(), indents=()):
    cells = [
        Cell(text, row, column, head=row < heads, indent=indents[row] if indents and column == 0 else 0)
        for row, line in enumerate(lines)
        for column, text in enumerate(line)
    ]
    return Table("Table 1", tuple(cells), caption, notes)


def read(*lines, **more):
    return [{"kind": one.kind, "label": one.line.label, "column": one.column, **one.cells} for one in rows(table(*lines, **more)) if isinstance(one, Row)]  # fmt: skip


def unread(*lines, **more):
    return [one.cell.text for one in rows(table(*lines, **more)) if isinstance(one, UnreadCell)]


def test_counts_take_their_total_from_the_header_of_their_column():
    found = read(("", "A (n = 52)", "B (N=1,048)"), ("Death, n (%)", "22 (42.3)", "44 (4.2%)"))
    assert [(one["events"], one["total"], one["percent"], one["total_from"]) for one in found] == [
        ("22", "52", "42.3", "header"), ("44", "1,048", "4.2%", "header"),
    ]  # fmt: skip


def test_a_row_of_sizes_holds_for_the_rows_below_it():
    found = read(("", "A", "B"), ("No. of patients", "52", "48"), ("Death, n (%)", "22 (42.3)", "20 (41.7)"))
    assert [one["total"] for one in found] == ["52", "48"]


def test_two_rows_of_sizes_one_below_the_other_give_no_total():
    found = read(("", "A"), ("Number", "28"), ("Number", "35"), ("Male, n (%)", "13 (46)"))
    assert "total" not in found[0]


def test_two_sizes_in_the_headers_of_a_column_give_no_total():
    found = read(("", "A, n = 29"), ("", "(n = 27)"), ("Death, n (%)", "5 (17.2)"), heads=2)
    assert "total" not in found[0]


def test_a_second_header_block_inside_the_table_replaces_the_first():
    found = read(
        ("", "A (n = 50)", "B (n = 40)"), ("Death, n (%)", "5 (10)", "4 (10)"),
        ("Subgroup", "C (n = 20)", "D (n = 10)"), ("Death, n (%)", "5 (25)", "4 (40)"),
    )  # fmt: skip
    assert [one["total"] for one in found] == ["50", "40", "20", "10"]


def test_counts_of_things_have_no_total_of_people():
    found = read(
        ("", "A (n = 48)"), ("No. implanted embryos", "30 (40.0 %)"), ("No. of women with a birth, n (%)", "24 (50)")
    )
    assert ["total" in one for one in found] == [False, True]


def test_rows_about_a_part_of_the_participants_have_no_total():
    found = read(
        ("", "A (n = 100)"), ("Relapse among responders, n (%)", "5 (10)"), ("Smokers (n = 20), n (%)", "5 (25)")
    )
    assert ["total" in one for one in found] == [False, False]


def test_a_row_of_those_counted_in_the_row_above_has_no_total():
    found = read(("", "A (n = 45)"), ("Owned a phone, n (%)", "43 (95.56)"), ("Sent a message, n (%)", "34 (79.07)"))
    assert ["total" in one for one in found] == [True, False]


def test_a_variable_with_missing_participants_has_no_total():
    found = read(
        ("", "A (n = 40)"), ("Education, n (%)", ""), ("none", "4 (10.26)"), ("some", "35 (89.74)"),
        ("Sex, n (%)", ""), ("women", "10 (25)"), ("men", "30 (75)"),
    )  # fmt: skip
    assert ["total" in one for one in found] == [False, False, True, True]


def test_the_label_says_what_two_numbers_are_and_the_notes_where_it_does_not():
    assert read(("", "A (n = 9)"), ("Age, mean (SD)", "56.3 (8.8)"))[0]["sd"] == "8.8"
    assert read(("", "A (n = 9)"), ("Age, mean (SE)", "56.3 (8.8)"))[0]["se"] == "8.8"
    assert read(("", "A (n = 9)"), ("Age (years)", "56.3 ± 8.8"), notes=("Values are mean ± SD.",))[0]["sd"] == "8.8"
    assert "sd" not in read(("", "A (n = 9)"), ("Age (years)", "56.3 ± 8.8"))[0]
    found = read(("", "A"), ("Cells", "2.9 (1.5–4.7)"), notes=("Data are median (IQR).",))
    assert (found[0]["median"], found[0]["q1"], found[0]["q3"]) == ("2.9", "1.5", "4.7")


def test_notes_that_say_both_leave_the_cell_unread():
    lines = ("", "A"), ("Score", "12 (5)")
    assert read(*lines, notes=("Values are n (%) or mean (SD).",)) == []
    assert unread(*lines, notes=("Values are n (%) or mean (SD).",)) == ["12 (5)"]


def test_percentages_with_a_standard_error_are_no_counts():
    assert read(("", "A (n = 435)"), ("Recall, % (SE)", "82.7 (2.8)")) == []


def test_coefficients_of_variation_are_no_standard_deviations():
    assert read(("", "A (n = 20)"), ("AUC, mean (CV%)", "82.7 (20.8)")) == []


def test_an_effect_needs_an_interval_in_header_or_label():
    found = read(("", "A", "OR (95% CI)"), ("Death", "", "0.66 (0.52–0.84)"))
    assert (found[0]["measure"], found[0]["level"]) == ("OR", "95%")
    assert read(("Use", "Diagnosis"), ("MD", "0.2 (0.0, 0.0)")) == []  # MD is the name of an arm here


def test_estimate_limits_and_p_in_neighbouring_cells_belong_together():
    found = read(("", "HR", "95% CI", "P value"), ("Age", "0.66", "0.52–0.84", "0.001"))
    shown = [(one["kind"], one["measure"], one["estimate"], one["lower"], one["upper"], one["p"]) for one in found]
    assert shown == [("effect", "HR", "0.66", "0.52", "0.84", "0.001")]
    found = read(("", "HR", "Lower", "Upper"), ("Age", "0.66", "0.52", "0.84"))
    assert [(one["lower"], one["upper"]) for one in found] == [("0.52", "0.84")]


def test_p_for_interaction_is_not_the_p_of_the_effect():
    found = read(("", "HR (95% CI)", "P for interaction"), ("Age", "0.66 (0.52–0.84)", "0.7"))
    assert "p" not in found[0]


def test_number_and_percentage_in_two_columns_are_one_count():
    lines = (("", "A (n = 30)", "A (n = 30)"), ("", "n", "%"), ("Lung", "12", "40.0"))
    cells = [Cell("", 0, 0, head=True), Cell("A (n = 30)", 0, 1, columns=2, head=True)]
    cells += [Cell(text, 1, column, head=True) for column, text in enumerate(lines[1])]
    cells += [Cell(text, 2, column) for column, text in enumerate(lines[2])]
    found = [one for one in rows(Table("Table 1", tuple(cells))) if isinstance(one, Row)]
    assert [dict(one.cells) for one in found] == [
        {"events": "12", "percent": "40.0", "total": "30", "total_from": "header"}
    ]


def test_statistics_one_below_the_other_are_one_record():
    found = read(
        ("", "A"), ("Pain", ""), ("Mean (SD)", "18.1 (4.2)"), ("Median", "17.5"), ("Range (min, max)", "9, 30"),
        ("Q1, Q3", "(15, 21)"), indents=(0, 0, 1, 1, 1, 1),
    )  # fmt: skip
    expected = dict(mean="18.1", sd="4.2", median="17.5", minimum="9", maximum="30", q1="15", q3="21")
    assert {name: found[0][name] for name in expected} == expected
    assert len(found) == 1


def test_columns_of_f_and_its_degrees_of_freedom_are_a_test():
    found = read(("Source", "Numerator df", "Denominator df", "F", "P"), ("Group", "1", "30.899", "0.859", "0.361"))
    expected = dict(kind="test", statistic_type="F", statistic="0.859", df1="1", df2="30.899", p="0.361")
    assert {name: found[0][name] for name in expected} == expected


def test_ratios_of_men_to_women_are_left_alone():
    assert read(("", "A (n = 20)"), ("Male/female", "16/4"), ("Yes/no", "16/4 (80%)")) == []


def test_limits_from_high_to_low_are_turned():
    found = read(("", "A"), ("Change, mean (95% CI)", "−17.6 (−16, −19)"))
    assert (found[0]["lower"], found[0]["upper"]) == ("-19", "-16")


def test_a_cell_that_spans_rows_is_read_once():
    cells = (
        Cell("", 0, 0, head=True), Cell("OR (95% CI)", 0, 1, head=True), Cell("a", 1, 0), Cell("b", 2, 0),
        Cell("0.66 (0.52–0.84)", 1, 1, rows=2),
    )  # fmt: skip
    assert len(list(rows(Table("Table 1", cells)))) == 1


def test_a_unit_in_the_label_outweighs_the_section_above():
    found = read(
        ("", "A (n = 44)"), ("Ethnicity % (n)", ""), ("Hispanic", "4.5 (2)"), ("Systolic pressure (mmHg)", "126 (13.0)")
    )
    assert [one["label"] for one in found] == ["Hispanic"]


def test_empty_and_odd_tables_are_passed_over():
    assert list(rows(Table("Table 1", ()))) == []
    assert read(("only", "a header")) == []
    assert read(("a", "b"), ("", "")) == []
