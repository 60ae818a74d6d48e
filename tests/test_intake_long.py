"""Long tables at intake: ids told apart as for short ones, rows put aside, the same tables whatever the batches."""

from __future__ import annotations

import os
import resource
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sweep import cases

from curation.intake import csv_quick, csv_sheets, spool
from curation.intake.finish import told_apart
from curation.intake.problems import Problems, Refused
from curation.intake.read import read
from curation.intake.references import references
from curation.intake.spool import Spool
from schemas.identity import numbered, record_ids, wished_ids
from schemas.registry import KINDS
from schemas.texts import Texts
from store import arriving
from store.errors import StoreError
from store.review import Review

ids = st.sampled_from(["a", "b", "a-1", "a-2", "a-2-2", "a-02", "b-2", "b-3", "-2", "", "a-2-3", "a\n-2"])


@settings(max_examples=cases(300), deadline=None)
@given(st.lists(st.tuples(ids, st.booleans()), min_size=1, max_size=12))
@example([("a", False), ("a-2", True), ("a", False), ("a-2", False), ("a-2-2", True)])
def test_long_columns_of_ids_are_numbered_like_short_ones(rows):
    names, own = [name for name, _ in rows], np.array([typed for _, typed in rows])
    problems = Problems()
    made = told_apart(pa.chunked_array([names[:5], names[5:]], pa.string()), own, lambda at: ("f", at), problems)
    assert made.to_pylist() == numbered(names)
    first: dict[str, int] = {}
    shared = [
        (place, first[name])
        for place, name in enumerate(name if typed else final for name, typed, final in zip(names, own, made.to_pylist(), strict=True))
        if first.setdefault(name, place) != place
    ]  # fmt: skip
    assert [(each.row, int(each.found.split("row ")[1].split()[0])) for each in problems.kept] == shared


cell = st.sampled_from([None, "a", "é b", "x=1", "\x1f"])


@settings(max_examples=cases(100), deadline=None)
@given(st.sampled_from(["count", "mean", "flow"]), st.data())
def test_ids_made_for_a_column_are_those_made_for_its_rows(kind, data):
    model = KINDS[kind]
    names = [each.name for each in model.fields() if each.quantity is None]
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(names, cell)), min_size=1, max_size=5))
    columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in names}
    assert numbered(wished_ids(model, columns).to_pylist()) == record_ids(model, rows)


def long_folder(folder: Path, rows: int, *, bad: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "source.csv").write_text("source,title,type\na,A,article\nb,B,article\n", encoding="utf-8")
    lines = ["source,row,events,total,percent,printed,note,decimal_mark"]
    for number in range(rows):
        source = "nowhere" if bad and number % bad == 1 else "ab"[number % 2]
        events = (
            "many"
            if bad and number % bad == 0
            else ("NR", "24|9?", "", "< 5")[number % 4]
            if number < 90
            else str(number)
        )
        whole = "22/52 (42.3%)" if number % 3 == 0 else ""
        lines.append(f'{source},row {number // 2},{events},{number:d},"{number % 100},5%",{whole},"a ""note""\n",comma')
    (folder / "count.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_a_table_is_the_same_whatever_its_batches(tmp_path, monkeypatch):
    folder = long_folder(tmp_path / "in", 700)
    whole = read([folder])
    with monkeypatch.context() as patch:
        patch.setattr(csv_quick, "BLOCK", 1000)
        patch.setattr(spool, "IN_MEMORY", 20_000)
        pieces = read([folder])
        assert len(list(pieces.texts["count"].batches(["source"]))) > 10
    with monkeypatch.context() as patch:
        patch.setattr(csv_sheets, "told_apart_quickly", lambda _: False)
        patch.setattr(csv_sheets, "TOGETHER", 33)
        careful = read([folder])
    for other in (pieces, careful):
        assert dict(other.tables) == dict(whole.tables)
        assert [other.place("count", index) for index in range(700)] == [
            ("count.csv", index + 2) for index in range(700)
        ]
        assert references(other, {}) == []


@pytest.mark.parametrize("quick", [True, False])
def test_every_problem_is_found_in_every_batch(tmp_path, monkeypatch, quick):
    folder = long_folder(tmp_path / "in", 700, bad=10)
    monkeypatch.setattr(csv_quick, "BLOCK", 1000)
    monkeypatch.setattr(csv_sheets, "TOGETHER", 33)
    if not quick:
        monkeypatch.setattr(csv_sheets, "told_apart_quickly", lambda _: False)
    with pytest.raises(Refused) as refused:
        read([folder])
    assert [each.row for each in refused.value.problems] == [number + 2 for number in range(0, 700, 10)]
    assert {(each.column, each.found) for each in refused.value.problems} == {("events", "'many'")}


def test_unknown_names_are_found_in_every_batch(tmp_path, monkeypatch):
    folder = long_folder(tmp_path / "in", 700, bad=10)
    text = (folder / "count.csv").read_text(encoding="utf-8")
    (folder / "count.csv").write_text(text.replace(",many,", ",5,"), encoding="utf-8")
    monkeypatch.setattr(csv_quick, "BLOCK", 1000)
    found = references(read([folder]), {})
    assert [(each.row, each.column) for each in found] == [(number + 3, "source") for number in range(0, 700, 10)]
    assert len(references(read([folder]), {}, most=3)) == 3


def test_rows_put_aside_are_read_again_and_again(monkeypatch):
    monkeypatch.setattr(spool, "IN_MEMORY", 100)
    kept = Spool(["a", "b"])
    for number in range(5):
        kept.add({"a": pa.array([f"a{number}", None]), "b": pa.array(["é" * 30, "b"])})
    one, other = kept.batches(["b", "a"]), kept.batches(["a"])
    mixed = [
        (first.column(1)[0].as_py(), second.column(0)[0].as_py()) for first, second in zip(one, other, strict=True)
    ]
    assert mixed == [(f"a{number}", f"a{number}") for number in range(5)]
    assert [batch.schema.names for batch in kept.batches(["b", "a"])] == [["b", "a"]] * 5
    assert kept.rows == 10


@pytest.mark.skipif(os.name != "posix", reason="limits the size of a file, as only POSIX can")
def test_no_room_to_put_rows_aside_is_said_in_a_sentence(monkeypatch):
    monkeypatch.setattr(spool, "IN_MEMORY", 100)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    kept = Spool(["a"])
    batch = {"a": pa.array([f"{each * 7919**3}" for each in range(20_000)])}
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        with pytest.raises(Refused) as refused:
            kept.add(batch)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    (problem,) = refused.value.problems
    assert problem.sentence.startswith(f"{tempfile.gettempdir()}: found no room to put the rows aside (")


def state_of(file: Path) -> list[tuple[object, ...]]:
    with Review.open(file, read_only=True) as review:
        history = review.reader().execute(
            "SELECT record_key, extractor, revision, retired, position, events, percent, note, source FROM count ORDER BY ALL"
        )
        return [*history.fetchall(), *[(each.revision, each.who, each.why) for each in review.revisions()]]


@pytest.mark.parametrize("shape", ["texts", "texts in small batches"])
def test_an_intake_writes_the_same_history_from_texts_and_from_tables(tmp_path, monkeypatch, shape):
    if shape == "texts in small batches":
        monkeypatch.setattr(arriving, "TOGETHER", 17)
    folder, states = long_folder(tmp_path / "in", 300), []
    for kept, file in ((shape, tmp_path / "a.duckdb"), ("tables", tmp_path / "b.duckdb")):
        with Review.create(file) as review:
            for step in range(4):
                change_one_row_in_nine(folder, step)
                bundle = read([folder])
                done = review.intake(
                    bundle.rows if kept.startswith("texts") else dict(bundle.tables), who="ana", why=f"{step}"
                )
                assert done.added["count"] == (300 if step == 0 else 0)
                assert done.changed["count"] == (0, 34, 34, 0)[step]
                assert done.decided["count"] == (0, 0, 1, 1)[step]
                if step == 1:
                    key = bundle.tables["count"]["record"][5].as_py()
                    review.revise("count", key, {"events": "7"}, who="ben", why="misread")
        states.append(state_of(file))
    assert states[0] == states[1]
    assert len(states[0]) == 300 + 34 + 34 + 1 + 4


def change_one_row_in_nine(folder: Path, step: int) -> None:
    """The first intake, one in which 34 records changed, one in which they change back, and one that is the same."""
    long_folder(folder, 300)
    if step == 1:
        lines = (folder / "count.csv").read_text(encoding="utf-8").split("\n")
        heads = [place for place, line in enumerate(lines) if line.startswith(("a,", "b,"))]
        for place in heads[::9]:
            lines[place] = lines[place].replace(",5%", ",6%")
        (folder / "count.csv").write_text("\n".join(lines), encoding="utf-8")


def test_a_key_that_comes_twice_or_lacks_is_refused_in_texts_too(tmp_path):
    bundle = read([long_folder(tmp_path / "in", 3)])
    same = pa.array(["x", "y", "x"])

    def twice(names):
        for batch in bundle.texts["count"].batches(names):
            yield pa.record_batch({name: same if name == "record" else batch[name] for name in names})

    with Review.create(tmp_path / "a.duckdb") as review:
        with pytest.raises(StoreError, match="rows 1 and 3 of the count table are both 'x'"):
            review.intake({**bundle.rows, "count": Texts(KINDS["count"], 3, twice)}, who="ana", why="first")
        assert review.revision == 0
        assert len(review.tables()["source"]) == 0


def test_progress_is_told_of_reading_and_of_writing(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_quick, "BLOCK", 1000)
    monkeypatch.setattr(arriving, "TOGETHER", 100)
    told: list[tuple[str, int, int]] = []
    bundle = read([long_folder(tmp_path / "in", 300)], lambda *said: told.append(said))
    assert [said for said in told if said[0] == "count.csv"][-1] == ("count.csv", 300, 0)
    told.clear()
    with Review.create(tmp_path / "a.duckdb") as review:
        review.intake(bundle.rows, who="ana", why="first", progress=lambda *said: told.append(said))
    assert [said for said in told if said[0] == "count"][-4:] == [("count", done, 300) for done in (300, 100, 200, 300)]
