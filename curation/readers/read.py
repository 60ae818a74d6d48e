"""Read a published document, whatever its format: recognised by what the file holds first, then by its ending."""

from __future__ import annotations

from pathlib import Path

from curation.readers.document import Document
from curation.readers.formats import readable, readers
from curation.readers.reader import HEAD, content, refused


def read_document(path: Path) -> Document:
    """The paragraphs and tables of a document, each with its place.

    Raises Refused, with one sentence, for a file that cannot be read or is of no known format.
    """
    path = Path(path)
    data = content(path)
    head = data[:HEAD]
    for each in readers():
        if each.recognises(path, head):
            try:
                return each.read(path, data)
            except (RecursionError, MemoryError):
                raise refused(
                    path, f"{each.title} nested too deep to be read", "a document as it is published"
                ) from None
    ending = f"a file that ends in {path.suffix!r}" if path.suffix else "a file without an ending"
    raise refused(path, f"{ending} and holds nothing that is known", readable())
