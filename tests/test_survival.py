"""What a review goes through: kills, a full disk, a read-only folder, a file that goes away, a clock set back, damage."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sweep import every
from test_store_files import refusal
from test_store_history import run as run_script
from test_store_round_trip import entities, table

from store import contents, intake, soundness
from store.errors import StoreError
from store.opening import log_of
from store.review import Review

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

CALL = [sys.executable, "-c", "from curation.cli import main; main()"]
ENV = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
"""Where files may not grow, Python would leave half of what it compiled."""


@pytest.fixture
def made(tmp_path):
    path = tmp_path / "review" / "review.duckdb"
    path.parent.mkdir()
    with Review.create(path) as review:
        review.intake({**entities(), "count": table("count", {"record": "a", "events": "22"})}, who="ana", why="first")
    return path


def held(path):
    """What a review holds, read as commands read it."""
    with Review.open(path, read_only=True) as review, review.at_one_moment() as cursor:
        assert soundness.faults(cursor) == []
        return contents.content_hash(cursor)


def command(*arguments, code=2, **more):
    """A command in a process of its own; what it said."""
    done = subprocess.run([*CALL, *map(str, arguments)], capture_output=True, text=True, env=ENV, timeout=120, check=False, **more)  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    return done.stderr


def label(at):
    """A text that cannot be packed."""
    return random.Random(at).randbytes(150).hex()  # noqa: S311 - no secret


def many(rows=3000):
    return {"outcome": table("outcome", *({"outcome": f"o{at}", "label": label(at)} for at in range(rows)))}


def killed(rows):
    from benchmarks.kills import run

    tallies = run(rows[0], rows[1], seed=rows[2], only=rows[3])
    assert [line for each in tallies for line in each.wrong] == []
    return sum(each.kills for each in tallies)


@pytest.mark.slow
def test_kills_at_random_moments_of_an_adjudication_leave_the_state_before_or_after():
    assert killed((8, 30, 1, "adjudication")) == 8


@pytest.mark.slow
@pytest.mark.parametrize("work", ["intake", "waiver", "recovery", "restore"])
def test_kills_at_random_moments_leave_the_state_before_or_after(work):
    assert killed((6, 30, 2, work)) >= 6


@pytest.mark.parametrize("share", every(2, [0.0, 0.001, 0.5, 0.999]))
def test_a_log_that_ends_in_the_middle_of_a_change_is_undone_and_cleared_away(made, share):
    before = held(made)
    done = run_script(
        """
        import os, signal, sys
        from store.review import Review

        review = Review.open(sys.argv[1])
        review.add("outcome", [{"outcome": f"z{at}", "label": "z"} for at in range(50)], who="ben", why="more")
        os.kill(os.getpid(), signal.SIGKILL)
        """,
        made,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    log = log_of(made)
    content = log.read_bytes()
    assert content
    log.write_bytes(content[: int(len(content) * share)])
    Review.open(made).close()
    assert held(made) == before
    assert [each.name for each in made.parent.iterdir()] == [made.name]


@contextmanager
def longest_file(size):
    """No file may grow beyond this size: what a full disk is to a program, for a user without any rights."""
    before, caught = resource.getrlimit(resource.RLIMIT_FSIZE), signal.getsignal(signal.SIGXFSZ)
    compiled, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        sys.dont_write_bytecode = compiled
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, caught)


def test_a_disk_without_room_is_said_and_nothing_is_lost(made):
    before = held(made)
    rows = many()
    with longest_file(300_000):  # the log would be longer
        review = Review.open(made)
        with pytest.raises(StoreError, match="could not be written, and nothing of this change was kept: "):
            review.intake(rows, who="ben", why="more")
        review.close()
    assert held(made) == before
    with Review.open(made) as review:
        assert review.intake(rows, who="ben", why="again").added == {"outcome": 3000}


@contextmanager
def small_disk(folder, size, *options):
    """A disk of so many bytes. Making one needs rights that CI has; without them nothing is tested, and that is an error there."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], capture_output=True, text=True, check=False)  # noqa: S607 - wherever mount is  # fmt: skip
    if done.returncode:
        if os.environ.get("CI"):
            pytest.fail(f"CI must be able to mount a small disk: {done.stderr}")
        pytest.skip("mounting a small disk needs rights that this user does not have; the test of a limited file runs")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)  # noqa: S607 - wherever the system keeps it


def test_a_full_disk_ends_every_command_in_a_sentence_and_loses_nothing(made, tmp_path):
    before = held(made)
    rows = tmp_path / "new"
    rows.mkdir()
    (rows / "outcome.csv").write_text("outcome,label\n" + "".join(f"o{at},{label(at)}\n" for at in range(9000)))
    with small_disk(tmp_path / "disk", made.stat().st_size + 500_000) as disk:
        path = Path(shutil.copy(made, disk))
        said = command("intake", path, rows, "--extractor", "ben")
        assert "nothing of this change was kept" in said
        (disk / "filler").write_bytes(b"\0" * (os.statvfs(disk).f_bavail * 4096))
        for arguments in (("export", path, disk / "out"), ("backup", path, disk / "b.zip")):
            said = command(*arguments)
            assert "No space left" in said or "could not be written" in said, said
        shutil.copy(path, tmp_path / "saved.duckdb")
        if log_of(path).exists():
            shutil.copy(log_of(path), tmp_path / "saved.duckdb.wal")
        assert sorted(each.name for each in disk.iterdir() if each.name[0] == ".") == []
        assert not (disk / "out").exists()
        assert not (disk / "b.zip").exists()
    assert held(tmp_path / "saved.duckdb") == before


@pytest.mark.parametrize("arguments", [("check", "{}", "--out", "{}"), ("backup", "{}", "{}")])
def test_a_report_or_backup_that_cannot_be_written_leaves_the_old_one(made, tmp_path, arguments):
    there = tmp_path / "there"
    there.write_text("the old one")
    argv = [each.format(made) if at == 1 else each.format(there) for at, each in enumerate(arguments)]
    said = command(*argv, *(["--force"] if argv[0] == "backup" else []), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))  # fmt: skip
    assert said.startswith("curation: ")
    assert there.read_text() == "the old one"


def test_a_review_whose_file_is_removed_while_it_is_open_says_so_when_it_is_written(made):
    review = Review.open(made)
    made.unlink()
    with pytest.raises(StoreError, match=r"was removed or replaced while it was open; .*was kept"):
        review.intake(many(10), who="ben", why="more")
    review.close()
    assert not made.exists()
    assert not log_of(made).exists()


def test_a_clock_set_back_changes_no_order(made, monkeypatch):
    class Back(datetime):
        @classmethod
        def now(cls, tz=None):  # noqa: ARG003 - as datetime has it
            return datetime(1999, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(intake, "datetime", Back)
    with Review.open(made) as review:
        review.add("outcome", [{"outcome": "late", "label": "x"}], who="ben", why="clock set back")
        first, second = review.revisions()
        assert (first.revision, second.revision) == (1, 2)
        assert second.at >= first.at
        assert review.tables(as_of=1)["outcome"].num_rows == 2
        assert review.tables(as_of=second.at)["outcome"].num_rows == 3
    held(made)


def damage(kind, content, random_):
    changed = bytearray(content)
    if kind == "bytes":
        for _ in range(20):
            changed[random_.randrange(len(changed))] ^= random_.randrange(1, 256)
    elif kind == "block":
        at = random_.randrange(len(changed))
        changed[at : at + 4096] = random_.randbytes(min(4096, len(changed) - at))
    else:
        del changed[random_.randrange(12, len(changed)) :]
    return bytes(changed)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["bytes", "block", "cut"])
def test_a_damaged_file_is_refused_in_a_sentence_or_holds_what_it_held_and_is_not_changed(made, kind):
    before, content, random_ = held(made), made.read_bytes(), random.Random(kind)  # noqa: S311 - damage, not secrets
    refused = 0
    for _ in range(25):
        bad = damage(kind, content, random_)
        made.write_bytes(bad)
        try:
            found = held(made)
        except StoreError:
            refused += 1
        else:
            assert found == before
        assert made.read_bytes() == bad
    assert refused > 10


def sqlite(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE meta (name, value)")
    connection.close()


def newer_storage(path):
    content = bytearray(path.read_bytes())
    content[12] = 200  # where DuckDB keeps the version of its storage
    path.write_bytes(content)


FOREIGN = {
    "sqlite": (sqlite, "it is no DuckDB file"),
    "text": (lambda path: path.write_text("record,events\n"), "it is no DuckDB file"),
    "empty": (lambda path: path.write_bytes(b""), "it is no DuckDB file"),
    "mark only": (lambda path: path.write_bytes(b"\0" * 8 + b"DUCK"), "cannot be read"),
    "zeros": (lambda path: path.write_bytes(b"\0" * 20_000), "it is no DuckDB file"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_of_something_else_is_refused_in_a_sentence_and_left_as_it_is(tmp_path, name):
    path = tmp_path / "review.duckdb"
    make, says = FOREIGN[name]
    make(path)
    before = path.read_bytes()
    for read_only in (True, False):
        assert says in refusal(Review.open, path, read_only=read_only)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_log_of_another_file_is_named(made, tmp_path):
    log_of(made).write_bytes(b"")
    other = tmp_path / "other.duckdb"
    Review.create(other).close()
    done = run_script(
        """
        import os, signal, sys
        from store.review import Review

        review = Review.open(sys.argv[1])
        review.add("outcome", [{"outcome": "z", "label": "z"}], who="ben", why="more")
        os.kill(os.getpid(), signal.SIGKILL)
        """,
        other,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    shutil.copy(log_of(other), log_of(made))
    said = refusal(Review.open, made)
    assert f"{log_of(made)} does not belong to {made}" in said
    assert "move it away" in said
