"""pydantic, one model per row: the six checks in a validator that runs after the types are right."""

from __future__ import annotations

from math import inf, log

import duckdb
import plain
from plain import CHECKS, DUST, NUMBERS, PERCENT, RATIO, STEPS
from pydantic import BaseModel, ValidationError, model_validator
from pydantic_core import PydanticCustomError

LEAST, MOST = plain.critical_values()


class Facts(BaseModel):
    """A count and an effect side by side."""

    events: float
    total: float
    percent: float
    estimate: float
    lower: float
    upper: float
    p: float

    @model_validator(mode="after")
    def _six_checks(self) -> Facts:
        fails = (
            self.events > self.total,
            not -PERCENT - DUST <= self.percent <= 100 + PERCENT + DUST,
            abs(self.percent * self.total - 100 * self.events) > (PERCENT + DUST) * self.total,
            self.lower - RATIO > self.upper + RATIO,
            self._uneven(),
            self._other_p(),
        )
        if any(fails):
            raise PydanticCustomError("contradicts", "contradicts", {"fails": fails})
        return self

    def _uneven(self) -> bool:
        low, high = self.estimate - RATIO, self.estimate + RATIO
        return (self.lower - RATIO) * (self.upper - RATIO) > high * high * (1 + DUST) or (
            (self.lower + RATIO) * (self.upper + RATIO) < low * low * (1 - DUST)
        )

    def _other_p(self) -> bool:
        if self.lower - RATIO > self.upper + RATIO:
            return False
        step = round(STEPS * self.p)
        low, high = log(self.estimate - RATIO), log(self.estimate + RATIO)
        ends = (self.upper - RATIO) / (self.lower + RATIO), (self.upper + RATIO) / (self.lower - RATIO)
        narrow, wide = (log(end) if end > 0 else -inf for end in ends)
        least, most = max(low, -high, 0), max(high, -low)
        return least > MOST[step] * wide * (1 + DUST) or most < LEAST[step] * narrow * (1 - DUST)


def check(file: str) -> dict[str, int]:
    """How many rows fail each check."""
    failed = [0] * len(CHECKS)
    with duckdb.connect(file, read_only=True) as connection:
        cursor = connection.execute(f"SELECT {NUMBERS} FROM facts")
        names = [column[0] for column in cursor.description]
        while rows := cursor.fetchmany(10_000):
            for row in rows:
                try:
                    Facts.model_validate(dict(zip(names, row, strict=True)))
                except ValidationError as found:
                    for place, fails in enumerate(found.errors()[0]["ctx"]["fails"]):
                        failed[place] += fails
    return dict(zip(CHECKS, failed, strict=True))
