"""Every exported record with its numbers, and what analysis, study and arm it belongs to; or why it is not pooled."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from schemas.kinds.base import Record
from schemas.registry import RECORDS
from store.export.analyses import arms, counts, effects, means
from store.export.analyses.reading import first_reason, numbered, texts

TABULATING = ("systematic_review", "review", "editorial", "commentary")
"""Types of source whose tables give analyses of their own."""
ANALYSIS = ("form", "tabulated_by", "outcome", "timepoint", "analysis_set", "detail")
"""What the records of one analysis agree in; besides it, the part of the study."""
FACT = (*ANALYSIS, "part", "study", "arm", "comparator")
"""What the records of one fact agree in."""
_WHY_NOT = {
    "pooled": "a pooled result is not a study",
    "survival": "median times and Kaplan-Meier rates are not pooled",
    "characteristic": "a characteristic of the study is not an outcome",
}
_OVERLAPPING = ("pooled", "systematic_review")


def gather(kept: Mapping[str, pa.Table]) -> pd.DataFrame:
    """One row per exported record, by kind and id."""
    known = arms.parts(kept["arm"])
    tables = {kind: kept[kind].sort_by("record") for kind in RECORDS if kind in kept and len(kept[kind])}
    found = [_of_kind(RECORDS[kind], table, known) for kind, table in tables.items()]
    whole = pd.concat(found, ignore_index=True) if found else _nobody()
    return _addressed(whole, kept)


def _nobody() -> pd.DataFrame:
    return numbered(0).assign(**dict.fromkeys(("kind", "record", "source", "arms", *FACT), np.array([], dtype=object)))


def _of_kind(model: type[Record], table: pa.Table, known: pd.DataFrame) -> pd.DataFrame:
    who = pd.DataFrame(
        {
            name: texts(table, name)
            for name in ("record", "source", "study", "arm", "outcome", "analysis_set", "timepoint")
        }
    )
    who["comparator"] = texts(table, "comparator") if model.kind == "effect" else ""
    own = arms.part_of_arm(known, who, "arm")
    other = arms.part_of_arm(known, who, "comparator")
    turned = (own == arms.CONTROL) & (other == arms.EXPERIMENTAL)
    match model.kind:
        case "count":
            found = counts.counts(table)
        case "rate":
            found = counts.rates(table)
        case "mean":
            found = means.means(table)
        case "effect":
            found = effects.effects(table, turned)
        case kind:
            why = _WHY_NOT.get(kind, f"{model.label_plural} are not pooled")
            found = numbered(len(table), why=np.full(len(table), why, dtype=object))
    between = np.isin(found["detail"], effects.COMPARISONS) & (found["form"] == "effects").to_numpy()
    swapped = who.assign(
        arm=np.where(turned, who["comparator"], who["arm"]), comparator=np.where(turned, who["arm"], who["comparator"])
    )
    who.loc[between, ["arm", "comparator"]] = swapped.loc[between, ["arm", "comparator"]]
    some_part = (own == arms.SUBGROUP) | (other == arms.SUBGROUP)
    found["why"] = np.where(
        (found["why"] == "") & some_part, "a part of an arm is not pooled together with whole arms", found["why"]
    )
    whole = own == arms.WHOLE
    part = np.where(between | whole, arms.WHOLE, own)
    # The arm that is the whole study goes under no name, so that it meets records that name no arm.
    named = np.where(whole, "", who["arm"])
    return found.assign(**who.to_dict("series") | {"kind": model.kind, "arms": who["arm"], "arm": named, "part": part})


def _addressed(whole: pd.DataFrame, kept: Mapping[str, pa.Table]) -> pd.DataFrame:
    """With who tabulates it; not pooled without study or outcome, nor where the study is made of other studies."""
    reviews = kept["source"].filter(pc.is_in(kept["source"].column("type"), pa.array(TABULATING)))
    mixed = kept["study"].filter(pc.is_in(kept["study"].column("design"), pa.array(_OVERLAPPING)))
    named = texts(reviews, "source")
    whole["tabulated_by"] = np.where(whole["source"].isin(list(named)), whole["source"], "")
    why = first_reason(
        len(whole),
        ((whole["why"] != "").to_numpy(), ""),
        ((whole["study"] == "").to_numpy(), "it is about no single study"),
        (whole["study"].isin(list(texts(mixed, "study"))).to_numpy(), "its study is made of other studies, which would count twice"),
        ((whole["outcome"] == "").to_numpy(), "it names no outcome"),
    )  # fmt: skip
    whole["why"] = np.where(whole["why"] != "", whole["why"], why)
    return whole
