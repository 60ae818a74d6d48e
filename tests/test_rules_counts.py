"""Sums and percentages: true data, however rounded, raise nothing; data broken beyond rounding are found."""

from fractions import Fraction

import numpy as np
import pytest
from of_text import found
from sweep import every

GROUPS = 2000
OURS = ["SUM", "PERCENT", "COUNT", "FLOW"]
CATEGORIES = ("cr", "vgpr", "pr", "sd", "pd")
OUTCOMES = [
    *(dict(outcome=name, label=name.upper(), family="response", family_kind="exclusive", rank=str(n), complete="yes")
      for n, name in enumerate(CATEGORIES, 1)),
    *(dict(outcome=f"ge-{name}", label=f"{name.upper()} or better", family="response", family_kind="cumulative", rank=str(n))
      for n, name in enumerate(CATEGORIES[:3], 1)),
    dict(outcome="g4", label="Grade 4", family="anemia", family_kind="grade", rank="1"),
    dict(outcome="ge3", label="Grade 3 or higher", family="anemia", family_kind="grade", rank="2"),
    dict(outcome="any", label="Any grade", family="anemia", family_kind="grade", rank="5", contains="seen"),
    dict(outcome="seen", label="Seen"),
]  # fmt: skip


def printed(events, total, decimals, ties):
    """A percentage as print has it, ties up or to even, without leaving whole numbers."""
    units, rest = divmod(100 * 10**decimals * events, total)
    units += 2 * rest > total or (2 * rest == total and (ties == "up" or units % 2 == 1))
    return f"{units // 10**decimals}.{units % 10**decimals:0{decimals}d}%" if decimals else f"{units}%"


def groups(seed, how_many=GROUPS):
    """True groups: a total and the events of every outcome, each participant placed once."""
    rng = np.random.default_rng(seed)
    for _ in range(how_many):
        total = int(rng.choice([rng.integers(1, 30), rng.integers(1, 400), rng.integers(1, 5000)]))
        placed = rng.multinomial(total, rng.dirichlet(np.full(len(CATEGORIES), 0.6))).tolist()
        events = dict(zip(CATEGORIES, placed, strict=True)) | {
            f"ge-{name}": sum(placed[:n]) for n, name in enumerate(CATEGORIES[:3], 1)
        }
        events["any"] = int(rng.integers(0, total + 1))
        events["ge3"] = int(rng.integers(0, events["any"] + 1))
        events["g4"], events["seen"] = int(rng.integers(0, events["ge3"] + 1)), int(rng.integers(0, events["any"] + 1))
        yield total, events, rng


def counts(seed, forms, how_many=GROUPS):
    """The groups as counts, in one of several forms of print."""
    rows = []
    for number, (total, events, rng) in enumerate(groups(seed, how_many)):
        form, decimals, ties = rng.choice(forms), int(rng.integers(0, 4)), rng.choice(["up", "even"])
        for outcome, e in events.items():
            cells = {"events": str(e), "total": str(total), "percent": printed(e, total, decimals, ties)}
            kept = {name: cells[name] for name in form.split()}
            rows.append(
                dict(
                    source="true",
                    study=f"s{number}",
                    outcome=outcome,
                    section="Table 1",
                    row=f"s{number}",
                    column=outcome,
                    **kept,
                )
            )
    return rows


FORMS = ["percent", "events total", "percent total", "events percent", "events total percent"]


@pytest.mark.parametrize("form", FORMS)
def test_true_counts_raise_nothing(form):
    checked = found({"outcome": OUTCOMES, "count": counts(FORMS.index(form), [form], GROUPS // 4)}, *OURS)
    assert [each.message for each in checked.findings] == []
    asked = {"percent": "SUM-002 SUM-004 SUM-005 SUM-006 SUM-007 SUM-008 PERCENT-001", "events total": "SUM-003 COUNT-003 COUNT-001",
             "percent total": "PERCENT-002", "events percent": "PERCENT-003", "events total percent": "COUNT-002"}  # fmt: skip
    assert all(checked.tallies[name].consistent >= GROUPS // 5 for name in asked[form].split())


def test_true_counts_of_all_forms_mixed_raise_nothing():
    checked = found({"outcome": OUTCOMES, "count": counts(99, FORMS, 2600)}, *OURS)
    assert [each.message for each in checked.findings] == []
    assert all(checked.tallies[f"SUM-00{n}"].consistent >= 2000 for n in range(2, 9))


def broken(change, forms, seed=7, how_many=300):
    """Each group with one change; the studies that were changed, and all rows."""
    rows, changed = [], set()
    for number, (total, events, rng) in enumerate(groups(seed, how_many)):
        new = change(total, dict(events), rng)
        if new is None:
            continue
        form, decimals = rng.choice(forms), 3  # so fine that the change is beyond rounding
        changed.add(f"s{number}")
        for outcome, e in new.items():
            cells = {"events": str(e), "total": str(total), "percent": printed(e, total, decimals, "up")}
            rows.append(dict(source="broken", study=f"s{number}", outcome=outcome, section="Table 1", row=f"s{number}", column=outcome)
                        | {name: cells[name] for name in form.split()})  # fmt: skip
    return changed, rows


def more_than_everyone(total, events, _rng):
    events["cr"] += total - sum(events[name] for name in CATEGORIES) + 1
    return {name: events[name] for name in CATEGORIES if events["cr"] <= total}


def some_in_no_category(_total, events, _rng):
    events["pd"] -= 1
    return {name: events[name] for name in CATEGORIES} if events["pd"] >= 0 else None


def threshold_too_small(_total, events, _rng):
    return events | {"ge-pr": events["ge-pr"] - 1} if events["ge-pr"] else None


def threshold_too_large(total, events, _rng):
    return (
        {name: events[name] for name in ("cr", "vgpr", "pr")} | {"ge-pr": events["ge-pr"] + 1}
        if events["ge-pr"] < total
        else None
    )


def thresholds_swapped(_total, events, _rng):
    swapped = {"ge-vgpr": events["ge-pr"], "ge-pr": events["ge-vgpr"]}
    return swapped if events["ge-pr"] > events["ge-vgpr"] else None


def grades_swapped(_total, events, _rng):
    return {"ge3": events["any"], "any": events["ge3"]} if events["any"] > events["ge3"] else None


def part_too_large(total, events, _rng):
    return {"seen": events["any"] + 1, "any": events["any"]} if events["any"] < total else None


@pytest.mark.parametrize(
    ("name", "change", "forms"),
    every(
        3,
        [
            ("SUM-002", more_than_everyone, ["percent"]),
            ("SUM-003", some_in_no_category, ["percent", "events total"]),
            ("SUM-004", threshold_too_small, ["percent", "events total", "events"]),
            ("SUM-006", threshold_too_large, ["percent", "events total", "events"]),
            ("SUM-005", thresholds_swapped, ["percent", "events total", "events"]),
            ("SUM-007", grades_swapped, ["percent", "events total", "events"]),
            ("SUM-008", part_too_large, ["percent", "events total", "events"]),
        ],
    ),
)
def test_a_change_beyond_rounding_is_found_in_every_group(name, change, forms):
    changed, rows = broken(change, forms)
    changed = {study for study in changed if any(row["study"] == study for row in rows)}
    checked = found({"outcome": OUTCOMES, "count": rows}, name)
    assert len(changed) > 80
    assert {each.study for each in checked.findings} == changed


@pytest.mark.parametrize(
    ("numbers", "severity"),
    [
        ({"ge-pr": "95%", "cr": "67%", "pr": "86%"}, "warning"),  # PR for PR or better
        ({"ge-pr": "80%", "cr": "32%", "vgpr": "63%"}, "warning"),
        ({"ge-pr": "80%", "cr": "63%", "vgpr": "32%"}, "error"),  # VGPR or better cannot be less than CR
        ({"ge-pr": "80%", "cr": "85%"}, "error"),
    ],
)
def test_or_better_is_a_milder_reading_only_where_the_numbers_allow_it(numbers, severity):
    rows = [dict(source="s", study="s", outcome=outcome, percent=percent) for outcome, percent in numbers.items()]
    (one,) = found({"outcome": OUTCOMES, "count": rows}, "SUM-004").findings
    assert one.severity == severity


def test_numbers_of_two_sections_contradict_each_other_less_gravely():
    rows = [dict(source="s", study="s", outcome="ge-pr", percent="50%", section="Abstract"),
            dict(source="s", study="s", outcome="ge-vgpr", percent="60%", section="Table 1")]  # fmt: skip
    (one,) = found({"outcome": OUTCOMES, "count": rows}, "SUM-005").findings
    assert one.severity == "warning"


def test_groups_with_different_totals_are_not_compared():
    rows = [dict(source="s", study="s", outcome="ge-pr", events="20", total="30"),
            dict(source="s", study="s", outcome="ge-vgpr", events="25", total="60")]  # fmt: skip
    assert found({"outcome": OUTCOMES, "count": rows}, "SUM-005").findings == []


def test_kaplan_meier_percentages_are_never_tested_for_granularity():
    rows = [
        dict(source="s", study="s", percent="17%", total="27", estimator=each)
        for each in ("kaplan_meier", "cumulative_incidence", "rate", "unknown")
    ]
    assert found({"count": rows}, "PERCENT-002").findings == []


def test_a_total_from_a_header_makes_an_impossible_percentage_a_question():
    rows = [
        dict(source="s", study=where, percent="17%", total="27", total_from=where)
        for where in ("cell", "header", "text")
    ]
    severities = {each.study: each.severity for each in found({"count": rows}, "PERCENT-002").findings}
    assert severities == {"cell": "error", "header": "warning", "text": "warning"}


def test_percentages_of_one_group_name_the_denominator_that_fits_all_of_them():
    rows = [
        dict(source="s", study="s", outcome=f"o{n}", percent=p, total="27", section="T", row="r")
        for n, p in enumerate(("17%", "12%", "8%"))
    ]
    findings = found({"count": rows}, "PERCENT-002").findings
    assert len(findings) == 3
    assert all(any("24 fits all three percentages" in text for text in each.explanations) for each in findings)
    assert (
        any("of N = 27, none of 17%, 12%, 8% is possible" in text for text in findings[0].explanations)
        or findings[0].printed != "total 27; percent 17%"
    )


@pytest.mark.parametrize(("number", "severity"), [("12.5", "warning"), ("-3", "error"), ("-2.5", "error")])
def test_a_count_that_is_not_whole_may_be_weighted_but_never_negative(number, severity):
    (one,) = found({"count": [dict(source="s", events=number)]}, "COUNT-003").findings
    assert (one.severity, one.field) == (severity, "events")


def test_limits_of_an_interval_may_leave_the_scale_at_the_price_of_a_note():
    rows = [dict(source="s", percent="3%", lower="-2%", upper="8%"), dict(source="s", percent="103%", row="2")]
    assert {each.row: each.severity for each in found({"count": rows}, "PERCENT-001").findings} == {
        "": "note",
        "2": "error",
    }


def test_the_percentage_printed_for_these_tests_is_within_half_a_unit():
    for e, n, d in ((1, 8, 0), (1, 8, 1), (3, 8, 2), (2, 3, 3), (1, 200, 0), (3, 200, 0)):
        for ties in ("up", "even"):
            assert abs(Fraction(printed(e, n, d, ties)[:-1]) - Fraction(100 * e, n)) <= Fraction(1, 2 * 10**d)
    assert (printed(1, 8, 0, "up"), printed(1, 200, 0, "up"), printed(1, 200, 0, "even")) == ("13%", "1%", "0%")
