"""The restricted maximum of simulated studies: metafor's, and never below another maximum."""

import csv
from pathlib import Path

import numpy as np
import pytest

from schemas.strategies.pooling_truth import synthesise

LINES = [
    line
    for line in (Path(__file__).parent / "oracles" / "pooled.csv").read_text().splitlines()
    if not line.startswith("#")
]
REML = [row for row in csv.DictReader(LINES) if row["method"] == "REML" and row["test"] == "z"]


def numbers(text):
    return np.array([float(each) for each in text.split()])


def loss(y, v, tau2):
    w = 1 / (v + tau2)
    theta = (w * y).sum() / w.sum()
    return (np.log(v + tau2).sum() + np.log(w.sum()) + (w * (y - theta) ** 2).sum()) / 2


def test_tau2_is_that_of_metafor():
    assert len(REML) > 60
    for row in REML:
        y, v = numbers(row["y"]), numbers(row["v"])
        ours, theirs = synthesise(y, v, "REML"), float(row["tau2"])
        assert loss(y, v, ours.tau2) <= loss(y, v, theirs) + 1e-12
        assert ours.tau2 == pytest.approx(theirs, rel=1e-5, abs=1e-9)
        assert ours.y == pytest.approx(float(row["estimate"]), rel=1e-6, abs=1e-9)


def test_no_other_tau2_is_more_likely():
    rng = np.random.default_rng(5)
    for _ in range(300):
        k = int(rng.integers(2, 9))
        v = np.exp(rng.normal(-2, 1.5, k))
        y = rng.normal(0, np.sqrt(v + rng.choice([0, 0.05, 2])))
        best = loss(y, v, synthesise(y, v, "REML").tau2)
        assert best <= min(loss(y, v, tau2) for tau2 in np.linspace(0, 6, 150)) + 1e-9
