"""Study tables of R packages: what their columns become, and that an export of ours comes back with its numbers."""

from __future__ import annotations

import adapter_cases as cases
import pytest

from curation.exchange.frames import FORMAT, read
from curation.exchange.reading import bundle_of
from curation.intake.problems import Refused
from store.export.adapters import meta

# The numbers of these small tables are made up.
COUNTS = "author,year,ai,bi,ci,di,yi,vi\nAronson,1948,4,119,11,128,-0.889311333920205,0.325584765003951\nFerguson,1949,6,300,29,274,NA,NA\n"


def table(tmp_path, text, name="table.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def cells(imported, kind, *names):
    return [tuple(row.get(name) for name in names) for _, row in imported.rows.get(kind, [])]


def accounted(imported, rows):
    """Every row of the table is in a record or told of, and all of it can be taken in."""
    numbers = {number for each in imported.rows.values() for number, _ in each}
    numbers |= {int(one.place.split()[1]) for one in imported.leftovers if one.place.startswith("row")}
    assert set(range(2, rows + 2)) <= numbers
    taken = bundle_of(imported)
    assert len(taken.leftovers) == len(imported.leftovers), [one.sentence for one in taken.leftovers]
    return taken


def test_two_by_two_tables_become_counts_of_two_arms(tmp_path):
    imported = read(table(tmp_path, COUNTS))
    assert cells(imported, "study", "label") == [("Aronson 1948",), ("Ferguson 1949",)]
    assert cells(imported, "count", "arm", "events", "total") == [
        ("experimental", "4", "123"), ("control", "11", "139"), ("experimental", "6", "306"), ("control", "29", "303"),
    ]  # fmt: skip
    assert imported.rows["count"][0][1]["note"] == "the total is 4 with and 119 without the event"
    assert [one.found for one in imported.leftovers] == ["yi (2 cells)", "vi (2 cells)"]
    accounted(imported, 2)


def test_an_outcome_that_is_not_named_is_called_as_the_file(tmp_path):
    imported = read(table(tmp_path, COUNTS, "tuberculosis.csv"))
    assert cells(imported, "outcome", "outcome", "label") == [("tuberculosis", "tuberculosis")]


def test_the_names_of_meta(tmp_path):
    text = "studlab,mean.e,sd.e,n.e,mean.c,sd.c,n.c,subgroup\nA 2001,5.0,1.20,30,4.5,1.1,28,early\n"
    imported = read(table(tmp_path, text))
    assert cells(imported, "mean", "arm", "mean", "sd", "n") == [
        ("experimental", "5.0", "1.20", "30"), ("control", "4.5", "1.1", "28"),
    ]  # fmt: skip
    assert [(one.place, one.found) for one in imported.leftovers] == [("column 8", "subgroup (1 cells)")]
    accounted(imported, 1)


def test_effects_of_meta_on_a_natural_scale_keep_their_measure_and_logarithms_do_not(tmp_path):
    text = "studlab,TE,seTE,lower,upper,sm\nA,-1.5,0.40,-2.28,-0.72,MD\nB,-0.41,0.12,,,HR\n"
    imported = read(table(tmp_path, text))
    assert cells(imported, "effect", "measure", "estimate", "se", "lower") == [
        ("MD", "-1.5", "0.40", "-2.28"), ("other", "-0.41", "0.12", None),
    ]  # fmt: skip
    assert imported.rows["effect"][1][1]["note"] == "on the scale of analysis (column TE, measure HR)"
    accounted(imported, 2)


def test_a_variance_is_kept_in_words_where_there_is_no_standard_error(tmp_path):
    imported = read(table(tmp_path, "study,yi,vi\nA,-0.41,0.0149\n"))
    assert "sampling variance 0.0149 (column vi)" in imported.rows["effect"][0][1]["note"]


def test_the_names_of_metaconvert(tmp_path):
    text = "study,n_cases_exp,n_exp,n_cases_nexp,n_nexp,or,or_ci_lo,or_ci_up\nA,4,50,9,52,0.42,0.12,1.45\n"
    imported = read(table(tmp_path, text))
    assert cells(imported, "count", "events", "total") == [("4", "50"), ("9", "52")]
    assert cells(imported, "effect", "measure", "estimate", "upper") == [("OR", "0.42", "1.45")]
    accounted(imported, 1)


@pytest.mark.parametrize(
    ("header", "row", "kind", "names", "want"),
    [
        ("xi,ni", "4,50", "count", ("events", "total"), ("4", "50")),
        ("xi,ti", "4,50.5", "rate", ("events", "person_time"), ("4", "50.5")),
        ("mi,sdi,ni", "4.0,1.5,20", "mean", ("mean", "sd", "n"), ("4.0", "1.5", "20")),
        ("ri,ni", "0.42,20", "effect", ("measure", "estimate", "n"), ("COR", "0.42", "20")),
        ("event,n", "4,50", "count", ("events", "total"), ("4", "50")),
        ("cor,n", "-.5,50", "effect", ("measure", "estimate"), ("COR", "-.5")),
    ],
)
def test_tables_of_one_group(tmp_path, header, row, kind, names, want):
    imported = read(table(tmp_path, f"study,{header}\nA,{row}\n"))
    assert cells(imported, kind, *names) == [want]
    accounted(imported, 1)


def test_arms_in_rows_are_told_apart_by_their_column(tmp_path):
    imported = read(table(tmp_path, "study,arm,xi,ni\nA,Drug,4,50\nA,Placebo,9,52\n"))
    assert cells(imported, "count", "arm", "events") == [("drug", "4"), ("placebo", "9")]
    accounted(imported, 2)


def test_paired_measurements_are_not_taken_for_correlations(tmp_path):
    with pytest.raises(Refused, match="columns of metafor"):
        read(table(tmp_path, "study,m1i,m2i,sd1i,sd2i,ri,ni\nA,1,2,1,1,0.5,20\n"))


def test_a_second_row_of_a_study_is_left_over_with_the_reason(tmp_path):
    imported = read(table(tmp_path, "study,xi,ni\nA,4,50\nA,4,50\nA,5,50\n"))
    assert len(imported.rows["count"]) == 1
    assert [one.why for one in imported.leftovers] == [
        "row 2 says the same of the study and outcome",
        "row 2 is about the same study and outcome, and nothing says what tells the two apart",
    ]
    accounted(imported, 3)


def test_what_cannot_be_read_is_left_over_and_the_rest_stays(tmp_path):
    imported = read(table(tmp_path, "study,xi,ni\nA,fifteen,50\n,1,2\nB,NA,NA\n"))
    assert cells(imported, "count", "events", "total") == [(None, "50")]
    assert [one.why for one in imported.leftovers] == [
        "it cannot be read as count, which events holds", "it names no study", "the row has no numbers",
    ]  # fmt: skip
    accounted(imported, 3)


def test_semicolons_with_decimal_commas(tmp_path):
    imported = read(table(tmp_path, "study;mi;sdi;ni\nA;4,50;1,5;20\n"))
    assert cells(imported, "mean", "mean", "decimal_mark") == [("4,50", "comma")]
    accounted(imported, 1)


def test_a_mark_at_the_beginning_and_rs_row_numbers_do_no_harm(tmp_path):
    imported = read(table(tmp_path, '"","study","xi","ni"\n"1","A",4,50\n"2","B",5,50\n', encoding="utf-8-sig"))
    assert len(imported.rows["count"]) == 2
    assert imported.leftovers == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "found an empty file"),
        ("study,xi,ni\nA,4\n", "row 2: found 2 cells, expected 3"),
        ('study,xi,ni\n"A,4,5\n', "a quotation mark that is never closed"),
        ("study;mi;sdi;ni\nA;4,5;1.5;20\n", "one decimal mark in a file"),
        ("name,x\nA,4\n", "expected columns of metafor"),
        ("place,xi,ni\nA,4,5\n", "expected a column that names the study"),
        ("study,xi,ni\nA," + "4" * 200_000 + ",5\n", "a cell of more than 131,072 characters"),
    ],
)
def test_tables_that_cannot_be_read_are_refused_in_a_sentence(tmp_path, text, said):
    with pytest.raises(Refused, match=said):
        read(table(tmp_path, text))


def test_recognition(tmp_path):
    path = table(tmp_path, COUNTS)
    assert FORMAT.recognises(path, COUNTS.encode())
    assert not FORMAT.recognises(path, b"author,year,title\n")
    assert not FORMAT.recognises(path.with_suffix(".xlsx"), COUNTS.encode())
    assert not FORMAT.recognises(path, b"PK\x03\x04\x00\x00")


# The way back of an export


def wanted(table_name, names):
    rows = cases.dataset()[f"analysis_{table_name}"].to_pylist()
    first = [row for row in rows if row["analysis"] == rows[0]["analysis"]]
    return [tuple(str(row[name]) for name in names) for row in first]


PAIRS = [
    ("single_counts", "count", {"": ("xi", "ni")}, ("events", "total")),
    ("two_group_counts", "count", {"a": ("ai", "n1i"), "b": ("ci", "n2i")}, ("events", "total")),
    ("single_rates", "rate", {"": ("xi", "ti")}, ("events", "person_time")),
    ("two_group_rates", "rate", {"a": ("x1i", "t1i"), "b": ("x2i", "t2i")}, ("events", "person_time")),
    ("single_means", "mean", {"": ("mi", "sdi", "ni")}, ("mean", "sd", "n")),
    ("two_group_means", "mean", {"a": ("m1i", "sd1i", "n1i"), "b": ("m2i", "sd2i", "n2i")}, ("mean", "sd", "n")),
    ("correlations", "effect", {"": ("ri", "ni")}, ("estimate", "n")),
    ("effects", "effect", {"": ("yi", "sei")}, ("estimate", "se")),
]


def numbers(texts):
    return [tuple(float(each) for each in one) for one in texts]


@pytest.mark.parametrize(("name", "kind", "arms", "fields"), PAIRS, ids=[each[0] for each in PAIRS])
def test_an_analysis_table_of_ours_comes_back_with_its_numbers(tmp_path, name, kind, arms, fields):
    folder = cases.write(tmp_path / "dataset", cases.dataset(), {})
    imported = read(folder / f"analysis_{name}.csv")
    for arm, columns in arms.items():
        rows = [row for _, row in imported.rows[kind] if not arm or row["arm"] == arm]
        assert numbers([tuple(row[each] for each in fields) for row in rows]) == numbers(wanted(name, columns))
    assert {row["study"] for _, row in imported.rows["study"]} == {
        f"s{n}" for n in range(1, len(cases.NUMBERS[name]) + 1)
    }
    assert {row["label"] for _, row in imported.rows["study"]} >= {cases.label(1), "'" + cases.label(2)}
    accounted(imported, len(cases.dataset()[f"analysis_{name}"]))


@pytest.mark.parametrize(("name", "kind", "arms", "fields"), PAIRS, ids=[each[0] for each in PAIRS])
def test_the_tables_for_meta_come_back_with_their_numbers(tmp_path, name, kind, arms, fields):
    files = meta.make(cases.dataset())
    folder = cases.write(tmp_path / "dataset", {}, files)
    imported = read(folder / f"meta-{name.replace('_', '-')}.csv")
    first = imported.rows[kind][0][1]["outcome"]
    roles = {"a": "experimental", "b": "control"}
    for arm, columns in arms.items():
        rows = [
            row for _, row in imported.rows[kind] if row["outcome"] == first and (not arm or row["arm"] == roles[arm])
        ]
        assert numbers([tuple(row[each] for each in fields) for row in rows]) == numbers(wanted(name, columns))
