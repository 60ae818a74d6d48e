"""True worlds of means: a trial with all its summaries, scores before and after, and the pool of a meta-analysis."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy import special

from schemas.strategies.draw import Draw, Row, Tables
from schemas.strategies.means import QUARTILES, Sample

PLACE = {"source": "source-1", "study": "study-1", "outcome": "outcome-1"}
ARMS = (
    {"study": "study-1", "arm": "all", "label": "All", "role": "total"},
    {"study": "study-1", "arm": "new", "label": "New treatment", "role": "experimental"},
    {"study": "study-1", "arm": "old", "label": "Old treatment", "role": "control"},
)
Whole = NDArray[np.int64]


def hundredths(draw: Draw, size: int, middle: float = 60, spread: float = 9) -> Whole:
    """A quantity of so many participants, in hundredths: bell-shaped, skewed, or in two heaps."""
    shape = draw.one_of("bell", "skewed", "heaps")
    rng = draw.rng
    unit = {
        "bell": lambda: rng.normal(0, 1, size), "skewed": lambda: rng.standard_exponential(size) - 1,
        "heaps": lambda: rng.integers(0, 2, size) * 2.0 - 1 + rng.normal(0, 0.1, size),
    }[shape]()  # fmt: skip
    return np.round(100 * (middle + spread * unit)).astype(np.int64)


def summary(draw: Draw, values: Whole) -> Row:
    """All that is printed of one group: mean with spread and interval, median with quartiles, range."""
    sample, number, size = Sample(values, 100, None), draw.to.number, len(values)
    custom = QUARTILES[draw.between(0, len(QUARTILES) - 1)]
    sd, middle = sample.sd(), sample.mean()
    half = float(special.ndtri(0.975) if draw.maybe(0.4) else special.stdtrit(size - 1, 0.975)) * sd / math.sqrt(size)
    q1, median, q3 = np.quantile(values, (0.25, 0.5, 0.75), method=custom)  # type: ignore[call-overload]  # one of QUARTILES
    if custom != "inverted_cdf":
        median = np.median(values)
    row: dict[str, Fraction | float] = {"mean": middle, "sd": sd, "median": sample.value(median), "q1": sample.value(q1), "q3": sample.value(q3),
           "minimum": sample.value(values.min()), "maximum": sample.value(values.max()), "se": sd / math.sqrt(size),
           "lower": float(middle) - half, "upper": float(middle) + half}  # fmt: skip
    return {"n": draw.to.count(size), "unit": "years"} | {name: number(value) for name, value in row.items()}


def short(draw: Draw, values: Whole) -> Row:
    """Number, mean and SD."""
    sample = Sample(values, 100, None)
    texts = {"mean": draw.to.number(sample.mean()), "sd": draw.to.number(sample.sd())}
    return {"n": draw.to.count(len(values)), "unit": "years"} | texts


def two_arms(draw: Draw) -> tuple[Whole, Whole]:
    """The values of two arms of about the same size."""
    size = max(2, min(draw.size, 400))
    return hundredths(draw, size, 60), hundredths(draw, size + draw.between(0, 5), 60 + draw.rng.normal(0, 3))


def described_trial(draw: Draw) -> Tables:
    """A trial of two arms: mean and SD of both, and of all together everything that is printed of a group."""
    new, old = two_arms(draw)
    groups = {"all": np.concatenate([new, old]), "new": new, "old": old}
    return {
        "arm": [dict(each) for each in ARMS],
        "mean": [
            PLACE | {"arm": arm} | (summary if arm == "all" else short)(draw, values) for arm, values in groups.items()
        ],
    }


def before_and_after(draw: Draw) -> Tables:
    """Scores at baseline and at follow-up, and their change."""
    before = hundredths(draw, max(2, min(draw.size, 400)))
    after = np.round(before + draw.rng.normal(-300, draw.rng.uniform(50, 900), len(before))).astype(np.int64)
    times = (("baseline", "value", before), ("12 weeks", "value", after), ("12 weeks", "change", after - before))
    return {"mean": [PLACE | timed(draw, *each) for each in times]}


def timed(draw: Draw, timepoint: str, moment: str, values: Whole) -> Row:
    """Mean and SD at one time."""
    return {"timepoint": timepoint, "moment": moment} | short(draw, values)


def pool_of_studies(draw: Draw, scatter: float = 0.25) -> Tables:
    """Five to eight studies of one outcome, the deviations lognormal round a common one; some print a standard error.

    The first is a trial of two arms.
    """
    typical = math.exp(draw.rng.normal(2, 0.7))
    rows = []
    for number in range(draw.between(5, 8)):
        size = draw.between(8, 200)
        true = typical * math.exp(draw.rng.normal(0, scatter))
        sd = true * math.sqrt(draw.rng.chisquare(size - 1) / (size - 1))
        spread = {"se": draw.to.number(sd / math.sqrt(size), 3)} if draw.maybe(0.3) else {"sd": draw.to.number(sd, 2)}
        rows.append({"source": "source-1", "study": f"study-{number}", "outcome": "outcome-1", "unit": "points",
                     "n": draw.to.count(size), "mean": draw.to.number(draw.rng.normal(5 * typical, sd), 1)} | spread)  # fmt: skip
    sd, text = typical * math.exp(draw.rng.normal(0, scatter / 2)), draw.to.number
    arms = (("new", draw.rng.normal(5 * typical, sd / 4)), ("old", draw.rng.normal(5 * typical, sd / 4)))
    rows[:1] = [
        {name: rows[0][name] for name in ("source", "study", "outcome", "unit")}
        | {"arm": arm, "n": str(draw.between(15, 200)), "mean": text(mean, 2), "sd": text(sd, 2)}
        for arm, mean in arms
    ]
    return {"arm": [dict(each) | {"study": "study-0"} for each in ARMS[1:]], "mean": rows}


SPREAD_WORLDS = {
    "a trial with all its summaries": described_trial,
    "before and after": before_and_after,
    "a pool of studies": pool_of_studies,
}
"""Name -> how it is made."""
