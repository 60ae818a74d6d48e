"""POOLED-029. Catalogue 45: heterogeneity within and between subgroups."""

from curation.engine.rule import rule


def _split(qs, q, between=None, **stated):
    stated = dict(model="common", pooling_method="inverse_variance") | stated
    common = dict(kind="pooled", outcome="cr", split="donor") | stated
    rows = [common | dict(analysis_set=f"part {at}", q=each) for at, each in enumerate(qs)]
    return [*rows, common | dict(q=q, df_between=str(len(qs) - 1)) | (dict(q_between=between) if between else {})]


@rule(
    "POOLED-029",
    severity="error",
    source="Q about one common effect is the sum of Q within and Q between the subgroups (inverse variances); Hedges 1982",
    oracle="R: oracles/pooled.csv",
    field="q",
    rows="""
        SELECT kind, record, part_records AS records, 'q' AS field, q, q_between, qs AS q_within,
               CASE WHEN parts_common AND whole_model = 'common' AND complete = 'yes' THEN 'common' ELSE 'other' END AS model,
               CASE WHEN weighted THEN 'inverse_variance' ELSE 'unknown' END AS pooling_method, part_names
        FROM subgroup_tests WHERE q IS NOT NULL
    """,
    consistent=[_split(["3.2", "4.1"], "8.4", "1.1"), _split(["3.2", "4.1"], "9.4", model="random")],
    inconsistent=[_split(["3.2", "4.1"], "9.4", "1.1"), _split(["3.2", "4.1"], "6.4", model="random"), _split(["3.2", "4.1"], "6.4", pooling_method="unknown")],
    cannot_tell=[_split(["3.2", "NR"], "8.4", "1.1")],
    look="whether the subgroups divide the same studies, each counted once",
)  # fmt: skip
def q_divides(q, q_within, q_between=None, model=None):
    """The Q of all studies is not Q within the subgroups plus Q between them.

    Q = sum Q_g + Q_between under a common effect throughout; whatever the model, Q >= sum Q_g, because Cochran's Q is
    about the mean that makes it least. Sums and rounding are exact. Impossible with inverse variances; Mantel-Haenszel
    means do not divide exactly, and a study in two subgroups counts twice: a warning where the method is not stated.
    """
    within = q_within.sum()
    enough = q.at_least(within)
    exactly = q.meets(within + q_between).cannot_tell(~model.is_("common")).checked_where_known()
    return enough & exactly


@q_divides.reading(
    "the weights are not stated to be inverse variances throughout; Mantel-Haenszel does not divide exactly", "warning"
)
def weights_not_stated(row):
    return row.code("pooling_method") != "inverse_variance"


@q_divides.expects
def the_sum(row):
    within = row.columns["q_within"].sum()
    if row.code("model") != "common" or not row["q_between"].known:
        return f"at least {float(within.low[0]):.2f}"
    whole = within + row.columns["q_between"]
    return f"Q of {float(whole.low[0]):.2f} to {float(whole.high[0]):.2f}"
