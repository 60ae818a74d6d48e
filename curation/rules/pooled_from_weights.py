"""POOLED-017. Catalogue 41 and 43: the mean of the studies with the printed weights."""

import numpy as np

from curation.engine.rule import rule
from schemas.forest import forest
from schemas.intervals import Column
from schemas.pooling_arithmetic import in_words, mean_range, on_scale, padded, widened
from schemas.scales import DIFFERENCE_MEASURES, RATIO_MEASURES
from schemas.wording import decimals

_STUDIES = ("0.80 0.60 1.07", "0.70 0.50 0.98", "0.92 0.41 2.06")


@rule(
    "POOLED-017",
    severity="warning",
    source="a pooled estimate is the weighted mean of its studies",
    oracle="R: oracles/pooled.csv",
    field="estimate",
    after=["POOLED-015", "POOLED-016", "POOLED-012"],
    rows="""
        SELECT 'pooled' AS kind, record, effect_records AS records, 'estimate' AS field, estimate, measure, estimates, weights, pooling_method, names
        FROM pooled_studies WHERE complete = 'yes' AND weighted = effects AND effects > 1 AND estimate IS NOT NULL
    """,
    consistent=[forest(*_STUDIES, weights="53.2% 39.8% 7.0%", estimate="0.77"), forest(*_STUDIES, weights="7% 40% 53%", estimate="0.82")],
    inconsistent=[forest(*_STUDIES, weights="53.2% 39.8% 7.0%", estimate="0.82")],
    cannot_tell=[forest(*_STUDIES, weights="53.2% 39.8% 7.0%", estimate="NR"), forest("NE NE NE", *_STUDIES[:2], weights="0% 60% 40%", estimate="0.9")],
    look="whether the weights are those of this model, and whether two studies are swapped",
)  # fmt: skip
def pooled_from_weights(estimate, measure, estimates, weights, pooling_method=None):
    """The pooled effect is not the mean of the studies with their printed weights.

    theta = sum(w_i y_i) / sum(w_i), on the log scale for ratios (inverse variance, Peto) or as printed (Mantel-Haenszel);
    the extremes over all rounding are exact. Weights that do not add up to 100% are shares of a greater whole and say
    nothing of a subgroup. The weights may be of another model than the estimate: a warning.
    """
    by_scale = [estimate_on.meets(mean) for estimate_on, mean in _means(estimate, measure, estimates, weights)]
    judged = measure.is_(*RATIO_MEASURES, *DIFFERENCE_MEASURES)
    elsewhere = weights.sum().meets(100).codes != 0
    return (
        (by_scale[0] | by_scale[1])
        .cannot_tell(elsewhere)
        .only(judged)
        .unless(pooling_method.is_("glmm", "bayesian", "crude"))
    )


def _means(estimate, measure, estimates, weights):
    """The printed estimate beside the range of the weighted mean, on the scale of analysis and as printed."""
    starts, at = estimates.starts, np.arange(int(estimates.starts[0]), int(estimates.starts[-1]))
    items, new = estimates.items.take(at), estimates.starts - starts[0]
    whole = estimates.complete & weights.complete & (estimates.lengths > 1)
    rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    shares = [np.maximum(padded(end, weights.starts, 0.0), 0.0) for end in (weights.items.low, weights.items.high)]
    for printed, one in ((on_scale(estimate, measure), on_scale(items, measure.take(rows))), (estimate, items)):
        low, high = (padded(np.where(one.known, end, 0.0), new, 0.0) for end in (one.low, one.high))
        sure = np.isfinite(low).all(axis=1) & np.isfinite(high).all(axis=1) & whole
        low, high, light, heavy = (np.where(sure[:, None], each, 1.0) for each in (low, high, *shares))
        yield Column(printed.low, printed.high, printed.known), widened(*mean_range(low, high, light, heavy), sure)


@pooled_from_weights.expects
def the_mean(row):
    _, mean = next(_means(*(row.columns[name] for name in ("estimate", "measure", "estimates", "weights"))))
    ratio = row.code("measure") in RATIO_MEASURES
    return in_words(float(mean.low[0]), float(mean.high[0]), decimals(row["estimate"]) + 1, ratio=ratio)
