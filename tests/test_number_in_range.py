"""Numbers that cannot be negative, and shares of at most 100%: every printed value against the values it stands for."""

from fractions import Fraction

import pytest
from whole_tables import asked, flagged

from curation.engine.registry import rules
from schemas.quantities import NONNEGATIVE, PERCENT, TIME
from schemas.registry import RECORD_MODELS

RULE = next(each for each in rules() if each.id == "RANGE-001")
VALUES = [Fraction(n, 10) for n in [*range(-30, 31), *range(970, 1031)]]


@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_a_number_is_refused_exactly_if_all_it_stands_for_is_out_of_range(decimals):
    texts = sorted({f"{float(round(value, decimals)):.{decimals}f}" for value in VALUES})
    half = Fraction(1, 2 * 10**decimals)
    impossible = {
        f"pooled-{n}" for n, text in enumerate(texts) if Fraction(text) + half < 0 or Fraction(text) - half > 100
    }
    found = asked(RULE, pooled={"measure": ["OR"] * len(texts), "i2": [f"{text}%" for text in texts]})
    assert flagged(found) == impossible
    assert impossible


def test_every_bounded_field_is_looked_at():
    for model in RECORD_MODELS:
        for field in model.printed_fields():
            if field.quantity in (NONNEGATIVE, PERCENT, TIME) and field.name != "percent":
                required = {each.name: [each.example] for each in model.fields() if each.required}
                found = asked(RULE, **{model.kind: required | {field.name: ["-7"]}})
                assert [one.field for one in found.findings] == [field.name], (model.kind, field.name)


@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_one_study_has_no_heterogeneity_and_more_may_have_some(decimals):
    rule = next(each for each in rules() if each.id == "POOLED-038")
    half = Fraction(1, 2 * 10**decimals)
    given = [
        (k, field, f"{value:.{decimals}f}") for k in (1, 2, 3) for field in ("q", "i2", "tau2") for value in (0, 0.04, 0.4, 0.6, 3)
    ]  # fmt: skip
    columns = {name: [text if field == name else None for _, field, text in given] for name in ("q", "i2", "tau2")}
    found = asked(rule, pooled={"measure": ["OR"] * len(given), "k": [str(k) for k, _, _ in given]} | columns)
    impossible = {f"pooled-{n}" for n, (k, _, text) in enumerate(given) if k == 1 and Fraction(text) - half > 0}
    assert flagged(found) == impossible
