"""Means and SDs of whole numbers against enumeration in exact rationals: which (sum, sum of squares) samples have."""

from fractions import Fraction
from functools import lru_cache
from itertools import combinations_with_replacement, product

import numpy as np
import pyarrow as pa
import pytest
from whole_tables import asked, flagged

from curation.engine.columns import Arguments
from curation.engine.judge import judge
from curation.engine.registry import rules
from curation.rules.within_scale import within_scale
from schemas.arrow import from_texts
from schemas.integer_samples import LISTED
from schemas.kinds.mean import Mean
from schemas.samples import a_sample, can_be
from schemas.square_sums import listed_up_to, reached_between, reached_free
from schemas.verdicts import Verdict

WIDE = 24
"""Totals from -WIDE to WIDE stand for whole numbers without limits, as long as all squares sum to less than WIDE^2."""


def verdicts(id, rows):
    """What a rule says of printed rows, by the engine."""
    (rule,) = (each for each in rules() if each.id == id)
    names = {name for row in rows for name in row}
    columns = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}
    columns |= {
        name: pa.array([row.get(name, value) for row in rows], pa.string())
        for name, value in (("whole_numbers", "yes"), ("moment", "value"))
    }
    table = from_texts(Mean, pa.table(columns))
    sources = {name: name for name in rule.arguments}
    return np.concatenate([judge(rule, Arguments(batch), sources).codes for batch in table.to_batches(20_000)])


@lru_cache(maxsize=4)
def achieved(width, most_people, largest):
    """Per n and sum of n whole numbers from 0 to ``width``: the sums of squares there are (up to ``largest``), as bits."""
    mask = (1 << (largest + 1)) - 1
    layers = [{0: 1}]
    for _ in range(most_people):
        grown = {}
        for total, bits in layers[-1].items():
            for value in range(width + 1):
                more = (bits << value**2) & mask
                if more:
                    grown[total + value] = grown.get(total + value, 0) | more
        layers.append(grown)
    return layers


@lru_cache(maxsize=4)
def achieved_free(most_people, largest):
    """The same for whole numbers of either sign, whose squares sum to ``largest`` at most."""
    mask = (1 << (largest + 1)) - 1
    reach = int(largest**0.5)
    layers = [{0: 1}]
    for _ in range(most_people):
        grown = {}
        for total, bits in layers[-1].items():
            for value in range(-reach, reach + 1):
                if abs(total + value) <= most_people and (more := (bits << value**2) & mask):
                    grown[total + value] = grown.get(total + value, 0) | more
        layers.append(grown)
    return layers


def box(units, decimals):
    half = Fraction(1, 2 * 10**decimals)
    value = Fraction(units, 10**decimals)
    return value - half, value + half


def text(units, decimals):
    sign, digits = "-" * (units < 0), str(abs(units)).rjust(decimals + 1, "0")
    return sign + (digits[:-decimals] + "." + digits[-decimals:] if decimals else digits)


def squares_between(n, items, total, sd_box):
    """The whole sums of squares whose SD lies in the box: SD^2 = (Q - T^2 / n) / (n - 1) / items^2."""
    base, by = Fraction(total**2, n), (n - 1) * items**2
    return -(-(base + by * max(sd_box[0], 0) ** 2) // 1), (base + by * sd_box[1] ** 2) // 1


def some_bit(bits, least, most):
    return most >= max(least, 0) and bool((bits >> max(least, 0)) & ((1 << (most - max(least, 0) + 1)) - 1))


def can_print(n, items, mean_box, sd_box, bits_of):
    """Whether any sum and sum of squares prints like this; ``bits_of`` gives the squares of a sum, and what to take off them."""
    least, most = -(-mean_box[0] * n * items // 1), mean_box[1] * n * items // 1
    for total in range(least, most + 1):
        low, high = squares_between(n, items, total, sd_box)
        bits, shift = bits_of(total)
        if some_bit(bits, low - shift, high - shift):
            return True
    return False


def of_scale(n, items, low, high):
    width = (high - low) * items
    layers = achieved(width, 60, 60 * width**2)
    start = low * items

    def bits_of(total):
        inner = total - n * start
        # sum (y + s)^2 = sum y^2 + 2 s sum y + n s^2
        return layers[n].get(inner, 0), 2 * start * inner + n * start**2

    return bits_of


def free(n, largest):
    layers = achieved_free(60, largest)

    def bits_of(total):
        shift, rest = divmod(total, n)
        return layers[n].get(rest, 0), 2 * shift * rest + n * shift**2

    return bits_of


def printed_cases(rng, number, *, width, most_sd=None):
    """Printed means and SDs close to those of a sample, or anywhere: (n, items, decimals, mean units, SD units)."""
    for _ in range(number):
        n, items, decimals = int(rng.integers(2, 61)), int(rng.integers(1, 5)), int(rng.integers(0, 4))
        span = width * items
        middle, lean = rng.uniform(0, span), rng.uniform(0, 1.1)
        sample = np.clip(np.rint(middle + rng.normal(0, lean * span / 2 + 0.01, n)), 0, span)
        if rng.random() < 0.3:
            sample = np.where(rng.random(n) < middle / max(span, 1), span, 0)
            sample[: int(rng.integers(0, 3))] = rng.integers(0, span + 1)
        mean, sd = sample.mean() / items, sample.std(ddof=1) / items
        if most_sd is not None:
            sd = min(sd, most_sd(n, items))
        off = rng.integers(-2, 3, 2) * (rng.random() < 0.7)
        yield (
            n,
            items,
            decimals,
            round(mean * 10**decimals) + int(off[0]),
            max(0, round(sd * 10**decimals) + int(off[1])),
        )


def compare(id, cases, possible):
    """The rule contradicts just where brute force finds no sample."""
    codes = verdicts(id, [row for row, _ in cases])
    expected = np.array([possible(*facts) for _, facts in cases])
    wrong = np.flatnonzero((codes == Verdict.CONSISTENT) != expected)
    assert not len(wrong), [cases[at] for at in wrong[:5]]
    assert set(np.unique(codes)) == {Verdict.CONSISTENT, Verdict.CONTRADICTS}
    return len(cases), int((~expected).sum())


def grim(number, seed, people=60):
    rng = np.random.default_rng(seed)
    cases = []
    for _ in range(number):
        n, items, decimals = int(rng.integers(1, people + 1)), int(rng.integers(1, 5)), int(rng.integers(0, 4))
        units = int(rng.integers(-(10**decimals), 7 * 10**decimals + 1))
        row = {"n": str(n), "items": str(items), "mean": text(units, decimals)}
        cases.append((row, (n, items, units, decimals)))

    def possible(n, items, units, decimals):
        """|T / (n items) - u / 10^d| <= 1 / (2 10^d) for a whole T."""
        return any(
            abs(2 * (total * 10**decimals - units * n * items)) <= n * items
            for total in range(-2 * n * items - 1, 9 * n * items + 1)
        )

    return compare("MEAN-001", cases, possible)


def scaled(number, seed, low, high, rule="MEAN-002"):
    rng = np.random.default_rng(seed)
    cases = []
    for n, items, decimals, mean, sd in printed_cases(rng, number, width=high - low):
        items = 1 if high - low == 1 else items  # noqa: PLW2901 - DEBIT knows one item only
        units = mean + low * 10**decimals
        row = {"n": str(n), "items": str(items), "mean": text(units, decimals), "sd": text(sd, decimals)}
        row |= {"scale_min": str(low), "scale_max": str(high)}
        cases.append((row, (n, items, box(units, decimals), box(sd, decimals))))
    return compare(rule, cases, lambda n, items, mean, sd: can_print(n, items, mean, sd, of_scale(n, items, low, high)))


def unscaled(number, seed):
    rng = np.random.default_rng(seed)
    largest = WIDE**2

    def most_sd(n, items):
        return (largest / n) ** 0.5 / items - 3  # the interval of an SD with no decimals reaches further

    cases = []
    for n, items, decimals, mean, sd in printed_cases(rng, number, width=9, most_sd=most_sd):
        row = {"n": str(n), "items": str(items), "mean": text(mean, decimals), "sd": text(sd, decimals)}
        if ((box(sd, decimals)[1] * items) ** 2 + 1) * n <= largest:
            cases.append((row, (n, items, box(mean, decimals), box(sd, decimals))))
    return compare("MEAN-002", cases, lambda n, items, mean, sd: can_print(n, items, mean, sd, free(n, largest)))


def test_a_mean_is_possible_just_where_some_whole_total_prints_like_it():
    number, impossible = grim(4000, 1)
    assert impossible > 400, number


@pytest.mark.parametrize("high", [2, 3, 4])
def test_a_mean_and_sd_on_a_scale_are_possible_just_where_some_sample_prints_like_them(high):
    number, impossible = scaled(1500, high, 1, high)
    assert impossible > 50, number


@pytest.mark.parametrize("high", [5, 7])
def test_a_mean_and_sd_of_one_item_are_possible_just_where_some_sample_prints_like_them(high):
    number, impossible = one_item(2500, high, high)
    assert impossible > 50, number


def one_item(number, seed, high):
    """Scales of one item only: narrow, so that brute force is quick."""
    rng = np.random.default_rng(seed)
    cases = []
    for n, _, decimals, mean, sd in printed_cases(rng, number, width=high - 1):
        units = mean + 10**decimals
        row = {
            "n": str(n),
            "mean": text(units, decimals),
            "sd": text(sd, decimals),
            "scale_min": "1",
            "scale_max": str(high),
        }
        cases.append((row, (n, 1, box(units, decimals), box(sd, decimals))))
    return compare("MEAN-002", cases, lambda n, _items, mean, sd: can_print(n, 1, mean, sd, of_scale(n, 1, 1, high)))


def test_a_mean_and_sd_without_a_scale_are_possible_just_where_some_sample_prints_like_them():
    number, impossible = unscaled(4000, 3)
    assert number > 1000
    assert impossible > 200


def test_the_sd_of_zeros_and_ones_is_possible_just_where_some_count_prints_like_it():
    number, impossible = scaled(4000, 5, 0, 1, "MEAN-003")
    assert impossible > 500, number


@pytest.mark.slow
@pytest.mark.parametrize("high", [2, 3, 4, 5, 6, 7])
def test_every_scale_with_several_items_sampled_densely(high):
    scaled(30_000, 100 + high, 1, high)


@pytest.mark.slow
def test_every_mean_and_sd_without_a_scale_sampled_densely():
    grim(30_000, 11)
    scaled(30_000, 7, 0, 1, "MEAN-003")
    unscaled(60_000, 12)


# Which sums of squares are there at all.


@pytest.mark.parametrize(("n", "reach"), [(2, 40), (3, 13), (4, 8), (5, 5)])
def test_sums_of_squares_without_limits_are_those_enumeration_finds(n, reach):
    found = {(sum(each), sum(x * x for x in each)) for each in product(range(-reach, reach + 1), repeat=n)}
    for rest in range(n):
        for j in range((reach**2 - rest) // 2 + 1):
            assert reached_free(n, rest, j, j) == ((rest, rest + 2 * j) in found)
            assert can_be(n, rest, rest + 2 * j) == ((rest, rest + 2 * j) in found)


@pytest.mark.parametrize(
    ("width", "people"), [(1, 12), (2, 12), (3, 12), (4, 12), (6, 12), (7, 10), (12, 8), (18, 6), (28, 6)]
)
def test_sums_of_squares_between_limits_are_those_enumeration_finds(width, people):
    layers = achieved(width, people, people * width**2)
    for n in range(1, people + 1):
        for total, bits in layers[n].items():
            for square in range(total, width * total + 1):
                assert can_be(n, total, square, 0, width) == bool(bits >> square & 1), (n, total, square)


@pytest.mark.slow
@pytest.mark.parametrize("width", [*range(1, 15), 18, 20, 24, 28])
def test_no_sum_of_squares_is_missing_beyond_those_that_are_listed(width):
    """For 5 to 60 numbers between limits, every sum of squares of the right parity is there, down to the smallest."""
    people, limit = (60 if width <= 14 else 24), listed_up_to(width)
    layers = achieved(width, people, people * width**2)
    assert width <= LISTED
    for n in range(5, people + 1):
        for total, bits in layers[n].items():
            each, rest = divmod(total, n)
            smallest = (n - rest) * each**2 + rest * (each + 1) ** 2
            for square in range(smallest, width * total - limit, 2):
                assert bits >> square & 1, (n, total, square)
                if n > 12:
                    break  # the lowest one; what follows is checked in one step below
            wanted = _every_second(smallest, width * total - limit - 1)
            assert bits & wanted == wanted, (n, total)


def _every_second(least, most):
    return ((1 << (2 * ((most - least) // 2 + 1))) - 1) // 3 << least if most >= least else 0


# One sample, rebuilt.


def test_a_rebuilt_sample_prints_like_what_it_was_rebuilt_from_and_there_is_none_only_where_enumeration_finds_none():
    rng = np.random.default_rng(8)
    reasons = {"found": 0, "impossible": 0, "undecided": 0}
    for n, _, decimals, mean, sd in printed_cases(rng, 600, width=4):
        mean_box, sd_box = box(mean, decimals), box(sd, decimals)
        sample = a_sample(mean_box, sd_box, n, 0, 4)
        reasons[sample.reason] += 1
        if sample.totals:
            total, square = sum(sample.totals), sum(x * x for x in sample.totals)
            assert len(sample.totals) == n
            assert 0 <= min(sample.totals) <= max(sample.totals) <= 4
            assert mean_box[0] <= Fraction(total, n) <= mean_box[1]
            assert max(sd_box[0], 0) ** 2 <= Fraction(n * square - total**2, n * (n - 1)) <= sd_box[1] ** 2
        possible = can_print(n, 1, mean_box, sd_box, of_scale(n, 1, 0, 4))
        assert {"found": possible, "impossible": not possible, "undecided": True}[sample.reason]
    assert reasons["found"] > 200
    assert reasons["impossible"] > 20
    assert reasons["undecided"] < 10


def test_reached_between_knows_the_gaps_below_the_largest_sum_of_squares():
    assert [e for e in range(8) if reached_between(2, 3, 3, e, e)] == [0, 4]


# With the smallest value, the largest value and the median: every small sample there is.

TOP = 4


@lru_cache(maxsize=8)
def every_sample(n):
    """Every sample of n whole numbers from 0 to TOP: sum, sum of squares, smallest, largest, twice the median."""
    return {
        (sum(each), sum(x * x for x in each), each[0], each[-1], each[(n - 1) // 2] + each[n // 2])
        for each in combinations_with_replacement(range(TOP + 1), n)
    }


def printed_somewhere(n, mean, sd, least, most, twice):
    """Whether some sample lies in all the boxes; what is None is not printed."""
    return any(
        mean[0] <= Fraction(total, n) <= mean[1]
        and max(sd[0], 0) ** 2 <= Fraction(n * square - total**2, n * (n - 1)) <= sd[1] ** 2
        and least in (None, low)
        and most in (None, high)
        and (twice is None or twice == middle)
        for total, square, low, high, middle in every_sample(n)
    )


def with_range(number, seed, *, medians):
    rng = np.random.default_rng(seed)
    cases = []
    for _ in range(number):
        n, decimals = int(rng.integers(2, 8)), int(rng.integers(0, 3))
        samples = sorted(every_sample(n))
        total, square, low, high, twice = samples[int(rng.integers(len(samples)))]
        spoilt = rng.integers(-1, 2, 5) * (rng.random(5) < 0.25)
        mean = round(total / n * 10**decimals) + int(spoilt[0])
        sd = max(0, round((Fraction(n * square - total**2, n * (n - 1)) ** 0.5) * 10**decimals) + int(spoilt[1]))
        low, high = max(0, low + int(spoilt[2])), min(TOP, high + int(spoilt[3]))
        twice = twice + int(spoilt[4]) if medians else None
        facts = (n, box(mean, decimals), box(sd, decimals), low, high, twice)
        row = {
            "n": str(n),
            "mean": text(mean, decimals),
            "sd": text(sd, decimals),
            "minimum": str(low),
            "maximum": str(high),
        }
        cases.append((row | ({"median": f"{twice / 2:.1f}"} if medians else {}), facts))
    return cases


def test_a_mean_and_sd_with_a_range_are_possible_just_where_some_sample_prints_like_them():
    number, impossible = compare("MEAN-006", with_range(3000, 21, medians=False), printed_somewhere)
    assert impossible > 300, number


def test_a_median_is_never_found_impossible_where_some_sample_prints_like_it_and_mostly_found_where_none_does():
    cases = with_range(3000, 22, medians=True)
    codes = verdicts("MEAN-006", [row for row, _ in cases])
    possible = np.array([printed_somewhere(*facts) for _, facts in cases])
    assert not (possible & (codes != Verdict.CONSISTENT)).any()
    assert (codes[~possible] == Verdict.CONTRADICTS).mean() > 0.8


# Scales of any values, not only whole ones.


def largest_sd_squared(n, mean, low, high):
    """Over k people at the top, one anywhere and the others at the bottom: the SD is largest where that one is at an end of what the mean allows."""
    best = None
    for k in range(n):
        for c in (low, high, *(n * end - k * high - (n - 1 - k) * low for end in mean)):
            total = k * high + (n - 1 - k) * low + c
            if low <= c <= high and mean[0] <= total / Fraction(n) <= mean[1]:
                square = k * high**2 + (n - 1 - k) * low**2 + c**2
                best = max(best or 0, (square - total**2 / Fraction(n)) / (n - 1))
    return best


def test_an_sd_is_too_large_for_a_scale_just_where_the_most_spread_out_values_have_a_smaller_one():
    rng = np.random.default_rng(31)
    cases = []
    for _ in range(1500):
        n, decimals = int(rng.integers(2, 30)), int(rng.integers(0, 3))
        low = int(rng.integers(-5, 5))
        high = low + int(rng.integers(1, 12))
        mean = int(rng.integers(low * 10**decimals, high * 10**decimals + 1))
        m = mean / 10**decimals
        most = (n / (n - 1) * max(0, (high - m) * (m - low))) ** 0.5
        sd = max(0, round((most * rng.uniform(0.9, 1.02) + 0.3 * rng.random()) * 10**decimals))
        row = {"n": str(n), "mean": text(mean, decimals), "sd": text(sd, decimals)}
        row |= {"scale_min": str(low), "scale_max": str(high)}
        cases.append((row, (n, box(mean, decimals), box(sd, decimals), low, high)))
    number, impossible = compare(
        "MEAN-004", cases, lambda n, mean, sd, low, high: max(sd[0], 0) ** 2 <= largest_sd_squared(n, mean, low, high)
    )
    assert impossible > 200, number


def test_a_number_is_outside_a_scale_just_where_its_whole_interval_is():
    rows, expected = [], []
    for decimals, low, high in product((0, 1), (-1, 2), (3, 4)):
        for units in range(-2 * 10**decimals, 6 * 10**decimals + 1, 1 + decimals):
            rows.append({"mean": text(units, decimals), "scale_min": str(low), "scale_max": str(high)})
            least, most = box(units, decimals)
            expected.append(most >= low and least <= high)
    done = asked(within_scale, mean={name: [row[name] for row in rows] for name in rows[0]})
    assert flagged(done) == {f"mean-{at}" for at, fits in enumerate(expected) if not fits}
