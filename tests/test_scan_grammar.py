"""What papers print in prose: read as what it says, and false friends left alone."""

import pytest

from curation.scan.grammar.prose import read_prose


def read(text):
    return [{"kind": one.kind, **one.cells} for one in read_prose(text)[0]]


def only(text):
    found = read(text)
    assert len(found) == 1, found
    return found[0]


COUNTS = [
    ("1.9% (1029/55,723) of household members", dict(events="1029", total="55,723", percent="1.9%")),
    ("38.8% patients (40/103) reported an event", dict(events="40", total="103", percent="38.8%")),
    ("in 6/13 (46 %) cases", dict(events="6", total="13", percent="46%")),
    ("8 of 26 in the control arm (30.8%)", dict(events="8", total="26", percent="30.8%")),
    ("12 out of the 40 patients (30%)", dict(events="12", total="40", percent="30%")),
    ("41 % (7 of 17 patients)", dict(events="7", total="17", percent="41%")),
    ("some (44%, 37/85) and", dict(events="37", total="85", percent="44%")),
    ("10 118/20 345 (49.7%)", dict(events="10 118", total="20 345", percent="49.7%")),
    ("24/82 [29·27%] patients", dict(events="24", total="82", percent="29·27%")),
]


@pytest.mark.parametrize(("text", "cells"), COUNTS)
def test_counts_with_total_and_percentage_are_read_as_printed(text, cells):
    found = only(text)
    assert found["kind"] == "count"
    assert {name: found[name] for name in cells} == cells
    assert found["total_from"] == "cell"


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("had 33 (58.9%) positive samples", dict(events="33", percent="58.9%")),
        ("1 patient (2.3%) with", dict(events="1", percent="2.3%")),
        ("were married (46.2%, n = 102) and", dict(events="102", percent="46.2%")),
    ],
)
def test_counts_without_a_total_keep_their_percentage(text, cells):
    found = only(text)
    assert {name: found[name] for name in cells} == cells
    assert "total" not in found


def test_the_interval_after_a_fraction_belongs_to_its_percentage():
    found = only("12 of 40 patients (30%; 95% CI 17-47%)")
    assert (found["percent"], found["lower"], found["upper"], found["level"]) == ("30%", "17", "47%", "95%")


ESTIMATES = [
    ("hazard ratio was 0.79 (95% CI 0.66–0.94, p = 0.009)", "HR", "0.79", "0.66", "0.94", "0.009"),
    ("(RR 0.58, 95% CI [0.35, 0.95], p = .029)", "RR", "0.58", "0.35", "0.95", ".029"),
    ("OR = 1.63; 95% CI: 1.03 to 2.58", "OR", "1.63", "1.03", "2.58", None),
    ("[HR]: 1.35; 95% nominal confidence interval [CI]: 1.07–1.70", "HR", "1.35", "1.07", "1.70", None),
    ("a mean difference of 33.4 nmol/L (CI, 8.2 to 58.5, p = 0.01)", "MD", "33.4", "8.2", "58.5", "0.01"),
    ("mean difference −0.3 (95% CI −0.46 to −0.14)", "MD", "-0.3", "-0.46", "-0.14", None),
    ("HR=0.8, p=0.03, 95% CI 0.65-0.98", "HR", "0.8", "0.65", "0.98", "0.03"),
    ("odds ratio 2·1 (95% CI 1·2–3·7)", "OR", "2·1", "1·2", "3·7", None),
    ("(OR 3.29; 1.12, 9.62) was", "OR", "3.29", "1.12", "9.62", None),
    ("the hazard ratio is 1.14 (0.98, 1.32).", "HR", "1.14", "0.98", "1.32", None),
    ("risk ratio 0.71 (95 %-CI: 0.5; 0.9)", "RR", "0.71", "0.5", "0.9", None),
    ("HR 0.66 (95% CI 0.52–0.84)–p = 0.001", "HR", "0.66", "0.52", "0.84", "0.001"),
    ("odds ratio 1.4 (95% confidence interval (CI) 1.1 to 1.8)", "OR", "1.4", "1.1", "1.8", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "measure", "estimate", "lower", "upper", "p"), ESTIMATES)
def test_estimates_are_read_in_every_typography(text, measure, estimate, lower, upper, p):
    found = only(text)
    shown = (found["measure"], found["estimate"], found["lower"], found["upper"], found.get("p"))
    assert shown == (measure, estimate, lower, upper, p)


def test_each_estimate_of_a_list_takes_its_own_measure():
    found = read("cancer (HR 3.393, CI: 1.959–5.877), cardiac failure (HR 2.221, CI: 1.148–4.294)")
    assert [(one["measure"], one["estimate"]) for one in found] == [("HR", "3.393"), ("HR", "2.221")]
    found = read("odds ratios were 1.2 (95% CI 0.8–1.7) and 1.5 (95% CI 1.1–2.2)")
    assert [(one["measure"], one["estimate"]) for one in found] == [("OR", "1.2"), ("OR", "1.5")]


def test_limits_printed_from_high_to_low_are_turned():
    found = only("a mean difference of −5.2 (95% CI −3.3 to −7.1)")
    assert (found["lower"], found["upper"]) == ("-7.1", "-3.3")


def test_a_sign_said_in_words_is_not_an_estimate_outside_its_limits():
    found = only("a reduction of 5.2 kg (95% CI −7.1 to −3.3)")
    assert "estimate" not in found
    assert (found["lower"], found["upper"]) == ("-7.1", "-3.3")


def test_a_range_of_falls_has_its_sign_in_words():
    found = only("the mean fall was 21 (range −15 to −31) ml")
    assert (found["minimum"], found["maximum"]) == ("-31", "-15")
    assert "mean" not in found
    assert "mean" not in only("decreased by 21 ± 1% (range: −15 to −31%)")


def test_a_spread_before_a_range_is_not_its_mean():
    found = only("a mean age of 68.6 ± 9.4 years (range, 43–88 years)")
    assert (found["mean"], found["minimum"], found["maximum"]) == ("68.6", "43", "88")


def test_a_dash_glued_to_the_name_is_a_minus_only_where_it_must_be():
    assert only("MD 0.10 (95% CI-0.50 to 0.80)")["lower"] == "-0.50"
    assert only("MD -0.60 (95% CI-0.70 to -0.50)")["lower"] == "-0.70"
    found, unread = read_prose("OR 0.60 (95% CI-0.50-0.80)")
    assert not found
    assert unread[0].why == "a dash before the first limit may be a minus"


def test_a_lost_minus_makes_the_reading_unsure():
    found, _ = read_prose("mean difference −0.5 (95% CI 0.9 to 0.1)")
    assert found[0].notes["unsure"] == "a minus may have been lost"


def test_an_interval_belongs_neither_to_the_dose_it_is_per_nor_to_the_end_of_a_range():
    assert "estimate" not in read("an OR of 1.03 per 0.01 μg increase, 95% CI 1.01 to 1.06")[-1]
    assert "estimate" not in read("ranging from 54 minutes to 90 minutes (CI: 62.79-71.81)")[-1]


def test_heart_rates_and_reductions_are_no_ratios():
    assert only("an HR of 62 bpm (95% CI 58 to 66)")["measure"] == "other"
    assert only("a relative risk reduction of 25% (95% CI 10% to 38%)")["measure"] == "other"
    assert only("the log odds ratio 0.4 (95% CI 0.1 to 0.7)")["measure"] == "other"


def test_a_credible_interval_is_bayesian_and_an_adjusted_estimate_adjusted():
    assert only("HR 0.66 (95% CrI 0.52 to 0.84)")["interval_method"] == "bayesian"
    assert only("the adjusted odds ratio was 1.4 (95% CI 1.1 to 1.8)")["interval_method"] == "adjusted"


def test_p_for_trend_is_not_the_p_of_the_estimate():
    found = read("OR 1.4 (95% CI 1.1 to 1.8; P = 0.8 for interaction)")
    assert "p" not in found[0]


def test_a_percent_sign_printed_once_counts_for_all_three():
    found = only("a mean difference of 5% (95% CI 2 to 8)")
    assert (found["estimate"], found["lower"], found["upper"]) == ("5", "2", "8")


def test_rates_per_person_time_are_rates_and_their_hundred_no_count():
    found = only("was 3.97 per 100 person-years (95% CI 3.59–4.39) in")
    assert (found["kind"], found["rate"], found["per"], found["lower"]) == ("rate", "3.97", "100", "3.59")


@pytest.mark.parametrize(
    "text",
    [
        "blood pressure fell to 120/80 mmHg (5%)",
        "toxicity of grade 3/4 (12%) was rare",
        "the sexes (M/F) were 16/4 (80%)",
        "on day 7 (33%) the",
        "after 1 h of exercise (15.5%, P = 0.009)",
        "the intra-assay CV was 12.3 (5.6%)",
        "in total 5, 744 (23%) were",
        "of 80 patients 2 groups of 40 (83.80% male)",
        "the median score of 14 points (95% power)",
        "Sixteen of the 18 (89%) participants",
    ],
)
def test_false_friends_are_no_counts(text):
    assert [one for one in read(text) if one["kind"] == "count"] == []


def test_kaplan_meier_percentages_are_not_asked_to_be_shares():
    assert only("The 3-year overall survival was 69.0% (95% CI 56–81)")["kind"] == "survival"
    assert only("cumulative incidence in 12/40 (29%)")["estimator"] == "unknown"


MEANS = [
    ("mean age was 56.3 ± 8.8 (SD) years", dict(mean="56.3", sd="8.8")),
    ("(M = 18.88, SD = 5.18)", dict(mean="18.88", sd="5.18")),
    ("GSI of 0.91 (SD 0.71)", dict(mean="0.91", sd="0.71")),
    ("0.27 ± 0.18 μg/d (n = 31)", dict(mean="0.27", n="31")),
    ("median score was 13·1 (IQR 12·4–13·8)", dict(median="13·1", q1="12·4", q3="13·8")),
    ("median age 7.2 years (range: 4.1 to 11.3 years)", dict(median="7.2", minimum="4.1", maximum="11.3")),
    ("a median of 12.5 days in the usual care group (IQR: 9.0, 22.3)", dict(median="12.5", q1="9.0", q3="22.3")),
]


@pytest.mark.parametrize(("text", "cells"), MEANS)
def test_means_and_medians_are_read_with_their_spread(text, cells):
    found = only(text)
    assert found["kind"] == "mean"
    assert {name: found[name] for name in cells} == cells


def test_a_list_under_one_name_keeps_its_spread():
    found = read("mean (SE) 107.9 (8.9) vs 77.4 (7.7) nmol/L")
    assert [(one["mean"], one["se"]) for one in found] == [("107.9", "8.9"), ("77.4", "7.7")]


def test_test_statistics_take_the_p_value_that_follows_them():
    found = read("low [F(1, 6) = 45.43, p = 0.0005] and high inertia [F(1, 6) = 9.48, p = 0.0217]")
    assert [(one["statistic"], one["df1"], one["df2"], one["p"]) for one in found] == [
        ("45.43", "1", "6", "0.0005"), ("9.48", "1", "6", "0.0217"),
    ]  # fmt: skip
    assert only("(t = 3.26, 395 df, p = .001)") == {
        "kind": "test", "statistic_type": "t", "statistic": "3.26", "df1": "395", "p": ".001",
    }  # fmt: skip


def test_degrees_of_freedom_behind_the_statistic_and_a_capital_p_are_read():
    assert only("F = 4.73 (1, 130) p = .031")["df2"] == "130"
    assert only("Chi square = .06 (1), P = 0.81")["df1"] == "1"
    assert only("(r = 0.22; P = 0.24)")["p"] == "0.24"
    assert read("at t = 0 hours and (t = 1)") == []


def test_heterogeneity_is_read_with_its_p_value():
    found = only("with heterogeneity (I² = 59.7%, P = 0.049)")
    assert (found["kind"], found["i2"], found["p_heterogeneity"]) == ("pooled", "59.7%", "0.049")


def test_median_survival_and_its_interval():
    found = only("The median PFS of group A was 46 months with 95% CI of 38.2 months to 53.5 months")
    shown = (found["kind"], found["median"], found["time_unit"], found["lower"], found["upper"])
    assert shown == ("survival", "46", "months", "38.2", "53.5")


def test_what_looks_like_a_statistic_and_is_none_is_named():
    _, unread = read_prose("a P value of p < .O5 and 12 ± 3 to 5 ± x; 95% CI not given")
    assert any("P value" in each.why for each in unread)


@pytest.mark.parametrize(
    "text", ["", "no numbers", "(", "95% CI", "± ± ±", "p =", "12/", "1" * 5000, "(" * 5000 + "1/2 (50%)"]
)
def test_any_text_is_read_without_complaint(text):
    read_prose(text)


@pytest.mark.parametrize(
    "piece",
    ["median (IQR) 5 (1-2) ", "mean (SD) 5 (1) ", "HR 0.5 (0.4-0.6), ", "12/40 (30%) ", "1.2 ± ", "95% CI ", "("],
)
def test_a_long_text_of_one_kind_is_read_piece_by_piece(piece):
    """Each head rules its own list only: the work grows with the text, not with its square."""
    once, often = len(read(piece * 3)), len(read(piece * 300))
    assert often == 100 * once
