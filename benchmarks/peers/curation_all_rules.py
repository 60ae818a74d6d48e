"""curation over a review file: every rule for single rows, asked of all its records."""

from __future__ import annotations

from curation_review import judged, rules


def check(file: str) -> dict[str, int]:
    """How many records contradict each rule that found something."""
    found = judged(file, tuple(each for each in rules() if each.rows is None))
    return {each: contradicts for each, contradicts in found.items() if contradicts}
