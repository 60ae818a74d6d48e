"""Findings: one shape everywhere, in the store, in JSON, in reports."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from schemas.registry import RECORD_MODELS

ORDER = {"error": 0, "warning": 1, "note": 2}
"""Worst first."""
_FIELD_ORDER = {field.name: place for model in RECORD_MODELS for place, field in enumerate(model.fields())}


@dataclass(frozen=True, slots=True)
class Finding:
    """What contradicts what, where, how gravely, what would fit, and what was decided about it."""

    rule: str
    name: str
    severity: str
    message: str
    source: str = ""
    place: str = ""
    row: str = ""
    column: str = ""
    study: str = ""
    arm: str = ""
    outcome: str = ""
    field: str = ""
    printed: str = ""
    expected: str = ""
    explanations: tuple[str, ...] = ()
    changes_conclusion: bool = False
    records: tuple[str, ...] = ()
    fingerprint: str = ""
    status: str = "open"
    decided_by: str = ""
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON and the store."""
        return asdict(self) | {"explanations": list(self.explanations), "records": list(self.records)}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Finding:
        """The finding that ``as_dict`` wrote; other keys are passed over."""
        kept = {name: value for name, value in given.items() if name in _NAMES}
        return cls(**kept | {name: tuple(kept.get(name, ())) for name in ("explanations", "records")})


_NAMES = frozenset(each.name for each in fields(Finding))


def fingerprint(*parts: str) -> str:
    """A short digest of what makes a finding this finding; the same in every run over the same print."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by source, gravest first within each; conclusions that change come first of their severity."""
    return sorted(findings, key=_order)


def _order(one: Finding) -> tuple[object, ...]:
    conclusion = not one.changes_conclusion
    where = (one.place, one.row, one.records[:1], _FIELD_ORDER.get(one.field, 0), one.fingerprint)
    return (one.source, ORDER[one.severity], conclusion, one.rule, *where)


@dataclass(slots=True)
class Tally:
    """How often one rule was asked, and what it answered."""

    consistent: int = 0
    contradicts: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    """Why it could not tell, and how often."""

    @property
    def cannot_tell(self) -> int:
        """Rows of which nothing could be said."""
        return sum(self.reasons.values())

    @property
    def checked(self) -> int:
        """Rows the rule was asked of."""
        return self.consistent + self.contradicts + self.cannot_tell

    def add(self, *, consistent: int = 0, contradicts: int = 0, reasons: Mapping[str, int] | None = None) -> None:
        """Count more answers."""
        self.consistent += consistent
        self.contradicts += contradicts
        for reason, count in (reasons or {}).items():
            if count:
                self.reasons[reason] = self.reasons.get(reason, 0) + count
