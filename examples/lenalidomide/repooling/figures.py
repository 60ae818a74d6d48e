"""Forest and funnel plots of every outcome, from our reading of Table 1."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from pooling.models.one import meta
from pooling.plots import forest, funnel, save
from repooling.report import stated
from repooling.verdicts import Verdict


def draw(one: Verdict, folder: Path) -> list[str]:
    """Forest and funnel plot of one row, as SVG and PNG; returns the names of the SVG files."""
    chosen = [(cell.label, *pair) for cell, pair in zip(one.row.cells, one.nearest.cells, strict=True) if pair]
    labels, events, totals = zip(*chosen, strict=True)
    way, _ = stated(one, "sine")
    data = {"xi": np.array(events, dtype=np.float64), "ni": np.array(totals, dtype=np.float64)}
    method = "DL" if way.model == "DL" else "CE"
    result = meta("PFT", data, labels=labels, method=method, back="sine", title=one.row.label)
    shown = {"Events": tuple(map(str, events)), "Total": tuple(map(str, totals))}
    result = replace(result, studies=replace(result.studies, shown=shown))
    names = []
    for kind, figure in (("forest", forest(result)), ("funnel", funnel(result))):
        paths = [folder / f"{one.row.outcome}-{kind}{suffix}" for suffix in (".svg", ".png")]
        for path in paths:
            save(figure, path)
        plt.close(figure)
        names.append(paths[0].name)
    return names
