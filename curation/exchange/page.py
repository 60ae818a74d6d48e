"""The page of the formats that can be read, from their declarations and the words of their modules."""

from __future__ import annotations

from curation.exchange.formats import described
from curation.exchange.imported import Format

_ABOUT = """\
# Files of other programs

`curation intake REVIEW FILE...` and `curation check FILE` read these files beside our own, also several in one call.
A file is recognised by its content; where it may be of several formats, a sentence names them, and `--as FORMAT` says
which it is. Our own files (JSON of a review, CSV named by a kind, workbooks with sheets named by kinds) are never taken
for another program's.

The rows go the way of everything that people type. A row that is malformed, or that has no place among our kinds, is
left over with the reason and takes nothing else with it. The terminal shows for each file how many rows came in, were
taken in, and are left over, with counts by reason; `FILE.leftovers.csv` beside the file, or the file that
`--leftovers` names, lists all of them with file, place, what was found, and why.
"""


def imports_page() -> str:
    """Every format with what its module says of it."""
    lines = [_ABOUT, "| format | what | endings |", "|---|---|---|"]
    lines += [f"| [{one.name}](#{one.name}) | {one.title} | {_endings(one)} |" for one in described()]
    for one, about in described().items():
        lines += ["", f"## {one.name}", "", f"{one.title} ({_endings(one)}).", "", about]
    return "\n".join(lines) + "\n"


def _endings(one: Format) -> str:
    return ", ".join(f"`{each}`" if each else "a folder" for each in one.suffixes)
