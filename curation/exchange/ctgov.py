"""Records of ClinicalTrials.gov, as its interface (version 2) gives them in JSON.

A file holds one study, or a list of them. Source, study, arms, outcomes and every number of the posted results become
records; group ids differ from module to module, so groups are one arm where their titles are. What finds no place is
left over, with the reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from curation.exchange.ctgov_baseline import add_baseline
from curation.exchange.ctgov_entry import Entry
from curation.exchange.ctgov_events import add_events
from curation.exchange.ctgov_flow import add_flow
from curation.exchange.ctgov_names import arms_of
from curation.exchange.ctgov_outcomes import add_outcomes
from curation.exchange.ctgov_parts import Part, loaded, place_of
from curation.exchange.ctgov_study import add_arms, add_enrolment, add_registered_outcomes, add_study, groups_of
from curation.exchange.imported import Format, Imported
from curation.intake.problems import Problems, shown

NAME = "ctgov"
_REASONS = {
    "spread": "no field of this kind of record takes this dispersion",
    "lowerLimit": "no field of this kind of record takes this dispersion",
    "upperLimit": "no field of this kind of record takes this dispersion",
    "dispersionValue": "a standard error is kept for mean differences only; of others its scale is not known",
    "dispersionType": "a standard error is kept for mean differences only; of others its scale is not known",
    "counts": "no value is given for these participants",
    "denoms": "no value is given for these participants",
    "analyses": "an analysis without an estimate and a P value",
    "annotations": "an annotation, no number",
    "pValue": "the record has no number there",
}
"""Why a value has no place, by the name under which it or what holds it stands; the innermost counts."""


def read(path: Path) -> Imported:
    """Read a file of one or several records. Raises Refused where it is none."""
    imported = Imported(path.name, NAME)
    problems = Problems()
    try:
        given = loaded(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        problems.add(
            path.name, None, None, f"a file that is no JSON ({error})", "a record of ClinicalTrials.gov in JSON"
        )
        problems.refuse()
    except OSError as error:
        problems.add(path.name, None, None, f"a file that cannot be read ({error.strerror})", "a readable file")
        problems.refuse()
    studies = studies_of(given)
    if not studies:
        expected = (
            "a study with a protocolSection and its nctId, as https://clinicaltrials.gov/api/v2/studies/NUMBER gives it"
        )
        problems.add(path.name, None, None, shown(str(given)), expected)
        problems.refuse()
    for each in studies:
        add_record(imported, each)
    return imported


def studies_of(given: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON may hold anything
    """The studies of a file: one, a list, or a page of an answer."""
    if isinstance(given, dict) and "studies" in given:
        given = given["studies"]
    listed = given if isinstance(given, list) else [given]
    return [one for one in listed if isinstance(one, dict) and _number(one)]


def _number(study: dict[str, Any]) -> str:
    return Part(study).part("protocolSection").part("identificationModule").peek("nctId")


def add_record(imported: Imported, study: dict[str, Any]) -> None:
    """All rows of one study, and what of its results found no place."""
    number = _number(study).lower()
    protocol = Part(study).part("protocolSection")
    results = Part(study).part("resultsSection")
    entry = Entry(imported, source=number, study=number)
    add_study(entry, protocol, results)
    add_arms(entry, arms_of(groups_of(protocol, results)), protocol)
    add_enrolment(entry, protocol)
    add_flow(entry, results.part("participantFlowModule"))
    add_baseline(entry, results.part("baselineCharacteristicsModule"))
    add_outcomes(entry, results.part("outcomeMeasuresModule"))
    add_events(entry, results.part("adverseEventsModule"))
    add_registered_outcomes(entry, protocol, results)
    _leave_contacts(imported, results.part("moreInfoModule"))
    for path, value in results.left():
        imported.left(f"{number.upper()} {place_of(path)}", shown(value), why_left(path))


def _leave_contacts(imported: Imported, module: Part) -> None:
    """Agreements and contacts in one sentence; names and addresses of people are not repeated."""
    if names := [name for name in ("certainAgreement", "pointOfContact") if module.part(name)]:
        imported.left(place_of(module.path), " and ".join(names), "agreements and contacts are no results")
        for name in names:
            module.part(name).take()


def why_left(path: tuple[str | int, ...]) -> str:
    """Why a value has no place."""
    names = [each for each in reversed(path) if isinstance(each, str) and each in _REASONS]
    return _REASONS[names[0]] if names else "no field of a record holds it"


def recognises(path: Path, start: bytes) -> bool:
    """Whether the file holds records of ClinicalTrials.gov."""
    return path.suffix.lower() in {".json", ""} and b'"protocolSection"' in start and b'"identificationModule"' in start


FORMAT = Format(NAME, "record of ClinicalTrials.gov (JSON)", (".json",), recognises, read)
