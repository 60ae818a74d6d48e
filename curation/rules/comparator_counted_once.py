"""SOURCE-009. Catalogue 48: a control group counted twice in one pooled result."""

import numpy as np

from curation.engine.rule import rule
from schemas.verdicts import Verdicts


def _effects(*arms, comparator="placebo", weights=("12%", "11%")):
    return [
        dict(
            kind="effect",
            study="a",
            arm=arm,
            comparator=comparator,
            outcome="os",
            measure="HR",
            estimate="0.7",
            weight=weight,
        )
        for arm, weight in zip(arms, weights, strict=False)
    ]


@rule(
    "SOURCE-009",
    severity="warning",
    source="Cochrane Handbook for Systematic Reviews of Interventions, section 23.3.4",
    field="arms",
    kinds=["effect"],
    rows="""
        WITH listed AS (
            SELECT DISTINCT source, outcome, measure, unnest(string_split_regex(trim(studies), '\\s+')) AS study FROM pooled WHERE studies IS NOT NULL
        ), counted AS (
            SELECT e.*, CASE WHEN e.weight.value > 0 OR (e.weight IS NULL AND l.study IS NOT NULL) THEN 'yes' WHEN e.weight.value = 0 THEN 'no' END AS pooled_in
            FROM effect e LEFT JOIN listed l ON e.source = l.source AND e.outcome IS NOT DISTINCT FROM l.outcome AND e.measure = l.measure AND e.study = l.study
            WHERE e.study IS NOT NULL AND e.comparator IS NOT NULL AND (e.weight IS NOT NULL OR l.study IS NOT NULL)
        ), once AS (
            SELECT source, study, outcome, analysis_set, timepoint, measure, comparator, arm, min(record) AS record, max(pooled_in) AS pooled_in,
                   bool_or(pooled_in IS NULL) AS open
            FROM counted GROUP BY ALL
        )
        SELECT 'effect' AS kind, min(record) AS record, list(record ORDER BY record) AS records, 'comparator' AS field, comparator,
               CASE WHEN count(*) FILTER (WHERE pooled_in = 'yes') > 1 OR NOT bool_or(open AND pooled_in IS NULL) THEN 'yes' END AS weighted,
               coalesce(list(coalesce(arm, 'the other arms') ORDER BY arm) FILTER (WHERE pooled_in = 'yes'), []) AS arms
        FROM once GROUP BY source, study, outcome, analysis_set, timepoint, measure, comparator
    """,
    consistent=[_effects("low"), [*_effects("low", comparator="placebo-1"), *_effects("high", comparator="placebo-2")], _effects("low", "high", weights=("12%", "0%"))],
    inconsistent=[
        _effects("low", "high"),
        [*_effects("low", "high", weights=("", "")), dict(kind="pooled", outcome="os", measure="HR", estimate="0.75", studies="a b c")],
    ],
    cannot_tell=[_effects("low", "high", weights=("12%", "NR"))],
    oracle="brute force: test_bruteforce_sources.py",
    limits="A comparator that was shared out must be entered as several arms. Methods for correlated effects (network, multilevel) may use it twice.",
    look="how the review made several comparisons of one study independent",
)  # fmt: skip
def comparator_counted_once(comparator, arms, weighted=None):
    """Several comparisons of one study are pooled with the same control group, which is then counted more than once.

    Within one pooled result (source, outcome, measure, analysis set, time) each comparator of a study stands in one
    comparison that carries weight. Comparisons carry weight if one is printed above zero, or if the pooled result
    lists the study.
    """
    several = np.array([len(each or ()) > 1 for each in arms.values], dtype=bool)
    return Verdicts.of(several, comparator.known & weighted.known)


@comparator_counted_once.expects
def shared_out(row):
    return f"one comparison of the arms taken together, or {row.code('comparator')} shared out between them"
