"""Ids and titles of analyses: readable, safe as file names, each its own."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from schemas.codes import CODES
from schemas.dataset import ANALYSIS_TABLES
from store.export.analyses.reading import Texts

LONGEST = 40
"""Characters an id takes from one name."""
LONGEST_ID = 120
"""Characters of an id; longer ones end in a mark of the whole instead."""
_SIGNS = {"≥": " ge ", "≤": " le ", ">": " gt ", "<": " lt "}
_DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)")
"""Names that Windows takes for a device, whatever follows a full stop."""


def ids(analyses: pd.DataFrame) -> Texts:
    """An id per analysis: source of the table, outcome, timepoint, set, measure or moment, part.

    Where two come out alike, unit and design are added, and a number at last.
    """
    detail = analyses["detail"].where(analyses["detail"] != "value", "")
    named = [analyses[name] for name in ("tabulated_by", "outcome", "timepoint", "analysis_set")]
    found = _joined(".", [_safe(column) for column in (*named, detail, analyses["part"])])
    for more in (analyses["unit"], analyses["table"]):
        found = _joined(".", [found, _where_alike(found, more, _safe(more))])
    return _numbered([_short(_DEVICES.sub(r"\1-x", one)) for one in found])


def titles(analyses: pd.DataFrame, labels: Mapping[str, str]) -> Texts:
    """What each analysis pools, in words; ``labels``: outcome -> its label.

    Where two come out alike, unit, design and id of the outcome are added, and the id of the analysis at last.
    """
    said = [
        [labels.get(one) or one for one in analyses["outcome"]],
        [*analyses["timepoint"]],
        [*analyses["analysis_set"]],
        [_detail(one) for one in analyses["detail"]],
        [f"{part} arms" if part else "" for part in analyses["part"]],
        [f"as tabulated by {source}" if source else "" for source in analyses["tabulated_by"]],
    ]
    found = _joined(", ", said)
    for name in ("unit", "table", "outcome", "analysis"):
        words = [ANALYSIS_TABLES[one].title if name == "table" else one for one in analyses[name]]
        found = _joined(", ", [found, _where_alike(found, analyses[name], words)])
    return np.array(found, dtype=object)


def safe(text: str) -> str:
    """A name in lower-case letters, digits and dashes; Greek letters and comparisons by their names.

    >>> safe("2 years"), safe("≥ VGPR"), safe("Kröger"), safe("IFN-γ"), safe("?!")
    ('2-years', 'ge-vgpr', 'kroger', 'ifn-gamma', 'x')
    """
    spelled = "".join(_SIGNS.get(sign) or _greek(sign) for sign in unicodedata.normalize("NFKD", text))
    plain = spelled.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-") or "x"


def _greek(sign: str) -> str:
    name = unicodedata.name(sign, "") if sign > "\x7f" else ""
    return name.rsplit(" ", 1)[-1] if name.startswith("GREEK") and " LETTER " in name else sign


def _safe(names: Iterable[str]) -> list[str]:
    return [safe(one) if one else "" for one in names]


def _detail(detail: str) -> str:
    return "" if detail in ("", "value") else CODES["moment"].get(detail) or CODES["measure"].get(detail, detail)


def _where_alike(found: Sequence[str], facts: Iterable[str], words: Iterable[str]) -> list[str]:
    """The words of those that are named alike and differ in this fact; blank for the others."""
    apart = Counter(name for name, _ in {*zip(found, facts, strict=True)})
    return [word if apart[name] > 1 else "" for name, word in zip(found, words, strict=True)]


def _joined(separator: str, columns: Sequence[Iterable[str]]) -> list[str]:
    return [separator.join(filter(None, each)) for each in zip(*columns, strict=True)]


def _short(name: str) -> str:
    if len(name) <= LONGEST_ID:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: LONGEST_ID - len(mark) - 1].rstrip('.-')}-{mark}"


def _numbered(found: Sequence[str]) -> Texts:
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
