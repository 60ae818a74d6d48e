"""Ids and titles of analyses: readable, safe as file names, each its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from schemas.codes import CODES
from store.export.analyses.reading import Texts

LONGEST = 40
"""Characters an id takes from one name."""


def ids(analyses: pd.DataFrame) -> Texts:
    """An id per analysis: source of the table, outcome, timepoint, set, measure or moment, part.

    Where two come out alike, unit and design are added, and a number at last.
    """
    detail = analyses["detail"].where(analyses["detail"] != "value", "")
    columns = (
        analyses["tabulated_by"],
        analyses["outcome"],
        analyses["timepoint"],
        analyses["analysis_set"],
        detail,
        analyses["part"],
    )
    found = _chained(columns)
    for more in (analyses["unit"], analyses["table"]):
        again = (more.reset_index(drop=True).groupby(found).transform("nunique") > 1).to_numpy()
        found = np.where(again, _chained((pd.Series(found), more.reset_index(drop=True)), words=False), found)
    return _numbered(found)


def safe(text: str) -> str:
    """A name in lower-case letters, digits and dashes.

    >>> safe("2 years"), safe("≥ VGPR"), safe("Kröger")
    ('2-years', 'vgpr', 'kroger')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST].strip("-") or "x"


def titles(analyses: pd.DataFrame, labels: Mapping[str, str]) -> Texts:
    """What each analysis pools, in words; ``labels``: outcome -> its label."""
    named = analyses["outcome"].map(lambda one: labels.get(one) or one)
    said = [named, analyses["timepoint"], analyses["analysis_set"], analyses["detail"].map(_detail)]
    said += [analyses["part"].map(lambda part: f"{part} arms" if part else "")]
    said += [analyses["tabulated_by"].map(lambda source: f"as tabulated by {source}" if source else "")]
    return np.array([", ".join(filter(None, parts)) for parts in zip(*said, strict=True)], dtype=object)


def _detail(detail: str) -> str:
    return "" if detail in ("", "value") else CODES["moment"].get(detail) or CODES["measure"].get(detail, detail)


def _chained(columns: Iterable[pd.Series], *, words: bool = True) -> Texts:
    parts = [
        column.map(lambda one: safe(one) if one else "") if words or i else column for i, column in enumerate(columns)
    ]
    return np.array([".".join(filter(None, each)) for each in zip(*parts, strict=True)], dtype=object)


def _numbered(found: Texts) -> Texts:
    """The second and every further analysis of one id with a number; no id is given twice."""
    taken: set[str] = set(found)
    seen: set[str] = set()
    made = []
    for one in found:
        number, name = 2, one
        if one in seen:
            while (name := f"{one}-{number}") in taken:
                number += 1
        seen.add(one)
        taken.add(name)
        made.append(name)
    return np.array(made, dtype=object)
