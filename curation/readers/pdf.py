"""PDF files: words put together to lines and paragraphs in reading order, tables by their rules or their alignment."""

from __future__ import annotations

import io
import logging
import re
import time
from pathlib import Path
from typing import Any

from curation.readers.document import Document, Paragraph
from curation.readers.facts import Facts
from curation.readers.pdf_body import Body, laid_out_pages
from curation.readers.pdf_guard import LARGEST_PAGE, check_streams, weight
from curation.readers.pdf_page import ReadPage, read_page
from curation.readers.prose import Gathered
from curation.readers.reader import Reader, called, library, refused
from curation.readers.typography import settled

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]+[^\s\"<>.,;)\]]")
_YEAR = re.compile(r"(?:©|\(c\)|copyright|published|accepted)[^\n]{0,40}?\b((?:19|20)\d\d)\b", re.IGNORECASE)
MOST_PAGES = 400
LONGEST_READING = 240
"""Seconds after which no further page is read."""
_FEWEST_CHARS = 20
_TOP = 6000
_WHOLE = "a whole PDF; download it again, or print it to a new PDF"


def _recognises(path: Path, head: bytes) -> bool:
    return b"%PDF-" in head[:1024] and (head.lstrip()[:5] == b"%PDF-" or path.suffix.lower() in FORMAT.suffixes)


def _read(path: Path, data: bytes) -> Document:
    check_streams(path, data)
    gathered = Gathered(linked=False, notes_follow=True)
    pages, blank = _pages(path, data, gathered.remarks)
    if not any(page.pieces or page.tables for page in pages):
        found = "a PDF without text: its pages are pictures" if pages else "a PDF without pages that can be read"
        raise refused(
            path, found, "a PDF with text; run text recognition (OCR) over it first, for example with ocrmypdf"
        )
    gathered.remarks += [
        f"Page {number} is a picture and was not read; run text recognition (OCR) over it." for number in blank
    ]
    body = Body(gathered, laid_out_pages(pages))
    body.read()
    if not gathered.parts:
        raise refused(path, "a PDF without any running text", "an article with text")
    first = "\n".join(part.text for part in gathered.parts[:40] if isinstance(part, Paragraph))[:_TOP]
    doi, year = _DOI.search(first), _YEAR.search(first)
    return gathered.document(
        called(path), FORMAT.name, Facts(settled(body.title), doi.group() if doi else "", year.group(1) if year else "")
    )


def _pages(path: Path, data: bytes, remarks: list[str]) -> tuple[list[ReadPage], list[int]]:
    """The pages as far as they can be read, and the numbers of those without text among them."""
    plumber = library("pdfplumber", path)
    logging.getLogger("pdfminer").addHandler(logging.NullHandler())  # else it writes about broken fonts to the screen
    pages: list[ReadPage] = []
    blank: list[int] = []
    started = time.monotonic()
    try:
        with plumber.open(io.BytesIO(data)) as document:
            for number, page in enumerate(document.pages[:MOST_PAGES], 1):
                if time.monotonic() - started > LONGEST_READING:
                    remarks.append(
                        f"Only the first {number - 1} pages were read: they took longer than an article does."
                    )
                    break
                read = _one(page, number, remarks)
                pages.append(read)
                if read.chars < _FEWEST_CHARS and read.pictures:
                    blank.append(number)
            if len(document.pages) > MOST_PAGES:
                remarks.append(f"Only the first {MOST_PAGES} pages were read.")
    except Exception as error:  # broken files fail anywhere inside the library, in any way
        if _locked(error):
            raise refused(
                path, "a PDF locked with a password", "one without; open it with the password and print it to a new PDF"
            ) from None
        raise refused(path, "a damaged PDF", _WHOLE) from None
    return pages, blank


def _one(page: Any, number: int, remarks: list[str]) -> ReadPage:  # noqa: ANN401 - a page of pdfplumber
    """A page; one that cannot be read gives a remark and the others are read."""
    try:
        if weight(page.page_obj) > LARGEST_PAGE:
            remarks.append(f"Page {number} draws more than a page of text and was not read.")
            return ReadPage(number)
        return read_page(page, number)
    except Exception as error:  # broken pages fail anywhere inside the library, in any way
        if _locked(error):
            raise
        remarks.append(f"Page {number} is damaged and was not read.")
        return ReadPage(number)
    finally:
        page.close()


def _locked(error: BaseException) -> bool:
    """Whether an error of the library says that a password is needed."""
    told = [
        type(each).__name__ for each in (error, error.__cause__, error.__context__, *error.args) if each is not None
    ]
    return any("Password" in name or "Encryption" in name for name in told)


FORMAT = Reader("pdf", "PDF", (".pdf",), _recognises, _read, rank=0)
