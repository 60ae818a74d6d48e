"""Commands of the query log: query (list, open, answer, close, reopen) and waivers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from curation.commands import remote
from curation.commands.common import moment_of, refusing, whoever
from curation.commands.holding import open_review, review_or_server, waiting
from curation.commands.served import Served
from curation.commands.through import Server
from store.findings import SHORTEST_PREFIX, Waiver
from store.queries import STATES, Query
from store.review import Review

_FILE = click.Path(path_type=Path)
_AT = "%Y-%m-%d %H:%M"
_who = click.option("--who", help="Who says it; by default the name of the account.")
_format = click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True)


@click.group(invoke_without_command=True)
@click.argument("review", type=_FILE)
@click.pass_context
def query(context: click.Context, review: Path) -> None:
    """Ask about a finding, a record or one of its fields, and keep what was answered.

    A query is open until it is answered; then it is closed, or reopened. Nothing that was said is overwritten.
    `curation query REVIEW open --help` and so on show the options of each step.

    \b
    Example: curation query myeloma.duckdb open 3f9a2c81 "is it 24?" --who CD
             curation query myeloma.duckdb open count-1a2b3c4d5e:events "is it 24?"
             curation query myeloma.duckdb answer 1 "24 it is; corrected" --who AB
             curation query myeloma.duckdb close 1 "as printed" --waive
             curation query myeloma.duckdb list --state open --state reopened
    """  # noqa: D301 - \b keeps click from filling the lines
    context.obj = review
    if context.invoked_subcommand is None:
        context.invoke(list_command)


@query.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these; may be given again.")
@click.option("--source", help="Only queries about this source.")
@click.option("--about", metavar="FINGERPRINT|RECORD[:FIELD]", help="Only queries about this finding or record.")
@click.option(
    "--as-of", "as_of", help="Only what was said then: a revision number, or a time such as 2026-05-01T12:00."
)
@click.option("--who", help="Through a server: who signs in; by default the name of the account.")
@_format
@waiting
@click.pass_obj
@refusing
def list_command(
    review: Path, states: tuple[str, ...], source: str | None, about: str | None, as_of: str | None, who: str | None, shape: str
) -> None:  # fmt: skip
    """List the queries with everything that was said.

    Example: curation query myeloma.duckdb list --source zhong-2021
    """
    held = review_or_server(review, read_only=True) if as_of is None else open_review(review, read_only=True)
    if isinstance(held, Served):
        with Server(held, who) as server:
            found = remote.queries(server)
    else:
        with held as store:
            found = store.queries(as_of=moment_of(as_of))
    if states:
        found = [each for each in found if each.state in states]
    if source is not None:
        found = [each for each in found if each.subject.source == source]
    if about is not None:
        found = [each for each in found if _is_about(each, about)]
    if shape == "json":
        click.echo(json.dumps([_as_dict(each) for each in found], ensure_ascii=False, indent=2))
    else:
        click.echo("\n\n".join(_text(each) for each in found) or "no such query")


@query.command("open")
@click.argument("about", metavar="FINGERPRINT|RECORD[:FIELD]")
@click.argument("message")
@click.option("--kind", help="Kind of the record, where several have that id.")
@click.option("--extractor", help="Whose record it is; by default a query is to all who extracted it.")
@_who
@waiting
@click.pass_obj
@refusing
def open_command(
    review: Path, about: str, message: str, kind: str | None, extractor: str | None, who: str | None
) -> None:
    """Ask something about a finding, a record or one field of it.

    Example: curation query myeloma.duckdb open count-1a2b3c4d5e:events "is it 24?"
    """
    held = review_or_server(review)
    if isinstance(held, Served):
        with Server(held, who) as server:
            asked = remote.ask(server, about, message, kind=kind, extractor=extractor)
            subject, number = asked.subject, asked.number
    else:
        with held as store:
            subject = store.subject(about, kind=kind, extractor=extractor)
            number = store.open_query(subject, who=whoever(who), message=message)
    click.echo(f"query {number} about {subject.about} {subject.name} is open")


def _step(name: str, told: str, words: str) -> Callable[[Callable[..., Any]], Any]:
    """A step of an existing query as a command: its number, the message, and by whom."""

    def made(act: Callable[..., Any]) -> Any:  # noqa: ANN401 - click's decorators
        act.__doc__ = f"{told}\n\nExample: curation query myeloma.duckdb {name} 1 {words}"
        for wrap in (
            refusing,
            click.pass_obj,
            waiting,
            _who,
            click.argument("message"),
            click.argument("number", type=int),
        ):
            act = wrap(act)
        return query.command(name)(act)

    return made


@_step("answer", "Answer a query.", '"24 it is; corrected"')
def answer_command(review: Path, number: int, message: str, who: str | None) -> None:  # noqa: D103 - its words are above
    state = _moved(review, number, "answer", message, who)
    click.echo(f"query {number} is {state}")


@click.option("--waive", is_flag=True, help="Also accept the finding it is about, for the same reason.")
@_step("close", "Close a query: answered, or no longer a question.", '"as printed" --waive')
def close_command(review: Path, number: int, message: str, who: str | None, waive: bool) -> None:  # noqa: D103, FBT001 - the help is the docstring of the step; flags of the command line
    state = _moved(review, number, "close", message, who, waive=waive)
    click.echo(f"query {number} is {state}{', and its finding waived' if waive else ''}")


@_step("reopen", "Send an answered query back, or open a closed one again.", '"an erratum came out"')
def reopen_command(review: Path, number: int, message: str, who: str | None) -> None:  # noqa: D103 - the help is the docstring of the step
    state = _moved(review, number, "reopen", message, who)
    click.echo(f"query {number} is {state}")


def _moved(review: Path, number: int, step: str, message: str, who: str | None, *, waive: bool = False) -> str:
    """Take a query a step further; its new state."""
    held = review_or_server(review)
    if isinstance(held, Served):
        with Server(held, who) as server:
            return remote.step(server, number, step, message, waive=waive)
    with held as store:
        if step == "close":
            return store.close_query(number, who=whoever(who), message=message, waive=waive)
        act = store.answer_query if step == "answer" else store.reopen_query
        return act(number, who=whoever(who), message=message)


@click.command()
@click.argument("review", type=_FILE)
@click.option("--stale", is_flag=True, help="Only waivers in force whose finding is gone.")
@_format
@waiting
@refusing
def waivers(review: Path, stale: bool, shape: str) -> None:  # noqa: FBT001 - a flag of the command line
    """List the findings that were accepted: by whom, when and why, and which waivers have no finding any more.

    Example: curation waivers myeloma.duckdb --stale
    """
    with open_review(review, read_only=True) as store:
        found = [each for each in store.waivers() if each.stale or not stale]
    if shape == "json":
        click.echo(json.dumps([_waiver(each) for each in found], ensure_ascii=False, indent=2))
        return
    click.echo("\n".join(map(_waiver_text, found)) or ("no stale waiver" if stale else "no finding has been waived"))


def pending_by_finding(store: Review) -> dict[str, str]:
    """What is still asked about findings, in words, by fingerprint."""
    asked = [each for each in store.queries() if each.pending and each.subject.about == "finding"]
    return {
        each.subject.target: f"query {each.number} {each.state} ({each.messages[-1].who}: {each.messages[-1].text!r})"
        for each in asked
    }


def _is_about(one: Query, text: str) -> bool:
    subject = one.subject
    if subject.about == "finding":
        return len(text) >= SHORTEST_PREFIX and subject.target.startswith(text)
    return text in (subject.target, subject.name)


def _as_dict(one: Query) -> dict[str, object]:
    subject = one.subject
    return {
        "query": one.number,
        "state": one.state,
        "stale": one.stale,
        **{name: getattr(subject, name) for name in ("about", "target", "kind", "field", "extractor", "source", "said")},
        "messages": [
            {"state": each.state, "who": each.who, "at": each.at.isoformat(), "message": each.text, "revision": each.revision}
            for each in one.messages
        ],
    }  # fmt: skip


def _text(one: Query) -> str:
    subject = one.subject
    about = " ".join(part for part in (subject.about, subject.name, subject.kind and f"({subject.kind})") if part)
    of = ", ".join(part for part in (subject.source, subject.extractor and f"extracted by {subject.extractor}") if part)
    lines = [f"query {one.number}  {one.state}  {about}{f', {of}' if of else ''}"]
    if subject.said:
        lines.append(f"    it said: {subject.said}")
    if one.stale:
        lines.append("    stale: it is there no more")
    return "\n".join(
        [*lines, *(f"    {each.at:{_AT}}  {each.state}  {each.who}: {each.text}" for each in one.messages)]
    )


def _waiver_state(one: Waiver) -> str:
    if one.withdrawn_at is not None:
        return "withdrawn"
    return "stale" if one.stale else "in force"


def _waiver(one: Waiver) -> dict[str, object]:
    return {
        "fingerprint": one.fingerprint,
        "state": _waiver_state(one),
        "who": one.who,
        "at": one.at.isoformat(),
        "reason": one.reason,
        "rule": one.rule,
        "message": one.message,
        "withdrawn_by": one.withdrawn_by,
        "withdrawn_at": one.withdrawn_at and one.withdrawn_at.isoformat(),
    }


def _waiver_text(one: Waiver) -> str:
    state = f"{_waiver_state(one)}{f' by {one.withdrawn_by}' if one.withdrawn_by else ''}"
    gone = "; its finding is gone" if one.stale else ""
    head = f"{one.fingerprint}  {state}{gone}  {one.at:{_AT}}  {one.who}: {one.reason}"
    return f"{head}\n    {one.rule}: {one.message}" if one.message else head
