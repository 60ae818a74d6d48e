"""SOURCE-001: what one fact is, and what it is not."""

import pytest

from curation.engine.registry import rules, select
from curation.engine.run import check
from schemas.arrow import to_table
from schemas.registry import RECORDS

RULE = select(rules(), ["SOURCE-001"])


def findings(kind, *rows):
    model = RECORDS[kind]
    made = [model(record=f"r{n}", source="paper", section=f"Place {n}", **row) for n, row in enumerate(rows)]
    return [one.printed for one in check({kind: to_table(model, made)}, RULE).findings]


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("survival", [{"time": "1", "time_unit": "years"}, {"time": "12 months"}]),
        ("survival", [{"median": "24 months"}, {"median": "2 years"}]),
        ("survival", [{"median": "24.9 months"}, {"median": "24.9"}]),
        ("survival", [{"median": "24.9"}, {"median": "25"}]),
        ("pooled", [{"measure": "proportion", "estimate": "39.0%"}, {"measure": "proportion", "estimate": "0.390"}]),
        ("pooled", [{"measure": "proportion", "p": "<0.001"}, {"measure": "proportion", "p": "0.000"}]),
        ("count", [{"events": "5", "analysis_set": "evaluable"}, {"events": "7"}]),
        ("count", [{"events": "5", "timepoint": "1 year"}, {"events": "7", "timepoint": "2 years"}]),
        ("characteristic", [{"characteristic": "dose_band", "low": "30"}, {"characteristic": "dose_band", "low": "50"}]),
        ("effect", [{"measure": "HR", "estimate": "0.66"}, {"measure": "OR", "estimate": "0.50"}]),
    ],
)  # fmt: skip
def test_facts_that_may_be_equal_or_are_not_the_same_are_left_alone(kind, rows):
    assert findings(kind, *rows) == []


@pytest.mark.parametrize(
    ("kind", "rows", "printed"),
    [
        ("survival", [{"median": "24.9 months"}, {"median": "24.7"}], "24.9 months in Place 0, 24.7 in Place 1"),
        ("survival", [{"time": "1", "time_unit": "years"}, {"time": "3 years"}], "1 in Place 0, 3 years in Place 1"),
        ("pooled", [{"measure": "proportion", "estimate": "39.0%"}, {"measure": "proportion", "estimate": "0.392"}], "39.0% in Place 0, 0.392 in Place 1"),
        ("count", [{"events": "5"}, {"events": "7"}, {"events": "5"}], "5 in Place 0, 7 in Place 1, 5 in Place 2"),
    ],
)  # fmt: skip
def test_one_fact_printed_differently_is_found_with_its_places(kind, rows, printed):
    (found,) = findings(kind, *rows)
    assert printed in found
