"""What a check on a cluster cannot do, in sentences."""

from __future__ import annotations


class CannotCheck(Exception):
    """Records cannot be checked through Spark; the message says what is missing or wrong, and what to do."""
