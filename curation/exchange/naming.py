"""Ids for what other programs call by long names, and the source that stands for a file."""

from __future__ import annotations

from pathlib import Path

from curation.exchange.imported import Cells

_LONGEST = 60


def slug(text: str) -> str:
    """A short id made of a name: small letters and digits of any alphabet, joined by hyphens.

    >>> slug("MRC-1 (1974)"), slug("Kröger 2010"), slug("≥")
    ('mrc-1-1974', 'kröger-2010', 'unnamed')
    """
    words = "".join(sign if sign.isalnum() else " " for sign in text.casefold()).split()
    return "-".join(words)[:_LONGEST].rstrip("-") or "unnamed"


class Ids:
    """Ids of one sort of thing: the same name always gets the same id, different names get different ones."""

    def __init__(self) -> None:
        self._by_name: dict[str, str] = {}
        self._taken: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def of(self, name: str, shown: str = "") -> str:
        """The id of what is called so; ``shown`` is what the id is made of, where the name is a technical one."""
        if name not in self._by_name:
            plain = slug(shown or name)
            one, number = plain, 1
            while one in self._taken:
                number += 1
                one = f"{plain}-{number}"
            self._taken.add(one)
            self._by_name[name] = one
        return self._by_name[name]


def source_of(path: Path, title: str, note: str) -> Cells:
    """The source that a file of another program is: a systematic review, with the id made of the file's name."""
    return {"source": slug(path.stem), "title": title or path.stem, "type": "systematic_review", "note": note}
