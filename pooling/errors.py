"""What cannot be pooled, said in a sentence."""

from __future__ import annotations


class CannotPool(ValueError):
    """The numbers or the call do not allow what was asked; the message says why and what to do."""
