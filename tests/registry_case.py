"""An invented trial as ClinicalTrials.gov would print it: two arms, a total, every kind of statistic, every trap."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path

from curation.engine.registry import rules
from curation.engine.run import check
from curation.exchange.ctgov import add_record, read
from curation.exchange.ctgov_parts import leaves, loaded
from curation.exchange.imported import Imported
from curation.exchange.reading import bundle_of

NUMBER = re.compile(r"[<>]?\s*-?[0-9]*\.?[0-9]+(?:\s*[<>])?|NA")
PLACEBO, DRUG = "Placebo", "Examplumab 10 mg Once Weekly"


def groups(prefix, *titles):
    return [
        {"id": f"{prefix}{place:03}", "title": title, "description": f"{title}, given by nobody"}
        for place, title in enumerate(titles)
    ]


def each(prefix, name, *numbers, **more):
    """One entry per group, in order."""
    return [{"groupId": f"{prefix}{place:03}", name: number} | more for place, number in enumerate(numbers)]


def values(prefix, *rows):
    return [{"groupId": f"{prefix}{place:03}"} | row for place, row in enumerate(rows)]


def denoms(prefix, *numbers, units="Participants"):
    return [{"units": units, "counts": each(prefix, "value", *numbers)}]


def table(prefix, *rows, title=None, category=None):
    one = {"measurements": values(prefix, *rows)}
    return {"categories": [one | ({"title": category} if category else {})]} | ({"title": title} if title else {})


def outcome(title, param, unit, *classes, kind="SECONDARY", dispersion=None, numbers=("50", "49"), **more):
    return {
        "type": kind, "title": title, "reportingStatus": "POSTED", "paramType": param, "unitOfMeasure": unit, "timeFrame": "Week 16",
        "groups": groups("OG", PLACEBO, DRUG), "denoms": denoms("OG", *numbers), "classes": list(classes),
    } | ({"dispersionType": dispersion} if dispersion else {}) | more  # fmt: skip


def flow():
    milestones = {"STARTED": ("50", "50"), "COMPLETED": ("45", "43"), "NOT COMPLETED": ("5", "7")}
    reasons = {"Adverse Event": ("2", "4"), "Lost to Follow-up": ("3", "3")}
    return {
        "recruitmentDetails": "Recruited at 12 sites.",
        "groups": groups("FG", "1. Placebo", DRUG),
        "periods": [{
            "title": "Overall Study",
            "milestones": [{"type": kind, "achievements": each("FG", "numSubjects", *numbers)} for kind, numbers in milestones.items()],
            "dropWithdraws": [{"type": kind, "reasons": each("FG", "numSubjects", *numbers)} for kind, numbers in reasons.items()],
        }],
    }  # fmt: skip


def baseline():
    sex = [
        {"title": name, "measurements": each("BG", "value", *numbers)}
        for name, numbers in (("Female", ("30", "29", "59")), ("Male", ("20", "21", "41")))
    ]
    return {
        "populationDescription": "All who were randomised.",
        "groups": groups("BG", PLACEBO, DRUG, "Total"),
        "denoms": denoms("BG", "50", "50", "100"),
        "measures": [
            {"title": "Age, Continuous", "paramType": "MEAN", "dispersionType": "STANDARD_DEVIATION", "unitOfMeasure": "years",
             "classes": [table("BG", {"value": "40.2", "spread": "12.1"}, {"value": "41.0", "spread": "11.8"}, {"value": "40.6", "spread": "11.9"})]},
            {"title": "Sex: Female, Male", "paramType": "COUNT_OF_PARTICIPANTS", "unitOfMeasure": "Participants", "classes": [{"categories": sex}]},
            {"title": "Weight", "paramType": "MEDIAN", "dispersionType": "INTER_QUARTILE_RANGE", "unitOfMeasure": "kg",
             "classes": [table("BG", {"value": "70", "lowerLimit": "61", "upperLimit": "79"}, {"value": "71.5", "lowerLimit": "60", "upperLimit": "80"},
                               {"value": "70.8", "lowerLimit": "60.5", "upperLimit": "79.5"})]},
        ],
    }  # fmt: skip


ANALYSIS = {
    "groupIds": ["OG000", "OG001"], "groupDescription": "Stratified", "statisticalMethod": "Cochran-Mantel-Haenszel", "nonInferiorityType": "SUPERIORITY",
    "pValue": "0.0001 <", "paramType": "Risk Difference (RD)", "paramValue": "42.9", "ciPctValue": "95", "ciNumSides": "TWO_SIDED",
    "ciLowerLimit": "26.5", "ciUpperLimit": "59.2", "estimateComment": "Examplumab 10 mg once weekly vs. Placebo",
}  # fmt: skip


def outcomes():
    response = outcome(
        "Percentage of Participants With Response", "NUMBER", "percentage of participants",
        table("OG", {"value": "20.0"}, {"value": "63.3"}), kind="PRIMARY", analyses=[ANALYSIS],
    )  # fmt: skip
    change = outcome(
        "Change From Baseline in Score", "LEAST_SQUARES_MEAN", "units on a scale",
        table("OG", {"value": "-1.2", "spread": "0.40"}, {"value": "-3.4", "spread": "0.41"}, title="Week 8"),
        table("OG", {"value": "-1.5", "spread": "0.42"}, {"value": "-4.1", "spread": "0.43"}, title="Week 16"),
        dispersion="Standard Error",
        analyses=[ANALYSIS | {"paramType": "LS Mean Difference", "paramValue": "-2.6", "ciLowerLimit": "-3.8", "ciUpperLimit": "-1.4",
                              "dispersionType": "STANDARD_ERROR_OF_MEAN", "dispersionValue": "0.60", "pValue": "<0.001"}],
    )  # fmt: skip
    survival = outcome(
        "Overall Survival", "MEDIAN", "months",
        table("OG", {"value": "14.2", "lowerLimit": "11.0", "upperLimit": "17.9"},
              {"value": "NA", "lowerLimit": "18.3", "upperLimit": "NA", "comment": "The median was not reached."}),
        dispersion="95% Confidence Interval", numbers=("50", "50"),
        analyses=[{"groupIds": ["OG001", "OG000"], "paramType": "Hazard Ratio (HR)", "paramValue": "0.62", "ciPctValue": "95", "ciNumSides": "TWO_SIDED",
                   "ciLowerLimit": "0.41", "ciUpperLimit": "0.94", "estimateComment": "Examplumab 10 mg Once Weekly versus placebo"},
                  {"groupIds": ["OG001", "OG000"], "statisticalMethod": "Log Rank", "pValue": "0.02", "nonInferiorityType": "OTHER"}],
    )  # fmt: skip
    rest = [
        outcome("Relapse Rate", "NUMBER", "relapses per 100 patient-years", table("OG", {"value": "31.5"}, {"value": "12.0"})),
        outcome("Peak Concentration", "GEOMETRIC_MEAN", "ng/mL", table("OG", {"value": "0.9", "lowerLimit": "0.4", "upperLimit": "1.8"}, {"value": "55.1", "lowerLimit": "50.0", "upperLimit": "60.7"}),
                dispersion="95% Confidence Interval"),
        outcome("Best Response", "COUNT_OF_PARTICIPANTS", "Participants",
                {"categories": [{"title": name, "measurements": each("OG", "value", *numbers)} for name, numbers in (("Complete", ("4", "15")), ("Partial", ("6", "16")), ("None", ("40", "18")))]}),
        outcome("Clear Eyes", "COUNT_OF_UNITS", "Eyes", table("OG", {"value": "12"}, {"value": "30"}), typeUnitsAnalyzed="Eyes",
                denoms=[*denoms("OG", "50", "49"), *denoms("OG", "96", "95", units="Eyes")]),
    ]  # fmt: skip
    return {"outcomeMeasures": [response, change, survival, *rest]}


def events():
    def term(name, system, *stats):
        return {
            "term": name,
            "organSystem": system,
            "sourceVocabulary": "MedDRA 20.0",
            "assessmentType": "SYSTEMATIC_ASSESSMENT",
            "stats": values("EG", *stats),
        }

    totals = [
        {"deathsNumAffected": 5, "deathsNumAtRisk": 50, "seriousNumAffected": 3, "seriousNumAtRisk": 50, "otherNumAffected": 10, "otherNumAtRisk": 50},
        {"deathsNumAffected": 2, "deathsNumAtRisk": 50, "seriousNumAffected": 4, "seriousNumAtRisk": 50, "otherNumAffected": 20, "otherNumAtRisk": 50},
    ]  # fmt: skip
    return {
        "frequencyThreshold": "5", "timeFrame": "Up to 20 weeks", "description": "Events under treatment.",
        "eventGroups": [group | numbers for group, numbers in zip(groups("EG", "Placebo Group", DRUG), totals, strict=True)],
        "seriousEvents": [
            term("Pneumonia", "Infections and infestations", {"numEvents": 3, "numAffected": 2, "numAtRisk": 50}, {"numEvents": 2, "numAffected": 2, "numAtRisk": 50}),
            term("Syncope", "Nervous system disorders", {"numAffected": 1, "numAtRisk": 50}, {"numAffected": 3, "numAtRisk": 50}),
        ],
        "otherEvents": [
            term("Headache", "Nervous system disorders", {"numEvents": 9, "numAffected": 7, "numAtRisk": 50}, {"numEvents": 22, "numAffected": 15, "numAtRisk": 50}),
            term("Rash", "Skin and subcutaneous tissue disorders", {"numEvents": 4, "numAffected": 4, "numAtRisk": 50}, {"numEvents": 8, "numAffected": 8, "numAtRisk": 50}),
        ],
    }  # fmt: skip


def trial(number="NCT00000001", *, results=True):
    """The whole record."""
    protocol = {
        "identificationModule": {"nctId": number, "briefTitle": "Examplumab for Nothing", "officialTitle": "A Trial of Examplumab"},
        "statusModule": {"resultsFirstPostDateStruct": {"date": "2019-05-02"}, "lastUpdatePostDateStruct": {"date": "2019-06-01"}},
        "designModule": {"studyType": "INTERVENTIONAL", "designInfo": {"allocation": "RANDOMIZED", "interventionModel": "PARALLEL"},
                         "enrollmentInfo": {"count": 100, "type": "ACTUAL" if results else "ESTIMATED"}},
        "armsInterventionsModule": {"armGroups": [{"label": PLACEBO, "type": "PLACEBO_COMPARATOR"}, {"label": DRUG, "type": "EXPERIMENTAL"}]},
        "outcomesModule": {"primaryOutcomes": [{"measure": "Percentage of Participants With Response", "timeFrame": "Week 16"}],
                           "secondaryOutcomes": [{"measure": "Quality of Life", "timeFrame": "Week 16"}]},
    }  # fmt: skip
    posted = {
        "participantFlowModule": flow(), "baselineCharacteristicsModule": baseline(), "outcomeMeasuresModule": outcomes(), "adverseEventsModule": events(),
        "moreInfoModule": {"pointOfContact": {"title": "Nobody"}},
    }  # fmt: skip
    return {"protocolSection": protocol, "hasResults": results} | ({"resultsSection": posted} if results else {})


def as_read(study):
    """The study as the reader of files sees it: all numbers as texts."""
    return loaded(json.dumps(study))


def imported(study):
    one = Imported("trial.json", "ctgov")
    add_record(one, as_read(study))
    return one


def written(folder, study, name="trial.json"):
    path = Path(folder) / name
    path.write_text(json.dumps(study), encoding="utf-8")
    return path


def from_file(path):
    return read(path)


def rows(one, kind, **wanted):
    """The rows of a kind that have these cells."""
    return [
        cells for _, cells in one.rows.get(kind, []) if all(cells.get(name) == text for name, text in wanted.items())
    ]


def findings(*imports):
    """What all rules say of what was imported, once nothing was left over for being malformed."""
    taken = bundle_of(*imports)
    done = check(taken.bundle.tables, rules())
    assert not done.crashed
    return done.findings


def numbers_of(study):
    """The ways to every number of the posted results."""
    results = as_read(study)["resultsSection"]
    return [path for path, value in leaves(results) if NUMBER.fullmatch(value.strip())]


def with_value(study, path, value):
    """The study with one of its results changed."""
    changed = deepcopy(study)
    place = changed["resultsSection"]
    for each_ in path[:-1]:
        place = place[each_]
    place[path[-1]] = value
    return changed
