"""Arms of studies and studies of reviews: what adds up raises nothing, what does not is found."""

import numpy as np
from of_text import found

GROUPS = 2000


def arms(seed, spoil, how_many=GROUPS):
    """Studies of two to four arms, some with overlapping subgroups, and their totals; ``spoil`` changes the total."""
    rng = np.random.default_rng(seed)
    arm_rows, rows = [], []
    for number in range(how_many):
        study, events = f"s{number}", rng.integers(0, 200, rng.integers(2, 5)).tolist()
        arm_rows += [
            dict(study=study, arm=f"a{n}", label=f"Arm {n}", role="control" if n else "experimental")
            for n in range(len(events))
        ]
        arm_rows += [
            dict(study=study, arm="all", label="All", role="total"),
            dict(study=study, arm="old", label="Old", role="subgroup", part_of="a0"),
        ]
        numbers = {f"a{n}": e for n, e in enumerate(events)} | {
            "all": sum(events) + spoil(rng),
            "old": int(rng.integers(0, events[0] + 1)),
        }
        rows += [dict(source="x", study=study, arm=arm, outcome="o", events=str(e)) for arm, e in numbers.items()]
        rows += (
            []
            if number % 2
            else [
                dict(source="x", study=study, arm=arm, outcome="p", events=str(e))
                for arm, e in numbers.items()
                if arm != "a0"
            ]
        )
    return {"arm": arm_rows, "count": rows}


def test_arms_that_add_up_raise_nothing():
    checked = found(arms(1, lambda _rng: 0), "SUM", "COUNT", "FLOW")
    assert checked.findings == []
    assert checked.tallies["SUM-009"].consistent >= GROUPS


def test_arms_that_do_not_add_up_are_found_in_every_study():
    findings = found(arms(2, lambda rng: int(rng.choice([-1, 1])), 300), "SUM-009").findings
    assert {each.study for each in findings if each.outcome == "o"} == {f"s{n}" for n in range(300)}
    assert {each.severity for each in findings} == {"error", "warning"}


def reviews(seed, spoil, how_many=GROUPS):
    """Reviews with the participants of every study, by study or by arm."""
    rng = np.random.default_rng(seed)
    rows = {"study": [], "arm": [], "characteristic": []}
    for number in range(how_many):
        review, people = f"r{number}", rng.integers(5, 200, rng.integers(1, 9)).tolist()
        studies = [f"{review}-s{n}" for n in range(len(people))]
        rows["study"] += [dict(study=study, label=study, included_in=review) for study in studies]
        for study, n in zip(studies, people, strict=True):
            first = int(rng.integers(0, n + 1))
            parts = {"a": first, "b": n - first} if rng.random() < 0.3 else {"": n}
            rows["arm"] += [dict(study=study, arm=arm, label=arm, role="experimental") for arm in parts if arm]
            rows["characteristic"] += [
                dict(source=review, study=study, characteristic="participants", value=str(count), row=study)
                | ({"arm": arm} if arm else {})
                for arm, count in parts.items()
            ]
        rows["characteristic"] += [dict(source=review, characteristic="participants", value=str(sum(people) + spoil(rng))),
                                   dict(source=review, characteristic="studies", value=str(len(people) + spoil(rng)))]  # fmt: skip
    return rows


def test_reviews_that_add_up_raise_nothing():
    checked = found(reviews(3, lambda _rng: 0), "SUM", "COUNT", "FLOW")
    assert checked.findings == []
    assert checked.tallies["SUM-010"].consistent == checked.tallies["SUM-012"].consistent == GROUPS


def test_reviews_that_do_not_add_up_are_all_found():
    checked = found(reviews(4, lambda rng: int(rng.choice([-1, 1])), 300), "SUM-010", "SUM-012")
    for name in ("SUM-010", "SUM-012"):
        assert {each.source for each in checked.findings if each.rule == name} == {f"r{n}" for n in range(300)}


def test_a_doubtful_number_of_participants_counts_as_all_its_readings():
    rows = reviews(5, lambda _rng: 0, 300)
    rows["characteristic"] = [
        row | {"value": f"{row['value']}|{int(row['value']) + 3}?"} if row.get("study") else row
        for row in rows["characteristic"]
    ]
    assert found(rows, "SUM-010").findings == []
