"""Rows of the analysis tables: whole studies, their sides, both sides against each other, and effects."""

from __future__ import annotations

import numpy as np
import pandas as pd

from store.export.analyses.arms import CONTROL, EXPERIMENTAL, WHOLE
from store.export.analyses.gather import ANALYSIS
from store.export.analyses.joining import joined
from store.export.analyses.sides import ADDED, SIDE

STUDY = [*ANALYSIS, "study"]
_HOW = {
    "counts": {1: "{0} from percent and total"},
    "means": {1: "{1} from standard error and {2}", 2: "{1} from the interval and {2}"},
    "effects": {1: "sei from the interval", 2: "sei from estimate and P value", 4: "yi turned round, printed as control against experimental"},
}  # fmt: skip
_COLUMNS = {
    "single": {"counts": ("xi", "ni"), "rates": ("xi", "ti"), "means": ("mi", "sdi", "ni")},
    EXPERIMENTAL: {"counts": ("ai", "n1i"), "rates": ("x1i", "t1i"), "means": ("m1i", "sd1i", "n1i")},
    CONTROL: {"counts": ("ci", "n2i"), "rates": ("x2i", "t2i"), "means": ("m2i", "sd2i", "n2i")},
}
"""Columns that the numbers a, b and c of one group go into."""


def single_rows(facts: pd.DataFrame, sides: pd.DataFrame) -> pd.DataFrame:
    """One group per study: the whole, or one of its sides. ``fact`` or ``side`` says what a row is made of."""
    whole = facts[(facts["part"] == WHOLE) & facts["form"].isin(ADDED) & (facts["bad"] == "")]
    part = sides[sides["bad"] == ""].reset_index()
    rows = pd.concat(
        [whole.reset_index(names="fact").assign(side=-1, added=False), part.assign(fact=-1)], ignore_index=True
    )
    rows = rows.assign(table="single_" + rows["form"], comparator="")
    return rows.assign(derived=_said(rows, "single"), **_numbers(rows, "single"))


def two_group_rows(sides: pd.DataFrame) -> pd.DataFrame:
    """Experimental against control, for studies that have both. ``side`` and ``other`` say what a row is made of."""
    good = sides[sides["bad"] == ""].reset_index()
    first, second = (good[good["part"] == part] for part in (EXPERIMENTAL, CONTROL))
    first, second = (
        each.assign(derived=_said(each, part), **_numbers(each, part))
        for each, part in ((first, EXPERIMENTAL), (second, CONTROL))
    )
    both = first.merge(second, on=STUDY, suffixes=("", "_2"))
    apart = (both["unit"] != both["unit_2"]) & (both["unit"] != "") & (both["unit_2"] != "")
    both = both[~apart].reset_index(drop=True)
    return both.assign(
        table="two_group_" + both["form"],
        part=WHOLE,
        comparator=both["arm_2"],
        other=both["side_2"],
        fact=-1,
        unit=np.where(both["unit"] == "", both["unit_2"], both["unit"]),
        derived=_both(both["derived"], both["derived_2"]),
        bi=both["n1i"] - both["ai"],
        di=both["n2i"] - both["ci"],
    )


def effect_rows(facts: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Effects and correlations, one per study; and of each fact that is one of several of its study, why it is none."""
    found = facts[~facts["form"].isin(ADDED) & (facts["bad"] == "")]
    several = found.duplicated(SIDE, keep=False)
    why = pd.Series("", index=facts.index, dtype=object)
    crowd = found[several]
    if len(crowd):
        number = crowd.groupby(SIDE).ngroup().to_numpy()
        named = np.where(crowd["comparator"] == "", crowd["arm"], crowd["arm"] + " against " + crowd["comparator"])
        said = joined(number, named, int(number.max()) + 1, ", ")[number]
        why.loc[crowd.index] = "the study gives several such effects (" + said + "), which cannot be added up"
    rows = found[~several].reset_index(names="fact")
    correlated = rows["form"] == "correlations"
    numbers = {"ri": rows["a"].where(correlated), "ni": rows["b"].where(correlated)}
    numbers |= {
        "yi": rows["a"].mask(correlated),
        "sei": rows["b"].mask(correlated),
        "vi": (rows["b"] ** 2).mask(correlated),
    }
    rows = rows.assign(table=rows["form"], side=-1, added=False, **numbers)
    return rows.assign(derived=_said(rows, "single")), why


def _numbers(rows: pd.DataFrame, group: str) -> dict[str, pd.Series]:
    """The numbers of one group under the names of its columns; NaN in columns of other designs."""
    named: dict[str, pd.Series] = {}
    for form, columns in _COLUMNS[group].items():
        mine = rows["form"] == form
        for name, source in zip(columns, ("a", "b", "c"), strict=False):
            cells = rows[source].where(mine)
            named[name] = named[name].fillna(cells) if name in named else cells
    return named


def _said(rows: pd.DataFrame, group: str) -> pd.Series:
    """How the numbers of each row follow from printed ones, in words."""
    said = pd.Series("", index=rows.index, dtype=object)
    for form, how in rows.loc[rows["how"] != 0, ["form", "how"]].drop_duplicates().itertuples(index=False):
        said[(rows["form"] == form) & (rows["how"] == how)] = _how(form, how, group)
    several = rows["added"].to_numpy(bool)
    added = np.full(len(rows), "", dtype=object)
    added[several] = [f"arms {_listed(arms)} added up" for arms in rows["arm"].to_numpy(object)[several]]
    return _both(said, pd.Series(added, index=rows.index))


def _how(form: str, how: int, group: str) -> str:
    columns = _COLUMNS[group].get(form, ())
    return "; ".join(words.format(*columns) for bit, words in _HOW.get(form, {}).items() if how & bit)


def _listed(arms: str) -> str:
    return " and ".join(arms.replace(" ", ", ").rsplit(", ", 1))


def _both(one: pd.Series, two: pd.Series) -> pd.Series:
    return one + np.where((one != "") & (two != ""), "; ", "") + two
