"""POOLED-014. Catalogue 39: H2 and Q."""

import numpy as np

from curation.engine.rule import rule
from schemas.heterogeneity import degrees_of_freedom, from_q_by_definition
from schemas.intervals import Column


@rule(
    "POOLED-014",
    severity="error",
    source="H2 = Q / df; Higgins and Thompson 2002, doi:10.1002/sim.1186",
    oracle="R: oracles/pooled.csv",
    field="h2",
    consistent=[
        dict(kind="pooled", measure="OR", q="10.35", df="7", h2="1.48"),
        dict(kind="pooled", measure="OR", q="5.1", k="8", h2="0.73"),
        dict(kind="pooled", measure="OR", q="5.1", k="8", h2="1.00"),
    ],
    inconsistent=[
        dict(kind="pooled", measure="OR", q="10.35", df="7", h2="1.84", tau2_estimator="DL"),
        dict(kind="pooled", measure="OR", q="10.35", df="7", h2="1.22"),
    ],
    cannot_tell=[dict(kind="pooled", measure="OR", q="10.35", h2="1.48")],
    look="whether H itself is meant, and whether Q and H2 belong to the same analysis",
)  # fmt: skip
def h2_is_q_over_df(q, h2, df=None, k=None, model=None, tau2_estimator=None):
    """The printed H2 is not Q divided by its degrees of freedom.

    H2 = Q / df, df = k - 1 where it is not printed; some software prints 1 where Q is below df. Impossible only under
    DerSimonian-Laird or a common effect; with other estimators some software takes H2 from tau2: a warning.
    """
    ratio = q / degrees_of_freedom(df, k)
    lifted = Column(np.maximum(ratio.low, 1), np.maximum(ratio.high, 1), ratio.known)
    return h2.meets(ratio) | h2.meets(lifted)


@h2_is_q_over_df.reading("some software takes H2 from tau2 (REML, Paule-Mandel) and not from Q", "warning")
def another_definition(row):
    return not from_q_by_definition(row.columns["model"], row.columns["tau2_estimator"])[0]


@h2_is_q_over_df.reading("it fits if H, the square root, is printed", "warning")
def square_root(row):
    low, high = row["h2"].low, row["h2"].high
    return low >= 0 and row.holds(h2=(low * low, high * high))


@h2_is_q_over_df.reading("it fits if fewer studies were compared than are counted", "warning")
def fewer_studies(row):
    if row["df"].known or not row["k"].known:
        return False
    return any(row.holds(k=studies) for studies in range(2, int(row["k"].high)))


@h2_is_q_over_df.expects
def the_ratio(row):
    ratio = row.columns["q"] / degrees_of_freedom(row.columns["df"], row.columns["k"])
    low, high = (f"{float(end[0]):.2f}" for end in (ratio.low, ratio.high))
    return f"H2 of {low}" if low == high else f"H2 of {low} to {high}"
