"""What a rule says of each row: consistent, contradicts, cannot tell; and two states that never reach a report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


class Verdict(IntEnum):
    """One row's verdict. EDGE: floating point cannot decide, exact arithmetic must. NOT_ASKED: the rule does not apply."""

    CONSISTENT = 0
    CONTRADICTS = 1
    CANNOT_TELL = 2
    EDGE = 3
    NOT_ASKED = 4


_EDGE = np.int8(Verdict.EDGE)
_RANK = np.array([0, 4, 2, 3, 5], dtype=np.int8)
"""When several conditions must all hold, the worst one decides: this order, by verdict."""
_BY_RANK = np.array(
    [Verdict.CONSISTENT, Verdict.CONSISTENT, Verdict.CANNOT_TELL, Verdict.EDGE, Verdict.CONTRADICTS, Verdict.NOT_ASKED],
    dtype=np.int8,
)


@dataclass(frozen=True, eq=False, slots=True)
class Verdicts:
    """The verdicts of one rule over a column of rows."""

    codes: NDArray[np.int8]

    @classmethod
    def of(cls, contradicts: Mask, known: Mask, edge: Mask | None = None) -> Verdicts:
        """Verdicts from three masks; an edge yields to unknown and outranks the other two."""
        codes = contradicts.astype(np.int8)
        if edge is not None and edge.any():
            codes[edge] = Verdict.EDGE
        if not known.all():
            codes[~known] = Verdict.CANNOT_TELL
        return cls(codes)

    @classmethod
    def surely(cls, consistent: Mask, not_asked: Mask | None = None) -> Verdicts:
        """What a quick look settles: rows that are surely consistent, or surely not asked; EDGE for all others."""
        codes = (~consistent).view(np.int8)
        codes *= _EDGE
        if not_asked is not None and not_asked.any():
            codes[not_asked] = Verdict.NOT_ASKED
        return cls(codes)

    @classmethod
    def left_open(cls, not_asked: Mask) -> Verdicts:
        """What a quick look settles where it can only say whom the rule is not asked of."""
        return cls(np.where(not_asked, np.int8(Verdict.NOT_ASKED), np.int8(Verdict.EDGE)))

    @classmethod
    def nobody(cls, rows: int) -> Verdicts:
        """The rule is asked of no row."""
        return cls(np.full(rows, Verdict.NOT_ASKED, dtype=np.int8))

    def __and__(self, other: Verdicts) -> Verdicts:
        """Both conditions must hold."""
        return Verdicts(_BY_RANK[np.maximum(_RANK[self.codes], _RANK[other.codes])])

    def __or__(self, other: Verdicts) -> Verdicts:
        """Either condition is enough; one that cannot be told may be the one that holds."""
        either = np.minimum(_RANK[self.codes], _RANK[other.codes])
        return Verdicts(_BY_RANK[either])

    def only(self, mask: Mask) -> Verdicts:
        """Ask the rule only of these rows."""
        return Verdicts(np.where(mask, self.codes, np.int8(Verdict.NOT_ASKED)))

    def unless(self, mask: Mask) -> Verdicts:
        """Do not ask the rule of these rows."""
        return self.only(~mask)

    def cannot_tell(self, mask: Mask) -> Verdicts:
        """Nothing can be said of these rows."""
        asked = self.codes != Verdict.NOT_ASKED
        return Verdicts(np.where(mask & asked, np.int8(Verdict.CANNOT_TELL), self.codes))

    def checked_where_known(self) -> Verdicts:
        """A condition whose number is missing is passed over: for the optional parts of a rule."""
        return Verdicts(np.where(self.codes == Verdict.CANNOT_TELL, np.int8(Verdict.CONSISTENT), self.codes))
