"""Extractions of Covidence as a wide CSV file: a row per study and reviewer, a column per field of the review's own form.

`Study ID`, `Title` and `Reviewer Name` are read by name; `Covidence #` tells studies apart. Each reviewer's row is the
extraction of its own person, "Consensus" among them. All other columns are the review's own and are told by a mapping
(`export.mapping.csv` beside `export.csv`): where there is none, one is written that lists the columns with an example
each, to be filled in; it is read from then on. Headers that repeat, or that differ only by spaces, are kept apart by
position.
"""

from __future__ import annotations

from pathlib import Path

from curation.exchange.frames_csv import Frame, header_of, read_frame
from curation.exchange.frames_mapping import EXTRACTOR, Target, Targets
from curation.exchange.frames_wide import read_wide
from curation.exchange.imported import Format, Imported

_NUMBER, _STUDY, _REVIEWER = "Covidence #", "Study ID", "Reviewer Name"
_LEAD = {
    _NUMBER: Target("study", "study"),
    _STUDY: Target("study", "label"),
    "Title": Target("source", "title"),
    _REVIEWER: Target(EXTRACTOR),
}
_COUNTRY = "Country in which the study conducted"
"""A field of the form that Covidence proposes."""


def read(path: Path) -> Imported:
    """The rows of an export. Raises Refused where it names no study."""
    frame = read_frame(path)
    return read_wide(frame, path, FORMAT.title, _known(frame))


def _known(frame: Frame) -> Targets:
    """The columns whose meaning is Covidence's own."""
    names = [name.strip() for name in frame.header]
    known = {names.index(name): target for name, target in _LEAD.items() if name in names}
    if names.count(_COUNTRY) == 1:
        also = (("characteristic", "country"),)
        known[names.index(_COUNTRY)] = Target("characteristic", "text", also=also)
    return known


def recognises(path: Path, start: bytes) -> bool:
    """Whether the header has a study beside Covidence's number or a reviewer."""
    names = header_of(start)
    return path.suffix.lower() == ".csv" and _STUDY in names and (_NUMBER in names or _REVIEWER in names)


FORMAT = Format("covidence", "extraction of Covidence", (".csv",), recognises, read)
