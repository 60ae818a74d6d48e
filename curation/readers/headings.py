"""Headings told by their words where a format does not mark them, and the sections that are passed over."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from curation.readers.document import Role
from curation.readers.prose import Gathered

_MAIN = re.compile(
    r"(?:abstract|summary|introduction|background|aims?|objectives?|methods?|materials?(?: and methods)?|"
    r"(?:patients|subjects|participants|material)(?:,? (?:and|materials?|&))* methods?|methods and materials|results?|findings|"
    r"discussion|conclusions?|interpretation|limitations|appendix(?: \w)?|supplementary (?:material|data)|figure legends?|tables?)",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"(?:references?|bibliography|literature cited|works cited|acknowledge?ments?|author affiliations?)", re.IGNORECASE
)
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+(?=[A-Z])")
_RUN_IN = re.compile(
    r"(Background(?: and aims?)?|Aims?|Objectives?|Purpose|Introduction|Design|Setting|Participants|Patients|Interventions?|"
    r"(?:Main )?Outcome Measures?|(?:Patients and |Materials and )?Methods?|Results?|Findings|Conclusions?|Interpretation|"
    r"Discussion|Funding|Trial registration|Limitations)\s*[:.—]\s+(?=\S)",
    re.IGNORECASE,
)
LONGEST_HEADING = 120
_MOST_WORDS = 14
_ABSTRACT = "Abstract"


def level_of(line: str) -> int:
    """How deep a heading a line would open: 1 for the customary ones, the depth of its number, 2 for capitals; 0 for none.

    >>> level_of("Methods"), level_of("2.1. Study selection"), level_of("STATISTICAL ANALYSIS"), level_of("of 12 patients.")
    (1, 2, 2, 0)
    """
    line = line.strip()
    if not line or len(line) > LONGEST_HEADING or len(line.split()) > _MOST_WORDS:
        return 0
    number = _NUMBERED.match(line)
    rest = (line[number.end() :] if number else line).rstrip(" .:")
    if rest[:1].isupper() and (_MAIN.fullmatch(rest) or _OVER.fullmatch(rest)):
        return 1
    if number:
        return 0 if line.endswith((".", ";", ",")) else number[1].count(".") + 1
    letters = [sign for sign in line if sign.isalpha()]
    if len(letters) >= 6 and line.isupper() and " " in line and not any(sign.isdigit() for sign in line):
        return 2
    return 0


def is_named(line: str) -> bool:
    """Whether a line is one of the customary headings, numbered or not: "3. Results"."""
    return level_of(line) == 1 and level_of(_NUMBERED.sub("", line.strip())) == 1


@dataclass
class Outline:
    """The headings that stand open while a text is gathered; under a reference list nothing is."""

    gathered: Gathered
    _open: list[tuple[int, str]] = field(default_factory=list)
    passed_over: bool = False

    @property
    def sections(self) -> tuple[str, ...]:
        """The headings that what follows stands under."""
        return tuple(name for _, name in self._open)

    def heading(self, text: str, level: int) -> None:
        """Open a section, and close those that are not around it."""
        plain = _NUMBERED.sub("", text).rstrip(" .:")
        if self.passed_over and not _MAIN.fullmatch(plain):
            return  # "2. Author A. Title": a reference, numbered like a section
        self.passed_over = _OVER.fullmatch(plain) is not None
        if self.passed_over:
            return
        self._open = [(depth, name) for depth, name in self._open if depth < level]
        before = self.sections
        under = self.gathered.heading(text, before)
        if len(under) > len(before):
            self._open.append((level, under[-1]))

    def paragraph(self, text: str, role: Role = "paragraph") -> None:
        """Add a paragraph; one that begins "Results:" before the introduction is of the abstract's results."""
        if self.passed_over:
            return
        label = _RUN_IN.match(text)
        top = self.sections[:1]
        if label and role == "paragraph" and (not top or top[0].casefold() in {"abstract", "summary"}):
            name = label.group(1)
            self.gathered.add(text, (top[0] if top else _ABSTRACT, name[0].upper() + name[1:].lower()), role)
            return
        self.gathered.add(text, self.sections, role)
