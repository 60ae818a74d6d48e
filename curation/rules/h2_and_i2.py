"""POOLED-035. Catalogue 39: H2 and I2."""

import numpy as np

from curation.engine.rule import rule
from schemas.intervals import Column


@rule(
    "POOLED-035",
    severity="error",
    source="I2 = max(0, (H2 - 1) / H2); Higgins and Thompson 2002, doi:10.1002/sim.1186",
    oracle="R: oracles/pooled.csv",
    field="h2",
    kinds=["pooled"],
    consistent=[
        dict(kind="pooled", measure="OR", i2="32.4%", h2="1.48"),
        dict(kind="pooled", measure="OR", i2="0%", h2="0.73"),
        dict(kind="pooled", measure="OR", i2="100.0%", h2="4512.3"),
    ],
    inconsistent=[dict(kind="pooled", measure="OR", i2="32.4%", h2="1.84"), dict(kind="pooled", measure="OR", i2="0%", h2="1.48")],
    cannot_tell=[dict(kind="pooled", measure="OR", i2="NR", h2="1.48")],
    look="whether H itself is meant",
)  # fmt: skip
def h2_and_i2(i2, h2):
    """The printed H2 and I2 do not go together.

    I2 = max(0, 1 - 1 / H2), whether both come from Q or from tau2; I2 of 0 says only that H2 is at most 1.
    """
    return i2.meets(_share(h2))


def _share(h2):
    # 1 - 1/H2 rises with H2; at or below 1 it is 0. Exact in both precisions.
    ends = [np.where(end > 1, 100 - 100 / np.where(end > 1, end, 1), 0) for end in (h2.low, h2.high)]
    return Column(ends[0], ends[1], h2.known)


@h2_and_i2.reading("it fits if H, the square root, is printed", "warning")
def square_root(row):
    low, high = row["h2"].low, row["h2"].high
    return low >= 0 and row.holds(h2=(low * low, high * high))


@h2_and_i2.expects
def the_i2(row):
    fits = _share(row.columns["h2"])
    low, high = (f"{float(end[0]):.1f}%" for end in (fits.low, fits.high))
    return f"I2 of {low}" if low == high else f"I2 of {low} to {high}"
