"""Test statistics and P values against R, against statcheck, and against enumeration in exact rationals."""

import csv
import itertools
from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from rule_tables import asked, findings, table

from schemas.intervals import Column
from schemas.null_tests import p_of, p_values
from schemas.ragged import Codes
from schemas.statistics_text import read_statistic

ORACLES = Path(__file__).parent / "oracles"


def oracle(name):
    lines = (ORACLES / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def test_p_values_are_those_of_r():
    for row in oracle("tails.csv"):
        df1, df2 = (float(row[name] or "nan") for name in ("df1", "df2"))
        expected = float(row["p"])
        assert p_of(row["type"], float(row["statistic"]), df1, df2) == pytest.approx(expected, rel=1e-10, abs=1e-300), (
            row
        )


def test_p_of_f_may_peak_inside_rounded_degrees_of_freedom():
    f, df2 = np.exp(np.linspace(-2, 3, 60)), np.linspace(1.5, 2.5, 2001)
    kind, statistic = Codes(np.full(60, "F", dtype=object)), Column.from_ends(f, f)
    df1, rounded = (
        Column.from_ends(np.full(60, 19.5), np.full(60, 20.5)),
        Column.from_ends(np.full(60, 1.5), np.full(60, 2.5)),
    )
    got = p_values(kind, statistic, df1, rounded)
    true = np.array([[p_of("F", value, 20, df) for df in df2[::20]] for value in f])
    assert (got.low <= true.min(axis=1) + 1e-12).all()
    assert (got.high >= true.max(axis=1) - 1e-12).all()


def compared_with_statcheck():
    """Rows of statcheck that it could read, ours beside them."""
    rows = [row for row in oracle("statcheck.csv") if row["type"] != "NA"]
    fields = [read_statistic(row["text"]) for row in rows]
    names = ("statistic_type", "statistic", "df1", "df2", "p")
    columns = {name: [one.get(name) for one in fields] for name in names}
    tests = table("test", **columns, tails=[one.get("tails", "unknown") for one in fields])
    found = {one.records[0]: one for one in findings("TEST-001", test=tests)}
    return [(row, fields[n], found.get(f"test-{n}")) for n, row in enumerate(rows)]


def reason(row, fields, ours):
    """Why we may differ from statcheck; each reason is checked against the P value that R computes."""
    computed, one = float(row["computed_p"]), fields.get("tails") == "one"
    cell = "0.05" if fields["p"] == "ns" else fields["p"].lstrip("<>=")
    printed, step = Fraction(cell), Fraction(1, 10 ** len(cell.partition(".")[2]))
    said = " ".join(ours.explanations) if ours else ""
    if one and fields["p"].startswith((">", "ns")) and 1 - computed / 2 >= printed:
        return "a stated one-sided test whose effect lies on the other side"
    if one and computed / 2 < 0.05 <= computed:
        return "a stated one-sided test is significant by its one-sided P"
    if "it fits a one-sided test" in said and abs(computed / 2 - printed) <= 2 * step:
        return "an unstated one-sided test"
    if "cut off" in said and abs(computed - printed) < 0.05:
        return "cut off"
    if "padding" in said or (ours and " to " in ours.expected and abs(computed - 0.05) < 0.01):
        return "the rounding of the statistic leaves the decision open"
    return None


def test_we_say_what_statcheck_says_or_why_not():
    different = Counter()
    rows = compared_with_statcheck()
    for row, fields, ours in rows:
        flagged, decides = ours is not None and ours.severity == "warning", ours is not None and ours.changes_conclusion
        if flagged == (row["error"] == "TRUE") and decides == (row["decision_error"] == "TRUE"):
            continue
        assert reason(row, fields, ours), (row, ours)
        different[reason(row, fields, ours)] += 1
    assert len(rows) >= 300
    assert sum(different.values()) < len(rows) / 20, different


def test_we_never_flag_what_statcheck_passes():
    assert not [row["text"] for row, _, ours in compared_with_statcheck() if ours and row["error"] == "FALSE"]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (dict(statistic_type="t", statistic="4.84", df1="28", p="0.036"), "it fits if the number is F with one numerator degree"),
        (dict(statistic_type="F", statistic="2.20", df1="1", df2="28", p="0.036"), "it fits if the number is t, whose square is F"),
        (dict(statistic_type="F", statistic="4.10", df1="90", df2="2", p="0.020"), "exchanged, F(2, 90)"),
        (dict(statistic_type="chi2", statistic="10.35", df1="3", p="0.169"), "it fits with 7 degrees of freedom"),
        (dict(statistic_type="r", statistic="0.632", df1="10", p="0.050"), "if 10 is the number of participants"),
        (dict(statistic_type="chi2", statistic="10.35", df1="7", p="0.830"), "the other tail"),
        (dict(statistic_type="z", statistic="3.84", p="0.050", tails="two"), "chi-square with one degree of freedom"),
    ],
)  # fmt: skip
def test_slips_that_are_named(row, sentence):
    [found] = findings("TEST-001", test=table("test", **{name: [text] for name, text in row.items()}))
    assert any(sentence in each for each in found.explanations), found.explanations


def test_a_bound_at_the_threshold_decides_and_a_review_may_set_another():
    rows = dict(statistic_type=["t"] * 2, statistic=["4.40", "1.20"], df1=["28"] * 2, p=[">0.05", "<0.05"])
    assert [one.changes_conclusion for one in findings("TEST-001", test=table("test", **rows))] == [True, True]
    chosen = table("setting", setting=["alpha"], value=["0.30"])
    found = findings("TEST-001", test=table("test", **rows), setting=chosen)
    assert sorted(one.changes_conclusion for one in found) == [False, False]


def test_impossible_statistics_are_just_those_no_true_value_prints_as():
    """All true values are tried: squares from 0, correlations from -1 to 1, in steps of a quarter of the last place."""
    texts = [f"{sign}{whole}.{tenth}" for sign in ("", "-") for whole in (0, 1, 2) for tenth in range(10)]
    prints = lambda value, text: abs(value - Fraction(text)) <= Fraction(1, 20)
    grid = [Fraction(n, 40) for n in range(-200, 201)]
    ranges = {"F": (0, 5), "chi2": (0, 5), "Q": (0, 5), "r": (-1, 1), "t": (-5, 5), "z": (-5, 5)}
    for kind, (least, most) in ranges.items():
        possible = {text: any(least <= value <= most and prints(value, text) for value in grid) for text in texts}
        degrees = {"F": ("1", "9"), "z": (None, None)}.get(kind, ("3", None))
        tests = table(
            "test",
            statistic_type=[kind] * len(texts),
            statistic=texts,
            df1=[degrees[0]] * len(texts),
            df2=[degrees[1]] * len(texts),
        )
        found = {one.records[0] for one in findings("TEST-002", test=tests) if one.severity == "error"}
        notes = {one.records[0] for one in findings("TEST-002", test=tests) if one.severity != "error"}
        assert found | notes == {f"test-{n}" for n, text in enumerate(texts) if not possible[text]}, kind


@pytest.mark.parametrize(
    ("row", "severity"),
    [
        (dict(statistic_type="chi2", statistic="3.84", df1="1.50"), "warning"), (dict(statistic_type="t", statistic="3.84", df1="0"), "warning"),
        (dict(statistic_type="F", statistic="3.84", df1="0", df2="28"), "error"), (dict(statistic_type="chi2", statistic="0.00", df1="0"), None),
        (dict(statistic_type="Q", statistic="3.84", df1="0"), "error"), (dict(statistic_type="F", statistic="3.84", df1="1.2", df2="28.4"), None),
        (dict(statistic_type="t", statistic="3.84", df1="-4"), "error"),
    ],
)  # fmt: skip
def test_degrees_of_freedom(row, severity):
    found = findings("TEST-002", test=table("test", **{name: [text] for name, text in row.items()}))
    assert [one.severity for one in found] == ([severity] if severity else [])


def test_f_is_the_square_of_t_just_where_some_true_t_prints_as_both():
    pairs = list(itertools.product(["1.5", "-2.0", "0.3"], [f"{n / 10:.1f}" for n in range(60)]))
    outcome = [f"o{n}" for n in range(len(pairs)) for _ in "tF"]
    statistic = [text for pair in pairs for text in pair]
    tests = table("test", outcome=outcome, statistic_type=["t", "F"] * len(pairs), statistic=statistic,
                  df1=["28", "1"] * len(pairs), df2=[None, "28"] * len(pairs))  # fmt: skip
    flagged = {one.outcome for one in findings("TEST-003", test=tests)}
    for n, (root, square) in enumerate(pairs):
        low, high = sorted((abs(Fraction(root)) + Fraction(part, 20)) ** 2 for part in (-1, 1))
        fits = high >= Fraction(square) - Fraction(1, 20) and low <= Fraction(square) + Fraction(1, 20)
        assert (f"o{n}" in flagged) == (not fits), (root, square)


def test_possible_p_values_are_just_those_some_probability_prints_as():
    """Every P from -2.00 to 2.00 with each relation, against probabilities above 0 up to 1 on a fine grid."""
    grid = [Fraction(n, 1000) for n in range(1, 1001)] + [Fraction(1, 10**6)]
    half = Fraction(1, 200)
    holds = {
        "": lambda p, at: abs(p - at) <= half, "<": lambda p, at: p < at, ">": lambda p, at: p > at,
        "<=": lambda p, at: p <= at + half, ">=": lambda p, at: p >= at - half,
    }  # fmt: skip
    texts = [f"{relation}{n / 100:.2f}" for relation in holds for n in range(-200, 201, 3)] + [
        "0.00",
        "<0.00",
        "1.00",
        ">1.00",
        "<=0.00",
    ]
    found = {one.records[0]: one.severity for one in findings("P-001", test=table("test", p=texts))}
    for number, text in enumerate(texts):
        relation = text.rstrip("-0123456789.")
        at = Fraction(text[len(relation) :])
        possible = at >= 0 and any(holds[relation](p, at) for p in grid)
        sloppy = found.get(f"test-{number}") == "note"
        assert (f"test-{number}" not in found) == possible or sloppy, (text, possible, found.get(f"test-{number}"))
    assert asked("P-001", test=table("test", p=texts)) == len(texts)
