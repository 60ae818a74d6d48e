"""POOLED-007. Catalogue 41: the convex hull, and the traps about the double arcsine."""

import numpy as np

from curation.engine.rule import rule
from schemas.intervals import Column
from schemas.ragged import Ragged
from schemas.scales import double_arcsine, double_arcsine_back

_STUDIES = [
    dict(kind="study", study=f"s{number}", label=f"Study {number}", included_in="example") for number in range(3)
]


def _review(rates, **pooled):
    results = [
        dict(kind="survival", study=f"s{at}", outcome="os", time="2 years", total="30", rate=rate)
        for at, rate in enumerate(rates)
    ]
    return [*_STUDIES, *results, dict(kind="pooled", measure="proportion", outcome="os", k="3") | pooled]


@rule(
    "POOLED-007",
    severity="error",
    source="a weighted mean lies between the smallest and the greatest of its parts; Miller 1978, doi:10.1080/00031305.1978.10479283, for the double arcsine",
    oracle="brute force: test_bruteforce_pooled.py",
    field="estimate",
    rows="""
        WITH estimates AS (
            SELECT p.fact, p.target, p.source, arg_min(p.record, concat_ws('|', p."row" IS NULL, p.section, p.record)) AS record, list(p.record ORDER BY p.record) AS records, any_value(p.estimate) AS estimate,
                   max(p.interval_method) AS interval_method
            FROM pooled_results p WHERE p.study IS NULL AND p.measure IN ('proportion', 'survival_rate') AND p.estimate IS NOT NULL
            GROUP BY p.fact, p.target, p.source, p.estimate.low, p.estimate.high
        ), listed AS (
            SELECT fact, target, unnest(string_split(trim(studies), ' ')) AS study FROM pooled_facts WHERE studies IS NOT NULL
        ), counted AS (
            SELECT f.fact, f.target, r.study FROM pooled_facts f JOIN study_results r ON r.target = f.target AND r.source = f.source AND r.state <> 'none'
            WHERE f.studies IS NULL AND f.fewest = f.most
            QUALIFY count(*) OVER (PARTITION BY f.fact) = f.fewest AND bool_and(r.state = 'value') OVER (PARTITION BY f.fact)
        ), pooled_values AS (
            SELECT s.fact, list(r.events ORDER BY s.study) AS events, list(r.total ORDER BY s.study) AS totals,
                   list(r.percent ORDER BY s.study) AS percents, list(coalesce(r.label, s.study) ORDER BY s.study) AS studies,
                   CASE WHEN bool_or(r.curve) THEN 'yes' ELSE 'no' END AS curves
            FROM (FROM listed UNION ALL FROM counted) s LEFT JOIN study_results r ON r.target = s.target AND r.study = s.study
            WHERE s.study <> '' GROUP BY s.fact
        )
        SELECT 'pooled' AS kind, e.record, e.records, 'estimate' AS field, e.estimate, v.events, v.totals, v.percents,
               coalesce(f.transform, 'unknown') AS transform, e.interval_method, v.studies, v.curves
        FROM estimates e JOIN pooled_values v USING (fact) JOIN pooled_facts f USING (fact)
    """,
    consistent=[
        _review(["52%", "63%", "60%"], estimate="58.4%", transform="double_arcsine"),
        [*_STUDIES[:2], dict(kind="count", study="s0", outcome="cr", events="3", total="30"), dict(kind="count", study="s1", outcome="cr", events="6", total="20"),
         dict(kind="pooled", measure="proportion", outcome="cr", k="2", estimate="0.19", transform="logit")],
    ],
    inconsistent=[
        [*_STUDIES[:2], dict(kind="count", study="s0", outcome="cr", events="3", total="30"), dict(kind="count", study="s1", outcome="cr", events="6", total="20"),
         dict(kind="pooled", measure="proportion", outcome="cr", k="2", estimate="0.35", transform="double_arcsine")],
        _review(["79%", "78%", "66.6%"], estimate="58.4%", transform="double_arcsine"),
        _review(["79%", "78%", "66.6%"], estimate="85.0%", transform="logit"),
        _review(["79%", "78%", "66.6%"], estimate="0.90"),
    ],
    cannot_tell=[
        _review(["79%", "78%", "?"], estimate="58.4%", transform="double_arcsine", studies="s0 s1 s2"),
        _review(["79%", "78%", "66.6%"], estimate="NR"),
    ],
    look="whether the pooled result belongs to this outcome, and whether the complement was pooled",
)  # fmt: skip
def pooled_within_hull(estimate, events, totals, percents, transform=None):
    """The pooled proportion lies outside the range of the studies pooled.

    min(p_i) <= pooled <= max(p_i), for a weighted mean on any monotone scale. A continuity correction, (x + 1/2) / (n + 1),
    and Kaplan-Meier percentages turned into whole numbers of participants are allowed for. Double arcsine: the
    weighted mean lies between the smallest and greatest t(x_i, n_i); it is taken back by sin(t/2)^2 and by Miller's
    inverse at every sample size from the smallest study's up. Asked only where all studies pooled are known: they
    are listed, or as many print a result as were pooled. Mixed and Bayesian models may shrink beyond the range.
    """
    low, high, size_low, size_high = _proportions(events, totals, percents)
    size = totals.items
    plain = _hull(low, high, events.starts)
    with np.errstate(invalid="ignore"):
        corrected = [
            (end * n + 0.5) / (n + 1)
            for end, n in ((low, size_high), (high, size_low), (low, size_low), (high, size_high))
        ]
    wider = _hull(np.fmin.reduce([low, *corrected]), np.fmax.reduce([high, *corrected]), events.starts)
    doubled = _double_arcsine_hull(low, high, size_low, size_high, size.known, events.starts)
    by_scale = {"arcsine": plain, "double_arcsine": doubled, "none": wider, "log": wider, "logit": wider}
    least, most, known = (end.copy() for end in _both(wider, doubled))
    for name, (first, second, sure) in by_scale.items():
        rows = transform.is_(name)
        least[rows], most[rows], known[rows] = first[rows], second[rows], sure[rows]
    column = lambda end: Column(end, end, known)  # noqa: E731 - a local shorthand
    return (estimate.at_least(column(least)) & estimate.at_most(column(most))).only(totals.lengths > 1)


def _proportions(events, totals, percents):
    """Ends of each study's proportion, from events and total or else from its percentage, and of its size."""
    ratio = events.items / totals.items
    share = [np.asarray(end, dtype=np.float64) / 100 for end in (percents.items.low, percents.items.high)]
    size = [
        np.where(totals.items.known, np.asarray(end, dtype=np.float64), np.nan)
        for end in (totals.items.low, totals.items.high)
    ]
    with np.errstate(invalid="ignore"):
        ends = [np.rint(end * n) / n for end in share for n in size]
        low, high = np.fmin.reduce([share[0], *ends]), np.fmax.reduce([share[1], *ends])
    low, high = (
        np.where(ratio.known, np.asarray(of_ratio, dtype=np.float64), end)
        for of_ratio, end in ((ratio.low, low), (ratio.high, high))
    )
    return np.clip(low, 0, 1), np.clip(high, 0, 1), *size


def _hull(low, high, starts):
    items = Ragged(Column(low, high, ~np.isnan(low) & ~np.isnan(high)), starts)
    least, greatest = items.least(), items.greatest()
    return least.low, greatest.high, least.known


def _double_arcsine_hull(low, high, size_low, size_high, sized, starts):
    with np.errstate(invalid="ignore"):
        t_low, t_high = (
            double_arcsine(np.concatenate([end, end]), np.concatenate([size_low, size_high])).reshape(2, -1)
            for end in (low, high)
        )
    t_least, t_most, known = _hull(np.min(t_low, axis=0), np.max(t_high, axis=0), starts)
    sizes = Ragged(Column(size_low, size_high, sized), starts)
    smallest = np.maximum(sizes.least().low, 1.0)
    backs = [
        np.stack(
            [
                *(double_arcsine_back(t, smallest * factor) for factor in (1, 2, 5, 20, 100, 1e4)),
                np.sin(np.clip(t, 0, np.pi) / 2) ** 2,
            ]
        )
        for t in (t_least, t_most)
    ]
    return np.min(backs[0], axis=0), np.max(backs[1], axis=0), known & sizes.least().known


def _both(first, second):
    """The wider of two ranges; without sizes, the double arcsine leaves the range open."""
    with np.errstate(invalid="ignore"):
        return np.minimum(first[0], second[0]), np.maximum(first[1], second[1]), first[2] & second[2]


@pooled_within_hull.reading(
    "how the studies were pooled is not stated; a mixed or Bayesian model may leave their range", "warning"
)
def model_not_stated(row):
    return row.code("transform") in ("", "unknown") or row.code("interval_method") == "bayesian"


@pooled_within_hull.reading(
    "the studies print Kaplan-Meier percentages; the numbers still free of the event, which were perhaps pooled, are smaller",
    "warning",
)
def curves_not_counts(row):
    return row.code("curves") == "yes"


def _printed(row):
    """What each study prints, as a proportion."""
    found = []
    for events, total, percent, study in zip(
        *(row.several(name) for name in ("events", "totals", "percents", "studies")), strict=True
    ):
        if events.known and total.known and total.high:
            found.append((float(events.high / total.high), study.text))
        elif percent.value is not None:
            found.append((float(percent.value / 100), study.text))
    return sorted(found)


@pooled_within_hull.expects
def the_range(row):
    printed = _printed(row)
    return f"{printed[0][0]:.1%} to {printed[-1][0]:.1%}" if printed else ""


@pooled_within_hull.explain
def extremes(row):
    printed = _printed(row)
    if not printed:
        return []
    return [
        f"the {len(printed)} studies run from {printed[0][0]:.1%} ({printed[0][1]}) to {printed[-1][0]:.1%} ({printed[-1][1]})"
    ]
