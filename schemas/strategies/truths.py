"""Small worlds that are true as printed, one for each idea that the simulated reviews do not print of themselves.

To add one, write a function from a Draw to Tables and enter it in ``TRUTHS`` under a name of its own. All rules stay
silent on all worlds; ``schemas.strategies.breakers`` breaks them.
"""

from __future__ import annotations

from collections.abc import Callable

from schemas.strategies.draw import Draw, Tables

Truth = Callable[[Draw], Tables]

TRUTHS: dict[str, Truth] = {}
"""Name of the world -> how it is made."""
