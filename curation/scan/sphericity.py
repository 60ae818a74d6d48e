"""P values of repeated measures whose degrees of freedom were corrected for sphericity but are printed uncorrected."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import stats

from schemas.printed import NUMBER, P_VALUE, Malformed, parse

STEPS = 400
"""Values of epsilon that are tried between its bounds."""


def fits_corrected(cells: Mapping[str, str]) -> bool:
    """Whether P is that of F(eps df1, eps df2) for some eps from 1/df1 to 1, the bounds of Greenhouse and Geisser's epsilon.

    A factor with two levels (df1 = 1) needs no correction. doi:10.1007/BF02289823.

    >>> fits_corrected({"statistic_type": "F", "statistic": "2.87", "df1": "9", "df2": "99", "p": "0.103"})
    True
    >>> fits_corrected({"statistic_type": "F", "statistic": "2.51", "df1": "2", "df2": "23", "p": "0.025"})
    False
    """
    if cells.get("statistic_type") != "F":
        return False
    try:
        f, df1, df2 = (float(parse(cells.get(name, ""), NUMBER).value or "nan") for name in ("statistic", "df1", "df2"))
        printed = parse(cells.get("p", ""), P_VALUE).interval()
    except Malformed:
        return False
    if printed is None or not df1 > 1 or not df2 > 0 or not f >= 0:
        return False
    epsilon = np.linspace(1 / df1, 1, STEPS)
    p = np.asarray(stats.f.sf(f, epsilon * df1, epsilon * df2))
    return bool(p.min() <= float(printed[1]) and p.max() >= float(printed[0]))
