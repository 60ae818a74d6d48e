"""The folder of pooled results: table, page, plots, and what a program reads of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa

from curation.report.html.pooled import Figure, anchors, pooled_page
from pooling.dataset import Dataset
from pooling.run import NotPooled, Pooled
from pooling.table import results_table
from store.export import cells
from store.export.package import MADE_BY

DESCRIPTOR = "pooled.json"
PAGE = "pooled.html"
TABLE = "results.csv"
PLOTS = {"forest plot": 2, "funnel plot": 3, "leave-one-out plot": 3, "Baujat plot": 3}
"""Plot -> the fewest studies it is drawn for."""
GROUPS = ("Experimental", "Control")
"""The groups of a comparison; the clean dataset has the experimental arms first."""
ALONE = 40
"""No more analyses than this are drawn in this process; starting others takes longer."""
Drawn = dict[str, dict[str, bytes | str]]
Say = Callable[[str, int, int], None]


def pooled_files(
    dataset: Dataset,
    outcomes: Sequence[Pooled | NotPooled],
    formats: str = "svg",
    progress: Say | None = None,
    *,
    processes: int = 1,
) -> dict[str, bytes]:
    """All files of the folder by name. The same dataset and choices give the same bytes.

    Args:
        dataset: the dataset that was pooled.
        outcomes: what became of each of its analyses.
        formats: which plots are written: svg, png, both, none. The page has its own as SVG unless none.
        progress: told which analysis is drawn, how many are done, and how many there are.
        processes: how many processes draw. More than one needs a main script that others can import
            (``if __name__ == "__main__":``); many analyses are then drawn sooner, few are not.
    """
    files: dict[str, bytes] = {}
    figures: dict[str, dict[str, Figure]] = {}
    names = anchors([each.analysis.id for each in outcomes])
    for pooled, drawn in _drawn([each for each in outcomes if isinstance(each, Pooled)], formats, progress, processes):
        name = names[pooled.analysis.id]
        for plot, each in drawn.items():
            file = f"plots/{name}-{plot.removesuffix(' plot').lower()}"
            files |= {f"{file}.{kind}": each[kind] for kind in ("svg", "png") if formats in {kind, "both"}}  # type: ignore[misc]  # bytes under these names
            figures.setdefault(pooled.analysis.id, {})[plot] = Figure(each["svg"], each["alt"])  # type: ignore[arg-type]  # the same
    table = results_table(outcomes)
    results = table.astype(object).where(table.notna(), None).to_dict("records")
    files[TABLE] = cells.csv_bytes(cells.guarded(pa.Table.from_pylist(results)))
    files[PAGE] = pooled_page(dataset, outcomes, figures).encode()
    described: dict[str, Any] = {
        "madeBy": MADE_BY,
        "title": dataset.title,
        "changed": list(dataset.changed),
        "files": sorted([*files, DESCRIPTOR]),
        "results": results,
    }
    return files | {DESCRIPTOR: (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()}


def known_files(folder: Path) -> set[str] | None:
    """The files of an earlier folder of ours, or None if it holds none."""
    try:
        found = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
        return {str(each) for each in found["files"]} if found["madeBy"] == MADE_BY else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _drawn(
    all_pooled: Sequence[Pooled], formats: str, progress: Say | None, processes: int
) -> Iterator[tuple[Pooled, Drawn]]:
    """Each analysis with its plots; several at a time where that is asked for and quicker."""
    chosen = [each for each in all_pooled if each.result.status == 0] if formats != "none" else []
    with_png = formats in {"png", "both"}
    done = 0
    if processes > 1 and len(chosen) > ALONE:
        with suppress(BrokenProcessPool):  # the rest is drawn here
            for each, plots in _by_others(chosen, with_png, processes):
                _say(progress, each, done, len(chosen))
                yield each, plots
                done += 1
    for at, each in enumerate(chosen[done:], done):
        _say(progress, each, at, len(chosen))
        yield each, draw(each, with_png)


def _by_others(chosen: Sequence[Pooled], with_png: bool, processes: int) -> Iterator[tuple[Pooled, Drawn]]:  # noqa: FBT001 - as ``draw``
    with ProcessPoolExecutor(min(processes, len(chosen)), mp_context=get_context("spawn")) as workers:
        yield from zip(chosen, workers.map(draw, chosen, repeat(with_png)), strict=True)


def draw(pooled: Pooled, with_png: bool) -> Drawn:  # noqa: FBT001 - mapped over processes, by position
    """The plots of an analysis: SVG, PNG if wanted, and what they show in words."""
    from pooling import plots  # noqa: PLC0415 - loads matplotlib
    from pooling.plots.save import png  # noqa: PLC0415 - as above

    result, omission = pooled.result, pooled.omission
    makers = {
        "forest plot": lambda: plots.forest(result, groups=GROUPS),
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
