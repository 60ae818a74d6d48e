"""Commands that explain: rules and fields."""

from __future__ import annotations

import json
from pathlib import Path

import click

from curation.commands.common import chosen_rules, refusing
from store.whole_files import write_whole


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
@click.option(
    "--json-schema",
    "as_schema",
    is_flag=True,
    help="Print the output format for a language model instead: of one kind, or of all.",
)
@click.option(
    "--redcap",
    "dictionary",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.csv",
    help="Write all fields as the data dictionary of a REDCap project instead.",
)
@refusing
def fields_command(kind: str | None, as_schema: bool, dictionary: Path | None) -> None:  # noqa: FBT001 - a flag of the command line
    """List the kinds of records, or the fields of one kind with their meaning, type and example.

    With --json-schema a strict JSON Schema (2020-12) for the structured output of a language model. It uses only type,
    description, properties, required, additionalProperties, items and enum, which the usual interfaces all take; a text
    the document does not print is an empty string, a code that does not apply null. What the model answers is a file
    for: curation intake REVIEW answer.json --extractor NAME --model

    With --redcap a file to upload as the data dictionary of a REDCap project; its raw export is a file for: curation
    intake.

    \b
    Example: curation fields count
             curation fields count --json-schema > count.schema.json
             curation fields --redcap dictionary.csv
    """  # noqa: D301 - \b keeps click from filling the lines
    from schemas.reference import fields_text
    from schemas.registry import KINDS

    if kind is not None and kind not in KINDS:
        raise KeyError(f"there is no kind {kind!r}; kinds are {', '.join(KINDS)}")
    if dictionary is not None:
        _write_dictionary(dictionary, kind)
        return
    if as_schema:
        click.echo(_output_format(kind))
        return
    if kind is None:
        for name, model in KINDS.items():
            click.echo(f"{name:<16}{(model.__doc__ or '').strip().splitlines()[0]}")
        return
    click.echo(fields_text(kind))


def _write_dictionary(target: Path, kind: str | None) -> None:
    from curation.exchange.redcap_dictionary import dictionary, repeating

    if kind is not None:
        raise KeyError("--redcap writes the forms of all kinds together; leave the kind out")
    write_whole(target, dictionary())
    click.echo(f"{target} is written; in REDCap, set up as repeating instruments: {', '.join(repeating())}", err=True)


def _output_format(kind: str | None) -> str:
    from schemas.model_output import output_schema

    try:
        return json.dumps(output_schema(kind), ensure_ascii=False, indent=2)
    except ValueError as refused:
        raise KeyError(str(refused)) from None
