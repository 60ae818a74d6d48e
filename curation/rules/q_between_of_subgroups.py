"""POOLED-030. Catalogue 45: Q between subgroups, computed again."""

import numpy as np

from curation.engine.rule import rule
from schemas.heterogeneity import p_of_q
from schemas.intervals import Column
from schemas.pooling_arithmetic import q_range, studies_of, widened
from schemas.scales import DIFFERENCE_MEASURES, RATIO_MEASURES, possible_p

_LISTS = ("measure", "estimates", "lowers", "uppers", "levels")


def _split(*parts, **whole):
    common = dict(kind="pooled", outcome="cr", split="donor")
    fields = ("estimate", "lower", "upper")
    rows = [
        common | dict(analysis_set=f"part {at}") | dict(zip(fields, part.split(), strict=True))
        for at, part in enumerate(parts)
    ]
    return [*rows, common | whole]


@rule(
    "POOLED-030",
    severity="warning",
    source="Q between = sum of (theta_g - theta)^2 / SE_g^2 over the subgroups; Borenstein and Higgins 2013, doi:10.1007/s11121-013-0377-7",
    oracle="R: oracles/pooled.csv",
    rows="""
        SELECT kind, record, part_records AS records, CASE WHEN q_between IS NOT NULL THEN 'q_between' ELSE 'p_between' END AS field,
               q_between, p_between, measure, estimates, lowers, uppers, levels, complete, part_names
        FROM subgroup_tests WHERE q_between IS NOT NULL OR p_between IS NOT NULL
    """,
    consistent=[
        _split("0.60 0.45 0.80", "0.90 0.70 1.16", q_between="4.2", df_between="1", p_between="0.04"),
        _split("0.60 0.45 0.80", "0.90 0.70 1.16", q_between="6.2", df_between="2"),
    ],
    inconsistent=[
        _split("0.60 0.45 0.80", "0.90 0.70 1.16", q_between="1.2", df_between="1"),
        _split("0.60 0.45 0.80", "0.90 0.70 1.16", p_between="0.40", df_between="1"),
        _split("0.60 0.45 0.80", "0.90 0.70 1.16", q_between="1.2", df_between="2"),
    ],
    cannot_tell=[_split("0.60 0.45 0.80", "NE NE NE", q_between="1.2", df_between="1")],
    look="whether the test is of these subgroups",
)  # fmt: skip
def q_between_of_subgroups(
    measure, estimates, lowers, uppers, q_between=None, p_between=None, levels=None, complete=None
):
    """The test for subgroup differences does not follow from the subgroups' results.

    Q = sum w_g (theta_g - theta)^2, w_g = 1 / SE_g^2 from the width of each interval, bounded over all rounding; P is
    its chi-square tail. Where subgroups may be missing, Q of some is only a lower bound of Q of all. A warning:
    Hartung-Knapp intervals, and tests in a meta-regression, differ.
    """
    made, df, known = _made(measure, estimates, lowers, uppers, levels)
    everything = complete.is_("yes")
    reach = Column(made.low, np.where(everything, made.high, np.inf), made.known)
    p = p_between.meets(p_of_q(made, df)).cannot_tell(~possible_p(p_between) | ~everything)
    q = q_between.meets(reach)
    nothing = (q.codes == 2) & (p.codes == 2)
    judged = measure.is_(*RATIO_MEASURES, *DIFFERENCE_MEASURES)
    return (q.checked_where_known() & p.checked_where_known()).cannot_tell(nothing | ~known).only(judged)


def _made(measure, estimates, lowers, uppers, levels):
    groups = studies_of(measure, estimates, lowers, uppers, levels)
    df = Column(groups.k - 1, groups.k - 1, groups.known)
    return widened(*q_range(groups), groups.known), df, groups.known


@q_between_of_subgroups.expects
def the_test(row):
    made, df, _ = _made(*(row.columns[name] for name in _LISTS))
    p = p_of_q(made, df)
    q = f"{float(made.low[0]):.2f} to {float(made.high[0]):.2f}"
    return (
        f"Q of {q}, P of {float(p.low[0]):.2g} to {float(p.high[0]):.2g}"
        if row.code("complete") == "yes"
        else f"Q of at least {float(made.low[0]):.2f}"
    )
