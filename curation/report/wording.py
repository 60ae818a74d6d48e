"""Words that every report uses: severities, outcomes of a check, amounts, and the sentence of a finding in parts."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from curation.engine.findings import ORDER, Finding
from curation.engine.rule import Rule

SEVERITY_MEANING = {
    "error": "cannot be true as printed",
    "warning": "may be true, but needs an explanation",
    "note": "worth a look",
}
"""What each severity says, worst first."""

OUTCOME_MEANING = {
    "consistent": "some set of true values rounds to everything that is printed",
    "cannot tell": "a number the rule needs is missing, unreadable, or too coarse to decide",
    "contradicts": "no set of true values rounds to everything that is printed",
}
"""What each of the three outcomes of a check says."""

NO_SOURCE = "the check itself"
"""Where a finding stands that is not about a source: a rule that stopped."""


def amount(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> amount(1, "error"), amount(1200, "error")
    ('1 error', '1,200 errors')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def severities(findings: Iterable[Finding]) -> dict[str, int]:
    """How many open findings of each severity, worst first; waived ones are left out."""
    counted = Counter(one.severity for one in findings if one.status == "open")
    return {severity: counted[severity] for severity in ORDER}


def by_source(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings by source, the source with the gravest ones first."""
    grouped: dict[str, list[Finding]] = {}
    for one in findings:
        grouped.setdefault(one.source, []).append(one)

    def gravity(source: str) -> tuple[int, ...]:
        return tuple(-count for count in severities(grouped[source]).values())

    return {source: grouped[source] for source in sorted(grouped, key=lambda name: (not name, gravity(name), name))}


@dataclass(frozen=True, slots=True)
class Parts:
    """The sentence of a finding, in the parts in which people read it."""

    what: str
    where: str
    printed: str
    expected: str
    look: str


def parts(one: Finding, rules: Mapping[str, Rule]) -> Parts:
    """Split a finding. One without a place or a known rule keeps its whole message as the first part."""
    known = rules.get(one.rule)
    where = ", ".join(
        text for text in (one.place, one.row and f"row {one.row}", one.column and f"column {one.column}") if text
    )
    printed = one.printed.removeprefix("printed ")
    if known is None or not one.source:
        return Parts(one.message, where if one.source else "", printed, one.expected, "")
    return Parts(f"{known.title}.", where, printed, one.expected, known.look)


def family(rule_id: str) -> str:
    """The part of a rule's id before its number."""
    return rule_id.rsplit("-", 1)[0]


def wrapped(text: str, width: int, indent: str = "", further: str | None = None) -> list[str]:
    """Text as lines of at most ``width`` characters; printed numbers and hyphenated names stay whole."""
    return textwrap.wrap(
        text, max(width, 30), initial_indent=indent, subsequent_indent=indent if further is None else further,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def listed(words: Sequence[str]) -> str:
    """Words as a list in a sentence.

    >>> listed(["6", "9", "8"])
    '6, 9 or 8'
    """
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
