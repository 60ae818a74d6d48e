"""POOLED-004. Catalogue 39: I2 implies Q, and Q implies P."""

from curation.engine.rule import rule
from schemas.heterogeneity import degrees_of_freedom, degrees_that_fit, from_q_by_definition, p_of_i2, repeated, span
from schemas.repairs import without_padding
from schemas.scales import possible_p


@rule(
    "POOLED-004",
    severity="error",
    source="Q = df / (1 - I2), compared with chi-square; Higgins and Thompson 2002, doi:10.1002/sim.1186",
    oracle="brute force: test_bruteforce_pooled.py",
    field="i2",
    after=["POOLED-001", "POOLED-002", "POOLED-003"],
    consistent=[
        dict(kind="pooled", measure="OR", k="8", i2="32.4%", p_heterogeneity="0.169"),
        dict(kind="pooled", measure="OR", df="7", i2="0%", p_heterogeneity="0.628"),
        dict(kind="pooled", measure="OR", k="2", i2="0.0%", p_heterogeneity="0.32"),
        dict(kind="pooled", measure="OR", k="8", i2="100%", p_heterogeneity="<0.001"),
    ],
    inconsistent=[
        dict(kind="pooled", measure="OR", k="8", i2="79.1%", p_heterogeneity="0.169", tau2_estimator="DL"),
        dict(kind="pooled", measure="OR", k="8", i2="0%", p_heterogeneity="0.15", tau2_estimator="DL"),
        dict(kind="pooled", measure="OR", k="8", i2="57.6%", p_heterogeneity="<0.001"),
    ],
    cannot_tell=[dict(kind="pooled", measure="OR", i2="79.1%", p_heterogeneity="0.169")],
    look="whether I2 and P stand in the right rows, and which number of studies was compared",
)  # fmt: skip
def i2_gives_p(i2, p_heterogeneity, k=None, df=None, model=None, tau2_estimator=None):
    """The printed I2 and P value of heterogeneity do not go together for this number of studies.

    I2 > 0 means Q = df / (1 - I2); I2 = 0 means Q is at most df, so that P is at least the upper tail of chi-square at
    its own df (0.32 for two studies, rising to 0.5). Impossible only where I2 is defined by Q (DerSimonian-Laird,
    common effect); REML or Paule-Mandel may define it by tau2, and the estimator is often not stated: a warning.
    """
    p = p_of_i2(i2, degrees_of_freedom(df, k))
    return p_heterogeneity.meets(p).cannot_tell(~possible_p(p_heterogeneity))


@i2_gives_p.reading("it fits if the last zero of I2 is padding", "note")
def padded(row):
    wider = without_padding(row["i2"])
    return wider is not None and row.holds(i2=wider)


@i2_gives_p.reading("with another estimator of tau2 (REML, Paule-Mandel) I2 may be defined differently", "warning")
def another_definition(row):
    return not from_q_by_definition(row.columns["model"], row.columns["tau2_estimator"])[0]


@i2_gives_p.reading("it fits if fewer studies were compared than are counted", "warning")
def fewer_studies(row):
    if row["df"].known or not row["k"].known:
        return False
    return any(row.holds(k=studies) for studies in range(2, int(row["k"].high)))


@i2_gives_p.expects
def the_p_value(row):
    fits = p_of_i2(row.columns["i2"], degrees_of_freedom(row.columns["df"], row.columns["k"]))
    low, high = (f"{float(end[0]):.2g}" for end in (fits.low, fits.high))
    return f"P of {low}" if low == high else f"P of {low} to {high}"


@i2_gives_p.explain
def numbers_of_studies(row):
    i2 = row.columns["i2"]
    fits = [1 + df for df in degrees_that_fit(row.columns["p_heterogeneity"], lambda df: p_of_i2(repeated(i2, df), df))]
    return [f"both fit {span(fits)} studies" if fits else "no number of studies up to 200 fits both"]


@i2_gives_p.changes_conclusion
def decision(row):
    fits, p = (
        p_of_i2(row.columns["i2"], degrees_of_freedom(row.columns["df"], row.columns["k"])),
        row["p_heterogeneity"],
    )
    return bool((p.high < 0.05 and fits.low[0] > 0.1) or (p.low > 0.1 and fits.high[0] < 0.05))
