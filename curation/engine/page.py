"""The catalogue page of a rule: what it says, the identity, rounding, source, examples with what they give, limits."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from curation.engine.examples import found_in
from curation.engine.rule import Example, Rule
from schemas.thresholds import Threshold


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines; each line stands on its own."""

    title: str
    lines: tuple[str, ...]


def sections(rule: Rule) -> list[Section]:
    """Everything to know about a rule, in the order in which a reader asks."""
    body = inspect.cleandoc(rule.identity.__doc__ or "").partition("\n")[2].strip()
    reads = ", ".join(name if required else f"{name} (if given)" for name, required in rule.arguments.items())
    made = [
        Section("What it asks", tuple(each.strip() for each in body.split("\n\n")) if body else ()),
        Section("Reads", (reads,)),
        Section("Other readings", tuple(f"{each.name}: {each.severity}" for each in rule.readings)),
        Section("Settings", tuple(_setting(each) for each in rule.thresholds)),
        Section("Cannot see", (rule.limits,) if rule.limits else ()),
        Section("Silent when these already speak", (", ".join(rule.after),) if rule.after else ()),
        Section("Source", (rule.source,)),
        Section("Held against", (rule.oracle,) if rule.oracle else ()),
        Section("Consistent", tuple(shown(each) for each in rule.consistent)),
        Section("Contradicts", tuple(_contradiction(rule, each) for each in rule.inconsistent)),
        Section("Cannot tell", tuple(shown(each) for each in rule.cannot_tell)),
    ]
    return [each for each in made if each.lines]


def _setting(one: Threshold) -> str:
    return f"{one.name} = {one.default:g}: {one.meaning}. {one.source}"


def shown(example: Example) -> str:
    """An example in one line: its fields, rows set apart by bars."""
    if isinstance(example, Mapping):
        return ", ".join(f"{name} {value}" for name, value in example.items())
    return " | ".join(shown(each) for each in example)


def _contradiction(rule: Rule, example: Example) -> str:
    return "\n".join([shown(example), *_said(rule, example)])


def _said(rule: Rule, example: Example) -> Iterator[str]:
    for each in found_in(rule, example).findings:
        yield f"  {each.severity}: {each.message}"
        yield from (f"  {reason}" for reason in each.explanations)


def text(rule: Rule) -> str:
    """The page as plain text."""
    lines = [f"{rule.id} {rule.name} ({rule.severity})", "", f"{rule.title}."]
    for each in sections(rule):
        lines += ["", each.title, *(f"  {line}" for one in each.lines for line in one.splitlines())]
    return "\n".join(lines)


def markdown(rule: Rule) -> str:
    """The page as Markdown."""
    lines = [f"# {rule.id}: {rule.title}", "", f"`{rule.name}`, {rule.severity}."]
    for each in sections(rule):
        lines += ["", f"## {each.title}", "", *_paragraphs(each)]
    return "\n".join(lines) + "\n"


def _paragraphs(one: Section) -> Sequence[str]:
    if one.title in ("Consistent", "Contradicts", "Cannot tell", "Other readings", "Settings"):
        return [
            f"{' ' * (len(line) - len(line.lstrip()))}- {escaped(line.lstrip())}"
            for every in one.lines
            for line in every.splitlines()
        ]
    return [part for line in one.lines for part in (line, "")][:-1]


def escaped(line: str) -> str:
    """A line in which Markdown sees no signs of its own."""
    return line.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("~", "\\~")
