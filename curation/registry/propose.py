"""Which arm and which outcome of a registry record may be which of the publication: proposals with a score and reasons.

Nothing is matched in silence; ``curation.registry.confirm`` writes what a person confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from curation.registry.beside import ArmSide, OutcomeSide, Together
from curation.registry.titles import Alike, Title, alike, words_alike

LEAST = 0.35
"""Score below which no match is proposed."""
CLOSE = 0.1
"""Another that scores so little less is named, too."""
_CONCEPTS = {
    "deaths": r"\bdeaths?\b|\bmortality\b|\bdied\b|\bfatal", "serious adverse events": r"\bserious\b.*\b(?:adverse )?events?\b|\bSAEs?\b",
    "other adverse events": r"\bother\b.*\badverse events?\b|\bnon[- ]?serious\b",
}  # fmt: skip
_OF_MEASURES = re.compile(
    r"^(?:registered )?(primary|secondary|other|other-pre-specified|post-hoc) outcome", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One of the registry with its best partner, or with none; ``rivals`` score nearly as much."""

    of: str
    label: str
    what: str
    to: str | None
    to_label: str = ""
    score: float = 0.0
    reasons: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    numbers: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


def arms(both: Together) -> list[Proposal]:
    """The arms of the registry record that are not the publication's yet, each with its partner."""
    if both.publication is None:
        return []
    taken = {each.id for each in both.publication.arms} if both.publication.study == both.registry.study else set()
    ours = [each for each in both.registry.arms if each.id not in taken]
    done = {each.id for each in both.registry.arms} & taken
    theirs = [each for each in both.publication.arms if each.id not in done]
    scores = [[_arms_alike(one, two) for two in theirs] for one in ours]
    return [
        Proposal(one.id, one.label, one.role, *_partner(theirs, row, place))
        for one, row, place in zip(ours, scores, _assigned(scores), strict=True)
    ]


def _arms_alike(one: ArmSide, two: ArmSide) -> Alike:
    if (one.role == "total") != (two.role == "total"):
        return Alike(0.0, ())
    if one.role == two.role == "total":
        return Alike(1.0, ("both are everyone",))
    found = alike(Title.of(one.label, one.role), Title.of(two.label, two.role))
    if one.size and one.size == two.size and found.score:
        return Alike(min(1.0, round(found.score + 0.05, 2)), (*found.reasons, f"both of {one.size} participants"))
    return found


def outcomes(both: Together) -> list[Proposal]:
    """Deaths, serious events and the outcome measures of the registry record, each with its partner."""
    if both.publication is None:
        return []
    taken = {each.id for each in both.publication.outcomes}
    ours = [
        each
        for each in both.registry.outcomes
        if each.id not in taken and (_concept(each) or _OF_MEASURES.match(each.note))
    ]
    done = {each.id for each in both.registry.outcomes} & taken
    theirs = [each for each in both.publication.outcomes if each.id not in done]
    scores = [[_outcomes_alike(one, two) for two in theirs] for one in ours]
    found = []
    for one, row, place in zip(ours, scores, _assigned(scores), strict=True):
        to, label, score, reasons, rivals = _partner(theirs, row, place)
        numbers = next((two.numbers for two in theirs if two.id == to), ())
        found.append(Proposal(one.id, one.label, _what(one), to, label, score, reasons, rivals, (one.numbers, numbers)))
    return sorted(found, key=lambda each: _ORDER.index(each.what) if each.what in _ORDER else len(_ORDER))


_ORDER = [*_CONCEPTS, "primary outcome", "secondary outcome"]


def _what(one: OutcomeSide) -> str:
    measure = _OF_MEASURES.match(one.note)
    return _concept(one) or (f"{measure[1].lower()} outcome" if measure else "")


def _concept(one: OutcomeSide) -> str:
    """Which of the totals every registry record has an outcome is, if any; outcome measures are none of them."""
    if _OF_MEASURES.match(one.note) or re.search(r"-(?:serious|other)-", one.id):
        return ""
    return next((name for name, pattern in _CONCEPTS.items() if re.search(pattern, one.label, re.IGNORECASE)), "")


def _outcomes_alike(one: OutcomeSide, two: OutcomeSide) -> Alike:
    concept = _concept(one)
    if concept:
        return Alike(1.0, (f"both are {concept}",)) if concept == _concept(two) else Alike(0.0, ())
    return words_alike(one.label, two.label)


def _assigned(scores: Sequence[Sequence[Alike]]) -> list[int | None]:
    """For every row its column in the best assignment of all."""
    if not scores or not scores[0]:
        return [None] * len(scores)
    gains = np.array([[each.score for each in row] for row in scores])
    rows, columns = linear_sum_assignment(gains, maximize=True)
    best = dict(zip(rows.tolist(), columns.tolist(), strict=True))
    return [
        best.get(place) if place in best and gains[place, best[place]] >= LEAST else None
        for place in range(len(scores))
    ]


def _partner(
    theirs: Sequence[ArmSide | OutcomeSide], row: Sequence[Alike], place: int | None
) -> tuple[str | None, str, float, tuple[str, ...], tuple[str, ...]]:
    if place is None:
        return None, "", max((each.score for each in row), default=0.0), (), ()
    own = row[place]
    rivals = [
        one.id
        for one, each in zip(theirs, row, strict=True)
        if each is not own and each.score >= max(LEAST, own.score - CLOSE)
    ]
    return theirs[place].id, theirs[place].label, own.score, own.reasons, tuple(rivals)
