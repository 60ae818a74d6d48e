"""POOLED-002. Catalogue 38."""

from curation.engine.rule import rule
from schemas.heterogeneity import degrees_of_freedom, degrees_that_fit, p_of_q, repeated, span
from schemas.scales import possible_p


@rule(
    "POOLED-002",
    severity="error",
    source="Q is compared with chi-square on k - 1 degrees of freedom; Cochran 1954, doi:10.2307/3001666",
    oracle="R: oracles/pooled.csv",
    kinds=["pooled"],
    after=["POOLED-001"],
    consistent=[
        dict(kind="pooled", measure="OR", q="10.35", df="7", p_heterogeneity="0.169"),
        dict(kind="pooled", measure="OR", q="10.35", k="8", p_heterogeneity="0.17"),
        dict(kind="pooled", measure="OR", q="40.1", k="8", p_heterogeneity="0.000"),
    ],
    inconsistent=[
        dict(kind="pooled", measure="OR", q="10.35", df="7", p_heterogeneity="0.016"),
        dict(kind="pooled", measure="OR", q="10.35", k="8", p_heterogeneity=">0.5"),
    ],
    cannot_tell=[dict(kind="pooled", measure="OR", q="10.35", p_heterogeneity="0.169")],
    look="whether Q, its degrees of freedom and P belong to the same analysis",
)  # fmt: skip
def q_gives_p(q, p_heterogeneity, df=None, k=None):
    """The P value of heterogeneity does not follow from Q and its degrees of freedom.

    P = 1 - F(Q) with F of chi-square on df, or on k - 1 where df is not printed; Q takes every value that prints so.
    """
    p = p_of_q(q, degrees_of_freedom(df, k))
    return p_heterogeneity.meets(p).cannot_tell(~possible_p(p_heterogeneity))


@q_gives_p.reading("it fits if fewer studies were compared than are counted", "warning")
def fewer_studies(row):
    if row["df"].known or not row["k"].known:
        return False
    return any(row.holds(k=studies) for studies in range(2, int(row["k"].high)))


@q_gives_p.expects
def the_p_value(row):
    low, high = _ends(row)
    if low == "":
        return ""
    return f"P of {low}" if low == high else f"P of {low} to {high}"


def _ends(row):
    df = degrees_of_freedom(row.columns["df"], row.columns["k"])
    fits = p_of_q(row.columns["q"], df)
    return ("", "") if not fits.known[0] else (f"{float(fits.low[0]):.2g}", f"{float(fits.high[0]):.2g}")


@q_gives_p.explain
def other_degrees_of_freedom(row):
    q = row.columns["q"]
    fits = degrees_that_fit(row.columns["p_heterogeneity"], lambda df: p_of_q(repeated(q, df), df))
    return [f"Q and P fit {span(fits)} degrees of freedom"] if fits else []


@q_gives_p.changes_conclusion
def decision(row):
    df = degrees_of_freedom(row.columns["df"], row.columns["k"])
    fits, p = p_of_q(row.columns["q"], df), row["p_heterogeneity"]
    return bool((p.high < 0.05 and fits.low[0] > 0.1) or (p.low > 0.1 and fits.high[0] < 0.05))
