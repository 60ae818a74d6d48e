"""Registry records become records: nothing is lost, nothing is made up, and the places are named."""

from __future__ import annotations

import pytest
from registry_case import DRUG, as_read, findings, from_file, imported, numbers_of, rows, trial, with_value, written

from curation.exchange.ctgov import FORMAT
from curation.exchange.formats import recognise
from curation.exchange.reading import bundle_of
from curation.intake.problems import Refused

TRIAL = trial()


@pytest.fixture(scope="module")
def one():
    return imported(TRIAL)


@pytest.mark.parametrize("path", numbers_of(TRIAL), ids=lambda path: ".".join(map(str, path)))
def test_every_number_of_the_results_is_in_a_record_or_left_over_by_name(path):
    changed = imported(with_value(TRIAL, path, "7319"))
    kept = [text for given in changed.rows.values() for _, cells in given for text in cells.values() if "7319" in text]
    left = [each for each in changed.leftovers if "7319" in each.found]
    assert kept or left


def test_nothing_of_the_results_is_left_over_but_contacts(one):
    assert [each.why for each in one.leftovers] == ["agreements and contacts are no results"]
    taken = bundle_of(one)
    assert len(taken.leftovers) == 1


def test_a_true_record_gives_no_findings(one):
    assert [f"{each.rule} {each.message}" for each in findings(one)] == []


def test_groups_are_one_arm_where_their_titles_are(one):
    assert [(each["arm"], each["role"]) for each in rows(one, "arm")] == [
        ("placebo", "control"), ("examplumab-10-mg-once-weekly", "experimental"), ("total", "total"),
    ]  # fmt: skip
    assert any("'1. Placebo', 'Placebo', 'Placebo Group' are taken as one arm" in each for each in one.remarks)


def test_source_and_study_are_named_by_the_registry_number(one):
    [source], [study] = rows(one, "source"), rows(one, "study")
    assert (source["source"], source["type"], source["year"]) == ("nct00000001", "registry", "2019")
    assert (study["registry"], study["design"]) == ("NCT00000001", "randomised")
    assert "doi" not in source


def test_the_flow_has_its_boxes_and_reasons(one):
    of_drug = rows(one, "flow", arm="examplumab-10-mg-once-weekly")
    assert [(each["node"], each.get("group"), each["n"]) for each in of_drug] == [
        ("started", None, "50"), ("completed", None, "43"), ("not_completed", None, "7"),
        ("not_completed", "Adverse Event", "4"), ("not_completed", "Lost to Follow-up", "3"),
    ]  # fmt: skip
    assert {each["section"] for each in of_drug} == {"Participant flow"}


def test_enrolment_is_planned_or_actual_as_the_record_says():
    assert [each["characteristic"] for each in rows(imported(TRIAL), "characteristic", row="Enrollment")] == [
        "participants"
    ]
    [planned] = rows(imported(trial(results=False)), "characteristic")
    assert (planned["characteristic"], planned["value"]) == ("participants_planned", "100")


def test_a_record_without_results_gives_its_plan():
    one = imported(trial(results=False))
    assert [each["label"] for each in rows(one, "arm")] == ["Placebo", DRUG]
    assert [each["label"] for each in rows(one, "outcome")] == [
        "Percentage of Participants With Response",
        "Quality of Life",
    ]
    assert one.remarks == one.leftovers == []


def test_a_registered_outcome_without_results_is_named(one):
    assert any("no results are posted for the secondary outcome 'Quality of Life'" in each for each in one.remarks)


def test_means_have_the_dispersion_that_the_record_names(one):
    age = rows(one, "mean", section="Baseline, Age, Continuous", arm="total")
    assert [(each["n"], each["mean"], each["sd"], each["unit"], each["timepoint"]) for each in age] == [
        ("100", "40.6", "11.9", "years", "baseline")
    ]
    weight = rows(one, "mean", section="Baseline, Weight", arm="placebo")
    assert [(each["median"], each["q1"], each["q3"]) for each in weight] == [("70", "61", "79")]
    change = rows(one, "mean", timepoint="Week 8", arm="placebo")
    assert [(each["mean"], each["se"], each["moment"], each["row"]) for each in change] == [
        ("-1.2", "0.40", "change", "Week 8")
    ]


def test_categories_of_the_registry_exclude_each_other_and_others_need_not(one):
    female = rows(one, "outcome", label="Sex: Female, Male: Female")
    assert [(each["family_kind"], each["complete"]) for each in female] == [("exclusive", "yes")]
    best = rows(one, "outcome", label="Best Response: Complete")
    assert "family_kind" not in best[0]


def test_percentages_and_counts_carry_their_denominators(one):
    response = rows(one, "count", section="Outcome 1 (primary): Percentage of Participants With Response")
    assert [(each["percent"], each["total"], each["total_from"]) for each in response] == [
        ("20.0", "50", "header"),
        ("63.3", "49", "header"),
    ]
    eyes = rows(one, "count", analysis_set="Eyes", arm="placebo")
    assert [(each["events"], each["total"]) for each in eyes] == [("12", "96")]
    [people] = rows(one, "characteristic", label="participants analysed: Clear Eyes", arm="placebo")
    assert people["value"] == "50"


def test_a_median_time_that_was_not_reached_keeps_its_words(one):
    [drug] = rows(one, "survival", arm="examplumab-10-mg-once-weekly")
    assert (drug["median"], drug["lower"], drug["upper"], drug["level"], drug["time_unit"]) == (
        "NA",
        "18.3",
        "NA",
        "95%",
        "months",
    )
    assert drug["note"] == "The median was not reached."


def test_rates_have_their_person_time_and_other_statistics_are_stated(one):
    assert [(each["rate"], each["per"], each["time_unit"]) for each in rows(one, "rate", arm="placebo")] == [
        ("31.5", "100", "years")
    ]
    [peak] = rows(one, "characteristic", label="Peak Concentration", arm="placebo")
    assert (peak["value"], peak["low"], peak["high"], peak["text"]) == ("0.9", "0.4", "1.8", "geometric mean; ng/mL")


def test_effects_say_which_arm_is_compared_with_which(one):
    effects = {each["measure"]: each for each in rows(one, "effect")}
    assert {(each["arm"], each["comparator"]) for each in effects.values()} == {
        ("examplumab-10-mg-once-weekly", "placebo")
    }
    risk = effects["RD"]
    assert (risk["estimate"], risk["lower"], risk["upper"], risk["level"], risk["p"]) == (
        "42.9%",
        "26.5%",
        "59.2%",
        "95%",
        "<0.0001",
    )
    assert risk["interval_method"] == "adjusted"
    assert (effects["MD"]["se"], effects["HR"]["estimate"]) == ("0.60", "0.62")
    [test] = rows(one, "test")
    assert (test["p"], test["note"]) == ("0.02", "Log Rank; other")


def test_a_p_value_of_non_inferiority_is_no_p_value_of_the_effect():
    path = ("outcomeMeasuresModule", "outcomeMeasures", 0, "analyses", 0, "nonInferiorityType")
    one = imported(with_value(TRIAL, path, "NON_INFERIORITY_OR_EQUIVALENCE"))
    [effect] = rows(one, "effect", measure="RD")
    assert "p" not in effect
    assert ["non inferiority or equivalence" in each["note"] for each in rows(one, "test", p="<0.0001")] == [True]


def test_where_nothing_tells_the_direction_no_arm_is_named():
    path = ("outcomeMeasuresModule", "outcomeMeasures", 0, "analyses", 0, "estimateComment")
    [effect] = rows(imported(with_value(TRIAL, path, "see text")), "effect", measure="RD")
    assert (effect["arm"], effect["comparator"]) == ("examplumab-10-mg-once-weekly", "placebo")
    assert "does not say which group is subtracted" in effect["note"]


def test_events_have_affected_at_risk_and_episodes(one):
    deaths = rows(one, "count", outcome="ctgov-deaths")
    assert [(each["events"], each["total"], each["section"]) for each in deaths] == [
        ("5", "50", "All-cause mortality"),
        ("2", "50", "All-cause mortality"),
    ]
    [pneumonia] = rows(one, "count", outcome="ctgov-serious-pneumonia", arm="placebo")
    assert (pneumonia["events"], pneumonia["episodes"], pneumonia["row"]) == (
        "2",
        "3",
        "Infections and infestations: Pneumonia",
    )
    [syncope] = rows(one, "count", outcome="ctgov-serious-syncope", arm="placebo")
    assert "episodes" not in syncope
    [threshold] = rows(one, "characteristic", characteristic="threshold")
    assert threshold["value"] == "5%"


def test_several_periods_add_up_each_on_its_own():
    study = trial()
    second = {
        "title": "Extension",
        "milestones": [
            {"type": kind, "achievements": [{"groupId": "FG000", "numSubjects": one}, {"groupId": "FG001", "numSubjects": two}]}
            for kind, one, two in (("STARTED", "45", "43"), ("COMPLETED", "40", "41"), ("NOT COMPLETED", "5", "2"))
        ],
        "dropWithdraws": [{"type": "Death", "reasons": [{"groupId": "FG000", "numSubjects": "5"}, {"groupId": "FG001", "numSubjects": "2"}]}],
    }  # fmt: skip
    study["resultsSection"]["participantFlowModule"]["periods"].append(second)
    one = imported(study)
    assert {each.get("group") for each in rows(one, "flow", node="started")} == {"Overall Study", "Extension"}
    assert not findings(one)
    broken = with_value(
        study, ("participantFlowModule", "periods", 1, "milestones", 1, "achievements", 0, "numSubjects"), "39"
    )
    assert {each.rule for each in findings(imported(broken))} == {"FLOW-009"}


@pytest.mark.parametrize("text", ["{", "[]", '{"protocolSection": {}}', "7"])
def test_a_file_that_is_no_record_is_refused_in_a_sentence(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(Refused, match=r"expected a (record|study)"):
        from_file(path)


def test_files_are_known_by_their_content(tmp_path):
    assert recognise(written(tmp_path, TRIAL)) is FORMAT
    several = written(tmp_path, {"studies": [TRIAL, trial("NCT00000002")]}, "page.json")
    assert len(from_file(several).rows["study"]) == 2


def test_numbers_stay_as_they_are_printed():
    assert as_read({"a": 0.50, "b": [1.10, 3]}) == {"a": "0.5", "b": ["1.1", "3"]}
