"""POOLED-032. Catalogue 45: subgroups and the whole."""

from curation.engine.rule import rule
from schemas.pooling_arithmetic import parts_add_up


def _split(*parts, **whole):
    common = dict(kind="pooled", outcome="cr", split="donor")
    return [*(common | dict(analysis_set=f"part {at}", n=each) for at, each in enumerate(parts)), common | whole]


@rule(
    "POOLED-032",
    severity="warning",
    source="arithmetic: subgroups divide the whole",
    oracle="brute force: test_bruteforce_pooled.py",
    field="n",
    rows="""
        SELECT kind, record, part_records AS records, 'n' AS field, n, ns AS in_subgroups, complete, part_names
        FROM subgroup_tests WHERE n IS NOT NULL
    """,
    consistent=[_split("3", "4", n="7", df_between="1"), _split("3", "4", n="9")],
    inconsistent=[_split("3", "4", n="8", df_between="1"), _split("3", "4", n="6")],
    cannot_tell=[_split("3", "NR", n="8", df_between="1"), _split("3", "4", n="NR", df_between="1")],
    look="whether a study is in two subgroups or in none",
)  # fmt: skip
def subgroups_participants_add_up(n, in_subgroups, complete=None):
    """The subgroups do not have as many participants together as were pooled.

    n = sum of n over the subgroups, counts, so nothing is rounded; where subgroups may be missing, at least their sum.
    A warning: a study of several arms, or one that reports both subgroups, may be in several, and one may be in none.
    """
    return parts_add_up(n, in_subgroups.sum(), complete)


@subgroups_participants_add_up.expects
def the_sum(row):
    total = sum(int(each.low) for each in row.several("in_subgroups"))
    return f"{total} participants" if row.code("complete") == "yes" else f"at least {total} participants"
