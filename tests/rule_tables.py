"""Tables of printed numbers for property tests of rules: true values in, what a paper would print out."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import numpy as np
import pyarrow as pa

from curation.engine.registry import rules
from curation.engine.run import check
from schemas.arrow import from_texts
from schemas.registry import KINDS

ROUNDINGS = (ROUND_HALF_UP, ROUND_HALF_EVEN)


def printed(values, decimals, rng):
    """Each value with so many decimals, rounded half up or half to even; None stays None."""
    modes = rng.integers(0, 2, len(values))
    return [
        _one(value, int(places), ROUNDINGS[mode]) for value, places, mode in zip(values, decimals, modes, strict=True)
    ]


def _one(value, places, rounding):
    if value is None or not np.isfinite(value):
        return None
    return format(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), rounding=rounding), "f")


def printed_p(values, rng):
    """P values as papers print them: with two to four decimals, or as a bound."""
    values = np.asarray(values, dtype=float)
    plain = printed(values, rng.integers(2, 5, len(values)), rng)
    bound = [
        f"<{limit}"
        for limit in np.where(
            values < 0.0001, "0.0001", np.where(values < 0.001, "0.001", np.where(values < 0.05, "0.05", "1.01"))
        )
    ]
    above = [f">{limit}" for limit in np.where(values > 0.05, "0.05", "0")]
    return [
        (text, text, low, high)[pick]
        for text, low, high, pick in zip(plain, bound, above, rng.integers(0, 4, len(values)), strict=True)
    ]


def table(kind, **columns):
    """A table of a kind from text columns; one value stands for a whole column."""
    rows = max(len(column) for column in columns.values() if not isinstance(column, str))
    full = {name: [column] * rows if isinstance(column, str) else list(column) for name, column in columns.items()}
    model = KINDS[kind]
    if "source" in model.model_fields and kind != "source":
        full.setdefault("source", ["example"] * rows)
    if "record" in model.model_fields:
        full["record"] = [f"{kind}-{number}" for number in range(rows)]
    return from_texts(model, pa.table({name: pa.array(column, pa.string()) for name, column in full.items()}))


def checked(rule_id, **tables):
    """What one rule alone says of these tables."""
    chosen = [rule for rule in rules() if rule.id == rule_id]
    found = check({name: each for name, each in tables.items() if each is not None}, chosen)
    assert not found.crashed, [one.message for one in found.findings if one.place == "rule"]
    return found


def findings(rule_id, **tables):
    """The findings of one rule alone."""
    return checked(rule_id, **tables).findings


def asked(rule_id, **tables):
    """How many rows one rule found consistent or contradictory."""
    tally = checked(rule_id, **tables).tallies[rule_id]
    return tally.consistent + tally.contradicts
