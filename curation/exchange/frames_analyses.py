"""What our own export says of the analyses whose studies a table lists: outcome, timepoint, measure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from curation.exchange.frames_csv import read_frame

_NAME = "analyses.csv"
_TOLD = ("outcome", "timepoint", "analysis_set", "measure", "part")


def analyses_beside(path: Path, header: Collection[str]) -> Mapping[str, Mapping[str, str]]:
    """Analysis -> what the table of analyses beside the file says of it; empty where there is none."""
    beside = path.with_name(_NAME)
    if "analysis" not in header or path.name == _NAME or not beside.is_file():
        return {}
    frame = read_frame(beside)
    columns = {name: at for name in ("analysis", *_TOLD) if (at := frame.column(name)) is not None}
    if "analysis" not in columns:
        return {}
    rows = [{name: cells[at].strip() for name, at in columns.items()} for _, cells in frame.rows]
    return {row.pop("analysis"): row for row in rows}
