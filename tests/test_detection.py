"""Planted slips: whatever no true world prints is found, and nothing that some world prints is called an error."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import detection


@pytest.mark.slow
@pytest.mark.parametrize("name", detection.WORLDS)
def test_what_can_be_found_is_found_and_true_records_are_left_alone(name):
    world = detection.WORLDS[name]
    true = [world.make(draw) for draw in detection.draws(300, 23)]
    assert all(world.possible(each) for each in true)
    assert set(detection.doubted(true).values()) <= {"note"}
    scores = detection.scored(world, 60)
    assert not [(slip, one.missed[0]) for slip, one in scores.items() if one.missed]
    assert not [(slip, one.wronged[0]) for slip, one in scores.items() if one.wronged]
    assert sum(one.found for one in scores.values()) > 100


def test_the_page_of_the_benchmark_says_that_nothing_was_missed():
    page = detection.PAGE.read_text(encoding="utf-8")
    made, impossible, found, missed, wronged, _ = (
        int(cell) for cell in page.split("| **all** | |")[1].splitlines()[0].strip(" |").split("|")
    )
    assert made > 5000
    assert (found, missed, wronged) == (impossible, 0, 0)
    assert all(name in page for name in detection.WORLDS)
