"""The facts by which an article is cited, and how they are put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_LICENCE = 300
"""Characters of a licence that are kept where it has no address."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Title, DOI, year, citation and licence; what the document does not give is blank."""

    title: str = ""
    doi: str = ""
    year: str = ""
    citation: str = ""
    licence: str = ""


def by(names: Sequence[str]) -> str:
    """One or two authors by name, more as the first of them et al."""
    return f"{names[0]} et al." if len(names) > 2 else ", ".join(names)


def cited(authors: str, journal: str, year: str, volume: str, pages: tuple[str, str], number: str = "") -> str:
    """Authors, journal year;volume:pages.

    >>> cited("Aronson JD", "Tubercle", "1948", "29", ("1", "9"))
    'Aronson JD, Tubercle 1948;29:1–9'
    """
    first, last = pages
    where = f"{first}–{last}" if last and last != first else first or number
    dated = ";".join(part for part in (year, ":".join(part for part in (volume, where) if part)) if part)
    return ", ".join(part for part in (authors, f"{journal} {dated}".strip()) if part)
