"""How alike two titles are: the names in them, doses, how often, and whether they speak of a comparator."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher

from curation.exchange.ctgov_study import ADDED_TO, CONTROL

_DOSE = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*-?\s*(mg|g|kg|µg|μg|ug|mcg|ml|iu|units?|%|gy|mmol)(?:\s*/\s*(kg|m2|m²|day|d|ml))?\b",
    re.IGNORECASE,
)
_OFTEN = {
    "daily": r"\bq\.?d\b|\bonce (?:a day|daily)\b|\bdaily\b|\bo\.?d\b", "twice daily": r"\bb\.?i\.?d\b|\btwice (?:a day|daily)\b",
    "weekly": r"\bqw\b|\bq1w\b|\bonce (?:a week|weekly)\b|\bevery week\b|\bweekly\b", "every 2 weeks": r"\bq2w\b|\bevery (?:2|two|other) weeks?\b|\bbiweekly\b",
    "every 3 weeks": r"\bq3w\b|\bevery (?:3|three) weeks\b", "every 4 weeks": r"\bq4w\b|\bevery (?:4|four) weeks\b|\bmonthly\b",
}  # fmt: skip
_EMPTY = frozenset(
    ("a", "an", "and", "arm", "group", "of", "the", "with", "in", "to", "for", "by", "on", "at", "or", "from", "plus", "participants", "patients",
     "subjects", "treatment", "treated", "received", "receiving", "once", "twice", "day", "days", "week", "weeks", "daily", "weekly", "every", "dose", "number",
     "percentage", "proportion", "rate", "percent", "who", "had", "were", "was", "total")
)  # fmt: skip
_SHORTEST = 3
"""Letters of the shortest beginning that stands for a longer word ("len" for "lenalidomide")."""


@dataclass(frozen=True, slots=True)
class Title:
    """What a title says."""

    words: frozenset[str]
    doses: frozenset[str]
    often: frozenset[str]
    comparator: bool

    @classmethod
    def of(cls, text: str, role: str | None = None) -> Title:
        """Read a title; a role that is given decides about the comparator.

        >>> Title.of("Dupilumab 300 mg qw").doses, Title.of("Dupilumab 300 mg qw").often
        (frozenset({'300mg'}), frozenset({'weekly'}))
        """
        plain = text.casefold()
        often = frozenset(name for name, pattern in _OFTEN.items() if re.search(pattern, plain))
        if "twice daily" in often:
            often -= {"daily"}
        doses = frozenset(
            "".join(filter(None, (found[0].replace(",", "."), found[1], found[2] and f"/{found[2]}")))
            for found in _DOSE.findall(plain)
        )
        rest = _DOSE.sub(" ", plain)
        for pattern in _OFTEN.values():
            rest = re.sub(pattern, " ", rest)
        words = frozenset(word for word in re.findall(r"[^\W\d_][\w]*", rest) if word not in _EMPTY)
        said = CONTROL.search(text) is not None and not ADDED_TO.search(text)
        return cls(words, doses, often, {"control": True, "experimental": False}.get(role or "", said))


@dataclass(frozen=True, slots=True)
class Alike:
    """How alike two titles are, from 0 to 1, and why."""

    score: float
    reasons: tuple[str, ...]


def alike(one: Title, two: Title) -> Alike:
    """Compare two titles of arms: shared names, then what speaks for or against."""
    shared = _shared(one.words, two.words)
    score = _names(one, two, shared)
    reasons = [f"both say {', '.join(sorted(shared))}"] if shared else []
    if one.comparator and two.comparator:
        score = max(score, 0.7)
        reasons.append("both are the comparator")
    elif one.comparator != two.comparator:
        score *= 0.3
        reasons.append("one of them is the comparator")
    for name, first, second in (("dose", one.doses, two.doses), ("schedule", one.often, two.often)):
        if first and second:
            same = first == second or first <= second or second <= first
            score = min(1.0, score + 0.1) if same else score * 0.5
            reasons.append(f"the same {name}" if same else f"another {name}")
    return Alike(round(score, 2), tuple(reasons))


def _names(one: Title, two: Title, shared: Collection[str]) -> float:
    """How many of the names are shared; of titles that are nothing but a dose, whether it is the same."""
    if one.words and two.words:
        return 2 * len(shared) / (len(one.words) + len(two.words))
    return 0.6 if one.doses and one.doses == two.doses else 0.0


def words_alike(one: str, two: str) -> Alike:
    """Compare two titles of outcomes by their words."""
    first, second = Title.of(one), Title.of(two)
    shared = _shared(first.words, second.words)
    fewest = min(len(first.words), len(second.words))
    if not shared:
        return Alike(0.0, ())
    dice = 2 * len(shared) / (len(first.words) + len(second.words))
    return Alike(round((dice + len(shared) / fewest) / 2, 2), (f"both say {', '.join(sorted(shared))}",))


def _shared(one: Collection[str], two: Collection[str]) -> set[str]:
    """Words of the one that the other has too: the same, shortened, or with a letter more or less."""
    return {word for word in one if any(_same(word, other) for other in two)}


def _same(one: str, two: str) -> bool:
    if one == two:
        return True
    short, long = sorted((one, two), key=len)
    if len(short) >= _SHORTEST and long.startswith(short):
        return True
    return len(short) > 5 and SequenceMatcher(None, one, two).ratio() >= 0.85
