"""Two extractions of a simulated review, one shuffled and with slips: exactly what was planted is left to settle."""

from __future__ import annotations

import random
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st
from sweep import cases
from test_reconcile_matching import rows_of

from curation.reconcile.choose import agreed
from curation.reconcile.classes import CLASSES, MINOR
from curation.reconcile.work import ONE_SIDE, work
from schemas.identity import key_fields
from schemas.registry import RECORDS
from schemas.strategies import simulate_review

SLIPS = {
    "count": {
        "rounding": ("percent", lambda n: (f"{n % 100}.25%", f"{n % 100}.3%")),
        "zero": ("episodes", lambda _: (None, "0")),
        "missing": ("episodes", lambda n: ("NR", str(n))),
        "factor": ("episodes", lambda n: (str(n), f"{n}0")),
        "digits": ("events", lambda n: (f"{n}19", f"{n}91")),
        "value": ("events", lambda n: (f"{n}17", f"{n}18")),
        "place": ("page", lambda n: (str(n), str(n + 1))),
        "code": ("total_from", lambda _: ("text", "header")),
        "text": ("analysis_set", lambda _: ("all", "everybody")),
    },
    "mean": {
        "sign": ("mean", lambda n: (f"-{n}.5", f"{n}.5")),
        "value": ("maximum", lambda n: (f"{n}17", f"{n}28")),
    },
    "effect": {
        "missing": ("p", lambda _: ("0.04", None)),
        "digits": ("estimate", lambda n: (f"{n}.19", f"{n}.91")),
    },
    "survival": {
        "factor": ("median", lambda n: (f"{n} months", f"{n} years")),
        "code": ("estimator", lambda _: ("proportion", "kaplan_meier")),
    },
}  # fmt: skip
"""Kind -> class -> the field and what the two type into it, by a number that is given once."""


class Planter:
    """Types one review twice; ``planted`` are (kind, mark, field, class). The remark of a row is its mark."""

    def __init__(self, seed: int, slip: int) -> None:
        self.chance, self.planted, self.numbers = random.Random(slip), set(), count(101)  # noqa: S311 - no secret
        self.first, self.second = {}, {}
        for kind, rows in simulate_review(seed, 2).items():
            if kind in RECORDS:
                self.first[kind] = [row | {"note": str(at)} for at, row in enumerate(rows)]
                self.second[kind] = [dict(row) for row in self.first[kind]]
                free = self.chance.sample(range(len(rows)), len(rows))
                for slips in (self.arms, self.spread, self.fields, self.left_out):
                    free = slips(kind, free)
                self.chance.shuffle(self.second[kind])

    def put(self, kind, at, said, **cells):
        """The two texts of each of these fields of a row."""
        for field, texts in cells.items():
            for side, text in zip((self.first, self.second), texts, strict=True):
                side[kind][at][field] = text
            self.planted.add((kind, str(at), field, said))

    def arms(self, kind, free):
        """The events of two arms of one fact exchanged."""
        rows, names = self.first[kind], [each for each in key_fields(RECORDS[kind]) if each != "arm"]
        same = lambda one, other: all(rows[one].get(each) == rows[other].get(each) for each in names)
        for one in free if kind == "count" else ():
            other = next((at for at in free if same(one, at) and rows[at].get("arm") != rows[one].get("arm")), None)
            if other is not None:
                mine, theirs = (f"{next(self.numbers)}{end}" for end in ("3", "8"))
                self.put(kind, one, "arms", events=(mine, theirs))
                self.put(kind, other, "arms", events=(theirs, mine))
                return [at for at in free if at not in (one, other)]
        return free

    def spread(self, kind, free):
        """A standard deviation typed into the column of the standard error."""
        chosen = [at for at in free if kind == "mean" and not self.first[kind][at].get("se")][:2]
        for at in chosen:
            text = f"{next(self.numbers)}.4"
            self.put(kind, at, "se_sd", sd=(text, None), se=(None, text))
        return [at for at in free if at not in chosen]

    def fields(self, kind, free):
        """In one field of every third row a slip, of a class of its kind."""
        slips, chosen = SLIPS.get(kind, {}), free[: len(free) // 3]
        for at in chosen if slips else ():
            said = self.chance.choice(list(slips))
            field, texts = slips[said]
            self.put(kind, at, said, **{field: texts(next(self.numbers))})
        return free[len(chosen) :]

    def left_out(self, kind, free):
        """Rows that the second person does not have."""
        # Not another print of a fact whose key somebody mistyped: which of the two prints is missing cannot be told then.
        rows, about = self.first[kind], lambda row: [row.get(each) for each in ("study", "arm", "outcome")]
        unsure = [
            about(rows[int(mark)]) for of, mark, field, _ in self.planted if of == kind and field == "analysis_set"
        ]
        sure = [at for at in free if about(rows[at]) not in unsure]
        chosen = {str(at) for at in sure[: len(free) // 20]}
        self.planted |= {(kind, mark, None, ONE_SIDE) for mark in chosen}
        self.second[kind] = [row for row in self.second[kind] if row["note"] not in chosen]
        return []


def left(tables):
    """What is to settle as (kind, mark, field, class), and the records that only their ids tell apart."""
    marks = {
        (kind, who, record): note
        for kind, table in tables.items()
        for who, record, note in zip(*(table.column(each).to_pylist() for each in ("extractor", "record", "note")), strict=True)
    }  # fmt: skip
    done = work(tables, [], [], all_open=True)
    for each in done.records:
        assert len({marks[each.kind, *key] for key in each.keys}) == 1, "two different records were taken for one"
    found = [
        (each.kind, marks[each.kind, *each.keys[0]], field, said)
        for each in done.open
        for field, said in (each.fields or {None: ONE_SIDE if each.one_side else "equal"}).items()
    ]
    assert all(each.renamed for each in done.open if not each.fields and not each.one_side)
    return done, [each for each in found if each[3] != "equal"]


@settings(max_examples=cases(12))
@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_exactly_the_planted_differences_are_left_each_under_its_class(seed, slip):
    typed = Planter(seed, slip)
    tables = {kind: rows_of(kind, ana=typed.first.get(kind, []), ben=typed.second.get(kind, [])) for kind in RECORDS}
    done, found = left(tables)
    assert set(found) == typed.planted
    assert len(found) == len(typed.planted)
    assert sum(each.differ for each in done.agreement) == sum(each[3] not in (*MINOR, ONE_SIDE) for each in found)
    assert sum(each.rounding for each in done.agreement) == sum(each[3] == "rounding" for each in found)
    accepted = {(each.kind, field) for each in done.open for field, said in each.fields.items() if said in MINOR}
    assert {(each.kind, each.field) for each in agreed(done) if each.field} == accepted


def test_every_class_is_planted():
    assert {said for slips in SLIPS.values() for said in slips} | {"equal", "arms", "se_sd"} == set(CLASSES)
    planted = set().union(*(Planter(seed, seed).planted for seed in range(5)))
    assert {each[3] for each in planted} == {*CLASSES, ONE_SIDE} - {"equal"}
