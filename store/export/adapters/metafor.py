"""R metafor: a script that reads the dataset's own tables and pools every analysis.

The tables already carry metafor's column names, so no further data file is needed.
"""

from __future__ import annotations

from schemas.dataset import ANALYSIS_TABLES, AnalysisTable, resource
from schemas.measures import MEASURES
from store.export.adapters.common import Tables, script

_TABLES, _SCALES = "# <tables>", "# <scales>"


def make(tables: Tables) -> dict[str, bytes]:  # noqa: ARG001 - it reads whatever tables lie beside it
    """metafor.R; the analyses it cannot pool are named by the script itself, with metafor's reason."""
    text = script("metafor.R").replace(_TABLES, tables_in_r()).replace(_SCALES, scales_in_r())
    return {"metafor.R": text.encode()}


def tables_in_r() -> str:
    """The analysis tables as an R list: file and numeric columns, with what each column means as comments."""
    return "tables <- list(\n" + ",\n".join(_table(each) for each in ANALYSIS_TABLES.values()) + "\n)"


def scales_in_r() -> str:
    """The scale of analysis of every measure, as a named R vector."""
    wide = max(len(name) for name in MEASURES)
    lines = [f'  {name:{wide}} = "{each.scale}"' for name, each in MEASURES.items()]
    said = [f"  # {each.label}" for each in MEASURES.values()]
    last = len(lines) - 1
    rows = [f"{line}{',' if n < last else ''}{about}" for n, (line, about) in enumerate(zip(lines, said, strict=True))]
    return "scales <- c(\n" + "\n".join(rows) + "\n)"


def _table(one: AnalysisTable) -> str:
    lines = [f"  # {one.meaning} Measures: {', '.join(one.measures)}."]
    lines += [f"  #   {each.name}: {each.meaning}{f' ({each.unit})' if each.unit else ''}" for each in one.numbers]
    numbers = ", ".join(f'"{each.name}"' for each in one.numbers)
    return "\n".join([*lines, f'  {one.name} = list(file = "{resource(one.name)}.csv", numbers = c({numbers}))'])
