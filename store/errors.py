"""The error a person can act on."""

from __future__ import annotations


class StoreError(Exception):
    """Something about the review file that a person can set right; the message is one sentence with the remedy."""
