"""Meta-analyses: what their text gives as an estimate of all studies is a pooled result."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from curation.readers.document import Document, Paragraph
from curation.scan.result import Statement

_REVIEW = re.compile(r"meta-?\s?analys[ie]s|systematic\sreview", re.IGNORECASE)
_POOLED = re.compile(
    r"\bpooled\b|\boverall\b|\bcombined\b|\bsummary\b|\bstudies\b|meta-analy|heterogeneity|\brates?\b", re.IGNORECASE
)
_STUDIES = re.compile(r"(?<![\d.,])(\d{1,3})\s(?:\w+\s){0,2}(?:studies|trials|RCTs)\b", re.IGNORECASE)
_PEOPLE = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:,\d{3})+|\d{2,7})\s(?:\w+\s){0,1}(?:patients|participants|subjects|women|men|children|individuals)\b",
    re.IGNORECASE,
)
_KEPT = ("measure", "estimate", "lower", "upper", "level")
_PLACE = ("row", "column")
REACH = 170
"""Characters before an estimate in which the number of studies is looked for."""


def is_review(document: Document) -> bool:
    """Whether a document says of itself, in its title or first paragraphs, that it is a meta-analysis."""
    opening = [document.title, *(each.text for each in document.parts[:12] if isinstance(each, Paragraph))]
    return len(_REVIEW.findall(" ".join(opening))) > 1 or bool(_REVIEW.search(document.title))


def as_pooled(one: Statement, document: Document, before: Statement | None) -> Statement:
    """An estimate in the text of a meta-analysis as a pooled result, with the numbers of studies and participants said before it."""
    spot = one.spots[0]
    part = document.parts[spot.part]
    if one.kind != "effect" or not isinstance(part, Paragraph) or "estimate" not in one.cells:
        return one
    start = max(0, spot.start - REACH)
    if before is not None and before.spots[0].part == spot.part:
        start = max(start, before.spots[0].end)
    words = part.text[start : spot.start]
    if not _POOLED.search(words):
        return one
    cells = {name: one.cells[name] for name in (*_KEPT, *_PLACE) if name in one.cells}
    cells |= _p(one.cells)
    studies = _STUDIES.findall(words)
    people = _PEOPLE.findall(words)
    if len(studies) == 1:
        cells["k"] = studies[0]
    if len(people) == 1:
        cells["n"] = people[0]
    return replace(one, kind="pooled", cells=cells, joined=True)


def _p(cells: Mapping[str, str]) -> dict[str, str]:
    """A pooled proportion has no value of no effect: its P is that of heterogeneity."""
    if "p" not in cells:
        return {}
    return {"p_heterogeneity" if cells.get("measure") == "proportion" else "p": cells["p"]}
