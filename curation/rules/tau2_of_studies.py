"""POOLED-026. Catalogue 40: tau2, computed again from the studies."""

import numpy as np

from curation.engine.rule import rule
from schemas.between_studies import ESTIMATORS, dersimonian_laird, estimators_that_fit
from schemas.forest import forest
from schemas.margins import OTHER_WEIGHTS_Q
from schemas.pooling_arithmetic import studies_of
from schemas.verdicts import Verdicts

_STUDIES = ("0.50 0.40 0.62", "1.50 0.60 3.75", "0.70 0.50 0.98")
_NAMES = {
    "DL": "DerSimonian-Laird", "REML": "restricted maximum likelihood", "ML": "maximum likelihood", "PM": "Paule-Mandel",
    "HE": "Hedges", "HS": "Hunter-Schmidt", "SJ": "Sidik-Jonkman",
}  # fmt: skip


@rule(
    "POOLED-026",
    severity="warning",
    source="DerSimonian and Laird 1986, doi:10.1016/0197-2456(86)90046-2; the other estimators as in Viechtbauer 2010, doi:10.18637/jss.v036.i03",
    oracle="R: oracles/pooled.csv",
    thresholds=[OTHER_WEIGHTS_Q],
    field="tau2",
    rows="""
        SELECT 'pooled' AS kind, record, effect_records AS records, 'tau2' AS field, tau2, measure, estimates, lowers, uppers, levels, ses,
               tau2_estimator, pooling_method
        FROM pooled_studies WHERE complete = 'yes' AND effects > 1 AND tau2 IS NOT NULL
    """,
    consistent=[forest(*_STUDIES, tau2="0.09", tau2_estimator="DL"), forest(*_STUDIES, tau2="0.10")],
    inconsistent=[
        forest(*_STUDIES, tau2="0.90", tau2_estimator="DL"),
        forest(*_STUDIES, tau2="0.00", tau2_estimator="REML"),
        forest(*_STUDIES, tau2="1.50"),
    ],
    cannot_tell=[forest("NE NE NE", "0.70 0.50 0.98", tau2="0.10", tau2_estimator="DL"), forest(*_STUDIES, tau2="NR")],
    look="whether tau2 and the studies belong together, and whether tau itself is printed",
)  # fmt: skip
def tau2_of_studies(
    tau2, measure, estimates, lowers, uppers, levels=None, ses=None, tau2_estimator=None, pooling_method=None
):
    """The between-study variance tau2 does not follow from the studies' effects and intervals.

    By the stated estimator, or by any customary one where none is stated. DL: max(0, (Q - df) / C); Hedges,
    Hunter-Schmidt and Sidik-Jonkman in closed form, bounded over all rounding; Paule-Mandel: Q(tau2) = df has its root
    inside the print; (restricted) maximum likelihood: the slope of the likelihood may be 0 inside it.
    """
    studies = studies_of(measure, estimates, lowers, uppers, levels, ses)
    low, high = (np.where(tau2.known, np.asarray(end, dtype=np.float64), 0.0) for end in (tau2.low, tau2.high))
    fits = estimators_that_fit(studies, low, high)
    fit = np.logical_or.reduce(list(fits.values()))
    for name, mask in fits.items():
        fit = np.where(tau2_estimator.is_(name), mask, fit)
    known = studies.known & tau2.known
    other = pooling_method.is_("glmm", "bayesian", "crude") | tau2_estimator.is_("none")
    return Verdicts.of(~fit & known, known).unless(other)


def _fitting(row, low, high):
    lists = ("measure", "estimates", "lowers", "uppers", "levels", "ses")
    studies = studies_of(*(row.columns[name] for name in lists))
    fits = estimators_that_fit(studies, np.array([float(low)]), np.array([float(high)]))
    return [_NAMES[name] for name in ESTIMATORS if name in _NAMES and fits[name][0]], dersimonian_laird(studies)


@tau2_of_studies.reading("with Mantel-Haenszel weights DerSimonian-Laird's Q, and so tau2, is a little larger", "note")
def mantel_haenszel(row):
    if (
        row.code("measure") not in ("OR", "RR", "RD")
        or row.code("pooling_method") == "inverse_variance"
        or row.code("tau2_estimator") not in ("DL", "", "unknown")
    ):
        return False
    _, (least, most) = _fitting(row, row["tau2"].low, row["tau2"].high)
    return bool(least[0] <= row["tau2"].high and row["tau2"].low <= most[0] * (1 + OTHER_WEIGHTS_Q.value))


@tau2_of_studies.expects
def by_dersimonian_laird(row):
    _, (least, most) = _fitting(row, 0, 0)
    if not np.isfinite(most[0]):
        return f"at least {least[0]:.3g} by DerSimonian-Laird"
    return f"{least[0]:.3g} to {most[0]:.3g} by DerSimonian-Laird"


@tau2_of_studies.explain
def other_estimators(row):
    names, _ = _fitting(row, row["tau2"].low, row["tau2"].high)
    return [f"it fits another estimator: {', '.join(names)}"] if names else []


@tau2_of_studies.explain
def tau_itself(row):
    low, high = row["tau2"].low, row["tau2"].high
    return (
        ["it fits if tau and not its square is printed"]
        if low >= 0 and row.holds(tau2=(low * low, high * high))
        else []
    )
