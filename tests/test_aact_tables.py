"""The flat files of AACT say the same as the interface of ClinicalTrials.gov, record by record."""

from __future__ import annotations

import zipfile

import pytest
from registry_case import as_read, findings, rows

from curation.exchange.aact import FORMAT, read
from curation.exchange.aact_tables import MOST, WANTED
from curation.exchange.ctgov import add_record
from curation.exchange.formats import recognise
from curation.exchange.imported import Imported
from curation.intake.problems import Refused

TABLES = {
    "studies": """
        nct_id|brief_title|official_title|study_type|enrollment|enrollment_type|results_first_posted_date|last_update_posted_date|limitations_and_caveats
        NCT00000007|Examplumab|A "Small" Trial|INTERVENTIONAL|20|ACTUAL|2019-05-02|2019-06-01|Few sites.
        NCT00000008|Other|Another trial|INTERVENTIONAL|30|ESTIMATED||2020-01-01|
    """,
    "designs": """
        id|nct_id|allocation|intervention_model
        1|NCT00000007|RANDOMIZED|PARALLEL
    """,
    "design_groups": """
        id|nct_id|group_type|title|description
        1|NCT00000007|PLACEBO_COMPARATOR|Placebo|
        2|NCT00000007|EXPERIMENTAL|Examplumab|
    """,
    "design_outcomes": """
        id|nct_id|outcome_type|measure|time_frame
        1|NCT00000007|primary|Response|Week 16
        2|NCT00000008|primary|Survival|2 years
    """,
    "result_groups": """
        id|nct_id|ctgov_group_code|result_type|title|description|outcome_id
        11|NCT00000007|FG000|Participant Flow|Placebo|Injections|
        12|NCT00000007|FG001|Participant Flow|Examplumab||
        13|NCT00000007|BG000|Baseline|Placebo||
        14|NCT00000007|BG001|Baseline|Examplumab||
        15|NCT00000007|BG002|Baseline|Total||
        21|NCT00000007|OG000|Outcome|Placebo||1
        22|NCT00000007|OG001|Outcome|Examplumab||1
        23|NCT00000007|OG000|Outcome|Examplumab||2
        31|NCT00000007|EG000|Reported Event|Placebo||
        32|NCT00000007|EG001|Reported Event|Examplumab||
    """,
    "milestones": """
        id|nct_id|result_group_id|ctgov_group_code|title|period|count
        1|NCT00000007|11|FG000|STARTED|Overall Study|10
        2|NCT00000007|12|FG001|STARTED|Overall Study|10
        3|NCT00000007|11|FG000|COMPLETED|Overall Study|9
        10|NCT00000007|12|FG001|COMPLETED|Overall Study|8
        11|NCT00000007|11|FG000|NOT COMPLETED|Overall Study|1
        12|NCT00000007|12|FG001|NOT COMPLETED|Overall Study|2
    """,
    "drop_withdrawals": """
        id|nct_id|result_group_id|ctgov_group_code|period|reason|count
        1|NCT00000007|11|FG000|Overall Study|Death|1
        2|NCT00000007|12|FG001|Overall Study|Death|2
    """,
    "baseline_counts": """
        id|nct_id|ctgov_group_code|units|scope|count
        1|NCT00000007|BG000|Participants|overall|10
        2|NCT00000007|BG001|Participants|overall|10
        3|NCT00000007|BG002|Participants|overall|20
    """,
    "baseline_measurements": """
        id|nct_id|ctgov_group_code|classification|category|title|units|param_type|param_value|dispersion_type|dispersion_value|number_analyzed|number_analyzed_units
        1|NCT00000007|BG000|||Age, Continuous|years|MEAN|40.20|STANDARD_DEVIATION|12.1|10|Participants
        2|NCT00000007|BG001|||Age, Continuous|years|MEAN|41.0|STANDARD_DEVIATION|11.8|9|Participants
        3|NCT00000007|BG000||Female|Sex: Female, Male|Participants|COUNT_OF_PARTICIPANTS|6||||
        4|NCT00000007|BG001||Female|Sex: Female, Male|Participants|COUNT_OF_PARTICIPANTS|7||||
        5|NCT00000007|BG000||Male|Sex: Female, Male|Participants|COUNT_OF_PARTICIPANTS|4||||
        6|NCT00000007|BG001||Male|Sex: Female, Male|Participants|COUNT_OF_PARTICIPANTS|3||||
    """,
    "outcomes": """
        id|nct_id|outcome_type|title|time_frame|units|param_type|dispersion_type
        1|NCT00000007|PRIMARY|Response|Week 16|percentage of participants|NUMBER|
        2|NCT00000007|SECONDARY|Overall Survival|Two years|months|MEDIAN|95% Confidence Interval
    """,
    "outcome_counts": """
        id|nct_id|outcome_id|result_group_id|ctgov_group_code|scope|units|count
        1|NCT00000007|1|21|OG000|Measure|Participants|10
        2|NCT00000007|1|22|OG001|Measure|Participants|10
        3|NCT00000007|2|23|OG000|Measure|Participants|10
    """,
    "outcome_measurements": """
        id|nct_id|outcome_id|result_group_id|ctgov_group_code|classification|category|param_value|dispersion_lower_limit|dispersion_lower_limit_raw|dispersion_upper_limit|dispersion_upper_limit_raw|explanation_of_na
        1|NCT00000007|1|21|OG000|||20.0|||||
        2|NCT00000007|1|22|OG001|||70.0|||||
        3|NCT00000007|2|23|OG000|||NA|18.3|18.30||NA|The median was not reached.
    """,
    "outcome_analyses": """
        id|nct_id|outcome_id|non_inferiority_type|param_type|param_value|p_value_modifier|p_value|ci_n_sides|ci_percent|ci_lower_limit|ci_upper_limit|method|estimate_description
        5|NCT00000007|1|SUPERIORITY|Risk Difference (RD)|50.0|<|0.05|TWO_SIDED|95|12.2|87.8|Chi-squared|Examplumab vs Placebo
    """,
    "outcome_analysis_groups": """
        id|nct_id|outcome_analysis_id|ctgov_group_code
        1|NCT00000007|5|OG000
        2|NCT00000007|5|OG001
    """,
    "reported_event_totals": """
        id|nct_id|ctgov_group_code|event_type|classification|subjects_affected|subjects_at_risk
        1|NCT00000007|EG000|serious|Total, serious adverse events|2|10
        2|NCT00000007|EG000|deaths|Total, all-cause mortality|1|10
        3|NCT00000007|EG001|serious|Total, serious adverse events|1|10
        4|NCT00000007|EG001|deaths|Total, all-cause mortality|2|10
    """,
    "reported_events": """
        id|nct_id|ctgov_group_code|time_frame|event_type|subjects_affected|subjects_at_risk|description|event_count|organ_system|adverse_event_term|frequency_threshold|vocab|assessment
        1|NCT00000007|EG000|20 weeks|serious|2|10|On treatment.|3|Infections and infestations|Pneumonia|5|MedDRA 20.0|SYSTEMATIC_ASSESSMENT
        2|NCT00000007|EG001|20 weeks|serious|1|10|On treatment.||Infections and infestations|Pneumonia|5|MedDRA 20.0|SYSTEMATIC_ASSESSMENT
    """,
}


def measured(group, value, **more):
    return {"groupId": group, "value": value} | more


def counts(*pairs):
    return [{"units": "Participants", "counts": [{"groupId": group, "value": value} for group, value in pairs]}]


def box(kind, *numbers):
    return {
        "type": kind,
        "achievements": [{"groupId": f"FG00{n}", "numSubjects": number} for n, number in enumerate(numbers)],
    }


STUDY = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT00000007", "briefTitle": "Examplumab", "officialTitle": 'A "Small" Trial'},
        "statusModule": {"resultsFirstPostDateStruct": {"date": "2019-05-02"}, "lastUpdatePostDateStruct": {"date": "2019-06-01"}},
        "designModule": {"studyType": "INTERVENTIONAL", "designInfo": {"allocation": "RANDOMIZED", "interventionModel": "PARALLEL"}, "enrollmentInfo": {"count": 20, "type": "ACTUAL"}},
        "armsInterventionsModule": {"armGroups": [{"label": "Placebo", "type": "PLACEBO_COMPARATOR"}, {"label": "Examplumab", "type": "EXPERIMENTAL"}]},
        "outcomesModule": {"primaryOutcomes": [{"measure": "Response", "timeFrame": "Week 16"}]},
    },
    "resultsSection": {
        "participantFlowModule": {
            "groups": [{"id": "FG000", "title": "Placebo", "description": "Injections"}, {"id": "FG001", "title": "Examplumab"}],
            "periods": [{"title": "Overall Study", "milestones": [box("STARTED", "10", "10"), box("COMPLETED", "9", "8"), box("NOT COMPLETED", "1", "2")],
                         "dropWithdraws": [{"type": "Death", "reasons": [{"groupId": "FG000", "numSubjects": "1"}, {"groupId": "FG001", "numSubjects": "2"}]}]}],
        },
        "baselineCharacteristicsModule": {
            "groups": [{"id": "BG000", "title": "Placebo"}, {"id": "BG001", "title": "Examplumab"}, {"id": "BG002", "title": "Total"}],
            "denoms": counts(("BG000", "10"), ("BG001", "10"), ("BG002", "20")),
            "measures": [
                {"title": "Age, Continuous", "paramType": "MEAN", "dispersionType": "STANDARD_DEVIATION", "unitOfMeasure": "years",
                 "classes": [{"denoms": counts(("BG000", "10"), ("BG001", "9")), "categories": [{"measurements": [measured("BG000", "40.20", spread="12.1"), measured("BG001", "41.0", spread="11.8")]}]}]},
                {"title": "Sex: Female, Male", "paramType": "COUNT_OF_PARTICIPANTS", "unitOfMeasure": "Participants",
                 "classes": [{"categories": [{"title": "Female", "measurements": [measured("BG000", "6"), measured("BG001", "7")]}, {"title": "Male", "measurements": [measured("BG000", "4"), measured("BG001", "3")]}]}]},
            ],
        },
        "outcomeMeasuresModule": {"outcomeMeasures": [
            {"type": "PRIMARY", "title": "Response", "paramType": "NUMBER", "unitOfMeasure": "percentage of participants", "timeFrame": "Week 16",
             "groups": [{"id": "OG000", "title": "Placebo"}, {"id": "OG001", "title": "Examplumab"}], "denoms": counts(("OG000", "10"), ("OG001", "10")),
             "classes": [{"categories": [{"measurements": [measured("OG000", "20.0"), measured("OG001", "70.0")]}]}],
             "analyses": [{"groupIds": ["OG000", "OG001"], "nonInferiorityType": "SUPERIORITY", "paramType": "Risk Difference (RD)", "paramValue": "50.0", "pValue": "<0.05",
                           "ciNumSides": "TWO_SIDED", "ciPctValue": "95", "ciLowerLimit": "12.2", "ciUpperLimit": "87.8", "statisticalMethod": "Chi-squared", "estimateComment": "Examplumab vs Placebo"}]},
            {"type": "SECONDARY", "title": "Overall Survival", "paramType": "MEDIAN", "dispersionType": "95% Confidence Interval", "unitOfMeasure": "months", "timeFrame": "Two years",
             "groups": [{"id": "OG000", "title": "Examplumab"}], "denoms": counts(("OG000", "10")),
             "classes": [{"categories": [{"measurements": [measured("OG000", "NA", lowerLimit="18.30", upperLimit="NA", comment="The median was not reached.")]}]}]},
        ]},
        "adverseEventsModule": {
            "frequencyThreshold": "5", "timeFrame": "20 weeks", "description": "On treatment.",
            "eventGroups": [{"id": "EG000", "title": "Placebo", "deathsNumAffected": 1, "deathsNumAtRisk": 10, "seriousNumAffected": 2, "seriousNumAtRisk": 10},
                            {"id": "EG001", "title": "Examplumab", "deathsNumAffected": 2, "deathsNumAtRisk": 10, "seriousNumAffected": 1, "seriousNumAtRisk": 10}],
            "seriousEvents": [{"term": "Pneumonia", "organSystem": "Infections and infestations", "sourceVocabulary": "MedDRA 20.0", "assessmentType": "SYSTEMATIC_ASSESSMENT",
                               "stats": [{"groupId": "EG000", "numEvents": 3, "numAffected": 2, "numAtRisk": 10}, {"groupId": "EG001", "numAffected": 1, "numAtRisk": 10}]}],
        },
        "moreInfoModule": {"limitationsAndCaveats": {"description": "Few sites."}},
    },
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    for name, text in TABLES.items():
        lines = [line.strip() for line in text.strip().splitlines()]
        quoted = [line.replace('A "Small" Trial', '"A ""Small"" Trial"') for line in lines]
        (tmp_path / f"{name}.txt").write_text("\n".join(quoted) + "\n", encoding="utf-8")
    return tmp_path


def test_both_ways_give_the_same_rows(folder):
    by_tables = read(folder, ["NCT00000007"])
    by_interface = Imported("x.json", "ctgov")
    add_record(by_interface, as_read(STUDY))
    assert by_tables.rows == by_interface.rows
    assert by_tables.leftovers == by_interface.leftovers == []
    assert not findings(by_tables)


def test_group_codes_mean_another_arm_in_another_outcome(folder):
    [survival] = rows(read(folder), "survival")
    assert (survival["arm"], survival["lower"]) == ("examplumab", "18.30")


def test_all_studies_of_a_small_folder_are_read_and_a_plan_is_enough(folder):
    one = read(folder)
    assert [each["registry"] for each in rows(one, "study")] == ["NCT00000007", "NCT00000008"]
    planned = rows(one, "characteristic", characteristic="participants_planned")
    assert [(each["study"], each["value"]) for each in planned] == [("nct00000008", "30")]


def test_a_file_beside_the_tables_names_the_studies_to_read(folder):
    (folder / WANTED).write_text("nct00000008\nNCT00000099\n")
    one = read(folder)
    assert [each["registry"] for each in rows(one, "study")] == ["NCT00000008"]
    assert [each.found for each in one.leftovers] == ["NCT00000099"]


def test_a_large_folder_asks_which_studies(folder):
    lines = [f"NCT{number:08}|Title" for number in range(MOST + 1)]
    (folder / "studies.txt").write_text("\n".join(["nct_id|brief_title", *lines]))
    with pytest.raises(Refused, match=r"found 201 studies, expected a file nct_ids.txt"):
        read(folder)


def test_a_zip_is_read_as_its_folder(folder, tmp_path_factory):
    packed = tmp_path_factory.mktemp("zip") / "export.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for each in folder.iterdir():
            archive.write(each, f"20200101/{each.name}")
        archive.writestr("20200101/facilities.txt", "not needed")
    assert recognise(packed) is FORMAT
    assert read(packed).rows == read(folder).rows


def test_a_folder_is_known_by_its_tables(folder, tmp_path_factory):
    assert recognise(folder) is FORMAT
    assert recognise(tmp_path_factory.mktemp("other")) is None


def test_a_table_that_is_none_is_refused_in_a_sentence(folder):
    (folder / "milestones.txt").write_text("id|title\n1|STARTED\n")
    with pytest.raises(Refused, match=r"milestones.txt: found a table that cannot be read"):
        read(folder)
