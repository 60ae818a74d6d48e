"""Consistent records broken by one slip of pen or keyboard each, with the truth beside them.

``SLIPS`` holds every slip by name, with the same names as ``schemas.slips``. ``slipped`` is a Hypothesis strategy,
``simulate_slips`` the same from a seed. What is broken is still well formed: it can be typed in, and is wrong.

>>> [(true, broken)] = simulate_slips("effect", "limits_swapped", seed=4, number=1)
>>> true[0]["lower"] == broken[0]["upper"] and true[0]["upper"] == broken[0]["lower"]
True
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from schemas.registry import RECORDS
from schemas.strategies.cases import SEEDS
from schemas.strategies.draw import Draw, Row, draw_from
from schemas.strategies.printing import ROUNDINGS, Rounding
from schemas.strategies.single import MAKERS
from schemas.strategies.slip_makers import MAKERS_OF_SLIPS, Table

TRIES = 400
"""Cases drawn before it is said that a slip cannot happen to a kind."""


class Pair(NamedTuple):
    """Rows that are true as printed, and the same rows after a slip: one row, or a few rows of one table."""

    true: list[Row]
    broken: list[Row]


@dataclass(frozen=True, slots=True)
class SlipMaker:
    """How a slip happens. Called with rows of one kind, it gives the broken rows, or None where it cannot happen."""

    name: str
    rows: int
    change: Callable[[Draw, str, Table], Table | None]

    def __call__(self, draw: Draw, kind: str, rows: Table) -> Table | None:
        """The rows after the slip; the rows given are left as they are."""
        broken = self.change(draw, kind, [dict(row) for row in rows])
        return None if broken is None or broken == rows else broken

    @property
    def meaning(self) -> str:
        """What happens, in a sentence."""
        return (self.change.__doc__ or "").strip().splitlines()[0]


SLIPS: dict[str, SlipMaker] = {name: SlipMaker(name, *made) for name, made in MAKERS_OF_SLIPS.items()}
"""Name of the slip -> how it is made."""


def simulate_slips(
    kind: str, slip: str, seed: int, number: int, roundings: tuple[Rounding, ...] = ROUNDINGS[:2]
) -> list[Pair]:
    """So many true and broken tables of one kind. Raises KeyError or ValueError, with a sentence, for what cannot be."""
    _known(kind, slip)
    made: list[Pair] = []
    for tried in range(TRIES * number):
        pair = _pair(kind, slip, [seed, tried], roundings, f"{kind}-{seed}-{len(made)}")
        if pair is not None:
            made.append(pair)
        if len(made) == number:
            return made
        if tried > TRIES and not made:
            break
    raise ValueError(f"the slip {slip!r} does not happen to a record of the kind {kind!r}, or too seldom")


def slipped(kind: str, slip: str, rounding: Rounding | None = None) -> st.SearchStrategy[Pair]:
    """True and broken rows of a kind. ``rounding``: "half_up", "half_even" or "truncate"; else either of the first two."""
    _known(kind, slip)
    roundings = ROUNDINGS[:2] if rounding is None else (rounding,)
    return SEEDS.map(lambda seed: simulate_slips(kind, slip, seed, 1, roundings)[0])


def slips_of(kind: str) -> list[str]:
    """The slips that happen to records of a kind."""
    return [name for name in SLIPS if any(_pair(kind, name, [7, tried], ROUNDINGS[:1], "s") for tried in range(60))]


def _known(kind: str, slip: str) -> None:
    if kind not in MAKERS:
        raise KeyError(f"{kind!r} is no record kind; the kinds are {', '.join(RECORDS)}")
    if slip not in SLIPS:
        raise KeyError(f"{slip!r} is no slip; the slips are {', '.join(SLIPS)}")


def _pair(kind: str, slip: str, seed: list[int], roundings: tuple[Rounding, ...], source: str) -> Pair | None:
    rng = np.random.default_rng([*seed, len(slip), *slip.encode(), *kind.encode()])
    draw = draw_from(rng, roundings)
    start = rng.integers(0, 2**32)
    if slip == "digits_cut_off":  # the same truth, printed by two authors
        true, broken = (
            _rows(
                replace(draw, rng=np.random.default_rng(start), to=replace(draw.to, rounding=rounding)), kind, 1, slip
            )
            for rounding in (draw.to.rounding, "truncate")
        )
        made: Table | None = broken if broken != true else None
    else:
        draw = replace(draw, rng=np.random.default_rng(start))
        true = _rows(draw, kind, SLIPS[slip].rows, slip)
        made = SLIPS[slip](draw, kind, true)
    if made is None:
        return None
    return Pair(*([{"source": source} | row for row in rows] for rows in (true, made)))


def _rows(draw: Draw, kind: str, number: int, slip: str) -> Table:
    """Rows of one table: of one set of participants, of two arms, or of several studies."""
    maker = MAKERS[kind]
    if number == 1:
        return [{"study": "study-1"} | maker(draw)]
    of_one = slip == "other_denominator"
    rows = []
    for place in range(number):
        own = {"study": "study-1", "arm": "arm-1", "outcome": f"outcome-{place + 1}"} if of_one else (
            {"study": "study-1", "arm": f"arm-{place + 1}"} if slip == "arms_swapped" else {"study": f"study-{place + 1}"}
        )  # fmt: skip
        size = draw.size if of_one else max(2, int(draw.size * draw.rng.uniform(0.5, 1.5)))
        where = {"section": "Table 2", "row": f"Row {place + 1}", "column": "Value"}
        rows.append(where | own | maker(draw.resized(size)))
    return rows
