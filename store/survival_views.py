"""Views over survival results of two arms beside their hazard ratio.

``hazard_ratios_and_medians``: each hazard ratio with the medians of its two arms, where each arm has one in the source.
"""

from __future__ import annotations

_HAZARD_RATIOS_AND_MEDIANS = """
    WITH middle AS (
        SELECT source, study, arm, outcome, coalesce(analysis_set, '') AS who, min(record) AS record,
               any_value(median) AS median
        FROM survivals WHERE median IS NOT NULL AND arm IS NOT NULL AND outcome IS NOT NULL AND estimator <> 'cumulative_incidence'
        GROUP BY source, study, arm, outcome, coalesce(analysis_set, '')
        HAVING count(DISTINCT concat_ws('|', median.text, median_unit_days)) = 1
    )
    SELECT 'effect' AS kind, e.record, [e.record, a.record, b.record] AS records, 'estimate' AS field,
           e.estimate, e.lower, e.upper, a.median AS median_arm, b.median AS median_other
    FROM effect e
    JOIN middle a ON a.source = e.source AND a.study = e.study AND a.outcome = e.outcome
         AND a.who = coalesce(e.analysis_set, '') AND a.arm = e.arm
    JOIN middle b ON b.source = e.source AND b.study = e.study AND b.outcome = e.outcome AND b.who = a.who AND b.arm = e.comparator
    WHERE e.measure = 'HR' AND e.estimate IS NOT NULL
"""

QUERIES = {"hazard_ratios_and_medians": _HAZARD_RATIOS_AND_MEDIANS}
"""The views and their SQL."""
