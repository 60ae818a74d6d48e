"""Everything the grammar finds in one text, and what it could not read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.scan.grammar.counts import counts
from curation.scan.grammar.estimates import estimates
from curation.scan.grammar.found import Found, NotRead, Taken, strongest
from curation.scan.grammar.means import means
from curation.scan.grammar.others import heterogeneity, survival, tests
from curation.scan.grammar.text import has_digits, plain

_LOOKS_LIKE = {
    "a confidence interval that could not be read": r"\d\s?%?\s?(?:-\s?)?(?:C\.?I\.?|confidence interval)\b[^.;]{0,20}\d",
    "a mean and spread that could not be read": r"\d\s?(?:±|\+/-)\s?\d",
    "a count and percentage that could not be read": r"\b\d+\s?/\s?\d+\b[^.;,\d]{0,12}\d+(?:\.\d+)?\s?%|\d\s?\(\s?\d+(?:\.\d+)?\s?%",
    "a test statistic that could not be read": r"(?<![\w])(?:t|F|χ2|χ²|chi2)\s?\(\s?\d[^)]{0,12}\)\s?[=<>]",
    "a P value that could not be read": r"(?<![\w-])[pP](?:[\s-]?values?)?\s?[=<>≤≥]\s?\S{1,10}",
}
_PATTERNS = {why: re.compile(shape) for why, shape in _LOOKS_LIKE.items()}


def read_prose(text: str) -> tuple[list[Found], list[NotRead]]:
    """The statistics of a text, and what looks like one and is none of them.

    >>> found, unread = read_prose("The hazard ratio was 0.79 (95% CI 0.66–0.94, p = 0.009).")
    >>> [(one.kind, one.cells["estimate"], one.cells["p"]) for one in found], unread
    ([('effect', '0.79', '0.009')], [])
    """
    if not has_digits(text):
        return [], []
    body = plain(text)
    everything = list(_all(body, text))
    found = strongest(each for each in everything if isinstance(each, Found))
    read = Taken((each.start, each.end) for each in found)
    refused = [each for each in everything if isinstance(each, NotRead) and not read.overlap(each.start, each.end)]
    return found, refused + list(_left(body, read, refused))


def _all(body: str, text: str) -> Iterator[Found | NotRead]:
    for reader in (counts, estimates, means, heterogeneity, survival, tests):
        yield from reader(body, text)


def _left(body: str, read: Taken, refused: list[NotRead]) -> Iterator[NotRead]:
    """What looks like a statistic outside of everything that was read or refused."""
    told = Taken((each.start, each.end) for each in refused)
    for why, pattern in _PATTERNS.items():
        for match in pattern.finditer(body):
            if not told.overlap(*match.span()) and not read.overlap(*match.span()):
                yield NotRead(match.start(), match.end(), why)
