"""Our numbers against those of R metafor, pinned under validation/references, and that the grid has no holes."""

import math
import sys
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from sweep import every

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "validation"))

import compare
from differences import DIFFERENCES
from tolerances import TOLERANCES

from schemas.measures import MEASURES, METHODS, TESTS

INVERSE_VARIANCE = set(METHODS) - {"MH", "PETO", "GLMM"}
PINNED = {name: compare.reference(name) for name in compare.REFERENCES}
COUNTS = {"single_counts", "two_group_counts", "single_rates", "two_group_rates"}


@cache
def compared(name):
    return tuple(compare.all_of(name))


@pytest.mark.parametrize("name", every(4, compare.REFERENCES))
def test_agrees_with_metafor_but_for_what_is_explained(name):
    beyond = [each for each in compared(name) if not each.agrees]
    unexplained = [
        f"{each.name}: ours {each.ours}, metafor's {each.theirs}, apart by {each.difference:.2g} ({each.kind})"
        for each in beyond
        if not (
            any(one.covers(f"{name}: {each.name}") for one in DIFFERENCES)
            and (each.quantity == "refused" or math.isnan(each.ours))
        )
    ]
    assert not unexplained, "\n".join(unexplained[:20])


@pytest.mark.slow
def test_every_explanation_still_explains_a_difference():
    beyond = [f"{name}: {each.name}" for name in compare.REFERENCES for each in compared(name) if not each.agrees]
    assert all(any(one.covers(name) for name in beyond) for one in DIFFERENCES)


def test_every_tolerance_is_used_and_has_a_reason():
    used = {each.kind for name in compare.REFERENCES for each in compared(name)}
    assert used == set(TOLERANCES)
    assert all(each.why and each.unit for each in TOLERANCES.values())


def test_at_least_25_data_sets_of_metadat():
    assert len({each["source"]["dataset"] for each in PINNED.values()}) >= 25


@pytest.mark.parametrize("name", compare.REFERENCES)
def test_reference_names_its_source(name):
    source = PINNED[name]["source"]
    assert {"dataset", "citation", "taken", "R", "metafor", "metadat", "script", "calls"} <= set(source)
    assert all(source.values())
    assert source["package"] == "metadat"
    assert "doi.org" in source["citation"] or "http" in source["citation"] or "(" in source["citation"]
    assert all(each["call"].startswith("escalc(") for each in PINNED[name]["effects"])
    assert all(fit["call"] for block in PINNED[name]["models"].values() for fit in block["fits"])


@pytest.mark.parametrize("measure", sorted(set(MEASURES) - {"EST"}))  # EST is GEN by another name for one group
def test_measure_is_in_at_least_two_data_sets(measure):
    found = {each["source"]["dataset"] for each in PINNED.values() if measure in each["measures"]}
    assert len(found) >= 2


@pytest.mark.parametrize("name", compare.REFERENCES)
def test_every_measure_of_a_reference_has_every_method_and_test(name):
    reference = PINNED[name]
    for at, measure in enumerate(reference["measures"]):
        block = reference["models"][measure]
        if not block["yi"]:
            continue
        fits = {fit["method"]: set(fit["tests"]) for fit in block["fits"]}
        assert set(fits) == INVERSE_VARIANCE
        wanted = set(TESTS) if at == 0 else {"z", "knha"}
        assert all(tests >= wanted for tests in fits.values())


def test_methods_from_counts_are_there_for_every_measure_they_pool():
    found = {(each["measure"], "MH") for one in PINNED.values() for each in one.get("weighted", [])}
    assert {name for name, _ in found} == {"OR", "RR", "RD", "IRR", "IRD", "PETO"}
    assert sum("glmm" in one for one in PINNED.values()) >= 6


@pytest.mark.parametrize("table", sorted(COUNTS))
def test_every_zero_cell_option_is_there_for_every_measure_of_counts(table):
    two = table.startswith("two")
    wanted = {(0.5, to, drop) for to, drop in product(("only0", "all", "if0all"), (False, True) if two else (False,))}
    wanted |= {(0, "none", drop) for drop in ((False, True) if two else (False,))} | {(0.1, "only0", False)}
    for measure in (name for name, each in MEASURES.items() if each.table == table):
        found = [
            {(each["add"], each["to"], each["drop00"]) for each in one["effects"] if each["measure"] == measure}
            for one in PINNED.values()
        ]
        assert sum(options >= wanted for options in found) >= 1, measure


def test_topics_are_there_for_many_references():
    for topic in ("subgroups", "sensitivity", "asymmetry", "trimfill", "back"):
        assert sum(bool(one.get(topic)) for one in PINNED.values()) >= 15, topic


def test_edges_are_there():
    blocks = [block for one in PINNED.values() for block in one["models"].values()]
    sizes = {len(block["yi"]) for block in blocks}
    variances = [v for block in blocks for v in block["vi"]]
    fits = [fit for block in blocks for fit in block["fits"] if fit["method"] == "REML"]
    assert {1, 2} <= sizes
    assert min(variances) < 1e-8
    assert max(variances) > 1e15
    assert max(max(block["vi"]) / min(block["vi"]) for block in blocks if block["vi"]) > 1e5
    assert sum(fit["heterogeneity"]["tau2"] == 0 for fit in fits if fit["heterogeneity"]["k"] > 1) >= 3


def test_references_stay_small():
    assert sum(path.stat().st_size for path in (compare.HERE / "references").glob("*.json")) < 6_000_000
