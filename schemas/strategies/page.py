"""The page docs/strategies.md: how other people's code is tested with consistent and broken records."""

from __future__ import annotations

from schemas.registry import RECORDS
from schemas.strategies.slips import SLIPS, slips_of

HEAD = '''# Strategies: records to test other people's code with

`schemas.strategies` (`pip install 'curation[strategies]'`) builds records from true data, prints them as papers do, and
breaks them on purpose. Everything comes twice: as a Hypothesis strategy (`records`, `diagrams`, `reviews`, `slipped`,
`broken`) and from a seed, by the thousand (`simulate_records`, `simulate_diagrams`, `simulate_review`,
`simulate_slips`). Every row is a mapping of field to text, as a person would type it.

## Pooling code, tested with both

A pooling function should give the right answer for consistent records and refuse broken ones. Here it is guarded by
the rule that a percentage is events out of total.

```python
from hypothesis import assume, given, settings

from curation.engine.registry import rules, select
from curation.engine.run import check
from schemas.printed import COUNT, parse
from schemas.strategies import arrow_tables, records, simulate_slips, slipped


def pooled_proportion(rows):
    """All events out of all participants; refuses rows that contradict themselves."""
    wrong = check(arrow_tables({"count": rows}), select(rules(), ["COUNT"])).findings
    if wrong:
        raise ValueError(wrong[0].message)
    numbers = [(parse(row["events"], COUNT).value, parse(row["total"], COUNT).value) for row in rows]
    return sum(events for events, _ in numbers) / sum(total for _, total in numbers)


def complete(row):
    texts = [row.get(name, "NR") for name in ("events", "total", "percent")]
    return "NR" not in texts and "estimator" not in row


@settings(deadline=None, max_examples=20)
@given(records("count", "half_even"))
def consistent_records_are_pooled(row):
    assume(complete(row))
    assert 0 <= pooled_proportion([row]) <= 1


@settings(deadline=None, max_examples=20)
@given(slipped("count", "digits_swapped"))
def the_truth_beside_a_slip_is_pooled(pair):
    assume(all(map(complete, pair.true)))
    pooled_proportion(pair.true)


consistent_records_are_pooled()
the_truth_beside_a_slip_is_pooled()

refused = 0
pairs = simulate_slips("count", "other_denominator", seed=1, number=20)
for true, broken in pairs:
    pooled_proportion(true)
    try:
        pooled_proportion(broken)
    except ValueError:
        refused += 1
assert refused >= 15  # a few slips are too small to show in the printed digits
```

## Kinds and rounding

`records(kind, rounding)` takes every record kind and every way of rounding: "half_up", "half_even", and "truncate", which
cuts digits off; left out, it is either of the first two. `simulate_records(kind, seed, number, ("truncate",))` does the
same from a seed. Truncated records are at most worth a note, never an error.
'''
TAIL = """
A pair holds `true` and `broken`, each a list of rows: one row, or a few rows of one table where the slip is between
rows. The names are those under which `curation check` offers an explanation. How often the offers hold the truth is
measured in `tests/test_offers.py`.
"""


def strategies_page() -> str:
    """The page, with the kinds and slips as they are now."""
    kinds = ", ".join(f"`{kind}`" for kind in RECORDS)
    happens = {kind: slips_of(kind) for kind in RECORDS}
    lines = [
        HEAD,
        f"Kinds: {kinds}.",
        "",
        "## Slips",
        "",
        "| slip | what happens | rows | kinds |",
        "|---|---|---:|---|",
    ]
    for name, slip in SLIPS.items():
        where = ", ".join(kind for kind, slips in happens.items() if name in slips)
        lines.append(f"| `{name}` | {slip.meaning} | {slip.rows} | {where} |")
    return "\n".join(lines) + "\n" + TAIL
