"""A query that is not asked because some tables are empty gives no row, whatever the others hold."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.engine.registry import rules
from curation.intake.read import read
from schemas.arrow import table_schema
from schemas.registry import KINDS
from store import views
from store.emptiness import needs_of, surely_empty

TABLES = "abcd"
CORPUS = Path(__file__).parents[1] / "examples" / "lenalidomide"


def rows_of(query: str, filled: set[str]) -> list[tuple[object, ...]]:
    with duckdb.connect(":memory:") as connection:
        for name in TABLES:
            rows = "(1, 2), (1, 3), (NULL, 4)" if name in filled else "(1, 1)"
            connection.execute(
                f"CREATE TABLE {name} AS SELECT * FROM (VALUES {rows}) v(x, y) WHERE {str(name in filled).lower()}"
            )
        return connection.execute(query).fetchall()


names = st.sampled_from(TABLES)
joins = st.sampled_from([
    "JOIN {} ON p.x = q.x", "LEFT JOIN {} ON p.x = q.x", "RIGHT JOIN {} ON p.x = q.x", "FULL JOIN {} ON p.x = q.x", "CROSS JOIN {}",
    "NATURAL JOIN {}", "POSITIONAL JOIN {}", "SEMI JOIN {} ON p.x = q.x", "ANTI JOIN {} ON p.x = q.x", ", {}",
    "LEFT JOIN LATERAL (SELECT 1 AS x, count(*) AS y FROM {} inside) {} ON true",
])  # fmt: skip
selects = st.sampled_from([
    "SELECT x, y FROM {}", "SELECT DISTINCT x, y FROM {}", "SELECT count(*) AS x, sum(y) AS y FROM {}", "SELECT x, count(*) AS y FROM {} GROUP BY x",
    "SELECT max(x) AS x, count(*) AS y FROM {} GROUP BY ALL", "SELECT x + 1 AS x, count(*) AS y FROM {} GROUP BY ALL",
    "SELECT 1 AS x, count(*) AS y FROM {} GROUP BY ALL", "SELECT x, count(*) AS y FROM {} GROUP BY ROLLUP (x)",
    "SELECT x, count(*) AS y FROM {} GROUP BY GROUPING SETS ((x), ())", "SELECT 1 AS x, 2 AS y FROM {} HAVING count(*) < 9",
    "SELECT x, row_number() OVER (ORDER BY y) AS y FROM {}", "SELECT x, sum(y) OVER () AS y FROM {}", "SELECT geomean(x) AS x, 1 AS y FROM {}",
    "SELECT nullif(x, 1) AS x, (SELECT count(*) FROM a) AS y FROM {}", "SELECT unnest([x, y]) AS x, 1 AS y FROM {}",
    "WITH w AS (SELECT x, y FROM {}) SELECT x, y FROM w", "WITH a AS (SELECT 1 AS x, 2 AS y) SELECT v.x, v.y FROM a v, {}",
    "WITH RECURSIVE w AS (SELECT x, y FROM {} UNION ALL SELECT x, y FROM w WHERE y < 0) SELECT x, y FROM w",
    "SELECT x, y FROM {} WHERE EXISTS (SELECT 1 FROM b)", "SELECT x, y FROM {} ORDER BY y LIMIT 2", "SELECT x, y FROM {} QUALIFY count(*) OVER () > 0",
])  # fmt: skip


@st.composite
def queries(draw: st.DrawFn, deep: int = 2) -> str:
    """Queries with the columns x and y over a few tables."""
    if not deep or draw(st.integers(0, 3)) == 0:
        return f"SELECT x, y FROM {draw(names)}"
    sides = [f"({draw(queries(deep - 1))})" for _ in "pq"]
    match draw(st.sampled_from(["select", "join", "set"])):
        case "select":
            return draw(selects).format(f"{sides[0]} p")
        case "join":
            joined = draw(joins)
            other = f"{sides[1]} q" if "LATERAL" not in joined else ""
            text = joined.format(sides[1], "q") if not other else joined.format(other)
            return f"SELECT p.x, p.y FROM {sides[0]} p {text}"
        case _:
            return f"{sides[0]} {draw(st.sampled_from(['UNION', 'UNION ALL', 'EXCEPT', 'INTERSECT', 'EXCEPT ALL']))} {sides[1]}"


@given(queries(), st.sets(names))
def test_what_is_called_surely_empty_gives_no_row(query: str, filled: set[str]) -> None:
    needs = needs_of([query])[query]
    if surely_empty(needs, set(TABLES) - filled):
        assert rows_of(query, filled) == []


@pytest.mark.parametrize(
    ("query", "filled"),
    [
        ("SELECT x FROM a JOIN b USING (x)", "a"),
        ("SELECT x FROM a LEFT JOIN b USING (x)", "b"),
        ("SELECT x FROM a UNION SELECT x FROM b", "c"),
        ("SELECT x, count(*) FROM a GROUP BY ALL", "b"),
        ("WITH w AS (SELECT * FROM a) SELECT 1 FROM w, b", "b"),
        ("SELECT x FROM a, unnest([1, 2]) u(n)", "b"),
    ],
)
def test_what_can_be_told_is_told(query: str, filled: str) -> None:
    assert surely_empty(needs_of([query])[query], set(TABLES) - set(filled))
    assert rows_of(query, set(filled)) == []


def test_a_table_that_is_named_like_a_part_of_the_query_is_not_meant() -> None:
    query = "WITH a AS (SELECT 1 AS x) SELECT x FROM a"
    assert not surely_empty(needs_of([query])[query], {"a"})


def test_what_is_no_query_counts_as_giving_rows() -> None:
    assert not surely_empty(needs_of(["nonsense"])["nonsense"], {"a"})


def test_of_an_empty_review_no_rule_across_rows_is_asked_and_of_a_full_one_all_are() -> None:
    asked = [rule.rows for rule in rules() if rule.rows]
    assert views.with_rows(asked, {*KINDS, "document"}) == set()
    assert views.with_rows(asked, set()) == set(asked)


@pytest.fixture(scope="module")
def whole_review() -> dict[str, pa.Table]:
    return dict(read([CORPUS]).tables)


@pytest.mark.parametrize("kind", ["count", "pooled", "outcome"])
def test_the_queries_that_are_passed_over_find_nothing_in_a_review_of_one_kind(kind: str, whole_review) -> None:
    tables = {
        name: whole_review[name]
        if name in (kind, "source") and name in whole_review
        else table_schema(model).empty_table()
        for name, model in KINDS.items()
    }
    asked = [rule.rows for rule in rules() if rule.rows]
    empty = {name for name, table in tables.items() if not len(table)} | {"document"}
    left = [query for query in asked if query not in views.with_rows(asked, empty)]
    with duckdb.connect(":memory:") as connection:
        for name, table in tables.items():
            connection.register(name, table)
        connection.execute("CREATE TABLE document (source VARCHAR, text VARCHAR)")
        views.create_for(connection, left)
        assert [query for query in left if len(connection.sql(query).to_arrow_table())] == []
