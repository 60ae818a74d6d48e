"""The table of results: one row per analysis, every number with full precision, on both scales."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from pooling.models.results import STATUS
from pooling.run import NotPooled, Pooled

NATURAL = ("estimate", "lower", "upper", "pi_lower", "pi_upper")
"""Numbers given as people read them; on the scale of analysis they are called yi_ and so on."""
SCALED = ("estimate", "se", "lower", "upper", "pi_lower", "pi_upper")
OTHERS = (
    "z",
    "p",
    "tau2",
    "tau2_lower",
    "tau2_upper",
    "i2",
    "i2_lower",
    "i2_upper",
    "h2",
    "q",
    "df",
    "p_heterogeneity",
)
IDENTITY = ("analysis", "title", "measure", "effect", "scale", "method", "test", "level")


def results_table(outcomes: Iterable[Pooled | NotPooled]) -> pd.DataFrame:
    """One row per analysis, in their order; what cannot be pooled has its reason under status.

    ``estimate`` to ``pi_upper`` are on the natural scale (0.39 for 39%), ``yi_estimate`` to ``yi_pi_upper`` on the
    scale of analysis. A number that is not defined is blank; the status says why.
    """
    return pd.DataFrame([_row(each) for each in outcomes], columns=list(_columns()))


def _columns() -> Iterable[str]:
    return (*IDENTITY, "status", "k", *NATURAL, *(f"yi_{name}" for name in SCALED), *OTHERS, "left_out", "notes")


def _row(outcome: Pooled | NotPooled) -> dict[str, Any]:
    facts = outcome.analysis.facts
    if isinstance(outcome, NotPooled):
        return {name: facts[name] for name in IDENTITY} | {"status": outcome.why, "k": len(outcome.analysis.rows)}
    result = outcome.result
    row = {name: getattr(result, name, None) for name in IDENTITY} | {
        "analysis": outcome.analysis.id,
        "status": STATUS[result.status],
        "k": result.k,
    }
    row |= {name: getattr(result.natural, name) for name in NATURAL}
    row |= {f"yi_{name}": result.numbers[name] for name in SCALED} | {name: result.numbers[name] for name in OTHERS}
    row["left_out"] = "; ".join(f"{each.label}: {each.why}" for each in result.left_out)
    row["notes"] = " ".join(result.notes)
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - a number or a text
    return None if isinstance(value, float) and not np.isfinite(value) else value
