"""Commands that explain: rules and fields."""

from __future__ import annotations

from pathlib import Path

import click

from curation.commands.common import chosen_rules, refusing


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
        from curation.engine.page import text

        click.echo(text(chosen[0]))
        return
    for each in sorted(chosen, key=lambda one: one.id):
        click.echo(f"{each.id:<14}{each.severity:<9}{each.title}")


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
