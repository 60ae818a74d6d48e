"""Lines joined to paragraphs: words divided at the end of a line are one word again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_DIVIDED = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)[-‐\u00ad]$")
_LONGEST = 80
"""Characters of a line's end in which a divided word is looked for."""
_NEXT = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_NUMERIC = re.compile(r"[<>≤≥=±~]?[−–+-]?[\d(\[][\d.,·%()\[\]–−/-]*\*?|[<>≤≥=±–−—-]|N[ARES]|vs\.?")


class Joiner:
    """Joins lines; how a divided word is written is looked up among the words of the document itself."""

    def __init__(self, lines: Iterable[str]) -> None:
        whole = (line[:-_LONGEST] + _DIVIDED.sub("", line[-_LONGEST:]) for line in lines)
        self._words = Counter(word.casefold() for line in whole for word in _WORD.findall(line))

    def join(self, lines: Sequence[str]) -> str:
        """The lines as one text.

        >>> Joiner(["the dexamethasone arm"]).join(["with dex-", "amethasone in 3-", "4 cycles"])
        'with dexamethasone in 3-4 cycles'
        """
        pieces: list[str] = []
        for line in filter(None, map(str.strip, lines)):
            if pieces:
                pieces[-1:] = self._joint(pieces[-1], line)
            pieces.append(line)
        return "".join(pieces)

    def _joint(self, before: str, line: str) -> tuple[str, ...]:
        """A line and what stands between it and the next: a space, nothing, or the hyphen taken away."""
        if before.endswith("\u00ad"):
            return (before[:-1],)
        if not before.endswith(("-", "‐")) or len(before) < 2 or before[-2].isspace():
            return before, " "
        divided, following = _DIVIDED.search(before[-_LONGEST:]), _NEXT.match(line[:_LONGEST])
        if (
            divided
            and following
            and following.group()[0].islower()
            and not self._hyphenated(divided[1], following.group())
        ):
            return (before[:-1],)
        return (before,)

    def _hyphenated(self, before: str, after: str) -> bool:
        """Whether the word is written with a hyphen elsewhere, more often than without, or is two words of the document."""
        last, first = before.rpartition("-")[2], after.partition("-")[0].casefold()
        if last[1:].isupper():
            return True
        last = last.casefold()
        with_hyphen = self._words[f"{before}-{after}".casefold()] + self._words[f"{last}-{first}"]
        without = self._words[f"{before}{after}".casefold()] + self._words[last + first]
        return with_hyphen > without or (not without and bool(self._words[last] and self._words[first]))


def mostly_numbers(line: str) -> bool:
    """Whether a line is of a table and not prose: at least two numbers, and no more words than those.

    >>> mostly_numbers("CR 0.390 0.303–0.480 0.169 79.10%"), mostly_numbers("in 12 of 40 patients who had")
    (True, False)
    """
    tokens = line.split()
    numbers = sum(1 for token in tokens if _NUMERIC.fullmatch(token.strip(",;")))
    return numbers >= 2 and numbers * 2 >= len(tokens)
