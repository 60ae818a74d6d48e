"""The experimental and the control side of each study: arms that are no part of each other, added up or combined."""

from __future__ import annotations

import numpy as np
import pandas as pd

from store.export.analyses.arms import SIDES
from store.export.analyses.gather import ANALYSIS
from store.export.analyses.joining import joined, of_group
from store.export.analyses.reading import Floats

SIDE = [*ANALYSIS, "part", "study"]
ADDED = ("counts", "rates", "means")
"""What arms can be added up of."""


def contained(facts: pd.DataFrame, above: pd.DataFrame) -> pd.Series:
    """For each fact the arm that takes its arm in and gives the same fact; blank where there is none.

    ``above``: study, arm and ancestor, as ``arms.ancestors`` gives them.
    """
    keys = [*SIDE, "comparator"]
    low = facts.reset_index(names="fact").merge(above, on=["study", "arm"])
    high = facts[[*keys, "arm"]].drop_duplicates().rename(columns={"arm": "ancestor"})
    taken = low.merge(high, on=[*keys, "ancestor"]).sort_values("ancestor").drop_duplicates("fact")
    return taken.set_index("fact")["ancestor"].reindex(facts.index).fillna("")


def sides(facts: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """One row per analysis, study and side, and for each fact of a side the number of its side.

    ``bad`` says why a side gives no numbers; ``arms`` names the arms behind it, ``added`` whether they are several.
    """
    found = facts[facts["part"].isin(SIDES) & facts["form"].isin(ADDED)]
    number = found.groupby(SIDE, sort=True).ngroup().rename("side")
    by, size = number.to_numpy(), int(number.max()) + 1 if len(number) else 0
    one = found.assign(side=number).drop_duplicates("side").set_index("side").sort_index()
    a, b, c = _together(found, by, size)
    units = pd.DataFrame({"side": by, "unit": found["unit"].to_numpy()}).query("unit != ''").drop_duplicates()
    mixed = np.bincount(units["side"], minlength=size) > 1
    one = one.assign(
        a=a,
        b=b,
        c=c,
        how=of_group(by, found["how"], size, np.bitwise_or),
        arm=joined(by, found["arm"], size),
        added=np.bincount(by, minlength=size) > 1,
        unit=np.where(mixed, "", joined(by, found["unit"], size)),
    )
    return one.assign(bad=_why_bad(found, by, size, mixed)), number


def _why_bad(found: pd.DataFrame, by: np.ndarray, size: int, mixed: np.ndarray) -> np.ndarray:
    why = np.where(mixed, "the arms of this side of the study are measured in different units", "").astype(object)
    broken = found["bad"].to_numpy() != ""
    uncertain = joined(by[broken], found["arm"].to_numpy()[broken], size, ", ")
    said = "it would be added up with an arm of the study whose numbers are not certain (" + uncertain + ")"
    return np.where(uncertain != "", said, why)


def _together(found: pd.DataFrame, by: np.ndarray, size: int) -> tuple[Floats, Floats, Floats]:
    """Sums of events and totals; mean, standard deviation and size of several groups taken as one.

    Cochrane Handbook, chapter 6.5.2.10, for any number of groups.
    """
    a, b, c = (found[name].to_numpy(np.float64) for name in ("a", "b", "c"))
    alone = np.bincount(by, minlength=size) == 1
    measured = (found["form"] == "means").to_numpy()
    n = of_group(by, np.where(measured, c, np.nan), size)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = of_group(by, a * c, size) / n
        squares = of_group(by, (c - 1) * b**2 + c * (a - mean[by]) ** 2, size)
        sd = np.sqrt(squares / (n - 1))
    total_a, total_b = of_group(by, a, size), of_group(by, b, size)
    is_mean = ~np.isnan(n)
    # One arm alone keeps its numbers to the last digit.
    first = np.where(alone | ~is_mean, total_a, mean)
    return first, np.where(alone | ~is_mean, total_b, sd), n
