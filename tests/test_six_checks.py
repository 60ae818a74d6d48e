"""The benchmark of six checks measures like with like: its reviews are real ones, and all engines find the same in them."""

import importlib
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks/peers"))

import stores

HERE = ["numpy_by_hand", "numpy_two_threads", "duckdb_sql", "pydantic_rows"]
"""The engines whose libraries the tests have anyway; those with environments of their own are compared when measured."""


@pytest.fixture(autouse=True)
def _kept_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(stores, "DATA", tmp_path)


def checked(engine, file):
    found = importlib.import_module(engine).check(str(file))
    return {each: int(failed) for each, failed in found.items()}


def test_a_simulated_review_is_what_the_intake_makes_of_its_texts():
    assert "what the intake makes of the same texts" in stores.compare(300)


def test_every_engine_finds_the_same_contradictions():
    ours = checked("curation_review", stores.facts(3000, stores.HEAVY))
    assert min(ours.values()) > 0
    assert checked("numpy_on_review", stores.facts(3000, stores.HEAVY)) == ours
    plain = stores.plain(3000, stores.HEAVY)
    assert {engine: checked(engine, plain) for engine in HERE} == dict.fromkeys(HERE, ours)


@pytest.mark.parametrize("make", [stores.facts, stores.means])
def test_simulated_truths_contradict_no_rule(make):
    assert checked("curation_all_rules", make(3000, 0)) == {}


def test_what_is_broken_in_means_is_found_by_the_rule_it_was_broken_for():
    assert set(checked("curation_all_rules", stores.means(3000, stores.HEAVY))) == {"EFFECT-001", "MEAN-013", "SPREAD-001"}  # fmt: skip
