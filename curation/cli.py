"""The command line. Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 the input or the call is wrong."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import click

COMMANDS = {
    "demo": "demo:demo",
    "init": "review:init",
    "template": "review:template",
    "intake": "review:intake",
    "check": "check:check",
    "flag": "flag:flag",
    "scan": "scan:scan",
    "reconcile": "reconcile:reconcile",
    "registry": "registry:registry",
    "proposals": "proposals:proposals",
    "waive": "review:waive",
    "query": "query:query",
    "waivers": "query:waivers",
    "history": "review:history",
    "export": "export:export",
    "serve": "serve:serve",
    "account": "account:account",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "pool": "pool:pool",
    "repool": "repool:repool",
    "rules": "catalogue:rules_command",
    "fields": "catalogue:fields_command",
}
"""Command -> module and name under curation.commands; loaded when called, so that help is quick."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        found = getattr(importlib.import_module(f"curation.commands.{module}"), name)
        assert isinstance(found, click.Command)  # noqa: S101 - COMMANDS names commands only
        return found


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="curation")
def curation() -> None:
    """Between the published paper and the pooled estimate: keep what papers print, and say what cannot be true."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:  # papers print minus signs and Greek letters whatever the terminal's own encoding
            reconfigure(encoding="utf-8", errors="replace")
    curation(args=arguments, prog_name="curation")
