"""POOLED-037. Catalogue 41: the pooled proportion, computed again from the studies' events."""

import numpy as np

from curation.engine.rule import rule
from schemas.fits import point
from schemas.intervals import Column
from schemas.pooled_proportions import NAMES, estimates, fits
from schemas.pooling_arithmetic import padded
from schemas.verdicts import Verdicts
from schemas.wording import decimals


def _world(*cells, **pooled):
    rows = []
    for at, cell in enumerate(cells):
        events, total = cell.split("/")
        study = {"study": f"study-{at + 1}"}
        rows += [
            study | {"kind": "study", "label": f"Study {at + 1}", "included_in": "example"},
            study | {"kind": "count", "outcome": "cr", "events": events, "total": total},
        ]
    return [*rows, {"kind": "pooled", "measure": "proportion", "outcome": "cr", "k": str(len(cells))} | pooled]


_STUDIES = ("12/50", "30/110", "5/40")


@rule(
    "POOLED-037",
    severity="warning",
    source="inverse variances; Freeman and Tukey 1950, doi:10.1214/aoms/1177729756; Miller 1978, doi:10.1080/00031305.1978.10479283; DerSimonian and Laird 1986, doi:10.1016/0197-2456(86)90046-2",
    oracle="R: oracles/pooled_proportions.csv",
    field="estimate",
    after=["POOLED-007"],
    rows="""
        SELECT 'pooled' AS kind, p.record, list(r.record ORDER BY r.study) AS records, 'estimate' AS field, any_value(p.estimate) AS estimate,
               any_value(p.transform) AS transform, any_value(p.pooling_method) AS pooling_method,
               list(r.events ORDER BY r.study) AS events, list(r.total ORDER BY r.study) AS total, list(r.label ORDER BY r.study) AS names,
               CASE WHEN bool_or(r.state = 'open') THEN 'no' ELSE 'yes' END AS certain
        FROM pooled_results p JOIN pooled_facts f USING (fact) JOIN study_results r ON r.target = p.target AND r.source = p.source
        WHERE p.study IS NULL AND p.arm IS NULL AND p.measure = 'proportion' AND p.estimate IS NOT NULL AND r.state <> 'none'
          AND (p.studies IS NULL OR list_contains(string_split(trim(p.studies), ' '), r.study))
        GROUP BY p.record
        HAVING NOT bool_or(r.curve) AND count(*) > 1 AND count(DISTINCT r.study) = count(*)
           AND (any_value(f.fewest) IS NOT NULL OR any_value(p.studies) IS NOT NULL)
           AND (any_value(f.fewest) IS NULL OR (any_value(f.fewest) = count(*) AND any_value(f.most) = count(*)))
           AND (any_value(p.studies) IS NULL OR len(list_distinct(string_split(trim(any_value(p.studies)), ' '))) = count(*))
    """,
    consistent=[
        _world(*_STUDIES, estimate="22.6%", transform="double_arcsine"),
        _world(*_STUDIES, estimate="23.5%", transform="double_arcsine"),
    ],
    inconsistent=[_world(*_STUDIES, estimate="35%", transform="double_arcsine")],
    cannot_tell=[
        _world("12|13?/50", *_STUDIES[1:], estimate="35%", transform="double_arcsine"),
        _world("12?/50", *_STUDIES[1:], estimate="35%", transform="double_arcsine"),
        _world(*_STUDIES, estimate="35%", transform="logit"),
        _world(*_STUDIES, estimate="NR", transform="none"),
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
    x, n, usable = _counts(events, total)
    usable = usable & estimate.known
    codes = np.full(len(usable), 2, dtype=np.int8)
    rows = np.flatnonzero(usable)
    if len(rows):
        codes[rows] = ~np.logical_or.reduce(list(fits(x[rows], n[rows], estimate.take(rows)).values()))
    stated = pooling_method.is_("inverse_variance") | transform.is_("none", "arcsine", "double_arcsine")
    return Verdicts(codes).cannot_tell(~stated | certain.is_("no") | pooling_method.is_("glmm", "bayesian"))


def _counts(events, total):
    x, n = (padded(point(each.items), each.starts, np.nan) for each in (events, total))
    there = np.arange(x.shape[1])[None, :] < events.lengths[:, None]
    with np.errstate(invalid="ignore"):
        possible = (x >= 0) & (x <= n) & (n >= 1)
    return x, n, (possible | ~there).all(axis=1) & (events.lengths > 1)


@pooled_proportion_from_counts.expects
def by_the_stated_transform(row):
    x, n, _ = _counts(row.columns["events"], row.columns["total"])
    transform, share = row.code("transform"), "%" in row["estimate"].text
    found, places = estimates(transform if transform in NAMES else "none", x, n), decimals(row["estimate"]) - 2 * share
    texts = []
    for name in ("common effect", "random effects (DerSimonian-Laird)"):
        value = float(found[name][0 if transform in ("arcsine", "double_arcsine") else 1, 0]) * (100 if share else 1)
        texts.append(f"{value:.{max(places, 0)}f}{'%' * share} ({name})")
    return " or ".join(texts)


@pooled_proportion_from_counts.explain
def one_study_less(row):
    x, n, _ = _counts(row.columns["events"], row.columns["total"])
    estimate, k, names = row.columns["estimate"], x.shape[1], row.cells.get("names")
    if k < 3:
        return []
    keep = ~np.eye(k, dtype=bool)
    x, n = (np.repeat(each, k, axis=0)[keep].reshape(k, k - 1) for each in (x, n))
    low, high = (np.asarray(end, dtype=np.float64).repeat(k) for end in (estimate.low, estimate.high))
    found = np.flatnonzero(np.logical_or.reduce(list(fits(x, n, Column(low, high, np.ones(k, dtype=bool))).values())))
    return [f"it fits without {names[at]}" for at in found] if len(found) <= 3 and isinstance(names, list) else []
