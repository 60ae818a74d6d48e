"""How closely our numbers must agree with metafor's: one tolerance per kind of quantity, each with its reason.

The difference is measured against the larger of metafor's number and a unit of the same kind, so that a number that is
0 by chance does not ask for the impossible. What the unit is, is said by kind.
"""

from __future__ import annotations

from dataclasses import dataclass

CLOSED = frozenset({"CE", "DL", "MH", "PETO"})
"""Methods that are a formula: no iteration in either program."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """``relative`` to the larger of metafor's number and one ``unit``."""

    relative: float
    unit: str
    why: str


TOLERANCES = {
    "effect": Tolerance(
        1e-12, "sampling standard error", "a formula of at most a dozen operations on doubles of 1e-16"
    ),
    "variance": Tolerance(1e-12, "none", "the same"),
    "closed estimate": Tolerance(
        1e-10, "standard error", "sums over the studies; Q loses digits where effects are alike"
    ),
    "closed tau2": Tolerance(1e-10, "typical sampling variance", "the same; tau2 = 0 is a number too"),
    "closed heterogeneity": Tolerance(1e-10, "1 (Q, H2), 100 (I2 in percent)", "the same"),
    "iterated estimate": Tolerance(
        1e-6, "standard error", "follows tau2; metafor stops when tau2 moves by less than set"
    ),
    "iterated tau2": Tolerance(1e-8, "typical sampling variance", "metafor steps by Fisher scoring, ours by Newton"),
    "iterated heterogeneity": Tolerance(1e-8, "1 (H2), 100 (I2 in percent)", "follows tau2"),
    "profile": Tolerance(1e-8, "typical sampling variance; 1 (H2), 100 (I2)", "roots of Q(tau2), bracketed in both"),
    "p": Tolerance(1e-8, "P times the larger of 1 and the squared statistic", "a tail far out magnifies its statistic"),
    "glmm": Tolerance(5e-6, "standard error; 1 (tau2, H2, Q), 100 (I2)", "glmer's optimiser stops earlier than ours"),
    "natural": Tolerance(1e-8, "none", "functions of the pooled numbers, whose tolerance they inherit"),
    "asymmetry": Tolerance(1e-8, "1", "a regression; with tau2 by REML in the second form"),
    "rank": Tolerance(1e-12, "none", "counting pairs"),
    "exact": Tolerance(0.0, "none", "counts and words: numbers of studies, sides, studies filled in"),
}
