"""Files of the older binary kind (.doc, .xls): recognised so that the answer says what to do with them."""

from __future__ import annotations

from pathlib import Path

from curation.readers.document import Document
from curation.readers.package import is_ole, refuse_ole
from curation.readers.reader import Reader, refused


def _read(path: Path, data: bytes) -> Document:
    refuse_ole(path, data)
    raise refused(path, "a file of an older kind", "a newer one")


FORMAT = Reader("older", "older Office files", (), lambda _, head: is_ole(head), _read, rank=0)
