"""curation over a review file: the six rules asked of all its records, as stored, with every outcome counted."""

from __future__ import annotations

import sys
from pathlib import Path

from plain import CHECKS

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from curation.commands.flag import MEMORY
from curation.decisions import flag_review
from curation.engine.registry import rules, select
from store.review import Review


def check(file: str) -> dict[str, int]:
    """How many records contradict each of the six rules."""
    return judged(file, select(rules(), CHECKS))


def judged(file: str, asked) -> dict[str, int]:
    """How many records contradict each of these rules, told twice: counted, and listed one by one."""
    with Review.open(file, read_only=True, memory=MEMORY) as review:
        flags = flag_review(review, asked)
    counted = {each.id: flags.tallies[each.id].contradicts for each in asked}
    if sum(counted.values()) != len(flags.flagged):
        raise ValueError(f"{sum(counted.values())} contradictions are counted, and {len(flags.flagged)} listed")
    return counted
