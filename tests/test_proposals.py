"""Proposals in the store, against a record of them that is kept by hand: proposed once, decided by each extractor."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from older_reviews import made_older
from sweep import cases
from web_case import ENTITIES

from schemas.identity import PLACE
from schemas.registry import RECORD_MODELS
from store import migrate
from store.errors import StoreError
from store.proposed import ACCEPTED, DECLINED, OPEN, STATUSES, Proposed, Proposing, Said, named, proposal_id
from store.review import Review

CELLS = {"events": "22", "total": "52", "percent": "42.3%"}
ROW = Proposed(
    "donk", "count", CELLS, {"section": "Results", "page": "3"}, "Of 52 patients, 22 (42.3%) had a complete response",
    remarks=(Said("COUNT-001", "note", "Worth a look."),),
)  # fmt: skip
ABOUT = {"study": "donk", "arm": "all", "outcome": "cr"}
PEOPLE = ("ana", "ben")


def fresh(path):
    review = Review.create(path)
    for kind, rows in ENTITIES.items():
        review.add(kind, rows, who="olga", why="set up")
    return review


@pytest.fixture
def review(tmp_path):
    with fresh(tmp_path / "review.duckdb") as made:
        yield made


def proposed(review, *rows):
    review.propose(list(rows) or [ROW], why="scanned")
    return [each.id for each in review.proposals()]


def refusal(act, *words, **named):
    before = words[0].revision if words and isinstance(words[0], Review) else None
    with pytest.raises(StoreError) as refused:
        act(*words, **named)
    assert before is None or words[0].revision == before
    return str(refused.value)


def test_what_is_proposed_is_kept_as_it_is_printed_and_by_whom(review):
    assert review.propose([ROW], why="scanned donk.xml") == Proposing(1, 0)
    (one,) = review.proposals()
    assert (one.what, one.who, one.revision) == (ROW, "scan", review.revision)
    assert one.id == proposal_id(ROW)
    assert review.change(one.revision).why == "scanned donk.xml"
    assert one.what.row() == {"source": "donk", **CELLS, **ROW.place, "quote": ROW.quote}


def test_scanning_twice_proposes_once_and_writes_nothing(review):
    proposed(review)
    before = review.revision
    assert review.propose([ROW], why="scanned again") == Proposing(0, 1)
    assert review.revision == before
    newer = replace(ROW, quote="other words around it", joined=True, remarks=())
    assert review.propose([newer], why="a better scanner") == Proposing(0, 1)
    assert review.propose([], why="an empty document") == Proposing(0, 0)


def test_what_became_of_a_scan_is_said_in_words():
    said = {(2, 0): "2 proposed", (1, 1200): "1 proposed, 1,200 known already", (0, 3): "nothing new, 3 known already", (0, 0): "0 proposed"}  # fmt: skip
    assert {each: str(Proposing(*each)) for each in said} == said


def test_the_same_print_twice_in_one_place_is_two_proposals_each_time(review):
    twice = [ROW, replace(ROW, quote="and again 22 of 52 (42.3%)")]
    assert review.propose(twice, why="scanned") == Proposing(2, 0)
    assert review.propose(twice, why="scanned") == Proposing(0, 2)
    assert [each.what.quote for each in review.proposals()] == [each.quote for each in twice]


@given(st.data())
@settings(max_examples=cases(50))
def test_another_source_kind_place_or_text_is_another_proposal(data):
    texts = st.dictionaries(st.sampled_from(["p", "lower"]), st.text("0.,", max_size=3), min_size=1)
    places = st.dictionaries(st.sampled_from(PLACE), st.text("ab|", max_size=2))
    draw = st.builds(Proposed, st.sampled_from(["a", "ab"]), st.sampled_from(["count", "test"]), texts, places)
    one, two = data.draw(draw), data.draw(draw)

    def said(row):
        cells, place = ({name: text for name, text in each.items() if text} for each in (row.cells, row.place))
        return row.source, row.kind, cells, place

    assert (proposal_id(one) == proposal_id(two)) == (said(one) == said(two))


def test_a_row_that_cannot_be_a_record_is_refused_whole(review):
    kinds = ", ".join(each.kind for each in RECORD_MODELS)
    cases = {
        "proposal 2: 'cuont' is not a kind of record; the kinds are " + kinds: replace(ROW, kind="cuont"),
        "proposal 2: 'size' is no cell of a proposed count": replace(ROW, cells={"size": "3"}),
        "proposal 2: 'quote' is no cell of a proposed count": replace(ROW, cells={"quote": "3"}),
        "proposal 2: 'line' is no part of a place": replace(ROW, place={"line": "3"}),
        "proposal 2: nothing is printed in it": replace(ROW, cells={"events": " "}),
        "the review has no source 'dnok'": replace(ROW, source="dnok"),
        "half a character": replace(ROW, quote="\ud800"),
    }
    for said, row in cases.items():
        assert said in refusal(Review.propose, review, [ROW, row], why="scanned")
    assert review.proposals() == []


def test_accepting_enters_one_record_of_that_extractor_with_what_they_corrected(review):
    (mark,) = proposed(review)
    done = review.accept_proposal(mark[:6], ROW.row() | ABOUT | {"events": "21"}, who="ana")
    row = review.row("count", done.record, "ana")
    expected = ROW.row() | ABOUT | {"events": "21", "record": done.record}
    assert {name: row.cells[name] for name in expected} == expected
    assert done == type(done)(mark, row.record_key, review.revision)
    (one,) = review.proposals()
    assert (one.status("ana"), one.status("ben")) == (ACCEPTED, OPEN)
    made = one.decisions["ana"]
    assert (made.who, made.record, made.reason, made.at) == ("ana", done.record, f"proposal {mark} accepted", review.change(done.revision).at)  # fmt: skip
    assert [each.who for each in review.history(done.record)] == ["ana"]


def test_accepted_twice_is_refused_and_so_is_declining_what_was_accepted(review):
    (mark,) = proposed(review)
    done = review.accept_proposal(mark, ROW.row(), who="ana")
    said = f"ana has accepted the proposal {mark} already, as {done.record}; change or retire that record"
    assert refusal(Review.accept_proposal, review, mark, ROW.row(), who="ana") == said
    assert refusal(Review.decline_proposal, review, mark, who="ana", reason="no") == said
    assert review.accept_proposal(mark, ROW.row(), who="ben").record == done.record
    assert len(review.rows("count").rows) == 2


def test_declining_needs_a_reason_and_can_be_thought_over_once(review):
    (mark,) = proposed(review)
    assert "reason is blank" in refusal(Review.decline_proposal, review, mark, who="ana", reason=" ")
    assert review.decline_proposal(mark[:8], who="ana", reason="of another trial") == mark
    (one,) = review.proposals(extractor="ana", status=DECLINED)
    assert (one.decisions["ana"].reason, one.decisions["ana"].record) == ("of another trial", None)
    assert "already (of another trial); it may still be accepted" in refusal(Review.decline_proposal, review, mark, who="ana", reason="again")  # fmt: skip
    review.accept_proposal(mark, ROW.row(), who="ana")
    assert review.proposals()[0].status("ana") == ACCEPTED


def test_what_cannot_be_entered_leaves_the_proposal_open(review):
    (mark,) = proposed(review)
    cases = {
        "no arm 'donk/none'": {"study": "donk", "arm": "none"},
        "of the source 'donk'; enter what another source prints by itself": {"source": "wolschke"},
        "events": {"events": "fifteen"},
    }
    for said, more in cases.items():
        assert said in refusal(Review.accept_proposal, review, mark, ROW.row() | more, who="ana")
    assert "settled records" in refusal(Review.accept_proposal, review, mark, ROW.row(), who="ana", extractor="consensus")  # fmt: skip
    assert "settled records" in refusal(Review.decline_proposal, review, mark, who="ana", extractor="Consensus", reason="x")  # fmt: skip
    assert review.open_proposals("ana") == {"donk": 1}


def test_an_id_may_be_shortened_as_long_as_it_fits_one(review):
    rows = [replace(ROW, cells={"events": str(number)}) for number in range(3)]
    marks = proposed(review, *rows)
    assert "too short for a proposal" in refusal(Review.decline_proposal, review, marks[0][:5], who="ana", reason="x")
    unknown = "z" * 16
    assert f"no proposal {unknown!r}" in refusal(Review.decline_proposal, review, unknown, who="ana", reason="x")
    for mark in marks:
        review.reader().execute("UPDATE proposal SET proposal = 'abcdef' || proposal WHERE proposal = ?", [mark])
    assert "'abcdef' fits 3 proposals" in refusal(Review.decline_proposal, review, "abcdef", who="ana", reason="x")


def test_a_status_is_that_of_an_extractor(review):
    for asked in ({"status": OPEN}, {"status": "new", "extractor": "ana"}):
        assert "open, accepted, declined; name both" in refusal(Review.proposals, review, **asked)


def test_of_two_who_accept_at_once_for_the_same_extractor_one_is_refused(review):
    (mark,) = proposed(review)
    outcomes = []

    def accept():
        try:
            outcomes.append(review.accept_proposal(mark, ROW.row(), who="ana").record)
        except StoreError as refused:
            outcomes.append(str(refused))

    threads = [threading.Thread(target=accept) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum("already" in each for each in outcomes) == 3
    assert len(review.rows("count").rows) == 1


def test_a_review_from_before_proposals_opens_and_takes_them(tmp_path):
    path = tmp_path / "older.duckdb"
    with fresh(path) as made:
        made.add("count", [ROW.row()], who="ana", why="read")
    made_older(path, 4)
    with pytest.raises(StoreError, match="older release"):
        Review.open(path, read_only=True)
    with Review.open(path) as made:
        assert len(made.rows("count").rows) == 1
        proposed(made)
    with Review.open(path, read_only=True) as made:
        assert made.open_proposals("ben") == {"donk": 1}
        assert migrate.schema_version(made.reader()) == migrate.latest_version()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("propose"), st.lists(st.sampled_from("abcd"), max_size=3)),
        st.tuples(st.sampled_from([ACCEPTED, DECLINED, "retire"]), st.sampled_from("abcd"), st.sampled_from(PEOPLE)),
    ),
    max_size=14,
)


def offered(key):
    """Two are of one source, one of another; the last prints what the first does."""
    source = "wolschke" if key == "c" else "donk"
    return Proposed(source, "count", {"events": "1" if key in "ad" else "2"}, {"row": key})


class ByHand:
    """What the store should say: the proposals in their order, and what each extractor decided."""

    def __init__(self):
        self.known, self.decided, self.records = [], {}, {}

    def states(self):
        return {(key, who): self.decided.get((key, who), OPEN) for key in self.known for who in PEOPLE}

    def propose(self, keys):
        new = [key for key in dict.fromkeys(keys) if key not in self.known]
        self.known += new
        return len(new)

    def may(self, step, key, who):
        state = self.decided.get((key, who), OPEN)
        return key in self.known and state in {ACCEPTED: (OPEN, DECLINED), DECLINED: (OPEN,), "retire": (ACCEPTED,)}[step]  # fmt: skip


def taken(review, by_hand, step):
    """One step in the store; whether it was let through."""
    name, key, *who = step
    if name == "propose":
        done = review.propose([offered(each) for each in dict.fromkeys(key)], why="scanned")
        return done.added == by_hand.propose(key)
    who, mark = who[0], proposal_id(offered(key))
    try:
        if name == ACCEPTED:
            by_hand.records[key, who] = review.accept_proposal(mark, offered(key).row(), who=who).record
        elif name == DECLINED:
            review.decline_proposal(mark, who=who, reason="not needed")
        elif by_hand.may(*step):
            review.retire("count", by_hand.records[key, who], who=who, why="a mistake", extractor=who)
        else:
            return False
    except StoreError:
        return False
    return True


def seen(review, as_of=None):
    rows = {each.what.place["row"]: each for each in review.proposals(as_of=as_of)}
    return {(key, who): each.status(who) for key, each in rows.items() for who in PEOPLE}


@pytest.mark.slow
@settings(max_examples=cases(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_every_state_of_every_proposal_is_what_was_written_down_by_hand(tmp_path_factory, steps):
    """Now and at every earlier revision and time, whatever was proposed, accepted, declined and retired."""
    file = tmp_path_factory.mktemp("proposals") / "review.duckdb"
    with fresh(file) as review:
        by_hand, past = ByHand(), {review.revision: {}}
        for step in steps:
            allowed = step[0] == "propose" or by_hand.may(*step)
            assert taken(review, by_hand, step) == allowed
            if allowed and step[0] != "propose":
                by_hand.decided[step[1:]] = OPEN if step[0] == "retire" else step[0]
            past[review.revision] = by_hand.states()
            assert seen(review) == by_hand.states()
            assert_narrowed(review, by_hand)
    with Review.open(file, read_only=True) as review:
        times = {each.revision: each.at for each in review.revisions()}
        for revision, states in past.items():
            assert seen(review, revision) == seen(review, times[revision]) == states
        mine = [each for each in review.revisions() if each.action.startswith("propos") or "proposal" in each.why]
        assert {each.who for each in mine} <= {"scan", *PEOPLE}


def assert_narrowed(review, by_hand):
    """Lists by source and by status, and the number of those that are open, say the same."""
    states = by_hand.states()
    for who in PEOPLE:
        for status in STATUSES:
            found = [each.what.place["row"] for each in review.proposals(extractor=who, status=status)]
            assert found == [key for key in by_hand.known if states[key, who] == status]
        left = [offered(key).source for key in by_hand.known if states[key, who] == OPEN]
        assert review.open_proposals(who) == {each: left.count(each) for each in left}
    found = [each.what.place["row"] for each in review.proposals("wolschke")]
    assert found == [key for key in by_hand.known if key == "c"]


def test_ids_of_one_document_are_told_apart_by_their_turn():
    ids = list(named([ROW, replace(ROW, kind="rate"), ROW]))
    assert len(set(ids)) == 3
    assert ids[0] == proposal_id(ROW)
    assert ids[2] == proposal_id(ROW, 1)
