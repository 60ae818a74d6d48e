"""Sessions: kept in the memory of the server, named by a signed token, new at every sign-in, gone at sign-out."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from itsdangerous import BadSignature, URLSafeSerializer

from curation.web.people import Person

IDLE = 8 * 3600
LONGEST = 24 * 3600
"""Seconds without a request, and in all, after which a session ends."""

MOST = 10_000
"""Sessions kept at a time; the one idle for longest makes room."""


@dataclass(slots=True)
class Session:
    """A person at a browser or a program; ``csrf`` proves that a form came from our own page."""

    id: str
    person: Person
    csrf: str
    began: float
    last: float
    notes: list[tuple[str, str]] = field(default_factory=list)
    """(severity, sentence) to be shown on the next page."""


class Sessions:
    """All sessions of a running server. A restart ends them all, because the signing key is made anew."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._signer = URLSafeSerializer(secrets.token_hex(32), salt="session")
        self._all: dict[str, Session] = {}
        self._lock = threading.Lock()

    def begin(self, person: Person) -> tuple[Session, str]:
        """A new session and its signed token."""
        now = self._clock()
        one = Session(secrets.token_urlsafe(32), person, secrets.token_urlsafe(32), now, now)
        with self._lock:
            if len(self._all) >= MOST:
                del self._all[min(self._all.values(), key=lambda each: each.last).id]
            self._all[one.id] = one
        return one, str(self._signer.dumps(one.id))

    def find(self, token: str | None) -> Session | None:
        """The session of a token that we signed and that has not ended."""
        if not token:
            return None
        try:
            name = self._signer.loads(token)
        except BadSignature:
            return None
        now = self._clock()
        with self._lock:
            one = self._all.get(name)
            if one is None:
                return None
            if now - one.last > IDLE or now - one.began > LONGEST:
                del self._all[name]
                return None
            one.last = now
        return one

    def end(self, session: Session) -> None:
        """End a session; its token is worth nothing from now on."""
        with self._lock:
            self._all.pop(session.id, None)

    def end_all_of(self, name: str) -> None:
        """End every session of a person, whose account is no longer what it was."""
        with self._lock:
            self._all = {key: each for key, each in self._all.items() if each.person.name != name}
