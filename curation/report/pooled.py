"""The folder of pooled results: table, page, plots, and what a program reads of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from typing import Any

from curation.report.html.pooled import Figure, anchor, pooled_page
from pooling.dataset import Dataset
from pooling.run import NotPooled, Pooled
from pooling.table import results_table
from store.export.package import MADE_BY

DESCRIPTOR = "pooled.json"
PAGE = "pooled.html"
TABLE = "results.csv"
PLOTS = {"forest plot": 2, "funnel plot": 3, "leave-one-out plot": 3, "Baujat plot": 3}
"""Plot -> the fewest studies it is drawn for."""
ALONE = 8
"""Fewer analyses are drawn in this process; starting others takes longer."""
Drawn = dict[str, dict[str, bytes | str]]
Say = Callable[[str, int, int], None]


def pooled_files(
    dataset: Dataset, outcomes: Sequence[Pooled | NotPooled], formats: str = "svg", progress: Say | None = None
) -> dict[str, bytes]:
    """All files of the folder by name.

    Args:
        dataset: the dataset that was pooled.
        outcomes: what became of each of its analyses.
        formats: which plots are written: svg, png, both, none. The page has its own as SVG unless none.
        progress: told which analysis is drawn, how many are done, and how many there are.
    """
    files: dict[str, bytes] = {}
    figures: dict[str, dict[str, Figure]] = {}
    for pooled, drawn in _drawn([each for each in outcomes if isinstance(each, Pooled)], formats, progress):
        name = anchor(pooled.analysis.id)
        for plot, each in drawn.items():
            file = f"plots/{name}-{plot.removesuffix(' plot').lower()}"
            files |= {f"{file}.{kind}": each[kind] for kind in ("svg", "png") if formats in {kind, "both"}}  # type: ignore[misc]  # bytes under these names
            figures.setdefault(pooled.analysis.id, {})[plot] = Figure(each["svg"], each["alt"])  # type: ignore[arg-type]  # the same
    table = results_table(outcomes)
    files[TABLE] = table.to_csv(index=False, lineterminator="\n").encode()
    files[PAGE] = pooled_page(dataset, outcomes, figures).encode()
    described: dict[str, Any] = {
        "madeBy": MADE_BY,
        "title": dataset.title,
        "changed": list(dataset.changed),
        "files": sorted([*files, DESCRIPTOR]),
        "results": json.loads(table.to_json(orient="records", double_precision=15)),
    }
    return files | {DESCRIPTOR: (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()}


def known_files(folder: Path) -> set[str] | None:
    """The files of an earlier folder of ours, or None if it holds none."""
    try:
        found = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
        return {str(each) for each in found["files"]} if found["madeBy"] == MADE_BY else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _drawn(all_pooled: Sequence[Pooled], formats: str, progress: Say | None) -> Iterator[tuple[Pooled, Drawn]]:
    """Each analysis with its plots; several at a time where that is quicker."""
    chosen = [each for each in all_pooled if each.result.status == 0] if formats != "none" else []
    with_png = formats in {"png", "both"}
    if len(chosen) < ALONE or (cpu_count() or 1) < 2:
        for done, each in enumerate(chosen):
            _say(progress, each, done, len(chosen))
            yield each, draw(each, with_png)
        return
    with ProcessPoolExecutor(min(cpu_count() or 1, len(chosen)), mp_context=get_context("spawn")) as workers:
        for done, (each, plots) in enumerate(zip(chosen, workers.map(draw, chosen, repeat(with_png)), strict=True)):
            _say(progress, each, done, len(chosen))
            yield each, plots


def draw(pooled: Pooled, with_png: bool) -> Drawn:  # noqa: FBT001 - mapped over processes, by position
    """The plots of an analysis: SVG, PNG if wanted, and what they show in words."""
    from pooling import plots  # noqa: PLC0415 - loads matplotlib
    from pooling.plots.save import png  # noqa: PLC0415 - as above

    result, omission = pooled.result, pooled.omission
    makers = {
        "forest plot": lambda: plots.forest(result),
        "funnel plot": lambda: plots.funnel(result),
        "leave-one-out plot": lambda: plots.leave_one_out(result, omission),
        "Baujat plot": lambda: plots.baujat(result, omission),
    }
    found: Drawn = {}
    for name, fewest in PLOTS.items():
        if result.k >= fewest:
            figure = makers[name]()
            found[name] = {"svg": plots.svg(figure).encode(), "alt": ". ".join(plots.described(figure))}
            if with_png:
                found[name]["png"] = png(figure)
    return found


def _say(progress: Say | None, pooled: Pooled, done: int, total: int) -> None:
    if progress:
        progress(pooled.analysis.id, done, total)
