"""MEAN-015. Catalogue 5: the mean of the whole is the weighted mean of its parts."""

from curation.engine.rule import rule
from schemas.ragged import Ragged
from schemas.spread import FROM_A_MODEL, modelled, unusable
from schemas.wording import decimals, show

_ARMS = [
    dict(kind="arm", study="s", arm="all", label="All", role="total"),
    dict(kind="arm", study="s", arm="len", label="Lenalidomide", role="experimental"),
    dict(kind="arm", study="s", arm="dex", label="Dexamethasone", role="control"),
]


def _means(*groups, **more):
    rows = [dict(kind="mean", study="s", outcome="age", arm=arm, n=n, mean=mean, unit="years", **more)
            for arm, (n, mean) in zip(("all", "len", "dex"), groups, strict=False)]  # fmt: skip
    return [*_ARMS, *rows]


@rule(
    "MEAN-015",
    severity="error",
    source="arithmetic: a participant is in one arm only",
    oracle="brute force: test_bruteforce_combined.py",
    field="whole",
    rows="""
        SELECT 'mean' AS kind, record, records, 'mean' AS field, n, whole, ns, means, arms
        FROM combined WHERE whole IS NOT NULL AND list_count(means) > 0
    """,
    consistent=[_means(("30", "58.0"), ("10", "61.0"), ("20", "56.5")), _means(("4", "2"), ("1", "0.6"), ("3", "2.4"))],
    inconsistent=[
        _means(("30", "59.0"), ("10", "61.0"), ("20", "56.5")),
        _means(("30", "58.8"), ("10", "61.0"), ("20", "56.5")),
    ],
    cannot_tell=[_means(("30", "58.0"), ("10", "61.0"), ("20", "NR")), _means(("30", "NR"), ("10", "61.0"), ("20", "56.5"))],
    limits=(
        "Asked where every part of a group has its number and the numbers add up exactly to that of the group. Subgroups that "
        "name their arm in 'part_of' may overlap even then: a warning."
    ),
    look="which of the means was misread, and whether all are of the same participants",
)  # fmt: skip
def means_combine(n, ns, means, whole, arms=None):
    """The mean of everyone is not the mean of its parts, weighted by their numbers.

    N M = sum of n_i m_i, where the n_i add up to N; each mean within its rounding. Exact.
    """
    total = Ragged(ns.items * means.items, ns.starts).sum()
    adds_up = ns.sum().is_point & n.is_point & ~unusable(n, 1) & (ns.sum().low == n.low)
    return total.meets(n * whole).cannot_tell(~whole.known).only(adds_up)


@means_combine.reading("the subgroups may overlap, although their numbers add up", "warning")
def subgroups(row):
    return row.code("arms") == "no"


@means_combine.reading(FROM_A_MODEL, "warning")
def from_a_model(row):
    return modelled(row)


@means_combine.expects
def the_weighted_mean(row):
    ns, means = row.columns["ns"].items, row.columns["means"].items
    total = Ragged(ns * means, row.columns["ns"].starts).sum()
    places = max(1, decimals(row["whole"]))
    low, high = (show(end / row["n"].low, places) for end in (total.low[0], total.high[0]))
    return f"a mean of {low}" if low == high else f"a mean of {low} to {high}"


@means_combine.explain
def unweighted(row):
    means = row.columns["means"]
    fits = (means.sum() / len(means.items.low)).meets(row.columns["whole"]).codes[0] in (0, 3)
    return ["it is the plain average of the parts, not weighted by their numbers"] if fits else []
