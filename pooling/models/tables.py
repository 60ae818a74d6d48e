"""A pooled result as a table: a data frame, and HTML for notebooks."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pooling.words.phrases import interval, model
from pooling.words.printing import capital
from pooling.words.reading import Reading, reading
from pooling.words.sentences import summary

if TYPE_CHECKING:
    from pooling.models.results import Result


def frame(result: Result) -> pd.DataFrame:
    """One row per study in the order given, then the pooled effect.

    ``estimate``, ``lower``, ``upper`` are as people read them; ``y``, ``v``, ``y_lower``, ``y_upper`` on the scale of
    analysis. ``role`` says study, left out (with ``why``) or pooled; only the pooled row has a prediction interval.
    """
    own, read, pooled = result.studies, result.study_natural, result.natural
    why = {each.label: each.why for each in result.left_out}
    out = [weight == 0 and label in why for label, weight in zip(own.labels, own.weight, strict=True)]
    return pd.DataFrame(
        {
            "study": [*own.labels, f"Pooled: {model(result)}"],
            "role": [*("left out" if each else "study" for each in out), "pooled"],
            "estimate": [*read.estimate, pooled.estimate],
            "lower": [*read.lower, pooled.lower],
            "upper": [*read.upper, pooled.upper],
            "weight": [*own.weight, own.weight.sum()],
            "participants": [
                *np.where(own.size > 0, own.size, np.nan),
                own.size[~np.array(out, dtype=bool)].sum() or np.nan,
            ],
            "y": [*own.y, result.estimate],
            "v": [*own.v, result.se**2],
            "y_lower": [*own.lower, result.lower],
            "y_upper": [*own.upper, result.upper],
            "pi_lower": [*(np.nan for _ in out), pooled.pi_lower],
            "pi_upper": [*(np.nan for _ in out), pooled.pi_upper],
            "why": [*(why[label] if each else "" for label, each in zip(own.labels, out, strict=True)), ""],
        }
    )


def html(result: Result) -> str:
    """A table with a caption and row headings, and the summary below; everything escaped."""
    read, rows = reading(result), frame(result)
    heads = ("Study", read.heading, interval(result.level), "Weight")
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    body = [_row(each, read) for each in rows.to_dict("records")]
    title = escape(result.title or capital(read.name))
    return (
        f"<table><caption>{title}: {escape(model(result))}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(body[:-1])}</tbody><tfoot>{body[-1]}</tfoot></table><p>{escape(summary(result))}</p>"
    )


def _row(row: Mapping[Hashable, object], read: Reading) -> str:
    estimate, lower, upper, weight = (float(str(row[each])) for each in ("estimate", "lower", "upper", "weight"))
    if row["role"] == "left out":
        cells = ["left out", str(row["why"]), ""]
    else:
        limits = f"{read.said(lower)} to {read.said(upper)}" if np.isfinite(lower) else ""
        cells = [read.said(estimate), limits, f"{weight:.1f}%"]
    said = "".join(f"<td>{escape(each)}</td>" for each in cells)
    return f'<tr><th scope="row">{escape(str(row["study"]))}</th>{said}</tr>'
