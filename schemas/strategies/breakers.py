"""How to break each rule: for a rule id, consistent data with one identity broken beyond rounding.

To add a breaker, write a function from a Draw to Tables and enter it in ``BREAKERS`` under the id of the rule.
"""

from __future__ import annotations

from collections.abc import Callable

from schemas.strategies import break_families as families
from schemas.strategies import break_numbers as numbers
from schemas.strategies import break_results as results
from schemas.strategies import break_reviews as reviews
from schemas.strategies.draw import Draw, Tables

Breaker = Callable[[Draw], Tables]

BREAKERS: dict[str, Breaker] = {
    "COUNT-001": numbers.more_events_than_participants,
    "COUNT-002": numbers.percentage_of_something_else,
    "COUNT-003": numbers.count_in_pieces,
    "PERCENT-001": numbers.percentage_out_of_bounds,
    "PERCENT-002": numbers.percentage_of_no_count,
    "PERCENT-003": numbers.percentage_of_no_total,
    "EFFECT-001": numbers.limits_swapped,
    "EFFECT-002": numbers.estimate_outside,
    "EFFECT-003": numbers.ratio_not_positive,
    "EFFECT-004": numbers.measure_out_of_range,
    "EFFECT-005": numbers.limits_uneven,
    "EFFECT-006": numbers.p_against_interval,
    "P-001": numbers.impossible_p,
    "TEST-001": numbers.p_of_another_statistic,
    "SPAN-001": numbers.span_reversed,
    "SPAN-002": numbers.quartiles_reversed,
    "SPAN-003": numbers.value_outside_span,
    "APPRAISAL-001": reviews.score_off,
    "APPRAISAL-002": numbers.judged_tool_scored,
    "APPRAISAL-004": reviews.questions_off,
    "SUM-001": families.categories_beyond_everyone,
    "SUM-002": families.percentages_beyond_hundred,
    "SUM-003": families.categories_below_everyone,
    "SUM-004": families.threshold_below_its_categories,
    "SUM-005": families.thresholds_not_nested,
    "SUM-006": families.threshold_above_its_categories,
    "SUM-007": families.grades_not_nested,
    "SUM-008": families.contained_exceeds_container,
    "SUM-009": reviews.arms_off,
    "SUM-010": reviews.participants_off,
    "SUM-011": reviews.designs_off,
    "SUM-012": reviews.studies_off,
    "SURVIVAL-001": families.survival_rises,
    "SURVIVAL-002": families.progression_free_above_overall,
    "SURVIVAL-003": families.progression_free_median_longer,
    "SURVIVAL-004": families.median_across_landmark,
    "SURVIVAL-005": families.more_at_risk_than_alive,
    "POOLED-001": results.degrees_of_freedom_off,
    "POOLED-002": results.p_of_another_q,
    "POOLED-003": results.i2_of_another_q,
    "POOLED-004": results.p_of_another_i2,
    "POOLED-007": results.pooled_outside_studies,
    "POOLED-009": reviews.too_many_pooled,
    "POOLED-011": reviews.too_many_participants_pooled,
    "SOURCE-001": results.two_places_two_values,
    "SOURCE-002": reviews.sources_disagree,
    "SOURCE-003": reviews.source_disagrees_with_counts,
    "SOURCE-006": reviews.years_off,
    "FLOW-001": results.screening_does_not_add_up,
    "FLOW-002": results.more_included_than_left,
    "FLOW-004": reviews.randomised_off,
    "FLOW-005": reviews.analysed_off,
}
"""Rule id -> how to break it. Rules are known here by their ids only."""
