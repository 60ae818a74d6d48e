"""Backup and restore: what comes back is what was there, and what is not whole is not taken."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from test_store_files import refusal
from test_store_round_trip import entities, full_row, table

from curation.cli import curation
from schemas.registry import KINDS
from store import contents
from store.backup import back_up, verify
from store.errors import StoreError
from store.restore import restore
from store.review import Review


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("backup") / "review.duckdb"
    with Review.create(path) as review:
        full = {kind: table(kind, full_row(kind)) for kind in KINDS if kind not in entities()}
        review.intake(entities() | full, who="ana", why="first")
        review.intake(
            {"count": table("count", {"record": "a", "events": "22", "note": 'é "x"\n−'})}, who="ben", why="second"
        )
        review.retire("count", "a", who="ben", why="double", extractor="ben")
        review.save_findings([{"rule": "COUNT-001", "fingerprint": "abcdef123456", "records": ["a"]}], {"records": 1})
        review.waive("abcdef", who="ana", reason="erratum")
    return path


@pytest.fixture(scope="module")
def backup(made):
    with Review.open(made, read_only=True) as review:
        back_up(review, made.with_name("b.zip"))
    return made.with_name("b.zip")


def hash_of(path: Path) -> str:
    with Review.open(path, read_only=True) as review:
        return contents.content_hash(review.reader())


def run(*arguments, code=0):
    said = CliRunner().invoke(curation, [str(each) for each in arguments])
    assert said.exit_code == code, said.output
    assert said.exception is None or isinstance(said.exception, SystemExit)
    return said.output


def test_a_restored_review_holds_the_same_and_has_the_same_history(made, tmp_path):
    said = run("backup", made, tmp_path / "b.zip")
    assert said.startswith(f"{tmp_path}/b.zip holds review.duckdb at revision 3: ")
    run("restore", tmp_path / "b.zip", tmp_path / "again.duckdb")
    assert hash_of(tmp_path / "again.duckdb") == hash_of(made)
    assert hash_of(made)[:16] in said
    with Review.open(made, read_only=True) as one, Review.open(tmp_path / "again.duckdb", read_only=True) as other:
        assert other.history() == one.history()
        assert other.tables(as_of=1) == one.tables(as_of=1)
        assert other.waivers() == one.waivers()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["again.duckdb", "b.zip"]


def test_a_restored_review_can_be_worked_on(backup, tmp_path):
    restore(backup, tmp_path / "again.duckdb")
    with Review.open(tmp_path / "again.duckdb") as review:
        review.intake({"count": table("count", {"record": "z", "events": "3"})}, who="cy", why="third")
        assert review.revision == 4


def test_the_hash_does_not_depend_on_how_rows_are_cut_into_batches_or_columns_are_ordered(made):
    with Review.open(made, read_only=True) as review:
        cursor = review.reader()
        columns = contents.declared(cursor)["count"]
        found = set()
        for size, order in ((1, 1), (2, 1), (1000, -1)):
            one = contents.TableHash(columns[::order])
            for batch in contents.batches(cursor, "count", columns[::order], size):
                one.add(batch)
            found.add(one.hexdigest())
        assert found == {contents.hashes(cursor)["count"]}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE count SET note = 'other' WHERE record_key = 'a' AND NOT retired",
        "UPDATE count SET events = struct_pack(text := '22', status := events.status, relation := events.relation, unit := events.unit, decimals := events.decimals, value := events.value, low := events.low, high := events.high + 0.5) WHERE record_key = 'a'",
        "UPDATE revision SET who = who || ' ' WHERE revision = 1",
        "DELETE FROM waiver",
        "UPDATE count SET note = NULL WHERE record_key = 'a'",
        'UPDATE check_run SET "at" = "at" + INTERVAL 1 MICROSECOND',
    ],
)  # fmt: skip
def test_any_change_changes_the_hash(made, tmp_path, change):
    copy = Path(shutil.copy(made, tmp_path / "copy.duckdb"))
    connection = duckdb.connect(str(copy))
    before = contents.content_hash(connection)
    assert before == hash_of(made)
    connection.execute(change)
    assert contents.content_hash(connection) != before
    connection.close()


def test_a_backup_is_of_one_moment_whatever_is_written_meanwhile(made, tmp_path):
    copy = Path(shutil.copy(made, tmp_path / "copy.duckdb"))
    with Review.open(copy) as review:
        with review.at_one_moment() as connection:
            before = contents.hashes(connection)
            review.add("outcome", [{"outcome": "new", "label": "New"}], who="cy", why="more")
            assert contents.hashes(connection) == before
        assert contents.hashes(review.reader()) != before


def test_any_reader_of_parquet_reads_a_backup(backup, tmp_path):
    with zipfile.ZipFile(backup) as archive:
        archive.extractall(tmp_path)
    rows = pq.read_table(tmp_path / "tables" / "count.parquet").to_pylist()
    assert [row["events"]["text"] for row in rows if row["record_key"] == "a"] == ["22", "22"]
    assert json.loads((tmp_path / "manifest.json").read_text())["revision"] == 3


def damaged(backup, target, change):
    """A copy of a backup in which one entry is another."""
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(target, "w") as new:
        for each in old.namelist():
            content = change(each, old.read(each))
            if content is not None:
                new.writestr(each, content)
    return target


def other_rows(name, content):
    if name != "tables/count.parquet":
        return content
    from io import BytesIO

    rows, out = pq.read_table(BytesIO(content)), BytesIO()
    pq.write_table(rows.slice(1), out)
    return out.getvalue()


def in_manifest(old, new):
    return lambda name, content: content.replace(old, new) if name == "manifest.json" else content


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (other_rows, "is damaged (the table count does not hold what the manifest says); use another one"),
        (lambda name, content: None if name == "tables/waiver.parquet" else content, "is damaged (tables/waiver.parquet is missing)"),
        (lambda name, content: None if name == "manifest.json" else content, "is a zip file but no backup"),
        (in_manifest(b'"rows": 1', b'"rows": 2'), "does not hold what the manifest says"),
        (in_manifest(b'"format": 1', b'"format": 2'), "form 2, and this release knows form 1; upgrade curation"),
        (in_manifest(b'"schema_version": 5', b'"schema_version": 99'), "newer release of curation (schema version 99"),
        (in_manifest(b"BIGINT", b"INTEGER); DROP"), "is damaged (manifest.json cannot be read)"),
        (in_manifest(b"{", b"["), "is damaged (manifest.json cannot be read)"),
    ],
)  # fmt: skip
def test_a_backup_that_is_not_what_its_manifest_says_is_refused(backup, tmp_path, change, says):
    bad = damaged(backup, tmp_path / "bad.zip", change)
    assert says in refusal(restore, bad, tmp_path / "again.duckdb")
    assert [each.name for each in tmp_path.iterdir()] == ["bad.zip"]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.9, 0.999])
def test_a_backup_that_is_cut_off_is_refused(backup, tmp_path, share):
    content = backup.read_bytes()
    (tmp_path / "bad.zip").write_bytes(content[: int(len(content) * share)])
    assert "; name a file" in refusal(restore, tmp_path / "bad.zip", tmp_path / "again.duckdb")
    assert [each.name for each in tmp_path.iterdir()] == ["bad.zip"]


def test_every_flipped_byte_is_noticed_or_changes_nothing(backup, tmp_path):
    """Bytes of the zip's own that nobody reads, such as a time, may differ; what is held may not."""
    content, whole = bytearray(backup.read_bytes()), verify(backup).hash
    bad = tmp_path / "bad.zip"
    refused = 0
    for at in range(0, len(content), len(content) // 40):
        content[at] ^= 0x55
        bad.write_bytes(content)
        content[at] ^= 0x55
        try:
            found = verify(bad).hash
        except StoreError:
            refused += 1
        else:
            assert found == whole
    assert refused > 20


@pytest.mark.parametrize("content", [None, b"", b"record,events\n", b"SQLite format 3\0" + b"\0" * 100])
def test_what_is_no_backup_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "no.zip"
    if content is not None:
        path.write_bytes(content)
    assert "name a file made with: curation backup" in refusal(restore, path, tmp_path / "again.duckdb")


def test_restoring_replaces_a_review_only_when_told_to(made, backup, tmp_path):
    there = tmp_path / "there.duckdb"
    Review.create(there).close()
    before = there.read_bytes()
    said = run("restore", backup, there, code=2)
    assert said == f"curation: {there} exists already; choose another name, or replace it with --force\n"
    assert there.read_bytes() == before
    run("restore", backup, there, "--force")
    assert hash_of(there) == hash_of(made)


def test_restoring_over_a_damaged_review_keeps_its_log_aside(made, backup, tmp_path):
    there = tmp_path / "there.duckdb"
    there.write_bytes(made.read_bytes()[:5000])
    Path(f"{there}.wal").write_bytes(b"a log")
    restore(backup, there, force=True)
    assert hash_of(there) == hash_of(made)
    assert Path(f"{there}.wal.old").read_bytes() == b"a log"


def test_a_log_whose_review_is_gone_is_in_the_way(backup, tmp_path):
    Path(f"{tmp_path}/there.duckdb.wal").write_bytes(b"a log")
    said = refusal(restore, backup, tmp_path / "there.duckdb")
    assert said.startswith(f"{tmp_path}/there.duckdb.wal exists already")


def test_a_review_in_use_is_not_replaced(made, backup, tmp_path):
    there = Path(shutil.copy(made, tmp_path / "there.duckdb"))
    with Review.open(there, read_only=True):
        said = refusal(restore, backup, there, force=True)
    assert "open" in said
    assert hash_of(there) == hash_of(made)


def test_a_backup_is_not_written_over_a_file_without_being_told_to(made, tmp_path):
    (tmp_path / "b.zip").write_bytes(b"mine")
    assert "exists already; choose another name, or replace it with --force" in run("backup", made, tmp_path / "b.zip", code=2)  # fmt: skip
    assert (tmp_path / "b.zip").read_bytes() == b"mine"
    run("backup", made, tmp_path / "b.zip", "--force")
    verify(tmp_path / "b.zip")
    before = made.read_bytes()
    assert "exists already" in run("backup", made, made, "--force", code=2)
    assert made.read_bytes() == before


def test_a_folder_that_is_not_there_is_named(made, backup, tmp_path):
    assert "cannot be written (No such file or directory)" in run("backup", made, tmp_path / "no" / "b.zip", code=2)
    assert f"the folder {tmp_path}/no does not exist" in run("restore", backup, tmp_path / "no" / "a.duckdb", code=2)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_of_an_older_release_is_brought_up_to_date(made, tmp_path):
    old = Path(shutil.copy(made, tmp_path / "old.duckdb"))
    connection = duckdb.connect(str(old))
    connection.execute('ALTER TABLE "count" DROP COLUMN estimator; DROP TABLE "test"')
    connection.close()
    with Review.open(old, read_only=True) as review:
        back_up(review, tmp_path / "old.zip")
    restore(tmp_path / "old.zip", tmp_path / "new.duckdb")
    with Review.open(tmp_path / "new.duckdb", read_only=True) as review:
        assert review.tables()["test"].num_rows == 0
        assert "estimator" in review.tables()["count"].column_names
