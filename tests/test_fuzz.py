"""Every parser on inputs that are broken on purpose: those that are kept, and in the slow tests fresh ones."""

from __future__ import annotations

import pytest
from fuzz import watch
from fuzz.targets import BY_NAME, shares


@pytest.mark.parametrize("name", BY_NAME)
def test_the_inputs_that_are_kept_are_read_or_refused_in_sentences(name):
    kept = watch.corpus(name)
    assert kept
    figures = watch.watched(BY_NAME[name], [path.read_bytes() for path in kept], most_memory=None)
    assert figures.inputs == len(kept)
    assert not figures.defects, [f"{one.said}\n{one.trace}" for one in figures.defects.values()]


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_NAME)
def test_fresh_inputs_are_read_or_refused_in_sentences(name):
    one = BY_NAME[name]
    figures = watch.watched(one, watch.inputs_of(one, 7, 0, shares(8_000)[name]), most_memory=None)
    assert not figures.defects, [f"{each.said}\n{each.trace}\n{each.data[:300]!r}" for each in figures.defects.values()]


def test_what_is_raised_takes_too_long_or_says_too_little_is_a_defect():
    """The watch itself: a parser that breaks, one that never ends, and one that is sound."""
    import dataclasses

    def never_ends(data, folder):
        while True:
            pass

    sound = dataclasses.replace(BY_NAME["printed"], seeds=lambda: ())
    for run, said in ((lambda data, _: {}[data], "KeyError"), (never_ends, "TooLong")):
        figures = watch.watched(dataclasses.replace(sound, run=run), [b"1"], most_memory=None, given_up=0.2)
        assert [said in one for one in figures.defects] == [True]
    assert not watch.watched(sound, [b"1", b"fifteen"], most_memory=None).defects
