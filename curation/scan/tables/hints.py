"""What headers and labels say of the cells under them: "n (%)", "mean ± SD", "OR (95% CI)", "P"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from curation.scan.grammar.measures import measures_in
from curation.scan.grammar.text import plain

_WORDS = {
    "i2": r"I\s?\^?[2²](?:\s?\(?\s?%\s?\)?)?|(?-i:l)\s?²",
    "p_heterogeneity": r"p\s?[-–]?\s?(?:values?\s?)?(?:for|of|\(|,)?\s?(?:the\s)?(?:heterogeneity|het(?:erog)?\.?|Q)\)?",
    "sd": r"s\.?\s?d\.?s?|std\.?(?:\sdev(?:iation)?s?\.?)?|standard\sdeviations?",
    "se": r"s\.?\s?e\.?(?:\s?m\.?)?s?|standard\serrors?(?:\sof\s(?:the\s)?mean)?",
    "iqr": r"iqr|inter-?quartile(?:\sranges?)?|quartiles|q1\s?[-–,]\s?q3|25th\s?(?:[-–,]|to|and)\s?75th(?:\spercentiles?)?|p25\s?[-–,]\s?p75",
    "range": r"ranges?|min(?:imum)?\s?[-–,/]\s?max(?:imum)?",
    "ci": r"(?:\d\d(?:\.\d)?\s?%\s?-?\s?)?(?:c\.?\s?i\.?(?:s|ca)?(?!\w)|confidence\s(?:intervals?|limits?))",
    "cri": r"(?:\d\d(?:\.\d)?\s?%\s?-?\s?)?(?:cr\.?i|credible\sintervals?)",
    "p": r"(?<![A-Za-z0-9]\s)p(?:\s?[-–]?\s?values?)?(?=\s?(?:$|[,;:)*†‡§¶#\]=<]|\d$|for\b))|p\s?[-–]?\s?values?|probabilit(?:y|ies)\sof\sdifference",
    "median": r"medians?|mdn",
    "mean": r"(?:geometric\s|ls\s|least[\s-]squares?\s)?means?|average",
    "percent": r"%|per\s?cent(?:ages?)?|proportions?",
    "n": r"n(?=\s(?:\w+\s){1,3}[(\[]\s?%)|n(?=\s?(?:$|[(,;/)\[%]))|(?-i:No|NO)\.?(?=\s?(?:$|[(,;/\[%)]|of\b))|no\.(?=\s?(?:$|[(,;/\[%)]|of\b))|no(?=\s?[(\[]\s?%)|numbers?|events?|frequenc(?:y|ies)|freq\.?|counts?|#(?=\s?\()|(?:patients|participants|subjects|cases|women|children)(?=,?\s?[(\[]?%)",
    "total": r"totals?(?=\s?(?:$|\)))|sample\ssize",
    "cv": r"cv(?:\s?%)?|coefficients?\sof\svariation",
    "gsd": r"geometric\s(?:s\.?d\.?|standard\sdeviations?)|gsd",
}  # fmt: skip
_ORDER = (
    "i2",
    "p_heterogeneity",
    "gsd",
    "cv",
    "cri",
    "ci",
    "iqr",
    "sd",
    "se",
    "range",
    "p",
    "median",
    "mean",
    "percent",
    "n",
    "total",
)
_TOKEN = re.compile(
    r"(?<![\w.])(?:" + "|".join(rf"(?P<{name}>{_WORDS[name]})" for name in _ORDER) + r")(?!\w)", re.IGNORECASE
)
_OTHER_P = re.compile(
    r"\b(?:for|of)\s(?:the\s)?(?:trend|interaction|heterogeneity|homogeneity|non-?inferiority|equivalence)|interaction|trend",
    re.IGNORECASE,
)
_LEVEL = re.compile(r"(\d\d(?:\.\d+)?)\s?%\s?-?\s?(?:C\.?\s?I|confidence|Cr\.?I|credible)", re.IGNORECASE)
_N = re.compile(r"(?<![A-Za-z0-9])[nN]\s?(?:[=:]|equals)\s?(\d{1,3}(?:[ ,]\d{3})+|\d+)(?![\d.,]*\d)")
_ADJUSTED = re.compile(r"adjusted|multivaria|\ba(?:OR|HR|RR)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hint:
    """The words for statistics in one header or label, in order; the effect measure, where one is named."""

    words: tuple[str, ...] = ()
    measure: str = ""
    level: str = ""
    adjusted: bool = False

    def has(self, *words: str) -> bool:
        """Whether all of these words stand there."""
        return set(words) <= set(self.words)

    def only(self, *words: str) -> bool:
        """Whether there are words, and none but these."""
        return bool(self.words) and set(self.words) <= set(words)


@lru_cache(maxsize=8192)
def hint(text: str) -> Hint:
    """What a text says of the cells it rules.

    >>> hint("Death, n (%)").words, hint("Odds ratio (95% CI)").measure, hint("Age, mean (SD)").words
    (('n', 'percent'), 'OR', ('mean', 'sd'))
    """
    body = _N.sub(" ", plain(text))
    level = _LEVEL.search(body)
    words = tuple(match.lastgroup or "" for match in _TOKEN.finditer(body))
    if "p" in words and _OTHER_P.search(body):
        words = ("p_other",)
    named = [one.measure for one in measures_in(body) if one.measure != "other"]
    return Hint(words, named[-1] if named else "", f"{level[1]}%" if level else "", bool(_ADJUSTED.search(body)))


_COUNT_IN_BRACKETS = re.compile(
    r"(?<![a-z])(?:n|no\.?|numbers?|counts?|frequenc(?:y|ies))(?:\sof\s\w+)?\s?[(\[]\s?(?:%|percent)", re.IGNORECASE
)
_SPREAD_IN_BRACKETS = re.compile(r"(?:means?|averages?)\s?[(\[]\s?(?:±\s?)?(?:s\.?\s?[de]|standard)", re.IGNORECASE)


def brackets_hold_percentages(text: str) -> bool:
    """Whether a caption or note says that "12 (34)" is n (%), and does not use brackets for a spread as well.

    >>> brackets_hold_percentages("Values are n (%) or mean ± SD"), brackets_hold_percentages("n (%) or mean (SD)")
    (True, False)
    """
    body = plain(text)
    return bool(_COUNT_IN_BRACKETS.search(body)) and not _SPREAD_IN_BRACKETS.search(body)


def size_in(text: str) -> str:
    """The number of participants a header gives, where it gives one: "Placebo (n = 52)" gives 52.

    >>> size_in("Placebo (N=1,052)"), size_in("12 weeks (n = 3, n = 4)")
    ('1,052', '')
    """
    found = _N.findall(text)
    return found[0] if len(found) == 1 else ""


def size_span(text: str) -> tuple[int, int]:
    """Where the number of participants stands in a header."""
    found = _N.search(text)
    return found.span(1) if found else (0, 0)
