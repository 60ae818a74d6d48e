"""P-001. Catalogue 55: the vocabulary of printed P values."""

import numpy as np

from curation.engine.rule import rule
from schemas.quantities import P_VALUE
from schemas.registry import RECORD_MODELS
from schemas.verdicts import Verdicts

P_FIELDS = sorted(
    {field.name for model in RECORD_MODELS for field in model.printed_fields() if field.quantity is P_VALUE}
)


@rule(
    "P-001",
    severity="error",
    source="arithmetic: a P value is a probability; of continuous statistics it is never 0",
    oracle="brute force: test_rules_tests.py",
    rows=f"""
        SELECT kind, record, field, printed AS p FROM facts
        WHERE field IN ({", ".join(f"'{name}'" for name in P_FIELDS)})
    """,
    consistent=[
        [dict(kind="test", p="<0.001")], [dict(kind="test", p="1.000")], [dict(kind="test", p=">0.9999")],
        [dict(kind="pooled", measure="OR", p_heterogeneity="0.05")], [dict(kind="test", p="<=0.001")],
    ],
    inconsistent=[
        [dict(kind="test", p="<0.000")], [dict(kind="test", p="0.000")], [dict(kind="test", p="1.2")], [dict(kind="test", p="-0.05")],
        [dict(kind="pooled", measure="OR", p_heterogeneity=">1")],
    ],
    cannot_tell=[[dict(kind="test", p="NR")], [dict(kind="test", p="~0.05")]],
    look="the printed digits and the relation sign",
)  # fmt: skip
def p_possible(p):
    """The printed P value is not a possible one.

    0 < P <= 1. "P < 0.000", a negative P and a P above 1 are impossible. "P = 0.000" is a value below 0.0005 printed
    badly: a note.
    """
    with np.errstate(invalid="ignore"):
        below = np.asarray(p.low < 0, dtype=bool) | np.asarray(p.high <= 0, dtype=bool)
        above = np.asarray(p.low > 1, dtype=bool) | np.asarray((p.low == 1) & (p.high == 1), dtype=bool)
    return Verdicts.of((below | above) & p.known, p.known)


@p_possible.reading("it stands for a P value that rounds to zero", "note")
def rounds_to_zero(row):
    return row["p"].value == 0 and row["p"].low < 0 < row["p"].high


@p_possible.expects
def a_bound(row):
    if row["p"].value != 0:
        return "a number from 0 to 1"
    places = len(row["p"].text.partition(".")[2].strip())
    return f"P < 0.{'0' * (places - 1)}1" if places else "P < 0.001"
