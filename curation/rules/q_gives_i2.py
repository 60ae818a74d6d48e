"""POOLED-003. Catalogue 39."""

from curation.engine.rule import rule
from schemas.heterogeneity import degrees_of_freedom, from_q_by_definition, i2_of_q
from schemas.repairs import without_padding


@rule(
    "POOLED-003",
    severity="error",
    source="I2 = max(0, (Q - df) / Q); Higgins and Thompson 2002, doi:10.1002/sim.1186",
    oracle="R: oracles/pooled.csv",
    consistent=[
        dict(kind="pooled", measure="OR", q="10.35", df="7", i2="32.4%"),
        dict(kind="pooled", measure="OR", q="6.1", k="8", i2="0%"),
        dict(kind="pooled", measure="OR", q="0.00", k="3", i2="0.0%"),
    ],
    inconsistent=[
        dict(kind="pooled", measure="OR", q="10.35", df="7", i2="23.4%", tau2_estimator="DL"),
        dict(kind="pooled", measure="OR", q="10.35", k="8", i2="0%", tau2_estimator="REML"),
    ],
    cannot_tell=[dict(kind="pooled", measure="OR", q="10.35", i2="32.4%")],
    look="whether Q, its degrees of freedom and I2 belong to the same analysis",
)  # fmt: skip
def q_gives_i2(q, i2, df=None, k=None, model=None, tau2_estimator=None):
    """The printed I2 does not follow from Q and its degrees of freedom.

    I2 = max(0, (Q - df) / Q), df = k - 1 where it is not printed. Impossible only under DerSimonian-Laird or a common
    effect; with other estimators some software takes I2 from tau2 instead, so a mismatch is a warning.
    """
    return i2.meets(i2_of_q(q, degrees_of_freedom(df, k)))


@q_gives_i2.reading("it fits if the last zero of I2 is padding", "note")
def padded(row):
    wider = without_padding(row["i2"])
    return wider is not None and row.holds(i2=wider)


@q_gives_i2.reading("some software takes I2 from tau2 (REML, Paule-Mandel) and not from Q", "warning")
def another_definition(row):
    return not from_q_by_definition(row.columns["model"], row.columns["tau2_estimator"])[0]


@q_gives_i2.reading("it fits if fewer studies were compared than are counted", "warning")
def fewer_studies(row):
    if row["df"].known or not row["k"].known:
        return False
    return any(row.holds(k=studies) for studies in range(2, int(row["k"].high)))


@q_gives_i2.expects
def the_i2(row):
    fits = i2_of_q(row.columns["q"], degrees_of_freedom(row.columns["df"], row.columns["k"]))
    low, high = (f"{float(end[0]):.1f}%" for end in (fits.low, fits.high))
    return f"I2 of {low}" if low == high else f"I2 of {low} to {high}"
