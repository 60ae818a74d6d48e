"""Views over counts and flow boxes: which numbers of one group are parts of which others.

``sizes``: events and proportions of groups, one row each, with the family of their outcome.
``nested``: two sizes of one group of which the one (``part``) can be at most the other (``whole``).
``thresholds``: a cumulative threshold with the exclusive categories it takes in.
``wholes``: an outcome with those it takes in (column 'contains').
``stated_numbers``: stated numbers of participants and studies, as counts.
``boxes``: boxes of flow diagrams; one given only in parts holds all its parts.
"""

from __future__ import annotations

_SIZE = """
    SELECT record, kind, source, section, of_whom, outcome, label, family, family_kind, place_in_family, complete, contains,
           total, total_from, events IS NOT NULL AS counted, '{field}' AS field, {field} AS size
    FROM responses WHERE {field} IS NOT NULL AND {condition}
"""
_SIZES = " UNION ALL ".join(
    _SIZE.format(field=field, condition=condition)
    for field, condition in (("events", "true"), ("percent", "estimator = 'proportion'"))
)
"""Percentages that are no proportions (Kaplan-Meier, cumulative incidence, rates) are not sums of people."""

_ONE_TOTAL = "(a.total.value IS NULL OR b.total.value IS NULL OR a.total.value = b.total.value)"
"""Two groups with different totals are different groups."""
_NOT_SAID_BY_EVENTS = "(a.field = 'events' OR NOT (a.counted AND b.counted))"
"""Percentages are compared where the events are not given for both."""

_PAIRS = f"""
    SELECT a.family_kind AS relation, a, b FROM sizes a JOIN sizes b
        ON a.source = b.source AND a.of_whom = b.of_whom AND a.family = b.family AND a.family_kind = b.family_kind
       AND a.field = b.field AND a.place_in_family < b.place_in_family
    WHERE a.family_kind IN ('cumulative', 'grade') AND {_ONE_TOTAL} AND {_NOT_SAID_BY_EVENTS}
    UNION ALL
    SELECT 'contains', a, b FROM (
        SELECT *, unnest(string_split(trim(contains), ' ')) AS contained FROM sizes WHERE contains IS NOT NULL
    ) b JOIN sizes a ON a.source = b.source AND a.of_whom = b.of_whom AND a.outcome = b.contained AND a.field = b.field
    WHERE {_ONE_TOTAL} AND {_NOT_SAID_BY_EVENTS}
"""

_NESTED = f"""
    SELECT 'count' AS kind, relation, min(a.record) AS record, list_distinct(flatten(list([a.record, b.record]))) AS records,
           a.field AS field, any_value(a.size) AS part, any_value(b.size) AS whole,
           any_value(a.label) AS part_label, any_value(b.label) AS whole_label,
           CASE WHEN bool_or(a.section IS NOT DISTINCT FROM b.section) THEN 'yes' ELSE 'no' END AS same_place
    FROM (
        SELECT * FROM ({_PAIRS}) QUALIFY row_number() OVER (
            PARTITION BY relation, a.record, a.field, b.outcome
            ORDER BY a.section IS DISTINCT FROM b.section, b.size.high DESC, b.record) = 1
    )
    GROUP BY relation, a.source, a.of_whom, a.outcome, b.outcome, a.field, a.size.text, b.size.text
"""

_THRESHOLDS = f"""
    WITH category AS (
        SELECT family, place_in_family, outcome FROM outcomes WHERE family_kind = 'exclusive' AND family IS NOT NULL
    ), chosen AS (
        SELECT a AS t, b AS c FROM sizes a JOIN sizes b
            ON a.source = b.source AND a.of_whom = b.of_whom AND a.family = b.family AND a.field = b.field
           AND b.place_in_family <= a.place_in_family
        WHERE a.family_kind = 'cumulative' AND b.family_kind = 'exclusive' AND {_ONE_TOTAL}
        QUALIFY row_number() OVER (
            PARTITION BY a.record, a.field, b.outcome
            ORDER BY a.section IS DISTINCT FROM b.section, b.size.low, b.record) = 1
    ), each_place AS (
        SELECT t.source AS source, t.of_whom AS of_whom, t.outcome AS outcome, t.family AS family, t.field AS field,
               t.record AS record, t.place_in_family AS place_in_family,
               any_value(t.size) AS threshold, any_value(t.label) AS threshold_label, any_value(t.section) AS section,
               list(c.record ORDER BY c.place_in_family, c.outcome) AS parts_records,
               list(c.size ORDER BY c.place_in_family, c.outcome) AS parts,
               list(c.label ORDER BY c.place_in_family, c.outcome) AS labels,
               string_agg(c.size.text, '|' ORDER BY c.place_in_family, c.outcome) AS texts, count(*) AS categories,
               bool_and(c.section IS NOT DISTINCT FROM t.section) AS one_place
        FROM chosen GROUP BY ALL HAVING t.field = 'events' OR NOT bool_and(t.counted AND c.counted)
    ), known AS (
        SELECT e.record, e.field, count(*) AS categories FROM each_place e JOIN category USING (family)
        WHERE category.place_in_family <= e.place_in_family GROUP BY e.record, e.field
    )
    SELECT 'count' AS kind, min(e.record) AS record,
           list_distinct(flatten(list(list_prepend(e.record, e.parts_records)))) AS records, e.field AS field,
           any_value(threshold) AS threshold, any_value(threshold_label) AS threshold_label,
           any_value(parts) AS parts, any_value(labels) AS labels,
           CASE WHEN bool_or(one_place) THEN 'yes' ELSE 'no' END AS same_place,
           bool_or(one_place AND e.categories = known.categories) AS all_categories
    FROM each_place e JOIN known ON known.record = e.record AND known.field = e.field
    GROUP BY e.source, e.of_whom, e.outcome, e.field, threshold.text, texts
"""

_WHOLES = """
    WITH member AS (
        SELECT *, unnest(string_split(trim(contains), ' ')) AS contained FROM sizes WHERE trim(contains) <> ''
    ), chosen AS (
        SELECT b, p FROM member b LEFT JOIN sizes p
            ON p.source = b.source AND p.of_whom = b.of_whom AND p.outcome = b.contained AND p.field = b.field
           AND (b.total.value IS NULL OR p.total.value IS NULL OR b.total.value = p.total.value)
        QUALIFY row_number() OVER (
            PARTITION BY b.record, b.field, b.contained ORDER BY p.section IS DISTINCT FROM b.section, p.record) = 1
    )
    SELECT 'count' AS kind, b.record AS record,
           list_prepend(b.record, list(p.record ORDER BY p.outcome) FILTER (WHERE p.record IS NOT NULL)) AS records, b.field AS field,
           any_value(b.size) AS whole, list(p.size ORDER BY p.outcome) FILTER (WHERE p.record IS NOT NULL) AS parts,
           list(p.label ORDER BY p.outcome) FILTER (WHERE p.record IS NOT NULL) AS labels,
           CASE WHEN bool_and(p.record IS NULL OR p.section IS NOT DISTINCT FROM b.section) THEN 'yes' ELSE 'no' END AS same_place,
           any_value(b.complete) = 'yes' AND count(p.record) = count(*) AS covered,
           count(p.record) > 1 AND count(p.family) = count(p.record) AND count(DISTINCT p.family) = 1
           AND bool_and(coalesce(p.family_kind, 'exclusive') = 'exclusive') AS exclusive
    FROM chosen GROUP BY b.record, b.field
    HAVING count(p.record) > 0 AND (b.field = 'events' OR NOT bool_and(b.counted AND coalesce(p.counted, true)))
"""
"""``covered``: all that the outcome takes in is reported; ``exclusive``: what is reported are categories of one family."""

_BOXES = """
    WITH once AS (
        SELECT *, bool_or("group" IS NULL) OVER (PARTITION BY source, study, arm, diagram, node) AS in_one
        FROM flow WHERE n IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY source, study, arm, diagram, node, "group"
                                   ORDER BY concat_ws('|', section, "row", "column", record)) = 1
    ), overall AS (
        SELECT source, study, arm, diagram, node, NULL AS stream, list(record ORDER BY record) AS records,
               list(n ORDER BY record) AS numbers, NOT bool_or(in_one) AS split
        FROM once WHERE "group" IS NULL OR NOT in_one GROUP BY source, study, arm, diagram, node
    )
    SELECT *, concat_ws('/', source, coalesce(study, ''), diagram) AS of_what FROM (
        SELECT * FROM overall UNION ALL
        SELECT source, study, arm, diagram, node, "group" AS stream, [record], [n], false FROM once WHERE "group" IS NOT NULL
    )
"""
"""``split``: the box is given in parts only (by reason, by database). ``stream``: one part on its own."""

_STATED_NUMBERS = """
    SELECT * REPLACE (CASE WHEN ceil(value.low) <= floor(value.high)
                           THEN struct_update(value, low := ceil(value.low), high := floor(value.high)) ELSE value END AS value)
    FROM characteristic WHERE characteristic IN ('participants', 'studies')
"""
"""Characteristics are typed as plain, rounded numbers; people and studies are counted, so only whole numbers are meant."""

QUERIES = {
    "stated_numbers": _STATED_NUMBERS,
    "sizes": _SIZES,
    "nested": _NESTED,
    "thresholds": _THRESHOLDS,
    "wholes": _WHOLES,
    "boxes": _BOXES,
}
"""The views and their SQL, in the order in which they can be created; they need ``outcomes`` and ``responses``."""
