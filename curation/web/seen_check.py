"""A check of what one person may see, for a program: made from their tables, so that nothing else can be in it."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from functools import reduce

import pyarrow as pa

from curation.decisions import check_tables, decide, extractors
from curation.engine.registry import select
from curation.engine.rule import Rule
from curation.engine.run import Checked, merged
from curation.web.checking import checker, texts
from curation.web.datasets import known_waivers, seen_decisions
from curation.web.desk import Desk
from curation.web.people import Person
from curation.web.remembered import lasting
from store.consensus import applied

PATIENCE = 60.0
"""Seconds for which a check waits for its turn; one is made at a time, and the pages go on beside it."""


LONGEST = 300.0
"""Seconds for which the kept check of the whole review is waited for; it goes on beside the pages all the same."""


class Busy(Exception):
    """Somebody else's check is being made; the message is a sentence."""


def seen_check(
    desk: Desk, person: Person, wanted: Collection[str]
) -> tuple[Mapping[str, pa.Table], Checked, tuple[Rule, ...]]:
    """The tables that the person may see, what these rules (by default all) say of them, and the rules. Raises Busy.

    A check by all rules also brings the kept check of the review up to date, of which everybody sees their part.

    Raises KeyError with a sentence where a rule or family is unknown.
    """
    rules = select(desk.rules, list(wanted))
    turn = lasting(desk, "checks of programs", threading.Lock)
    if not turn.acquire(timeout=PATIENCE):
        raise Busy("another check is being made at the moment; try again in a minute")
    try:
        if not wanted:
            _keep_current(desk)
        return *_checked(desk, person, rules), rules
    finally:
        turn.release()


def _keep_current(desk: Desk) -> None:
    """Make the check that is kept, where the review has changed since: what a report names can then be decided."""
    run = desk.review.last_check()
    if run is None or run.revision != desk.review.revision:
        one = checker(desk)
        one.start()
        one.wait(LONGEST)


def _checked(desk: Desk, person: Person, rules: tuple[Rule, ...]) -> tuple[Mapping[str, pa.Table], Checked]:
    review, revision = desk.review, desk.review.revision
    sight = desk.sight(person)  # after the revision is read: what is open by then may be seen
    tables = sight.narrowed(review.tables(as_of=revision))
    decisions = seen_decisions(desk, sight, review.adjudications(revision))
    documents = texts(desk, tables["source"])
    alone = [check_tables(applied(tables, decisions, each), rules, documents) for each in extractors(tables)]
    together = reduce(merged, alone) if alone else check_tables(tables, rules, documents)
    return tables, decide(together, known_waivers(together.findings, sight, review.waivers()))[0]
