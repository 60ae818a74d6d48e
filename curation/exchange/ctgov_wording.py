"""What the words of a registry record say: kinds of statistics, dispersions, units, times, P values."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Dispersion = Literal["none", "sd", "se", "interval", "quartiles", "range", "other"]


class Spread(NamedTuple):
    """A dispersion, and the level where it is an interval."""

    kind: Dispersion
    level: str = ""


_TIME_UNIT = re.compile(r"^(?:in\s+)?(days?|weeks?|months?|years?)\b\.?$", re.IGNORECASE)
_TO_EVENT = re.compile(
    r"surviv|\btime (?:to|until|from)\b|duration|\b(?:OS|PFS|DFS|EFS|TTP|DOR)\b|progression|relapse[- ]free|event[- ]free|remission",
    re.IGNORECASE,
)
_ESTIMATED = re.compile(
    r"kaplan|meier|\bKM\b|cumulative incidence|life[- ]table|actuarial|surviv|event[- ]free|probability", re.IGNORECASE
)
_INCIDENCE = re.compile(r"cumulative incidence|competing", re.IGNORECASE)
_PARTICIPANTS = re.compile(
    r"^(?:number of |count of )?(?:participants?|patients?|subjects?|individuals|persons?|people)\b(?! ?[-/]? ?(?:years?|months?|days?))",
    re.IGNORECASE,
)
_PEOPLE = r"(?:participants?|patients?|subjects?|individuals|responders?|people)"
_PERCENT = re.compile(
    rf"^(?:%|percent(?:age)?)(?: ?\(%\))?(?: of)?(?: (?:all|the|total|randomi[sz]ed|treated))? ?{_PEOPLE}(?: (?:with|who|achieving|having)\b.*)?$",
    re.IGNORECASE,
)
_PERCENT_ALONE = re.compile(r"^(?:%|percent(?:age)?(?: ?\(%\))?)$", re.IGNORECASE)
_OF_PEOPLE = re.compile(rf"\b(?:percent(?:age)?s?|proportions?|%) of (?:\w+ )?{_PEOPLE}\b", re.IGNORECASE)
_RATE = re.compile(
    r"per\s+([0-9][0-9,]*\s+)?(?:patient|participant|person|subject)s?[- ]?(year|month|week|day)s?\b", re.IGNORECASE
)
_EVENTS = re.compile(
    r"^(?:number of )?(?:adverse )?(?:events?|episodes?|exacerbations?|attacks?|seizures?|falls?|bleeds?|infections?)$",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"^(?:at |through |up to |to )?(?:(?:week|wk|day|month|year|visit|cycle|hour|hr)s?\s*[0-9.]+|[0-9.]+(?:st|nd|rd|th)?[ -]?(?:weeks?|wks?|days?|months?|years?|hours?|hrs?|minutes?|mins?))"
    r"(?:\s*(?:post[- ]?dose|after .{1,30}|visit|follow[- ]?up))?$",
    re.IGNORECASE,
)
_CHANGE = re.compile(r"\bchanges?\b", re.IGNORECASE)
_PER = ("1", "10", "100", "1000", "10000", "100000", "1000000")


def param(text: str) -> str:
    """The code of a kind of statistic ("Least Squares Mean" and LEAST_SQUARES_MEAN are one)."""
    return re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_")


def spread_of(text: str) -> Spread:
    """What a dispersion is.

    >>> spread_of("95% Confidence Interval"), spread_of("CONFIDENCE_975").level, spread_of("Inter-Quartile Range").kind
    (Spread(kind='interval', level='95%'), '97.5%', 'quartiles')
    >>> spread_of("CONFIDENCE_OTHER").level
    'NR'
    """
    code = param(text)
    if code in {"", "NA", "N_A"}:
        return Spread("none")
    level = re.search(r"([0-9]+(?:\.[0-9]+)?)\s*%", text)
    if "CONFIDENCE" in code or "CREDIBLE" in code:
        digits = re.search(r"CONFIDENCE_(?:INTERVAL_)?([0-9]{2})([0-9]?)$", code)
        coded = f"{digits[1]}.{digits[2]}%".replace(".%", "%") if digits else "NR"
        return Spread("interval", f"{level[1]}%" if level else coded)
    known: dict[str, Dispersion] = {"STANDARD_DEVIATION": "sd", "STANDARD_ERROR": "se", "STANDARD_ERROR_OF_MEAN": "se",
                                    "STANDARD_ERROR_OF_THE_MEAN": "se", "INTER_QUARTILE_RANGE": "quartiles", "FULL_RANGE": "range"}  # fmt: skip
    return Spread(known.get(code, "other"))


def time_unit(unit: str) -> str:
    """The code of a unit of time, or blank."""
    found = _TIME_UNIT.match(unit.strip())
    return f"{found[1].lower().rstrip('s')}s" if found else ""


def is_time_to_event(words: str) -> bool:
    """Whether a quantity in units of time is the time to an event."""
    return _TO_EVENT.search(words) is not None


def estimator_of(words: str) -> str:
    """How a percentage was estimated, as far as the words say."""
    if _INCIDENCE.search(words):
        return "cumulative_incidence"
    return "kaplan_meier" if _ESTIMATED.search(words) else "proportion"


def counts_participants(unit: str) -> bool:
    """Whether a unit is participants.

    >>> counts_participants("Participants"), counts_participants("participant-years"), counts_participants("eyes")
    (True, False, False)
    """
    return _PARTICIPANTS.match(unit.strip()) is not None and not _RATE.search(unit)


def is_percentage(unit: str, title: str = "") -> bool:
    """Whether a unit is a percentage of participants; a bare "%" is where the title says so.

    >>> is_percentage("Percentage of participants"), is_percentage("% body mass"), is_percentage("percent change")
    (True, False, False)
    >>> is_percentage("%", "Percentage of Participants With Response"), is_percentage("%", "Adherence")
    (True, False)
    """
    words = " ".join(unit.split())
    if _PERCENT_ALONE.match(words):
        return _OF_PEOPLE.search(title) is not None
    return _PERCENT.match(words) is not None


def counts_events(unit: str) -> bool:
    """Whether a unit is events, of which one participant may have several."""
    return _EVENTS.match(unit.strip()) is not None


def person_time(unit: str) -> tuple[str, str] | None:
    """What a rate is given per: the number and the unit of time; None where it is no rate.

    >>> person_time("Events per 100 patient-years"), person_time("mg/dL")
    (('100', 'years'), None)
    """
    found = _RATE.search(unit)
    if not found:
        return None
    per = (found[1] or "1").strip().replace(",", "")
    return (per, f"{found[2].lower()}s") if per in _PER else None


def is_when(title: str) -> bool:
    """Whether a title is nothing but a time.

    >>> is_when("Week 16"), is_when("12 months"), is_when("Week 16 responders")
    (True, True, False)
    """
    return _WHEN.match(title.strip()) is not None


def is_change(title: str) -> bool:
    """Whether a title speaks of a change."""
    return _CHANGE.search(title) is not None


def p_value(text: str) -> str:
    """A P value as papers print it; "0.0001 <" says that P is below it.

    >>> p_value("0.0001 <"), p_value("<0.001"), p_value("p = 0.03")
    ('<0.0001', '<0.001', 'p = 0.03')
    """
    found = re.fullmatch(r"\s*([0-9.]+)\s*([<>]=?|[≤≥])\s*", text)
    return f"{found[2]}{found[1]}" if found else text
