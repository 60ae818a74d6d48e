"""Findings as the page lists them: numbered, split in parts, with names instead of ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from curation.engine.findings import ORDER, Finding
from curation.engine.rule import Rule
from curation.report.html.facts import Names
from curation.report.wording import NO_SOURCE, Parts, by_source, family, parts

SYMBOL = {"error": "✕", "warning": "▲", "note": "●"}
"""Beside colour and word: a shape for each severity."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding on the page."""

    number: int
    finding: Finding
    parts: Parts
    about: str
    family: str

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return f"finding-{self.number}"

    @property
    def symbol(self) -> str:
        """The shape of its severity."""
        return SYMBOL[self.finding.severity]


@dataclass(frozen=True, slots=True)
class Listing:
    """The findings on the page, by source; which records they name; and how many are left to findings.json."""

    groups: list[tuple[str, str, list[Entry]]]
    """Id of the source, its title, its findings."""
    by_record: Mapping[str, list[Entry]]
    left_out: int

    @property
    def entries(self) -> list[Entry]:
        """All findings on the page, in their order."""
        return [each for _, _, entries in self.groups for each in entries]


def listing(
    findings: Sequence[Finding], rules: Sequence[Rule], labels: Names, said: Mapping[str, str], most: int
) -> Listing:
    """Number the findings; if there are more than ``most``, the gravest stay.

    Args:
        findings: in the order of the check.
        rules: the rules that were asked.
        labels: labels of studies, arms and outcomes.
        said: what each record is about, by its id.
        most: findings on the page.
    """
    known = {each.id: each for each in rules}
    kept = by_source(_gravest(findings, most))
    ordered = [one for several in kept.values() for one in several]
    entries = [
        Entry(number, one, parts(one, known), _about(one, labels, said), family(one.rule))
        for number, one in enumerate(ordered, start=1)
    ]
    by_record: dict[str, list[Entry]] = {}
    for each in entries:
        for record in filter(None, each.finding.records):
            by_record.setdefault(record, []).append(each)
    return Listing(list(_grouped(entries, labels)), by_record, len(findings) - len(ordered))


def _gravest(findings: Sequence[Finding], most: int) -> list[Finding]:
    if len(findings) <= most:
        return list(findings)
    order = sorted(
        range(len(findings)), key=lambda at: (findings[at].status != "open", ORDER[findings[at].severity], at)
    )
    return [findings[at] for at in sorted(order[:most])]


def _about(one: Finding, labels: Names, said: Mapping[str, str]) -> str:
    measured = said.get(one.records[0] if one.records else "") or labels.get(("outcome", one.outcome), one.outcome)
    whose = labels.get(("study", one.study), one.study), labels.get(("arm", one.study, one.arm), one.arm)
    return " · ".join(part for part in (*whose, measured) if part)


def _grouped(entries: Iterable[Entry], labels: Names) -> Iterable[tuple[str, str, list[Entry]]]:
    groups: dict[str, list[Entry]] = {}
    for each in entries:
        groups.setdefault(each.finding.source, []).append(each)
    for source, several in groups.items():
        yield source, labels.get(("source", source), "") if source else NO_SOURCE.capitalize(), several
