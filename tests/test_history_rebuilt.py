"""Every earlier state of a review, against a record of it that is kept by hand."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from sweep import cases
from test_store_history import ROW
from test_store_round_trip import entities, table

from store.review import Review

STEPS = st.lists(st.tuples(st.sampled_from(["add", "revise", "retire", "intake"]), st.sampled_from("abcd"), st.sampled_from(["ana", "ben"])), max_size=9)  # fmt: skip


@settings(max_examples=cases(8))
@given(STEPS)
def test_every_earlier_state_is_what_was_written_down_by_hand_at_the_time(tmp_path_factory, steps):
    """By revision and by time, of whatever was added, changed, retired and taken in again, also after reopening."""
    file = tmp_path_factory.mktemp("history") / "review.duckdb"
    now, seen, gone = {}, {}, set()
    with Review.create(file) as review:
        review.intake(entities(), who="ana", why="entities")
        seen[review.revision] = {}
        for number, (step, key, who) in enumerate(steps):
            row = ROW | {"record": key, "events": str(number)}
            known = (key, who) in now
            if (key, who) in gone or (step == "add" and known) or (step in ("revise", "retire") and not known):
                continue
            if step == "add":
                review.add("count", [row], who=who, why=f"step {number}")
            elif step == "intake":
                review.intake({"count": table("count", row)}, who=who, why=f"step {number}")
            elif step == "revise":
                review.revise("count", key, {"events": str(number)}, who="cem", why=f"step {number}", extractor=who)
            else:
                review.retire("count", key, who="cem", why=f"step {number}", extractor=who)
                gone.add((key, who))
                now.pop((key, who))
            if step != "retire":
                now[key, who] = str(number)
            seen[review.revision] = dict(now)
    with Review.open(file, read_only=True) as review:
        for revision, at in [*((each, each) for each in seen), *((each.revision, each.at) for each in review.revisions())]:  # fmt: skip
            rows = review.tables(as_of=at)["count"].to_pylist()
            assert {(row["record"], row["extractor"]): row["events"]["text"] for row in rows} == seen[revision]
            assert len(rows) == len(seen[revision])
