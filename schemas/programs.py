"""Programs that the clean dataset can be written for, beside its own tables."""

from __future__ import annotations

PROGRAMS = {
    "metafor": "R metafor: a script that pools every analysis",
    "meta": "R meta: tables with its column names, and a script",
    "revman": "RevMan 5 and RevMan Web: CSV files in their layouts",
    "pymare": "PyMARE: effects with variances, and an example",
    "robvis": "robvis: risk-of-bias tables by tool",
}
"""Name -> what is written for it. Declared apart from the adapters, which take a while to load."""
