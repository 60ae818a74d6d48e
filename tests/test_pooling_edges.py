"""Edges of pooling: every measure by every method with every awkward input gives a sentence, or a result that says what it is.

Nothing passes on a number that is not one: where a result has none its status says so, and no text shows "nan".
"""

import re
import warnings
from math import isclose, isfinite

import numpy as np
import pytest
from sweep import every

from pooling.errors import CannotPool
from pooling.models.one import meta, pool
from pooling.models.results import STATUS
from schemas.dataset import ANALYSIS_TABLES
from schemas.measures import MEASURES, METHODS

NAN = float("nan")
DIGITS = 1e-9

PLAIN = {
    "single_counts": {"xi": [3, 7, 12, 5], "ni": [20, 31, 44, 25]},
    "two_group_counts": {"ai": [3, 7, 12, 5], "n1i": [20, 31, 44, 25], "ci": [6, 9, 11, 8], "n2i": [22, 30, 40, 24]},
    "single_rates": {"xi": [3, 7, 12, 5], "ti": [20.5, 31.0, 44.0, 25.0]},
    "two_group_rates": {"x1i": [3, 7, 12, 5], "t1i": [20.5, 31, 44, 25], "x2i": [6, 9, 11, 8], "t2i": [22, 30, 40, 24]},
    "single_means": {"mi": [3.0, 7.0, 5.5, 4.0], "sdi": [2.0, 3.0, 2.5, 2.0], "ni": [20, 31, 44, 25]},
    "two_group_means": {
        "m1i": [3.0, 7.0, 5.5, 4.0], "sd1i": [2.0, 3.0, 2.5, 2.0], "n1i": [20, 31, 44, 25],
        "m2i": [4.0, 6.0, 6.5, 6.0], "sd2i": [2.2, 2.0, 2.9, 1.0], "n2i": [22, 30, 40, 24],
    },
    "correlations": {"ri": [0.3, -0.1, 0.6, 0.2], "ni": [20, 31, 44, 25]},
    "effects": {"yi": [0.3, -0.1, 0.6, 0.2], "vi": [0.04, 0.02, 0.09, 0.05]},
}  # fmt: skip
EVENTS = ("xi", "ai", "ci", "x1i", "x2i")
SIZES = {"xi": "ni", "ai": "n1i", "ci": "n2i"}
SPREADS = ("sdi", "sd1i", "sd2i")
LARGE = ("ni", "n1i", "n2i", "ti", "t1i", "t2i")


def changed(data, names, value):
    """The columns of these names with another value; the others as they are."""
    return {name: np.full(len(column), value) if name in names else column for name, column in data.items()}


def all_events(data):
    return {name: data.get(SIZES.get(name, ""), column) for name, column in data.items()}


def at_first(data, value, names=None):
    """Another value in the first study."""
    return {name: [value, *column[1:]] if names is None or name in names else column for name, column in data.items()}


def alike(data):
    return {name: [column[0]] * len(column) for name, column in data.items()}


def giant(data):
    """The first study with ten thousand million times the weight."""
    by = dict.fromkeys((*LARGE, *EVENTS), 10000000000.0) | {"vi": 1e-10}
    return {name: [column[0] * by.get(name, 1), *column[1:]] for name, column in data.items()}


def with_sei(data, sei):
    return {"yi": data["yi"], "sei": sei} if "yi" in data else data


EDGES = {
    "plain": dict,
    "no studies": lambda data: {name: [] for name in data},
    "one study": lambda data: {name: column[:1] for name, column in data.items()},
    "one study, given as numbers": lambda data: {name: column[0] for name, column in data.items()},
    "two studies": lambda data: {name: column[:2] for name, column in data.items()},
    "no events at all": lambda data: changed(data, EVENTS, 0),
    "nothing but events": all_events,
    "one study of nothing but events": lambda data: {name: each[:1] for name, each in all_events(data).items()},
    "one study without events": lambda data: {name: each[:1] for name, each in changed(data, EVENTS, 0).items()},
    "no events in group 1": lambda data: changed(data, ("ai", "x1i"), 0),
    "nobody without the event in group 2": lambda data: {n: data["n2i"] if n == "ci" else c for n, c in data.items()},
    "a study without events": lambda data: at_first(data, 0, EVENTS),
    "a study with nothing known": lambda data: at_first(data, NAN),
    "a study with half its numbers": lambda data: at_first(data, NAN, list(data)[1:]),
    "nothing known": lambda data: changed(data, list(data), NAN),
    "one study left": lambda data: {name: [*column[:1], NAN, NAN, NAN] for name, column in data.items()},
    "standard errors": lambda data: with_sei(data, [0.2, 0.1, 0.3, 0.2]),
    "a standard error missing": lambda data: with_sei(data, [0.2, NAN, 0.3, None]),
    "no standard error known": lambda data: with_sei(data, [None] * 4),
    "a variance of 0": lambda data: at_first(data, 0, ("vi", *SPREADS)),
    "all variances 0": lambda data: changed(data, ("vi", *SPREADS), 0.0),
    "no spread of one group": lambda data: changed(data, ("sd1i",), 0.0),
    "a correlation of 1": lambda data: at_first(data, 1, ("ri",)),
    "perfect correlations": lambda data: changed(data, ("ri",), -1.0),
    "huge groups": lambda data: changed(data, LARGE, 1e9),
    "huge groups and counts": lambda data: changed(changed(data, LARGE, 1e9), EVENTS, 4e8),
    "tiny groups": lambda data: changed(changed(data, LARGE, 1), EVENTS, 1),
    "groups of three": lambda data: changed(changed(data, LARGE, 3), EVENTS, 2),
    "tiny spreads": lambda data: changed(changed(data, SPREADS, 1e-9), ("vi",), 1e-18),
    "variances beyond all": lambda data: changed(changed(data, SPREADS, 1e150), ("vi",), 1e300),
    "variances next to nothing": lambda data: changed(changed(data, SPREADS, 1e-150), ("vi",), 1e-300),
    "identical studies": alike,
    "means of 0": lambda data: changed(data, ("mi", "m1i"), 0.0),
    "one giant study": giant,
    "effects far away": lambda data: changed(data, ("yi", "mi", "m1i"), 1e200),
}  # fmt: skip
FEW = {"no studies", "one study left", "nothing known"}
"""Edges whose texts are read for every model."""
FROM_COUNTS = {"MH": {"RR", "OR", "RD", "IRR", "IRD"}, "PETO": {"OR", "PETO"}, "GLMM": {"PLO"}}


def told(refused):
    """A refusal is a sentence: what was found, and after it what to do."""
    said = str(refused)
    assert any(word in said for word in ("; ", ". ")), said
    assert any(word in said for word in ("give ", "choose", "correct", "leave", "Name ")), said
    assert "nan)" not in said.replace("set them to nan", ""), said


def sound(result):
    """Numbers where the status promises them, none that it does not explain, and no text with a number that is none."""
    numbers = result.numbers
    status = numbers["status"]
    assert status in STATUS
    always = ("estimate", "se", "z", "p", "lower", "upper", "q", "df", "p_heterogeneity", "tau2", "i2", "h2")
    if status in (0, 2):
        assert all(isfinite(numbers[name]) for name in always), {name: numbers[name] for name in always}
        assert numbers["lower"] <= numbers["estimate"] <= numbers["upper"]
        assert numbers["se"] > 0
        assert 0 <= numbers["p"] <= 1
        assert numbers["tau2"] >= 0
        assert 0 <= numbers["i2"] <= 100
        if status == 0 and result.method not in {"CE", "MH", "PETO"}:
            assert numbers["pi_lower"] <= numbers["lower"] or isclose(numbers["pi_lower"], numbers["lower"])
    elif status == 5:
        assert np.isfinite(numbers["estimate"])
        assert np.isnan([numbers[name] for name in ("z", "p", "lower", "upper")]).all()
    else:
        assert np.isnan([numbers[name] for name in ("estimate", "se", "z", "p", "lower", "upper")]).all()
    assert not {float("inf"), -float("inf")} & set(numbers.values()), numbers
    own = result.studies
    assert np.isfinite(own.weight).all()
    assert status not in (0, 2) or abs(own.weight.sum() - 100) < DIGITS
    named = {each.label for each in result.left_out}
    nothing = {label for label, y, v in zip(own.labels, own.y, own.v, strict=True) if np.isnan(y) or np.isnan(v)}
    if result.method not in FROM_COUNTS:
        assert nothing <= named
        assert {label for label, weight in zip(own.labels, own.weight, strict=True) if weight == 0} <= named | (
            {*own.labels} if status == 3 else set()
        )


def readable(result):
    """Texts end as sentences do and show no number that is none; the table is whole."""
    frame, page = result.to_frame(), result._repr_html_()
    for said in (result.summary(), page.removesuffix("</p>")):
        assert not {"nan", "inf", "None", "NaN"} & set(re.findall(r"[A-Za-z]+", said)), said
        assert said.endswith("."), said
    rows = {name: frame[name].tolist() for name in ("study", "role", "why")}
    assert rows["study"][:-1] == list(result.studies.labels)
    assert all(isinstance(each, str) for column in rows.values() for each in column)
    assert [bool(why) for why in rows["why"]] == [role == "left out" for role in rows["role"]]


def checked(name, edge, data, **how):
    """The result of one case, if there is one; else None, and a sentence has said why."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            result = meta(name, data, **how)
        except CannotPool as refused:
            told(refused)
            assert (
                edge != "plain" or name not in FROM_COUNTS.get(how["method"], MEASURES) or how.get("test", "z") != "z"
            )
            return None
        try:
            sound(result)
            # the texts of one model and another differ in numbers only
            if (
                how in ({"method": "DL"}, {"method": "GLMM", "test": "t"})
                or how["method"] in FROM_COUNTS
                or edge in FEW
            ):
                readable(result)
        except (AssertionError, Warning) as wrong:
            raise AssertionError(f"{name} ({how}) with {edge}: {result}") from wrong
    return result


def cases():
    """Every measure with every edge that changes its columns."""
    for name, measure in MEASURES.items():
        seen = set()
        for edge, change in EDGES.items():
            data = change(PLAIN[measure.table])
            if repr(data) not in seen:
                seen.add(repr(data))
                yield name, edge, data


@pytest.mark.parametrize("method", every(3, METHODS))
def test_every_edge_gives_a_sentence_or_a_result_that_says_what_it_is(method):
    found = [checked(*case, method=method) for case in cases()]
    pooled = sum(result is not None and result.status == 0 for result in found)
    assert pooled > 5 * len(FROM_COUNTS.get(method, MEASURES))


@pytest.mark.parametrize(("test", "method"), [("t", "CE"), ("t", "GLMM"), ("knha", "DL"), ("adhoc", "DL")])
def test_every_test_says_where_it_has_no_interval(test, method):
    found = [checked(*case, method=method, test=test) for case in cases()]
    assert any(result is not None and result.status == 0 for result in found)


def test_the_edges_are_those_of_every_table():
    assert set(PLAIN) == set(ANALYSIS_TABLES)


# what some of the edges give, in words


def test_a_study_without_standard_error_is_left_out_by_name():
    result = meta("HR", {"yi": [0.1, 0.2, 0.4], "sei": [0.2, None, 0.1]}, labels=["A", "B", "C"], method="CE")
    assert result.k == 2
    assert [(each.label, each.why) for each in result.left_out] == [
        ("B", "its sampling variance cannot be computed or is missing")
    ]
    assert result.studies.weight.tolist() == pytest.approx([20, 0, 80])


def test_a_variance_takes_the_place_of_a_missing_standard_error_and_the_other_way_round():
    both = meta("GEN", {"yi": [0.1, 0.2, 0.4], "sei": [0.2, 0.3, NAN], "vi": [NAN, 0.09, 0.01]}, method="CE")
    errors = meta("GEN", {"yi": [0.1, 0.2, 0.4], "sei": [0.2, 0.3, 0.1]}, method="CE")
    assert both.numbers == pytest.approx(errors.numbers, nan_ok=True, rel=1e-12)


@pytest.mark.parametrize(
    ("y", "v", "why"),
    [
        (0.3, 0.0, "its sampling variance is 0, which would give it infinite weight"),
        (0.3, float("inf"), "its sampling variance is infinite"),
        (0.3, -1.0, "its sampling variance is negative"),
        (float("inf"), 0.1, "its effect is infinite"),
        (NAN, 0.1, "its effect cannot be computed or is missing"),
    ],
)
@pytest.mark.parametrize("method", [each for each in METHODS if each not in FROM_COUNTS])
def test_weights_that_are_none_leave_a_study_out_and_change_nothing_else(y, v, why, method):
    result = pool([0.1, 0.2, y, 0.5], [0.04, 0.02, v, 0.09], method=method)
    assert [(each.label, each.why) for each in result.left_out] == [("Study 3", why)]
    sound(result)
    readable(result)
    assert result.numbers == pytest.approx(
        pool([0.1, 0.2, 0.5], [0.04, 0.02, 0.09], method=method).numbers, nan_ok=True
    )


@pytest.mark.parametrize("measure", ["OR", "RR", "IRR"])
def test_without_any_event_there_is_no_ratio_of_mantel_and_haenszel(measure):
    table = MEASURES[measure].table
    result = meta(measure, EDGES["no events at all"](PLAIN[table]), method="MH")
    assert result.status == 4
    assert "no events at all" in result.summary()


def test_a_giant_study_decides_the_common_effect():
    result = meta("GEN", giant(PLAIN["effects"]), method="CE")
    assert result.estimate == pytest.approx(0.3, rel=1e-8)
    assert result.studies.weight[0] == pytest.approx(100)
    assert result.left_out == ()


def test_identical_studies_differ_by_nothing():
    for method in ("DL", "REML", "PM", "SJ"):
        result = meta("RR", alike(PLAIN["two_group_counts"]), method=method)
        assert (result.tau2, result.q, result.i2) == pytest.approx((0, 0, 0), abs=DIGITS)
