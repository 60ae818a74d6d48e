"""Command account: the people who may sign in to the web app of a review."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from curation.commands.common import refusing, whoever
from curation.commands.holding import review_or_server, waiting
from curation.commands.served import Served
from curation.commands.through import Server
from store.accounts import ROLES
from store.errors import StoreError

_role = click.Choice(list(ROLES))
_stdin = click.option("--password-stdin", "from_stdin", is_flag=True, help="Read the password from the input instead of asking for it.")  # fmt: skip
_who = click.option("--who", help="Who does this; by default the name of the account of this machine.")


def _step(command: Callable[..., Any]) -> Callable[..., Any]:
    return _who(waiting(click.pass_obj(refusing(command))))


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
@_step
def list_command(review: Path, who: str | None) -> None:
    """List the people and their roles."""
    held = review_or_server(review, read_only=True)
    if isinstance(held, Served):
        with Server(held, who) as server:
            found = [(each["name"], each["role"]) for each in server.get("/accounts")]
    else:
        with held as store:
            found = [(each.name, each.role) for each in store.accounts().values()]
    for name, role in found:
        click.echo(f"{name}  {role}")
    if not found:
        click.echo(f"{review} has no accounts; add the first with: curation account {review} add NAME --role owner", err=True)  # fmt: skip


@account.command()
@click.argument("name")
@click.option("--role", type=_role, required=True, help="What they may do.")
@_stdin
@_step
def add(review: Path, name: str, role: str, from_stdin: bool, who: str | None) -> None:  # noqa: FBT001 - a flag of the command line
    """Add a person; the password is asked for."""
    taken = StoreError(f"{name} has an account already; change it with: curation account {review} password {name}, or role {name} ROLE")  # fmt: skip
    held = review_or_server(review)
    if isinstance(held, Served):
        with Server(held, who) as server:
            if _known(name, (each["name"] for each in server.get("/accounts"))):
                raise taken
            _put(server, name, role=role, password=_typed(from_stdin=from_stdin))
    else:
        with held as store:
            if _known(name, store.accounts()):
                raise taken
            store.set_account(name, role=role, password=_password(from_stdin=from_stdin), who=whoever(who))
    click.echo(f"{name} may sign in as {role}: {ROLES[role]}")


@account.command()
@click.argument("name")
@_stdin
@_step
def password(review: Path, name: str, from_stdin: bool, who: str | None) -> None:  # noqa: FBT001 - a flag of the command line
    """Set a new password."""
    held = review_or_server(review)
    if isinstance(held, Served):
        with Server(held, who) as server:
            _put(server, name, password=_typed(from_stdin=from_stdin))
    else:
        with held as store:
            store.set_account(name, password=_password(from_stdin=from_stdin), who=whoever(who))
    click.echo(f"{name} has a new password")


@account.command()
@click.argument("name")
@click.argument("role", type=_role)
@_step
def role(review: Path, name: str, role: str, who: str | None) -> None:
    """Give a person another role."""
    held = review_or_server(review)
    if isinstance(held, Served):
        with Server(held, who) as server:
            _put(server, name, role=role)
    else:
        with held as store:
            store.set_account(name, role=role, who=whoever(who))
    click.echo(f"{name} is {role} now: {ROLES[role]}")


@account.command()
@click.argument("name")
@_step
def remove(review: Path, name: str, who: str | None) -> None:
    """Take a person's account away; what they did stays on record."""
    held = review_or_server(review)
    if isinstance(held, Served):
        with Server(held, who) as server:
            server.send("DELETE", f"/accounts/{quote(name, safe='')}")
    else:
        with held as store:
            store.remove_account(name, who=whoever(who))
    click.echo(f"{name} may not sign in any more")


def _known(name: str, there: Iterable[str]) -> bool:
    return name.casefold() in {each.casefold() for each in there}


def _put(server: Server, name: str, **given: str) -> None:
    server.send("PUT", f"/accounts/{quote(name, safe='')}", given)


def _password(*, from_stdin: bool) -> str:
    from curation.web.passwords import hashed

    return hashed(_typed(from_stdin=from_stdin))


def _typed(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
