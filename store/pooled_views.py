"""Views over pooled results and the studies behind them, for rules that compare a review with its own table of studies.

``pooled_results``: pooled records with two keys: ``fact`` (the same pooled result, wherever it is printed) and ``target``
(what was pooled, of whom and when). ``pooled_facts``: one row per fact, with what its places say of it.
``study_results``: what a source prints of each study it includes, one row per study and target; ``state`` is "value",
"open" (unclear) or "none" (printed as not reported or not applicable).
``review_sizes``: one row per source that includes studies or states their number: how many, and how many participants.
``study_effects``: effects of studies, one row per comparison, with the number of most decimals where several places print it.
``pooled_studies``: one row per pooled record with its studies' effects; ``complete`` says whether they are surely all of
them. ``pooled_counts``: pooled odds ratios, risk ratios and risk differences with the events of both groups of all their
studies. ``pooled_proportions``: pooled proportions with the events of all their studies. ``subgroup_tests``: one row per split of a pooled result, with its subgroups and what is printed of all together.
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

_PLACE = "concat_ws('|', source, coalesce(outcome, ''), coalesce(timepoint, ''), measure)"
_FINEST = "max_by({name}, coalesce({name}.decimals, CASE WHEN {name}.low IS NULL AND {name}.high IS NULL THEN -2 ELSE -1 END)) FILTER (WHERE {name} IS NOT NULL) AS {name}"
"""Of several prints of one number the one with most decimals; one that holds no number only where there is no other."""
_STUDY_EFFECTS = f"""
    SELECT {_PLACE} AS place, coalesce(analysis_set, '') AS part, study, coalesce(arm, '') AS arm, coalesce(comparator, '') AS comparator,
           any_value(source) AS source, any_value(measure) AS measure, min(record) AS record, any_value(level) AS level,
           {", ".join(_FINEST.format(name=name) for name in ("estimate", "lower", "upper", "se"))},
           CASE WHEN count(DISTINCT weight.text) = 1 THEN any_value(weight) FILTER (WHERE weight.low IS NOT NULL) END AS weight,
           bool_and(interval_method = 'wald') AS wald
    FROM effect WHERE study IS NOT NULL GROUP BY ALL
"""
_POOLED_STUDIES = f"""
    WITH p AS (
        SELECT r.*, {_PLACE} AS place, coalesce(analysis_set, '') AS part, len(list_distinct(string_split(trim(r.studies), ' '))) AS named
        FROM pooled_results r WHERE study IS NULL
    ), splits AS (
        SELECT place, part FROM p WHERE split IS NOT NULL AND part <> '' GROUP BY place, part
        QUALIFY count(DISTINCT min(split)) OVER (PARTITION BY place) = 1
    ), listed AS (
        SELECT record, study FROM (SELECT record, unnest(list_distinct(string_split(trim(studies), ' '))) AS study FROM p WHERE studies IS NOT NULL)
    ), offered AS (
        SELECT p.record AS pooled, e.*, CASE WHEN e.part = p.part THEN 1 WHEN e.part = '' THEN 2 ELSE 3 END AS nearness
        FROM p JOIN study_effects e ON e.place = p.place
        LEFT JOIN splits s ON s.place = e.place AND s.part = e.part
        LEFT JOIN listed l ON l.record = p.record AND l.study = e.study
        WHERE (p.studies IS NULL OR l.study IS NOT NULL)
          AND (e.part = p.part OR (e.part = '' AND p.studies IS NOT NULL) OR (p.part = '' AND s.part IS NOT NULL))
        QUALIFY nearness = min(nearness) OVER (PARTITION BY p.record)
    ), gathered AS (
        SELECT pooled, count(*) AS effects, count(DISTINCT study) AS found, count(weight) AS weighted, bool_and(wald) AS studies_wald,
               list(o.record ORDER BY study, arm, comparator, o.part) AS effect_records, list(study ORDER BY study, arm, comparator, o.part) AS names,
               {", ".join(f"list({name} ORDER BY study, arm, comparator, o.part) AS {name}s" for name in ("estimate", "lower", "upper", "level", "se", "weight"))}
        FROM offered o GROUP BY pooled
    )
    SELECT p.*, g.* EXCLUDE (pooled),
           CASE WHEN p.studies IS NOT NULL AND g.found < p.named THEN 'no'
                WHEN f.fewest = f.most THEN CASE WHEN g.effects = f.fewest THEN 'yes' ELSE 'no' END
                WHEN p.studies IS NOT NULL AND f.fewest IS NULL AND g.effects = p.named THEN 'yes' ELSE 'no' END AS complete
    FROM p JOIN gathered g ON g.pooled = p.record JOIN pooled_facts f USING (fact)
"""
_POOLED_COUNTS = """
    WITH cells AS (
        SELECT c.source, c.outcome, coalesce(c.analysis_set, '') AS part, coalesce(c.timepoint, '') AS at_time, c.study, c.arm, any_value(a.role) AS role,
               min(c.record) AS record, any_value(c.events) AS events, any_value(c.total) AS total,
               count(*) = count(c.events.low) AND count(*) = count(c.total.low)
                   AND count(DISTINCT c.events.text) = 1 AND count(DISTINCT c.total.text) = 1 AS sure,
               coalesce(bool_or(c.events.status = 'unclear' OR c.total.status = 'unclear'), false) AS open
        FROM "count" c JOIN arm a USING (study, arm)
        WHERE c.outcome IS NOT NULL AND a.part_of IS NULL AND a.role IN ('experimental', 'control') AND c.estimator = 'proportion'
        GROUP BY ALL
    ), pairs AS (
        SELECT source, outcome, part, at_time, study,
               any_value(events) FILTER (WHERE role = 'experimental') AS events, any_value(total) FILTER (WHERE role = 'experimental') AS total,
               any_value(events) FILTER (WHERE role = 'control') AS comparator_events, any_value(total) FILTER (WHERE role = 'control') AS comparator_total,
               list(record ORDER BY role) AS records, bool_or(open) AS open
        FROM cells GROUP BY ALL
        HAVING bool_and(sure) AND count(*) = 2 AND count(*) FILTER (WHERE role = 'control') = 1
    ), p AS (
        SELECT *, coalesce(analysis_set, '') AS part, coalesce(timepoint, '') AS at_time, string_split(trim(studies), ' ') AS listed
        FROM pooled WHERE study IS NULL AND arm IS NULL AND outcome IS NOT NULL AND measure IN ('OR', 'RR', 'RD')
    )
    SELECT 'pooled' AS kind, p.record, any_value(p.measure) AS measure, any_value(p.estimate) AS estimate,
           any_value(p.pooling_method) AS pooling_method, any_value(p.interval_method) AS interval_method,
           CASE WHEN bool_or(s.open) THEN 'no' ELSE 'yes' END AS certain, flatten(list(s.records ORDER BY s.study)) AS records, list(s.study ORDER BY s.study) AS names,
           list(s.events ORDER BY s.study) AS events, list(s.total ORDER BY s.study) AS total,
           list(s.comparator_events ORDER BY s.study) AS comparator_events, list(s.comparator_total ORDER BY s.study) AS comparator_total
    FROM p JOIN pairs s ON s.source = p.source AND s.outcome = p.outcome AND s.part = p.part AND s.at_time = p.at_time
        AND (p.listed IS NULL OR list_contains(p.listed, s.study))
    GROUP BY p.record
    HAVING count(*) > 1 AND (any_value(p.listed) IS NULL OR count(*) = len(list_distinct(any_value(p.listed))))
        AND (any_value(p.k) IS NULL OR (count(*) = any_value(p.k).low AND count(*) = any_value(p.k).high))
        AND (any_value(p.k) IS NOT NULL OR any_value(p.listed) IS NOT NULL)
"""
_POOLED_PROPORTIONS = """
    SELECT 'pooled' AS kind, p.record, list(r.record ORDER BY r.study) AS records,
           any_value(p.estimate) AS estimate, any_value(p.q) AS q, any_value(p.i2) AS i2, any_value(p.tau2) AS tau2,
           any_value(p.p_heterogeneity) AS p_heterogeneity,
           any_value(p.transform) AS transform, any_value(p.pooling_method) AS pooling_method,
           list(r.events ORDER BY r.study) AS events, list(r.total ORDER BY r.study) AS total, list(r.label ORDER BY r.study) AS names,
           CASE WHEN bool_or(r.state = 'open') THEN 'no' ELSE 'yes' END AS certain
    FROM pooled_results p JOIN pooled_facts f USING (fact) JOIN study_results r ON r.target = p.target AND r.source = p.source
    WHERE p.study IS NULL AND p.arm IS NULL AND p.measure = 'proportion' AND r.state <> 'none'
      AND (p.studies IS NULL OR list_contains(string_split(trim(p.studies), ' '), r.study))
    GROUP BY p.record
    HAVING NOT bool_or(r.curve) AND count(*) > 1 AND count(DISTINCT r.study) = count(*)
       AND (any_value(f.fewest) IS NOT NULL OR any_value(p.studies) IS NOT NULL)
       AND (any_value(f.fewest) IS NULL OR (any_value(f.fewest) = count(*) AND any_value(f.most) = count(*)))
       AND (any_value(p.studies) IS NULL OR len(list_distinct(string_split(trim(any_value(p.studies)), ' '))) = count(*))
"""
_PART_FIELDS = ("k", "n", "q", "estimate", "lower", "upper", "level")
_SUBGROUP_TESTS = f"""
    WITH p AS (
        SELECT *, concat_ws('|', {_PLACE}, coalesce(study, ''), coalesce(arm, '')) AS place FROM pooled
    ), parts AS (
        SELECT place, split, analysis_set, min(record) AS record, max(model) FILTER (WHERE model <> 'unknown') AS model,
               bool_and(pooling_method = 'inverse_variance') AS weighted,
               {", ".join(_FINEST.format(name=name) for name in _PART_FIELDS)}
        FROM p WHERE split IS NOT NULL AND analysis_set IS NOT NULL GROUP BY ALL
    ), divided AS (
        SELECT place, split, count(*) AS subgroups, list(record ORDER BY record) AS part_records, string_agg(analysis_set, ', ' ORDER BY record) AS part_names,
               bool_and(model = 'common') AS parts_common, count(model) = count(*) AS modelled, bool_and(weighted) AS weighted,
               {", ".join(f"list({name} ORDER BY record) AS {name}s" for name in _PART_FIELDS)}
        FROM parts GROUP BY place, split
    ), tests AS (
        SELECT place, split, min(record) FILTER (WHERE q_between IS NOT NULL OR df_between IS NOT NULL OR p_between IS NOT NULL) AS record,
               any_value(source) AS source, any_value(measure) AS measure,
               {", ".join(_FINEST.format(name=name) for name in ("q_between", "df_between", "p_between"))}
        FROM p WHERE split IS NOT NULL GROUP BY place, split
    ), whole AS (
        SELECT place, coalesce(split, '') AS split, min(record) AS whole_record, max(model) FILTER (WHERE model <> 'unknown') AS whole_model,
               {", ".join(_FINEST.format(name=name) for name in ("k", "n", "q"))}
        FROM p WHERE analysis_set IS NULL GROUP BY ALL
    )
    SELECT 'pooled' AS kind, coalesce(t.record, w.whole_record, u.whole_record, d.part_records[1]) AS record, d.*, t.source, t.measure,
           t.q_between, t.df_between, t.p_between, coalesce(w.k, u.k) AS k, coalesce(w.n, u.n) AS n, coalesce(w.q, u.q) AS q,
           coalesce(w.whole_model, u.whole_model) AS whole_model,
           CASE WHEN t.df_between.low = d.subgroups - 1 AND t.df_between.high = d.subgroups - 1 THEN 'yes' ELSE 'no' END AS complete
    FROM divided d JOIN tests t USING (place, split) LEFT JOIN whole w USING (place, split)
    LEFT JOIN (FROM whole WHERE split = '') u ON u.place = d.place
"""

QUERIES = {
    "pooled_results": _POOLED_RESULTS,
    "pooled_facts": _POOLED_FACTS,
    "study_results": _STUDY_RESULTS,
    "review_sizes": _REVIEW_SIZES,
    "study_effects": _STUDY_EFFECTS,
    "pooled_studies": _POOLED_STUDIES,
    "pooled_counts": _POOLED_COUNTS,
    "pooled_proportions": _POOLED_PROPORTIONS,
    "subgroup_tests": _SUBGROUP_TESTS,
}
"""The views and their SQL, in the order in which they can be created."""
