"""Views over pooled results and the studies behind them, for rules that compare a review with its own table of studies.

``pooled_results``: pooled records with two keys: ``fact`` (the same pooled result, wherever it is printed) and ``target``
(what was pooled, of whom and when). ``pooled_facts``: one row per fact, with what its places say of it.
``study_results``: what a source prints of each study it includes, one row per study and target; ``state`` is "value",
"open" (unclear) or "none" (printed as not reported or not applicable).
``review_sizes``: one row per source that includes studies or states their number: how many, and how many participants.
"""

from __future__ import annotations

_TARGET = "concat_ws('|', source, coalesce(outcome, ''), coalesce(analysis_set, ''), coalesce(timepoint, ''))"

_POOLED_RESULTS = f"""
    SELECT *, 'pooled' AS kind, {_TARGET} AS target,
           concat_ws('|', {_TARGET}, coalesce(study, ''), coalesce(arm, ''), measure) AS fact
    FROM pooled
"""
_POOLED_FACTS = """
    SELECT fact, any_value(target) AS target, any_value(source) AS source, max(studies) AS studies, list(record ORDER BY record) AS records,
           list(k ORDER BY record) FILTER (WHERE k.low IS NOT NULL) AS ks, min(k.low) AS fewest, max(k.high) AS most,
           list(n ORDER BY record) FILTER (WHERE n.low IS NOT NULL) AS ns,
           list(p_heterogeneity ORDER BY record) FILTER (WHERE p_heterogeneity.low IS NOT NULL) AS ps,
           list(coalesce(section, 'a place not given') ORDER BY record) FILTER (WHERE p_heterogeneity.low IS NOT NULL) AS p_places,
           max(transform) FILTER (WHERE transform <> 'unknown') AS transform
    FROM pooled_results GROUP BY fact
"""
_STUDY_RESULTS = f"""
    WITH printed AS (
        SELECT record, source, study, {_TARGET} AS target, events, total, percent, false AS curve FROM "count"
        UNION ALL
        SELECT record, source, study, {_TARGET}, NULL, total, rate, coalesce(estimator, 'kaplan_meier') = 'kaplan_meier' FROM survival WHERE rate IS NOT NULL
    ), judged AS (
        SELECT p.*, s.label, concat_ws('|', events.text, total.text, percent.text) AS cell,
               CASE WHEN 'unclear' IN (events.status, percent.status) THEN 1
                    WHEN events.low IS NOT NULL OR percent.low IS NOT NULL THEN 2 ELSE 0 END AS clarity
        FROM printed p JOIN study s ON s.study = p.study AND s.included_in = p.source
    )
    SELECT source, target, study, any_value(label) AS label, min(record) AS record, max(events.high) AS most_events, bool_or(curve) AS curve,
           CASE WHEN count(DISTINCT cell) = 1 THEN any_value(events) END AS events,
           CASE WHEN count(DISTINCT cell) = 1 THEN any_value(total) END AS total,
           CASE WHEN count(DISTINCT cell) = 1 THEN any_value(percent) END AS percent,
           CASE max(clarity) WHEN 2 THEN 'value' WHEN 1 THEN 'open' ELSE 'none' END AS state
    FROM judged GROUP BY source, target, study
"""
_REVIEW_SIZES = """
    WITH numbers AS (
        SELECT c.source, c.study, c.value, coalesce(c.arm IS NULL OR a.role IN ('total', 'single'), false) AS whole, a.role
        FROM characteristic c LEFT JOIN arm a ON a.study = c.study AND a.arm = c.arm
        WHERE c.characteristic = 'participants' AND c.study IS NOT NULL AND c.label IS NULL AND c.outcome IS NULL AND c.value.low IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY c.source, c.study, c.arm ORDER BY c.value.high DESC, c.record) = 1
    ), arms AS (
        SELECT study, count(*) AS arms FROM arm WHERE role IN ('experimental', 'control') GROUP BY study
    ), of_study AS (
        SELECT source, study,
               CASE WHEN bool_or(whole) THEN [max_by(value, value.high) FILTER (WHERE whole)]
                    WHEN count(*) FILTER (WHERE role IN ('experimental', 'control')) = any_value(arms) THEN list(value) FILTER (WHERE role IN ('experimental', 'control'))
               END AS participants
        FROM numbers LEFT JOIN arms USING (study) GROUP BY source, study
    ), of_review AS (
        SELECT s.included_in AS source, count(*) AS studies,
               CASE WHEN count(*) = count(o.participants) THEN flatten(list(o.participants ORDER BY s.study)) END AS participants
        FROM study s LEFT JOIN of_study o ON o.study = s.study AND o.source = s.included_in
        WHERE s.included_in IS NOT NULL GROUP BY s.included_in
    ), stated AS (
        SELECT source, characteristic AS what, value FROM characteristic
        WHERE characteristic IN ('studies', 'participants') AND study IS NULL AND arm IS NULL AND outcome IS NULL
          AND analysis_set IS NULL AND timepoint IS NULL AND label IS NULL AND value.low IS NOT NULL
        UNION ALL
        SELECT source, 'studies', n FROM flow
        WHERE diagram = 'prisma' AND node = 'included' AND "group" IS NULL AND study IS NULL AND n.low IS NOT NULL
    ), of_source AS (
        SELECT source, list(DISTINCT value) FILTER (WHERE what = 'studies') AS stated_studies,
               list(DISTINCT value) FILTER (WHERE what = 'participants') AS stated_participants
        FROM stated GROUP BY source
    )
    SELECT coalesce(r.source, s.source) AS source, coalesce(r.studies, 0) AS studies, r.participants, s.stated_studies, s.stated_participants
    FROM of_review r FULL JOIN of_source s ON r.source = s.source
"""

QUERIES = {
    "pooled_results": _POOLED_RESULTS,
    "pooled_facts": _POOLED_FACTS,
    "study_results": _STUDY_RESULTS,
    "review_sizes": _REVIEW_SIZES,
}
"""The views and their SQL, in the order in which they can be created."""
