"""Databases in memory that are started once: every use has its own tables, every process its own database."""

import multiprocessing
import threading

import duckdb
import pytest

from store.scratch import scratch


def asked():
    with scratch() as connection:
        connection.execute("CREATE TEMP TABLE made AS SELECT 41 AS x")
        return connection.execute("SELECT x + 1 FROM made").fetchone()


def test_what_one_use_makes_is_gone_for_the_next_and_unseen_by_another():
    with scratch() as one, scratch() as other:
        one.execute("CREATE TEMP TABLE made AS SELECT 1 AS x")
        one.register("seen", other.sql("SELECT 2 AS y").to_arrow_table())
        for name in ("made", "seen"):
            with pytest.raises(duckdb.CatalogException):
                other.execute(f"SELECT * FROM {name}")
    with scratch() as later, pytest.raises(duckdb.CatalogException):
        later.execute("SELECT * FROM made")


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system does not fork")
def test_a_process_forked_from_one_that_used_it_has_a_database_of_its_own():
    assert asked() == (42,)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply(asked) == (42,)
    assert asked() == (42,)


def test_several_threads_ask_at_once():
    found = []
    threads = [threading.Thread(target=lambda: found.append(asked())) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == [(42,)] * 8


def test_it_reaches_no_file(tmp_path):
    file = tmp_path / "some.csv"
    file.write_text("a\n1\n")
    with scratch() as connection, pytest.raises(duckdb.PermissionException):
        connection.execute(f"SELECT * FROM '{file}'")
