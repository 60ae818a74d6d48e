"""POOLED-028. Catalogue 45: P of the test for subgroup differences."""

from curation.engine.rule import rule
from schemas.heterogeneity import degrees_that_fit, p_of_q, repeated, span
from schemas.scales import possible_p


@rule(
    "POOLED-028",
    severity="error",
    source="Q between subgroups is compared with chi-square on its degrees of freedom",
    oracle="R: oracles/pooled.csv",
    field="p_between",
    kinds=["pooled"],
    consistent=[
        dict(kind="pooled", measure="OR", q_between="3.21", df_between="1", p_between="0.073"),
        dict(kind="pooled", measure="OR", q_between="0.0", df_between="2", p_between="0.99"),
    ],
    inconsistent=[
        dict(kind="pooled", measure="OR", q_between="3.21", df_between="1", p_between="0.73"),
        dict(kind="pooled", measure="OR", q_between="3.21", df_between="3", p_between="0.073"),
    ],
    cannot_tell=[dict(kind="pooled", measure="OR", q_between="3.21", df_between="1", p_between="NR")],
    look="whether the degrees of freedom are those between subgroups",
)  # fmt: skip
def p_of_q_between(q_between, df_between, p_between, interval_method=None):
    """The P value for subgroup differences does not follow from its Q and degrees of freedom.

    P = upper tail of chi-square at Q; Q within its rounding. An F test, as with Hartung-Knapp, gives a greater P.
    """
    return p_between.meets(p_of_q(q_between, df_between)).cannot_tell(~possible_p(p_between))


@p_of_q_between.reading("an F test of few studies (Hartung-Knapp) gives a greater P", "warning")
def f_test(row):
    fits = p_of_q(row.columns["q_between"], row.columns["df_between"])
    knapp = row.code("interval_method") != "wald"
    return knapp and row["p_between"].high > fits.high[0] and row["p_between"].low < 1


@p_of_q_between.expects
def the_p_value(row):
    fits = p_of_q(row.columns["q_between"], row.columns["df_between"])
    low, high = (f"{float(end[0]):.2g}" for end in (fits.low, fits.high))
    return f"P of {low}" if low == high else f"P of {low} to {high}"


@p_of_q_between.explain
def degrees_of_freedom(row):
    q = row.columns["q_between"]
    fits = degrees_that_fit(row.columns["p_between"], lambda df: p_of_q(repeated(q, df), df), 20)
    return [f"it fits {span(fits)} degrees of freedom"] if fits else []
