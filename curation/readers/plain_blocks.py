"""Plain text cut into blocks at blank lines, without running heads; a sentence cut in two is whole again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

_DIGITS = re.compile(r"\d+")
_RUNNING = 3
"""How often a line by itself must come again to be a running head."""
_LONGEST_RUNNING = 120
_NO_REST = re.compile(r"doi\b|https?:|www\.|[^\t]*\t")
_OPEN_END = re.compile(r"[\w,;)%-]$")


@dataclass
class Block:
    """Lines without a blank one between them, and the page they stand on where the text has page breaks."""

    lines: list[str] = field(default_factory=list)
    page: str = ""


def blocks_of(text: str) -> list[Block]:
    """The blocks of a text in order."""
    pages = text.replace("\r\n", "\n").replace("\r", "\n").split("\f")
    found = [
        block for number, page in enumerate(pages, 1) for block in _cut(page, str(number) if len(pages) > 1 else "")
    ]
    return _mended(_without_running(found))


def _cut(page: str, number: str) -> Iterator[Block]:
    block = Block(page=number)
    for line in page.split("\n"):
        if line.strip():
            block.lines.append(line)
        elif block.lines:
            yield block
            block = Block(page=number)
    if block.lines:
        yield block


def _without_running(blocks: list[Block]) -> list[Block]:
    """The blocks without lines that stand by themselves at the edge of page after page.

    Without page breaks only what comes again letter by letter is taken for such a line.
    """
    edges = [block for place, block in enumerate(blocks) if _at_edge(blocks, place)]
    alone = Counter(_masked(block) for block in edges if len(block.lines) == 1)
    running = {id(block) for block in edges if _may_run(block) and alone[_masked(block)] >= _RUNNING}
    return [block for block in blocks if id(block) not in running]


def _at_edge(blocks: list[Block], place: int) -> bool:
    page = blocks[place].page
    neighbours = [blocks[each].page if 0 <= each < len(blocks) else "" for each in (place - 1, place + 1)]
    return not page or any(neighbour != page for neighbour in neighbours)


def _may_run(block: Block) -> bool:
    line = block.lines[0].strip()
    return len(block.lines) == 1 and "\t" not in line and 20 <= len(line) <= _LONGEST_RUNNING


def _masked(block: Block) -> str:
    line = block.lines[0].strip()
    return _DIGITS.sub("0", line) if block.page else line


def _mended(blocks: list[Block]) -> list[Block]:
    """Blocks joined where a blank line cut a sentence: the first has no end, the second begins with a small letter."""
    found: list[Block] = []
    for block in blocks:
        first = block.lines[0].lstrip()
        if found and first[:1].islower() and not _NO_REST.match(first) and _goes_on(found[-1].lines):
            found[-1].lines.extend(block.lines)
        else:
            found.append(block)
    return found


def _goes_on(lines: list[str]) -> bool:
    last = lines[-1].rstrip()
    return "\t" not in last and (len(lines) > 1 or len(last) > 30) and _OPEN_END.search(last) is not None
