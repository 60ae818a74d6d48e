"""POOLED-001. Catalogue 38."""

from curation.engine.rule import rule


@rule(
    "POOLED-001",
    severity="warning",
    source="Cochran's Q of k studies has k - 1 degrees of freedom",
    oracle="brute force: test_bruteforce_pooled.py",
    field="df",
    consistent=[dict(kind="pooled", measure="OR", k="8", df="7")],
    inconsistent=[dict(kind="pooled", measure="OR", k="8", df="8"), dict(kind="pooled", measure="OR", k="8", df="5")],
    cannot_tell=[dict(kind="pooled", measure="OR", k="NR", df="7")],
    look="whether Q belongs to this analysis, and whether some studies give several results or none that can be estimated",
)  # fmt: skip
def df_is_k_minus_1(k, df):
    """The degrees of freedom of Q are not the number of studies less one.

    df = k - 1, counts, so nothing is rounded. A warning, because studies that are counted but cannot be estimated
    (no events in either arm) leave the test, and because a study may give several results.
    """
    return df.meets(k - 1)


@df_is_k_minus_1.expects
def one_less(row):
    return f"df {int(row['k'].low) - 1}" if row["k"].low == row["k"].high else ""


@df_is_k_minus_1.explain
def studies_in_the_test(row):
    if row["df"].low != row["df"].high:
        return []
    studies = int(row["df"].low) + 1
    return [f"Q compares {studies} results"] if row.holds(k=studies) else []
