"""POOLED-013. Catalogue 43: weights and variances."""

import numpy as np

from curation.engine.rule import rule
from schemas.forest import forest
from schemas.pooling_arithmetic import SLACK, padded, relative_weights, steps, studies_of
from schemas.verdicts import Verdicts

_STUDIES = ("0.80 0.60 1.07", "0.70 0.50 0.98", "0.92 0.41 2.06")


@rule(
    "POOLED-013",
    severity="warning",
    source="inverse-variance weights: w_i is proportional to 1 / (v_i + tau2); DerSimonian and Laird 1986, doi:10.1016/0197-2456(86)90046-2",
    oracle="R: oracles/pooled.csv",
    field="estimate",
    rows="""
        SELECT 'pooled' AS kind, record, effect_records AS records, 'estimate' AS field, measure, estimates, lowers, uppers, levels, ses, weights, pooling_method, model, names
        FROM pooled_studies WHERE weighted = effects AND effects > 1 AND (complete = 'yes' OR studies IS NOT NULL)
    """,
    consistent=[
        forest(*_STUDIES, weights="53.2% 39.8% 7.0%", estimate="0.77", model="common"),
        forest(*_STUDIES, weights="33.3% 33.3% 33.3%", estimate="0.80", model="random"),
    ],
    inconsistent=[
        forest(*_STUDIES, weights="7.0% 39.8% 53.2%", estimate="0.77", model="random"),
        forest(*_STUDIES, weights="39.8% 53.2% 7.0%", estimate="0.77", model="random"),
    ],
    cannot_tell=[forest("1 1 1", "0.70 0.50 0.98", weights="50% 50%", estimate="0.77")],
    look="whether weights or intervals of two studies are swapped",
)  # fmt: skip
def weights_fit_variances(measure, estimates, lowers, uppers, weights, levels=None, ses=None, pooling_method=None):
    """The weights of the studies do not follow from their intervals.

    w_i (v_i + tau2) is the same for all studies, for some tau2 from 0 (common effect) to infinity (equal weights);
    v_i = ((upper - lower) / 2z)^2 on the scale of analysis. Every tau2 is tried in steps, in each of which the weights
    are bounded from both sides. Weights of another kind (Mantel-Haenszel, Peto, mixed models) are not judged.
    """
    studies = studies_of(measure, estimates, lowers, uppers, levels, ses)
    fits = np.logical_or.reduce([fit for _, fit in _fits(studies, weights)])
    other = pooling_method.is_("mantel_haenszel", "peto", "glmm", "bayesian", "crude")
    return Verdicts.of(~fits & studies.known, studies.known).unless(other)


def _fits(studies, weights):
    """Steps of tau2, and in which rows one factor turns the variances' weights into the printed ones."""
    low, high = (padded(end, weights.starts, at) for end, at in ((weights.items.low, 0.0), (weights.items.high, 0.0)))
    inside = np.isfinite(studies.least)
    rows = len(studies.known)
    for first, last in steps(studies, np.zeros(rows), np.full(rows, np.inf), 60):
        light, heavy = relative_weights(studies, first, last)
        with np.errstate(invalid="ignore", divide="ignore"):
            least = np.where(inside, np.maximum(low, 0) / heavy, -np.inf).max(axis=1)
            most = np.where(inside & (light > 0), high / light, np.inf).min(axis=1)
        yield (first, last), least <= most * (1 + SLACK)


@weights_fit_variances.reading("Mantel-Haenszel weights, which need the counts, may be these", "note")
def mantel_haenszel(row):
    stated = row.code("pooling_method") not in ("", "unknown") or row.code("model") == "random"
    return row.code("measure") in ("OR", "RR", "RD") and not stated


@weights_fit_variances.explain
def nearest(row):
    lists = [row.columns[name] for name in ("measure", "estimates", "lowers", "uppers", "levels", "ses")]
    shares = []
    for tau2 in (0.0, np.inf):
        light, heavy = relative_weights(studies_of(*lists), np.full(1, tau2), np.full(1, tau2))
        middle = ((light + heavy) / 2)[0]
        shares.append(", ".join(f"{100 * each / middle.sum():.1f}%" for each in middle))
    return [
        f"under a common effect the intervals give about {shares[0]}; the more heterogeneity, the closer to equal weights"
    ]
