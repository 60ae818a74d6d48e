"""A review: one DuckDB file with everything that was extracted, who changed it, and what was found.

>>> with Review.create("review.duckdb") as review:  # doctest: +SKIP
...     review.intake(tables, who="ana", why="first extraction")
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import pyarrow as pa

from schemas.registry import RECORDS
from schemas.texts import Texts
from store import (
    accounts,
    additions,
    adjudicate,
    asof,
    changes,
    consensus,
    extractors,
    findings,
    history,
    intake,
    proposals,
    queries,
    rows,
    stream,
    subjects,
    whose,
    withdrawal,
)
from store.accounts import Account
from store.additions import Added
from store.adjudicate import Choice
from store.arriving import Told
from store.asof import AsOf, Revision
from store.consensus import Adjudication, Submission
from store.errors import StoreError
from store.findings import CheckRun, Waiver
from store.history import HistoryEntry
from store.intake import IntakeResult
from store.open_file import OpenFile
from store.proposed import FOUND, SCAN, Accepted, Proposal, Proposed, Proposing
from store.queries import Query
from store.rows import Page, Progress, Row
from store.subjects import Subject
from store.whose import Whereabouts


class Review(OpenFile):
    """An open review file. Use ``Review.create`` or ``Review.open``, and close it or leave its ``with`` block.

    Reads may run in several threads at once; writes wait for each other.
    """

    @property
    def revision(self) -> int:
        """The number of the last change; 0 in an empty review."""
        with self._reading() as connection:
            return asof.latest(connection)

    def intake(
        self,
        tables: Mapping[str, pa.Table | Texts],
        *,
        who: str,
        why: str,
        extractor: str | None = None,
        progress: Told | None = None,
    ) -> IntakeResult:
        """Take in tables by kind, all of them or none.

        The tables have the columns of ``schemas.arrow.table_schema``, with ``record`` filled, or are texts. Rows
        that are there already with the same texts write nothing. Rows that say the same as at the last intake, and
        were revised or retired since, keep that decision. ``extractor`` is ``who`` unless named; entities belong to
        nobody. ``progress`` is told how many rows of a kind are written.
        """
        who = _given("who", who)
        with self._changing() as connection:
            return intake.take_in(connection, tables, who=who, why=why, extractor=extractor or who, progress=progress)

    def add(
        self,
        kind: str,
        rows: Sequence[Mapping[str, str | None]],
        *,
        who: str,
        why: str,
        extractor: str | None = None,
    ) -> Added:
        """Add new rows of a kind, all of them or none; ``extractor`` is ``who`` unless named, for entities nobody.

        A blank record id is made. Raises StoreError where a row is not valid, names what is not there, or its id is
        taken, be it by a retired row.
        """
        who, why = _given("who", who), _given("why", why)
        with self._changing() as connection:
            return additions.add(connection, kind, rows, who=who, why=why, extractor=extractor or who)

    def tables(
        self, as_of: AsOf = None, extractor: str | None = None, sources: Collection[str] | None = None
    ) -> dict[str, pa.Table]:
        """The current rows of every kind, or those at an earlier revision or time, in the order of first intake.

        Tables of records carry a last column ``extractor``; naming one keeps that extractor's records only, naming
        sources their records only. Entities are always whole. A time without a zone is local time.
        """
        with self._reading() as connection:
            return asof.tables(connection, self._present, as_of, extractor, sources)

    def stream(self, kind: str, fields: Collection[str], *, size: int) -> Iterator[pa.RecordBatch]:
        """The current records of a kind in batches of at most ``size``, everybody's: these fields and ``rowid``.

        Printed numbers come as intervals, without their texts; ``records_at`` has the whole records. Memory stays
        bounded however many there are.
        """
        with self._reading() as connection:
            yield from stream.batches(connection, RECORDS[kind], self._present[kind], fields, size=size)

    def records_at(self, kind: str, rowids: Sequence[int]) -> pa.Table:
        """The whole records at rows that ``stream`` has named, with their extractor."""
        with self._reading() as connection:
            return stream.rows_at(connection, RECORDS[kind], self._present[kind], rowids)

    def record_ids(self, kind: str, rowids: pa.ChunkedArray) -> pa.ChunkedArray:
        """The ids of the records at rows that ``stream`` has named, one for each."""
        with self._reading() as connection:
            return stream.record_ids(connection, RECORDS[kind], rowids)

    def kinds_with_records(self) -> list[str]:
        """The kinds of which there is or was any record, in their order."""
        with self._reading() as connection:
            return stream.held(connection, [kind for kind in RECORDS if self._present[kind]])

    def number_of(self, kind: str) -> int:
        """How many current records of a kind there are, everybody's and the consensus."""
        with self._reading() as connection:
            return stream.number_of(connection, RECORDS[kind], self._present[kind])

    def table(self, kind: str, as_of: AsOf = None) -> pa.Table:
        """The current rows of one kind, as ``tables`` gives them."""
        with self._reading() as connection:
            return asof.table(connection, self._present, kind, as_of)

    def row(self, kind: str, record_key: str, extractor: str | None = None, as_of: AsOf = None) -> Row | None:
        """One row as it is or was, retired or not; None where there is none.

        Raises StoreError where several extractors have it and none is named.
        """
        model = changes.model_of(kind)
        with self._reading() as connection:
            return rows.row(connection, self._present, model, record_key, extractor, as_of)

    def rows(
        self,
        kind: str,
        *,
        source: str | None = None,
        extractors: Collection[str] | None = None,
        offset: int = 0,
        limit: int = 100,
        search: str | None = None,
    ) -> Page:
        """A page of current rows in the order of first intake, and how many there are on all pages.

        ``search`` is a part of the key, of an id, of the place or of the quote, in capitals or not. Without
        ``extractors`` the rows of all, the consensus too; entities belong to no source and to nobody.
        """
        model = changes.model_of(kind)
        with self._reading() as connection:
            return rows.page(
                connection, self._present, model,
                source=source, extractors=extractors, offset=offset, limit=limit, search=search,
            )  # fmt: skip

    def progress(self) -> list[Progress]:
        """How many current records everybody has of every source, by kind; the consensus is left out."""
        with self._reading() as connection:
            return rows.progress(connection, self._present)

    def revise(
        self,
        kind: str,
        record_key: str,
        changes_: Mapping[str, str | None],
        *,
        who: str,
        why: str,
        extractor: str | None = None,
        seen: int | None = None,
    ) -> int | None:
        """Write new texts for some fields of a row; the new revision, or None where nothing changes.

        Raises StoreError, and changes nothing, where the row would not be valid; ChangedMeanwhile where it is no
        longer at the revision ``seen``.
        """
        who, why = _given("who", who), _given("why", why)
        with self._changing() as connection:
            return changes.revise(
                connection, kind, record_key, changes_, who=who, why=why, extractor=extractor, seen=seen
            )

    def retire(
        self, kind: str, record_key: str, *, who: str, why: str, extractor: str | None = None, seen: int | None = None
    ) -> int:
        """Take a row out of the current state; its history stays. The new revision. ``seen`` as in ``revise``."""
        who, why = _given("who", who), _given("why", why)
        with self._changing() as connection:
            return changes.retire(connection, kind, record_key, who=who, why=why, extractor=extractor, seen=seen)

    def history(self, record_key: str | None = None, as_of: AsOf = None) -> list[HistoryEntry]:
        """Every change of every row, or of one, oldest first."""
        with self._reading() as connection:
            return history.history(connection, self._present, record_key, as_of)

    def revisions(self, as_of: AsOf = None) -> list[Revision]:
        """Who changed the review, when, by which action and why; one entry per change, oldest first."""
        with self._reading() as connection:
            return asof.revisions(connection, asof.resolve(connection, as_of))

    def change(self, revision: int) -> Revision | None:
        """Who made one change of the review, when, by which action and why; None where there is no such revision."""
        with self._reading() as connection:
            return asof.change(connection, revision)

    def save_findings(
        self, found: Sequence[Mapping[str, object]], summary: Mapping[str, object], revision: int | None = None
    ) -> None:
        """Replace the stored findings by those of a new check, and note the check.

        A finding may say under "extractor" from whose records it follows; what follows from several is given for each.
        ``revision`` is what was checked, where the review may have changed since; by default the last one.
        """
        with self._changing() as connection:
            findings.save(connection, found, summary, revision)

    def findings(self, extractor: str | None = None) -> list[dict[str, object]]:
        """The findings of the last check, or those of one extractor; those with a waiver in force are waived.

        A finding of several extractors is listed once.
        """
        with self._reading() as connection:
            return findings.read(connection, extractor)

    def findings_of_each(self) -> list[dict[str, object]]:
        """The findings of the last check as they were saved, one for each extractor from whose records they follow.

        Each says who that is under "extractor"; None where it is not known.
        """
        with self._reading() as connection:
            return whose.saved(connection)

    def whereabouts(self, records: Collection[str], after: int = 0) -> dict[tuple[str, str], list[Whereabouts]]:
        """By extractor and record id, the kinds and sources such records have, or had at any revision after this one."""
        with self._reading() as connection:
            return whose.whereabouts(connection, self._present, records, after)

    def last_check(self) -> CheckRun | None:
        """When the review was last checked, at which revision, with which result."""
        with self._reading() as connection:
            return findings.last_check(connection)

    def waive(self, fingerprint: str, *, who: str, reason: str) -> str:
        """Accept a finding; the first six characters of its fingerprint are enough. Returns the whole one."""
        who, reason = _given("who", who), _given("reason", reason)
        with self._changing() as connection:
            return findings.waive(connection, fingerprint, who=who, reason=reason)

    def withdraw_waiver(self, fingerprint: str, *, who: str) -> str:
        """Withdraw a waiver; it stays on record and its finding is open again. Returns the whole fingerprint."""
        who = _given("who", who)
        with self._changing() as connection:
            return findings.withdraw(connection, fingerprint, who=who)

    def waivers(self) -> list[Waiver]:
        """All waivers, oldest first: in force, stale and withdrawn."""
        with self._reading() as connection:
            return findings.waivers(connection)

    def subject(self, text: str, *, kind: str | None = None, extractor: str | None = None) -> Subject:
        """What a query can be about: the finding with this fingerprint (or its beginning), a record, or RECORD:FIELD.

        A field in which several extractors differ is their difference. Raises StoreError where there is nothing.
        """
        with self._reading() as connection:
            return subjects.named(connection, self._present, text, kind=kind, extractor=extractor)

    def open_query(self, subject: Subject, *, who: str, message: str) -> int:
        """Open a query and return its number. Raises StoreError while another about the same is not closed."""
        who, message = _given("who", who), _given("message", message)
        with self._changing() as connection:
            return queries.ask(connection, subject, who=who, message=message)

    def answer_query(self, query: int, *, who: str, message: str) -> str:
        """Answer a query that is open or reopened; its new state."""
        return self._move(query, "answer", who, message)

    def close_query(self, query: int, *, who: str, message: str, waive: bool = False) -> str:
        """Close a query; with ``waive`` its finding is accepted for the same reason, or nothing happens."""
        return self._move(query, "close", who, message, waive=waive)

    def reopen_query(self, query: int, *, who: str, message: str) -> str:
        """Send an answered query back, or open a closed one again; its new state."""
        return self._move(query, "reopen", who, message)

    def queries(self, as_of: AsOf = None) -> list[Query]:
        """All queries with everything that was said to them, now or at an earlier revision or time, by number."""
        with self._reading() as connection:
            return queries.queries(connection, self._present, as_of)

    def declare_extractor(self, extractor: str, kind: str, *, who: str) -> int | None:
        """Say that an extractor is a person or a model; the revision, or None where that is known already."""
        extractor, who = _given("extractor", extractor), _given("who", who)
        with self._changing() as connection:
            return extractors.declare(connection, self._present, extractor, kind, who=who)

    def extractor_kinds(self, as_of: AsOf = None) -> dict[str, str]:
        """What kind each declared extractor is, by name; whoever is not in it is a person."""
        with self._reading() as connection:
            return extractors.extractor_kinds(connection, as_of)

    def _move(self, query: int, step: str, who: str, message: str, *, waive: bool = False) -> str:
        who, message = _given("who", who), _given("message", message)
        with self._changing() as connection:
            return queries.move(connection, query, step, who=who, message=message, waive=waive)

    def propose(self, rows: Sequence[Proposed], *, who: str = SCAN, why: str = FOUND) -> Proposing:
        """Keep what a scan found in a document as proposals, all or none; those known already are only counted."""
        who, why = _given("who", who), _given("why", why)
        with self._changing() as connection:
            return proposals.propose(connection, rows, who=who, why=why)

    def proposals(
        self, source: str | None = None, *, extractor: str | None = None, status: str | None = None, as_of: AsOf = None
    ) -> list[Proposal]:
        """What was proposed, in the order of the document; of one source, or of one status for an extractor."""
        with self._reading() as connection:
            return proposals.proposals(
                connection, self._present, source, extractor=extractor, status=status, as_of=as_of
            )

    def proposal(self, id_: str) -> Proposal:
        """One proposal; the first six characters of its id are enough. Raises StoreError where none has it, or several."""
        with self._reading() as connection:
            return proposals.proposal(connection, self._present, id_)

    def open_proposals(self, extractor: str) -> dict[str, int]:
        """By source how many proposals this extractor has still to decide."""
        with self._reading() as connection:
            return proposals.open_proposals(connection, self._present, extractor)

    def accept_proposal(
        self, proposal: str, row: Mapping[str, str | None], *, who: str, extractor: str | None = None
    ) -> Accepted:
        """Enter a proposal as a record of the extractor, as they completed it; once only. Its id may be shortened."""
        who = _given("who", who)
        with self._changing() as connection:
            return proposals.accept(connection, self._present, proposal, row, who=who, extractor=extractor or who)

    def decline_proposal(self, proposal: str, *, who: str, reason: str, extractor: str | None = None) -> str:
        """Note that the extractor does not take a proposal; its whole id. It stays, and may still be accepted."""
        who, reason = _given("who", who), _given("reason", reason)
        with self._changing() as connection:
            return proposals.decline(
                connection, self._present, proposal, who=who, extractor=extractor or who, reason=reason
            )

    def submit(self, extractor: str, *, who: str, why: str, sources: Collection[str] | None = None) -> list[str]:
        """Hand in an extractor's work on these sources, by default on all they have; those handed in for the first time."""
        who, why = _given("who", who), _given("why", why)
        with self._changing() as connection:
            return adjudicate.submit(connection, extractor, sources, who=who, why=why)

    def submissions(self, as_of: AsOf = None) -> list[Submission]:
        """Who has handed in which source."""
        with self._reading() as connection:
            return consensus.submissions(connection, as_of)

    def withdraw_submission(self, extractor: str, source: str, *, who: str, why: str) -> int:
        """Take back that an extractor handed in a source; the new revision.

        Raises StoreError where they have not, and once all who extracted the source have: what differs may be known.
        """
        who, why = _given("who", who), _given("why", why)
        with self._changing() as connection:
            return withdrawal.withdraw(connection, extractor, source, who=who, why=why)

    def adjudicate(self, choices: Sequence[Choice], *, who: str, why: str) -> list[int]:
        """Settle differences between extractors, all of the choices or none; the ids of the decisions.

        A record of which nothing is left to decide gets a consensus, a row with the extractor "consensus".
        Raises ChangedMeanwhile where a choice says what was seen (``Choice.seen``) and that is no longer so.
        """
        who, why = _given("who", who), _given("why", why)
        with self._changing() as connection:
            return adjudicate.adjudicate(connection, self._present, choices, who=who, why=why)

    def reopen_decision(self, id_: int, *, who: str, why: str) -> int:
        """Take a decision back, which stays on record; the new revision."""
        who, why = _given("who", who), _given("why", why)
        with self._changing() as connection:
            return adjudicate.reopen(connection, self._present, id_, who=who, why=why)

    def adjudications(self, as_of: AsOf = None) -> list[Adjudication]:
        """All decisions on differences, oldest first: in force, stale and reopened, as they stood then."""
        with self._reading() as connection:
            return consensus.adjudications(connection, self._present, as_of)

    def accounts(self) -> dict[str, Account]:
        """Who may work in the review, by name; what a role means is said in ``store.accounts.ROLES``."""
        with self._reading() as connection:
            return accounts.accounts(connection)

    def set_account(self, name: str, *, role: str | None = None, password: str | None = None, who: str) -> int:
        """Make an account, or give it another role or password; the revision of its last change.

        ``password`` is an encoded argon2 hash. Raises StoreError where no owner would be left.
        """
        who = _given("who", who)
        with self._changing() as connection:
            return accounts.set_account(connection, name, role=role, password=password, who=who)

    def remove_account(self, name: str, *, who: str) -> int:
        """Take an account away; what the person did stays under their name. The new revision."""
        who = _given("who", who)
        with self._changing() as connection:
            return accounts.remove_account(connection, name, who=who)


def _given(name: str, text: str) -> str:
    if not text.strip():
        raise StoreError(f"{name} is blank; every change of a review says who made it and why")
    return text.strip()
