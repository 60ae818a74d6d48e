"""POOLED-025. Catalogue 38 to 40: heterogeneity, computed again from the studies."""

import numpy as np

from curation.engine.rule import rule
from schemas.forest import forest
from schemas.heterogeneity import i2_of_q, p_of_q
from schemas.intervals import Column
from schemas.margins import OTHER_WEIGHTS_Q
from schemas.pooling_arithmetic import q_range, studies_of, widened
from schemas.scales import possible_p

_STUDIES = ("0.50 0.40 0.62", "1.50 0.60 3.75", "0.70 0.50 0.98")
_LISTS = ("measure", "estimates", "lowers", "uppers", "levels", "ses")


@rule(
    "POOLED-025",
    severity="warning",
    source="Q = sum of (y_i - theta)^2 / v_i; Cochran 1954; I2 = (Q - df) / Q, Higgins and Thompson 2002, doi:10.1002/sim.1186",
    oracle="R: oracles/pooled.csv",
    thresholds=[OTHER_WEIGHTS_Q],
    rows="""
        SELECT 'pooled' AS kind, record, effect_records AS records,
               CASE WHEN q IS NOT NULL THEN 'q' WHEN i2 IS NOT NULL THEN 'i2' ELSE 'p_heterogeneity' END AS field,
               q, i2, p_heterogeneity, measure, estimates, lowers, uppers, levels, ses, pooling_method, tau2_estimator, model
        FROM pooled_studies WHERE complete = 'yes' AND effects > 1 AND (q IS NOT NULL OR i2 IS NOT NULL OR p_heterogeneity IS NOT NULL)
    """,
    consistent=[
        forest(*_STUDIES, q="7.3", i2="73%", p_heterogeneity="0.026", tau2_estimator="DL"),
        forest(*_STUDIES, p_heterogeneity="0.03"),
    ],
    inconsistent=[
        forest(*_STUDIES, q="2.3", pooling_method="inverse_variance"),
        forest(*_STUDIES, i2="12%", tau2_estimator="DL"),
        forest(*_STUDIES, p_heterogeneity="0.30"),
    ],
    cannot_tell=[forest("NE NE NE", "0.70 0.50 0.98", q="2.3"), forest(*_STUDIES, q="NR")],
    look="whether Q, I2 and P belong to these studies",
)  # fmt: skip
def heterogeneity_of_studies(
    measure,
    estimates,
    lowers,
    uppers,
    q=None,
    i2=None,
    p_heterogeneity=None,
    levels=None,
    ses=None,
    tau2_estimator=None,
):
    """The heterogeneity printed does not follow from the studies' effects and intervals.

    Q = sum w_i (y_i - theta)^2 with w_i = 1 / v_i, bounded from both sides over all rounding; Q, I2 = (Q - df) / Q
    and P = chi-square tail must each fit. I2 is judged where it is defined by Q (DerSimonian-Laird, or not stated).
    """
    made, df, known = _made(measure, estimates, lowers, uppers, levels, ses)
    parts = [
        q.meets(made),
        i2.meets(i2_of_q(made, df)).cannot_tell(tau2_estimator.is_("REML", "PM", "ML", "EB", "HE", "HS", "SJ")),
        p_heterogeneity.meets(p_of_q(made, df)).cannot_tell(~possible_p(p_heterogeneity)),
    ]
    nothing = np.logical_and.reduce([part.codes == 2 for part in parts])
    together = parts[0].checked_where_known() & parts[1].checked_where_known() & parts[2].checked_where_known()
    return together.cannot_tell(nothing | ~known)


def _made(measure, estimates, lowers, uppers, levels, ses):
    studies = studies_of(measure, estimates, lowers, uppers, levels, ses)
    low, high = q_range(studies)
    return widened(low, high, studies.known), Column(studies.k - 1, studies.k - 1, studies.known), studies.known


@heterogeneity_of_studies.reading("Q about a Mantel-Haenszel or Peto mean is a little larger", "note")
def mantel_haenszel(row):
    if row.code("measure") not in ("OR", "RR", "RD") or row.code("pooling_method") == "inverse_variance":
        return False
    made, df, _ = _made(*(row.columns[name] for name in _LISTS))
    more = Column(made.low, made.high * (1 + OTHER_WEIGHTS_Q.value), made.known)
    pairs = (("q", more), ("i2", i2_of_q(more, df)), ("p_heterogeneity", p_of_q(more, df)))
    return all(row.columns[name].meets(fits).codes[0] != 1 for name, fits in pairs)


@heterogeneity_of_studies.reading(
    "I2 may be taken from tau2, with an estimator that is not stated (REML, Paule-Mandel)", "note"
)
def another_definition(row):
    open_end = Column(np.array([0.0]), np.array([100.0]), np.array([True]))
    return (
        row.code("tau2_estimator") in ("", "unknown")
        and row.code("model") != "common"
        and row["i2"].known
        and row.holds(i2=open_end)
    )


@heterogeneity_of_studies.expects
def the_statistics(row):
    made, df, known = _made(*(row.columns[name] for name in _LISTS))
    if not known[0]:
        return ""
    shown = [("Q", made, 1, ""), ("I2", i2_of_q(made, df), 0, "%"), ("P", p_of_q(made, df), 3, "")]
    texts = []
    for name, fits, places, unit in shown:
        low, high = (f"{float(end[0]):.{places}f}" for end in (fits.low, fits.high))
        texts.append(f"{name} {low}{unit}" if low == high else f"{name} {low} to {high}{unit}")
    return ", ".join(texts)
