"""Styles and numbering of a Word file: which paragraphs are headings, and what number a list item carries."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from curation.readers.markup import Node

_HEADING = re.compile(r"heading\s*([1-6])\b")
_LEVEL_TEXT = re.compile(r"%([1-9])")
_DEEPEST = 20
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ROMANS = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
)
_SMALL_ROMANS = ((5, "v"), (4, "iv"), (1, "i"))


def value(node: Node | None, name: str = "val") -> str:
    """An attribute of an element, whatever the namespace of its name; blank where there is none."""
    if node is None:
        return ""
    return next((text for key, text in node.items() if key.rpartition("}")[2] == name), "")


def styles_of(styles: Node | None) -> dict[str, int]:
    """For each paragraph style that is a heading its level; 0 for the title of the document."""
    if styles is None:
        return {}
    named = {value(each, "styleId"): each for each in styles.findall("style")}
    levels = {style: _level(each, named) for style, each in named.items()}
    return {style: level for style, level in levels.items() if level is not None}


def _level(style: Node, named: Mapping[str, Node]) -> int | None:
    """The level of a style, its own or that of the style it is based on."""
    each: Node | None = style
    for _ in range(_DEEPEST):
        if each is None:
            return None
        name = value(each.find("name")).casefold()
        if name == "title":
            return 0
        if match := _HEADING.match(name):
            return int(match[1])
        outline = value(each.find("pPr/outlineLvl"))
        if outline.isdigit() and int(outline) < 6:
            return int(outline) + 1
        each = named.get(value(each.find("basedOn")))
    return None


class Numbering:
    """Counts the items of numbered lists."""

    def __init__(self, numbering: Node | None) -> None:
        self._levels: dict[str, dict[str, Node]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        if numbering is None:
            return
        abstract = {
            value(each, "abstractNumId"): {value(level, "ilvl"): level for level in each.findall("lvl")}
            for each in numbering.findall("abstractNum")
        }
        for each in numbering.findall("num"):
            self._levels[value(each, "numId")] = abstract.get(value(each.find("abstractNumId")), {})

    def label(self, number: str, level: str) -> str:
        """The number of the next item of a list at a level, as it is printed; blank for bullets."""
        levels = self._levels.get(number, {})
        given = levels.get(level)
        depth = int(level) if level.isdigit() and len(level) < 2 else 0
        counts = self._counts[number]
        counts[depth] = counts.get(depth, _start(given) - 1) + 1
        for deeper in [each for each in counts if each > depth]:
            del counts[deeper]
        if given is None or value(given.find("numFmt")) in {"bullet", "none", ""}:
            return ""

        def numbered(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            return _written(counts.get(at, 1), value(_format(levels.get(str(at)))))

        return _LEVEL_TEXT.sub(numbered, value(given.find("lvlText"))[:40])


def _format(level: Node | None) -> Node | None:
    return None if level is None else level.find("numFmt")


def _start(level: Node | None) -> int:
    given = "" if level is None else value(level.find("start"))
    return int(given[:6]) if given.isdigit() else 1


def _written(number: int, form: str) -> str:
    if form in {"lowerLetter", "upperLetter"}:
        text = _LETTERS[(number - 1) % 26] * ((number - 1) // 26 + 1) if 0 < number <= 260 else str(number)
    elif form in {"lowerRoman", "upperRoman"} and 0 < number < 4000:
        text, left = "", number
        for worth, sign in _ROMANS + _SMALL_ROMANS:
            text, left = text + sign * (left // worth), left % worth
    else:
        return str(number)
    return text.upper() if form.startswith("upper") else text
