"""Ids made of titles, and which groups of the modules of a registry record are one arm: those of one title."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

LONGEST = 48
"""Characters of the part of an id that is made of a title."""
_FILLERS = frozenset(
    (
        "a", "an", "and", "are", "as", "at", "by", "for", "from", "had", "has", "have", "in", "into", "is", "of",
        "on", "or", "per", "that", "the", "their", "to", "was", "were", "who", "with", "number", "percentage",
        "percent", "proportion", "count", "participants", "participant", "patients", "subjects", "subject",
    )
)  # fmt: skip
_SIGNS = {"≥": " ge ", "≤": " le ", ">": " gt ", "<": " lt ", "%": " pct ", "+": " plus ", "µ": "u", "μ": "u"}
_UNITS = r"(?:mg|g|kg|ml|l|µg|ug|mcg|iu|units?|mmol|gy|x|hours?|days?|weeks?|months?|years?|times?|doses?|cycles?|tablets?|injections?)\b"
_NUMBERED = re.compile(
    rf"^(?:(?:arm|group|cohort|part)\s+)?[0-9a-z][.):]\s+|^[0-9]\s+(?!{_UNITS})(?=[a-z])", re.IGNORECASE
)
_PREFACE = re.compile(
    r"^(?:patients|participants|subjects|individuals|those)\s+(?:who\s+)?(?:were\s+)?"
    r"(?:received|receiving|randomi[sz]ed to|assigned to|allocated to|treated with|in|on)\s+(?:the\s+)?",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\s+(?:group|arm)$", re.IGNORECASE)


def slug(title: str, longest: int = LONGEST) -> str:
    """A title as a short id: its telling words, with a few digits of a checksum where it had to be cut.

    >>> slug("Number of Participants With Serious Adverse Events")
    'serious-adverse-events'
    """
    text = title.casefold()
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    words = re.findall(r"[^\W_]+", text)
    telling = [word for word in words if word not in _FILLERS] or words or ["untitled"]
    whole = "-".join(telling)
    if len(whole) <= longest:
        return whole
    mark = hashlib.sha256(whole.encode()).hexdigest()[:4]
    return f"{whole[: longest - 5].rpartition('-')[0] or whole[: longest - 5]}-{mark}"


def normalised(title: str) -> str:
    """A title without what people vary: case, spaces, closing points."""
    return " ".join(title.casefold().split()).strip(" .;,:")


def bare(title: str) -> str:
    """A title without its number and without words that only say that it is a group.

    >>> bare("2. Repaglinide"), bare("Patients Who Received Repaglinide"), bare("Repaglinide group")
    ('repaglinide', 'repaglinide', 'repaglinide')
    """
    found = _SUFFIX.sub("", _PREFACE.sub("", _NUMBERED.sub("", normalised(title))))
    return found or normalised(title)


@dataclass(frozen=True, slots=True)
class Group:
    """A group as one module names it."""

    module: str
    id: str
    title: str
    description: str = ""


@dataclass(slots=True)
class Arm:
    """Groups of several modules that are taken as one arm."""

    id: str
    groups: list[Group] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The title in the first module that has the arm."""
        return self.groups[0].title

    @property
    def titles(self) -> list[str]:
        """Every title it has, each once."""
        return list(dict.fromkeys(each.title for each in self.groups))

    def in_module(self, *names: str) -> bool:
        """Whether one of these modules has the arm."""
        return any(each.module in names for each in self.groups)


def arms_of(groups: Sequence[Group]) -> list[Arm]:
    """The arms, in the order in which they come first. Groups of one module are never put together."""
    clusters = _same_titles(groups)
    merged = _same_bare_titles(clusters)
    taken: set[str] = set()
    in_order = sorted(merged, key=lambda cluster: groups.index(cluster[0]))
    return [Arm(unused(slug(bare(each[0].title)), taken), each) for each in in_order]


def unused(name: str, taken: set[str]) -> str:
    """The name, or the name with the first number that is free; noted as taken."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    taken.add(free)
    return free


def _same_titles(groups: Iterable[Group]) -> list[list[Group]]:
    clusters: dict[tuple[str, int], list[Group]] = defaultdict(list)
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for each in groups:
        name = normalised(each.title)
        seen[each.module, name] += 1
        clusters[name, seen[each.module, name]].append(each)
    return list(clusters.values())


def _same_bare_titles(clusters: list[list[Group]]) -> list[list[Group]]:
    """Put clusters together whose bare titles are one, where that puts no two groups of a module together."""
    alike: dict[str, list[list[Group]]] = defaultdict(list)
    for each in clusters:
        alike[bare(each[0].title)].append(each)
    found = []
    for those in alike.values():
        together = [group for cluster in those for group in cluster]
        modules = [group.module for group in together]
        found += [together] if len(set(modules)) == len(modules) else those
    return found
