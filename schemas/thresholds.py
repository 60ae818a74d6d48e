"""Limits that are judgement, not arithmetic: named, sourced, and open to a review's own choice.

A rule file declares one with ``threshold`` and reads ``.value`` when it judges. A review sets another value with a
``setting`` row; ``using`` makes the values of a review hold while its records are judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import pyarrow as pa

_CHOSEN: ContextVar[Mapping[str, float]] = ContextVar("chosen", default={})  # noqa: B039 - never written to


class UnknownSetting(ValueError):
    """A review sets something that no rule reads, or sets it out of range."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit that somebody had to choose. ``least`` and ``most`` bound what a review may choose instead."""

    name: str
    default: float
    meaning: str
    source: str
    least: float
    most: float

    @property
    def value(self) -> float:
        """The value that holds now: the review's, or else the default."""
        return _CHOSEN.get().get(self.name, self.default)


DECLARED: dict[str, Threshold] = {}
"""Every threshold of the rules loaded so far, by name."""


def threshold(name: str, default: float, *, meaning: str, source: str, least: float, most: float) -> Threshold:
    """Declare a threshold. ``source`` cites where the default comes from, or says that it is this project's choice."""
    made = Threshold(name, default, meaning, source, least, most)
    if DECLARED.setdefault(name, made) != made:
        raise ValueError(f"two rules declare the threshold {name!r} differently; give one of them another name")
    return made


@contextmanager
def using(settings: Mapping[str, float]) -> Iterator[None]:
    """Judge with these settings. Raises UnknownSetting, with a sentence, for a name or value that cannot be."""
    for name, value in settings.items():
        known = DECLARED.get(name)
        if known is None:
            raise UnknownSetting(
                f"setting {name!r}: no rule reads it; rules read {', '.join(sorted(DECLARED)) or 'none'}"
            )
        if not known.least <= value <= known.most:
            raise UnknownSetting(
                f"setting {name}: found {value:g}, expected a number from {known.least:g} to {known.most:g} ({known.meaning})"
            )
    token = _CHOSEN.set(dict(settings))
    try:
        yield
    finally:
        _CHOSEN.reset(token)


def settings_in(table: pa.Table | None) -> dict[str, float]:
    """The settings of a review from its table of ``setting`` rows."""
    if table is None:
        return {}
    found = {}
    for row in table.select(["setting", "value"]).to_pylist():
        number = (row["value"] or {}).get("value")
        if number is None:
            text = (row["value"] or {}).get("text", "")
            raise UnknownSetting(f"setting {row['setting']}: found {text!r}, expected a number")
        found[row["setting"]] = float(number)
    return found
