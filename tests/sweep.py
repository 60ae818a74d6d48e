"""Long sweeps and property tests: some of their cases in the quick run, all of them in the long one."""

import os
from collections.abc import Iterable

import pytest

CASES = int(os.environ.get("CURATION_CASES", "40"))
"""Cases of each property test that does not say its own number: 40 in the quick run, 200 in the long one."""


def cases(number: int) -> int:
    """Cases of a property test that says its own number: a third of them in the quick run."""
    return number if CASES >= 200 else max(2, number // 3)


def every(number, values: Iterable):
    """These values as parameters; all but every so many-th are left to `make test-slow`."""
    return [
        value if place % number == 0 else pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=pytest.mark.slow)
        for place, value in enumerate(values)
    ]  # fmt: skip
