"""Views over means: groups beside the parts they are made of, and changes beside the values they are changes of.

``combined``: a group with all its parts of one outcome, time, moment and unit.
``changes``: a change since baseline with the values at baseline and at follow-up.
``spreads``: a standard deviation (or what a standard error makes of one) beside those of the other studies of its outcome.
"""

from __future__ import annotations

_SAME = " AND ".join(
    f"coalesce({{a}}.{name}, '') = coalesce({{b}}.{name}, '')"
    for name in ("source", "study", "outcome", "analysis_set", "unit")
)

_COMBINED = f"""
    WITH part AS (
        SELECT w.study AS study, w.arm AS whole, p.arm AS arm, w.role = 'total' AND p.role <> 'subgroup' AS is_arm
        FROM arm w JOIN arm p ON p.study = w.study AND p.arm <> w.arm
        WHERE p.part_of = w.arm OR (w.role = 'total' AND p.role IN ('experimental', 'control', 'single') AND p.part_of IS NULL)
    ), paired AS (
        SELECT w.record AS whole_record, w, part.arm AS arm, part.is_arm AS is_arm, p.record AS record, p.n AS n, p.mean AS mean, p.sd AS sd
        FROM "mean" w JOIN part ON part.study = w.study AND part.whole = w.arm
        LEFT JOIN "mean" p ON p.arm = part.arm AND {_SAME.format(a="p", b="w")} AND coalesce(p.timepoint, '') = coalesce(w.timepoint, '') AND p.moment = w.moment
        WHERE w.n IS NOT NULL AND (w.mean IS NOT NULL OR w.sd IS NOT NULL)
        QUALIFY row_number() OVER (PARTITION BY w.record, part.arm ORDER BY p.section IS DISTINCT FROM w.section, p.record) = 1
    )
    SELECT whole_record AS record, list_prepend(whole_record, list(record ORDER BY arm) FILTER (WHERE record IS NOT NULL)) AS records,
           any_value(w.n) AS n, any_value(w.mean) AS whole, any_value(w.sd) AS whole_sd,
           list(n ORDER BY arm) AS ns, list(mean ORDER BY arm) AS means, list(sd ORDER BY arm) AS sds,
           CASE WHEN bool_and(is_arm) THEN 'yes' ELSE 'no' END AS arms
    FROM paired GROUP BY whole_record, is_arm HAVING bool_and(n IS NOT NULL) AND count(*) > 1
"""
"""``arms``: the parts are the arms of the study, of which nobody is in two; else subgroups, which may overlap."""

_BASELINE = r"regexp_matches(lower(trim(timepoint)), '^(baseline|at baseline|before|before treatment|pre|pre-?treatment|pre-?test|(week|day|month|visit)\s*0|0\s*(weeks?|days?|months?)?|t0|initial|admission|entry)$')"

_CHANGES = f"""
    WITH value_at AS (
        SELECT *, coalesce({_BASELINE}, false) AS baseline FROM "mean" WHERE moment = 'value' AND (mean IS NOT NULL OR sd IS NOT NULL)
    ), later AS (
        SELECT source, study, arm, outcome, analysis_set, unit, count(DISTINCT timepoint) AS times
        FROM value_at WHERE NOT baseline AND timepoint IS NOT NULL GROUP BY ALL
    )
    SELECT c.record AS record, [c.record, b.record, f.record] AS records, b.n AS n_before, f.n AS n_after, c.n AS n_change,
           b.mean AS "before", f.mean AS "after", c.mean AS change, b.sd AS sd_before, f.sd AS sd_after, c.sd AS change_sd
    FROM "mean" c
    JOIN value_at b ON b.baseline AND coalesce(b.arm, '') = coalesce(c.arm, '') AND {_SAME.format(a="b", b="c")}
    JOIN value_at f ON NOT f.baseline AND f.timepoint IS NOT NULL AND coalesce(f.arm, '') = coalesce(c.arm, '') AND {_SAME.format(a="f", b="c")}
    LEFT JOIN later l ON l.source = c.source AND l.study IS NOT DISTINCT FROM c.study AND l.arm IS NOT DISTINCT FROM c.arm
        AND l.outcome IS NOT DISTINCT FROM c.outcome AND l.analysis_set IS NOT DISTINCT FROM c.analysis_set AND l.unit IS NOT DISTINCT FROM c.unit
    WHERE c.moment = 'change' AND (c.mean IS NOT NULL OR c.sd IS NOT NULL) AND (f.timepoint = c.timepoint OR (c.timepoint IS NULL AND l.times = 1))
    QUALIFY row_number() OVER (PARTITION BY c.record ORDER BY b.section IS DISTINCT FROM c.section, f.section IS DISTINCT FROM c.section, b.record, f.record) = 1
"""
"""A change without a time of its own is the change to the only later time."""

_FROM_LOG = "round(exp({log}), (4 - floor(({log}) / ln(10)))::INT)"
"""Back from the logarithm, with five digits."""
_TYPICAL = """CASE WHEN p.studies % 2 = 0 THEN CASE WHEN r.place <= p.studies // 2 THEN p.m2 ELSE p.m1 END
    WHEN r.place <= p.studies // 2 THEN (p.m1 + p.m2) / 2 WHEN r.place = p.studies // 2 + 1 THEN (p.m0 + p.m2) / 2
    ELSE (p.m0 + p.m1) / 2 END"""

_SPREADS = f"""
    WITH each AS (
        SELECT record, source, study, outcome, moment, coalesce(unit, '') AS unit, n, mean, sd, se, q1, q3, minimum, maximum,
               ln(CASE WHEN sd.value > 0 THEN sd.value WHEN sd.value IS NULL AND se.value > 0 AND n.value > 0 THEN se.value * sqrt(n.value) END) AS log_sd
        FROM "mean" WHERE study IS NOT NULL AND outcome IS NOT NULL AND (sd IS NOT NULL OR se IS NOT NULL)
    ), of_study AS (
        SELECT outcome, moment, unit, study, median(log_sd) AS middle FROM each WHERE log_sd IS NOT NULL GROUP BY outcome, moment, unit, study
    ), ranked AS (
        SELECT *, row_number() OVER (PARTITION BY outcome, moment, unit ORDER BY middle, study) AS place,
               count(*) OVER (PARTITION BY outcome, moment, unit) AS studies FROM of_study
    ), pool AS (
        SELECT outcome, moment, unit, any_value(studies) AS studies, 1.4826 * mad(middle) AS scatter, min(middle) AS least, max(middle) AS most,
               max(middle) FILTER (WHERE place = 2) AS second, max(middle) FILTER (WHERE place = studies - 1) AS last_but_one,
               max(middle) FILTER (WHERE place = (studies - 1) // 2) AS m0, max(middle) FILTER (WHERE place = (studies - 1) // 2 + 1) AS m1,
               max(middle) FILTER (WHERE place = (studies - 1) // 2 + 2) AS m2
        FROM ranked GROUP BY outcome, moment, unit
    )
    SELECT e.record, e.n, e.mean, e.sd, e.se, e.q1, e.q3, e.minimum, e.maximum, (p.studies - 1)::DOUBLE AS other_studies,
           {_FROM_LOG.format(log="p.scatter")} AS their_scatter, {_FROM_LOG.format(log=_TYPICAL)} AS their_median,
           {_FROM_LOG.format(log="CASE WHEN r.place = 1 THEN p.second ELSE p.least END")} AS their_lowest,
           {_FROM_LOG.format(log="CASE WHEN r.place = p.studies THEN p.last_but_one ELSE p.most END")} AS their_highest
    FROM each e LEFT JOIN ranked r ON r.outcome = e.outcome AND r.moment = e.moment AND r.unit = e.unit AND r.study = e.study
    JOIN pool p ON p.outcome = e.outcome AND p.moment = e.moment AND p.unit = e.unit
    WHERE p.studies > 1
"""
"""Taken on the logarithmic scale, one value per study (the median of its own), the study itself left out: ``their_median``
is that of the others, ``their_lowest`` and ``their_highest`` are their range. ``their_scatter`` is a factor: the scaled
median absolute deviation of all. One study more or less hardly moves it.
The order statistics round the middle give every study the median of the others without listing them."""

QUERIES = {"combined": _COMBINED, "changes": _CHANGES, "spreads": _SPREADS}
"""The views and their SQL, in the order in which they can be created."""
