"""POOLED-037. Catalogue 41: the pooled proportion, computed again from the studies' events."""

import numpy as np

from curation.engine.rule import rule
from schemas.forest import events_forest
from schemas.intervals import Column
from schemas.pooled_proportions import NAMES, estimates, exact_counts, fits
from schemas.verdicts import Verdicts
from schemas.wording import decimals

_STUDIES = ("12/50", "30/110", "5/40")


@rule(
    "POOLED-037",
    severity="warning",
    source="inverse variances; Freeman and Tukey 1950, doi:10.1214/aoms/1177729756; Miller 1978, doi:10.1080/00031305.1978.10479283; DerSimonian and Laird 1986, doi:10.1016/0197-2456(86)90046-2",
    oracle="R: oracles/pooled_proportions.csv",
    field="estimate",
    after=["POOLED-007"],
    rows="SELECT *, 'estimate' AS field FROM pooled_proportions WHERE estimate IS NOT NULL",
    consistent=[
        events_forest(*_STUDIES, estimate="22.6%", transform="double_arcsine"),
        events_forest(*_STUDIES, estimate="23.5%", transform="double_arcsine"),
    ],
    inconsistent=[events_forest(*_STUDIES, estimate="35%", transform="double_arcsine")],
    cannot_tell=[
        events_forest("12|13?/50", *_STUDIES[1:], estimate="35%", transform="double_arcsine"),
        events_forest("12?/50", *_STUDIES[1:], estimate="35%", transform="double_arcsine"),
        events_forest(*_STUDIES, estimate="35%", transform="logit"),
        events_forest(*_STUDIES, estimate="NR", transform="none"),
    ],
    limits="Mixed models of the events pool otherwise; where they may have been used (on the logit, or nothing stated) the rule does not judge.",
    look="whether the counts are those that were pooled",
)  # fmt: skip
def pooled_proportion_from_counts(estimate, events, total, transform=None, pooling_method=None, certain=None):
    """The pooled proportion is not what the events of the studies give.

    By no customary method: all participants added up, or inverse variances on the proportions, their logarithms, logits,
    arcsines or double arcsines (back by sin^2(t/2), or by Miller at the harmonic, arithmetic or geometric mean of the
    totals or at 1 / SE^2), with or without one half added, with a common effect or any customary between-study variance.
    Counts are exact; the rule contradicts if the rounding interval of the printed proportion holds none of the results.
    """
    x, n, usable = exact_counts(events, total)
    usable = usable & estimate.known
    codes = np.full(len(usable), 2, dtype=np.int8)
    rows = np.flatnonzero(usable)
    if len(rows):
        codes[rows] = ~np.logical_or.reduce(list(fits(x[rows], n[rows], estimate.take(rows)).values()))
    stated = pooling_method.is_("inverse_variance") | transform.is_("none", "arcsine", "double_arcsine")
    return Verdicts(codes).cannot_tell(~stated | certain.is_("no") | pooling_method.is_("glmm", "bayesian"))


@pooled_proportion_from_counts.expects
def by_the_stated_transform(row):
    x, n, _ = exact_counts(row.columns["events"], row.columns["total"])
    transform, share = row.code("transform"), "%" in row["estimate"].text
    found, places = estimates(transform if transform in NAMES else "none", x, n), decimals(row["estimate"]) - 2 * share
    texts = []
    for name in ("common effect", "random effects (DerSimonian-Laird)"):
        value = float(found[name][0 if transform in ("arcsine", "double_arcsine") else 1, 0]) * (100 if share else 1)
        texts.append(f"{value:.{max(places, 0)}f}{'%' * share} ({name})")
    return " or ".join(texts)


@pooled_proportion_from_counts.explain
def one_study_less(row):
    x, n, _ = exact_counts(row.columns["events"], row.columns["total"])
    estimate, k, names = row.columns["estimate"], x.shape[1], row.cells.get("names")
    if k < 3:
        return []
    keep = ~np.eye(k, dtype=bool)
    x, n = (np.repeat(each, k, axis=0)[keep].reshape(k, k - 1) for each in (x, n))
    low, high = (np.asarray(end, dtype=np.float64).repeat(k) for end in (estimate.low, estimate.high))
    found = np.flatnonzero(np.logical_or.reduce(list(fits(x, n, Column(low, high, np.ones(k, dtype=bool))).values())))
    return [f"it fits without {names[at]}" for at in found] if len(found) <= 3 and isinstance(names, list) else []
