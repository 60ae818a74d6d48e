"""Word and Excel files are zip archives: told apart by their parts, opened only when unpacking them is safe."""

from __future__ import annotations

import zipfile
from pathlib import Path

from curation.intake.archive import BROKEN, LARGEST_UNPACKED, MOST_PARTS, STEEPEST
from curation.readers.reader import refused

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_SMALL = 8 << 20
LARGEST_DOCUMENT = 300 << 20
"""Bytes that all parts of a document may have unpacked; its XML is held in memory."""


def holds(path: Path, head: bytes, part: str) -> bool:
    """Whether a file is an archive that has a part of this name, or calls itself one and is damaged."""
    if not head.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return part in archive.namelist()
    except BROKEN:
        return False


def is_ole(head: bytes) -> bool:
    """Whether a file is of the older binary kind, which locked files are, too."""
    return head.startswith(_OLE)


def check_package(path: Path, what: str) -> None:
    """Refuse an archive that is damaged, locked, or would unpack to more than any document has."""
    whole = f"a whole {what}; save it again"
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except BROKEN:
        raise refused(path, f"a damaged {what}", whole) from None
    if any(part.flag_bits & 1 for part in parts):
        raise refused(path, f"a {what} locked with a password", "one without; take the password off and save it")
    unpacked = sum(part.file_size for part in parts)
    steep = any(part.file_size > max(_SMALL, STEEPEST * part.compress_size) for part in parts)
    if len(parts) > MOST_PARTS or unpacked > min(LARGEST_DOCUMENT, LARGEST_UNPACKED) or steep:
        found = f"a {what} that unpacks to {unpacked:,} bytes in {len(parts):,} parts"
        most = f"at most {LARGEST_DOCUMENT:,} bytes in {MOST_PARTS:,} parts, none packed more than {STEEPEST} times"
        raise refused(path, found, most)


def refuse_ole(path: Path, data: bytes) -> None:
    """Say what an older binary file is and what to do with it."""
    if _LOCKED in data[: 4 << 20]:
        raise refused(path, "a file locked with a password", "one without; take the password off and save it")
    raise refused(path, "a file of an older kind (.doc, .xls)", "a newer one; save it again as .docx or .xlsx")
