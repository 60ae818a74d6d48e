"""Any CSV table with a row per study, read by a mapping that stands beside it (`data.mapping.csv` beside `data.csv`).

`--as mapped` writes the mapping for a table that has none: a row per column, with an example of what it holds. Fill in
`kind` and `field` (`study` and `label` for the name of the study; `count` and `events`; `extractor` for who typed the
row), and where it applies `arm`, `comparator`, `outcome`, `timepoint`, `analysis_set`, and in `also` what every record
of the column says besides ("measure=OR"). Columns that are about the same make one record. Headers may repeat: the
position tells the columns apart. What is not filled in is left over.
"""

from __future__ import annotations

from pathlib import Path

from curation.exchange import covidence
from curation.exchange.frames_csv import read_frame
from curation.exchange.frames_mapping import beside
from curation.exchange.frames_wide import read_wide
from curation.exchange.imported import Format, Imported

SUFFIXES = (".csv", ".tsv", ".txt")


def read(path: Path) -> Imported:
    """The records of a table by its mapping. Raises Refused where no column of it names the study."""
    return read_wide(read_frame(path), path, FORMAT.title, {})


def recognises(path: Path, start: bytes) -> bool:
    """Whether a mapping stands beside the table."""
    mapped = path.suffix.lower() in SUFFIXES and beside(path).is_file()
    return mapped and not covidence.recognises(path, start)


FORMAT = Format("mapped", "table with a mapping beside it", SUFFIXES, recognises, read)
