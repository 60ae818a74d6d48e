"""The form of a rule: one function over interval columns, and everything a reader wants to know about it.

    @rule("COUNT-002", severity="error", source="arithmetic", consistent=[...], inconsistent=[...], cannot_tell=[...])
    def percent_of_total(events, total, percent):
        '''The printed percentage is not events out of total.'''
        return percent.meets(100 * events / total)

A malformed rule is refused when it is imported, with the expected form in the message.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from curation.engine.flagged import Flagged
from schemas.registry import KINDS, RECORD_MODELS
from schemas.thresholds import Threshold
from schemas.verdicts import Verdicts

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
Example = Mapping[str, str] | Sequence[Mapping[str, str]]
"""One record's fields, or for a rule across rows a list of rows, each with its 'kind'."""
Explain = Callable[[Flagged], list[str]]


FORM = '''
    @rule("COUNT-002", severity="error", source="arithmetic",
          consistent=[dict(events="22", total="52", percent="42.3%")],
          inconsistent=[dict(events="22", total="52", percent="44.3%")],
          cannot_tell=[dict(events="22", total="NR", percent="42.3%")])
    def percent_of_total(events, total, percent):
        """The printed percentage is not events out of total."""
        return percent.meets(100 * events / total)'''


class MalformedRule(TypeError):
    """A rule file does not have the form of a rule."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Another reading of the print under which a flagged record would be consistent, and how grave it then is."""

    name: str
    severity: Severity
    holds: Callable[[Flagged], bool]


@dataclass(eq=False)
class Rule:
    """A rule and all that is derived from it: registry entry, tests, catalogue page, messages."""

    id: str
    severity: Severity
    source: str
    identity: Callable[..., Verdicts]
    consistent: Sequence[Example]
    inconsistent: Sequence[Example]
    cannot_tell: Sequence[Example]
    after: tuple[str, ...] = ()
    rows: str | None = None
    kinds: tuple[str, ...] = ()
    field: str | None = None
    limits: str = ""
    look: str = ""
    oracle: str = ""
    thresholds: tuple[Threshold, ...] = ()
    surely: Callable[..., Verdicts] | None = None
    readings: list[Reading] = dataclasses.field(default_factory=list)
    explainers: list[Explain] = dataclasses.field(default_factory=list)
    expected: Callable[[Flagged], str] | None = None
    conclusion: Callable[[Flagged], bool] | None = None

    @property
    def name(self) -> str:
        """The name of the rule, which is the name of its file and its function."""
        return self.identity.__name__

    @property
    def is_bundled(self) -> bool:
        """Whether the rule is one of curation's own."""
        return self.identity.__module__.startswith("curation.rules.")

    @property
    def family(self) -> str:
        """The part of the id before the number."""
        return self.id.rsplit("-", 1)[0]

    @property
    def title(self) -> str:
        """The sentence a user reads: the first line of the docstring."""
        return (self.identity.__doc__ or "").strip().splitlines()[0].rstrip(".")

    @cached_property
    def arguments(self) -> dict[str, bool]:
        """The fields the rule reads, and whether each must be known for the rule to speak."""
        parameters = inspect.signature(self.identity).parameters.values()
        return {each.name: each.default is inspect.Parameter.empty for each in parameters}

    @property
    def required(self) -> list[str]:
        """The fields that must be known."""
        return [name for name, must in self.arguments.items() if must]

    def __call__(self, **columns: Any) -> Verdicts:  # noqa: ANN401 - columns, lists of columns or codes
        """Judge columns."""
        return self.identity(**columns)

    def screen(self, function: Callable[..., Verdicts]) -> Callable[..., Verdicts]:
        """Add a quick look, over the same columns in doubles, at what many rows need not be asked in full.

        It answers CONSISTENT only where the rule surely says so, NOT_ASKED exactly where the rule does (or, of rows
        whose required fields are known, in some of them), and EDGE of all others: those the rule itself decides.
        """
        self.surely = function
        return function

    def explain(self, function: Explain) -> Explain:
        """Add an explanation: sentences that say what would make the flagged record consistent."""
        self.explainers.append(function)
        return function

    def expects(self, function: Callable[[Flagged], str]) -> Callable[[Flagged], str]:
        """Say what would fit in the place of what is printed."""
        self.expected = function
        return function

    def changes_conclusion(self, function: Callable[[Flagged], bool]) -> Callable[[Flagged], bool]:
        """Say when a contradiction turns a conclusion round."""
        self.conclusion = function
        return function

    def reading(
        self, name: str, severity: Severity
    ) -> Callable[[Callable[[Flagged], bool]], Callable[[Flagged], bool]]:
        """Add another reading of the print; if it holds, the finding has this severity and names the reading."""

        def add(holds: Callable[[Flagged], bool]) -> Callable[[Flagged], bool]:
            self.readings.append(Reading(name, severity, holds))
            return holds

        return add


def rule(
    id: str,
    *,
    severity: Severity,
    source: str,
    consistent: Sequence[Example],
    inconsistent: Sequence[Example],
    cannot_tell: Sequence[Example],
    after: Sequence[str] = (),
    rows: str | None = None,
    kinds: Sequence[str] = (),
    field: str | None = None,
    limits: str = "",
    look: str = "",
    oracle: str = "",
    thresholds: Sequence[Threshold] = (),
) -> Callable[[Callable[..., Verdicts]], Rule]:
    """Declare a rule. See the module docstring for the form.

    Args:
        id: family and number, never reused.
        severity: "error" only for what is impossible as printed.
        source: citation of the identity, or "arithmetic".
        consistent: examples that agree with the identity; all examples run as tests.
        inconsistent: examples that contradict it.
        cannot_tell: examples of which the rule can say nothing.
        after: ids of rules that, having flagged a record, silence this one.
        rows: SQL over the record tables and views, for rules across rows; its columns are the arguments, plus
            "kind" and "record" (where the finding stands) and optionally "records" (list of the others) and "field".
        kinds: record kinds the rule is for; by default every kind that has its required fields.
        field: the field the finding points at; by default the last required one.
        limits: what the rule cannot see, for its page.
        look: what the reader should look at, for its message.
        oracle: what the rule was held against: "brute force", "R" or "published", a colon, and the file in tests/.
        thresholds: the limits it reads that are judgement, not arithmetic.
    """

    def declare(identity: Callable[..., Verdicts]) -> Rule:
        made = Rule(
            id, severity, source, identity, consistent, inconsistent, cannot_tell, tuple(after), rows, tuple(kinds),
            field, limits, look, oracle, tuple(thresholds),
        )  # fmt: skip
        problems = list(_problems(made))
        if problems:
            file = inspect.getsourcefile(identity)
            raise MalformedRule(f"{file}: rule {id}: {'; '.join(problems)}. The form of a rule is:{FORM}")
        return made

    return declare


def _problems(made: Rule) -> list[str]:
    found = []
    if not re.fullmatch(r"[A-Z]+(-[A-Z]+)*-\d{3}", made.id):
        found.append("the id must be a family and three digits, such as COUNT-002")
    if made.severity not in SEVERITIES:
        found.append(f"severity {made.severity!r} is not one of {', '.join(SEVERITIES)}")
    if not made.source.strip():
        found.append("source is empty; cite the identity, or write 'arithmetic'")
    if not (made.identity.__doc__ or "").strip():
        found.append("the function has no docstring; its first line is the sentence users read")
    found += [f"no {name} example" for name in ("consistent", "inconsistent") if not getattr(made, name)]
    if made.rows is None:
        found += _unknown_fields(made)
    return found


def _unknown_fields(made: Rule) -> list[str]:
    known = {each.name for model in RECORD_MODELS for each in model.fields()}
    known |= {name for model in RECORD_MODELS for face in model.faces for name in face}
    unknown = [name for name in made.arguments if name not in known]
    wrong = [kind for kind in made.kinds if kind not in KINDS]
    return [f"no record has a field {name!r}" for name in unknown] + [f"no such kind {kind!r}" for kind in wrong]
