"""Characters of a PDF page as pieces of lines: words with their spaces, raised and lowered digits, citations left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import Any, Literal

from curation.readers.inline import points_to_note
from curation.readers.typography import lowered, raised

Char = Mapping[str, Any]
Place = Literal["prose", "cell"]

_SMALL = 0.85
"""A raised or lowered character is at most this large beside the text around it."""
_WORD_GAP = 0.17
"""Space between two characters, in sizes, from which they belong to two words."""
_PIECE_GAP = 1.0
"""Space from which two words belong to two columns."""
_BOLD = re.compile(r"bold|black|heavy|demi|cmbx|[-,]b$", re.IGNORECASE)
_UNMAPPED = re.compile(r"\(cid:\d+\)")
_CITED = re.compile(r"\[?\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*\]?[,.]?")
_WORD = re.compile(r"([^\W\d_]+)$")
_QUANTITIES = {"chi", "eta", "rho", "tau", "sec", "min", "inch", "feet", "log", "exp", "age"}


@dataclass(slots=True)
class Piece:
    """A piece of a line: what stands side by side without a wide gap."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool

    @property
    def middle(self) -> float:
        """Half way down."""
        return (self.top + self.bottom) / 2


def pieces_of(chars: Iterable[Char], place: Place = "prose") -> list[Piece]:
    """The pieces of the lines that characters make, in the order in which they are drawn."""
    groups: list[list[Char]] = []
    for char in chars:
        if not char.get("upright", True):
            continue
        if groups and _continues(groups[-1], char):
            groups[-1].append(char)
        elif str(char["text"]).strip():
            groups.append([char])
    return [piece for group in _merged(groups) if (piece := _piece(group, place)).text]


def _continues(group: Sequence[Char], char: Char) -> bool:
    last = group[-1]
    size = max(last["size"], char["size"])
    gap = char["x0"] - last["x1"]
    if not -0.7 * size < gap < _PIECE_GAP * size:
        return False
    return _same_line(group[0], char) or _same_line(last, char)


def _same_line(one: Char, other: Char) -> bool:
    """Whether two characters stand on one line: on one base line, or the smaller beside the larger."""
    large, small = (one, other) if one["size"] >= other["size"] else (other, one)
    if abs(one["bottom"] - other["bottom"]) <= 0.2 * large["size"]:
        return True
    middle = (small["top"] + small["bottom"]) / 2
    inside = large["top"] - 0.35 * large["size"] < middle < large["bottom"] + 0.25 * large["size"]
    return bool(inside and small["size"] <= _SMALL * large["size"])


def _merged(groups: list[list[Char]]) -> list[list[Char]]:
    """Groups joined that stand side by side but were not drawn in turn."""
    found: list[list[Char]] = []
    for group in sorted(groups, key=lambda one: (round(one[0]["bottom"] / 2), one[0]["x0"])):
        before = found[-1] if found else None
        if before is not None and _beside(before, group):
            before.extend(group)
        else:
            found.append(group)
    order = {id(group): place for place, group in enumerate(groups)}
    return sorted(found, key=lambda one: order.get(id(one), 0))


def _beside(group: Sequence[Char], other: Sequence[Char]) -> bool:
    last, first = group[-1], other[0]
    gap = first["x0"] - last["x1"]
    return bool(-0.1 * last["size"] <= gap < 0.5 * last["size"]) and _same_line(last, first)


def _piece(group: Sequence[Char], place: Place) -> Piece:
    visible = [char for char in group if str(char["text"]).strip()]
    sizes = Counter(round(char["size"], 1) for char in visible)
    size = max(sizes, key=lambda each: (sizes[each], each))
    base = median(char["bottom"] for char in visible if round(char["size"], 1) == size)
    normal = [char for char in visible if char["size"] > _SMALL * size] or visible
    return Piece(
        text=_text(group, size, base, place),
        x0=visible[0]["x0"],
        x1=max(char["x1"] for char in visible),
        top=min(char["top"] for char in normal),
        bottom=max(char["bottom"] for char in normal),
        size=size,
        bold=sum(1 for char in normal if _BOLD.search(str(char["fontname"]))) * 2 > len(normal),
    )


def _text(group: Sequence[Char], size: float, base: float, place: Place) -> str:
    out: list[str] = []
    last: Char | None = None
    for shift, run in groupby(group, key=lambda char: _shift(char, size, base)):
        content, spaced, last = _run(list(run), last)
        if not content:
            out.append(" ")
            continue
        out.append(" " if spaced and (not shift or shift == "") else "")
        before = "".join(out)[-20:].rstrip()
        if shift == "high":
            out.append(_high(content, before, place))
        else:
            out.append(lowered(content) if shift == "low" else content)
    return " ".join("".join(out).split())


def _run(run: list[Char], last: Char | None) -> tuple[str, bool, Char | None]:
    """The text of characters of one kind; whether a space stands before them; the last of them."""
    pieces: list[str] = []
    spaced = False
    for char in run:
        text = _UNMAPPED.sub("\ufffd", str(char["text"]))
        if not text.strip():
            pieces.append(" ")
            continue
        if last is not None and char["x0"] - last["x1"] > _WORD_GAP * char["size"]:
            pieces.append(" ")
        pieces.append(text)
        last = char
    content = "".join(pieces)
    spaced = content[:1] == " "
    return content.strip() + (" " if content.strip() and content[-1:] == " " else ""), spaced, last


def _shift(char: Char, size: float, base: float) -> str:
    if char["size"] > _SMALL * size or not str(char["text"]).strip():
        return ""
    rise = base - char["bottom"]
    if rise > 0.18 * size:
        return "high"
    return "low" if rise < 0.02 * size else ""


def _high(content: str, before: str, place: Place) -> str:
    """A raised text: a citation or the mark of a note is left out, an exponent is kept."""
    bare = content.strip()
    if place == "cell":
        return " " if points_to_note(bare, before) else raised(bare)
    if _CITED.fullmatch(bare) and _cites(before):
        return " " if content.endswith(" ") else ""
    if not any(sign.isalnum() or sign in "+-−–=()/′°" for sign in bare):
        return ""
    return raised(content)


def _cites(before: str) -> bool:
    """Whether a raised number after this text is a citation: after a stop, or after a word that is no unit."""
    if before[-1:] in ".,;:)]”’\"'?!":
        return bool(before)
    word = _WORD.search(before)
    return word is not None and len(word[1]) >= 3 and word[1].casefold() not in _QUANTITIES
