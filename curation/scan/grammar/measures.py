"""The names of effect measures in prose and headers: which measure a number is said to be."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES: dict[str, str] = {
    "OR": r"(?-i:a|c)?(?-i:OR)s?(?![a-z])|odds[\s-]ratios?",
    "HR": r"(?-i:a|c|s)?(?-i:HR)s?(?![a-z])|(?:sub-?distribution\s)?hazards?[\s-]ratios?|(?:relative|reduced)\shazards?",
    "IRR": r"(?-i:a)?(?-i:IRR)|(?:incidence[\s-])?(?:density[\s-])?rate[\s-]ratios?",
    "RR": r"(?-i:a)?(?-i:RR)s?(?![a-zA-Z])|(?:relative|risk)[\s-](?:risks?|ratios?)|prevalence[\s-]ratios?|(?-i:a?PR)(?=\s?[(\[]\s?\d\d\s?%)",
    "ROM": r"(?:ratio\sof\s(?:adjusted\s)?(?:geometric\s)?means|geometric\s(?:least[\s-]squares\s)?means?\sratios?|(?-i:GMR|ROM))",
    "SMD": r"(?-i:SMD)|standardi[sz]ed\smean\sdifferences?|Hedges['’]?s?['’]?\sg",
    "RD": r"(?-i:RD|ARR|ARD)(?![a-z])|(?:absolute\s)?risk[\s-]differences?|absolute\srisk\sreductions?",
    "MD": (
        r"(?-i:W?MD)(?![a-z])|mean\s(?:between-?group\s)?differences?|differences?\s(?:in|of|between)\s(?:the\s)?(?:adjusted\s)?means?|"
        r"(?:treatment|between-?group|group|adjusted|net|estimated)\sdifferences?|differences?\sbetween\s(?:the\s)?(?:two\s)?(?:groups|arms|treatments)"
    ),
    "COR": r"(?:pearson['’]?s?\s)?correlation\scoefficients?|(?<![\w.])(?-i:r)(?=\s?=)",
}
_OTHER = (
    r"(?:relative\srisk|risk|odds)\sreductions?|(?-i:RRR|NNTB?H?|NNH)|number[\s-]needed[\s-]to[\s-](?:treat|harm)|effect\ssizes?|"
    r"differences?|(?:geometric\s)?means?|medians?|sensitivit(?:y|ies)|specificit(?:y|ies)|prevalences?|incidences?|proportions?|"
    r"(?<!hazard\s)(?<!odds\s)(?<!risk\s)(?<!rate\s)ratios?|rates?|survival|efficac(?:y|ies)|(?-i:AUC|AUROC|ICC|CV)|kappa|slopes?|coefficients?|"
    r"β|beta|(?<![\w.])(?-i:B)(?=\s?=)|increases?|decreases?|reductions?|changes?|heart\srates?|percent(?:age)?|log\s?(?:OR|HR|RR)|"
    r"ln\s?\(?(?:OR|HR|RR)\)?|scores?|costs?|QALYs?|titres?|titers?|levels?|values?"
)
_ANY = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(rf"(?P<{measure}>{shape})" for measure, shape in _NAMES.items())
    + rf"|(?P<other>{_OTHER}))(?![\w])",
    re.IGNORECASE,
)
_REDUCTION = re.compile(r"\s(?:reductions?|increases?)\b", re.IGNORECASE)
_LOGARITHM = re.compile(r"(?:\blog|\bln)(?:10|₁₀|e)?[\s-]?\(?$", re.IGNORECASE)
RATIOS = frozenset({"OR", "HR", "IRR", "RR", "ROM"})
_ADJUSTED = re.compile(
    r"adjusted|multivariat|multivariable|\ba(?:OR|HR|RR|IRR)\b|propensity|controll(?:ed|ing)\sfor|stratified",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Named:
    """A measure named in a text: its code, and where the name stands."""

    measure: str
    start: int
    end: int

    @property
    def ratio(self) -> bool:
        """Whether values of the measure are ratios."""
        return self.measure in RATIOS


def measures_in(body: str, start: int = 0, end: int | None = None) -> list[Named]:
    """All measures that a stretch of text names, in order; quantities without a code are "other"."""
    found: list[Named] = []
    for match in _ANY.finditer(body, start, len(body) if end is None else end):
        measure = match.lastgroup or "other"
        if measure in RATIOS and (
            _REDUCTION.match(body, match.end()) or _LOGARITHM.search(body, max(0, match.start() - 10), match.start())
        ):
            measure = "other"
        found.append(Named(measure, match.start(), match.end()))
    return found


def named_before(body: str, at: int, reach: int = 90) -> Named | None:
    """The measure named last before a place."""
    found = measures_in(body, max(0, at - reach), at)
    return found[-1] if found else None


def said_adjusted(body: str, start: int, end: int) -> bool:
    """Whether the words around a number say it comes from an adjusted model."""
    return _ADJUSTED.search(body, max(0, start - 120), min(len(body), end + 60)) is not None
