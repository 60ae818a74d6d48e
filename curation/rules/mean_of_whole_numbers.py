"""MEAN-001. Catalogue 13: the granularity of means (GRIM)."""

import numpy as np

from curation.engine.rule import rule
from schemas.verdicts import Verdicts
from schemas.wording import decimals, show

NEAR = 10


@rule(
    "MEAN-001",
    severity="error",
    source="Brown and Heathers 2017, Social Psychological and Personality Science 8:363, doi:10.1177/1948550616673876 (GRIM)",
    field="mean",
    consistent=[
        dict(n="20", mean="3.45", whole_numbers="yes"),
        dict(n="28", mean="5.18", whole_numbers="yes"),
        dict(n="28", mean="5.19", whole_numbers="yes", items="3"),
        dict(n="40", mean="1.23", whole_numbers="yes"),
        dict(n="8", mean="2.62", whole_numbers="yes"),
        dict(n="8", mean="2.63", whole_numbers="yes"),
        dict(n="3", mean="−0.33", whole_numbers="yes", moment="change"),
    ],
    inconsistent=[
        dict(n="28", mean="5.19", whole_numbers="yes"),
        dict(n="40", mean="1.24", whole_numbers="yes", items="1"),
        dict(n="17", mean="3.08", whole_numbers="yes", items="2"),
    ],
    cannot_tell=[dict(n="NR", mean="5.19", whole_numbers="yes"), dict(n="28", mean="~5.19", whole_numbers="yes")],
    limits=(
        "Only for scores recorded as whole numbers, each participant counting once: not for weighted or adjusted means, standardised scores "
        "or values that were imputed. With d decimals it can speak only where n times items is below 10^d; a mean made up at random is then "
        "caught with probability (10^d - n items) / 10^d, and above that never. Blank items count as one."
    ),
    look="the number of participants behind the mean, and whether every participant answered",
    oracle="brute force: test_mean_bruteforce.py",
)  # fmt: skip
def mean_of_whole_numbers(n, mean, whole_numbers, items=None):
    """No whole numbers of this many participants have this mean.

    There must be a whole total T with T / (n items) inside the rounding interval of the mean, both ends included.
    """
    total = mean * n * items.or_else(1)
    people = n.known & np.asarray(n.low >= 1, dtype=bool) & np.asarray(items.or_else(1).low >= 1, dtype=bool)
    return total.may_be_whole().cannot_tell(~people).only(whole_numbers.is_("yes"))


@mean_of_whole_numbers.screen
def surely_not_asked(n, mean, whole_numbers, items):
    whole = whole_numbers.is_("yes")
    return Verdicts.left_open(~whole) if whole.any() else Verdicts.nobody(len(whole))


@mean_of_whole_numbers.expects
def neighbours(row):
    mean, responses = row["mean"], _responses(row)
    if mean.value is None or not responses:
        return ""
    places, total = decimals(mean), mean.value * responses
    return " or ".join(f"{show(T / responses, places)} ({T}/{responses})" for T in (total // 1, total // 1 + 1))


def _responses(row):
    n, items = row.columns["n"], row.columns["items"].or_else(1)
    return n.low[0] * items.low[0] if n.is_point[0] and items.is_point[0] else 0


@mean_of_whole_numbers.reading(
    "it is not reported how many items the score averages, and some number of them fits", "warning"
)
def items_unknown(row):
    return row["items"].status not in ("blank", "reported") and any(row.holds(items=k) for k in range(2, 51))


@mean_of_whole_numbers.explain
def participants(row):
    if not _responses(row):
        return []
    printed = int(row.columns["n"].low[0])
    tried = sorted(range(max(2, printed - NEAR), printed + NEAR + 1), key=lambda n: (abs(n - printed), n))
    fits = [str(n) for n in tried if row.holds(n=n)][:3]
    return [f"the mean fits {' or '.join(fits)} participants"] if fits else []
