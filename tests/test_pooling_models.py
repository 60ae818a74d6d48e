"""Inverse-variance models: metafor's digits, and what must hold for any studies."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep import cases

from pooling.errors import CannotPool
from pooling.models.back import harmonic_mean, natural
from pooling.models.many import TAU2, pool_many
from pooling.models.one import meta, pool
from schemas.measures import ESTIMATORS, TESTS

LINES = [
    line
    for line in (Path(__file__).parent / "oracles" / "models.csv").read_text().splitlines()
    if not line.startswith("#")
]
ROWS = list(csv.DictReader(LINES))
CLOSED = ("CE", "DL", "HE", "HS", "SJ")
NUMBERS = ("estimate", "se", "z", "lower", "upper", "pi_lower", "pi_upper", "tau2", "q", "i2", "h2")
LIMITS = ("tau2_lower", "tau2_upper", "i2_lower", "i2_upper", "h2_lower", "h2_upper")
BACK = ("estimate", "lower", "upper", "pi_lower", "pi_upper")
FAR = "far from zero"  # effects near 100,000: metafor's Q-profile squares them before they are centred


def numbers(text):
    return np.array([float(each) for each in text.split()])


STUDIES = {row["id"]: (numbers(row["y"]), numbers(row["v"]), numbers(row["size"])) for row in ROWS if row["y"]}


def ours(row):
    y, v, size = STUDIES[row["id"]]
    size = None if np.isnan(size).all() else size
    return pool(y, v, scale=row["scale"], size=size, method=row["method"], test=row["test"], level=float(row["level"]))


def close(method, *, of_q_profile=False):
    if method in CLOSED and not of_q_profile:
        return {"rel": 1e-10, "abs": 1e-12, "nan_ok": True}
    return {"rel": 1e-6, "abs": 1e-9, "nan_ok": True}


def test_the_oracle_has_every_method_and_test():
    assert {row["method"] for row in ROWS} == {"CE", *ESTIMATORS} == set(TAU2)
    assert {row["test"] for row in ROWS} == set(TESTS)
    assert len(STUDIES) >= 35
    held = {(row["id"], row["method"]) for row in ROWS if row["test"] == "z"}
    assert held == {(each, method) for each in STUDIES for method in TAU2}


@pytest.mark.parametrize("method", TAU2)
def test_numbers_are_those_of_metafor(method):
    for row in (row for row in ROWS if row["method"] == method):
        result, where = ours(row), (row["id"], row["test"])
        for name in NUMBERS:
            assert result.numbers[name] == pytest.approx(float(row[name]), **close(method)), (*where, name)
        for name in ("p", "p_heterogeneity"):
            assert result.numbers[name] == pytest.approx(float(row[name]), rel=1e-8, abs=1e-14), (*where, name)
        for name in LIMITS:
            wide = {"rel": 1e-4, "nan_ok": True} if row["id"] == FAR else close(method, of_q_profile=True)
            assert result.numbers[name] == pytest.approx(float(row[name]), **wide), (*where, name)
        if row["weights"]:
            assert result.studies.weight == pytest.approx(numbers(row["weights"]), rel=1e-6, abs=1e-9)


def test_the_way_back_is_that_of_metafor():
    for row in ROWS:
        result = ours(row).natural
        for name in BACK:
            theirs = float(row[f"natural_{name}"])
            assert getattr(result, name) == pytest.approx(theirs, **close(row["method"])), (row["id"], name)


def test_a_q_profile_far_from_zero_is_exact():
    y, v = STUDIES[FAR][:2]
    exact = 0.07649039127637318  # 40 digits: mpmath
    assert pool(y, v).tau2_lower == pytest.approx(exact, rel=1e-12)


# what must hold for any studies

some = st.integers(2, 9).flatmap(
    lambda k: st.tuples(
        st.lists(st.floats(-3, 3).map(lambda x: round(x, 3)), min_size=k, max_size=k),
        st.lists(st.floats(0.001, 4).map(lambda x: round(x, 3)), min_size=k, max_size=k),
    )
)
method_and_test = st.tuples(st.sampled_from(list(TAU2)), st.sampled_from(list(TESTS)))
often = settings(max_examples=cases(60), deadline=None)


def same(one, other, names=(*NUMBERS, *LIMITS), **close):
    within = {"rel": 1e-7, "abs": 1e-8, "nan_ok": True} | close
    return all(getattr(one, name) == pytest.approx(getattr(other, name), **within) for name in names)


def run(y, v, way, **more):
    return pool_many(y, v, method=way[0], test=way[1], intervals=True, **more)


@often
@given(some, method_and_test, st.floats(-50, 50))
def test_shifted_effects_shift_the_estimate_and_nothing_else(studies, way, shift):
    y, v = np.array(studies[0]), np.array(studies[1])
    one, other = run(y, v, way), run(y + shift, v, way)
    if other.status[0] != one.status[0]:  # agreement that is exact before the shift and rounded after
        assert {one.status[0], other.status[0]} == {0, 5}
        return
    assert other.estimate == pytest.approx(one.estimate + shift, abs=1e-6)
    assert same(one, other, ("se", "tau2", "q", "i2", "h2", *LIMITS), abs=1e-6, rel=1e-5)


@often
@given(some, method_and_test, st.sampled_from([1e-150, 1e-6, 3.0, 1e7, 1e150]))
def test_stretched_effects_stretch_the_result(studies, way, factor):
    y, v = np.array(studies[0]), np.array(studies[1])
    one, other = run(y, v, way), run(factor * y, factor * v * factor, way)
    assert other.status[0] == one.status[0]
    for name in ("estimate", "se", "lower", "upper", "pi_lower", "pi_upper"):
        assert getattr(other, name) / factor == pytest.approx(getattr(one, name), rel=1e-7, abs=1e-8, nan_ok=True)
    for name in ("tau2", "tau2_lower", "tau2_upper"):
        assert getattr(other, name) / factor / factor == pytest.approx(
            getattr(one, name), rel=1e-7, abs=1e-8, nan_ok=True
        )
    assert same(one, other, ("z", "q", "i2", "h2"), abs=1e-7)


@often
@given(some, method_and_test, st.randoms(use_true_random=False))
def test_order_and_absent_studies_change_nothing(studies, way, random):
    rows = [*zip(*studies, strict=True), (np.nan, 0.1), (0.3, np.nan), (np.nan, np.nan)]
    random.shuffle(rows)
    mixed = np.array(rows).T
    one, other = run(*studies, way), run(*mixed, way)
    assert one.k == other.k
    if one.status[0] == other.status[0] == 0:
        assert same(one, other)


@often
@given(some, st.sampled_from(list(TAU2)))
def test_limits_enclose_and_nothing_is_negative(studies, method):
    found = run(*studies, (method, "z"))
    assert found.tau2[0] >= 0
    assert found.q[0] >= 0
    assert 0 <= found.i2[0] <= 100
    assert found.lower[0] <= found.estimate[0] <= found.upper[0]
    if method != "CE":
        assert 0 <= found.tau2_lower[0] <= found.tau2_upper[0]
        assert found.pi_lower[0] <= found.lower[0]
        assert found.pi_upper[0] >= found.upper[0]


@pytest.mark.parametrize("method", TAU2)
@pytest.mark.parametrize("test", TESTS)
def test_many_at_once_are_as_one_by_one(method, test):
    rng = np.random.default_rng(7)
    v = np.exp(rng.normal(-2, rng.choice([0.3, 2], 200)[:, None], (200, 8)))
    y = rng.normal(0.2, np.sqrt(v + rng.choice([0, 0.3], 200)[:, None]))
    y[rng.random(y.shape) < 0.4] = np.nan
    whole = pool_many(y, v, method=method, test=test, intervals=True)
    for at in range(0, 200, 9):
        there = ~np.isnan(y[at])
        alone = pool_many(y[at, there], v[at, there], method=method, test=test, intervals=True)
        assert alone.status[0] == whole.status[at]
        for name in (*NUMBERS, *LIMITS, "p"):
            pair = getattr(alone, name)[0], getattr(whole, name)[at]
            assert pair[0] == pytest.approx(pair[1], rel=1e-9, abs=1e-11, nan_ok=True), name


@pytest.mark.parametrize("restricted", [True, False])
def test_no_other_tau2_is_more_likely(restricted):
    rng = np.random.default_rng(8)
    for k in (2, 3, 5, 9):
        v = np.exp(rng.normal(-2, rng.choice([0.3, 1.5, 4], 400)[:, None], (400, k)))
        y = rng.normal(0, np.sqrt(v + rng.choice([0, 0.05, 2], 400)[:, None]))
        y[::5, 0] += rng.normal(0, 5, 80)

        def height(tau2, y=y, v=v):
            w = 1 / (v + tau2[:, None])
            mean = (w * y).sum(1) / w.sum(1)
            logs = np.log(w).sum(1) - (np.log(w.sum(1)) if restricted else 0)
            return (logs - (w * (y - mean[:, None]) ** 2).sum(1)) / 2

        best = height(pool_many(y, v, method="REML" if restricted else "ML").tau2)
        for tau2 in np.append(0, np.geomspace(1e-8, 400, 300)):
            assert (height(np.full(400, tau2)) <= best + 1e-9).all()


# few studies, odd studies


@pytest.mark.parametrize("method", TAU2)
@pytest.mark.parametrize("y", [[], [np.nan], [np.nan, np.inf]])
def test_without_studies_the_status_says_so(method, y):
    found = run(y, np.full(len(y), 0.1), (method, "z"))
    assert found.status[0] == 1
    assert found.k[0] == 0
    assert np.isnan(found.estimate[0])
    assert "no study" in pool(y, np.full(len(y), 0.1), method=method).summary()


@pytest.mark.parametrize("method", TAU2)
@pytest.mark.parametrize("test", TESTS)
def test_one_study_keeps_its_own_effect_and_interval(method, test):
    found = run([0.3, np.nan], [0.04, 0.1], (method, test))
    assert found.status[0] == 2
    assert found.estimate[0] == 0.3
    assert found.upper[0] - 0.3 == pytest.approx(1.959963984540054 * 0.2)
    assert (found.tau2[0], found.q[0], found.df[0], found.p_heterogeneity[0], found.i2[0]) == (0, 0, 0, 1, 0)
    assert np.isnan(found.pi_lower[0])


@pytest.mark.parametrize("method", TAU2)
@pytest.mark.parametrize("v", [[1e-300, 1e-290, 1e-295], [1e300, 1e290, 1e295], [1e-200, 1, 1e200], [1e-12, 1, 1e12]])
def test_huge_and_tiny_weights_give_numbers(method, v):
    found = run([0.1, 0.2, 0.4], v, (method, "adhoc"))
    assert found.status[0] == 0
    assert np.isfinite([getattr(found, name)[0] for name in ("estimate", "se", "lower", "tau2", "i2")]).all()
    assert found.estimate[0] >= 0.1 * (1 - 1e-15)
    assert found.estimate[0] <= 0.4 * (1 + 1e-15)


def test_numbers_that_cannot_be_computed_have_a_status():
    found = pool_many([1e250, -1e250], [1e-250, 1e-250])
    assert found.status[0] == 3
    assert np.isnan(found.estimate[0])


def test_studies_that_agree_exactly_have_no_hartung_knapp_interval():
    found = pool([0.1, 0.1], [0.1, 0.2], measure="MD", test="knha")
    assert found.status == 5
    assert found.estimate == pytest.approx(0.1)
    assert np.isnan(found.lower)
    assert "no interval" in found.summary()
    assert pool([0.1, 0.1], [0.1, 0.2], test="adhoc").status == 0


def test_studies_that_cannot_be_used_are_named_with_their_reason():
    result = pool([0.1, np.nan, 0.2, 0.4, 0.3], [0.1, 0.2, 0, 0.1, np.inf], labels=list("abcde"))
    assert [each.label for each in result.left_out] == ["b", "c", "e"]
    assert "infinite weight" in result.left_out[1].why
    assert result.k == 2
    assert result.studies.weight.tolist() == pytest.approx([50, 0, 0, 50, 0])
    assert "Left out: b (its effect" in result.summary()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: pool([1], [1], method="MH"), "meta"),
        (lambda: pool([1], [1], method="XX"), "no method"),
        (lambda: pool([1], [1], test="F"), "no test"),
        (lambda: pool([1], [1], level=0), "between 0 and 100"),
        (lambda: pool([1], [1, 2]), "one variance per effect"),
        (lambda: pool([[1]], [[1]]), "pool_many"),
        (lambda: pool(["x"], [1]), "not a number"),
        (lambda: pool([1], [1], labels=["a", "b"]), "labels"),
        (lambda: pool([1], [1], measure="??"), "no measure"),
        (lambda: pool([1], [1], scale="square"), "no scale"),
        (lambda: pool([1], [1], back="up"), "way back"),
        (lambda: pool([1.0], [0.1], measure="PFT"), "sizes"),
        (lambda: meta("RR", TABLES, method="GLMM"), "mixed"),
        (lambda: meta("RR", {}, method="??"), "no method"),
        (lambda: meta("??", {}), "no measure"),
        (lambda: meta("RR", TABLES, method="MH", test="knha"), "'z' only"),
        (lambda: meta("RR", TABLES, method="PETO"), "odds ratios"),
        (lambda: natural("square", [1]), "no scale"),
        (lambda: natural("double_arcsine", [1]), "size"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(call, said):
    with pytest.raises(CannotPool, match=said):
        call()


# from tables, and in words

TABLES = {
    "ai": [4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27],
    "n1i": [123, 306, 231, 13598, 5069, 1541, 2545, 88391, 7499, 1716, 50634, 2498, 16913],
    "ci": [11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29],
    "n2i": [139, 303, 220, 12867, 5808, 1451, 629, 88391, 7277, 1665, 27338, 2341, 17854],
}
SINGLE = {"xi": [3, 0, 5, 12, 7, 2], "ni": [20, 15, 30, 40, 22, 50]}


def test_the_summary_can_be_read_aloud():
    assert meta("RR", TABLES).summary() == (
        "Risk ratio 0.49 (95% CI 0.34 to 0.70), random effects (REML), 13 studies; P < 0.001. "
        "Heterogeneity: τ² = 0.313, I² = 92% (82 to 98%), Q = 152.23, df = 12 (P < 0.001). "
        "A new study may have 0.15 to 1.55 (95% prediction interval)."
    )


def test_a_proportion_is_said_in_percent_and_has_no_p():
    said = meta("PFT", SINGLE, title="Relapse").summary()
    assert said.startswith("Relapse. Proportion 14.1% (95% CI 4.7 to 26.8%), random effects (REML), 6 studies. ")


def test_one_study_is_named():
    said = pool([0.3], [0.04], measure="RR", labels=["Smith 2001"]).summary()
    assert said == "Only Smith 2001 gives numbers, nothing is pooled: risk ratio 1.35 (95% CI 0.91 to 2.00)."


@pytest.mark.parametrize(("method", "measure"), [("MH", "RR"), ("MH", "OR"), ("MH", "RD"), ("PETO", "OR")])
def test_counts_are_pooled_from_their_tables(method, measure):
    result = meta(measure, TABLES, method=method)
    assert result.k == 13
    assert result.studies.weight.sum() == pytest.approx(100)
    assert result.studies.size[0] == 262
    assert result.method == method


def test_proportions_are_pooled_by_the_mixed_model():
    result = meta("PLO", SINGLE, method="GLMM")
    assert result.k == 6
    assert "no weights" in result.summary()
    assert 0.05 < result.natural.estimate < 0.3


def test_double_arcsines_of_studies_go_back_to_their_own_proportions():
    own = meta("PFT", SINGLE).study_natural
    assert own.estimate == pytest.approx(np.array(SINGLE["xi"]) / np.array(SINGLE["ni"]), abs=1e-12)
    assert (own.lower >= 0).all()
    assert (own.upper <= 1).all()


def test_both_customs_of_the_double_arcsine():
    harmonic, sine = meta("PFT", SINGLE), meta("PFT", SINGLE, back="sine")
    n = harmonic_mean(SINGLE["ni"])
    assert harmonic.natural.estimate == natural("double_arcsine", harmonic.estimate, size=n)
    assert sine.natural.estimate == pytest.approx(np.sin(harmonic.estimate) ** 2)
    assert harmonic.natural.estimate != pytest.approx(sine.natural.estimate, abs=1e-3)


def test_the_frame_has_a_row_per_study_and_the_pooled_one():
    result = pool([0.1, np.nan, 0.4], [0.1, 0.2, 0.1], measure="RR", labels=["a", "b", "c"])
    rows = result.to_frame()
    assert rows["role"].tolist() == ["study", "left out", "study", "pooled"]
    assert rows["estimate"].iloc[-1] == pytest.approx(np.exp(0.25))
    assert rows["y"].iloc[-1] == pytest.approx(0.25)
    assert rows["why"].iloc[1]
    assert len(pool([], []).to_frame()) == 1


def test_the_notebook_table_is_escaped_and_has_headings():
    html = pool([0.1, 0.2], [0.1, 0.1], labels=["<b>x</b>", "y & z"], title="<script>")._repr_html_()
    assert "<script>" not in html
    assert "<b>" not in html
    assert "y &amp; z" in html
    assert html.count('scope="row"') == 3
    assert html.count('scope="col"') == 4
    assert "<caption>" in html
