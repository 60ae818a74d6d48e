"""Pages that follow from the code: rules, fields, commands, schemas. ``--check`` says whether the files are current."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from curation.cli import COMMANDS, curation
from curation.engine.page import escaped, markdown
from curation.engine.registry import rules

DOCS = Path(__file__).resolve().parents[1] / "docs"


def rules_page() -> str:
    """The list of rules by family, each with its sentence and a link to its page."""
    chosen = sorted(rules(), key=lambda each: each.id)
    settings = {one.name: one for each in chosen for one in each.thresholds}
    lines = ["# Rules", "", f"{len(chosen)} rules. `curation rules ID` shows one in the terminal.", ""]
    lines += ["| rule | severity | what it says |", "|---|---|---|"]
    lines += [f"| [{each.id}]({each.id}.md) | {each.severity} | {escaped(each.title)} |" for each in chosen]
    lines += [
        "",
        "## Settings",
        "",
        "Limits that are judgement, not arithmetic. A review sets its own in `setting.csv`.",
        "",
    ]
    lines += [
        "| setting | default | from, to | what it means | where the default comes from |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| `{one.name}` | {one.default:g} | {one.least:g}, {one.most:g} | {escaped(one.meaning)} | {escaped(one.source)} |"
        for one in sorted(settings.values(), key=lambda one: one.name)
    ]
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Every command with its help."""
    lines = ["# Commands", ""]
    for name in COMMANDS:
        command = curation.get_command(click.Context(curation), name)
        assert command is not None, name  # noqa: S101 - COMMANDS names commands only
        parts = command.commands if isinstance(command, click.Group) else {}
        for words, each in {name: command, **{f"{name} REVIEW {part}": parts[part] for part in parts}}.items():
            context = click.Context(each, info_name=f"curation {words}", terminal_width=100, max_content_width=100)
            lines += [f"## curation {words}", "", "```text", each.get_help(context), "```", ""]
    return "\n".join(lines)


def pages() -> dict[str, Callable[[], str]]:
    """Generated files, relative to docs/, and what makes each."""
    from curation.exchange.page import imports_page  # noqa: PLC0415 - only for the pages
    from curation.report.schema import findings_schema  # noqa: PLC0415 - only for the pages
    from schemas.json_schema import json_schema  # noqa: PLC0415 - only for the pages
    from schemas.reference import reference_page  # noqa: PLC0415 - only for the pages
    from schemas.strategies.page import strategies_page  # noqa: PLC0415 - needs Hypothesis

    return {
        "rules/README.md": rules_page,
        **{f"rules/{each.id}.md": partial(markdown, each) for each in rules()},
        "fields.md": reference_page,
        "commands.md": commands_page,
        "imports.md": imports_page,
        "strategies.md": strategies_page,
        "findings.schema.json": lambda: json.dumps(findings_schema(), indent=2, ensure_ascii=False) + "\n",
        "review.schema.json": lambda: json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n",
    }


def main() -> int:
    """Write the pages, or with --check only compare them."""
    made = {name: make() for name, make in pages().items()}
    old = [name for name, text in made.items() if not _current(DOCS / name, text)]
    stray = [each for each in (DOCS / "rules").glob("*.md") if f"rules/{each.name}" not in made]
    if "--check" in sys.argv[1:]:
        for name in [*old, *(f"rules/{each.name}" for each in stray)]:
            click.echo(f"docs/{name} is not current; run: python -m curation.docs", err=True)
        return 1 if old or stray else 0
    (DOCS / "rules").mkdir(exist_ok=True)
    for name, text in made.items():
        (DOCS / name).write_text(text, encoding="utf-8")
    for each in stray:
        each.unlink()
    click.echo(f"{len(old)} of {len(made)} pages renewed")
    return 0


def _current(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
