"""Findings as text: one screen for the terminal, or every finding with its explanations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from curation.engine.findings import ORDER, Finding
from curation.engine.run import Checked
from curation.report.wording import NO_SOURCE, OUTCOME_MEANING, SEVERITY_MEANING, amount, by_source, severities, wrapped
from schemas.registry import KINDS, RECORDS

SCREEN = 45
"""Lines of one screen."""
_FEWEST = 6
"""Lines a source takes at least: its heading, one finding, and how many more there are."""
_COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "note": "\x1b[36m"}


def terminal(
    checked: Checked,
    *,
    came_in: Mapping[str, int],
    report: Path | None,
    width: int,
    lines: int = SCREEN,
    tty: bool = False,
) -> str:
    """One screen: what came in, what was checked, the findings by source with the gravest first, and where the rest is.

    Args:
        checked: what the check found.
        came_in: rows by kind, entities and records.
        report: where the full report lies, if one was written.
        width: columns of the terminal.
        lines: lines of the screen; findings that do not fit are counted.
        tty: whether a person sees it in a terminal that shows colours.
    """
    top = [
        *wrapped(_came_in(checked, came_in), width),
        "",
        *wrapped(_was_checked(checked), width),
        "",
        *_total(checked, width),
    ]
    end = ["", *wrapped(f"The whole report is in {report}", width)] if report else []
    rest = f" in {report.name}" if report else "; curation check --format text lists them all"
    middle = _sources(checked, width, lines - len(top) - len(end), rest)
    text = "\n".join([*top, *middle, *end])
    return _coloured(text) if tty else text


def full_text(checked: Checked, width: int = 100, asked: Mapping[str, str] | None = None) -> str:
    """Every finding with its explanations, by source, gravest first; ``asked`` are open questions by fingerprint."""
    found: list[str] = []
    for source, findings in by_source(checked.findings).items():
        found += [_heading(source, findings), ""]
        for one in findings:
            question = (asked or {}).get(one.fingerprint)
            about = wrapped(question, width, "    ", "      ") if question else []
            found += [*_sentence(one, width), *_details(one, width), *about, ""]
    return "\n".join([*found, *wrapped(_was_checked(checked), width), "", *_total(checked, width)]) + "\n"


def _came_in(checked: Checked, came_in: Mapping[str, int]) -> str:
    given = {kind: f"{came_in[kind]:,} {model.label_plural}" for kind, model in KINDS.items() if came_in.get(kind)}
    entities = [text for kind, text in given.items() if kind not in RECORDS]
    records = [text for kind, text in given.items() if kind in RECORDS]
    kinds = f" ({', '.join(records)})" if records else ""
    about = ", ".join([*entities, f"{amount(checked.records, 'record')}{kinds}"])
    return f"Came in: {about}; {amount(checked.printed_numbers, 'printed number')}."


def _was_checked(checked: Checked) -> str:
    summary = checked.summary()
    asked = sum(1 for tally in checked.tallies.values() if tally.checked)
    return (
        f"Checked {summary['checked']:,} times with {amount(asked, 'rule')}: {summary['consistent']:,} consistent, "
        f"{summary['cannot_tell']:,} cannot tell ({OUTCOME_MEANING['cannot tell']}), {summary['contradicts']:,} contradict"
        f"{f' ({repeated:,} of them the same for several extractors, listed once)' if (repeated := summary['repeated']) else ''}."
    )


def _total(checked: Checked, width: int) -> list[str]:
    counts = severities(checked.findings)
    if not checked.findings:
        return wrapped("Findings: none. Nothing that could be checked contradicts itself.", width)
    open_ones = ", ".join(
        f"{amount(count, severity)} ({SEVERITY_MEANING[severity]})" for severity, count in counts.items() if count
    )
    waived = checked.summary()["waived"]
    accepted = f"{waived:,} accepted with a reason" if waived else ""
    return wrapped(f"Findings: {'; '.join(part for part in (open_ones, accepted) if part)}.", width)


def _sources(checked: Checked, width: int, lines: int, rest: str) -> list[str]:
    """The sources that fit, each with as many of its findings as fit; every source gets its first before any its second."""
    groups = list(by_source(checked.findings).items())
    shown = [(source, _varied(findings)) for source, findings in groups[: max(1, (lines - 2) // _FEWEST)]]
    left = lines - 3 * len(shown) - (2 if len(groups) > len(shown) else 0)
    taken: list[list[list[str]]] = [[] for _ in shown]
    for turn in range(max((len(findings) for _, findings in shown), default=0)):
        for number, (_, findings) in enumerate(shown):
            block = _sentence(findings[turn], width) if turn == len(taken[number]) and turn < len(findings) else []
            if block and len(block) <= left:
                taken[number].append(block)
                left -= len(block)
    out = [
        line
        for (source, findings), blocks in zip(shown, taken, strict=True)
        for line in _source(source, findings, blocks, rest)
    ]
    return out + _further(groups[len(shown) :], width, rest)


def _further(groups: list[tuple[str, list[Finding]]], width: int, rest: str) -> list[str]:
    if not groups:
        return []
    count = sum(len(findings) for _, findings in groups)
    return ["", *wrapped(f"And {amount(count, 'finding')} in {amount(len(groups), 'more source')}{rest}.", width)]


def _varied(findings: list[Finding]) -> list[Finding]:
    """Gravest first, and of one severity the first finding of each rule before the second of any."""
    seen: Counter[str] = Counter()
    keyed = []
    for number, one in enumerate(findings):
        seen[one.rule] += 1
        keyed.append(
            (one.status != "open", ORDER[one.severity], not one.changes_conclusion, seen[one.rule], number, one)
        )
    return [each[-1] for each in sorted(keyed, key=lambda key: key[:-1])]


def _source(source: str, findings: list[Finding], blocks: list[list[str]], rest: str) -> list[str]:
    hidden = len(findings) - len(blocks)
    more = [f"  and {hidden:,} more{rest}" if blocks else f"  {hidden:,}{rest}"] if hidden else []
    return ["", _heading(source, findings), *(line for block in blocks for line in block), *more]


def _heading(source: str, findings: list[Finding]) -> str:
    counts = [amount(count, severity) for severity, count in severities(findings).items() if count]
    waived = sum(1 for one in findings if one.status == "waived")
    return f"{source or NO_SOURCE}: {', '.join([*counts, *([f'{waived:,} waived'] if waived else [])])}"


def _sentence(one: Finding, width: int) -> list[str]:
    word = one.severity.upper() if one.status == "open" else f"{one.status} {one.severity}"
    message = one.message.removeprefix(f"{one.source}, ").removeprefix(f"{one.source}: ")
    return wrapped(f"{word}  {message} [{one.rule}]", width, "  ", "    ")


def _details(one: Finding, width: int) -> Iterable[str]:
    if one.changes_conclusion:
        yield from wrapped("This changes the conclusion.", width, "    ")
    for each in one.explanations:
        yield from wrapped(f"- {each}", width, "    ", "      ")
    if one.status != "open":
        yield from wrapped(f"{one.status} by {one.decided_by}: {one.reason}", width, "    ")
    yield f"    fingerprint {one.fingerprint}"


def _coloured(text: str) -> str:
    lines = text.split("\n")
    for severity in ORDER:
        word = f"  {severity.upper()}  "
        lines = [
            f"  {_COLOURS[severity]}{severity.upper()}\x1b[0m  {line[len(word) :]}" if line.startswith(word) else line
            for line in lines
        ]
    return "\n".join(lines)
