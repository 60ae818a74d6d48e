"""Leave one out, cumulative and subgroups: metafor's numbers, counts too, and sentences where nothing is defined."""

import numpy as np
import pytest
from asymmetry_oracle import cases, data

from pooling.errors import CannotPool
from pooling.models.one import meta, pool
from pooling.models.sensitivity import cumulative, leave_one_out
from pooling.models.subgroups import subgroups

NAN = float("nan")
CLOSED = {"CE", "DL", "HE", "HS", "SJ"}
NAMES = {"ci.lb": "lower", "ci.ub": "upper", "Q": "q", "Qp": "p_heterogeneity", "I2": "i2", "H2": "h2"}
COUNTS = {"ai": [4, 6, 9], "n1i": [123, 306, 90], "ci": [11, 29, 12], "n2i": [139, 303, 88]}


def agrees(ours, theirs, method, what):
    # where Q is 0 but for rounding, I2 and H2 have no digits
    np.testing.assert_allclose(ours, theirs, rtol=1e-8 if method in CLOSED else 1e-6, atol=1e-8, err_msg=what)


@pytest.mark.parametrize("task", ["leave_one_out", "cumulative"])
def test_every_row_is_metafors(task):
    compared = 0
    for name, option, theirs in cases(task):
        y, v, _, year = data(name)
        method, test = option.split()
        result = pool(y, v, method=method, test=test)
        frame = leave_one_out(result) if task == "leave_one_out" else cumulative(result, order=year)
        for field, values in theirs.items():
            agrees(frame[NAMES.get(field, field)], values, method, f"{name} {option} {field}")
            compared += len(values)
    assert compared > 6000


@pytest.mark.parametrize("tau2", ["own", "common"])
def test_subgroups_are_metafors(tau2):
    compared = 0
    for name, option, theirs in cases(tau2):
        y, v, group, _ = data(name)
        method, test = option.split()
        if method == "CE" and test != "z":
            continue  # with a common effect ours is always Q between, which Hartung and Knapp's scaling has no part in
        ours = subgroups(y, v, group.astype(int), tau2=tau2, method=method, test=test)
        order = sorted(ours.groups, key=float)
        for field in ("q_between", "p_between"):
            if field in theirs and np.isfinite(theirs[field][0]):
                agrees(getattr(ours, field), theirs[field][0], method, f"{name} {option} {field}")
                compared += 1
        for field in ("estimate", "lower"):
            if field in theirs:
                found = [getattr(ours.groups[each], field) for each in order]
                agrees(found, theirs[field], method, f"{name} {option} {field}")
        if tau2 == "common" and method != "CE":
            agrees([ours.groups[each].tau2 for each in order], theirs["tau2"][0], method, f"{name} {option} tau2")
    assert compared > 250


def test_q_of_a_common_effect_splits_into_within_and_between():
    y, v, group, _ = data("bcg")
    ours = subgroups(y, v, group, method="CE")
    within = sum(each.q for each in ours.groups.values())
    assert ours.q_between == pytest.approx(ours.overall.q - within, rel=1e-9)
    assert ours.df_between == 2


def test_subgroups_read_as_a_table_and_a_sentence():
    y, v, group, _ = data("bcg")
    ours = subgroups(y, v, ["a" if each == 1 else "b" for each in group], measure="RR", method="DL")
    frame = ours.to_frame()
    assert frame.group.tolist() == ["a", "b", "all"]
    assert frame.estimate.tolist()[-1] == pytest.approx(np.exp(ours.overall.estimate))
    assert ours.summary().startswith("Difference between subgroups: chi-square")
    for each in ours.groups.values():
        assert each.studies.weight.sum() == pytest.approx(100)


def test_a_study_without_a_subgroup_counts_in_the_overall_result_only():
    ours = subgroups([0.1, 0.2, 0.9, 0.7], [0.1, 0.1, 0.2, 0.2], ["a", None, "b", "b"], method="CE")
    assert ours.overall.k == 4
    assert [each.k for each in ours.groups.values()] == [1, 2]


def test_one_subgroup_and_empty_subgroups_have_nothing_to_compare():
    one = subgroups([0.1, 0.2], [0.1, 0.1], ["a", "a"])
    assert np.isnan([one.q_between, one.p_between]).all()
    assert one.df_between == 0
    empty = subgroups([0.1, 0.2, NAN], [0.1, 0.1, 0.3], ["a", "a", "b"], tau2="common")
    assert empty.groups["b"].status == 1
    assert empty.summary().startswith("The subgroups cannot be compared")


def test_what_cannot_be_is_refused_in_a_sentence():
    with pytest.raises(CannotPool, match=r'"own" .* or "common"'):
        subgroups([0.1, 0.2], [0.1, 0.1], ["a", "b"], tau2="shared")
    with pytest.raises(CannotPool, match="each subgroup has one study"):
        subgroups([0.1, 0.2], [0.1, 0.1], ["a", "b"], tau2="common")
    with pytest.raises(CannotPool, match="there are 2 studies, but the subgroups"):
        subgroups([0.1, 0.2], [0.1, 0.1], ["a"])
    with pytest.raises(CannotPool, match="at least two studies"):
        leave_one_out(pool([0.1], [0.1]))
    with pytest.raises(CannotPool, match="nothing to accumulate"):
        cumulative(pool([NAN], [0.1]))
    with pytest.raises(CannotPool, match="order has missing values"):
        cumulative(pool([0.1, 0.2], [0.1, 0.2]), order=[2001, NAN])
    with pytest.raises(CannotPool, match="give data= as to meta"):
        leave_one_out(meta("OR", COUNTS, method="MH"))


@pytest.mark.parametrize(("measure", "method"), [("OR", "MH"), ("RD", "MH"), ("PETO", "PETO"), ("PLO", "GLMM")])
def test_models_of_counts_are_left_and_gathered_from_their_counts(measure, method):
    counts = {"xi": [3, 0, 5], "ni": [20, 15, 30]} if method == "GLMM" else COUNTS
    result = meta(measure, counts, method=method)
    frame = leave_one_out(result, data=counts)
    for at in range(3):
        rest = {name: [each for place, each in enumerate(values) if place != at] for name, values in counts.items()}
        again = meta(measure, rest, method=method)
        assert frame.estimate[at] == pytest.approx(again.estimate)
        assert frame.natural_upper[at] == pytest.approx(again.natural.upper)
    last = cumulative(result, data=counts, order=[3, 1, 2]).iloc[-1]
    assert last.estimate == pytest.approx(result.estimate)
    assert last.study == "Study 1"


def test_double_arcsines_go_back_at_the_sizes_of_the_studies_kept():
    counts = {"xi": [3, 0, 5], "ni": [20, 15, 300]}
    frame = leave_one_out(meta("PFT", counts, method="DL"))
    rest = meta("PFT", {"xi": [0, 5], "ni": [15, 300]}, method="DL")
    assert frame.natural[0] == pytest.approx(rest.natural.estimate)


def test_a_study_left_out_has_no_row():
    frame = leave_one_out(pool([0.1, NAN, 0.4, 0.3], [0.1, 0.2, 0.3, 0.2], labels=list("abcd")))
    assert frame.study.tolist() == ["a", "c", "d"]
    assert frame.k.tolist() == [2, 2, 2]
