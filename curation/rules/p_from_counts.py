"""EFFECT-011. Catalogue 28: a two-by-two table gives its P value."""

import numpy as np

from curation.engine.rule import rule
from schemas.fits import point, reaches
from schemas.scales import possible_p
from schemas.two_group_fits import EXACT_UP_TO
from schemas.two_groups import fisher_tests, table_tests
from schemas.verdicts import Verdicts

TABLE = ("events", "total", "comparator_events", "comparator_total")


def _world(one="12", of_one="40", two="20", of_two="42", kind="test", **result):
    key = dict(study="s", outcome="cr")
    return [
        dict(kind="count", arm="len", events=one, total=of_one, **key), dict(kind="count", arm="dex", events=two, total=of_two, **key),
        dict(kind=kind, arm="len", comparator="dex", **key) | result,
    ]  # fmt: skip


@rule(
    "EFFECT-011",
    severity="warning",
    source="Campbell 2007, Statistics in Medicine 26:3661, for the tests of two-by-two tables",
    rows="""
        SELECT c.*, e.p, e.interval_method FROM compared_counts c JOIN effect e USING (record)
        WHERE c.kind = 'effect' AND e.measure IN ('OR', 'RR', 'RD') AND e.p IS NOT NULL
        UNION ALL
        SELECT c.*, t.p, NULL FROM compared_counts c JOIN "test" t USING (record) LEFT JOIN outcomes o USING (outcome)
        WHERE c.kind = 'test' AND coalesce(t.statistic_type, 'chi2') = 'chi2' AND t.p IS NOT NULL
            AND coalesce(t.df1.value, 1) = 1 AND coalesce(o.family_kind, '') <> 'time_to_event'
    """,
    field="p",
    after=["COUNT-001", "COUNT-003", "P-001", "EFFECT-009"],
    consistent=[
        _world(p="0.10"), _world(p="0.11"), _world(p="0.158"), _world(p=">0.05"), _world("0", p="<0.001"), _world("0", two="0", p="1.0"),
        _world(kind="effect", measure="OR", estimate="0.47", p="0.10"),
    ],
    inconsistent=[_world(p="0.03"), _world(p="<0.05"), _world(kind="effect", measure="OR", estimate="0.47", p="0.01"), _world(p="0.85")],
    cannot_tell=[_world(p="NR"), _world("3|9?", p="0.10")],
    limits=(
        "Tried: chi-square with and without Yates's correction and with N - 1, likelihood ratio, Wald tests of log odds ratio, log risk ratio and "
        "risk difference, Fisher's exact test and mid-P, each by both customs of the other tail. Adjusted results and tests of time to event "
        "(log-rank) do not follow from the table and are not asked; exact unconditional tests (Barnard, Boschloo) are not computed."
    ),
    look="whether P belongs to these two arms and this outcome",
    oracle="R: oracles/two_groups.csv",
)  # fmt: skip
def p_from_counts(p, events, total, comparator_events, comparator_total, interval_method=None):
    """No usual test gives this P value for the events of the two arms.

    The rounding interval of P must hold the two-sided P of one of the customary tests of the table. The counts are
    exact, so each test gives one number. Exact tests are computed where no other explains P.
    """
    table = tuple(point(each) for each in (events, total, comparator_events, comparator_total))
    a, n1, c, n2 = table
    usable = (a >= 0) & (a <= n1) & (c >= 0) & (c <= n2) & (n1 >= 1) & (n2 >= 1) & possible_p(p)
    rows = np.flatnonzero(usable)
    some = np.logical_or.reduce([reaches(p.take(rows), each) for each in table_tests(*(one[rows] for one in table)).values()])  # fmt: skip
    for at in np.flatnonzero(~some & (n1[rows] + n2[rows] <= EXACT_UP_TO)):
        exact = fisher_tests(*(int(each[rows[at]]) for each in table)).values()
        some[at] = any(reaches(p.take(rows[[at]]), np.array([each]))[0] for each in exact)
    codes = np.full(len(a), 2, dtype=np.int8)
    codes[rows] = ~some
    return Verdicts(codes).unless(interval_method.is_("adjusted", "bootstrap", "bayesian"))


def _all_tests(row):
    table = [point(row.columns[name]) for name in TABLE]
    return {name: float(each[0]) for name, each in table_tests(*table).items() if np.isfinite(each[0])} | fisher_tests(
        *(int(each[0]) for each in table)
    )


@p_from_counts.expects
def from_least_to_greatest(row):
    found = _all_tests(row)
    least, greatest = min(found, key=found.get), max(found, key=found.get)
    return f"P from {found[least]:.2g} ({least}) to {found[greatest]:.2g} ({greatest})"


@p_from_counts.changes_conclusion
def decision(row):
    found = _all_tests(row).values()
    return (row["p"].low >= 0.05 and max(found) < 0.05) or (row["p"].high <= 0.05 and min(found) >= 0.05)


@p_from_counts.reading("it fits a one-sided test", "note")
def one_sided(row):
    return row["p"].high <= 0.5 and row.holds(p=(2 * row["p"].low, 2 * row["p"].high))
