"""A review as RevMan 5 stores it (``.rm5``): studies, data and results of all analyses, subgroups, risk of bias.

Every row gives the events or means of both groups and the effect of the study; every outcome and subgroup its pooled
result with model, method, heterogeneity and the studies pooled. ``CHI2`` and ``P_CHI2`` are the heterogeneity of the
studies, ``Q`` and ``P_Q`` the test of the subgroups. ``LOG_...`` are decimal logarithms of numbers that are there, too,
and are not read. Blanks are numbers that were not calculated; so are zeros where nothing can be zero (a variance
between studies under a fixed effect, an interval from 0 to 0). Numbers keep the digits of RevMan's own CSV export
(decision 0021).

Each study has two arms per comparison, named by the group labels. Where events are exchanged for non-events, the counts
stay those of the event, and effects and results are of an outcome of their own. Subgroups go under ``analysis_set``.
Excluded, awaited and ongoing studies, "other data" and diagnostic analyses are left over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, cast
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # ships no types
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # ships no types

from curation.exchange.imported import Format, Imported
from curation.exchange.revman_records import records
from curation.exchange.revman_review import (
    Analysis,
    Group,
    Judgement,
    Part,
    Result,
    Review,
    Row,
    Study,
    Type,
    measure_named,
)
from curation.intake.problems import Problem, Refused

_TYPES = ("DICH", "CONT", "IV", "IPD")
_JUDGED = {"YES": "low", "NO": "high", "UNKNOWN": "unclear"}
_ANSWERED = {"YES": "yes", "NO": "no", "UNKNOWN": "unclear"}
_TEXTS = ("METHODS", "PARTICIPANTS", "INTERVENTIONS", "OUTCOMES", "NOTES")
_STUDIES = "STUDIES_AND_REFERENCES/STUDIES"
_OTHERS = {"EXCLUDED_STUDIES": "excluded", "AWAITING_STUDIES": "awaiting assessment", "ONGOING_STUDIES": "ongoing"}


def _recognises(path: Path, start: bytes) -> bool:  # noqa: ARG001 - the content tells it
    return b"<COCHRANE_REVIEW" in start


def read(path: Path) -> Imported:
    """The records of a review."""
    return records(review(path))


def review(path: Path) -> Review:
    """The review as it stands in the file. Raises Refused where the file cannot be read."""
    try:
        root = cast(Element, fromstring(path.read_bytes(), forbid_dtd=False))
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        expected = "a whole RevMan 5 file; save it again from RevMan"
        raise Refused([Problem(path.name, None, None, f"XML that cannot be read ({error})", expected)]) from error
    if root.tag != "COCHRANE_REVIEW":
        raise Refused([Problem(path.name, None, None, f"XML of a {root.tag}", "a COCHRANE_REVIEW")])
    version = root.get("REVMAN_SUB_VERSION") or root.get("REVMAN_VERSION", "5")
    one = Review(
        path, Imported(path.name, FORMAT.title), _text(root.find("COVER_SHEET/TITLE")), note=f"RevMan {version}"
    )
    one.doi = root.get("DOI", "")
    numbers = count(2)
    _studies(root, one, numbers)
    for comparison in root.iter("COMPARISON"):
        for outcome in comparison:
            _outcome(comparison, outcome, one, numbers)
    _risk_of_bias(root, one, numbers)
    return one


def _text(element: Element | None) -> str:
    """The text inside an element, paragraphs and all, in one line."""
    return " ".join(" ".join(element.itertext()).split()) if element is not None else ""


# studies


def _studies(root: Element, one: Review, numbers: Iterator[int]) -> None:
    about = {each.get("STUDY_ID", ""): each for each in root.iter("INCLUDED_CHAR")}
    for each in root.iterfind(f"{_STUDIES}/INCLUDED_STUDIES/STUDY"):
        key = each.get("ID", "")
        told = [(name.capitalize(), _text(about[key].find(f"CHAR_{name}"))) for name in _TEXTS if key in about]
        texts = tuple(pair for pair in told if pair[1])
        label = each.get("NAME") or _decoded(key)
        one.studies[key] = Study(next(numbers), label, each.get("YEAR", "").rstrip("."), texts)
    for group, word in _OTHERS.items():
        for each in root.iterfind(f"{_STUDIES}/{group}/STUDY"):
            one.account.left(f"study {each.get('NAME', '')}", f"a study that is {word}", "it has no results here")


def _decoded(key: str) -> str:
    """The name behind a study's id: STD-MRC_x002d_1 is MRC-1."""
    plain = re.sub("_x([0-9a-f]{4})_", lambda found: chr(int(found[1], 16)), key.removeprefix("STD-"))
    return plain.replace("-", " ") if plain == key.removeprefix("STD-") else plain


# analyses


def _outcome(comparison: Element, outcome: Element, one: Review, numbers: Iterator[int]) -> None:
    name = outcome.tag.removesuffix("_OUTCOME")
    if name == outcome.tag:
        return
    place = f"analysis {comparison.get('NO', '?')}.{outcome.get('NO', '?')}"
    if name not in _TYPES:
        one.account.left(place, _text(outcome.find("NAME")), f"analyses of the type {name} have no numbers to pool")
        return
    kind = cast(Type, name)
    labels = _text(outcome.find("GROUP_LABEL_1")), _text(outcome.find("GROUP_LABEL_2"))
    made = Analysis(
        comparison.get("NO", ""), outcome.get("NO", ""), _text(comparison.find("NAME")), _text(outcome.find("NAME")),
        kind, outcome.get("METHOD", "IV"), _measure(outcome), outcome.get("RANDOM") == "YES",
        (labels[0] or "Experimental", labels[1] or "Control"), _result(outcome, next(numbers)),
        level=outcome.get("CI_TOTAL", "95"), level_study=outcome.get("CI_STUDY", "95"),
        swap=outcome.get("SWAP_EVENTS") == "YES", logs=outcome.get("LOG_DATA") == "YES",
    )  # fmt: skip
    rows = outcome.findall(f"{kind}_DATA")
    if rows:
        made.parts.append(Part("", [_row(each, numbers) for each in rows]))
    for group in outcome.iterfind(f"{kind}_SUBGROUP"):
        result = _result(group, next(numbers), shown=outcome.get("TOTALS") != "NO")
        label = _text(group.find("NAME")) or f"subgroup {group.get('NO', '')}"
        made.parts.append(Part(label, [_row(each, numbers) for each in group.iterfind(f"{kind}_DATA")], result))
    one.analyses.append(made)


def _measure(outcome: Element) -> str:
    name = outcome.get("EFFECT_MEASURE") or _text(outcome.find("EFFECT_MEASURE"))
    return measure_named(name, raw=outcome.tag == "IV_OUTCOME" and outcome.get("LOG_DATA") == "NO")


def _result(element: Element, number: int, *, shown: bool = True) -> Result:
    get = element.get
    hidden = get("TOTALS") in {"NO", "SUB"}
    texts: dict[str, Any] = {
        ours: get(theirs, "")
        for ours, theirs in {
            "estimate": "EFFECT_SIZE", "lower": "CI_START", "upper": "CI_END", "z": "Z", "p": "P_Z", "q": "CHI2",
            "df": "DF", "p_q": "P_CHI2", "i2": "I2", "tau2": "TAU2", "q_between": "Q", "p_between": "P_Q",
            "total_1": "TOTAL_1", "total_2": "TOTAL_2",
        }.items()
    }  # fmt: skip
    if get("ESTIMABLE") == "NO":
        texts["estimate"] = ""
    return Result(number, **texts, shown=shown and not hidden)


def _row(element: Element, numbers: Iterator[int]) -> Row:
    get = element.get
    groups = [
        Group(get(f"EVENTS_{at}", ""), get(f"TOTAL_{at}", ""), get(f"MEAN_{at}", ""), get(f"SD_{at}", ""))
        for at in "12"
    ]
    return Row(
        next(numbers), get("STUDY_ID", ""), groups[0], groups[1], estimate=get("EFFECT_SIZE", ""),
        lower=get("CI_START", ""), upper=get("CI_END", ""), se=get("SE", ""), weight=get("WEIGHT", ""),
        effect=get("ESTIMATE", ""), effect_se=get("SE", "") if get("ESTIMATE") else "", o_e=get("O_E", ""),
        variance=get("VAR", ""), estimable=get("ESTIMABLE") != "NO", note=_text(element.find("FOOTNOTE")),
    )  # fmt: skip


# risk of bias


def _risk_of_bias(root: Element, one: Review, numbers: Iterator[int]) -> None:
    of_trials = root.get("TYPE", "INTERVENTION") == "INTERVENTION"
    for item in root.iterfind("QUALITY_ITEMS/QUALITY_ITEM"):
        core = of_trials and item.get("CORE_ITEM") == "YES"
        groups = {each.get("ID", ""): _text(each.find("NAME")) for each in item.iter("QUALITY_ITEM_DATA_ENTRY_GROUP")}
        domain = _text(item.find("NAME"))
        for entry in item.iterfind("QUALITY_ITEM_DATA/QUALITY_ITEM_DATA_ENTRY"):
            answer = (_JUDGED if core else _ANSWERED).get(entry.get("RESULT", ""), "")
            tool, support = "RoB 1" if core else "other", _text(entry.find("DESCRIPTION"))
            group = groups.get(entry.get("GROUP_ID", ""), "")
            study = entry.get("STUDY_ID", "")
            if study not in one.studies:
                one.account.left(f"risk of bias, {domain}", _decoded(study), "it is no included study")
            else:
                one.judgements.append(Judgement(next(numbers), study, tool, domain, answer, support, group))


FORMAT = Format("revman-5", "RevMan 5 review", (".rm5",), _recognises, read)
