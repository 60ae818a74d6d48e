"""The store against a plain-Python model of it: whatever is done in whatever order, on a real file that is closed and opened again."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from store_model import Model, Waiver
from test_store_history import ROW
from test_store_round_trip import entities, table

from store.adjudicate import Choice
from store.errors import StoreError
from store.proposed import Proposed
from store.review import Review

PEOPLE, RECORDS, MARKS = (
    st.sampled_from(["ana", "ben"]),
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(["aaaaaa1", "bbbbbb2", "cccccc3"]),
)
CELLS = st.tuples(st.sampled_from(["21", "22", "NR"]), st.sampled_from(["42%", "42.0%", "<1%"]))
FIELDS = ("events", "percent")
SOURCE = ROW["source"]
WRONG = ({"events": "fifteen"}, {"arm": "nowhere"}, {"evnts": "1"}, {"record": "other"}, {"estimator": "magic"}, {"source": None}, {"note": "half \ud800"})  # fmt: skip


class Broken(Exception):
    """Something gives out in the middle of a change."""


def row(record: str, cells: tuple[str, str]) -> dict[str, str]:
    """A count with these cells."""
    return ROW | {"record": record} | dict(zip(FIELDS, cells, strict=True))


class Reviewed(RuleBasedStateMachine):
    """A review that two people extract and a third decides."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(prefix="model-")
        self.path = Path(self.folder.name) / "review.duckdb"
        self.review = Review.create(self.path)
        self.model = Model()

    @initialize()
    def entities(self) -> None:
        self.review.intake(entities(), who="ana", why="entities")
        self.model.write("intake", {})

    def content(self) -> dict[str, list[tuple]]:
        """Everything the file holds."""
        cursor = self.review.reader()
        names = [name for (name,) in cursor.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        return {name: cursor.execute(f'SELECT * FROM "{name}" ORDER BY ALL').fetchall() for name in names}

    def refused(self, change, *given, problem: type[Exception] = StoreError, **named) -> str:
        """A change that must be refused, and leave nothing; what is said."""
        before = self.content()
        with pytest.raises(problem) as raised:
            change(*given, **named)
        assert self.content() == before
        if problem is StoreError:
            assert str(raised.value).strip()
            assert "\n" not in str(raised.value)
        return str(raised.value)

    def key_of(self, who: str, record: str) -> tuple[str, str] | None:
        return (who, record) if (who, record) in self.model.current() else None

    # rows

    @rule(who=PEOPLE, record=RECORDS, cells=CELLS)
    def add(self, who, record, cells) -> None:
        if (who, record) in self.model.rows:
            said = self.refused(self.review.add, "count", [row(record, cells)], who=who, why="typed")
            assert "give another id" in said
            return
        self.review.add("count", [row(record, cells)], who=who, why="typed")
        self.model.write("add", {(who, record): (cells, False)})

    @rule(who=PEOPLE, rows=st.dictionaries(RECORDS, CELLS, min_size=1))
    def intake(self, who, rows) -> None:
        done = self.review.intake(
            {"count": table("count", *(row(*each) for each in rows.items()))}, who=who, why="file"
        )
        said = {"added": done.added, "changed": done.changed, "unchanged": done.unchanged, "decided": done.decided}
        expected = self.model.taken_in(who, rows)
        assert {name: each["count"] for name, each in said.items() if each["count"]} == dict(expected)
        assert done.revision == (self.model.revision if expected["added"] + expected["changed"] else None)

    @rule(who=PEOPLE, record=RECORDS, cells=CELLS, at=st.sampled_from([0, 1]))
    def revise(self, who, record, cells, at) -> None:
        change = {FIELDS[at]: cells[at]}
        if self.key_of(who, record) is None:
            self.refused(self.review.revise, "count", record, change, who="cem", why="try", extractor=who)
            return
        now = self.model.current()[who, record]
        new = (cells[0], now[1]) if at == 0 else (now[0], cells[1])
        made = self.review.revise("count", record, change, who="cem", why="misread", extractor=who)
        if new == now:
            assert made is None
            return
        self.model.write("revise", {(who, record): (new, False)})
        assert made == self.model.revision

    @rule(who=PEOPLE, record=RECORDS)
    def retire(self, who, record) -> None:
        if self.key_of(who, record) is None:
            self.refused(self.review.retire, "count", record, who="cem", why="try", extractor=who)
            return
        self.review.retire("count", record, who="cem", why="twice", extractor=who)
        self.model.write("retire", {(who, record): (self.model.current()[who, record], True)})

    # what must leave nothing

    @rule(who=PEOPLE, record=RECORDS, wrong=st.sampled_from(WRONG))
    def revise_wrongly(self, who, record, wrong) -> None:
        self.refused(self.review.revise, "count", record, wrong, who="cem", why="try", extractor=who)

    @rule(who=PEOPLE, cells=CELLS)
    def two_rows_of_one_id(self, who, cells) -> None:
        same = table("count", row("d", cells), row("e", cells))
        names = same.schema.names
        twice = same.set_column(names.index("record"), "record", [["d", "d"]])
        self.refused(self.review.intake, {"count": twice}, who=who, why="try")
        self.refused(self.review.add, "count", [row("d", cells), row("e", ("fifteen", cells[1]))], who=who, why="try")

    @rule(who=PEOPLE, rows=st.dictionaries(RECORDS, CELLS, min_size=1), after=st.integers(1, 8))
    def gives_out_in_the_middle(self, who, rows, after) -> None:
        """Whoever is told of the progress of an intake breaks, before or after something was written."""
        before, told = self.content(), count(1)

        def breaks(*_: object) -> None:
            if next(told) == after:
                raise Broken

        study = table("study", {"study": f"new-{self.model.revision}"})
        given = {"study": study, "count": table("count", *(row(*each) for each in rows.items()))}
        try:
            self.review.intake(given, who=who, why="file", progress=breaks)
        except Exception as problem:
            assert "Broken" in str(problem) or isinstance(problem, Broken)  # noqa: PT017 - it may also go well
            assert self.content() == before
        else:
            if not self.model.taken_in(who, rows).keys() & {"added", "changed"}:
                self.model.write("intake", {})

    @rule()
    def an_entity_in_use_is_retired(self) -> None:
        if any(who != "consensus" for who, _ in self.model.current()):
            self.refused(self.review.retire, "study", ROW["study"], who="cem", why="try")

    @rule(at=st.integers(1, 5))
    def a_revision_that_is_not_there(self, at) -> None:
        self.refused(self.review.tables, as_of=self.model.revision + at)

    # decisions

    @rule(
        record=RECORDS,
        at=st.sampled_from([None, 0, 1]),
        who=PEOPLE,
        way=st.sampled_from(["taken", "taken", "other", "left_out"]),
        cells=CELLS,
    )
    def adjudicate(self, record, at, who, way, cells) -> None:
        both = {(each, record) for each in ("ana", "ben")}
        way = "taken" if (way == "other" and at is None) or (way == "left_out" and at is not None) else way
        name, source = None if at is None else FIELDS[at], who if way == "taken" else None
        value = cells[at or 0] if way == "other" else None
        choice = Choice("count", frozenset(both), way, name, source, value)
        if not both <= self.model.current().keys() or not self.model.decide(record, at, way, source, value):
            self.refused(self.review.adjudicate, [choice], who="cem", why="try")
            return
        assert self.review.adjudicate([choice], who="cem", why="looked it up") == [self.model.decisions[-1].id]

    @rule(number=st.integers(0, 6))
    def reopen_decision(self, number) -> None:
        found = next((one for one in self.model.decisions if one.id == number and not one.reopened), None)
        if found is None:
            self.refused(self.review.reopen_decision, number, who="cem", why="try")
            return
        self.model.reopen(found)
        assert self.review.reopen_decision(number, who="cem", why="again") == self.model.revision

    @rule(who=PEOPLE)
    def submit(self, who) -> None:
        if not any(each == who for each, _ in self.model.current()):
            self.refused(self.review.submit, who, who=who, why="try")
            return
        done = self.review.submit(who, who=who, why="finished")
        assert done == ([] if who in self.model.submitted else [SOURCE])
        if done:
            self.model.submitted[who] = self.model.revision + 1
            self.model.write("submit", {})

    @rule(who=PEOPLE)
    def withdraw(self, who) -> None:
        if who not in self.model.submitted or self.model.seen_by_all(who):
            self.refused(self.review.withdraw_submission, who, SOURCE, who=who, why="try")
            return
        self.review.withdraw_submission(who, SOURCE, who=who, why="not yet")
        del self.model.submitted[who]
        self.model.write("withdraw", {})

    # proposals

    @rule(cells=st.lists(CELLS, min_size=1, max_size=2))
    def propose(self, cells) -> None:
        rows = [
            Proposed(SOURCE, "count", dict(zip(FIELDS, each, strict=True)), {"section": f"Table {number}"})
            for number, each in enumerate(cells)
        ]
        done = self.review.propose(rows)
        known = self.model.proposals.keys() & {each.id for each in self.review.proposals()}
        new = [each.id for each in self.review.proposals() if each.id not in known]
        assert (done.added, done.known) == (len(new), len(rows) - len(new))
        self.model.proposals |= {each: {} for each in new}
        if new:
            self.model.write("propose", {})

    @precondition(lambda self: self.model.proposals)
    @rule(number=st.integers(0, 5), who=PEOPLE, record=st.sampled_from(["a", "p", "q"]), cells=CELLS)
    def accept(self, number, who, record, cells) -> None:
        mark = sorted(self.model.proposals)[number % len(self.model.proposals)]
        if self.model.decided(mark, who) == "accepted" or (who, record) in self.model.rows:
            self.refused(self.review.accept_proposal, mark, row(record, cells), who=who)
            return
        done = self.review.accept_proposal(mark[:8], row(record, cells), who=who)
        self.model.proposals[mark][who] = ("accepted", record)
        self.model.write("add", {(who, record): (cells, False)})
        assert (done.proposal, done.record, done.revision) == (mark, record, self.model.revision)

    @precondition(lambda self: self.model.proposals)
    @rule(number=st.integers(0, 5), who=PEOPLE)
    def decline(self, number, who) -> None:
        mark = sorted(self.model.proposals)[number % len(self.model.proposals)]
        if self.model.decided(mark, who) != "open":
            self.refused(self.review.decline_proposal, mark, who=who, reason="try")
            return
        assert self.review.decline_proposal(mark, who=who, reason="another outcome") == mark
        self.model.proposals[mark][who] = ("declined", "")
        self.model.write("decline", {})

    # findings

    @rule(marks=st.lists(MARKS, unique=True))
    def check(self, marks) -> None:
        found = [
            {
                "rule": "COUNT-002",
                "severity": "error",
                "message": "m",
                "fingerprint": mark,
                "extractor": "ana",
                "decided_by": "",
                "reason": "",
            }
            for mark in marks
        ]
        self.review.save_findings(found, {"records": 1})
        self.model.findings = marks
        assert self.review.last_check().revision == self.model.revision

    @rule(mark=MARKS)
    def waive(self, mark) -> None:
        if mark not in self.model.findings or mark in self.model.waived():
            self.refused(self.review.waive, mark, who="cem", reason="try")
            return
        assert self.review.waive(mark[:6], who="cem", reason=f"reason {len(self.model.waivers)}") == mark
        self.model.waivers.append(Waiver(mark, f"reason {len(self.model.waivers)}"))

    @rule(mark=MARKS)
    def withdraw_waiver(self, mark) -> None:
        if mark not in self.model.waived():
            self.refused(self.review.withdraw_waiver, mark, who="cem")
            return
        self.review.withdraw_waiver(mark, who="cem")
        next(one for one in self.model.waivers if one.finding == mark and not one.withdrawn).withdrawn = True

    # the file

    @rule(read_only=st.booleans())
    def open_again(self, read_only) -> None:
        self.review.close()
        if read_only:
            with Review.open(self.path, read_only=True) as review:
                assert review.revision == self.model.revision
                with pytest.raises(StoreError, match="reading only"):
                    review.retire("count", "a", who="cem", why="try")
        self.review = Review.open(self.path)

    @rule(part=st.floats(0, 1))
    def as_of(self, part) -> None:
        self.same_at(round(part * self.model.revision))

    def same_at(self, revision: int) -> None:
        """The state at a revision is what it was then."""
        assert self.rows(as_of=revision) == self.model.states.get(revision, {})
        then = self.review.adjudications(as_of=revision)
        assert [(one.id, one.reopened is not None, one.stale) for one in then] == self.model.standing.get(revision, [])

    def rows(self, **named) -> dict[tuple[str, str], tuple[str, str]]:
        found = self.review.table("count", **named).to_pylist()
        cells = {
            (each["extractor"], each["record"]): (each["events"]["text"], each["percent"]["text"]) for each in found
        }
        assert len(cells) == len(found)
        return cells

    @invariant()
    def the_same_now(self) -> None:
        assert self.review.revision == self.model.revision
        assert self.rows() == self.model.current()
        waived = self.model.waived()
        assert [(one["fingerprint"], one["status"], one["reason"]) for one in self.review.findings()] == [
            (mark, "waived" if mark in waived else "open", waived.get(mark, "")) for mark in self.model.findings
        ]
        assert [(one.fingerprint, one.reason, one.withdrawn_at is not None, one.stale) for one in self.review.waivers()] == [
            (one.finding, one.reason, one.withdrawn, not one.withdrawn and one.finding not in self.model.findings)
            for one in self.model.waivers
        ]  # fmt: skip
        assert {one.extractor: one.revision for one in self.review.submissions()} == self.model.submitted

    def teardown(self) -> None:
        with suppress(Exception):  # the failure that ended the run is the one to be told
            self.review.close()
        self.review = Review.open(self.path, read_only=True)
        try:
            for made in self.review.revisions():
                self.same_at(made.revision)
            assert len(self.review.revisions()) == self.model.revision
            assert {each.id: {who: each.status(who) for who in ("ana", "ben")} for each in self.review.proposals()} == {
                mark: {who: self.model.decided(mark, who) for who in ("ana", "ben")} for mark in self.model.proposals
            }
            told = [
                (each.revision, each.extractor, each.record_key)
                for each in self.review.history()
                if each.kind == "count"
            ]
            assert sorted(told) == sorted(
                (one.revision, *key) for key, several in self.model.rows.items() for one in several
            )
        finally:
            self.review.close()
            self.folder.cleanup()


def _run(examples: int, steps: int) -> None:
    some = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Reviewed, settings=some)


def test_the_store_says_what_a_plain_model_of_it_says():
    _run(4, 20)


@pytest.mark.slow
def test_the_store_says_what_a_plain_model_says_for_long():
    _run(12, 40)
