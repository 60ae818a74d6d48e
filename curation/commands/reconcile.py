"""Command reconcile: the differences between extractors, and the decisions on them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from curation.commands.common import refusing, whoever
from curation.commands.holding import open_review, waiting
from schemas.registry import RECORDS
from store.errors import StoreError
from store.review import Review

_ALSO = ("place", "text")
"""Classes without numbers, of which the first extractor's words may be taken in one go."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line asks for."""

    kinds: tuple[str, ...]
    sources: tuple[str, ...]
    all_open: bool
    submit: str | None
    withdraw: str | None
    decide: tuple[tuple[str, str, str], ...]
    agree: bool
    also: tuple[str, ...]
    reopen: int | None
    reason: str | None
    by: str | None


@click.command()
@click.argument("review", type=click.Path(path_type=Path))
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(RECORDS)), help="Only this kind of record.")
@click.option("--source", "sources", multiple=True, metavar="ID", help="Only this source.")
@click.option(
    "--submit", metavar="NAME", help="Hand in NAME's extraction of the sources (by default of all they have)."
)
@click.option(
    "--withdraw", metavar="NAME", help="Take back what NAME handed in (--source), while others still extract."
)
@click.option(
    "--decide",
    nargs=3,
    multiple=True,
    metavar="RECORD FIELD CHOICE",
    help="Settle a field: A, B, ..., or another value (after = to have 'A' itself). FIELD 'record' is the whole"
    " record: A, B, or none to leave it out.",
)
@click.option("--agree", is_flag=True, help="Accept everything that is equal, or equal within rounding.")
@click.option(
    "--also",
    multiple=True,
    type=click.Choice(_ALSO),
    help="With --agree: also take the first extractor's places or words.",
)
@click.option("--reopen", type=int, metavar="ID", help="Take a decision back; it stays on record.")
@click.option("--reason", help="Why it is decided or reopened so; kept with the decision and in the export.")
@click.option("--by", "--who", "by", metavar="NAME", help="Who decides; by default the name of the account.")
@click.option(
    "--owner", "--all-open", "all_open", is_flag=True, help="Also show sources that not everybody has handed in."
)
@click.option("--decided", "show_decided", is_flag=True, help="List the decisions instead, with their numbers.")
@click.option("--no-agreement", is_flag=True, help="Leave the agreement statistics out.")
@waiting
@refusing
def reconcile(
    review: Path,
    shape: str,
    kinds: tuple[str, ...],
    sources: tuple[str, ...],
    submit: str | None,
    withdraw: str | None,
    decide: tuple[tuple[str, str, str], ...],
    agree: bool,  # noqa: FBT001 - a flag of the command line
    also: tuple[str, ...],
    reopen: int | None,
    reason: str | None,
    by: str | None,
    all_open: bool,  # noqa: FBT001 - a flag of the command line
    show_decided: bool,  # noqa: FBT001 - a flag of the command line
    no_agreement: bool,  # noqa: FBT001 - a flag of the command line
) -> None:
    """Differences between the extractors of a source, and the decisions that settle them.

    Extractors stay blind to each other: a source is shown when everybody who extracted it has handed it in (--submit).
    The owner of the review can look earlier with --owner; extractors should not.

    A record of which nothing is left to decide becomes part of the consensus that is exported; both extractions stay.
    The exit code is 0 if nothing is left, 1 if there are differences or sources that wait, 2 if the call is wrong.

    Example: curation reconcile myeloma.duckdb --decide zhong-t2-cr events B --reason "A read the row below" --by EF
    """
    asked = _Asked(kinds, sources, all_open, submit, withdraw, decide, agree, also, reopen, reason, by)
    with open_review(review) as store:
        _act(store, asked)
        done, decisions = _work(store, asked)
    if done.withheld and not done.sources and not submit and not withdraw:
        raise StoreError(
            "nobody's extraction is shown before everybody has handed in: "
            + "; ".join(f"{each.source} waits for {', '.join(each.waiting_for)}" for each in done.withheld[:5])
            + " (hand in with --submit NAME; the owner may look with --owner)"
        )
    from curation.reconcile import show
    from curation.report.wording import amount

    if shape == "json":
        click.echo(json.dumps(show.document(done, review.name, decisions), ensure_ascii=False, indent=2))
    else:
        lines = list(show.decided(decisions)) if show_decided else list(show.listing(done))
        if not show_decided and not no_agreement:
            lines += show.summary(done.agreement)
        for line in lines:
            click.echo(line)
        fields = sum(max(len(each.fields), 1) for each in done.open)
        waits = f"; {amount(len(done.withheld), 'source')} not shown yet" if done.withheld else ""
        click.echo(f"{amount(fields, 'difference')} left in {amount(len(done.open), 'record')}{waits}", err=True)
    sys.exit(int(bool(done.open or done.withheld)))


def _work(store: Review, asked: _Asked):  # type: ignore[no-untyped-def]  # noqa: ANN202 - loaded when called
    from curation.reconcile.work import work

    tables, decisions = store.tables(), store.adjudications()
    known = set(tables["source"].column("source").to_pylist())
    if unknown := [each for each in asked.sources if each not in known]:
        raise StoreError(f"the review has no source {unknown[0]!r}; it has {', '.join(sorted(known)[:20]) or 'none'}")
    done = work(tables, decisions, store.submissions(), kinds=asked.kinds, only=asked.sources, all_open=asked.all_open)
    return done, [each for each in decisions if done.hidden.isdisjoint((each.kind, key) for key in each.keys)]


def _act(store: Review, asked: _Asked) -> None:
    """Hand in, reopen, decide and accept, in this order."""
    if asked.submit:
        new = store.submit(
            asked.submit, who=whoever(asked.by or asked.submit), why=asked.reason or "extraction finished", sources=asked.sources or None
        )  # fmt: skip
        _say(f"{asked.submit} handed in {', '.join(new) or 'nothing new'}")
    if asked.withdraw:
        if not asked.sources:
            raise StoreError("--withdraw needs --source: name what is taken back")
        for each in asked.sources:
            store.withdraw_submission(
                asked.withdraw, each, who=whoever(asked.by or asked.withdraw), why=_reason(asked, "--withdraw")
            )
        _say(f"{asked.withdraw} took back {', '.join(asked.sources)}")
    if asked.reopen is not None:
        revision = store.reopen_decision(asked.reopen, who=whoever(asked.by), why=_reason(asked, "--reopen"))
        _say(f"decision {asked.reopen} is open again (revision {revision})")
    if asked.decide:
        from curation.reconcile.choose import choice

        reason, (done, _) = _reason(asked, "--decide"), _work(store, asked)
        numbers = store.adjudicate([choice(done, *each) for each in asked.decide], who=whoever(asked.by), why=reason)
        _say(f"decided: {_listed(numbers)}")
    if asked.agree:
        _agree(store, asked)


def _agree(store: Review, asked: _Asked) -> None:
    from curation.reconcile.choose import agreed

    done, _ = _work(store, asked)
    choices = list(agreed(done, asked.also))
    if choices:
        store.adjudicate(choices, who=whoever(asked.by), why=asked.reason or "equal, or equal within rounding")
    _say(f"accepted: {len({(each.kind, each.originals) for each in choices})} records ({len(choices)} decisions)")


def _reason(asked: _Asked, option: str) -> str:
    if not (asked.reason or "").strip():
        raise StoreError(f"{option} needs --reason: a decision says why it was made")
    return asked.reason or ""


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(each) for each in numbers)


def _say(line: str) -> None:
    click.echo(line, err=True)
