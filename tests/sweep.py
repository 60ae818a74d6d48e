"""Long parametrized sweeps: some of their cases in the quick run, all of them in the long one."""

from collections.abc import Iterable

import pytest


def every(number, values: Iterable):
    """These values as parameters; all but every so many-th are left to `make test-slow`."""
    return [
        value if place % number == 0 else pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=pytest.mark.slow)
        for place, value in enumerate(values)
    ]  # fmt: skip
