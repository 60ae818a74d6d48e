"""Pages that follow from the code: rules, fields, commands, schemas. ``--check`` says whether the files are current."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable
from pathlib import Path

import click

from curation.cli import COMMANDS, curation
from curation.engine.registry import rules
from curation.engine.rule import Rule

DOCS = Path(__file__).resolve().parents[1] / "docs"


def rules_page() -> str:
    """Every rule with its sentence, identity, source, examples and limits."""
    chosen = sorted(rules(), key=lambda each: each.id)
    lines = ["# Rules", "", f"{len(chosen)} rules. `curation rules ID` shows one in the terminal.", ""]
    lines += ["| rule | severity | what it says |", "|---|---|---|"]
    lines += [f"| [{each.id}](#{each.id.lower()}) | {each.severity} | {_cell(each.title)} |" for each in chosen]
    for each in chosen:
        lines += ["", *_rule(each)]
    return "\n".join(lines) + "\n"


def _rule(rule: Rule) -> list[str]:
    body = inspect.cleandoc(rule.identity.__doc__ or "").partition("\n")[2].strip()
    lines = [f"## {rule.id}", "", f"**{rule.title}.** `{rule.name}`, {rule.severity}.", ""]
    lines += [body, ""] if body else []
    lines.append(f"- Reads: {', '.join(f'`{name}`' for name in rule.arguments)}")
    lines.append(f"- Source: {rule.source}")
    lines += [f"- Silent when these already speak: {', '.join(rule.after)}"] if rule.after else []
    lines += [f"- Other reading ({each.severity}): {each.name}" for each in rule.readings]
    lines += [f"- Cannot see: {rule.limits}"] if rule.limits else []
    for title, found in (
        ("Consistent", rule.consistent),
        ("Contradicts", rule.inconsistent),
        ("Cannot tell", rule.cannot_tell),
    ):
        lines += [f"- {title}: {_example(example)}" for example in found]
    return lines


def _example(example: object) -> str:
    if isinstance(example, dict):
        return "`" + ", ".join(f"{name} {value}" for name, value in example.items()).replace("|", "\\|") + "`"
    return "; ".join(_example(each) for each in example) if isinstance(example, (list, tuple)) else str(example)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def commands_page() -> str:
    """Every command with its help."""
    lines = ["# Commands", ""]
    for name in COMMANDS:
        command = curation.get_command(click.Context(curation), name)
        assert command is not None, name  # noqa: S101 - COMMANDS names commands only
        context = click.Context(command, info_name=f"curation {name}", terminal_width=100, max_content_width=100)
        lines += [f"## curation {name}", "", "```text", command.get_help(context), "```", ""]
    return "\n".join(lines)


def pages() -> dict[str, Callable[[], str]]:
    """Generated files, relative to docs/, and what makes each."""
    from curation.report.schema import findings_schema  # noqa: PLC0415 - only for the pages
    from schemas.json_schema import json_schema  # noqa: PLC0415 - only for the pages
    from schemas.reference import reference_page  # noqa: PLC0415 - only for the pages

    return {
        "rules.md": rules_page,
        "fields.md": reference_page,
        "commands.md": commands_page,
        "findings.schema.json": lambda: json.dumps(findings_schema(), indent=2, ensure_ascii=False) + "\n",
        "review.schema.json": lambda: json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n",
    }


def main() -> int:
    """Write the pages, or with --check only compare them."""
    checking = "--check" in sys.argv[1:]
    old = [name for name, make in pages().items() if not _current(DOCS / name, make())]
    if checking:
        for name in old:
            click.echo(f"docs/{name} is not current; run: python -m curation.docs", err=True)
        return 1 if old else 0
    for name, make in pages().items():
        (DOCS / name).write_text(make(), encoding="utf-8")
    click.echo(f"{len(old)} of {len(pages())} pages renewed")
    return 0


def _current(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
