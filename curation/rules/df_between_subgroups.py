"""POOLED-027. Catalogue 45: degrees of freedom between subgroups."""

from curation.engine.rule import rule


def _split(*parts, **whole):
    common = dict(kind="pooled", outcome="cr", split="donor")
    rows = [common | dict(analysis_set=f"part {at}", k=k) for at, k in enumerate(parts)]
    return [*rows, common | whole]


@rule(
    "POOLED-027",
    severity="warning",
    source="the test for differences between m subgroups has m - 1 degrees of freedom",
    oracle="brute force: test_bruteforce_pooled.py",
    field="df_between",
    rows="""
        SELECT kind, record, part_records AS records, 'df_between' AS field, subgroups, df_between, part_names
        FROM subgroup_tests WHERE df_between IS NOT NULL
    """,
    consistent=[_split("3", "4", df_between="1"), _split("3", "4", "2", df_between="2")],
    inconsistent=[_split("3", "4", df_between="2"), _split("3", "4", "2", df_between="3")],
    cannot_tell=[_split("3", "4", df_between="NR")],
    look="whether all subgroups are entered, and whether one without an estimate left the test",
)  # fmt: skip
def df_between_subgroups(df_between, subgroups):
    """The degrees of freedom of the subgroup test are not the number of subgroups less one.

    df = m - 1, counts, so nothing is rounded. A warning: a subgroup may not be entered, or may have no estimate.
    """
    return df_between.meets(subgroups - 1)


@df_between_subgroups.expects
def one_less(row):
    return f"df {int(row['subgroups'].low) - 1} for {row.code('part_names')}"
