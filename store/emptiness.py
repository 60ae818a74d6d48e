"""Which queries surely give no row, told from their text and from the tables that are empty: those need not be asked.

What is not understood of a query counts as giving rows. The parser is that of DuckDB.

>>> query = "SELECT a.x FROM a JOIN (SELECT x FROM b UNION ALL SELECT x FROM c) d USING (x) LEFT JOIN e USING (x)"
>>> [surely_empty(needs_of([query])[query], set(empty)) for empty in ("a", "b", "bc", "e")]
[True, False, True, False]
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from store.scratch import scratch

Node = Mapping[str, Any]
"""A part of a parsed query, as DuckDB writes it."""


@dataclass(frozen=True, slots=True)
class Several:
    """There is no row if there is none of any of these, or of all of these."""

    rule: Literal["any", "all"]
    parts: tuple[Needs, ...] = ()


Needs = str | Several
"""What must hold rows for a query to give one: a table or view by its name, or several things."""
_GIVES_ROWS = Several("any")
_CALL = re.compile(r'(\w+)"?\(')
_KNOWN: dict[str, Needs] = {}
_EITHER_SIDE = {"INNER": ("left", "right"), "SEMI": ("left", "right"), "LEFT": ("left",), "ANTI": ("left",), "RIGHT": ("right",)}  # fmt: skip
"""The sides of a join of which one without rows leaves the join without rows."""


def surely_empty(needs: Needs, empty: Collection[str], views: Mapping[str, Needs] | None = None) -> bool:
    """Whether a query gives no row if these tables are empty. ``views``: what the views need that it may name."""
    if isinstance(needs, Several):
        some = any if needs.rule == "any" else all
        return some(surely_empty(each, empty, views) for each in needs.parts)
    if views and needs in views:
        return surely_empty(views[needs], empty, views)
    return needs in empty


def needs_of(queries: Collection[str]) -> Mapping[str, Needs]:
    """What must hold rows for each of these queries to give one; every query is read once in the life of a program."""
    unread = [each for each in queries if each not in _KNOWN]
    if unread:
        with scratch() as connection:
            asked = "SELECT query, CAST(json_serialize_sql(query, skip_null := true, skip_empty := true, skip_default := true) AS VARCHAR) FROM (SELECT unnest(?) AS query)"
            found = connection.execute(asked, [unread]).fetchall()
        _KNOWN.update({query: _of_text(text) for query, text in found})
    return {each: _KNOWN[each] for each in queries}


def _of_text(text: str) -> Needs:
    statements = json.loads(text).get("statements", [])
    return _of_query(statements[0]["node"], {}) if len(statements) == 1 else _GIVES_ROWS


def _of_query(node: Node, named: Mapping[str, Needs]) -> Needs:
    for each in node.get("cte_map", {}).get("map", []):
        # A query that names itself is looked up among the tables while it is read; it starts from its first part.
        named = {**named, each["key"]: _of_query(each["value"]["query_node"], {**named, each["key"]: _GIVES_ROWS})}
    match node["type"]:
        case "SELECT_NODE":
            return _GIVES_ROWS if _always_a_row(node) else _of_table(node["from_table"], named)
        case "SET_OPERATION_NODE":
            parts = tuple(_of_query(each, named) for each in node["children"])
            return {"UNION": Several("all", parts), "INTERSECT": Several("any", parts), "EXCEPT": parts[0]}.get(
                node["setop_type"], _GIVES_ROWS
            )
    return _GIVES_ROWS


def _of_table(node: Node | None, named: Mapping[str, Needs]) -> Needs:
    match (node or {}).get("type"):
        case "BASE_TABLE":
            name = str(node["table_name"]) if node else ""
            return named.get(name, name)
        case "SUBQUERY":
            return _of_query(node["subquery"]["node"], named) if node else _GIVES_ROWS
        case "JOIN" if node and node["ref_type"] in ("REGULAR", "CROSS", "NATURAL"):
            sides = {each: _of_table(node[each], named) for each in ("left", "right")}
            if node["join_type"] == "FULL":
                return Several("all", tuple(sides.values()))
            return Several("any", tuple(sides[each] for each in _EITHER_SIDE.get(node["join_type"], ())))
    return _GIVES_ROWS


def _always_a_row(node: Node) -> bool:
    """Whether a query gives a row for no rows at all, as aggregates without groups do."""
    if [] in node.get("group_sets", []):
        return True
    if node.get("group_expressions"):
        return False
    if node["aggregate_handling"] != "STANDARD_HANDLING":  # GROUP BY ALL: by whatever is selected as it is
        return not any(_is_plain(each) for each in node["select_list"])
    asked = [node["select_list"], node.get("having"), node.get("qualify")]
    return node.get("having") is not None or any(_aggregates() & _called(each) for each in asked)


def _is_plain(node: Node) -> bool:
    """Whether an expression is a column, or computed from one row."""
    return node["class"] == "COLUMN_REF" or ("COLUMN_REF" in str(node) and not _aggregates() & _called(node))


def _called(node: object) -> set[str]:
    """The names of the functions called in an expression."""
    found, waiting = set(), [node]
    while waiting:
        each = waiting.pop()
        if type(each) is dict:
            if each.get("class") == "FUNCTION":
                found.add(each["function_name"])
            waiting += each.values()
        elif type(each) is list:
            waiting += each
    return found


@cache
def _aggregates() -> frozenset[str]:
    """The functions that make one value of many rows, and the macros that call one."""
    with scratch() as connection:
        listed = "SELECT DISTINCT function_name, macro_definition FROM duckdb_functions() WHERE function_type = '{}'"
        found = {str(name) for name, _ in connection.execute(listed.format("aggregate")).fetchall()}
        macros = connection.execute(listed.format("macro")).fetchall()
    while more := {name for name, text in macros if name not in found and found & set(_CALL.findall(text))}:
        found |= more
    return frozenset(found)
