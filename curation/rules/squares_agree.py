"""TEST-003. Catalogue 27: t and F of one comparison."""

from curation.engine.rule import rule


@rule(
    "TEST-003",
    severity="warning",
    source="F with one numerator degree of freedom is the square of t; chi-square with one is the square of z",
    field="statistic",
    oracle="brute force: test_rules_tests.py",
    rows="""
        WITH keyed AS (
            SELECT *, concat_ws('|', source, coalesce(study, ''), coalesce(arm, ''), coalesce(comparator, ''), coalesce(outcome, ''),
                                coalesce(analysis_set, ''), coalesce(timepoint, '')) AS what
            FROM "test" WHERE statistic IS NOT NULL AND outcome IS NOT NULL
        )
        SELECT 'test' AS kind, b.record, [a.record] AS records, 'statistic' AS field,
               a.statistic AS root, b.statistic AS statistic
        FROM keyed a JOIN keyed b ON a.what = b.what
        WHERE (a.statistic_type = 't' AND b.statistic_type = 'F' AND b.df1.value = 1 AND a.df1.value = b.df2.value)
    """,
    consistent=[
        [
            dict(kind="test", outcome="pain", statistic_type="t", statistic="-2.20", df1="28"),
            dict(kind="test", outcome="pain", statistic_type="F", statistic="4.84", df1="1", df2="28"),
        ]
    ],
    inconsistent=[
        [
            dict(kind="test", outcome="pain", statistic_type="t", statistic="-2.20", df1="28"),
            dict(kind="test", outcome="pain", statistic_type="F", statistic="8.44", df1="1", df2="28"),
        ]
    ],
    cannot_tell=[
        [
            dict(kind="test", outcome="pain", statistic_type="t", statistic="NR", df1="28"),
            dict(kind="test", outcome="pain", statistic_type="F", statistic="8.44", df1="1", df2="28"),
        ]
    ],
    limits=(
        "Only within one source, of one comparison of one outcome, and with equal degrees of freedom. A z and a chi-square "
        "are not compared: Wald, score and likelihood-ratio tests of one hypothesis differ."
    ),
    look="whether both belong to the same comparison; an adjusted analysis has another F",
)  # fmt: skip
def squares_agree(root, statistic):
    """The F of this comparison is not the square of its t.

    F(1, df) = t(df)^2 at some values that print as printed.
    """
    return (root * root).meets(statistic)


@squares_agree.expects
def the_square(row):
    root = row["root"]
    if root.value is None:
        return ""
    low, high = sorted(abs(float(end)) for end in (root.low, root.high))
    return f"F of {low**2:.3g} to {high**2:.3g}"
