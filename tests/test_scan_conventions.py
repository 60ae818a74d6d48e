"""What a document says or does throughout explains what would else contradict; and one statement is told once."""

from curation.readers.document import Cell, Document, Paragraph, Table
from curation.scan.judge import scan_document
from curation.scan.sphericity import fits_corrected


def findings(*parts, title=""):
    found = scan_document(Document("a.xml", "jats", tuple(parts), title), "a")
    return [(one.rule, one.severity) for one in found.checked.findings], found


def text(words, section="Results"):
    return Paragraph(words, section)


def table(*lines, caption="", notes=()):
    cells = [Cell(t, r, c, head=r == 0) for r, line in enumerate(lines) for c, t in enumerate(line)]
    return Table("Table 1", tuple(cells), caption, notes)


def test_percentages_padded_with_a_zero_throughout_are_read_with_a_digit_less():
    padded = "71 (88.80%) improved, 8 (88.90%) of those did so at once and 1 (11.10%) later."
    assert {severity for _, severity in findings(text(padded))[0]} == {"note"}
    assert ("PERCENT-003", "error") in findings(text("8 (88.90%) did so at once."))[0]


def test_corrected_degrees_of_freedom_make_a_note_only_where_a_correction_fits():
    statistic = text("an effect of block, F(9,99) = 2.87; p = 0.103.")
    assert findings(statistic)[0] == [("TEST-001", "warning")]
    assert findings(text("Greenhouse-Geisser corrections were applied.", "Methods"), statistic)[0] == [
        ("TEST-001", "note")
    ]
    smaller = text("an effect of meal, F(2,23) = 2.51, p = 0.025.")
    assert findings(text("Greenhouse-Geisser corrections were applied.", "Methods"), smaller)[0] == [
        ("TEST-001", "warning")
    ]
    assert not fits_corrected({"statistic_type": "t", "statistic": "2", "df1": "9", "p": "0.5"})


def test_bootstrap_intervals_need_not_be_even():
    words = text("a mean difference of 420 (95% CI 235 to 739) was seen.")
    assert findings(words)[0] == [("EFFECT-005", "note")]
    said, found = findings(text("We drew 1,000 bootstrap samples.", "Methods"), words)
    assert said == []
    assert (found.checked.tallies["EFFECT-005"].contradicts, found.checked.tallies["EFFECT-005"].cannot_tell) == (0, 1)


def test_an_interval_without_a_level_has_none_where_the_document_names_others():
    words = text("odds ratio 1.50 (CI 1.10 to 2.05; P = 0.04)")
    _, found = findings(words)
    assert "level" not in found.statements[0].cells
    _, found = findings(text("We report 99% confidence intervals.", "Methods"), words)
    assert found.statements[0].cells["level"] == "NR"


def test_numbers_brought_together_by_the_scanner_make_no_error():
    lines = ("", "A (n = 40)"), ("Death, n (%)", "12 (60.0)")
    assert findings(table(*lines))[0] == [("COUNT-002", "warning")]


def test_a_few_missing_participants_make_a_note():
    lines = ("", "A (n = 45)"), ("Death, n (%)", "5 (11.36)")
    assert findings(table(*lines))[0] == [("COUNT-002", "note")]


def test_a_statement_repeated_in_the_abstract_is_one_finding_that_names_both_places():
    said, found = findings(
        text("In 31/103 (33.1%) it failed.", "Abstract"), text("It failed in 31/103 (33.1%).", "Results")
    )
    assert said == [("COUNT-002", "error")]
    assert "the same is printed in Results" in found.checked.findings[0].explanations


def test_one_result_with_other_limits_in_the_abstract_is_a_warning():
    said, found = findings(
        text("The hazard ratio was 0.71 (95% CI 0.58 to 0.87).", "Abstract"),
        text("The hazard ratio was 0.71 (95% CI 0.58 to 0.97).", "Results"),
    )
    assert ("SOURCE-001", "warning") in said
    one = next(each for each in found.checked.findings if each.rule == "SOURCE-001")
    assert "0.87 in Abstract" in one.message
    assert "same-" not in one.message


def test_the_p_value_of_a_whole_variable_is_not_that_of_its_last_row():
    lines = (
        ("", "A (n = 40)", "B (n = 40)", "P"), ("Work, n (%)", "", "", ""), ("paid", "20 (50.0)", "30 (75.0)", ""),
        ("none", "20 (50.0)", "10 (25.0)", "0.9"),
    )  # fmt: skip
    assert findings(table(*lines))[0] == []


def test_the_p_value_of_three_groups_is_not_that_of_two():
    lines = ("", "A (n = 39)", "B (n = 39)", "C", "P"), ("Success, n (%)", "39 (100)", "39 (100)", "31/39", "<0.001")
    assert findings(table(*lines))[0] == []


def test_a_p_value_that_no_usual_test_gives_is_a_note():
    lines = ("", "A (n = 40)", "B (n = 40)", "P"), ("Success, n (%)", "20 (50.0)", "30 (75.0)", "0.9")
    assert findings(table(*lines))[0] == [("EFFECT-011", "note")]


def test_a_total_that_is_not_the_sum_of_its_groups_is_a_warning():
    lines = ("", "A (n = 40)", "B (n = 40)", "Total (n = 80)"), ("Women, n (%)", "20 (50.0)", "30 (75.0)", "52 (65.0)")
    assert ("SUM-009", "warning") in findings(table(*lines))[0]
    lines = ("", "A (n = 40)", "B (n = 40)", "Total (n = 80)"), ("Women, n (%)", "20 (50.0)", "30 (75.0)", "50 (62.5)")
    assert findings(table(*lines))[0] == []


def test_pooled_results_of_a_meta_analysis_take_the_number_of_studies_from_the_text():
    lines = ("Outcome", "Rate", "95% CI", "P value", "I²"), ("Remission", "0.390", "0.303–0.480", "0.169", "79.10%")
    said, found = findings(
        text("In this meta-analysis 8 studies gave remission, with a pooled rate of 39.0% (95% CI: 0.303 to 0.480, P=0.169)."),
        table(*lines), title="Remission: a meta-analysis",
    )  # fmt: skip
    assert said == [("POOLED-005", "warning")]
    assert "k 8" in found.checked.findings[0].printed


def test_impossible_p_values_are_errors_and_phosphorus_is_none():
    assert findings(text("It differed (P < 0.000)."))[0] == [("P-001", "error")]
    assert findings(text("doses fell if P ≥5.5 mg/dL."))[0] == []
    lines = ("", "Cannula P", "Cannula I"), ("Flow rate", "95", "80")
    assert findings(table(*lines))[0] == []


def test_an_effect_that_fits_with_the_groups_exchanged_is_consistent():
    lines = (
        ("", "A (n = 40)", "B (n = 40)", "OR (95% CI)"),
        ("Success, n (%)", "20 (50.0)", "30 (75.0)", "3.00 (1.16–7.73)"),
    )
    said, found = findings(table(*lines))
    assert said == []
    tally = found.checked.tallies["EFFECT-009"]
    assert (tally.contradicts, tally.consistent) == (0, 1)


def test_a_note_that_narrows_some_rows_makes_a_misfit_a_note():
    lines = ("", "A (n = 40)"), ("Sent a message, n (%)", "23 (65.71)")
    assert findings(table(*lines))[0] == [("COUNT-002", "warning")]
    asked = ("Question asked only to the patients who owned a telephone.",)
    assert findings(table(*lines, notes=asked))[0] == [("COUNT-002", "note")]


def test_a_pooled_estimate_takes_studies_and_participants_from_its_sentence():
    words = "The meta-analysis of 8 trials with 1,204 participants gave a pooled risk ratio of 0.71 (95% CI 0.58 to 0.87; P = 0.001)."
    _, found = findings(text(words), title="Something: a meta-analysis")
    cells = found.statements[0].cells
    assert (found.statements[0].kind, cells["k"], cells["n"], cells["p"]) == ("pooled", "8", "1,204", "0.001")
