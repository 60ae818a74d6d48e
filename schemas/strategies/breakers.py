"""How to break each rule: for a rule id, consistent data with one identity broken beyond rounding.

To add a breaker, write a function from a Draw to Tables and enter it in ``BREAKERS`` under the id of the rule.
"""

from __future__ import annotations

from collections.abc import Callable

from schemas.strategies import break_families as families
from schemas.strategies import break_flows as flows
from schemas.strategies import break_means as means
from schemas.strategies import break_numbers as numbers
from schemas.strategies import break_results as results
from schemas.strategies import break_reviews as reviews
from schemas.strategies import break_spread as spread
from schemas.strategies import break_statements as statements
from schemas.strategies import break_survival as curves
from schemas.strategies.break_pooled import POOLED_BREAKERS
from schemas.strategies.break_registry import REGISTRY_BREAKERS
from schemas.strategies.break_sources import SOURCE_BREAKERS
from schemas.strategies.break_two_arms import BROKEN as BROKEN_TWO_ARMS
from schemas.strategies.break_wording import BROKEN as BROKEN_WORDING
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
    "MEAN-001": means.mean_between_steps,
    "MEAN-002": means.sd_between_steps,
    "MEAN-003": means.sd_of_other_proportion,
    "MEAN-004": means.sd_beyond_scale,
    "MEAN-005": means.number_beyond_scale,
    "MEAN-006": means.no_sample_in_range,
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
    "SUM-013": flows.any_event_beyond_the_sum,
    "SUM-014": flows.grades_beyond_any_grade,
    "SUM-015": flows.answers_below_everyone,
    "SUM-016": flows.everyone_outside_the_arms,
    "SURVIVAL-001": families.survival_rises,
    "SURVIVAL-002": families.progression_free_above_overall,
    "SURVIVAL-003": families.progression_free_median_longer,
    "SURVIVAL-004": families.median_across_landmark,
    "SURVIVAL-005": families.more_at_risk_than_alive,
    "SURVIVAL-006": curves.more_at_risk_than_participants,
    "SURVIVAL-007": curves.events_off_the_curve,
    "SURVIVAL-008": curves.too_many_events_for_no_median,
    "SURVIVAL-009": curves.at_risk_rises,
    "SURVIVAL-010": curves.limit_without_a_median,
    "SURVIVAL-011": curves.limits_lean,
    "SURVIVAL-012": curves.limits_too_close,
    "SURVIVAL-013": curves.interval_of_too_few_events,
    "SURVIVAL-014": curves.medians_against_hazard_ratio,
    "SURVIVAL-015": curves.medians_far_from_hazard_ratio,
    "SURVIVAL-016": curves.rates_against_hazard_ratio,
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
    "FLOW-003": statements.more_assessed_than_screened,
    "POOLED-038": statements.heterogeneity_of_one,
    "RANGE-001": statements.number_out_of_range,
    "BAND-001": statements.bands_overlap,
    "BAND-002": statements.bands_apart,
    "APPRAISAL-003": statements.tool_for_another_design,
    "APPRAISAL-005": statements.domain_of_no_tool,
    "APPRAISAL-006": statements.known_tool_as_other,
    "QUOTE-001": statements.quote_without_the_number,
    "QUOTE-002": statements.quote_of_nobody,
    "FLOW-004": reviews.randomised_off,
    "FLOW-005": reviews.analysed_off,
    "FLOW-006": flows.reasons_off,
    "FLOW-007": flows.more_studies_than_reports,
    "FLOW-008": flows.total_off,
    "FLOW-009": flows.completed_off,
    **SOURCE_BREAKERS,
    **REGISTRY_BREAKERS,
    **spread.BREAKERS,
    **BROKEN_WORDING,
    **POOLED_BREAKERS,
    **BROKEN_TWO_ARMS,
}
"""Rule id -> how to break it. Rules are known here by their ids only."""
