"""Lines joined to paragraphs: words divided at the end of a line are one word again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_DIVIDED = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)[-‐\u00ad]$")
_NEXT = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_NUMERIC = re.compile(r"[<>≤≥=±~]?[−–+-]?[\d(\[][\d.,·%()\[\]–−/-]*\*?|[<>≤≥=±–−—-]|N[ARES]|vs\.?")


class Joiner:
    """Joins lines; how a divided word is written is looked up among the words of the document itself."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words = Counter(word.casefold() for line in lines for word in _WORD.findall(_DIVIDED.sub("", line)))

    def join(self, lines: Sequence[str]) -> str:
        """The lines as one text.

        >>> Joiner(["the dexamethasone arm"]).join(["with dex-", "amethasone in 3-", "4 cycles"])
        'with dexamethasone in 3-4 cycles'
        """
        text = ""
        for line in filter(None, map(str.strip, lines)):
            text = self._with(text, line) if text else line
        return text

    def _with(self, text: str, line: str) -> str:
        if text.endswith("\u00ad"):
            return text[:-1] + line
        if not text.endswith(("-", "‐")):
            return f"{text} {line}"
        if len(text) < 2 or text[-2].isspace():
            return f"{text} {line}"
        divided, following = _DIVIDED.search(text[-80:]), _NEXT.match(line)
        if (
            divided
            and following
            and following.group()[0].islower()
            and not self._hyphenated(divided[1], following.group())
        ):
            return text[:-1] + line
        return text + line

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
