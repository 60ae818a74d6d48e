"""Command account: the people who may sign in to the web app of a review."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from curation.commands.common import refusing, whoever
from store.accounts import ROLES
from store.errors import StoreError
from store.review import Review

_role = click.Choice(list(ROLES))
_stdin = click.option("--password-stdin", "from_stdin", is_flag=True, help="Read the password from the input instead of asking for it.")  # fmt: skip
_who = click.option("--who", help="Who does this; by default the name of the account of this machine.")


def _step(command: Callable[..., Any]) -> Callable[..., Any]:
    return _who(click.pass_obj(refusing(command)))


@click.group(invoke_without_command=True)
@click.argument("review", type=click.Path(path_type=Path))
@click.pass_context
def account(context: click.Context, review: Path) -> None:
    """Who may sign in to the web app, and as what: extractor, adjudicator or owner.

    An extractor's name is the one their records carry. Passwords are kept as argon2 hashes only.

    \b
    Example: curation account myeloma.duckdb add ana --role owner
             curation account myeloma.duckdb password ana
             curation account myeloma.duckdb role ana extractor
             curation account myeloma.duckdb remove ana
             curation account myeloma.duckdb list
    """  # noqa: D301 - \b keeps click from filling the lines
    context.obj = review
    if context.invoked_subcommand is None:
        context.invoke(list_command)


@account.command("list")
@click.pass_obj
@refusing
def list_command(review: Path) -> None:
    """List the people and their roles."""
    with Review.open(review, read_only=True) as store:
        found = store.accounts()
    for each in found.values():
        click.echo(f"{each.name}  {each.role}")
    if not found:
        click.echo(f"{review} has no accounts; add the first with: curation account {review} add NAME --role owner", err=True)  # fmt: skip


@account.command()
@click.argument("name")
@click.option("--role", type=_role, required=True, help="What they may do.")
@_stdin
@_step
def add(review: Path, name: str, role: str, from_stdin: bool, who: str | None) -> None:  # noqa: FBT001 - a flag of the command line
    """Add a person; the password is asked for."""
    with Review.open(review) as store:
        if name.casefold() in {each.casefold() for each in store.accounts()}:
            raise StoreError(f"{name} has an account already; change it with: curation account {review} password {name}, or role {name} ROLE")  # fmt: skip
        store.set_account(name, role=role, password=_password(from_stdin=from_stdin), who=whoever(who))
    click.echo(f"{name} may sign in as {role}: {ROLES[role]}")


@account.command()
@click.argument("name")
@_stdin
@_step
def password(review: Path, name: str, from_stdin: bool, who: str | None) -> None:  # noqa: FBT001 - a flag of the command line
    """Set a new password."""
    with Review.open(review) as store:
        store.set_account(name, password=_password(from_stdin=from_stdin), who=whoever(who))
    click.echo(f"{name} has a new password")


@account.command()
@click.argument("name")
@click.argument("role", type=_role)
@_step
def role(review: Path, name: str, role: str, who: str | None) -> None:
    """Give a person another role."""
    with Review.open(review) as store:
        store.set_account(name, role=role, who=whoever(who))
    click.echo(f"{name} is {role} now: {ROLES[role]}")


@account.command()
@click.argument("name")
@_step
def remove(review: Path, name: str, who: str | None) -> None:
    """Take a person's account away; what they did stays on record."""
    with Review.open(review) as store:
        store.remove_account(name, who=whoever(who))
    click.echo(f"{name} may not sign in any more")


def _password(*, from_stdin: bool) -> str:
    from curation.web.passwords import hashed

    if from_stdin:
        return hashed(sys.stdin.readline().rstrip("\r\n"))
    return hashed(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
