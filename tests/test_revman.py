"""RevMan's files: one review in three formats gives the same records, and no zero, blank or digit is misread."""

from collections import Counter

import pytest
import revman_case as given_case

from curation.commands.reading import read_everything
from curation.engine.registry import rules
from curation.engine.run import check
from curation.exchange import revman_csv, revman_rm5, revman_web
from curation.exchange.formats import recognise
from curation.exchange.reading import bundle_of
from curation.exchange.repool import repooled
from curation.exchange.revman_compare import differences

WRITERS = {".rm5": given_case.rm5, ".csv": given_case.five, ".zip": given_case.web}
READERS = {".rm5": revman_rm5, ".csv": revman_csv, ".zip": revman_web}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("revman")
    for ending, write in WRITERS.items():
        (made / f"review{ending}").write_bytes(write(given_case.cases()))
    return made


def named(*names):
    return [one for one in given_case.cases() if one.name in names]


def saved(path, data):
    path.write_bytes(data)
    return path


def rows(one, kind, **wanted):
    return [
        cells for _, cells in one.rows.get(kind, []) if all(cells.get(name) == text for name, text in wanted.items())
    ]


# all three


@pytest.mark.parametrize("ending", WRITERS)
def test_each_file_is_recognised_by_its_content(folder, tmp_path, ending):
    assert recognise(folder / f"review{ending}") is READERS[ending].FORMAT
    other = saved(tmp_path / "download.txt", (folder / f"review{ending}").read_bytes())
    assert recognise(other) is READERS[ending].FORMAT


@pytest.mark.parametrize("ending", WRITERS)
def test_every_row_is_taken_in_or_left_over_with_a_reason(folder, ending):
    one = READERS[ending].read(folder / f"review{ending}")
    taken = bundle_of(one)
    (account,) = taken.accounts
    assert account.rows == account.taken + account.left
    assert Counter(each.why for each in taken.leftovers) == {
        "no estimate follows from its numbers; what was typed is taken in": 8
    }
    assert {kind: len(table) for kind, table in taken.bundle.tables.items()} == {
        "source": 1, "study": 41, "arm": 82, "outcome": 17, "count": 386, "mean": 54, "effect": 225, "pooled": 25,
    }  # fmt: skip


def test_the_csv_export_gives_the_records_of_the_review_file_but_for_what_it_leaves_out(folder):
    found = differences(revman_rm5.read(folder / "review.rm5"), revman_csv.read(folder / "review.csv"))
    assert {each.how for each in found if each.field != "level"} == {"fewer digits"}
    assert {each.field for each in found} <= {"level", "estimate", "lower", "upper", "se", "tau2"}


def test_the_data_package_gives_the_same_records_but_for_standard_errors_and_the_name_of_the_split(folder):
    found = differences(revman_rm5.read(folder / "review.rm5"), revman_web.read(folder / "review.zip"))
    fields = Counter((each.kind, each.field, each.how) for each in found)
    assert set(fields) == {
        ("effect", "se", "another text"), ("pooled", "", "only in the first"), ("pooled", "", "only in the second"),
    }  # fmt: skip
    assert {"Time" in each.what for each in found if each.how == "only in the second"} == {True}


def test_a_package_in_a_package_and_its_folder_read_alike(tmp_path):
    import zipfile

    one = named("BCG RR MH random")
    packed = saved(tmp_path / "a.zip", given_case.web(one))
    nested = saved(tmp_path / "b.zip", given_case.web(one, nested=True))
    with zipfile.ZipFile(packed) as package:
        package.extractall(tmp_path / "unpacked")
    first = revman_web.read(packed)
    assert recognise(tmp_path / "unpacked") is revman_web.FORMAT
    for other in (nested, tmp_path / "unpacked"):
        assert differences(first, revman_web.read(other)) == []


def contradictions(path):
    found = check(dict(read_everything([path]).tables), rules()).findings
    return {each.rule for each in found if each.severity == "error"}, {
        each.rule for each in found if each.severity == "warning"
    }


@pytest.mark.slow
def test_digits_of_double_arithmetic_make_no_finding(tmp_path):
    few = named("BCG RR MH random", "BCG OR IV random", "Catheters Peto", "Stay SMD random", "Observed less expected")
    assert contradictions(saved(tmp_path / "few.rm5", given_case.rm5(few))) == (set(), set())


@pytest.mark.slow
@pytest.mark.parametrize("ending", WRITERS)
def test_digits_of_double_arithmetic_make_no_error_in_any_analysis(folder, ending):
    errors, warnings = contradictions(folder / f"review{ending}")
    assert not errors
    # what is left is of Mantel-Haenszel, whose weights are not inverse variances
    assert warnings <= {"POOLED-017", "POOLED-018", "POOLED-025", "POOLED-026"}


@pytest.mark.parametrize(
    "ending", [".rm5", pytest.param(".csv", marks=pytest.mark.slow), pytest.param(".zip", marks=pytest.mark.slow)]
)
def test_a_wrong_number_in_the_file_is_found(tmp_path, ending):
    one = named("BCG RR IV fixed")
    one[0].total["i2"] = "45.5"
    one[0].rows[3]["ai"] = "26"
    tables = dict(read_everything([saved(tmp_path / f"a{ending}", WRITERS[ending](one))]).tables)
    found = {each.rule for each in check(tables, rules()).findings if each.severity != "note"}
    assert {"POOLED-003", "EFFECT-009"} <= found


# the records


def test_subgroups_go_under_the_analysis_set_and_the_test_of_them_with_the_whole(folder):
    one = revman_rm5.read(folder / "review.rm5")
    found = rows(one, "pooled", outcome="bcg-rr-mh-random")
    assert [(each.get("analysis_set"), each["split"], each["k"]) for each in found] == [
        ("random", "subgroup", "7"), ("alternate", "subgroup", "2"), ("systematic", "subgroup", "4"), (None, "subgroup", "13"),
    ]  # fmt: skip
    whole = found[-1]
    assert whole["q_between"] != whole["q"]
    assert whole["model"] == "random"
    assert whole["pooling_method"] == "mantel_haenszel"
    assert whole["tau2_estimator"] == "DL"
    assert "q_between" not in found[0]
    assert {each["analysis_set"] for each in rows(one, "count", outcome="bcg-rr-mh-random")} == {
        "random",
        "alternate",
        "systematic",
    }


def test_a_study_has_two_arms_with_their_roles_and_labels(folder):
    one = revman_rm5.read(folder / "review.rm5")
    assert rows(one, "arm", study="hart-1977") == [
        {"study": "hart-1977", "arm": "new", "label": "New", "role": "experimental"},
        {"study": "hart-1977", "arm": "old", "label": "Old", "role": "control"},
    ]
    (effect,) = rows(one, "effect", study="hart-1977", outcome="bcg-rr-mh-fixed")
    assert (effect["arm"], effect["comparator"], effect["measure"], effect["estimate"]) == (
        "new",
        "old",
        "RR",
        "0.23656052",
    )


def test_a_fixed_effect_has_no_variance_between_studies_and_one_study_no_heterogeneity(tmp_path):
    one = named("BCG RR MH fixed")
    del one[0].rows[1:]
    one[0].total |= {"q": "0", "df": "0", "p_q": "0", "i2": "0"}
    (pooled,) = rows(revman_rm5.read(saved(tmp_path / "a.rm5", given_case.rm5(one))), "pooled")
    assert not {"tau2", "q", "df", "i2", "p_heterogeneity", "q_between"} & set(pooled)
    assert pooled["tau2_estimator"] == "none"


def test_a_p_value_too_small_to_store_is_not_taken_for_one_that_was_not_calculated(tmp_path):
    one = named("BCG RR MH fixed")
    one[0].total |= {"p": "0", "p_q": "0"}
    (pooled,) = rows(revman_rm5.read(saved(tmp_path / "a.rm5", given_case.rm5(one))), "pooled")
    assert (pooled["p"], pooled["p_heterogeneity"]) == ("<0.0001", "<0.0001")
    one[0].total |= {"z": "0.5", "q": "10"}
    (pooled,) = rows(revman_rm5.read(saved(tmp_path / "a.rm5", given_case.rm5(one))), "pooled")
    assert not {"p", "p_heterogeneity"} & set(pooled)


@pytest.mark.parametrize("blank", ["", "0"])
def test_what_was_not_calculated_makes_no_record(tmp_path, blank):
    one = named("Stay MD random")
    for made in (one[0].total, *one[0].rows):
        made.update(dict.fromkeys(("estimate", "lower", "upper"), blank))
    for ending, write in WRITERS.items():
        found = READERS[ending].read(saved(tmp_path / f"a{ending}", write(one)))
        assert "pooled" not in found.rows, ending
        assert len(found.rows["mean"]) == 18, ending


def test_a_study_without_events_keeps_its_counts_and_has_no_effect(folder):
    one = revman_rm5.read(folder / "review.rm5")
    assert len(rows(one, "count", study="nobody-2000", outcome="catheters-or-mh")) == 2
    assert rows(one, "effect", study="nobody-2000", outcome="catheters-or-mh") == []
    assert "nobody-2000" not in rows(one, "pooled", outcome="catheters-or-mh")[0]["studies"]


def test_exchanged_events_stay_the_counts_of_the_event(tmp_path):
    one = named("BCG RR MH fixed")
    one[0].swap = True
    found = revman_rm5.read(saved(tmp_path / "a.rm5", given_case.rm5(one)))
    assert {each["outcome"] for each in rows(found, "count")} == {"bcg-rr-mh-fixed"}
    assert {each["outcome"] for kind in ("effect", "pooled") for each in rows(found, kind)} == {
        "bcg-rr-mh-fixed-free-of-it"
    }
    assert not bundle_of(found).leftovers


def test_typed_logarithms_become_ratios_where_no_ratio_stands(tmp_path):
    one = named("Typed HR random")
    for row in one[0].rows:
        row.update(dict.fromkeys(("estimate", "lower", "upper"), ""))
    found = revman_rm5.read(saved(tmp_path / "a.rm5", given_case.rm5(one)))
    first = rows(found, "effect")[0]
    assert (first["estimate"], first["note"]) == ("0.41094331", "ln -0.8893")
    assert "log10" not in str(found.rows)


def test_a_ratio_that_was_typed_and_pooled_as_it_stands_is_not_read_as_one(tmp_path):
    data = given_case.rm5(named("Typed HR random")).replace(b'LOG_DATA="YES"', b'LOG_DATA="NO"')
    found = revman_rm5.read(saved(tmp_path / "a.rm5", data))
    assert {each["measure"] for kind in ("effect", "pooled") for each in rows(found, kind)} == {"other"}


def test_observed_less_expected_events_are_kept_beside_the_effect(folder):
    one = revman_rm5.read(folder / "review.rm5")
    first = rows(one, "effect", outcome="observed-less-expected")[0]
    assert first["note"] == "O-E -3.04, variance 3.54"
    assert first["interval_method"] == "adjusted"


def test_names_outside_ascii_arrive_as_they_are(folder):
    assert rows(revman_rm5.read(folder / "review.rm5"), "source")[0]["title"] == "Impfung & Kathéter"


def test_two_comparisons_have_arms_of_their_own(tmp_path):
    other = (
        '</COMPARISON><COMPARISON ID="CMP-002" NO="2"><NAME>Other</NAME><DICH_OUTCOME NO="1" EFFECT_MEASURE="RR" METHOD="MH" RANDOM="NO" TOTALS="YES">'
        "<NAME>BCG RR MH fixed</NAME><GROUP_LABEL_1>Old</GROUP_LABEL_1><GROUP_LABEL_2>Old</GROUP_LABEL_2>"
        '<DICH_DATA STUDY_ID="STD-Hart-1977" EVENTS_1="1" TOTAL_1="9" EVENTS_2="2" TOTAL_2="9"/></DICH_OUTCOME>'
    )
    one = revman_rm5.read(saved(tmp_path / "a.rm5", given_case.rm5(named("BCG RR MH fixed"), comparisons=other)))
    arms = {each["arm"]: each["role"] for each in rows(one, "arm", study="hart-1977")}
    assert arms == {
        "c1-new": "experimental",
        "c1-old": "control",
        "c2-old": "experimental",
        "c2-old-2": "control",
    }
    assert [each["outcome"] for each in rows(one, "outcome")] == ["bcg-rr-mh-fixed", "bcg-rr-mh-fixed-2"]
    assert not bundle_of(one).leftovers


def test_another_level_is_told_from_the_numbers_where_the_export_does_not_give_it(tmp_path):
    one = named("Stay MD random")
    for made in (one[0].total, *one[0].rows):
        reach = (float(made["upper"]) - float(made["estimate"])) / 1.959963984540054 * 2.5758293035489
        made.update({"lower": repr(float(made["estimate"]) - reach), "upper": repr(float(made["estimate"]) + reach)})
    found = revman_csv.read(saved(tmp_path / "a.csv", given_case.five(one)))
    assert {each["level"] for kind in ("effect", "pooled") for each in rows(found, kind)} == {"99%"}


def test_a_row_without_an_estimate_beside_rows_that_have_one_is_not_estimable(tmp_path):
    one = named("Catheters OR MH")
    for blank in ("", "0"):
        one[0].rows[-1].update(dict.fromkeys(("estimate", "lower", "upper"), blank))
        for ending, write in WRITERS.items():
            (pooled,) = rows(READERS[ending].read(saved(tmp_path / f"a{ending}", write(one))), "pooled")
            assert (pooled["k"], pooled["df"]) == ("17", "16"), ending


def test_an_arm_that_is_compared_both_ways_is_told_apart_by_its_part(tmp_path):
    other = (
        '<DICH_OUTCOME NO="2" EFFECT_MEASURE="RR" METHOD="MH" RANDOM="NO" TOTALS="YES"><NAME>Turned</NAME>'
        "<GROUP_LABEL_1>Old</GROUP_LABEL_1><GROUP_LABEL_2>New</GROUP_LABEL_2>"
        '<DICH_DATA STUDY_ID="STD-Hart-1977" EVENTS_1="1" TOTAL_1="9" EVENTS_2="2" TOTAL_2="9"/></DICH_OUTCOME>'
    )
    one = revman_rm5.read(saved(tmp_path / "a.rm5", given_case.rm5(named("BCG RR MH fixed"), comparisons=other)))
    arms = {each["arm"]: each["role"] for each in rows(one, "arm", study="hart-1977")}
    assert arms == {"new": "experimental", "old": "control", "old-2": "experimental", "new-2": "control"}


def test_a_row_without_numbers_and_a_text_too_long_are_left_over(tmp_path):
    other = '<DICH_OUTCOME NO="2" EFFECT_MEASURE="RR" METHOD="MH"><NAME>Empty</NAME><DICH_DATA STUDY_ID="STD-Hart-1977"/></DICH_OUTCOME>'
    bias = BIAS.replace("Sealed", "Sealed " * 400)
    one = revman_rm5.read(
        saved(tmp_path / "a.rm5", given_case.rm5(named("BCG RR MH fixed"), comparisons=other, bias=bias))
    )
    assert [each.why for each in one.leftovers] == [
        "it is no included study", "it holds no number", "a cell holds at most 2000 characters",
    ]  # fmt: skip
    assert len(rows(one, "appraisal")) == 3


BIAS = (
    '<QUALITY_ITEM CORE_ITEM="YES" ID="QIT-01" LEVEL="STUDY" NO="1"><NAME>Allocation concealment</NAME><QUALITY_ITEM_DATA>'
    '<QUALITY_ITEM_DATA_ENTRY RESULT="YES" STUDY_ID="STD-Hart-1977"><DESCRIPTION><P>Sealed</P><P>envelopes</P></DESCRIPTION></QUALITY_ITEM_DATA_ENTRY>'
    '<QUALITY_ITEM_DATA_ENTRY RESULT="NO" STUDY_ID="STD-Aronson-1948"/><QUALITY_ITEM_DATA_ENTRY RESULT="NO" STUDY_ID="STD-Gone"/>'
    "</QUALITY_ITEM_DATA></QUALITY_ITEM>"
    '<QUALITY_ITEM CORE_ITEM="NO" ID="QIT-02" LEVEL="GROUP" NO="2"><NAME>Funding</NAME>'
    '<QUALITY_ITEM_DATA_ENTRY_GROUP ID="G-1"><NAME>Late outcomes</NAME></QUALITY_ITEM_DATA_ENTRY_GROUP><QUALITY_ITEM_DATA>'
    '<QUALITY_ITEM_DATA_ENTRY GROUP_ID="G-1" RESULT="UNKNOWN" STUDY_ID="STD-Hart-1977"/></QUALITY_ITEM_DATA></QUALITY_ITEM>'
)


def test_the_risk_of_bias_of_a_review_file(tmp_path):
    data = given_case.rm5(named("BCG RR MH fixed"), bias=BIAS)
    one = revman_rm5.read(saved(tmp_path / "a.rm5", data))
    names = ("study", "tool", "domain", "judgement", "support", "analysis_set")
    assert [tuple(each.get(name) for name in names) for each in rows(one, "appraisal")] == [
        ("hart-1977", "RoB 1", "Allocation concealment", "low", "Sealed envelopes", None),
        ("aronson-1948", "RoB 1", "Allocation concealment", "high", None, None),
        ("hart-1977", "other", "Funding", "unclear", None, "Late outcomes"),
    ]
    assert [each.why for each in one.leftovers] == ["it is no included study"]


def test_the_risk_of_bias_of_a_data_package(tmp_path):
    said = "Domain (judgement): Bias due to missing outcome data: Death"
    bias = [
        {
            "Study": "Hart 1977",
            said: "Some concerns",
            said.replace("judgement", "support"): "Lost",
            "Domain (judgement): Overall bias": "High risk",
        },
        {"Study": "Aronson 1948", said: "Perhaps"},
    ]
    one = revman_web.read(saved(tmp_path / "a.zip", given_case.web(named("BCG RR MH fixed"), bias=bias)))
    names = ("study", "tool", "domain", "judgement", "support", "analysis_set")
    assert [tuple(each.get(name) for name in names) for each in rows(one, "appraisal")] == [
        ("hart-1977", "RoB 2", "Bias due to missing outcome data", "some_concerns", "Lost", "Death"),
        ("hart-1977", "RoB 2", None, "high", None, None),
    ]
    assert [(each.found, each.why) for each in one.leftovers] == [("Perhaps", "the word is no judgement that is known")]


def test_other_studies_and_other_data_are_left_over_by_name(tmp_path):
    inside = '<EXCLUDED_STUDIES><STUDY ID="STD-No" NAME="No 1990" YEAR="1990"/></EXCLUDED_STUDIES>'
    other = '<OTHER_OUTCOME NO="9"><NAME>Remarks</NAME></OTHER_OUTCOME>'
    one = revman_rm5.read(
        saved(tmp_path / "a.rm5", given_case.rm5(named("BCG RR MH fixed"), inside=inside, comparisons=other))
    )
    assert [(each.place, each.found) for each in one.leftovers] == [
        ("study No 1990", "a study that is excluded"), ("analysis 1.9", "Remarks"),
    ]  # fmt: skip


def test_a_result_the_review_does_not_show_is_left_over(tmp_path):
    data = given_case.rm5(named("BCG RR MH random")).replace(b'TOTALS="YES"', b'TOTALS="SUB"')
    one = revman_rm5.read(saved(tmp_path / "a.rm5", data))
    assert len(rows(one, "pooled")) == 3
    assert [each.why for each in one.leftovers] == ["the review does not show it"]


def test_a_later_package_is_read_with_what_is_known_of_it(tmp_path):
    later = {"Heterogeneity estimator": "REML", "CI method": "HKSJ", "CI/PI level": "95%", "PI start": "0.2"}
    data = given_case.web(named("BCG RR MH random"), settings=later)
    path = saved(tmp_path / "a.zip", data)
    one = revman_web.read(path)
    pooled = rows(one, "pooled")[-1]
    assert (pooled["tau2_estimator"], pooled["interval_method"], pooled["level"]) == ("REML", "unknown", "95%")
    assert {each.place.rpartition(", ")[2] for each in one.leftovers} == {"column CI method", "column PI start"}
    assert {each.agrees for each in repooled(revman_web.review(path))} == {None}
