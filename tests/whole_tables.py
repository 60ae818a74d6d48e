"""Big tables for property tests: columns of texts in, one rule asked, its findings out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pyarrow as pa

from curation.engine.rule import Rule
from curation.engine.run import Checked, check
from schemas.arrow import from_texts
from schemas.registry import KINDS, RECORDS

Columns = Mapping[str, Sequence[str | None]]


def table(kind: str, columns: Columns) -> pa.Table:
    """A table of a kind; fields that are not given hold their default."""
    rows = len(next(iter(columns.values())))
    full: dict[str, Sequence[str | None]] = {f.name: [f.default] * rows for f in KINDS[kind].fields() if f.default}
    if kind in RECORDS:
        full |= {"source": ["example"] * rows, "record": [f"{kind}-{number}" for number in range(rows)]}
    return from_texts(
        KINDS[kind], pa.table({name: pa.array(cells, pa.string()) for name, cells in (full | dict(columns)).items()})
    )


def asked(rule: Rule, document: pa.Table | None = None, **kinds: Columns) -> Checked:
    """What one rule alone finds in these tables."""
    alone = Rule(**{name: getattr(rule, name) for name in Rule.__dataclass_fields__} | {"after": ()})
    tables = {kind: table(kind, columns) for kind, columns in kinds.items()}
    done = check(tables | ({"document": document} if document is not None else {}), [alone])
    assert not done.crashed, done.findings[-1].message
    return done


def flagged(done: Checked) -> set[str]:
    """The records the findings stand at or name."""
    return {record for finding in done.findings for record in finding.records}


def printed(value: Fraction | float, decimals: int, *, even: bool = False) -> str:
    """A true value as a paper prints it: rounded to nearest, ties up or to the even digit."""
    exact = Fraction(value) if isinstance(value, int | Fraction) else Fraction(str(float(value)))
    scaled = exact * 10**decimals
    whole = scaled.numerator // scaled.denominator
    rest = scaled - whole
    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and (not even or whole % 2))
    number = Decimal(whole + up).scaleb(-decimals)
    return str(number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN if even else ROUND_HALF_UP))
