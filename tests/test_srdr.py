"""Exports of SRDR+: measures in rows become records, extraction by extraction."""

from __future__ import annotations

import openpyxl
import pytest

from curation.exchange.reading import bundle_of
from curation.exchange.srdr import FORMAT, read
from curation.exchange.srdr_measures import Compared, compared
from curation.intake.problems import Refused

# What these workbooks say is made up.
LEAD = [
    "Extraction ID",
    "Consolidated",
    "Username",
    "Citation ID",
    "Citation Name",
    "RefMan",
    "other_reference",
    "PMID",
    "Authors",
    "Publication Date",
    "Key Questions",
]
COMMON = ["Outcome", "Outcome Description", "Outcome Type", "Population", "Digest"]
DESC = [*LEAD, *COMMON, "Timepoint", "Timepoint Unit", "Arm", "Arm Description", "Measure", "Value"]
BAC = [*LEAD, *COMMON, "Timepoint", "Timepoint Unit", "BAC Comparator", "Measure", "Value"]
WAC = [*LEAD, *COMMON, "WAC Comparator", "Arm", "Arm Description", "Measure", "Value"]
NET = [*LEAD, *COMMON, "WAC Comparator", "BAC Comparator", "Measure", "Value"]
ARMS = [*LEAD, "Arm Name", "Arm Description"]


def extraction(number="11", user="ana", consolidated="false", citation="7"):
    return [
        number,
        consolidated,
        user,
        citation,
        "A made-up trial of lenalidomide",
        "12",
        None,
        "123456",
        "Kim A, Lee B",
        "2004-05-01",
        "KQ1",
    ]


def outcome(kind="Categorical", name="Complete remission"):
    return [name, "", kind, "All Participants", "0a1b"]


def described(arm, *measures, kind="Categorical", lead=None, name="Complete remission"):
    head = [*(lead or extraction()), *outcome(kind, name), "12", "weeks", arm, ""]
    return [[*head, measure, value] for measure, value in measures]


def workbook(tmp_path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(
            {
                "desc": "Desc. Statistics",
                "bac": "BAC Comparisons",
                "wac": "WAC Comparisons",
                "net": "NET Differences",
            }.get(title, title)
        )
        for row in rows:
            sheet.append(row)
    path = tmp_path / "srdr.xlsx"
    book.save(path)
    return path


def cells(imported, kind, *names):
    return [tuple(row.get(name) for name in names) for _, row in imported.rows.get(kind, [])]


def accounted(imported, rows):
    """Values in are values of records and values left over; all records can be taken in."""
    left = sum("row" in one.place for one in imported.leftovers)
    fields = {
        "events",
        "total",
        "percent",
        "lower",
        "upper",
        "estimate",
        "mean",
        "sd",
        "se",
        "n",
        "median",
        "q1",
        "q3",
        "p",
        "rate",
    }
    kinds = {"count", "mean", "rate", "effect"}
    placed = sum(name in fields for kind in kinds for _, row in imported.rows.get(kind, []) for name in row)
    assert placed + left == rows, [one.sentence for one in imported.leftovers]
    assert len(bundle_of(imported).leftovers) == len(imported.leftovers)


def test_measures_of_an_arm_become_one_record(tmp_path):
    rows = [
        *described("Len", ("Total (N analyzed)", "52"), ("Events", "22"), ("Percentage", "42.3%")),
        *described("Placebo", ("Total (N analyzed)", "50"), ("Events", "9")),
    ]
    imported = read(workbook(tmp_path, desc=[DESC, *rows]))
    assert cells(imported, "count", "arm", "events", "total", "percent", "timepoint", "analysis_set") == [
        ("len", "22", "52", "42.3%", "12 weeks", None),
        ("placebo", "9", "50", None, "12 weeks", None),
    ]
    assert cells(imported, "study", "study", "label", "year") == [("kim-a-2004", "Kim A 2004", "2004")]
    assert cells(imported, "source", "type", "note") == [("article", "PMID 123456; RefMan 12")]
    accounted(imported, 5)


def test_means_medians_and_their_spread(tmp_path):
    rows = described(
        "Len",
        ("Total (N analyzed)", "52"),
        ("Mean", "5.10"),
        ("SD", "1.2"),
        ("95% CI low", "4.8"),
        ("Median", "5"),
        ("25th percentile", "4"),
        kind="Continuous",
    )
    imported = read(workbook(tmp_path, desc=[DESC, *rows]))
    assert cells(imported, "mean", "n", "mean", "sd", "lower", "median", "q1") == [
        ("52", "5.10", "1.2", "4.8", "5", "4")
    ]
    assert cells(imported, "outcome", "family_kind") == [("continuous",)]
    accounted(imported, 6)


def test_proportions_and_rates_and_what_has_no_field(tmp_path):
    rows = described(
        "Len",
        ("Proportion", "0.42"),
        ("95% CI low (proportion)", "0.29"),
        ("Incidence Rate (per 1000)", "3.4"),
        ("No events", "30"),
        ("Kappa", "0.8"),
        ("Events", None),
    )
    imported = read(workbook(tmp_path, desc=[DESC, *rows]))
    assert cells(imported, "effect", "measure", "estimate", "lower") == [("proportion", "0.42", "0.29")]
    assert cells(imported, "rate", "rate", "per") == [("3.4", "1000")]
    assert [one.why for one in imported.leftovers] == ["it has no value", *["no field of ours holds this measure"] * 2]
    accounted(imported, 6)


def test_a_measure_given_twice_is_kept_once(tmp_path):
    rows = described("Len", ("Events", "22"), ("Events", "23"), ("Total (N analyzed)", "52\r53"))
    imported = read(workbook(tmp_path, desc=[DESC, *rows]))
    assert cells(imported, "count", "events", "total") == [("22", None)]
    assert [one.why for one in imported.leftovers] == [
        "its cell holds several values",
        "the record has another value of this measure",
    ]
    accounted(imported, 3)


def comparison(said, *measures, columns=("12", "weeks")):
    return [[*extraction(), *outcome(), *columns, said, measure, value] for measure, value in measures]


def test_comparisons_of_two_arms(tmp_path):
    desc = [*described("Len", ("Events", "22")), *described("Placebo", ("Events", "9"))]
    bac = comparison(
        "[Len] vs. [Placebo]",
        ("Odds Ratio (OR)", "2.41"),
        ("95% CI low (OR)", "1.02"),
        ("95% CI high (OR)", "5.70"),
        ("Odds Ratio, Adjusted (adjOR)", "2.2"),
    )
    imported = read(workbook(tmp_path, bac=[BAC, *bac], desc=[DESC, *desc]))
    assert cells(imported, "effect", "arm", "comparator", "measure", "estimate", "lower", "upper") == [
        ("len", "placebo", "OR", "2.41", "1.02", "5.70")
    ]
    assert [one.why for one in imported.leftovers] == ["the unadjusted effect is taken in"]
    accounted(imported, 6)


def test_an_adjusted_effect_alone_is_taken_in_as_adjusted(tmp_path):
    desc = [*described("Len", ("Events", "22")), *described("Placebo", ("Events", "9"))]
    bac = comparison("[Len] vs. [Placebo]", ("Hazard Ratio, Adjusted (adjHR)", "0.8"), ("p value (MD)", "0.03"))
    imported = read(workbook(tmp_path, desc=[DESC, *desc], bac=[BAC, *bac]))
    assert cells(imported, "effect", "measure", "interval_method", "p") == [
        ("HR", "adjusted", None),
        ("MD", None, "0.03"),
    ]


def test_a_comparison_whose_sides_are_no_arms_is_left_over(tmp_path):
    desc = described("Len", ("Events", "22"))
    bac = comparison("[Len, Dex] vs. [Placebo]", ("Odds Ratio (OR)", "2.41"))
    imported = read(workbook(tmp_path, desc=[DESC, *desc], bac=[BAC, *bac]))
    assert "effect" not in imported.rows
    assert "are not both an arm" in imported.leftovers[0].why
    accounted(imported, 2)


def test_arms_come_from_their_own_sheet_with_descriptions(tmp_path):
    arms = [[*extraction(), "Len", "25 mg"], [*extraction(), "Placebo", ""]]
    bac = comparison("[Len (25 mg)] vs. [Placebo]", ("Risk Ratio (RR)", "1.9"))
    imported = read(workbook(tmp_path, Arms=[ARMS, *arms], bac=[BAC, *bac]))
    assert cells(imported, "arm", "label", "note") == [("Len", "25 mg"), ("Placebo", None)]
    assert cells(imported, "effect", "arm", "comparator") == [("len", "placebo")]
    accounted(imported, 1)


def test_comparisons_within_an_arm_and_of_two_differences_keep_their_words(tmp_path):
    arms = [[*extraction(), "Len", ""], [*extraction(), "Placebo", ""]]
    said = "[12 (weeks)] vs. [Baseline]"
    wac = [[*extraction(), *outcome("Continuous", "Pain"), said, "Len", "", "Mean Difference (MD)", "-1.5"]]
    net = [
        [
            *extraction(),
            *outcome("Continuous", "Pain"),
            said,
            "[Len] vs. [Placebo]",
            "Net Mean Difference (NMD)",
            "-0.9",
        ]
    ]
    imported = read(workbook(tmp_path, Arms=[ARMS, *arms], wac=[WAC, *wac], net=[NET, *net]))
    assert cells(imported, "effect", "measure", "estimate", "arm", "comparator", "timepoint", "note") == [
        ("MD", "-1.5", "len", None, said, f"within the arm: {said}"),
        ("MD", "-0.9", "len", "placebo", said, f"net mean difference: {said}"),
    ]
    accounted(imported, 2)


def test_each_extraction_belongs_to_its_user(tmp_path):
    rows = [
        *described("Len", ("Events", "22"), lead=extraction("11", "ana")),
        *described("Len", ("Events", "23"), lead=extraction("12", "bo")),
        *described("Len", ("Events", "22"), lead=extraction("13", "ana", "true")),
    ]
    imported = read(workbook(tmp_path, desc=[DESC, *rows]))
    assert imported.people == ["ana", "bo", "consolidated"]
    assert cells(imported.of("bo"), "count", "study", "events") == [("kim-a-2004", "23")]
    assert len(imported.of("bo").rows["study"]) == 1


def test_other_sheets_and_typed_numbers_are_told(tmp_path):
    rows = described("Len", ("Events", 22))
    imported = read(workbook(tmp_path, **{"Project Information": [["Title"], ["A review"]]}, desc=[DESC, *rows]))
    assert [(one.place, one.found) for one in imported.leftovers] == [("sheet Project Information", "1 rows")]
    assert any("hold numbers, not text" in one for one in imported.remarks)


@pytest.mark.parametrize(
    ("sheets", "said"),
    [
        ({"Data": [["a"], [1]]}, "found the sheets 'Data', expected at least one of Desc. Statistics"),
        ({"desc": [["Extraction ID", "Outcome"], ["1", "x"]]}, "the columns Citation ID, Measure, Value, too"),
    ],
)
def test_other_workbooks_are_refused_in_a_sentence(tmp_path, sheets, said):
    with pytest.raises(Refused, match=said):
        read(workbook(tmp_path, **sheets))


def test_a_damaged_file_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "srdr.xlsx"
    path.write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(Refused, match="damaged"):
        read(path)
    assert not FORMAT.recognises(path, path.read_bytes())


def test_recognition(tmp_path):
    path = workbook(tmp_path, desc=[DESC])
    assert FORMAT.recognises(path, path.read_bytes()[:65536])
    other = workbook(tmp_path, Data=[["a"]])
    assert not FORMAT.recognises(other, other.read_bytes()[:65536])


@pytest.mark.parametrize(
    ("measure", "want"),
    [
        ("Mean Difference (MD)", Compared("MD", "estimate", adjusted=False)),
        ("Mean Difference, Adjusted (adjMD)", Compared("MD", "estimate", adjusted=True)),
        ("95% CI high (IRR)", Compared("IRR", "upper", adjusted=False)),
        ("P value (NMD)", Compared("NMD", "p", adjusted=False)),
        ("SD (MD)", None),
        ("p value", None),
        ("Odds Ratio (RR)", None),
        ("Adjusted for (adjMD): ", None),
    ],
)
def test_measures_of_comparisons(measure, want):
    assert compared(measure) == want
