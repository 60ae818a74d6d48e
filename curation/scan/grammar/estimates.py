"""Estimates with their confidence intervals: "HR 0.66 (95% CI 0.52 to 0.84; P < 0.001)", "44% (95% CI: 20%-70%)"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from curation.scan.grammar.found import Found, NotRead
from curation.scan.grammar.intervals import BARE, INTERVAL, Interval, P, bare_interval, interval_of, p_behind, p_text
from curation.scan.grammar.measures import RATIOS, Named, measures_in, named_before, said_adjusted
from curation.scan.grammar.text import SIGNED, minus, sentence_start
from schemas import grammar
from schemas.codes import CODES

_GAP = r"(?P<unit>(?:[^\d()\[\]{};:=<>]|(?<=[A-Za-zµμ/])\d(?!\d)|(?<=/)\d+(?:\.\d+)?\s?m|(?<=per )10[0, ]{1,7}){0,60}?)"
_WITH_P = rf"(?:[,;(\[]\s?{P}\s?(?=[,;(\[]))?"
_FREE = r"(?<![\w.,/·±^-])(?<!\d[ ,])(?<![pPnN]\s=\s)(?<![pPnN]=)(?<![<>≤≥]\s)(?<![<>≤≥])"
"""An estimate begins here; it may stand behind an equals sign, but is no P value and no number of participants."""
_ESTIMATE = re.compile(
    rf"{_FREE}(?P<estimate>{SIGNED})(?P<percent>\s?%)?{_GAP}\s?{_WITH_P}\s?"
    r"(?:[,;:]?\s?[(\[]|[,;:]|(?<=\s)(?:with|and)(?:\san?|\sthe|\sits)?|)\s?(?:with\san?\s|at\s(?:a|the)\s)?$",
    re.IGNORECASE,
)
_DIRECT = re.compile(rf"{_FREE}(?P<estimate>{SIGNED})(?P<percent>\s?%)?\s?[,;:]?\s?$")
_FALLING = re.compile(
    r"reduc|decreas|lower|loss|lost|fewer|less\b|declin|\bfell\b|\bfall|drop|smaller|shorter|worse|greater|higher|improv|benefit|favou?r|gain|increas|better|advantage",
    re.IGNORECASE,
)
_NOT_A_SHARE = re.compile(
    r"differ|reduc|increas|decreas|change|efficac|effect|ratio|variation|\bCV\b|higher|lower|improv|gain|fold|excess|relative|bias|error|weight|I2|I²",
    re.IGNORECASE,
)
_OTHER_QUANTITY = re.compile(
    r"beats|bpm|months?|years?|days?|weeks?|hours?|minutes?|\bkg\b|mmHg|\bmg\b|%", re.IGNORECASE
)
_PER_TIME = re.compile(
    r"(?:per|/)\s?(?P<per>10(?:[, ]?0)*)?\s?(?:person|patient|participant|woman|child|infant|subject)s?[\s-]?(?:years?|months?|days?)",
    re.IGNORECASE,
)
_NO_ESTIMATE = re.compile(
    r"(?:\bper\s(?:each\s)?|\bevery\s|(?:\branging\sfrom|\brange[ds]?|\bfrom|\bbetween)[\s:]{1,3}[^\s]{0,3}[\d.]+\s?[^\d(),;]{0,15}(?:\sto|\sand|-|–)\s?)$",
    re.IGNORECASE,
)
"""Before a number that says of what an effect is, or that ends a range: "per 5 mg", "ranging from 54 to 90"."""
REACH = 110
"""Characters before an interval in which its estimate is looked for."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The number that an interval belongs to, and what stands between the two."""

    text: str
    percent: bool
    unit: str
    start: int
    end: int
    p: str = ""


def estimates(body: str, text: str) -> Iterator[Found | NotRead]:
    """Every estimate with its interval; ``body`` is the plain form of ``text``, character for character."""
    last: Found | None = None
    taken = 0
    for match in INTERVAL.finditer(body):
        one = _with_estimate(body, text, interval_of(match, text), taken, last)
        taken = match.end()
        last = one if isinstance(one, Found) else last
        yield one
    for match in BARE.finditer(body):
        one_bare = _bare(body, text, match)
        if one_bare is not None:
            yield one_bare


def _with_estimate(body: str, text: str, interval: Interval, floor: int, last: Found | None) -> Found | NotRead:
    estimate = estimate_before(body, text, interval.start, max(floor, sentence_start(body, interval.start)))
    if estimate is None:
        return _limits_only(interval)
    named = _measure(body, estimate, floor, last)
    return _found(body, text, estimate, interval, named)


def estimate_before(body: str, text: str, at: int, floor: int) -> Estimate | None:
    """The number that stands before an interval, units and an opening bracket between them."""
    start = max(floor, at - REACH)
    found = _ESTIMATE.search(body, start, at)
    if found is None or _NO_ESTIMATE.search(body, max(0, found.start("estimate") - 40), found.start("estimate")):
        return None
    span = found.span("estimate")
    p = p_text(found, text) if found["p"] else None
    return Estimate(
        minus(text[slice(*span)]),
        bool(found["percent"]),
        found["unit"].strip(),
        span[0],
        found.end("percent") if found["percent"] else span[1],
        p or "",
    )


def _measure(body: str, estimate: Estimate, floor: int, last: Found | None) -> Named | None:
    """The measure that the words before the estimate name; that of the estimate before, in a list of them."""
    start = max(sentence_start(body, estimate.start), floor, estimate.start - 90)
    inside = measures_in(body, start, estimate.start)
    if inside:
        return inside[-1]
    joined = body[floor : estimate.start]
    if (
        last
        and floor
        and last.end <= estimate.start
        and len(joined) < 70
        and re.search(r"[,;]|\band\b|\bvs\b|\bversus\b", joined)
    ):
        measure = last.cells.get("measure")
        return Named(measure, last.start, last.start) if measure else None
    return None


def _bare(body: str, text: str, match: re.Match[str]) -> Found | None:
    """An estimate with two limits in brackets, where the words before it name a measure with an interval."""
    if not match["close"] and match["open"] != ";":
        return None
    found = _DIRECT.search(body, max(0, match.start() - 25), match.start())
    if found is None:
        return None
    span = found.span("estimate")
    named = named_before(body, span[0], 30)
    if named is None or named.measure in {"other", "COR"} or re.search(r"[\d;.]", body[named.end : span[0]]):
        return None
    estimate = Estimate(minus(text[slice(*span)]), bool(found["percent"]), "", *span)
    one = _found(body, text, estimate, bare_interval(match, text), named)
    return replace(one, strength=one.strength - 10) if isinstance(one, Found) and _contained(one) else None


def _contained(one: Found) -> bool:
    """Whether the estimate lies within the limits; without a name only that shows that they belong together."""
    numbers = [_value(one.cells.get(name, "")) for name in ("lower", "estimate", "upper")]
    known = [each for each in numbers if each is not None]
    return len(known) == 3 and known == sorted(known)


def _limits_only(interval: Interval) -> Found | NotRead:
    low, high = _value(interval.lower), _value(interval.upper)
    if low is None or high is None or low > high:
        return NotRead(interval.start, interval.end, "an interval without an estimate before it")
    cells = {"measure": "other", "lower": interval.lower, "upper": interval.upper, "level": interval.level}
    return Found("effect", _even_percent(cells), interval.start, interval.end, 40)


def _found(body: str, text: str, estimate: Estimate, interval: Interval, named: Named | None) -> Found | NotRead:
    settled = _settled(estimate.text, interval, body[max(0, estimate.start - 120) : estimate.start])
    if isinstance(settled, str):
        return NotRead(estimate.start, interval.end, settled)
    value, lower, upper, notes = settled
    behind = p_behind(body, text, interval.end)
    p = behind.text if behind and not behind.one_sided else "" if behind else estimate.p
    end = behind.end if behind else interval.end
    start = named.start if named and 0 <= estimate.start - named.end <= 30 else estimate.start
    words = body[max(0, start - 70) : estimate.end] + estimate.unit
    per_time = _PER_TIME.search(estimate.unit)
    if per_time and value and not (named and named.ratio):
        return _rate(
            value, lower, upper, interval, per_time, Found("rate", {}, estimate.start, interval.end, 62, notes)
        )
    if estimate.percent and value and _as_fractions(value, lower, upper):
        cells = {
            "measure": "proportion",
            "estimate": f"{value}%",
            "lower": lower,
            "upper": upper,
            "level": interval.level,
            "p": p,
        }
        return Found("effect", _filled(cells), estimate.start, end, 60, notes)
    if estimate.percent and value and not _NOT_A_SHARE.search(words) and _a_share(named, value, lower, upper):
        cells = {
            "percent": f"{value}%",
            "lower": lower,
            "upper": upper,
            "level": interval.level,
            "estimator": "unknown",
        }
        return Found("count", _filled(cells), estimate.start, interval.end, 60, notes)
    measure = _code(named, estimate)
    adjusted = said_adjusted(body, start, end)
    method = "bayesian" if interval.bayesian else "adjusted" if adjusted else ""
    shown = f"{value}%" if estimate.percent and value else value
    cells = {"measure": measure, "estimate": shown, "lower": lower, "upper": upper, "level": interval.level, "p": p,
             "interval_method": method}  # fmt: skip
    return Found("effect", _even_percent(cells), start, end, 60, notes)


def _as_fractions(value: str, lower: str, upper: str) -> bool:
    """Whether a percentage has its limits as fractions of one: "39.0% (0.303 to 0.480)"."""
    share, low, high = (_value(text) for text in (value, lower, upper))
    if share is None or low is None or high is None or "%" in lower + upper:
        return False
    return 0 <= low <= high <= 1 and not low <= share <= high and low <= share / 100 <= high


def _rate(value: str, lower: str, upper: str, interval: Interval, unit: re.Match[str], shell: Found) -> Found:
    per = unit["per"].replace(",", "").replace(" ", "") if unit["per"] else "1"
    cells = {"rate": value, "per": per, "lower": lower, "upper": upper, "level": interval.level}
    return replace(shell, cells=_filled(cells)) if per in CODES["per"] else replace(shell, kind="effect", cells=_filled(
        {"measure": "other", "estimate": value, "lower": lower, "upper": upper, "level": interval.level}))  # fmt: skip


def _a_share(named: Named | None, *numbers: str) -> bool:
    values = [_value(each.rstrip("% ")) for each in numbers]
    return (named is None or named.measure == "other") and all(each is not None and 0 <= each <= 100 for each in values)


def _code(named: Named | None, estimate: Estimate) -> str:
    """The code of the measure; a number with a unit is no ratio."""
    if named is None:
        return "other"
    unit = f"{estimate.unit} %" if estimate.percent else estimate.unit
    if named.measure in RATIOS and _OTHER_QUANTITY.search(unit):
        return "other"
    if named.measure in {"RD", "COR"} and not estimate.percent and abs(_value(estimate.text) or Decimal(0)) > 1:
        return "other"
    return named.measure


def _settled(text: str, interval: Interval, before: str) -> tuple[str, str, str, dict[str, str]] | str:
    """Estimate and limits in their roles, or the reason why they cannot be told apart."""
    lower, upper, notes = interval.lower, interval.upper, dict[str, str]()
    value, low, high = _value(text), _value(lower), _value(upper)
    if value is None or low is None or high is None:
        return "a number of the interval cannot be read"
    if interval.glued and low < 0:
        as_dash = -low <= value <= high
        as_minus = low <= value <= high
        if as_dash == as_minus:
            return "a dash before the first limit may be a minus"
        lower, low = (lower.lstrip("-"), -low) if as_dash else (lower, low)
    if low > high and high <= value <= low:
        lower, upper, low, high = upper, lower, high, low
    if not low <= value <= high and low <= -value <= high and _FALLING.search(before):
        return "", lower, upper, notes
    if not low <= value <= high and min(-low, -high) <= value <= max(-low, -high):
        notes["unsure"] = "a minus may have been lost"
    return text, lower, upper, notes


def _value(text: str) -> Decimal | None:
    found = grammar.number(text.replace("%", "").strip())
    return found.value if found else None


def _even_percent(cells: dict[str, str]) -> dict[str, str]:
    """All three with a percent sign, or none: the sign is often printed once."""
    names = [name for name in ("estimate", "lower", "upper") if cells.get(name)]
    with_sign = [name for name in names if cells[name].endswith("%")]
    if with_sign and len(with_sign) < len(names):
        cells |= {name: cells[name].rstrip("% ") for name in with_sign}
    return _filled(cells)


def _filled(cells: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in cells.items() if text}
