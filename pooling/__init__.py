"""Pooling: effect sizes, models and plots of meta-analyses, from the clean dataset or from plain arrays.

>>> from pooling import meta
>>> print(meta("RR", {"ai": [4, 6, 3], "n1i": [123, 306, 231], "ci": [11, 29, 11], "n2i": [139, 303, 220]}, method="CE"))
Risk ratio 0.26 (95% CI 0.14 to 0.48), common effect, 3 studies; P < 0.001. Heterogeneity: I² = 0%, Q = 0.93, df = 2 (P = 0.63).
"""

from importlib import import_module
from typing import Any

PART_OF = "curation"
"""Marks this package as ours: another one of this name may stand in front of it."""

_PUBLIC = {
    "pooling.effects": ("effect_sizes",),
    "pooling.effects.given": ("from_interval", "from_oe", "from_p"),
    "pooling.errors": ("CannotPool",),
    "pooling.dataset": ("read",),
    "pooling.models.asymmetry": ("begg", "egger"),
    "pooling.models.glmm": ("glmm",),
    "pooling.models.many": ("pool_many",),
    "pooling.models.one": ("meta", "pool"),
    "pooling.models.sensitivity": ("cumulative", "leave_one_out"),
    "pooling.models.subgroups": ("subgroups",),
    "pooling.models.trimfill": ("trim_and_fill",),
    "pooling.models.weighted": ("mantel_haenszel", "peto"),
    "pooling.run": ("run",),
}
"""Module -> what of it is offered here; loaded when asked for, so that a sentence of refusal costs no second."""
_PLACES = {name: module for module, names in _PUBLIC.items() for name in names}
__all__ = sorted(_PLACES)  # noqa: PLE0605 - a list of texts


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever is offered
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"pooling offers {', '.join(__all__)}, and no {name}")
