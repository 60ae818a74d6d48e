"""The boxes of a PRISMA flow diagram, as the templates of two R packages hold them.

PRISMA2020: a CSV file with the columns ``data`` and ``n``, a row per box. Reasons such as "Wrong population, 12; No
control, 3" become a box per reason. Where other methods (websites, citations) found anything, the two streams of the
diagram are told apart by ``group``; else the boxes of databases and registers stand for the whole.

The template has 0 where nothing was filled in. A zero is left over where it can be nothing else: a part of the diagram
that holds only zeros, a step with none of which a later step has some, reports of included studies without any.

PRISMAstatement (2009): a CSV file with its argument names (``found``, ``no_dupes``, ``screened``, ...) as columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from curation.exchange.csv_text import header_of, read_csv
from curation.exchange.imported import Format, Imported
from curation.exchange.naming import source_of
from curation.intake.problems import shown

_REASON = re.compile(r"(?P<name>.+?),\s*(?P<n>\d{1,3}(?:,\d{3})+|\d+)")
MAIN, OTHER = "databases and registers", "other methods"
"""The two streams of the diagram."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its node, the stream it belongs to (blank: both), and which part of the node it is."""

    node: str
    stream: str = ""
    part: str = ""

    def group(self, *, streams: bool) -> str:
        """What stands under ``group``; ``streams`` says whether both streams hold something."""
        return self.part or (self.stream if streams else "")


BOXES_2020 = {
    "previous_studies": Box("previous_studies"),
    "previous_reports": Box("previous_reports"),
    "database_results": Box("identified", MAIN, "databases"),
    "register_results": Box("identified", MAIN, "registers"),
    "website_results": Box("identified", OTHER, "websites"),
    "organisation_results": Box("identified", OTHER, "organisations"),
    "citations_results": Box("identified", OTHER, "citation searching"),
    "duplicates": Box("removed_before_screening", MAIN, "duplicates"),
    "excluded_automatic": Box("removed_before_screening", MAIN, "automation tools"),
    "excluded_other": Box("removed_before_screening", MAIN, "other reasons"),
    "records_screened": Box("screened", MAIN),
    "records_excluded": Box("excluded_screening", MAIN),
    "dbr_sought_reports": Box("sought", MAIN),
    "dbr_notretrieved_reports": Box("not_retrieved", MAIN),
    "dbr_assessed": Box("assessed", MAIN),
    "dbr_excluded": Box("excluded_fulltext", MAIN),
    "other_sought_reports": Box("sought", OTHER),
    "other_notretrieved_reports": Box("not_retrieved", OTHER),
    "other_assessed": Box("assessed", OTHER),
    "other_excluded": Box("excluded_fulltext", OTHER),
    "new_studies": Box("included"),
    "new_reports": Box("included_reports"),
    "total_studies": Box("total_studies"),
    "total_reports": Box("total_reports"),
}
"""Rows of PRISMA2020."""
BOXES_2009 = {
    "found": Box("identified", part="databases"),
    "found_other": Box("identified", part="other sources"),
    "screened": Box("screened"),
    "screen_exclusions": Box("excluded_screening"),
    "full_text": Box("assessed"),
    "full_text_exclusions": Box("excluded_fulltext"),
    "qualitative": Box("included"),
}
"""Columns of PRISMAstatement."""
_NO_BOX = {
    "no_dupes": "what is left without duplicates has no box here; 'screened' is the next",
    "quantitative": "studies of the meta-analysis have no box here",
    "total_studies_ma": "studies of the meta-analysis have no box here",
    "total_reports_ma": "reports of the meta-analysis have no box here",
    "database_specific_results": "what single databases found is part of 'databases' already",
    "register_specific_results": "what single registers found is part of 'registers' already",
}
_TOGETHER = (
    ("previous_studies", "previous_reports"),
    tuple(name for name, box in BOXES_2020.items() if box.stream == OTHER),
    ("total_studies", "total_reports"),
)
"""Parts of the diagram that a review may not have."""
_STEPS = (
    ("records_screened", "dbr_sought_reports", "dbr_assessed", "new_studies"),
    ("other_sought_reports", "other_assessed"),
    *(tuple(f"{which}_{what}" for what in ("reports", "studies")) for which in ("previous", "new", "total")),
)
"""Boxes of which none can be empty when a later one is not."""
_EMPTY = "0 stands in the template where nothing was filled in, and here it can mean nothing else"


def _recognises(path: Path, start: bytes) -> bool:  # noqa: ARG001 - the content tells it
    names = set(header_of(start))
    return {"data", "box", "n"} <= names or {"found", "no_dupes", "screened"} <= names


def read(path: Path) -> Imported:
    """Read the boxes of a flow diagram."""
    table, made = read_csv(path), Imported(path.name, FORMAT.title)
    made.add("source", 1, source_of(path, path.stem, "flow diagram"))
    if "data" in table.header:
        _read_2020(path, made)
    else:
        for number, row in table.rows:
            for name, text in row.items():
                if name in BOXES_2009:
                    _add(made, number, name, BOXES_2009[name], text, streams=False)
                else:
                    made.left(
                        f"row {number}, column {name}", shown(text), _NO_BOX.get(name, "no box of that name is known")
                    )
    return made


def _read_2020(path: Path, made: Imported) -> None:
    rows = [(number, row.get("data", ""), row) for number, row in read_csv(path).rows]
    filled = {name: row.get("n", "") for _, name, row in rows if name in BOXES_2020}
    empty = set(_not_filled_in(filled))
    streams = any(BOXES_2020[name].stream == OTHER and _some(text) for name, text in filled.items())
    for number, name, row in rows:
        text = row.get("n", "")
        place, what = f"row {number}", f"{name or row.get('box', 'a row')} {shown(text)}"
        if name in {"", "NA"}:
            made.left(place, shown(row.get("box", "")), "a heading of the diagram, without a number")
        elif name not in BOXES_2020:
            made.left(place, what, _NO_BOX.get(name, "no box of that name is known"))
        elif name in empty:
            made.left(place, what, _EMPTY)
        else:
            _add(made, number, name, BOXES_2020[name], text, streams=streams)


def _not_filled_in(filled: Mapping[str, str]) -> Iterator[str]:
    for part in _TOGETHER:
        if not any(_some(filled.get(name, "")) for name in part):
            yield from (name for name in part if filled.get(name) == "0")
    for steps in _STEPS:
        for at, name in enumerate(steps):
            if filled.get(name) == "0" and any(_some(filled.get(later, "")) for later in steps[at + 1 :]):
                yield name


def _some(text: str) -> bool:
    return any(sign in "123456789" for sign in text) and not text.startswith("Reason1, xxx")


def _add(made: Imported, number: int, name: str, box: Box, text: str, *, streams: bool) -> None:
    """A box, or a box per reason; what is no number is left over."""
    common = {"source": made.rows["source"][0][1]["source"], "diagram": "prisma", "section": "flow diagram"}
    if re.fullmatch(r"[\d,]+", text):
        made.add(
            "flow", number, common | {"node": box.node, "group": box.group(streams=streams), "n": text, "row": name}
        )
        return
    for piece in filter(str.strip, text.split(";") if box.node == "excluded_fulltext" else [text]):
        found = _REASON.fullmatch(piece.strip())
        if found:
            stream = f"{box.stream}: " if streams else ""
            cells = {"node": box.node, "group": f"{stream}{found['name'].strip()}", "n": found["n"], "row": name}
            made.add("flow", number, common | cells)
        else:
            made.left(f"row {number}", f"{name} {shown(piece.strip())}", "no number is filled in")


FORMAT = Format("prisma", "PRISMA flow diagram", (".csv",), _recognises, read)
