"""POOLED-018. Catalogue 42: no pooled interval is narrower than all the information of its studies."""

from curation.engine.rule import rule
from schemas.forest import forest
from schemas.margins import OTHER_WEIGHTS_SE
from schemas.pooling_arithmetic import pooled_se, se_range, studies_of, widened
from schemas.scales import DIFFERENCE_MEASURES, RATIO_MEASURES

_STUDIES = ("0.80 0.60 1.07", "0.70 0.50 0.98", "0.92 0.61 1.39")
_STATED = dict(pooling_method="inverse_variance", interval_method="wald")


@rule(
    "POOLED-018",
    severity="error",
    source="1 / SE^2 is at most the sum of 1 / v_i, and exactly that under a common effect (inverse variances)",
    oracle="R: oracles/pooled.csv",
    thresholds=[OTHER_WEIGHTS_SE],
    field="upper",
    rows="""
        SELECT 'pooled' AS kind, record, effect_records AS records, 'upper' AS field, lower, upper, level, measure, estimates, lowers, uppers, levels, ses,
               pooling_method, interval_method, CASE WHEN studies_wald THEN 'yes' ELSE 'no' END AS studies_wald
        FROM pooled_studies WHERE complete = 'yes' AND effects > 1 AND lower IS NOT NULL AND upper IS NOT NULL
    """,
    consistent=[
        forest(*_STUDIES, lower="0.64", upper="0.95", **_STATED),
        forest(*_STUDIES, lower="0.40", upper="1.60"),
    ],
    inconsistent=[forest(*_STUDIES, lower="0.75", upper="0.83", **_STATED), forest(*_STUDIES, lower="0.75", upper="0.83")],
    cannot_tell=[forest(*_STUDIES, lower="NR", upper="0.83"), forest("1 1 1", *_STUDIES, lower="0.75", upper="0.83")],
    look="whether the interval is of another analysis, or of another level",
)  # fmt: skip
def interval_beyond_information(
    lower, upper, measure, estimates, lowers, uppers,
    level=None, levels=None, ses=None, interval_method=None, pooling_method=None,
):  # fmt: skip
    """The pooled interval is narrower than all its studies together allow.

    SE >= 1 / sqrt(sum 1 / v_i), for a common effect and for random effects with any tau2; SE and v_i from the widths
    of the intervals on the scale of analysis, at the ends of the printed limits that leave most room. Impossible where
    inverse variances and Wald intervals are stated throughout; a Hartung-Knapp interval may be narrower. Not asked of
    Mantel-Haenszel and Peto, whose weights are no inverse variances.
    """
    studies = studies_of(measure, estimates, lowers, uppers, levels, ses)
    least = widened(*se_range(studies), studies.known)
    judged = measure.is_(*RATIO_MEASURES, *DIFFERENCE_MEASURES)
    weighted_otherwise = ("mantel_haenszel", "peto", "glmm", "bayesian", "crude")
    other = pooling_method.is_(*weighted_otherwise) | interval_method.is_("hartung_knapp", "bayesian")
    return pooled_se(lower, upper, measure, level).at_least(least).only(judged).unless(other)


@interval_beyond_information.reading(
    "how studies were pooled or intervals made is not stated; Hartung-Knapp, or study intervals with t, may give it",
    "warning",
)
def methods_not_stated(row):
    return (
        row.code("pooling_method") != "inverse_variance"
        or row.code("interval_method") != "wald"
        or row.code("studies_wald") != "yes"
    )


@interval_beyond_information.reading("the standard error of Mantel-Haenszel or Peto may be a little smaller", "note")
def mantel_haenszel(row):
    if row.code("measure") not in ("OR", "RR", "RD") or row.code("pooling_method") == "inverse_variance":
        return False
    studies = studies_of(*(row.columns[name] for name in ("measure", "estimates", "lowers", "uppers", "levels", "ses")))
    se = pooled_se(*(row.columns[name] for name in ("lower", "upper", "measure", "level")))
    return bool(se.high[0] * (1 + OTHER_WEIGHTS_SE.value) >= se_range(studies)[0][0])


@interval_beyond_information.explain
def another_level(row):
    if row["level"].known:
        return []
    return [f"it fits if the interval is a {level}% one" for level in (50, 68, 80, 90) if row.holds(level=level)][:1]


@interval_beyond_information.explain
def counted_twice(row):
    columns = row.columns
    studies = studies_of(*(columns[name] for name in ("measure", "estimates", "lowers", "uppers", "levels", "ses")))
    se = pooled_se(*(columns[name] for name in ("lower", "upper", "measure", "level")))
    most, least = se_range(studies)[1][0] / float(se.low[0]), se_range(studies)[0][0] / float(se.high[0])
    if not most > 0 or se.low[0] <= 0:
        return []
    return [f"it holds {least**2:.1f} to {most**2:.1f} times the information of the studies"]
