"""The words by which papers name what a number is: written once, for DuckDB and for Python alike.

Patterns use only what RE2 and Python's ``re`` share. Abbreviations count in capitals only ("SE", never the "se" of
"per se"), and those that are also words of the field ("OR" an overall response, "RR" a response rate) only in front of
a number or an interval.
"""

from __future__ import annotations

import re

SD = r"\bS\.?D\b|\bSDs\b|\bs\.d\.|\bsd\b|(?i:\bstandard deviations?\b|\bst\.? ?dev\b)"
SE = r"\bS\.?E\b|\bSEs\b|\bS\.?E\.?M\b|\bs\.e\.|(?i:\bs\.?e\.?m\b|\bstandard errors?\b|\bstd\.? ?err)"
MEAN = r"(?i:\bmeans?\b|\baverages?\b|\baveraged\b)"
MEDIAN = r"(?i:\bmedians?\b|\bmdn\b)"
QUARTILES = r"\bIQR\b|\bIQ range\b|(?i:\binter-?quartile\b|\bquartiles?\b|\b25(?:th)?[-– ]+(?:and |to )?75th\b)"
RANGE = r"(?i:\branges?\b|\branging\b|\bmin(?:imum)?[-–/, ]+max(?:imum)?\b)"
INTERQUARTILE_RANGE = r"(?i:inter-?quartile[ -]+range|IQ range)"
NOT_A_MEAN = r"(?i:by means of|\bmeans? that\b|\bmean difference|difference in means?|ratio of means?|\bno means\b)"
SPREAD_UNNAMED = "±"

_NUMBER_FOLLOWS = r" ?(?:[=:,(\[] ?)?(?:[0-9.]|CI\b)"
MEASURES = {
    "OR": rf"(?i:\bodds[ -]ratios?\b)|\bORs?{_NUMBER_FOLLOWS}",
    "RR": rf"(?i:\brisk[ -]ratios?\b|\brelative[ -]risks?\b)|\bRRs?{_NUMBER_FOLLOWS}",
    "HR": rf"(?i:\bhazards?[ -]ratios?\b)|\bHRs?{_NUMBER_FOLLOWS}",
    "IRR": rf"(?i:\brate[ -]ratios?\b)|\bIRRs?{_NUMBER_FOLLOWS}",
    "ROM": r"(?i:\bratio of (?:the )?means\b)|\bRoM\b",
    "RD": r"(?i:\brisk[ -]differences?\b|\babsolute risk reductions?\b)",
    "SMD": r"(?i:\bstandardi[sz]ed mean[ -]differences?\b|\bhedges['’]?s? g\b|\bcohen['’]?s? d\b)|\bSMD\b",
    "MD": r"(?i:\bmean[ -]differences?\b|\bdifferences? in means?\b)|\bW?MD\b",
}
"""Effect measures by code."""
LONGER_NAMES = r"(?i:standardi[sz]ed mean[ -]differences?|relative risk reductions?)|\bRRR\b"
"""Names that contain the name of another measure."""
SAME_NAME = {("RR", "IRR"), ("IRR", "RR"), ("MD", "RD"), ("RD", "MD")}
"""Measures one of which is often called by the other's name (RR for a rate ratio)."""

_INTERVAL = r"(?:CI\b|C\.I\.|CrI\b|CIs\b|HDI\b|(?i:confidence|credib(?:le|ility)))"
_CUSTOMARY = r"(68|80|90|95|97[.·]5|98|99(?:[.·][0-9]+)?)"
LEVEL = rf"(?:^|[^0-9.·]){_CUSTOMARY} ?%[ -]?{_INTERVAL}"
LEVEL_AFTER = rf"\b{_INTERVAL}(?: (?i:intervals?|limits?))?,? ?(?:\(|=|: ?)?{_CUSTOMARY} ?%"
"""A level behind the word may as well be the lower limit ("CI 90% to 97%"), so it can only agree, never contradict."""

ONE_SIDED = r"(?i:\b(?:one|1)[ -]?(?:sided|tailed)\b|\bunilateral test\b)"
TWO_SIDED = r"(?i:\b(?:two|2)[ -]?(?:sided|tailed)\b|\bbilateral test\b)"

TIME_UNITS = {
    "hours": "hours?|hrs?", "days": "days?", "weeks": "weeks?|wks?", "months": "months?|mos?", "years": "years?|yrs?",
}  # fmt: skip
"""Units of time and their spellings."""

LIFE_TABLE = r"(?i:\bkaplan[ -–—]+meier\b|\bactuarial\b|\bproduct[ -]limit\b|\blife[ -]tables?\b|\bestimated probabilit(?:y|ies)\b)|\bKM\b"
CRUDE = r"(?i:\bcrude (?:rates?|proportions?|percentages?|mortality|survival)\b|\bsimple proportions?\b)"
FRACTION = r"[0-9] ?(?:/|of|out of|of the) ?[0-9]"

NONE_HAPPENED = (
    r"(?i:\b(?:no|none|not|zero|nil|null|never|neither|nor|nobody|without|absent|absence|any|free|lack(?:ed|ing)?|all|every|each)\b|n['’]t\b)"
    r"|(?:^|[^0-9.,·])0(?:[^0-9.,·]|[.,·]0*(?:[^0-9]|$)|$)"
)
"""A zero, or a word by which a sentence says that something did not happen."""

WORDS = """concat_ws(' | ', quote, "row", "column", section, "printed", note)"""
"""SQL: all words beside a number of a record table."""
HEADERS = """concat_ws(' | ', "row", "column")"""
"""SQL: the headers of the cell."""


def literal(text: str) -> str:
    """A text as an SQL literal.

    >>> literal("Cohen's d")
    "'Cohen''s d'"
    """
    return "'" + text.replace("'", "''") + "'"


def says(words: str, pattern: str) -> str:
    """SQL: whether an expression of words matches a pattern."""
    return f"regexp_matches({words}, {literal(pattern)})"


def without(words: str, pattern: str) -> str:
    """SQL: the words with every match of a pattern taken out."""
    return f"regexp_replace({words}, {literal(pattern)}, ' ', 'g')"


def leads_to(words: str, pattern: str, printed: str) -> str:
    """SQL: whether a match of the pattern is followed, before any other number, by the number of a printed cell."""
    digits = f"regexp_extract({printed}.text, '[0-9]+([.,·][0-9]+)*')"
    return (
        f"regexp_matches({words}, '(?:' || {literal(pattern)} || ')[^0-9]{{0,40}}?' || regexp_escape({digits}) || "
        "'(?:[^0-9.,·]|[.,·][^0-9]|[.,·]?$)')"
    )


def found(pattern: str, words: str) -> str:
    """The first match of a pattern in words, as written; empty where there is none.

    >>> found(SE, "58.5 (SE 1.3)")
    'SE'
    """
    match = re.search(pattern, words)
    return match.group().rstrip("0123456789 (=:,[.") if match else ""
