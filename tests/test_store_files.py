"""Creating, opening and upgrading the file; everything that can be wrong with it, with real files."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from test_store_round_trip import entities, table

from schemas.arrow import table_schema
from schemas.registry import KINDS
from store import ddl, migrate
from store.errors import StoreError
from store.review import Review


@pytest.fixture
def path(tmp_path):
    return tmp_path / "review.duckdb"


@pytest.fixture
def made(path):
    with Review.create(path) as review:
        review.intake({**entities(), "count": table("count", {"record": "a", "events": "22"})}, who="ana", why="first")
    return path


def refusal(act, *args, **named):
    with pytest.raises(StoreError) as refused:
        act(*args, **named)
    said = str(refused.value)
    assert "\n" not in said
    assert "; " in said, "the sentence says what to do"
    return said


@contextmanager
def edited(path):
    connection = duckdb.connect(str(path))
    try:
        yield connection
    finally:
        connection.close()


def test_a_closed_review_is_one_file(made):
    assert [each.name for each in made.parent.iterdir()] == ["review.duckdb"]


def test_a_review_that_was_closed_with_readers_open_is_one_file(path):
    review = Review.create(path)
    review.intake(entities(), who="ana", why="first")
    review.reader().execute("SELECT * FROM range(100000)")
    review.close()
    review.close()
    assert [each.name for each in path.parent.iterdir()] == ["review.duckdb"]


@pytest.mark.parametrize("read_only", [False, True])
def test_a_review_opens_again(made, read_only):
    with Review.open(str(made), read_only=read_only) as review:
        assert (review.revision, review.tables()["count"].num_rows) == (1, 1)


def test_reading_only_changes_nothing(made):
    before = made.read_bytes()
    with Review.open(made, read_only=True) as review:
        assert "opened for reading only; open it for writing" in refusal(
            review.retire, "count", "a", who="ana", why="x"
        )
        assert "opened for reading only" in refusal(review.save_findings, [], {})
    assert made.read_bytes() == before


def test_create_refuses_a_file_that_exists(made):
    before = made.read_bytes()
    assert refusal(Review.create, made).startswith(f"{made} exists already; choose another name")
    assert made.read_bytes() == before


def test_create_refuses_a_folder(tmp_path):
    assert (
        refusal(Review.create, tmp_path)
        == f"{tmp_path} is a folder; name a file in it, such as {tmp_path}/review.duckdb"
    )


def test_create_refuses_a_folder_that_does_not_exist(tmp_path):
    said = refusal(Review.create, tmp_path / "no" / "review.duckdb")
    assert said == f"the folder {tmp_path}/no does not exist; create it first, or choose another"


def test_create_refuses_a_file_in_place_of_a_folder(made):
    assert "is a file, not a folder; choose another place" in refusal(Review.create, made / "review.duckdb")


@contextmanager
def locked_folder():
    """A folder that this process may not write in, whoever runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="store-"))
    folder.chmod(stat.S_IRWXU | stat.S_IXGRP | stat.S_IRGRP | stat.S_IXOTH | stat.S_IROTH)
    root = os.geteuid() == 0
    try:
        yield folder, (lambda: os.seteuid(65534)) if root else (lambda: folder.chmod(0o555))
    finally:
        os.seteuid(0) if root else folder.chmod(0o755)
        shutil.rmtree(folder)


def test_create_refuses_a_read_only_folder():
    with locked_folder() as (folder, lock):
        lock()
        said = refusal(Review.create, folder / "review.duckdb")
    assert (
        said == f"{folder}/review.duckdb cannot be created (Permission denied); choose a folder in which you may write"
    )


def test_opening_for_writing_in_a_read_only_folder_is_refused_and_reading_works(made):
    with locked_folder() as (folder, lock):
        copy = Path(shutil.copy(made, folder))
        copy.chmod(0o666)
        lock()
        said = refusal(Review.open, copy)
        with Review.open(copy, read_only=True) as review:
            assert review.revision == 1
    assert said.startswith(f"the folder {folder} is read-only")
    assert said.endswith("copy the review to a folder in which you may write")


def test_opening_a_read_only_file_for_writing_is_refused(made):
    with locked_folder() as (folder, lock):
        copy = Path(shutil.copy(made, folder))
        copy.chmod(0o444)
        lock()
        said = refusal(Review.open, copy)
    assert "cannot be opened for writing (Permission denied); copy the review" in said


def test_open_names_the_way_to_create_a_missing_file(path):
    assert refusal(Review.open, path) == f"{path} does not exist; create it with: curation init {path}"
    assert not path.exists()


def test_open_refuses_a_folder(tmp_path):
    assert refusal(Review.open, tmp_path) == f"{tmp_path} is a folder; name the review file in it"


@pytest.mark.parametrize("content", [b"", b"record,events\na,22\n", b"PK\x03\x04" + b"\0" * 100])
@pytest.mark.parametrize("read_only", [False, True])
def test_open_refuses_what_is_no_duckdb_file_and_leaves_it(path, content, read_only):
    path.write_bytes(content)
    said = refusal(Review.open, path, read_only=read_only)
    assert said == f"{path} is not a review: it is no DuckDB file; name a file made with: curation init"
    assert path.read_bytes() == content


def test_open_refuses_a_duckdb_file_of_somebody_else(path):
    with edited(path) as connection:
        connection.execute("CREATE TABLE meta (name VARCHAR, value VARCHAR)")
        connection.execute("INSERT INTO meta VALUES ('schema_version', '1')")
    before = path.read_bytes()
    assert refusal(Review.open, path).startswith(f"{path} is a DuckDB file but not a review; ")
    assert path.read_bytes() == before


def test_open_refuses_a_damaged_file(made):
    made.write_bytes(made.read_bytes()[:5000])
    assert "cannot be read" in refusal(Review.open, made)
    assert refusal(Review.open, made).endswith("restore it from a backup")


@pytest.mark.parametrize("read_only", [False, True])
def test_open_names_the_program_that_holds_the_file(made, read_only):
    script = "import sys; from store.review import Review; r = Review.open(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", script, str(made)]
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=paths) as holder:
        assert holder.stdout.readline() == "held\n"
        said = refusal(Review.open, made, read_only=read_only)
        holder.stdin.close()
    assert said.startswith(f"{made} is in use by another program (python")
    assert said.endswith(f", process {holder.pid}); close it there and try again")
    with Review.open(made, read_only=read_only):
        pass


def test_open_says_when_this_program_has_the_file_open_otherwise(made):
    with Review.open(made):
        assert "already open in this program in another way; close it there first" in refusal(Review.open, made, read_only=True)  # fmt: skip


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_schema_is_refused(made, read_only):
    with edited(made) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE name = 'schema_version'")
    said = refusal(Review.open, made, read_only=read_only)
    assert said == f"{made} was written by a newer release of curation (schema version 99; this one knows {migrate.latest_version()}); upgrade curation to open it"  # fmt: skip


def test_a_field_this_release_does_not_know_is_refused(made):
    with edited(made) as connection:
        connection.execute('ALTER TABLE "count" ADD COLUMN blinded VARCHAR')
    assert "newer release of curation (count has the field blinded" in refusal(Review.open, made)


def test_fields_and_kinds_that_the_file_lacks_are_added_for_writing(made):
    with edited(made) as connection:
        connection.execute('ALTER TABLE "count" DROP COLUMN estimator')
        connection.execute('ALTER TABLE "count" DROP COLUMN p')
        connection.execute('DROP TABLE "test"')
    with Review.open(made, read_only=True) as review:
        tables = review.tables()
        assert tables["count"].drop_columns("extractor").schema.equals(table_schema(KINDS["count"]))
        assert (tables["count"]["estimator"].to_pylist(), tables["count"]["p"].to_pylist()) == ([None], [None])
        assert tables["test"].num_rows == 0
        assert review.history("a")[0].changed["events"] == (None, "22")
    with Review.open(made) as review:
        review.revise("count", "a", {"p": "<0.001"}, who="ana", why="overlooked")
        assert [one["text"] for one in review.tables()["count"]["p"].to_pylist()] == ["<0.001"]
        review.intake({"test": table("test", {"statistic": "2.20"})}, who="ana", why="tests")
    with edited(made) as connection:
        columns = [row[0] for row in connection.execute('DESCRIBE "count"').fetchall()]
    assert set(columns) == {*ddl.BOOKKEEPING, *(each.name for each in KINDS["count"].fields())}


def test_numbered_migrations_run_once_and_together(made, tmp_path):
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.FOLDER, folder)
    newest = migrate.latest_version()
    (folder / f"{newest + 1:04}_colour.sql").write_text(
        'ALTER TABLE waiver ADD COLUMN colour VARCHAR; ALTER TABLE IF EXISTS "gone" RENAME COLUMN a TO b;'
    )
    broken = folder / f"{newest + 2:04}_broken.sql"
    broken.write_text("ALTER TABLE waiver ADD COLUMN size VARCHAR; SELECT nonsense;")
    with edited(made) as connection:
        with pytest.raises(duckdb.Error, match="nonsense"):
            migrate.bring_up_to_date(connection, folder)
        columns = [row[0] for row in connection.execute("DESCRIBE waiver").fetchall()]
        assert not {"colour", "size"} & set(columns)
        assert migrate.schema_version(connection) == newest
        broken.unlink()
        for _ in range(2):
            migrate.bring_up_to_date(connection, folder)
        assert migrate.schema_version(connection) == newest + 1
    assert f"schema version {newest + 1}" in refusal(Review.open, made)


def test_an_older_schema_is_read_only_after_an_upgrade(made):
    with edited(made) as connection:
        connection.execute("UPDATE meta SET value = '0' WHERE name = 'schema_version'")
    assert "older release of curation; open it once for writing" in refusal(Review.open, made, read_only=True)


def test_migrations_are_numbered_without_gaps():
    assert [each.number for each in migrate.migrations()] == list(range(1, migrate.latest_version() + 1))
