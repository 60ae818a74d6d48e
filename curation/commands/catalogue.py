"""Commands that explain: rules and fields."""

from __future__ import annotations

import inspect
from pathlib import Path

import click

from curation.commands.common import chosen_rules, refusing
from curation.engine.rule import Rule


@click.command("rules")
@click.argument("rule_id", required=False, metavar="[ID]")
@click.option(
    "--rules", "folder", type=click.Path(path_type=Path), help="Folder with further rules of your own, one per file."
)
@refusing
def rules_command(rule_id: str | None, folder: Path | None) -> None:
    """List the rules, or show one of them whole.

    Example: curation rules COUNT-002
    """
    chosen = chosen_rules(folder, [rule_id] if rule_id else [])
    if rule_id and len(chosen) == 1:
        click.echo(rule_page(chosen[0]))
        return
    for each in sorted(chosen, key=lambda one: one.id):
        click.echo(f"{each.id:<14}{each.severity:<9}{each.title}")


def rule_page(rule: Rule) -> str:
    """One rule as its catalogue page, in plain text."""
    reads = ", ".join(name if required else f"{name} (if given)" for name, required in rule.arguments.items())
    body = inspect.cleandoc(rule.identity.__doc__ or "").partition("\n")[2].strip()
    parts = [
        f"{rule.id} {rule.name} ({rule.severity})", "", f"{rule.title}.", *(["", body] if body else []), "",
        f"Reads: {reads}", f"Source: {rule.source}",
    ]  # fmt: skip
    parts += [f"Silent when these already speak: {', '.join(rule.after)}"] if rule.after else []
    parts += [f"Held against: {rule.oracle}"] if rule.oracle else []
    parts += [f"Setting {each.name} = {each.default:g}: {each.meaning} ({each.source})" for each in rule.thresholds]
    parts += [f"Cannot see: {rule.limits}"] if rule.limits else []
    for title, found in (
        ("Consistent", rule.consistent),
        ("Contradicts", rule.inconsistent),
        ("Cannot tell", rule.cannot_tell),
    ):
        parts += ["", f"{title}:", *(f"  {_shown(example)}" for example in found)]
    parts += ["", *(f"Other reading ({each.severity}): {each.name}" for each in rule.readings)] if rule.readings else []
    return "\n".join(parts)


def _shown(example: object) -> str:
    if isinstance(example, dict):
        return ", ".join(f"{name} {value!r}" for name, value in example.items())
    return " | ".join(_shown(each) for each in example) if isinstance(example, (list, tuple)) else str(example)


@click.command("fields")
@click.argument("kind", required=False)
@refusing
def fields_command(kind: str | None) -> None:
    """List the kinds of records, or the fields of one kind with their meaning, type and example.

    Example: curation fields count
    """
    from schemas.reference import fields_text
    from schemas.registry import KINDS

    if kind is not None and kind not in KINDS:
        raise KeyError(f"there is no kind {kind!r}; kinds are {', '.join(KINDS)}")
    if kind is None:
        for name, model in KINDS.items():
            click.echo(f"{name:<16}{(model.__doc__ or '').strip().splitlines()[0]}")
        return
    click.echo(fields_text(kind))
