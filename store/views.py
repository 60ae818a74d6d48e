"""Views over the record tables, for rules that look across rows. Derived from the models; created in any connection.

``facts``: every printed number of every record, one row each, with its key, its place and its field.
``outcomes``: outcomes with their rank as a number. ``responses``: counts with the family of their outcome.
The views of ``store.count_views`` say which counts are parts of which others; those of ``store.pooled_views`` put pooled
results beside the studies they were pooled from; those of ``store.survival_views`` hazard ratios beside the medians of their arms.
``store.mean_views``: means of groups beside those of their parts, and changes beside the values they are changes of.
``survivals``: survival results with the family of their outcome, times that carry their unit, and landmark times in days.
``bands``: classes of a scale with exact ends. ``spans``: characteristics with a low or high end, in units that can be compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache

import duckdb

from schemas.fields import FieldFacts
from schemas.identity import PLACE
from schemas.kinds.base import Record
from schemas.quantities import TIME
from schemas.registry import RECORD_MODELS
from store import count_views, mean_views, pooled_views, survival_views, two_group_views
from store.emptiness import needs_of, surely_empty

_COMMON = ("record", "source", "study", "arm", "outcome", "analysis_set", "timepoint", *PLACE, "quote", "legibility")

_DAYS = "CASE {unit} WHEN 'years' THEN 365.25 WHEN 'months' THEN 30.4375 WHEN 'weeks' THEN 7 WHEN 'days' THEN 1 WHEN 'hours' THEN 1 / 24.0 END"
_WITH_UNIT = "CASE WHEN {field} IS NOT NULL THEN struct_update({field}, unit := coalesce(nullif({field}.unit, ''), s.time_unit)) END AS {name}"
_TIMED = ", ".join(_WITH_UNIT.format(field=f's."{name}"', name=name) for name in ("median", "lower", "upper", "time"))
_SURVIVALS = f"""
    SELECT s.* REPLACE ({_TIMED}), 'survival' AS kind, o.family, o.family_kind, o.place_in_family,
           concat_ws('/', coalesce(s.study, ''), coalesce(s.arm, ''), coalesce(s.analysis_set, ''), s.origin) AS of_whom,
           {_DAYS.format(unit="coalesce(nullif(s.median.unit, ''), s.time_unit)")} AS median_unit_days,
           s.unit IN ('years', 'months') AS calendar, s.nominal AS days, s.nominal - s.slack AS earliest, s.nominal + s.slack AS latest
    FROM (SELECT *, coalesce(nullif("time".unit, ''), time_unit) AS unit,
                 CASE WHEN "time".relation = '=' THEN "time".value * {_DAYS.format(unit="unit")} END AS nominal,
                 CASE WHEN "time".decimals > 0 THEN 0.5000001 * 0.1 ** "time".decimals * {_DAYS.format(unit="unit")} ELSE 0 END AS slack,
                 CASE WHEN timepoint = "time".text
                        OR regexp_full_match(timepoint, '(at |≥ ?|>= ?)?[0-9.]+[ -]?(day|week|month|year|wk|mo|yr)s?') THEN ''
                      ELSE coalesce(timepoint, '') END AS origin
          FROM survival) s LEFT JOIN outcomes o USING (outcome)
"""
"""A landmark time printed as a whole number is the time that was asked about, so it is exact (earliest = latest); one
with decimals is rounded. ``calendar`` says whether it is counted in months and years; a month is 30.4375 days on average,
so times of which one is calendar and the other is not can only be compared with a margin of a tenth."""

_BANDS = """
    SELECT *, concat_ws('|', source, coalesce(section, ''), coalesce(study, ''), coalesce(arm, ''), coalesce(outcome, ''), coalesce(analysis_set, ''),
                        coalesce(timepoint, ''), characteristic, trim(split_part(coalesce(label, ''), ':', 1))) AS system,
           coalesce(nullif(low.unit, ''), nullif(high.unit, '')) AS unit,
           coalesce(low.value, '-infinity'::DOUBLE) AS starts, coalesce(high.value, 'infinity'::DOUBLE) AS ends,
           CASE WHEN low.relation = '>' THEN 'out' WHEN low.relation = '>=' OR inclusive IN ('both', 'low') THEN 'in'
                WHEN inclusive IN ('high', 'neither') THEN 'out' ELSE 'unknown' END AS low_end,
           CASE WHEN high.relation = '<' THEN 'out' WHEN high.relation = '<=' OR inclusive IN ('both', 'high') THEN 'in'
                WHEN inclusive IN ('low', 'neither') THEN 'out' ELSE 'unknown' END AS high_end,
           CASE WHEN low.value IS NULL THEN 'up to ' || high.text WHEN high.value IS NULL THEN 'from ' || low.text
                ELSE low.text || ' to ' || high.text END AS band
    FROM characteristic
    WHERE characteristic IN ('band', 'dose_band') AND (low.value IS NOT NULL OR high.value IS NOT NULL)
      AND coalesce(low.status, 'reported') = 'reported' AND coalesce(high.status, 'reported') = 'reported'
"""
"""The ends of a band are definitions, so their printed values are exact; an end that is not given is infinite. Bands of one
``system`` divide one scale in one section; the label up to a colon names the scale."""

_COUNTED = "('publication_year', 'period', 'participants', 'studies', 'questions')"
_SPANNED = """CASE WHEN {end} IS NULL THEN NULL WHEN '{end}' <> 'value' AND characteristic IN {counted} AND {end}.relation = '=' AND {end}.value IS NOT NULL
           THEN struct_update({end}, unit := coalesce(nullif({end}.unit, ''), unit), low := {end}.value, high := {end}.value)
           ELSE struct_update({end}, unit := coalesce(nullif({end}.unit, ''), unit)) END AS {end}"""
_SPANS = f"""
    SELECT * REPLACE ({", ".join(_SPANNED.format(end=end, counted=_COUNTED) for end in ("value", "low", "high"))}),
           len(all_units) <= 1 OR list_has_all(['hours', 'days', 'weeks', 'months', 'years'], all_units) AS comparable
    FROM (SELECT *, coalesce(nullif(high.unit, ''), nullif(low.unit, ''), "value".unit, '') AS unit,
                 list_distinct(list_filter([low.unit, high.unit], lambda one: one <> '')) AS units,
                 list_distinct(list_filter(["value".unit, low.unit, high.unit], lambda one: one <> '')) AS all_units
          FROM characteristic WHERE low IS NOT NULL OR high IS NOT NULL)
    WHERE len(units) <= 1 OR list_has_all(['hours', 'days', 'weeks', 'months', 'years'], units)
"""
"""A number without a unit has the unit of the others beside it; ends in units that cannot be compared are left out, and
``comparable`` says whether the value can be compared with them. The ends of years and counts are exact, not rounded; their
value may be a mean."""


Filled = Callable[[str, str], bool]
"""Whether any record of a kind, named first, has something in a field."""


def create_for(
    connection: duckdb.DuckDBPyConnection, asked: Iterable[str], filled: Filled = lambda _kind, _field: True
) -> None:
    """Create the views that some queries read, and no others; one that is read several times is computed only once."""
    uses = _uses(asked)
    for name, query in queries().items():
        if uses[name]:
            sort = "TABLE" if uses[name] > 1 else "VIEW"
            text = _facts(filled) if name == "facts" else query
            connection.execute(f'CREATE OR REPLACE TEMP {sort} "{name}" AS {text}')


def words_in(asked: Iterable[str], filled: Filled) -> set[str]:
    """All words of some queries and of the views that they read: every table that they read is among them."""
    texts = [*asked]
    texts += [_facts(filled) if name == "facts" else queries()[name] for name in _uses(texts)]
    return set().union(*map(_words, texts))


def _uses(asked: Iterable[str]) -> Counter[str]:
    """How often each view is read by some queries and by the views that they read."""
    uses: Counter[str] = Counter()
    waiting = list(asked)
    while waiting:
        for name in _named_in(waiting.pop()):
            waiting += [] if name in uses else [queries()[name]]
            uses[name] += 1
    return uses


def with_rows(asked: Iterable[str], empty: Collection[str]) -> set[str]:
    """Those of these queries that may give rows although these tables are empty."""
    texts = set(asked)
    needs = needs_of([*queries().values(), *texts])
    views = {name: needs[query] for name, query in queries().items()}
    return {each for each in texts if not surely_empty(needs[each], empty, views)}


@cache
def _named_in(query: str) -> tuple[str, ...]:
    """The views that a query names."""
    return tuple(name for name in queries() if name in _words(query))


@cache
def _words(query: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", query.lower()))


@cache
def queries() -> Mapping[str, str]:
    """The views and their SQL, in the order in which they can be created."""
    return {
        "facts": _facts(lambda _kind, _field: True),
        "records": " UNION ALL ".join(_record_of(model) for model in RECORD_MODELS),
        "outcomes": 'SELECT *, CAST("rank".value AS INTEGER) AS place_in_family FROM "outcome"',
        "responses": """
            SELECT c.*, o.label, o.family, o.family_kind, o.place_in_family, o.complete, o.contains,
                   'count' AS kind, coalesce(c.study, '') || '/' || coalesce(c.arm, '') || '/' ||
                   coalesce(c.analysis_set, '') || '/' || coalesce(c.timepoint, '') AS of_whom
            FROM "count" c JOIN outcomes o USING (outcome)
        """,
        "survivals": _SURVIVALS,
        "bands": _BANDS,
        "spans": _SPANS,
        **count_views.QUERIES,
        **pooled_views.QUERIES,
        **mean_views.QUERIES,
        **two_group_views.QUERIES,
        **survival_views.QUERIES,
    }


def own_key(model: type[Record]) -> list[str]:
    """The key fields that only this kind has (measure, node, tool, ...)."""
    return [each.name for each in model.own_fields() if each.key]


def _record_of(model: type[Record]) -> str:
    common = ", ".join(f'"{name}"' for name in _COMMON)
    more = " || '|' || ".join(f"coalesce(\"{name}\", '')" for name in own_key(model)) or "''"
    return f"SELECT '{model.kind}' AS kind, {common}, {more} AS more_key FROM \"{model.kind}\""


def _facts(filled: Filled) -> str:
    """The printed numbers of all fields that are filled in; the first of all stands for them where none is."""
    found = [(model, field) for model in RECORD_MODELS for field in model.printed_fields()]
    return " UNION ALL ".join(
        _facts_of(*each)
        for each in [(model, field) for model, field in found if filled(model.kind, field.name)] or found[:1]
    )


def _facts_of(model: type[Record], field: FieldFacts) -> str:
    common = ", ".join(f'"{name}"' for name in _COMMON)
    more = " || '|' || ".join(f"coalesce(\"{name}\", '')" for name in own_key(model)) or "''"
    return (
        f"SELECT '{model.kind}' AS kind, {common}, {more} AS more_key, '{field.name}' AS field, {_printed(model, field)} AS printed"
        f' FROM "{model.kind}" WHERE "{field.name}" IS NOT NULL'
    )


def _printed(model: type[Record], field: FieldFacts) -> str:
    """A printed struct; a time without a unit of its own carries the unit of its record."""
    if field.quantity == TIME and "time_unit" in model.model_fields:
        return f'struct_update("{field.name}", unit := coalesce(nullif("{field.name}".unit, \'\'), time_unit))'
    return f'"{field.name}"'
