"""Which part of its study an arm is: the whole of it, its experimental or control side, or a part of another arm."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from store.export.analyses.reading import texts

WHOLE, EXPERIMENTAL, CONTROL, SUBGROUP = "", "experimental", "control", "subgroup"
SIDES = (EXPERIMENTAL, CONTROL)
_DEEPEST = 20
"""Steps from part to whole that are followed; more would be a circle."""


def parts(arm: pa.Table) -> pd.DataFrame:
    """Study, arm, and the part that the arm is: whole, experimental, control or subgroup."""
    role, within = texts(arm, "role"), texts(arm, "part_of")
    only = (role == "total") | ((role == "single") & (within == ""))
    part = np.where(only, WHOLE, np.where(np.isin(role, SIDES), role, SUBGROUP))
    found = pd.DataFrame({"study": texts(arm, "study"), "arm": texts(arm, "arm"), "part": part, "part_of": within})
    return found.drop_duplicates(["study", "arm"])


def ancestors(known: pd.DataFrame) -> pd.DataFrame:
    """Study, arm and ancestor: every arm that an arm is a part of, at any distance."""
    up = known.loc[known["part_of"] != "", ["study", "arm", "part_of"]]
    step, found = up.rename(columns={"part_of": "ancestor"}), []
    for _ in range(_DEEPEST):
        if step.empty:
            break
        found.append(step)
        above = up.rename(columns={"arm": "ancestor", "part_of": "next"})
        step = step.merge(above, on=["study", "ancestor"])[["study", "arm", "next"]].rename(
            columns={"next": "ancestor"}
        )
    if not found:
        return up.rename(columns={"part_of": "ancestor"})
    every = pd.concat(found).drop_duplicates()
    return every[every["arm"] != every["ancestor"]]


def part_of_arm(
    known: pd.DataFrame, records: pd.DataFrame, column: str
) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """For every record the part that the arm in a column is; the whole where the column is blank."""
    of = known.rename(columns={"arm": column})[["study", column, "part"]]
    return records[["study", column]].merge(of, how="left", on=["study", column])["part"].fillna(WHOLE).to_numpy(object)
