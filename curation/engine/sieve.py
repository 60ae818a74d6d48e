"""A first look at many rows: what is plainly fine is counted, and only the rest goes before the rules in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from curation.engine.batches import Plan
from curation.engine.columns import Arguments, at_hand
from curation.engine.flagged import Argument
from curation.engine.judge import Sources, asked_of, at_a_glance, reasons
from curation.engine.rule import Rule
from schemas.verdicts import Mask, Verdict

_OPEN = np.int8(Verdict.EDGE & Verdict.CONTRADICTS)
"""The bit that the two verdicts have in common, and no other has."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What one rule said of the rows that no rule leaves open."""

    rule: str
    consistent: int
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Left:
    """The rows that some rule leaves open, and what each rule said of them at a glance: a line of codes per rule."""

    rows: NDArray[np.intp]
    seen: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class _Look:
    rule: Rule
    sources: Sources
    columns: Mapping[str, Argument]
    codes: NDArray[np.int8]
    not_consistent: int
    lacking: bool
    """Whether there may be rows of which the rule cannot tell."""


def sieve(plans: Sequence[Plan], batch: pa.RecordBatch) -> tuple[list[Settled], Left]:
    """The counts of the rows that every rule is surely done with, and the rows that are left.

    Raises what a rule raises; the caller then asks the rules one by one.
    """
    quick, full = Arguments(batch, own=True, read=at_hand), Arguments(batch, own=True)
    looks = [_look(rule, sources, quick if rule.surely else full) for rule, sources in plans]
    left = np.zeros(len(batch), dtype=bool)
    for look in looks:
        if look is not None and look.not_consistent:
            left |= (look.codes & _OPEN).view(bool)
    rows = np.flatnonzero(left)
    settled = [_settled(look, batch, left, rows) for look in looks if look is not None]
    return settled, Left(rows, _seen(looks, rows))


def _seen(looks: Sequence[_Look | None], rows: NDArray[np.intp]) -> NDArray[np.int8]:
    seen = np.full((len(looks), len(rows)), Verdict.NOT_ASKED, dtype=np.int8)
    for line, look in zip(seen, looks, strict=True):
        if look is not None:
            look.codes.take(rows, out=line)
    return seen


def _look(rule: Rule, sources: Sources, given: Arguments) -> _Look | None:
    """What a rule says at a glance; None where it is asked of no row."""
    asked = asked_of(rule, given.batch, sources)
    if asked is not None and not asked.any():
        return None
    columns = given.all_of(sources)
    codes, unknown = at_a_glance(rule, columns, asked)
    return _Look(rule, sources, columns, codes, int(np.count_nonzero(codes)), unknown or rule.surely is None)


def _settled(look: _Look, batch: pa.RecordBatch, left: Mask, rows: NDArray[np.intp]) -> Settled:
    codes = look.codes
    consistent = len(codes) - look.not_consistent - int(np.count_nonzero(codes[rows] == Verdict.CONSISTENT))
    if not look.lacking or consistent + len(rows) == len(codes):
        return Settled(look.rule.id, consistent, {})
    codes = np.where(left, np.int8(Verdict.NOT_ASKED), codes)
    return Settled(look.rule.id, consistent, reasons(look.rule, batch, look.sources, look.columns, codes, None))
