"""A test statistic as papers print it, "t(28) = 2.20, p = .036", taken apart into its verbatim numbers.

Only what has one reading is taken apart: a cell with two statistics, a range in the place of a number, or degrees of
freedom that can be split in two ways give nothing, never a guess.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from schemas import grammar

LONGEST = 300
"""Characters of a cell that is read; a longer one is a paragraph."""

Fields = dict[str, str]
"""Field of a test record -> verbatim text."""

_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\t\n\r", " "))
_GONE = str.maketrans(dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad${}", ""))
_LOW = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SIGNS = str.maketrans(
    {"[": "(", "]": ")", "（": "(", "）": ")", "⩽": "≤", "⩾": "≥", "＝": "=", "∙": "·", "⋅": "·", "‒": "–"}
)
_TAGS = re.compile(r"</?(?:sup|sub|i|b|em|strong|span|italic|bold)\b[^<>]{0,40}>", re.IGNORECASE)
_LATEX = {r"\chi": "χ", r"\leq": "≤", r"\geq": "≥", r"\le": "≤", r"\ge": "≥", r"\times": "×", r"\,": " ", r"\;": " ",
          r"\lt": "<", r"\gt": ">", r"\ ": " ", r"\text": "", r"\mathit": "", r"\mathrm": ""}  # fmt: skip

_BEFORE = r"(?<![\w²³^.])"
_RELATION = r"(?:=\s)?(?P<{name}>≤|≥|<=|>=|=<|=>|<|>|=|≈|~)"
_MINUS = r"[+\-−‐‑–]?\s?"
_PLAIN = {"point": r"(?:\d{1,7}(?:[.·]\d+)?|[.·]\d+)", "comma": r"(?:\d{1,7}(?:[,·]\d+)?|[,·]\d+)"}
_GROUPED = {"point": r"\d{1,3}(?:,\d{3})+[.·]\d+", "comma": r"\d{1,3}(?:\.\d{3})+[,·]\d+"}
_POWER = r"(?:[eE][+\-−]?\d{1,3}|\s?[×x*]\s?10\s?\^?\s?(?:[\-−–]?\d{1,2}|⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))?"
_ENDS = (
    r"(?![\d.,·]*\d)(?!\s\d)(?![.,]\s\d(?!\d{0,5}(?:\.\d+)?\s?d\.?f))(?!\s?(?:%|/|to\b|±|×))(?!\s?[\-−‐‑–—]\s?[.\d])"
)
"""A number ends here: no more digits, no second end of a range, no unit."""

_KINDS = {
    "chi2": r"(?:(?:χ|Χ|[Cc]hi|CHI)\s?-?\s?(?:\^?2|²|-?[Ss]quared?)|[Xx]\s?(?:\^?2|²))",
    "Q": r"Q(?:_?(?:[bwmeBWMET]|between|within|total|model|residual))?", "t": r"t", "F": r"F", "z": r"[zZ]", "r": r"r",
}  # fmt: skip
_SUBSCRIPT = {
    "chi2": r"_?\d{1,3}", "Q": "(?!)", "t": r"_?\d{1,5}(?:\.\d+)?",
    "F": r"_?\d{1,3}(?:\.\d+)?\s?[,;]\s?\d{1,6}(?:\.\d+)?", "z": "(?!)", "r": "(?!)",
}  # fmt: skip
_DF_LABEL = r"(?:d\.?\s?f\.?|degrees? of freedom)"


def _statistic(kind: str, mark: str) -> re.Pattern[str]:
    number = rf"{_MINUS}(?:{_GROUPED[mark]}|{_PLAIN[mark]}){_POWER}"
    inside = rf"\s?\(\s?(?P<inside>[^()]{{1,40}}?)\s?\)|(?P<subscript>{_SUBSCRIPT[kind]})"
    return re.compile(
        rf"{_BEFORE}{_KINDS[kind]}(?:{inside})?\s?{_RELATION.format(name='relation')}\s?(?P<value>{number}){_ENDS}"
    )


_MARKS = ("point", "comma")
_STATISTICS = {mark: {kind: _statistic(kind, mark) for kind in _KINDS} for mark in _MARKS}
_P = {
    mark: re.compile(
        rf"{_BEFORE}[pP](?:[\s-]?values?)?(?:\s?\(?\s?(?:one|two|1|2)[\s-]?(?:tailed|sided)\s?\)?)?\s?"
        rf"{_RELATION.format(name='relation')}\s?(?P<value>{_MINUS}{_PLAIN[mark]}{_POWER}){_ENDS}"
    )
    for mark in _MARKS
}
_ANY_P = re.compile(rf"{_BEFORE}[pP](?:[\s_-]?\w{{0,8}})?\s?(?:≤|≥|<|>|=|≈|~)")
_NOT_SIGNIFICANT = re.compile(r"(?<!\w)(?:n\.\s?s\.|ns|NS|N\.S\.|not significant|non-?significant)(?!\w)")
_ADJUSTED = re.compile(r"adjusted|corrected|bonferroni|holm|\bfdr\b|tukey|dunnett|scheff", re.IGNORECASE)
_ONE, _TWO = (re.compile(rf"(?<!\w)(?:{word})[\s-]?(?:tailed|sided)\b", re.IGNORECASE) for word in ("one|1", "two|2"))
_LATER = {
    mark: re.compile(
        rf"^(?:\s?\(\s?(?P<after>{_PLAIN[mark]}(?:\s?[,;]\s?{_PLAIN[mark]})?)\s?\)(?=\s?[,;]?\s?[pP]\s?[<>=])|"
        rf"\s?[,;(]?\s?(?:(?P<first>{_PLAIN[mark]})\s?{_DF_LABEL}|{_DF_LABEL}\s?[=:]?\s?(?P<dfs>{_PLAIN[mark]}(?:\s?[,;]\s?{_PLAIN[mark]})?))(?![\d%])\s?\)?)",
        re.IGNORECASE,
    )
    for mark in _MARKS
}


def read_statistic(text: str, mark: str = "point") -> Fields:
    """The fields of a test record that a printed statistic fills in; empty where it has no single reading.

    >>> read_statistic("t(28) = 2.20, p = .036")
    {'statistic_type': 't', 'statistic': '2.20', 'df1': '28', 'p': '.036'}
    >>> read_statistic("F(1, 28) < 1, ns")["statistic"]
    '<1'
    >>> read_statistic("χ2(1, N = 90) = 3.84, one-tailed p = .025")
    {'statistic_type': 'chi2', 'statistic': '3.84', 'df1': '1', 'p': '.025', 'tails': 'one'}
    """
    if len(text) > LONGEST:
        return {}
    body = plain(text)
    found = list(_matches(body, mark))
    if len(found) != 1:
        return {}
    kind, match = found[0]
    dfs = _degrees(kind, match, body, mark)
    if dfs is None:
        return {}
    fields = {"statistic_type": kind, "statistic": _text(match)} | dfs
    if p := _p_value(body, mark):
        fields["p"] = p
    if bool(_ONE.search(body)) != bool(_TWO.search(body)):
        fields["tails"] = "one" if _ONE.search(body) else "two"
    return fields


def statistics_in(text: str, mark: str = "point") -> Iterator[tuple[int, int, Fields]]:
    """Every test statistic of a running text, with where it begins and ends; its P value is the one that follows it.

    >>> list(statistics_in("fell (t(28) = 2.20, p = .036), rose (F(1, 38) = 8.24)"))[1]
    (37, 52, {'statistic_type': 'F', 'statistic': '8.24', 'df1': '1', 'df2': '38'})
    """
    body = text.translate(_SPACES).translate(_LOW).translate(_SIGNS)
    found = sorted(_matches(body, mark), key=lambda one: one[1].start())
    starts = [match.start() for _, match in found] + [len(body)]
    for (kind, match), next_one in zip(found, starts[1:], strict=True):
        if next_one < match.end():
            continue
        end = _end_of(match, body, next_one, mark)
        part = body[match.start() : end]
        dfs = _degrees(kind, _again(kind, part, mark) or match, part, mark)
        if dfs is None:
            continue
        fields = {"statistic_type": kind, "statistic": _text(match)} | dfs
        if p := _p_value(part, mark):
            fields["p"] = p
        beside = body[max(0, match.start() - 30) : end + 25]
        if bool(_ONE.search(beside)) != bool(_TWO.search(beside)):
            fields["tails"] = "one" if _ONE.search(beside) else "two"
        yield match.start(), end, fields


_NEAR = 45
"""Characters between a statistic and its P value."""
_STOP = re.compile(r"[.;] (?!P\b)(?=[A-Z])|\) |\), |; (?!p\b|P\b|d)")


def _again(kind: str, part: str, mark: str) -> re.Match[str] | None:
    return _STATISTICS[mark][kind].match(part)


def _end_of(match: re.Match[str], body: str, limit: int, mark: str) -> int:
    """Where the statistic ends with the degrees of freedom and the P value that follow it."""
    later = _LATER[mark].match(body[match.end() : match.end() + 30])
    own = match.end() + (later.end() if later else 0)
    reach = min(limit, own + _NEAR + 25)
    stop = _STOP.search(body, own, reach)
    p = _P[mark].search(body, own, stop.start() + 1 if stop else reach)
    return p.end() if p and p.start() <= own + _NEAR else min(own, limit)


def plain(text: str) -> str:
    """The text with one kind of space and bracket, without markup, entities, subscripts and invisible signs."""
    body = _TAGS.sub("", html.unescape(text.strip()))
    for command, sign in _LATEX.items():
        body = body.replace(command, sign)
    body = body.translate(_SPACES).translate(_GONE).translate(_LOW).translate(_SIGNS)
    return re.sub(" {2,}", " ", body)


def _matches(body: str, mark: str) -> Iterator[tuple[str, re.Match[str]]]:
    for kind, pattern in _STATISTICS[mark].items():
        for match in pattern.finditer(body):
            yield kind, match


def _text(match: re.Match[str]) -> str:
    """A number with its relation, the relation left out where it is plainly equal."""
    relation = {"=": "", "=<": "<=", "=>": ">="}.get(match["relation"], match["relation"])
    return relation + re.sub(r"\s", "", match["value"]).replace("*10", "×10")


def _degrees(kind: str, match: re.Match[str], body: str, mark: str) -> Fields | None:
    """The degrees of freedom; empty where none are printed, None where they cannot be told."""
    given = match["inside"] or (match["subscript"] or "").lstrip("_")
    if kind == "z":
        return {}
    if not given:
        later = _LATER[mark].match(body[match.end() :])
        given = (later["dfs"] or later["first"] or later["after"]) if later else ""
        if not given:
            return {}
    given = re.sub(rf"^\s*{_DF_LABEL}\s?[=:]?\s?", "", given, flags=re.IGNORECASE)
    if kind == "F":
        return _two(given, mark)
    given = re.sub(r"\s?[,;]?\s?[nN]\s?=\s?[\d,. ]+$", "", given).strip()
    if not given:
        return {}
    return {"df1": given} if _is_number(given, mark) else None


def _two(given: str, mark: str) -> Fields | None:
    """Numerator and denominator: a split at a semicolon, or a comma and space, comes before one at a bare comma."""
    for separator in (r";\s?", r",\s+", r","):
        parts = [(given[: cut.start()].strip(), given[cut.end() :].strip()) for cut in re.finditer(separator, given)]
        fits = [(one, two) for one, two in parts if _is_number(one, mark) and _is_number(_no_label(two), mark)]
        if len(fits) == 1:
            return {"df1": fits[0][0], "df2": _no_label(fits[0][1])}
        if fits:
            return None
    return None


def _no_label(text: str) -> str:
    return re.sub(rf"^{_DF_LABEL}\s?=?\s?", "", text, flags=re.IGNORECASE)


def _is_number(text: str, mark: str) -> bool:
    found = grammar.number(text, mark) if re.match(r"[\d.,·]", text) else None
    return found is not None and not found.unit


def _p_value(body: str, mark: str) -> str:
    """The P value, where exactly one is printed and it is not an adjusted one."""
    if _ADJUSTED.search(body):
        return ""
    found = list(_P[mark].finditer(body))
    if len(found) == 1 and len(_ANY_P.findall(body)) == 1:
        return _text(found[0])
    if found or _ANY_P.search(body):
        return ""
    unsaid = _NOT_SIGNIFICANT.search(body)
    return unsaid.group() if unsaid else ""
