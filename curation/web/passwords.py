"""Passwords: only their argon2 hashes are kept."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from store.errors import StoreError

SHORTEST, LONGEST = 10, 256
"""Characters of a password. Length is what counts (NIST SP 800-63B); no composition rules."""

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody has this password, and verifying it takes as long as a real one")


class BadPassword(StoreError):
    """A password that is not accepted; the message says why."""


def hashed(password: str) -> str:
    """The encoded argon2id hash of a password. Raises BadPassword."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadPassword(
            f"a password of {len(password)} characters; it needs {SHORTEST} to {LONGEST}, for instance four words"
        )
    return _HASHER.hash(password)


def matches(encoded: str | None, password: str) -> bool:
    """Whether this is the password; takes as long where there is no such person."""
    try:
        return _HASHER.verify(encoded or _NOBODY, password[: LONGEST + 1]) and encoded is not None
    except (VerificationError, InvalidHashError):
        return False
