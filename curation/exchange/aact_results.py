"""The rows of AACT put together again as ClinicalTrials.gov gives them, so that one set of functions reads both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from curation.exchange.aact_tables import Row, Tables

Json = dict[str, Any]


def study_of(number: str, tables: Tables) -> Json:
    """One study as the interface of ClinicalTrials.gov gives it."""
    results = {
        "participantFlowModule": _flow(tables),
        "baselineCharacteristicsModule": _baseline(tables),
        "outcomeMeasuresModule": _listed("outcomeMeasures", [_outcome(tables, one) for one in tables.get("outcomes", [])]),
        "adverseEventsModule": _events(tables),
        "moreInfoModule": _caveats(tables),
    }  # fmt: skip
    return {"protocolSection": _protocol(number, tables), "resultsSection": _filled(results)}


def _protocol(number: str, tables: Tables) -> Json:
    study = _first(tables, "studies")
    design = _first(tables, "designs")
    outcomes: dict[str, list[Json]] = {"primary": [], "secondary": [], "other": []}
    for one in tables.get("design_outcomes", []):
        kind = one.get("outcome_type", "").lower()
        outcomes[kind if kind in outcomes else "other"].append(_named(one, measure="measure", timeFrame="time_frame"))
    return {
        "identificationModule": {"nctId": number} | _named(study, briefTitle="brief_title", officialTitle="official_title", acronym="acronym"),
        "statusModule": {
            name: {"date": study[column]}
            for name, column in (("studyFirstPostDateStruct", "study_first_posted_date"), ("resultsFirstPostDateStruct", "results_first_posted_date"),
                                 ("lastUpdatePostDateStruct", "last_update_posted_date"))
            if column in study
        },
        "designModule": _named(study, studyType="study_type") | {
            "designInfo": _named(design, allocation="allocation", interventionModel="intervention_model", observationalModel="observational_model"),
            "enrollmentInfo": _named(study, count="enrollment", type="enrollment_type"),
        },
        "armsInterventionsModule": {"armGroups": [_named(one, label="title", type="group_type", description="description") for one in tables.get("design_groups", [])]},
        "outcomesModule": {f"{kind}Outcomes": listed for kind, listed in outcomes.items()},
    }  # fmt: skip


def _flow(tables: Tables) -> Json:
    about = _named(
        _first(tables, "participant_flows"),
        recruitmentDetails="recruitment_details",
        preAssignmentDetails="pre_assignment_details",
    )
    milestones, reasons = tables.get("milestones", []), tables.get("drop_withdrawals", [])
    periods = []
    for period in dict.fromkeys(row.get("period", "") for row in milestones):
        own = [row for row in milestones if row.get("period", "") == period]
        left = [row for row in reasons if row.get("period", "") == period]
        periods.append(_filled({
            "title": period,
            "milestones": [
                _named(rows[0], type="title", comment="milestone_description") | {"achievements": [_named(row, groupId="ctgov_group_code", numSubjects="count", numUnits="count_units", comment="description") for row in rows]}
                for rows in _together(own, "title")
            ],
            "dropWithdraws": [
                _named(rows[0], type="reason", comment="reason_comment") | {"reasons": [_named(row, groupId="ctgov_group_code", numSubjects="count", numUnits="count_units", comment="drop_withdraw_comment") for row in rows]}
                for rows in _together(left, "reason")
            ],
        }))  # fmt: skip
    return _filled(about | {"groups": _groups(tables, "Participant Flow"), "periods": periods})


def _baseline(tables: Tables) -> Json:
    measures = []
    for rows in _together(tables.get("baseline_measurements", []), "title"):
        first = rows[0]
        measures.append(
            _named(first, title="title", description="description", paramType="param_type", dispersionType="dispersion_type", unitOfMeasure="units", populationDescription="population_description")
            | {"classes": _classes(rows)}
        )  # fmt: skip
    overall = [
        row
        for row in tables.get("baseline_counts", [])
        if row.get("scope", "overall").lower() in {"overall", "measure"}
    ]
    return _filled({"groups": _groups(tables, "Baseline"), "denoms": _denominators(overall), "measures": measures})


def _outcome(tables: Tables, one: Row) -> Json:
    mine = _of_outcome(one["id"])
    counts = [row for row in tables.get("outcome_counts", []) if mine(row)]
    rows = [row for row in tables.get("outcome_measurements", []) if mine(row)]
    kind = one.get("outcome_type", "").upper().replace(" ", "_").replace("-", "_")
    about = _named(
        one, title="title", description="description", populationDescription="population", timeFrame="time_frame", paramType="param_type",
        dispersionType="dispersion_type", unitOfMeasure="units", typeUnitsAnalyzed="units_analyzed",
    )  # fmt: skip
    return _filled(about | {
        "type": kind,
        "groups": _groups_named_by(tables, [*counts, *rows], one["id"]),
        "denoms": _denominators(row for row in counts if row.get("scope", "measure").lower() in {"measure", "overall"}),
        "classes": _classes(rows),
        "analyses": [_analysis(tables, row) for row in tables.get("outcome_analyses", []) if mine(row)],
    })  # fmt: skip


def _of_outcome(id_: str) -> Callable[[Row], bool]:
    return lambda row: row.get("outcome_id") == id_


def _classes(rows: list[Row]) -> list[Json]:
    """Measurements by class and category, with the numbers analysed where they are given for each."""
    found = []
    for members in _together(rows, "classification"):
        analysed = _denominators(
            [
                _renamed(row, count="number_analyzed", units="number_analyzed_units")
                for row in _first_of_groups(members)
                if "number_analyzed" in row
            ]
        )
        categories = [
            _named(those[0], title="category") | {"measurements": [
                _named(row, groupId="ctgov_group_code", value="param_value", spread="dispersion_value", comment="explanation_of_na")
                | _raw(row, lowerLimit="dispersion_lower_limit", upperLimit="dispersion_upper_limit") for row in those
            ]}
            for those in _together(members, "category")
        ]  # fmt: skip
        found.append(
            _filled(_named(members[0], title="classification") | {"denoms": analysed, "categories": categories})
        )
    return found


def _first_of_groups(rows: list[Row]) -> Iterable[Row]:
    return {row.get("ctgov_group_code", ""): row for row in reversed(rows)}.values()


def _analysis(tables: Tables, row: Row) -> Json:
    groups = [
        one["ctgov_group_code"]
        for one in tables.get("outcome_analysis_groups", [])
        if one.get("outcome_analysis_id") == row["id"]
    ]
    modifier = row.get("p_value_modifier", "")
    p = row.get("p_value_raw") or (f"{'' if modifier == '=' else modifier}{row['p_value']}" if "p_value" in row else "")
    named = _named(
        row, nonInferiorityType="non_inferiority_type", nonInferiorityComment="non_inferiority_description", paramType="param_type", paramValue="param_value",
        dispersionType="dispersion_type", dispersionValue="dispersion_value", statisticalMethod="method", statisticalComment="method_description",
        ciPctValue="ci_percent", ciUpperLimitComment="ci_upper_limit_na_comment", ciLowerLimitComment="ci_lower_limit_na_comment",
        pValueComment="p_value_description", estimateComment="estimate_description", groupDescription="groups_description",
        otherAnalysisDescription="other_analysis_description",
    )  # fmt: skip
    sides = (
        row.get("ci_n_sides", "")
        .upper()
        .replace("-", "_")
        .replace("1_SIDED", "ONE_SIDED")
        .replace("2_SIDED", "TWO_SIDED")
    )
    limits = _raw(row, ciLowerLimit="ci_lower_limit", ciUpperLimit="ci_upper_limit")
    return _filled(named | limits | {"groupIds": groups, "pValue": p, "ciNumSides": sides})


def _events(tables: Tables) -> Json:
    rows = tables.get("reported_events", [])
    terms = [row for row in rows if not row.get("adverse_event_term", "").startswith("Total, ")]
    totals = tables.get("reported_event_totals", []) or [row for row in rows if row not in terms]
    groups = _groups(tables, "Reported Event")
    for group in groups:
        for row in totals:
            if row.get("ctgov_group_code") == group["id"]:
                kind = row.get("event_type", "").lower()
                group |= {
                    f"{kind}NumAffected": row.get("subjects_affected"),
                    f"{kind}NumAtRisk": row.get("subjects_at_risk"),
                }
    about = (
        _named(rows[0], timeFrame="time_frame", description="description", frequencyThreshold="frequency_threshold")
        if rows
        else {}
    )
    listed = {
        f"{kind}Events": list(_terms(row for row in terms if row.get("event_type", "").lower() == kind))
        for kind in ("serious", "other")
    }
    return _filled(about | {"eventGroups": [_filled(group) for group in groups]} | listed)


def _terms(rows: Iterable[Row]) -> Iterator[Json]:
    by_term: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        by_term.setdefault((row.get("adverse_event_term", ""), row.get("organ_system", "")), []).append(row)
    for those in by_term.values():
        one = {**_named(those[0], assessmentType="default_assessment", sourceVocabulary="default_vocab"),
               **_named(those[0], term="adverse_event_term", organSystem="organ_system", sourceVocabulary="vocab", assessmentType="assessment")}  # fmt: skip
        stats = [
            _named(
                row,
                groupId="ctgov_group_code",
                numEvents="event_count",
                numAffected="subjects_affected",
                numAtRisk="subjects_at_risk",
            )
            for row in those
        ]
        yield one | {"stats": stats}


def _caveats(tables: Tables) -> Json:
    return _filled({"limitationsAndCaveats": _named(_first(tables, "studies"), description="limitations_and_caveats")})


def _groups(tables: Tables, kind: str) -> list[Json]:
    wanted = kind.casefold().replace(" ", "")
    rows = [
        row
        for row in tables.get("result_groups", [])
        if row.get("result_type", "").casefold().replace(" ", "").replace("_", "").startswith(wanted)
    ]
    return [_named(row, id="ctgov_group_code", title="title", description="description") for row in rows]


def _groups_named_by(tables: Tables, rows: list[Row], outcome: str) -> list[Json]:
    """The groups of one outcome: codes come again in every outcome, ids do not."""
    named = tables.get("result_groups", [])
    by_id = {row["id"]: row for row in named if "id" in row}
    own = {row.get("ctgov_group_code"): row for row in named if row.get("outcome_id") == outcome}
    found: dict[str, Json] = {}
    for row in rows:
        code = row.get("ctgov_group_code", "")
        group = (
            by_id.get(row.get("result_group_id", ""))
            or own.get(code)
            or next((one for one in named if one.get("ctgov_group_code") == code), {})
        )
        found.setdefault(code, {"id": code} | _named(group, title="title", description="description"))
    return list(found.values())


def _denominators(rows: Iterable[Row]) -> list[Json]:
    by_unit: dict[str, list[Json]] = {}
    for row in rows:
        by_unit.setdefault(row.get("units", "Participants"), []).append(
            _named(row, groupId="ctgov_group_code", value="count")
        )
    return [{"units": units, "counts": counts} for units, counts in by_unit.items()]


def _together(rows: Iterable[Row], column: str) -> list[list[Row]]:
    """Rows of one value together, in the order in which the values come first."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.get(column, ""), []).append(row)
    return list(found.values())


def _raw(row: Row, **columns: str) -> Json:
    """Columns of which the text as printed may stand beside the number."""
    return {name: text for name, column in columns.items() if (text := row.get(f"{column}_raw") or row.get(column))}


def _named(row: Row, **columns: str) -> Json:
    return {name: row[column] for name, column in columns.items() if column in row}


def _renamed(row: Row, **columns: str) -> Row:
    return {"ctgov_group_code": row.get("ctgov_group_code", "")} | {
        name: row[column] for name, column in columns.items() if column in row
    }


def _first(tables: Tables, name: str) -> Row:
    return next(iter(tables.get(name, [])), {})


def _listed(name: str, listed: list[Json]) -> Json:
    return {name: listed} if listed else {}


def _filled(given: Json) -> Json:
    return {name: value for name, value in given.items() if value not in (None, "", [], {})}
