"""What a forest plot prints beside each study: the numbers that its effect was computed from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pooling.effects.columns import Columns, Data, read
from schemas.dataset import ANALYSIS_TABLES
from schemas.measures import MEASURES

SHOWN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "single_counts": {"Events": ("xi",), "Total": ("ni",)},
    "two_group_counts": {"Events/total, 1": ("ai", "n1i"), "Events/total, 2": ("ci", "n2i")},
    "single_rates": {"Events": ("xi",), "Time": ("ti",)},
    "two_group_rates": {"Events/time, 1": ("x1i", "t1i"), "Events/time, 2": ("x2i", "t2i")},
    "single_means": {"Mean": ("mi",), "SD": ("sdi",), "n": ("ni",)},
    "two_group_means": {"Mean (SD), n, 1": ("m1i", "sd1i", "n1i"), "Mean (SD), n, 2": ("m2i", "sd2i", "n2i")},
    "correlations": {"n": ("ni",)},
    "effects": {},
}
"""Analysis table -> heading -> columns. A heading that ends in a number stands below the name of that group."""
_FORMS = {1: "{}", 2: "{}/{}", 3: "{} ({}), {}"}
"""How many numbers a cell has -> its form: 12, 3/20, or mean (SD), n."""
_UNKNOWN = "–"


def shown(measure: str, data: Data) -> dict[str, tuple[str, ...]]:
    """Cells of the studies by heading; a number that is missing is a dash.

    >>> shown("OR", {"ai": [4], "bi": [119], "ci": [11], "n2i": [139]})
    {'Events/total, 1': ('4/123',), 'Events/total, 2': ('11/139',)}
    """
    table = ANALYSIS_TABLES[MEASURES[measure].table]
    wanted = SHOWN[table.name]
    columns = read(measure, data) if wanted else {}
    whole = {n: columns[a] + columns[b] for a, b, n in table.adds_up if {a, b} <= set(columns) and n not in columns}
    return {heading: _cells(columns | whole, names) for heading, names in wanted.items()}


def _cells(columns: Columns, names: tuple[str, ...]) -> tuple[str, ...]:
    texts = [[_UNKNOWN if np.isnan(each) else f"{each:.10g}" for each in np.ravel(columns[name])] for name in names]
    return tuple(_FORMS[len(names)].format(*row) for row in zip(*texts, strict=True))
