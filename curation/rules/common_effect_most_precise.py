"""POOLED-020. Catalogue 42: a common effect is at least as precise as its most precise study."""

import numpy as np

from curation.engine.rule import rule
from schemas.forest import forest
from schemas.pooling_arithmetic import pooled_se, widened
from schemas.ragged import Ragged
from schemas.scales import DIFFERENCE_MEASURES, RATIO_MEASURES

_STUDIES = ("0.80 0.60 1.07", "0.70 0.50 0.98", "0.92 0.61 1.39")
_STATED = dict(model="common", pooling_method="inverse_variance", interval_method="wald")


def _wald(rows):
    return [row | ({"interval_method": "wald"} if row["kind"] == "effect" else {}) for row in rows]


@rule(
    "POOLED-020",
    severity="error",
    source="under a common effect 1 / SE^2 is the sum of 1 / v_i, so at least each of them",
    oracle="R: oracles/pooled.csv",
    field="upper",
    rows="""
        SELECT 'pooled' AS kind, record, effect_records AS records, 'upper' AS field, lower, upper, level, measure, lowers, uppers, levels,
               pooling_method, interval_method, CASE WHEN studies_wald THEN 'yes' ELSE 'no' END AS studies_wald, names
        FROM pooled_studies
        WHERE model = 'common' AND (complete = 'yes' OR studies IS NOT NULL) AND effects > 0 AND lower IS NOT NULL AND upper IS NOT NULL
    """,
    consistent=[
        _wald(forest(*_STUDIES, lower="0.64", upper="0.95", **_STATED)),
        forest(*_STUDIES, lower="0.60", upper="1.07", model="common"),
    ],
    inconsistent=[
        _wald(forest(*_STUDIES, lower="0.45", upper="1.39", **_STATED)),
        forest(*_STUDIES, lower="0.45", upper="1.39", model="common"),
    ],
    cannot_tell=[forest(*_STUDIES, lower="NR", upper="1.39", model="common")],
    look="whether the model is random effects, and whether the levels are the same",
)  # fmt: skip
def common_effect_most_precise(lower, upper, measure, lowers, uppers, level=None, levels=None, pooling_method=None):
    """The pooled interval of a common effect is wider than that of one of its studies.

    SE <= min SE_i, each from the width of its interval on the scale of analysis. Needs no complete list of studies.
    Impossible where inverse variances and Wald intervals are stated for all; otherwise a warning.
    """
    rows, at = (
        np.repeat(np.arange(len(lowers.lengths)), lowers.lengths),
        np.arange(int(lowers.starts[0]), int(lowers.starts[-1])),
    )
    each = pooled_se(lowers.items.take(at), uppers.items.take(at), measure.take(rows), levels.items.take(at))
    # a study whose interval cannot be read sets no limit
    most = np.where(each.known, each.high, np.inf)
    limit = Ragged(type(each)(most, most, np.ones(len(most), dtype=bool)), lowers.starts - lowers.starts[0]).least()
    least = widened(limit.high, limit.high, limit.known & np.isfinite(np.asarray(limit.high, dtype=np.float64)))
    judged = measure.is_(*RATIO_MEASURES, *DIFFERENCE_MEASURES)
    return (
        pooled_se(lower, upper, measure, level)
        .at_most(least)
        .only(judged)
        .unless(pooling_method.is_("glmm", "bayesian", "crude"))
    )


@common_effect_most_precise.reading(
    "how studies were pooled or intervals made is not stated for all; intervals of another kind may be wider", "warning"
)
def methods_not_stated(row):
    return (
        row.code("pooling_method") != "inverse_variance"
        or row.code("interval_method") != "wald"
        or row.code("studies_wald") != "yes"
    )
