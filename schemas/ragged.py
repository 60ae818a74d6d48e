"""Lists of intervals per row, and columns of codes: the other two shapes a rule's arguments can have."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.intervals import Column, Ends, all_of, everyone, nobody
from schemas.verdicts import Mask, Verdicts


@dataclass(frozen=True, eq=False, slots=True)
class Ragged:
    """A list of intervals per row: the arms of a study, the categories of a family, the places of a fact."""

    items: Column
    starts: NDArray[np.intp]

    @property
    def lengths(self) -> NDArray[np.intp]:
        """How many intervals each row holds."""
        return np.diff(self.starts)

    def rationals(self) -> Ragged:
        """The same in exact rationals."""
        return Ragged(self.items.rationals(), self.starts)

    def take(self, rows: NDArray[np.intp]) -> Ragged:
        """The lists at these rows."""
        spans = [np.arange(self.starts[row], self.starts[row + 1]) for row in rows]
        index = np.concatenate(spans) if spans else np.zeros(0, dtype=np.intp)
        return Ragged(
            self.items.take(index), np.concatenate([[0], np.cumsum([len(span) for span in spans])]).astype(np.intp)
        )

    @property
    def complete(self) -> Mask:
        """Rows all of whose intervals are known."""
        return self._fold(self.items.known, all, empty=True).astype(bool)

    def sum(self) -> Column:
        """The sum of each row's intervals; unknown if one is."""
        low, high = (self._fold(end, _total, empty=0) for end in (self.items.low, self.items.high))
        return self._column(low, high, self.complete)

    def sum_of_known(self) -> Column:
        """The sum of the known intervals of each row: a lower bound where all are counts."""
        zero: Any = Fraction(0) if self.items.rational else 0.0
        low, high = (np.where(self.items.known, end, zero) for end in (self.items.low, self.items.high))
        total = [self._fold(end, _total, empty=0) for end in (low, high)]
        return self._column(total[0], total[1], self._fold(self.items.known, any, empty=False).astype(bool))

    def least(self) -> Column:
        """The smallest of each row's intervals (each end on its own)."""
        low, high = (self._fold(end, min, empty=math.nan) for end in (self.items.low, self.items.high))
        return self._column(low, high, self.complete & (self.lengths > 0))

    def greatest(self) -> Column:
        """The greatest of each row's intervals (each end on its own)."""
        low, high = (self._fold(end, max, empty=math.nan) for end in (self.items.low, self.items.high))
        return self._column(low, high, self.complete & (self.lengths > 0))

    def one_value(self) -> Verdicts:
        """One true value may lie in every interval of the row."""
        innermost_low = self._fold(self.items.low, max, empty=math.nan)
        innermost_high = self._fold(self.items.high, min, empty=math.nan)
        known = self.complete & (self.lengths > 1)
        return self._column(innermost_low, innermost_low, known).at_most(
            self._column(innermost_high, innermost_high, known)
        )

    def _column(self, low: Ends, high: Ends, known: Mask) -> Column:
        return Column(low, high, known, self.items.clean)

    def _fold(self, ends: Ends, function: Callable[[Any], Any], *, empty: object) -> Ends:
        out = np.empty(len(self.starts) - 1, dtype=object)
        for row, (start, stop) in enumerate(zip(self.starts[:-1], self.starts[1:], strict=True)):
            out[row] = function(ends[start:stop]) if stop > start else empty
        return out if ends.dtype in (object, bool) else out.astype(np.float64)


def _total(ends: Ends) -> Any:  # noqa: ANN401 - a double or a rational, as the ends are
    return math.fsum(ends) if ends.dtype != object else sum(ends, Fraction(0))


class Codes:
    """A column of codes or plain text; None where blank. Few different words are compared once each, not row by row."""

    __slots__ = ("_holding", "_places", "_values", "_words")

    def __init__(self, values: NDArray[Any]) -> None:
        self._values: NDArray[Any] | None = values
        self._words: tuple[str | None, ...] = ()
        self._places: NDArray[Any] | None = None
        self._holding: dict[tuple[str, ...], Mask] = {}

    @classmethod
    def of_words(cls, words: Sequence[str | None], places: NDArray[Any]) -> Codes:
        """A column that holds at each row the word at that place of a short list."""
        made = cls.__new__(cls)
        made._values = None
        made._words = tuple(words)
        made._places = places
        made._holding = {}
        return made

    @property
    def values(self) -> NDArray[Any]:
        """The words row by row."""
        if self._values is None:
            self._values = np.array([*self._words, None], dtype=object)[:-1][self._places]
        return self._values

    def __len__(self) -> int:
        return len(self.values if self._places is None else self._places)

    @property
    def known(self) -> Mask:
        """Rows that are not blank."""
        return self._held(())

    @property
    def all_known(self) -> bool:
        """Whether no row is blank."""
        return all_of(self.known)

    def is_(self, *codes: str) -> Mask:
        """Rows that hold one of these codes; asked once, shared afterwards, and not to be written to."""
        return self._held(codes) if codes else nobody(len(self))

    def take(self, rows: NDArray[np.intp]) -> Codes:
        """The codes at these rows."""
        return Codes(self.values[rows]) if self._places is None else Codes.of_words(self._words, self._places[rows])

    def reworded(self, words: Mapping[str, str]) -> Codes:
        """The column with some of its few words in other words."""
        assert self._places is not None  # noqa: S101 - few words are listed
        return Codes.of_words([words.get(each or "", each) for each in self._words], self._places)

    def rationals(self) -> Codes:
        """Codes have one precision."""
        return self

    def where(self, held: Callable[[Any], bool]) -> Mask:
        """Rows whose word is held to be so."""
        if self._places is None:
            return np.fromiter(map(held, self.values), dtype=bool, count=len(self.values))
        return _at_places(self._places, *_chosen(self._words, held))

    def _held(self, codes: tuple[str, ...]) -> Mask:
        """Rows that hold one of these codes, or, of no codes, any word."""
        found = self._holding.get(codes)
        if found is None:
            if self._places is None:
                found = self.where(_among(codes))
            else:
                found = _at_places(self._places, *_places_of(self._words, codes))
            found.flags.writeable = False
            self._holding[codes] = found
        return found


@lru_cache(maxsize=1024)
def _places_of(words: tuple[str | None, ...], codes: tuple[str, ...]) -> tuple[list[int], bool]:
    return _chosen(words, _among(codes))


def _among(codes: tuple[str, ...]) -> Callable[[Any], bool]:
    return frozenset(codes).__contains__ if codes else lambda word: word is not None


def _chosen(words: tuple[str | None, ...], held: Callable[[Any], bool]) -> tuple[list[int], bool]:
    """The places of the words that are held to be so, or, where those are fewer, of all others; and which of both."""
    chosen = [place for place, word in enumerate(words) if held(word)]
    if 2 * len(chosen) <= len(words):
        return chosen, True
    return sorted(set(range(len(words))).difference(chosen)), False


def _at_places(places: NDArray[Any], chosen: list[int], wanted: bool) -> Mask:  # noqa: FBT001 - as ``_chosen`` gives it
    """Rows at these places of a list, or at none of them."""
    if not chosen:
        return nobody(len(places)) if wanted else everyone(len(places))
    if len(chosen) > _FEW:
        found = np.zeros(max(chosen) + 2, dtype=bool)
        found[chosen] = True
        found = found.take(places, mode="clip")  # the last place stands for all after it; "clip" is the fast way
    else:
        found = places == chosen[0]
        for each in chosen[1:]:
            found |= places == each
    return found if wanted else ~found


_FEW = 8
"""So many places are compared row by row; more are looked up."""
