"""Bounds, symmetry and P of an interval against small enumerations in exact rationals."""

from fractions import Fraction
from itertools import product
from statistics import NormalDist

from rule_tables import findings, table


def box(text):
    """Both ends of the rounding interval of a plainly printed number."""
    half = Fraction(1, 2 * 10 ** len(text.partition(".")[2]))
    return Fraction(text) - half, Fraction(text) + half


def flagged(rule, kind, columns, **more):
    found = findings(rule, **{kind: table(kind, **columns, **more)})
    return {int(one.records[0].rsplit("-", 1)[1]) for one in found}


def test_events_exceed_the_total_just_where_whole_numbers_do():
    cases = list(product(range(12), range(12)))
    columns = {"events": [str(one) for one, _ in cases], "total": [str(two) for _, two in cases]}
    assert flagged("COUNT-001", "count", columns) == {at for at, (one, two) in enumerate(cases) if one > two}


def test_a_count_is_whole_just_where_some_whole_number_is_printed_so():
    texts = [*(str(one) for one in range(-4, 8)), *(f"{one / 4:.2f}" for one in range(-8, 16))]
    possible = {text for text in texts if any(Fraction(text) == k for k in range(20))}
    found = flagged("COUNT-003", "count", {"events": texts})
    assert found == {at for at, text in enumerate(texts) if text not in possible}


def test_a_percentage_is_out_of_bounds_just_where_no_proportion_rounds_to_it():
    texts = [f"{unit / 4:.2f}" for unit in range(-8, 12)] + [f"{unit / 2:.1f}" for unit in range(190, 206)] + ["100"]
    shares = [Fraction(k, 400) for k in range(401)]
    found = flagged("PERCENT-001", "count", {"percent": texts}, estimator="proportion")
    for at, text in enumerate(texts):
        low, high = box(text)
        assert (at in found) != any(low <= 100 * share <= high for share in shares), text


def test_limits_are_even_just_where_some_true_values_are():
    texts = [f"{unit / 5:.1f}" for unit in range(-4, 5)]
    cases = [
        (low, middle, high)
        for low, middle, high in product(texts, repeat=3)
        if float(low) < float(middle) < float(high)
    ]
    columns = {name: [case[at] for case in cases] for at, name in enumerate(("lower", "estimate", "upper"))}
    found = flagged("EFFECT-005", "effect", columns, measure="MD", interval_method="wald")
    for at, case in enumerate(cases):
        (l_low, l_high), (e_low, e_high), (u_low, u_high) = map(box, case)
        possible = (l_low + u_low) / 2 <= e_high and (l_high + u_high) / 2 >= e_low
        assert (at in found) != possible, case


def test_p_agrees_with_the_interval_just_where_some_true_values_do():
    """Risk differences, whose P is normal: the estimate in half-widths has its ends at corners of the box."""
    normal = NormalDist()
    half_width = [
        (f"{(y - w) / 10:.2f}", f"{y / 10:.2f}", f"{(y + w) / 10:.2f}") for y in range(1, 6) for w in (2, 3, 4)
    ]
    cases = [(*interval, f"{p / 100:.2f}") for interval in half_width for p in range(1, 100, 6)]
    columns = {name: [case[at] for case in cases] for at, name in enumerate(("lower", "estimate", "upper", "p"))}
    found = flagged("EFFECT-006", "effect", columns, measure="RD", interval_method="wald")
    for at, case in enumerate(cases):
        lower, estimate, upper, (p_low, p_high) = map(box, case)
        widths = (upper[0] - lower[1], upper[1] - lower[0])
        ends = sorted(2 * (1 - normal.cdf(1.959963984540054 * float(2 * y / w))) for y, w in product(estimate, widths))
        decided = (lower[0] > 0 and p_low > Fraction(1, 20)) or (lower[1] < 0 < upper[0] and p_high < Fraction(1, 20))
        possible = ends[0] <= float(p_high) and ends[-1] >= float(p_low) and not decided
        assert (at in found) != possible, case
