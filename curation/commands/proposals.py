"""Command proposals: what a scan of a document offers, and what an extractor makes of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import click

from curation.commands.common import refusing, whoever
from curation.commands.holding import open_review, waiting
from store.proposed import OPEN, Proposal

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("review", type=_FILE)
@click.option("--source", help="Only what was found in this source.")
@click.option("--extractor", help="Whose decisions; for --accept and --decline by default the name of the account.")
@click.option("--all", "everything", is_flag=True, help="Also what the extractor has accepted or declined.")
@click.option("--accept", metavar="ID", help="Enter this proposal as a record of the extractor.")
@click.option("--set", "changes", metavar="FIELD=TEXT", multiple=True, help="With --accept: complete or correct a field; may be given again.")  # fmt: skip
@click.option("--decline", metavar="ID", help="Note that the extractor does not take this proposal.")
@click.option("--reason", help="With --decline: why; kept in the history.")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True)
@waiting
@refusing
def proposals(
    review: Path, source: str | None, extractor: str | None, everything: bool, accept: str | None,  # noqa: FBT001 - a flag of the command line
    changes: tuple[str, ...], decline: str | None, reason: str | None, shape: str,
) -> None:  # fmt: skip
    """List the records that `curation scan --to REVIEW` proposes; accept one, or decline it.

    Nothing that was found enters a review by itself. Every extractor decides for themselves, and nobody is shown what
    others decided. With an extractor the list has what they have not decided; without one it has everything.

    \b
    Example: curation proposals myeloma.duckdb --source zhong-2021 --extractor AB
             curation proposals myeloma.duckdb --accept 3f9a2c81 --extractor AB --set study=zhong --set outcome=cr
             curation proposals myeloma.duckdb --decline 3f9a2c81 --extractor AB --reason "of another trial"
    """  # noqa: D301 - \b keeps click from filling the lines
    _check_call(accept, changes, decline, reason)
    if accept is not None:
        _accept(review, accept, changes, whoever(extractor))
    elif decline is not None:
        with open_review(review) as store:
            person = whoever(extractor)
            mark = store.decline_proposal(decline, who=person, reason=reason or "")
        click.echo(f"{person} has declined the proposal {mark}: {(reason or '').strip()}")
    else:
        _list(review, source, extractor, shape, everything=everything)


def _check_call(accept: str | None, changes: tuple[str, ...], decline: str | None, reason: str | None) -> None:
    if accept is not None and decline is not None:
        raise KeyError("a proposal is accepted or declined; give --accept or --decline, not both")
    if changes and accept is None:
        raise KeyError("--set completes what is accepted; give --accept ID with it")
    if reason is not None and decline is None:
        raise KeyError("--reason says why something is declined; give --decline ID with it")
    if decline is not None and not (reason or "").strip():
        raise KeyError("nothing was declined: say why with --reason; it is kept in the history")


def _accept(review: Path, given: str, changes: Iterable[str], extractor: str) -> None:
    from curation.entry.proposals import enter
    from curation.intake.references import known_ids

    typed = dict(map(_change, changes))
    with open_review(review) as store:
        one = store.proposal(given)
        known = known_ids(store.tables(sources=()))
        done = enter(store, one, one.what.row() | typed, known, who=extractor, extractor=extractor)
    click.echo(f"{one.what.kind} {done.record} of {extractor} is entered from the proposal {one.id}")


def _change(given: str) -> tuple[str, str]:
    name, sign, text = given.partition("=")
    if not sign or not name.strip():
        raise KeyError(f"--set {given!r} names no field; write it as FIELD=TEXT, such as --set outcome=cr")
    return name.strip(), text


def _list(review: Path, source: str | None, extractor: str | None, shape: str, *, everything: bool) -> None:
    with open_review(review, read_only=True) as store:
        if source is not None and store.row("source", source) is None:
            raise KeyError(f"{review} has no source {source!r}; curation proposals {review} lists those with proposals")
        narrow = None if extractor is None or everything else OPEN
        found = store.proposals(source, extractor=extractor, status=narrow)
        whole = len(found) if narrow is None else len(store.proposals(source))
    if shape == "json":
        click.echo(json.dumps([_as_dict(each, extractor) for each in found], ensure_ascii=False, indent=2))
        return
    click.echo("\n\n".join(_text(each, extractor) for each in found) or _nothing(review, whole, extractor))
    if found:
        click.echo(f"\n{_counted(len(found), whole)}; next: curation proposals {review} --accept ID --extractor {extractor or 'NAME'}")  # fmt: skip


def _counted(shown: int, whole: int) -> str:
    noun = "proposal" if whole == 1 else "proposals"
    return f"{whole} {noun}" if shown == whole else f"{shown} of {whole} {noun}"


def _nothing(review: Path, whole: int, extractor: str | None) -> str:
    if whole:
        return f"{extractor} has decided all of {_counted(whole, whole)}; --all lists them"
    return f"nothing is proposed; find statistics in an article with: curation scan ARTICLE --to {review}"


def _as_dict(one: Proposal, extractor: str | None) -> dict[str, object]:
    what = one.what
    shown: dict[str, object] = {
        "proposal": one.id, "source": what.source, "kind": what.kind, "cells": dict(what.cells),
        "place": dict(what.place), "quote": what.quote, "joined": what.joined,
        "remarks": [{"rule": each.rule, "severity": each.severity, "sentence": each.sentence} for each in what.remarks],
        "who": one.who, "at": one.at.isoformat(), "revision": one.revision,
    }  # fmt: skip
    if extractor is None:
        return shown
    made = one.decisions.get(extractor) if one.status(extractor) != OPEN else None
    decided = made and {"who": made.who, "at": made.at.isoformat(), "reason": made.reason, "record": made.record}
    return {**shown, "status": one.status(extractor), "decided": decided}


def _text(one: Proposal, extractor: str | None) -> str:
    what = one.what
    state = f"  {one.status(extractor)}" if extractor is not None else ""
    place = ", ".join(f"{name} {text}" if name != "section" else text for name, text in what.place.items())
    lines = [f"{one.id}{state}  {what.kind}, {what.source}{f', {place}' if place else ''}"]
    lines.append(f"    {', '.join(f'{name} {text}' for name, text in what.cells.items())}")
    lines += [f"    printed: {what.quote}"] if what.quote else []
    lines += ["    put together: its pieces stand apart in the document"] if what.joined else []
    lines += [f"    {each.severity.upper()}  {each.sentence} [{each.rule}]" for each in what.remarks]
    made = one.decisions.get(extractor or "")
    if made is not None and made.holds:
        lines.append(f"    {made.decision} by {made.who}: {made.record or made.reason}")
    return "\n".join(lines)
