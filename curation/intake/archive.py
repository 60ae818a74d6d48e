"""Opening a workbook file safely: what is no workbook, locked, damaged, unsafe or too large is refused by name."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO
from xml.parsers import expat

from curation.intake.problems import Problems

LARGEST_UNPACKED = 1 << 30
"""Bytes all parts of a workbook may have unpacked; 100,000 full rows have about a quarter of it."""
STEEPEST = 400
"""How many times smaller than its content a packed part may be; blank rows of a workbook reach about 100."""
_SMALL = 8 << 20
"""Bytes below which a part may be packed as steeply as it likes."""
MOST_PARTS = 10_000
MOST_CELLS = 10_000_000
"""Cells of one workbook that are read."""
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_AGAIN = "; save it again from the spreadsheet program, as .xlsx or .ods"

BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    EOFError, OSError, OverflowError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip
"""What reading a damaged zip archive can raise, in one place or another."""

Attributes = dict[str, str]
Said = tuple[str, str]


class NotRead(Exception):
    """A workbook, or a sheet of it, that cannot be read: what was found, what was expected."""

    def __init__(self, found: str, expected: str) -> None:
        self.found, self.expected = found, expected
        super().__init__(found)


DAMAGED = NotRead("a damaged workbook", "a whole file" + _AGAIN)


def opened(path: Path, label: str, problems: Problems) -> zipfile.ZipFile | None:
    """The workbook's parts, or None after a problem was noted."""
    try:
        said = _refused_as_a_whole(path)
        if said is None:
            archive = zipfile.ZipFile(path)
            if (said := _refused_parts(archive)) is None:
                return archive
            archive.close()
    except BROKEN as error:
        said = (DAMAGED.found, DAMAGED.expected)
        if isinstance(error, OSError) and error.strerror:
            said = (f"a file that cannot be read ({error.strerror})", "a readable file")
    problems.add(label, None, None, *said)
    return None


def _refused_as_a_whole(path: Path) -> Said | None:
    with path.open("rb") as file:
        start = file.read(8)
        if not start:
            return "an empty file", "a workbook with at least one sheet named as a kind of record"
        if start == _OLE:
            rest = file.read(4 << 20)
            if _LOCKED in rest:
                return "a workbook locked with a password", "a workbook without one; take the password off and save it"
            return "an old Excel workbook (.xls) under another name", "an .xlsx or .ods file" + _AGAIN
    if not start.startswith(b"PK"):
        return "something that is no workbook", "an .xlsx or .ods file" + _AGAIN
    return None


def _refused_parts(archive: zipfile.ZipFile) -> Said | None:
    """What speaks against unpacking the parts; sizes are those the parts declare, and reading stops there."""
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts) or _locked_sheet(archive):
        return "a workbook locked with a password", "a workbook without one; take the password off and save it"
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        return "a workbook with macros", "a workbook without macros; save it as .xlsx"
    unpacked = sum(part.file_size for part in parts)
    steep = any(part.file_size > max(_SMALL, STEEPEST * part.compress_size) for part in parts)
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED or steep:
        found = f"a file that unpacks to {unpacked:,} bytes in {len(parts):,} parts"
        most = f"at most {LARGEST_UNPACKED:,} bytes in {MOST_PARTS:,} parts, none packed more than {STEEPEST} times"
        return found, f"{most}; if this is your own extraction, delete its blank rows and save it again"
    return None


def _locked_sheet(archive: zipfile.ZipFile) -> bool:
    """Whether an OpenDocument file says that its parts are encrypted."""
    name = "META-INF/manifest.xml"
    return name in archive.namelist() and b"encryption-data" in archive.read(name)


_PIECE = 1 << 20
"""Bytes given to the XML parser at a time; a value that does not end in a piece is read again from its start."""


class _Local(dict[str, str]):
    """Names without their prefixes, each worked out once."""

    def __missing__(self, name: str) -> str:
        self[name] = name.rpartition(":")[2]
        return self[name]


def parse(
    stream: IO[bytes],
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Read XML as a stream, names without their prefixes. Raises NotRead for entities and for broken XML."""
    local = _Local()

    def no_entities(*_: object) -> None:
        raise NotRead("XML with a document type or entities", "a workbook as a spreadsheet program saves it")

    reader = expat.ParserCreate()
    reader.buffer_text = True

    def first(name: str, found: Attributes) -> None:
        """Only where the document's names have prefixes are they taken off: a call less for each of its cells."""
        prefixed = ":" in name
        reader.StartElementHandler = (lambda name, found: start(local[name], found)) if prefixed else start
        reader.EndElementHandler = (lambda name: end(local[name])) if prefixed else end
        start(local[name], found)

    reader.StartElementHandler = first
    reader.CharacterDataHandler = text
    reader.StartDoctypeDeclHandler = no_entities
    try:
        while piece := stream.read(_PIECE):
            reader.Parse(piece, False)
        reader.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # an encoding that nobody knows is a LookupError
        raise NotRead(DAMAGED.found, DAMAGED.expected) from error


def attribute(found: Attributes, name: str) -> str | None:
    """An attribute, whatever the prefix of its name."""
    return next((value for each, value in found.items() if each.rpartition(":")[2] == name), None)
