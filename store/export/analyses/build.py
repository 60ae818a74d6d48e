"""From exported records to analyses: gather, settle facts, add arms up, lay rows out, name the analyses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from schemas.dataset import ANALYSES, ANALYSIS_TABLES, Column
from store.export.analyses import arms, names
from store.export.analyses.facts import facts as settle
from store.export.analyses.gather import ANALYSIS, gather
from store.export.analyses.joining import joined
from store.export.analyses.proposals import proposed
from store.export.analyses.reading import Texts, texts
from store.export.analyses.rows import effect_rows, single_rows, two_group_rows
from store.export.analyses.sides import contained, sides
from store.export.sheets import arrow_schema

_OF_ONE_UNIT = ("single_rates", "two_group_rates", "single_means")
_GROUP = [*ANALYSIS, "table", "part", "unit_group"]
_ACCOUNT = ("kind", "record", "analyses", "not_pooled")


@dataclass(frozen=True, slots=True)
class Analyses:
    """What can be pooled.

    ``analyses`` has one row per analysis (columns ``schemas.dataset.ANALYSES``), ``tables`` the analysis tables that
    have rows. ``account`` has one row per exported record, by ``kind`` and ``record``: either the ids of the
    ``analyses`` it feeds, separated by spaces, or why it is ``not_pooled``; the other one is null.
    """

    analyses: pa.Table
    tables: Mapping[str, pa.Table]
    account: pa.Table

    @property
    def pooled(self) -> int:
        """How many records feed an analysis."""
        return len(self.account) - int(self.account.column("analyses").null_count)


def build(kept: Mapping[str, pa.Table]) -> Analyses:
    """The analyses of exported records.

    Args:
        kept: the exported records and all entities by kind, in the schemas of their models. Their order is of no
            consequence.
    """
    records = gather(kept)
    facts, fact_of = settle(records)
    taken = contained(facts, arms.ancestors(arms.parts(kept["arm"])))
    facts["bad"] = np.where(
        (facts["bad"] == "") & (taken != ""), "it is a part of the arm " + taken + ", which counts", facts["bad"]
    )
    apart = facts[taken == ""]
    side, side_of = sides(apart)
    direct, crowded = effect_rows(apart)
    rows = pd.concat([single_rows(apart, side), two_group_rows(side), direct], ignore_index=True)
    rows, analyses = _named(
        rows, dict(zip(texts(kept["outcome"], "outcome"), texts(kept["outcome"], "label"), strict=True))
    )
    links = _links(rows, side_of, fact_of)
    names_of = rows["analysis"].to_numpy(object)[links["row"]]
    records["analyses"] = joined(links["record"].to_numpy(), names_of, len(records))
    why = _why_unused(records, fact_of, facts["bad"], crowded, side_of, side["bad"])
    records["not_pooled"] = np.where(records["analyses"] == "", why, "")
    rows["records"] = joined(links["row"].to_numpy(), records["record"].to_numpy(object)[links["record"]], len(rows))
    account = pa.table({name: _cells(records[name], pa.string()) for name in _ACCOUNT})
    return Analyses(_table(ANALYSES, analyses), _tables(rows, kept["study"]), account)


def _named(rows: pd.DataFrame, labels: Mapping[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows with their analysis, and the analyses in the order of their ids."""
    # Rates, and means of one group, cannot be pooled across units; differences of means can be standardised.
    rows["unit_group"] = np.where(rows["table"].isin(_OF_ONE_UNIT), rows["unit"], "")
    groups = rows.groupby(_GROUP, sort=True)
    number = groups.ngroup()
    units = groups["unit"].nunique()
    found = pd.DataFrame({"studies": groups.size(), "units": units, "unit": groups["unit"].first()}).reset_index()
    found["unit"] = np.where(found["units"] == 1, found["unit"], "")
    found["analysis"] = names.ids(found)
    found["title"] = names.titles(found, labels)
    rows["analysis"] = found["analysis"].to_numpy()[number] if len(rows) else ""
    ordered: pd.DataFrame = proposed(found).sort_values("analysis")
    return rows, ordered


def _links(rows: pd.DataFrame, side_of: pd.Series, fact_of: pd.Series) -> pd.DataFrame:
    """Which record stands behind which row, each by its position."""
    facts = rows.loc[rows["fact"] >= 0, ["fact"]].reset_index(names="row")
    through = pd.concat([rows[name].dropna().rename("side") for name in ("side", "other") if name in rows])
    through = through[through >= 0].astype(np.int64).reset_index().set_axis(["row", "side"], axis=1)
    members = side_of.reset_index().set_axis(["fact", "side"], axis=1)
    facts = pd.concat([facts, through.merge(members, on="side")[["row", "fact"]]]).astype(np.int64)
    records = fact_of.reset_index().set_axis(["record", "fact"], axis=1)
    found: pd.DataFrame = facts.merge(records, on="fact")[["row", "record"]].sort_values(["row", "record"])
    return found


def _why_unused(
    records: pd.DataFrame,
    fact_of: pd.Series,
    bad: pd.Series,
    crowded: pd.Series,
    side_of: pd.Series,
    bad_sides: pd.Series,
) -> Texts:
    """For every record what keeps it out, nearest reason first; blank where nothing does."""
    by_side, by_fact, by_record = (np.full(len(each), "", dtype=object) for each in (bad, bad, records))
    by_side[side_of.index] = bad_sides.to_numpy(object)[side_of.to_numpy()]
    by_fact[crowded.index] = crowded.to_numpy(object)
    of_fact = np.select([bad != "", by_fact != ""], [bad.to_numpy(object), by_fact], by_side)
    by_record[fact_of.index] = of_fact[fact_of.to_numpy()]
    return np.where(records["why"] != "", records["why"].to_numpy(object), by_record)


def _tables(rows: pd.DataFrame, study: pa.Table) -> dict[str, pa.Table]:
    found = {}
    for name, design in ANALYSIS_TABLES.items():
        own = rows.columns.intersection([each.name for each in design.columns])
        mine = rows.loc[rows["table"] == name, own]
        if len(mine):
            found[name] = _table(design.columns, _in_order(mine, study))
    return found


def _in_order(rows: pd.DataFrame, study: pa.Table) -> pd.DataFrame:
    """By analysis and study, with label and year of the study."""
    by = [pd.factorize(rows[name], sort=True)[0] for name in ("study", "analysis")]
    at = pd.Index(texts(study, "study")).get_indexer(pd.Index(rows["study"]))
    return rows.assign(label=texts(study, "label")[at], year=texts(study, "year")[at]).iloc[np.lexsort(by)]


def _table(columns: tuple[Column, ...], rows: pd.DataFrame) -> pa.Table:
    """Rows as Arrow; blank texts become null, and NaN too."""
    schema = arrow_schema(columns)
    cells = [_cells(rows[each.name], schema.field(each.name).type) for each in columns]
    return pa.table(cells, schema=schema)


def _cells(column: pd.Series, kind: pa.DataType) -> pa.Array:
    if pa.types.is_string(kind):
        whole = pa.array(column, pa.string(), from_pandas=True)
        return pc.if_else(pc.equal(whole, ""), pa.scalar(None, pa.string()), whole)
    return pa.array(column.to_numpy(np.float64), pa.float64(), from_pandas=True).cast(kind)
