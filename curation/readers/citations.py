"""Citations of references taken out of running text, with the brackets, commas and spaces that would be left behind.

A reader puts what it knows to be a citation between OPEN and CLOSE; ``without_citations`` takes the marked ones out.
Where a document marks none, ``without_bare`` takes out "[12]", "[3,5–7]" and the "12" of "progression.12 These", and leaves
"[3, 7]" after a mean.
"""

from __future__ import annotations

import re

from curation.readers.typography import settled

OPEN, CLOSE = "\x02", "\x03"
_ONE = f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}"
_BETWEEN = r"(?:[\s,;:–—‒⁻-]|and\b|&)*"
_GROUP = f"{_ONE}(?:{_BETWEEN}{_ONE})*"
_LEAD_IN = r"(?:(?:see|e\.g\.,?|cf\.?|refs?\.?|references?)\s*)*"

_ONLY_CITED = re.compile(rf"[\s\[(]*{_GROUP}[\s\])]*")
_IN_BRACKETS = re.compile(rf"\s*(?:\(\s*{_LEAD_IN}{_GROUP}\s*\)|\[\s*{_LEAD_IN}{_GROUP}\s*\])")
_LOOSE = re.compile(rf"(\s*)({_GROUP})(?=(\s|[.,;:)\]]|$)?)")
_NAMED = re.compile(r"[^\W\d_]{3,}|\b(?:1[89]|20)\d\d[a-z]?\b")
_LEFT_BEHIND = (
    (re.compile(r"\s*(?:\([\s,;]*\)|\[[\s,;]*\])"), ""),
    (re.compile(r"([(\[])\s*[,;]\s*"), r"\1"),
    (re.compile(r"\s*[,;]?\s*([)\]])"), r"\1"),
    (re.compile(r"\s+([.,;:](?:\s|$))"), r"\1"),
    (re.compile(r"(?<=\w)[.,;]\s?\.(?!\.)"), "."),
)


def marked(text: str) -> str:
    """A citation, marked as one."""
    return f"{OPEN}{text.strip()}{CLOSE}"


def only_citations(text: str) -> bool:
    """Whether a text is nothing but marked citations and what joins them."""
    return _ONLY_CITED.fullmatch(text) is not None


def without_citations(text: str) -> str:
    """The text settled and without its marked citations; authors named in the sentence itself stay.

    >>> without_citations("after one year [" + marked("26") + ", " + marked("27") + "].")
    'after one year.'
    >>> without_citations(marked("Cohen (1988)") + " found 12 of 40")
    'Cohen (1988) found 12 of 40'
    """
    if OPEN not in text:
        return settled(text)
    text = " ".join(text.split())
    text = _LOOSE.sub(_loose, _IN_BRACKETS.sub("", text))
    for pattern, instead in _LEFT_BEHIND:
        text = pattern.sub(instead, text)
    return settled(text)


def _loose(match: re.Match[str]) -> str:
    space, group, follows = match.groups()
    if _NAMED.search(group):
        return space + group
    return space if follows is None else ""


_BRACKETED = re.compile(r"\s?\[(\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*)\]")
_NUMBERS = re.compile(r"\d+")
_QUANTITIES = frozenset(
    {
        *(
            "ci",
            "cri",
            "interval",
            "iqr",
            "range",
            "median",
            "mean",
            "means",
            "sd",
            "se",
            "sem",
            "n",
            "score",
            "scores",
            "scale",
        ),
        *(
            "of",
            "from",
            "to",
            "quartile",
            "quartiles",
            "percentile",
            "age",
            "aged",
            "years",
            "percent",
            "level",
            "value",
        ),
        *("values", "estimate", "total", "number", "hr", "or", "rr", "md", "smd"),
    }
)
_LIST = r"\d{1,3}(?:[,–-]\d{1,3})*"
_STUCK = re.compile(rf"(?<=[^\W\d_]{{3}})(?:\.(?={_LIST}(?:\s+[^\W\d_a-z]|\s*$))|,(?={_LIST}\s+[a-z])){_LIST}")
"""Numbers stuck to the full stop that ends a sentence, or to a comma within one: raised citations in a text copied out."""
_NUMBERED_THINGS = {
    "fig",
    "figs",
    "ref",
    "refs",
    "vol",
    "app",
    "eq",
    "tab",
    "sec",
    "table",
    "figure",
    "approx",
    "grade",
    "stage",
    "phase",
    "day",
    "week",
    "year",
}
_NEAR = 30
"""Characters before a pair in brackets in which no number may stand: "5 points [3, 7]" is an interval."""


def without_bare(text: str) -> str:
    """The text without citations that nothing marks, where nothing suggests that they are numbers of the study.

    >>> without_bare("no progression.1,2 These")
    'no progression. These'
    >>> without_bare("after treatment.12 patients")
    'after treatment.12 patients'
    >>> without_bare("as was shown before [12], in two trials [3,5–7].")
    'as was shown before, in two trials.'
    >>> without_bare("a difference of 5 points [3, 7] and a median [2]")
    'a difference of 5 points [3, 7] and a median [2]'
    """
    text = _STUCK.sub(_stuck, text)
    return _BRACKETED.sub(_bracketed, text) if "[" in text else text


def _stuck(match: re.Match[str]) -> str:
    word = _word_before(match)
    is_address = any(sign in word for sign in "/:@.")
    return match.group() if is_address or word.casefold().lstrip("([") in _NUMBERED_THINGS else match.group()[0]


def _word_before(match: re.Match[str]) -> str:
    """The word that a match follows, as far back as a word may reach."""
    before = match.string[max(0, match.start() - _NEAR) : match.start()]
    return before.split()[-1] if before.strip() else ""


def _bracketed(match: re.Match[str]) -> str:
    numbers = [int(number) for number in _NUMBERS.findall(match.group(1))]
    plain = _word_before(match).strip(".,;:()\"'”’").casefold()
    if not plain[-1:].isalpha() or plain in _QUANTITIES or 0 in numbers or sorted(set(numbers)) != numbers:
        return match.group()
    before = match.string[max(0, match.start() - _NEAR) : match.start()]
    if len(numbers) == 2 and _NUMBERS.search(before):
        return match.group()
    return ""
