"""How often somebody may try to sign in, within a window of time.

Few times for one name from one address, so that passwords cannot be guessed; more often in all, so that nobody can lock
somebody else out by failing in their name.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

WINDOW = 300
"""Seconds."""

ALLOWED = {"both": 5, "address": 20, "name": 100}
"""Failed attempts within the window: of a name from one address, from one address, of a name from anywhere."""

MOST = 10_000
"""Names and addresses remembered at a time; beyond that the oldest are forgotten."""


Key = tuple[str, str]


def _keys(name: str, address: str) -> tuple[Key, ...]:
    who = name.casefold()[:60]
    return (("both", f"{who}\n{address}"), ("address", address), ("name", who))


class Attempts:
    """Failed attempts to sign in."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: dict[Key, deque[float]] = {}
        self._lock = threading.Lock()

    def wait(self, name: str, address: str) -> int:
        """Seconds until the next attempt is allowed; 0 if it is allowed now."""
        with self._lock:
            return max(self._left(key, ALLOWED[key[0]]) for key in _keys(name, address))

    def failed(self, name: str, address: str) -> None:
        """Note a failure."""
        now = self._clock()
        with self._lock:
            for key in _keys(name, address):
                self._failed.setdefault(key, deque(maxlen=max(ALLOWED.values()))).append(now)
            while len(self._failed) > MOST:
                del self._failed[next(iter(self._failed))]

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures of a name from this address."""
        with self._lock:
            self._failed.pop(_keys(name, address)[0], None)

    def _left(self, key: Key, most: int) -> int:
        times, now = self._failed.get(key), self._clock()
        while times and now - times[0] >= WINDOW:
            times.popleft()
        if not times or len(times) < most:
            return 0
        return int(times[-most] + WINDOW - now) + 1
