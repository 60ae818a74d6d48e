"""curation over a review file: the same check of stored printed numbers that a review gets, by the rules for single rows."""

from __future__ import annotations

import sys
from pathlib import Path

from plain import CHECKS

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from curation.engine.registry import rules, select
from store.review import Review

try:
    from curation.decisions import flag_review
except ImportError:
    flag_review = None


def check(file: str) -> dict[str, int]:
    """How many records contradict each of the six rules."""
    return {each: failed for each, failed in judged(file, list(CHECKS)).items() if each in CHECKS}


def judged(file: str, ids: list[str] | None = None) -> dict[str, int]:
    """How many records contradict each rule for single rows, or each of these."""
    asked = tuple(each for each in (select(rules(), ids) if ids else rules()) if each.rows is None)
    with Review.open(file, read_only=True) as review:
        tallies = flag_review(review, asked).tallies if flag_review else _streamed(review, asked)
    return {each: tally.contradicts for each, tally in tallies.items()}


def _streamed(review, asked):
    from curation.engine.run import check_batches, merged
    from schemas.registry import KINDS
    from store import ddl

    both = None
    for kind in ("count", "effect", "mean"):
        query = f"SELECT {ddl.field_names(KINDS[kind])} FROM {ddl.quoted(kind)}"
        one = check_batches(kind, review.reader().sql(query).to_arrow_reader(16384), asked)
        both = one if both is None else merged(both, one)
    return both.tallies
