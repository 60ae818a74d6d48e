"""One fact per study, arm and analysis: what several places print alike counts once, what they print differently not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from store.export.analyses.gather import FACT
from store.export.analyses.reading import BOUNDS

SHOWN = 4
"""Records a reason names before it only says that there are more."""
_WORDS = {
    "counts": "{a:g} of {b:g}",
    "rates": "{a:g} in {b:g}",
    "means": "{a:g} (SD {b:.4g}, {c:g} participants)",
    "correlations": "{a:g} ({b:g} participants)",
    "effects": "{a:.4g} (standard error {b:.4g}) on the scale of analysis",
}
_TOGETHER = 1e-12


def facts(records: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """The facts, and for every usable record the number of its fact.

    Numbers agree if the intervals that they stand for have a value in common; the fact takes the numbers that are
    printed rather than derived, and among them the most precise. ``bad`` says why a fact is left out of all analyses.
    """
    usable = records[records["why"] == ""]
    number = usable.groupby(list(FACT), sort=True).ngroup().rename("fact")
    width = (usable["high0"] - usable["low0"]).fillna(0.0)
    order = pd.DataFrame({"fact": number, "how": usable["how"], "width": width, "record": usable["record"]})
    first = order.sort_values(["fact", "how", "width", "record"]).drop_duplicates("fact").index
    found = usable.loc[first].drop(columns=[f"{end}{i}" for end in ("low", "high") for i in range(BOUNDS)])
    found = found.assign(bad="").reset_index(drop=True)
    several = usable[number.duplicated(keep=False)].assign(fact=number)
    if len(several):
        units = several[several["unit"] != ""].groupby("fact")["unit"].first()
        found["unit"] = units.reindex(found.index).fillna(found["unit"])
        for fact, why in _disagreements(several).items():
            found.loc[fact, "bad"] = why
    return found, number


def _disagreements(several: pd.DataFrame) -> dict[int, str]:
    """Fact -> why its records cannot be taken for one."""
    by = several.groupby("fact")
    apart = pd.Series(data=False, index=by.size().index)
    for i in range(BOUNDS):
        low, high = by[f"low{i}"].max(), by[f"high{i}"].min()
        apart |= low > high + _TOGETHER * np.maximum(1.0, high.abs())
    apart |= several[several["unit"] != ""].groupby("fact")["unit"].nunique().reindex(apart.index).fillna(0) > 1
    wholes = several[several["arms"] != ""].groupby("fact")["arms"].nunique().reindex(apart.index).fillna(0) > 1
    wholes &= by["part"].first().eq("") & by["arm"].first().eq("")
    split = several[several["fact"].map(apart | wholes)]
    return {
        int(rows["fact"].iloc[0]): _two_wholes(rows) if wholes[fact] else _two_numbers(rows)
        for fact, rows in split.groupby("fact")
    }


def _two_wholes(rows: pd.DataFrame) -> str:
    named = ", ".join(sorted(set(rows["arms"]) - {""}))
    return f"several arms of the study ({named}) are each called the only one or the total: give them roles"


def _two_numbers(rows: pd.DataFrame) -> str:
    said = [
        f"{_WORDS[one['form']].format_map(one)}{' ' + one['unit'] if one['unit'] else ''} ({one['record']})"
        for one in rows.sort_values("record").head(SHOWN).to_dict("records")
    ]
    more = "; and more" if len(rows) > SHOWN else ""
    return f"two places give different numbers: {', '.join(said)}{more}"
