"""Property tests: no deadlines (machines differ), the same cases in every run of CI, and more of them in `make test-slow`."""

import os

import pytest
from hypothesis import settings
from sweep import CASES

settings.register_profile("here", deadline=None, max_examples=CASES)
settings.register_profile("ci", deadline=None, max_examples=CASES, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_collection_modifyitems(items):
    """Brute force over all small cases belongs to the long run."""
    for item in items:
        if "bruteforce" in item.path.name:
            item.add_marker(pytest.mark.slow)
