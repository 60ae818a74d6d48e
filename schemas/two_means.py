"""Two groups' means as intervals of rounding: the ranges in which their difference, its error and its P value lie.

Sizes are exact; means and SDs are boxes. Every range is proven: standard errors rise in both SDs, a quotient of
independent intervals has its ends at corners, and Welch's degrees of freedom rise in the ratio of the two squared
standard errors up to (n1 - 1) / (n2 - 1) and fall beyond it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from schemas import two_groups as groups
from schemas.fits import Range, ends, point
from schemas.intervals import Column
from schemas.two_groups import Floats


@dataclass(frozen=True, slots=True)
class TwoMeans:
    """Sizes, and the ends of means and SDs, of two groups."""

    n1: Floats
    m1: Range
    s1: Range
    n2: Floats
    m2: Range
    s2: Range

    @classmethod
    def of(cls, *columns: Column) -> TwoMeans:
        """From n, mean and SD of the one group, then of the other."""
        n1, m1, s1, n2, m2, s2 = columns
        return cls(point(n1), ends(m1), _positive(ends(s1)), point(n2), ends(m2), _positive(ends(s2)))

    @property
    def usable(self) -> np.ndarray:
        """Rows with two participants or more in each group and a spread that is known."""
        with np.errstate(invalid="ignore"):
            finite = np.isfinite([*self.m1, *self.m2, *self.s1, *self.s2]).all(axis=0)
            return np.asarray(finite & (self.n1 >= 2) & (self.n2 >= 2) & (self.s1[1] + self.s2[1] > 0))

    def difference(self) -> Range:
        """m1 - m2."""
        return self.m1[0] - self.m2[1], self.m1[1] - self.m2[0]

    def error(self, *, pooled: bool) -> Range:
        """Standard error of the difference."""
        zero = np.zeros_like(self.n1)
        low, high = (
            groups.mean_difference(self.n1, zero, self.s1[end], self.n2, zero, self.s2[end], pooled=pooled).se
            for end in (0, 1)
        )
        return low, high

    def welch_df(self) -> Range:
        """Welch's degrees of freedom."""
        with np.errstate(all="ignore"):
            one, two = ([side[end] ** 2 / n for end in (0, 1)] for side, n in ((self.s1, self.n1), (self.s2, self.n2)))
            steep, flat = (groups.welch_df(self.n1, v1, self.n2, v2) for v1, v2 in ((one[1], two[0]), (one[0], two[1])))
            peak = (self.n1 - 1) / (self.n2 - 1)
            inside = (one[0] <= peak * two[1]) & (one[1] >= peak * two[0])
        least = np.minimum(self.n1, self.n2) - 1
        low = np.fmax(np.fmin(steep, flat), least)
        return low, np.where(inside, self.n1 + self.n2 - 2, np.fmax(np.fmax(steep, flat), least))

    def tests(self) -> dict[str, tuple[Range, Range]]:
        """By test: the range of its standard error and of its degrees of freedom."""
        many, df = np.full_like(self.n1, 1e12), self.n1 + self.n2 - 2
        return {
            "Student's t": (self.error(pooled=True), (df, df)),
            "Welch's t": (self.error(pooled=False), self.welch_df()),
            "Welch's t with the smaller group's degrees of freedom": (
                self.error(pooled=False),
                (np.minimum(self.n1, self.n2) - 1, np.minimum(self.n1, self.n2) - 1),
            ),
            "z": (self.error(pooled=False), (many, many)),
            "z, pooled": (self.error(pooled=True), (many, many)),
        }

    def t(self, error: Range) -> Range:
        """The size of the difference in standard errors."""
        low, high = self.difference()
        least = np.where((low <= 0) & (high >= 0), 0.0, np.minimum(np.abs(low), np.abs(high)))
        with np.errstate(all="ignore"):
            greatest = np.where(error[0] > 0, np.maximum(np.abs(low), np.abs(high)) / error[0], np.inf)
            return least / error[1], greatest

    def p_values(self) -> dict[str, Range]:
        """Two-sided P by test: least where t and its degrees of freedom are greatest."""
        found = {}
        for name, (error, df) in self.tests().items():
            low, high = self.t(error)
            found[name] = 2 * special.stdtr(df[1], -high), 2 * special.stdtr(df[0], -low)
        return found

    def half_widths(self, level: Floats) -> dict[str, Range]:
        """Half the width of the interval of the difference, by test."""
        tail = 0.5 + level / 200
        return {
            name: (special.stdtrit(df[1], tail) * error[0], special.stdtrit(df[0], tail) * error[1])
            for name, (error, df) in self.tests().items()
        }

    def standardised(self) -> dict[str, Range]:
        """Standardised differences: by the pooled SD with and without correction, by one group's SD, by the average."""
        pooled = tuple(groups.pooled_sd(self.n1, self.s1[end], self.n2, self.s2[end]) for end in (0, 1))
        average = tuple(np.sqrt((self.s1[end] ** 2 + self.s2[end] ** 2) / 2) for end in (0, 1))
        df = self.n1 + self.n2 - 2
        found = {
            "Cohen's d": self._over((pooled[0], pooled[1])),
            "on the average variance": self._over((average[0], average[1])),
        }
        for words, d in list(found.items()):
            name = "Hedges' g" if words == "Cohen's d" else f"{words}, corrected"
            for ending, exact in (("", True), (" (approximate correction)", False)):
                correction = groups.hedges_correction(df, exact=exact)
                found[name + ending] = correction * d[0], correction * d[1]
        found["Glass's delta, SD of the arm compared with"] = self._over(self.s2)
        found["Glass's delta, SD of the arm"] = self._over(self.s1)
        return found

    def _over(self, sd: Range) -> Range:
        low, high = self.difference()
        with np.errstate(all="ignore"):
            least, most = (np.where(sd[0] > 0, sd[0], 0.0), sd[1])
            return np.where(low >= 0, low / most, low / least), np.where(high >= 0, high / least, high / most)

    def ratio(self) -> Range:
        """m1 / m2 where both have one sign, else not a number."""
        with np.errstate(all="ignore"):
            alike = (self.m1[0] > 0) & (self.m2[0] > 0) | (self.m1[1] < 0) & (self.m2[1] < 0)
            corners = [one / two for one in self.m1 for two in self.m2]
        return np.where(alike, np.min(corners, axis=0), np.nan), np.where(alike, np.max(corners, axis=0), np.nan)

    def log_ratio_error(self) -> Range:
        """Standard error of the logarithm of the ratio of means."""
        with np.errstate(all="ignore"):
            sizes = [tuple(np.sort(np.abs(each), axis=0)) for each in (self.m1, self.m2)]
            low, high = (
                np.sqrt(sum((s[end] / m[1 - end]) ** 2 / n for s, m, n in ((self.s1, sizes[0], self.n1), (self.s2, sizes[1], self.n2))))
                for end in (0, 1)
            )  # fmt: skip
        return low, high


def _positive(sd: Range) -> Range:
    return np.maximum(sd[0], 0.0), np.maximum(sd[1], 0.0)
