"""Where our numbers differ from metafor's, and why: one entry per reason, none without.

A difference is looked up by its full name, ``reference: topic: what: quantity``. The tests demand that every difference
has an entry, that every entry still has a difference, and that it is one of refusal: ours is no number (with a status
that says why) or metafor stops; there are never two different numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """Where (a regular expression for full names), and why."""

    where: str
    why: str

    def covers(self, name: str) -> bool:
        """Whether a quantity is meant."""
        return re.search(self.where, name) is not None


DIFFERENCES = (
    Difference(
        r"^(one-study\.\w+: (models|meta|back): |dat\.gibson2002: subgroups: .* type [2-5]: |dat\.hart1999: subgroups: .* secondary: "
        r"|dat\.mcdaniel1994: subgroups: .* p: ).*pi_(lower|upper)$",
        "One study: metafor repeats the study's own interval as prediction interval; one study says nothing about the "
        "spread of others, so ours has none.",
    ),
    Difference(
        r"^(no-events\.\w+|all-events\.\w+|identical\.effects): (models|meta|sensitivity): .* knha.*: (lower|upper|z|p|pi_lower|pi_upper)$",
        "All effects are exactly alike: Hartung and Knapp's standard error is 0. metafor prints an interval without "
        "width and an infinite statistic; ours has the status of a standard error of zero, and no interval.",
    ),
    Difference(
        r"^(no-events|all-events)\.counts: weighted: (OR|RR) .*'none'.*: (q|i2|h2|p_heterogeneity)$",
        "Mantel-Haenszel without a finite estimate: metafor leaves the estimate out and sets Q to 0; ours gives no Q "
        "around an estimate that does not exist.",
    ),
    Difference(
        r"^(no-events|all-events)\.counts: weighted: RD .*: (se|z|p|lower|upper)$",
        "Mantel-Haenszel's risk difference where nobody (or everybody) has the event: the standard error is 0, up to "
        "rounding. metafor prints an interval without width; ours has the status of a standard error of zero.",
    ),
    Difference(
        r"^weights-huge\.means: (asymmetry: MD rma|trimfill: MD \w+ \w+): refused$",
        "Standard errors of 1e-4 as a predictor: metafor's check of the model matrix is absolute (1e-7) and calls it not "
        "of full rank; ours is relative, and gives what it gives for the same lengths of stay in days.",
    ),
)
