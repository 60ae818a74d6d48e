"""Small worlds that are true as printed, one for each idea that the simulated reviews do not print of themselves.

To add one, write a function from a Draw to Tables and enter it in ``TRUTHS`` under a name of its own. All rules stay
silent on all worlds; ``schemas.strategies.breakers`` breaks them.
"""

from __future__ import annotations

from collections.abc import Callable

from schemas.strategies import flow_worlds, mean_worlds, survival_worlds
from schemas.strategies.draw import Draw, Tables
from schemas.strategies.pooled_worlds import WORLDS as POOLED_WORLDS
from schemas.strategies.registry_worlds import REGISTRY_WORLDS
from schemas.strategies.source_worlds import SOURCE_WORLDS
from schemas.strategies.spread_worlds import SPREAD_WORLDS
from schemas.strategies.two_arm_worlds import WORLDS as TWO_ARM_WORLDS
from schemas.strategies.wording_worlds import WORLDS as WORDING_WORLDS

Truth = Callable[[Draw], Tables]

TRUTHS: dict[str, Truth] = {
    "means: whole-number scores": mean_worlds.whole_number_scores,
    "means: zeros and ones": mean_worlds.zeros_and_ones,
    "means: scores with their range": mean_worlds.scores_with_range,
    "survival: one curve": survival_worlds.whole_curve,
    "survival: two arms": survival_worlds.two_arms,
    "sums: events of arms": flow_worlds.events_of_arms,
    "flow: updated review": flow_worlds.updated_review,
    **{f"sources: {name}": world for name, world in SOURCE_WORLDS.items()},
    **{f"registry: {name}": world for name, world in REGISTRY_WORLDS.items()},
    **{f"pooled: {name}": world for name, world in POOLED_WORLDS.items()},
    **WORDING_WORLDS,
    **{f"spread: {name}": world for name, world in SPREAD_WORLDS.items()},
    **{f"two arms: {name}": world for name, world in TWO_ARM_WORLDS.items()},
}
"""Name of the world -> how it is made."""
