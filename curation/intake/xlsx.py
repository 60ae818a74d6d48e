"""Excel workbooks (.xlsx), read part by part: the texts as shown, and what else is known of their cells."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from posixpath import join, normpath

from curation.intake.archive import BROKEN, DAMAGED, MOST_CELLS, Attributes, NotRead, attribute, parse
from curation.intake.grid import Grid
from curation.intake.number_formats import BUILT_IN
from curation.intake.xlsx_cells import SheetReader, Text


def xlsx_grids(archive: zipfile.ZipFile, wanted: Callable[[str], bool]) -> Iterator[Grid]:
    """The sheets of an .xlsx file; those whose name is not wanted come without their cells. Raises NotRead."""
    try:
        listed = _listed(archive)
        formats, texts = _formats(archive), _shared_texts(archive)
        left = MOST_CELLS
        for name, hidden, part in listed:
            grid = Grid(name, hidden)
            if wanted(name):
                reader = SheetReader(grid, formats, texts, left)
                with archive.open(part) as stream:
                    parse(stream, reader.start, reader.end, reader.text)
                left -= sum(len(cells) for _, cells in grid.rows)
            yield grid
    except (KeyError, *BROKEN) as error:
        raise NotRead(DAMAGED.found, DAMAGED.expected) from error


def _read(archive: zipfile.ZipFile, part: str, start: Callable[[str, Attributes], None]) -> None:
    """Read a part of which only the elements' beginnings matter."""
    with archive.open(part) as stream:
        parse(stream, start, lambda _: None, lambda _: None)


def _listed(archive: zipfile.ZipFile) -> list[tuple[str, bool, str]]:
    """Name, whether hidden, and part of every worksheet."""
    top: list[str] = []
    links: dict[str, str] = {}
    found: list[tuple[str, bool, str]] = []

    def root(name: str, given: Attributes) -> None:
        if name == "Relationship" and given.get("Type", "").endswith("/officeDocument"):
            top.append(given["Target"].lstrip("/"))

    def link(name: str, given: Attributes) -> None:
        if name == "Relationship" and given.get("Type", "").endswith("/worksheet"):
            target = given["Target"]
            links[given["Id"]] = target[1:] if target.startswith("/") else normpath(join(folder, target))

    def sheet(name: str, given: Attributes) -> None:
        linked = attribute(given, "id") if name == "sheet" else None
        if linked in links:
            found.append((given["name"], given.get("state", "visible") != "visible", links[linked or ""]))

    _read(archive, "_rels/.rels", root)
    if not top:
        raise NotRead("a file that is no workbook", "an .xlsx or .ods file")
    folder, _, file = top[0].rpartition("/")
    _read(archive, join(folder, "_rels", f"{file}.rels"), link)
    _read(archive, top[0], sheet)
    return found


def _named_like(archive: zipfile.ZipFile, ending: str) -> str | None:
    return next((name for name in archive.namelist() if name.lower().endswith(ending)), None)


def _formats(archive: zipfile.ZipFile) -> list[str]:
    """The number format of every cell style."""
    own: dict[int, str] = {}
    styles: list[int] = []
    inside: list[str] = []

    def start(name: str, given: Attributes) -> None:
        if name == "numFmt":
            own[int(given["numFmtId"])] = given["formatCode"]
        elif name in {"cellXfs", "cellStyleXfs", "dxfs"}:
            inside[:] = [name]
        elif name == "xf" and inside == ["cellXfs"]:
            styles.append(int(given.get("numFmtId", 0)))

    part = _named_like(archive, "/styles.xml")
    if part:
        _read(archive, part, start)
    return [own.get(each, BUILT_IN.get(each, "General")) for each in styles]


def _shared_texts(archive: zipfile.ZipFile) -> list[tuple[str, bool]]:
    """The texts that cells share, and whether digits of them stand in superscript or subscript."""
    part = _named_like(archive, "/sharedstrings.xml")
    collected = Text()
    texts: list[tuple[str, bool]] = []

    def start(name: str, given: Attributes) -> None:
        if name == "si":
            collected.clear()
        collected.start(name, given)

    def end(name: str) -> None:
        collected.end(name)
        if name == "si":
            texts.append(collected.taken())

    if part:
        with archive.open(part) as stream:
            parse(stream, start, end, collected.text)
    return texts
