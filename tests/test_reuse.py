"""Memory of one batch is kept for the next while records are flagged."""

import platform
import resource

import numpy as np
import pytest

from curation.engine import reuse
from curation.engine.reuse import memory_reused

PAGES, TIMES = 512, 200


def _faults() -> int:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(TIMES):
        np.ones(PAGES * 512)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told to keep memory")
def test_arrays_that_come_and_go_are_not_asked_of_the_system_each_time():
    with memory_reused():
        _faults()
        assert _faults() < PAGES * TIMES / 20


def test_without_glibc_nothing_is_changed(monkeypatch):
    monkeypatch.setattr(reuse, "_mallopt", lambda: None)
    with memory_reused():
        assert np.ones(3).sum() == 3
