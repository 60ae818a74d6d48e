"""POOLED-039. Catalogue 38 to 40: the heterogeneity of a pooled proportion, computed again from the studies' events."""

import numpy as np

from curation.engine.rule import rule
from schemas.forest import events_forest
from schemas.pooled_proportions import exact_counts
from schemas.proportion_heterogeneity import fits, values
from schemas.scales import possible_p
from schemas.verdicts import Verdicts
from schemas.wording import decimals

_STUDIES = ("12/50", "30/110", "5/40", "40/90")
_WORDS = {"q": "Q", "p_heterogeneity": "P", "i2": "I2", "tau2": "tau2"}


@rule(
    "POOLED-039",
    severity="warning",
    source="Q = sum of (y_i - theta)^2 / v_i; Cochran 1954, doi:10.2307/3001666; Higgins and Thompson 2002, doi:10.1002/sim.1186; Freeman and Tukey 1950, doi:10.1214/aoms/1177729756",
    oracle="R: oracles/pooled_proportions.csv",
    after=["POOLED-001", "POOLED-003", "POOLED-005"],
    rows="""
        SELECT *, CASE WHEN p_heterogeneity IS NOT NULL THEN 'p_heterogeneity' WHEN i2 IS NOT NULL THEN 'i2' WHEN q IS NOT NULL THEN 'q' ELSE 'tau2' END AS field
        FROM pooled_proportions WHERE q IS NOT NULL OR i2 IS NOT NULL OR p_heterogeneity IS NOT NULL OR tau2 IS NOT NULL
    """,
    consistent=[
        events_forest(*_STUDIES, p_heterogeneity="0.001", i2="81.4%", transform="double_arcsine"),
        events_forest(*_STUDIES, q="16.1", transform="double_arcsine"),
    ],
    inconsistent=[
        events_forest(*_STUDIES, p_heterogeneity="0.30", transform="double_arcsine"),
        events_forest(*_STUDIES, i2="12%", transform="double_arcsine"),
        events_forest(*_STUDIES, tau2="0.9", transform="double_arcsine"),
    ],
    cannot_tell=[
        events_forest("12|13?/50", *_STUDIES[1:], p_heterogeneity="0.30", transform="double_arcsine"),
        events_forest(*_STUDIES, p_heterogeneity="0.30", transform="logit"),
        events_forest(*_STUDIES, p_heterogeneity="NR", transform="double_arcsine"),
    ],
    limits="Mixed models of the events have a heterogeneity of their own; where they may have been used (on the logit, or nothing stated) the rule does not judge.",
    look="whether the counts are those that were pooled, and whether Q, I2 and P belong to this result",
)  # fmt: skip
def heterogeneity_of_counts(
    events,
    total,
    q=None,
    i2=None,
    p_heterogeneity=None,
    tau2=None,
    transform=None,
    pooling_method=None,
    certain=None,
):
    """The heterogeneity of a pooled proportion is not what the events of the studies give.

    Q, P, I2 and tau2 are each held against every customary computation: inverse variances on the proportions, their
    logarithms, logits, arcsines or double arcsines (variance 1 / (n + 1/2) or 1 / (n + 1)), with or without one half
    added; the chi-square and the likelihood ratio of the table of all studies; I2 from Q or as tau2 / (tau2 + typical
    variance); any customary tau2. Counts are exact; one statistic that none of them rounds to contradicts.
    """
    x, n, usable = exact_counts(events, total)
    printed = {"q": q, "p_heterogeneity": p_heterogeneity, "i2": i2, "tau2": tau2}
    known = np.logical_or.reduce([each.known for each in printed.values()]) & usable
    codes = np.full(len(usable), 2, dtype=np.int8)
    rows = np.flatnonzero(known)
    if len(rows):
        found = fits(x[rows], n[rows], {name: each.take(rows) for name, each in printed.items()})
        codes[rows] = ~np.logical_and.reduce(list(found.values()))
    stated = pooling_method.is_("inverse_variance") | transform.is_("none", "arcsine", "double_arcsine")
    impossible = p_heterogeneity.known & ~possible_p(p_heterogeneity)
    return Verdicts(codes).cannot_tell(
        ~stated | impossible | certain.is_("no") | pooling_method.is_("glmm", "bayesian")
    )


@heterogeneity_of_counts.expects
def by_the_usual_ways(row):
    x, n, _ = exact_counts(row.columns["events"], row.columns["total"])
    printed = {name: row.columns[name] for name in _WORDS if name in row.columns}
    found, made = fits(x, n, printed), values(x, n)
    texts = []
    for name, good in found.items():
        if not good[0]:
            low, high = (float(end(made[name][:, 0])) for end in (np.nanmin, np.nanmax))
            places = max(decimals(row[name]), 0)
            texts.append(f"{_WORDS[name]} from {low:.{places}f} to {high:.{places}f} by the customary ways")
    return "; ".join(texts)
