"""Effect sizes and their sampling variances, from what studies report.

``effect_sizes`` computes any measure from columns of any shape; ``from_interval``, ``from_p`` and ``from_oe`` read
reported effects. Numbers are those of metafor's escalc (Viechtbauer 2010, doi:10.18637/jss.v036.i03).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pooling.effects import correlations, counts_one, counts_two, given, means, rates
from pooling.effects.columns import Columns, Data, in_words, listed, read, slots
from pooling.effects.given import from_interval, from_oe, from_p
from pooling.effects.zero_cells import ZeroCells, usual_add
from pooling.errors import CannotPool
from schemas.formulas import FORMULAS
from schemas.measures import MEASURES
from schemas.two_groups import Effects

__all__ = ["effect_sizes", "from_interval", "from_oe", "from_p", "measures_text"]

_DESIGNS: dict[str, Callable[[str, Columns, ZeroCells], Effects]] = {
    "single_counts": counts_one.effects,
    "two_group_counts": counts_two.effects,
    "single_rates": rates.of_one,
    "two_group_rates": rates.of_two,
    "single_means": means.of_one,
    "two_group_means": means.of_two,
    "correlations": correlations.effects,
    "effects": given.effects,
}


def effect_sizes(
    measure: str, data: Data, *, add: float | None = None, to: str = "only0", drop00: bool = False
) -> Effects:
    """Effects on the scale of analysis, and their sampling variances.

    Columns may have any shape and are broadcast; the last axis runs over the studies of one analysis. Where a number is
    missing (nan), what depends on it is nan. Where an effect is not defined (the logarithm of 0, a difference divided by
    0) both are nan, and models name the study as left out.

    Args:
        measure: Short name of the measure, as in ``schemas.measures.MEASURES``.
        data: Columns by metafor's names, as a mapping or a data frame.
        add: What is added to each cell of a table with an empty cell; if not given one half, and nothing for AS, PAS, PFT.
        to: Which studies it is added to: only0 (those with an empty cell), all, if0all (all of an analysis that has an
            empty cell), none.
        drop00: Whether studies of two groups without any event, or with nothing but events, are left out (nan).

    Raises:
        CannotPool: unknown measure or option, a missing column, impossible numbers.

    >>> one = effect_sizes("OR", {"ai": [10], "n1i": [20], "ci": [5], "n2i": [20]})
    >>> one.y.round(4).tolist(), one.v.round(4).tolist()
    ([1.0986], [0.4667])
    """
    if measure not in MEASURES:
        raise CannotPool(f"unknown measure {measure!r}; give one of {listed(list(MEASURES), 'or')}")
    cells = ZeroCells(usual_add(measure) if add is None else add, to, drop00)
    columns = read(measure, data)
    with np.errstate(all="ignore"):
        found = _DESIGNS[MEASURES[measure].table](measure, columns, cells)
    return _settled(found)


def _settled(found: Effects) -> Effects:
    """No infinite numbers, and no variance without an effect; an effect may stand without its variance."""
    y, v = np.asarray(found.y, dtype=np.float64), np.asarray(found.v, dtype=np.float64)
    defined = np.isfinite(y) & ~np.isinf(v)
    return Effects(np.where(defined, y, np.nan), np.where(defined, v, np.nan))


def measures_text() -> str:
    """The measures as a table: what each is called, computed from, and how."""
    rows = [
        f"{name:5} {each.label}\n      from {in_words(slots(each.table))}; {(FORMULAS[name].__doc__ or '').splitlines()[0]}"
        for name, each in MEASURES.items()
    ]
    return "\n".join(rows)


__doc__ = f"{__doc__}\nMeasures:\n\n{measures_text()}\n"
