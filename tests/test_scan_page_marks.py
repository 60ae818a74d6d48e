"""Marked text: without its tags it is the text it was, whatever is marked in it."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.scan.page.marks import Flag, Stretch, marked

TEXT = "22/52 (44.3%) & <b>more</b>"
FLAG = re.compile(r'<a class="flag .*?</a>', re.DOTALL)
TAG = re.compile(r"</?mark[^<>]*>")
SEVERITIES = ("", "note", "warning", "error")


def plain(drawn):
    """What is left without tags; flags are signs of ours and go with theirs."""
    return html.unescape(TAG.sub("", FLAG.sub("", str(drawn))))


@st.composite
def stretches(draw):
    start, end = sorted((draw(st.integers(-2, 30)), draw(st.integers(-2, 30))))
    severity = draw(st.sampled_from(SEVERITIES))
    flags = (Flag(draw(st.integers(1, 9)), severity, "d1-f1", "d1-m1"),) if severity else ()
    said = tuple(draw(st.lists(st.sampled_from(['Count: "5"', "<i>", "Mean > 5 & 'six'"]), max_size=2)))
    return Stretch(start, end, said, severity, draw(st.booleans()), flags)


@given(st.text(max_size=30), st.lists(stretches(), max_size=8))
def test_without_tags_the_marked_text_is_the_text(text, several):
    assert plain(marked(text, several)) == text


@given(st.text(max_size=30), st.lists(stretches(), max_size=8))
def test_tags_are_opened_and_closed_one_inside_the_other(text, several):
    depth = 0
    for tag in TAG.findall(str(marked(text, several))):
        depth += -1 if tag.startswith("</") else 1
        assert depth >= 0
    assert depth == 0


@given(st.text(max_size=30), st.lists(stretches(), max_size=8))
def test_every_flag_is_drawn_and_no_flag_twice(text, several):
    given_flags = {each.number: each for one in several for each in one.flags}
    numbers = [int(each) for each in re.findall(r"</span> (\d+)</a>", str(marked(text, several)))]
    assert set(numbers) == set(given_flags)


@given(st.text(min_size=1, max_size=30), st.lists(stretches(), max_size=8))
def test_every_marked_character_carries_the_gravest_severity_said_of_it(text, several):
    inside = [each.within(len(text)) for each in several]
    looks = looks_of(str(marked(text, several)))
    for at in range(len(text)):
        covering = [each for each in inside if each.start <= at < each.end]
        assert bool(covering) == bool(looks[at])
        assert {each.look for each in covering if each.severity} <= {*looks[at], *graver(looks[at])}


def graver(looks):
    """Severities that a graver one stands for, where stretches that cross have become one."""
    worst = max((SEVERITIES.index(each) for each in looks if each in SEVERITIES), default=0)
    return SEVERITIES[: worst + 1]


def looks_of(drawn):
    found, open_ones = [], []
    for piece in re.split(r"(</?mark[^<>]*>)", FLAG.sub("", drawn)):
        if piece.startswith("<mark"):
            open_ones.append(re.search(r'class="(\w+)"', piece)[1])
        elif piece == "</mark>":
            open_ones.pop()
        else:
            found += [list(open_ones)] * len(html.unescape(piece))
    return found


def test_markup_in_the_text_and_in_what_is_said_stays_text():
    drawn = str(marked(TEXT, [Stretch(0, 13, ('"><script>',))]))
    assert (
        drawn == '<mark class="read" title="&#34;&gt;&lt;script&gt;">22/52 (44.3%)</mark> &amp; &lt;b&gt;more&lt;/b&gt;'
    )


def test_a_stretch_inside_another_is_marked_inside_it():
    drawn = str(marked("abcdef", [Stretch(2, 4, ("inner",), "error"), Stretch(0, 6, ("outer",))]))
    assert drawn == '<mark class="read" title="outer">ab<mark class="error" title="inner">cd</mark>ef</mark>'


def test_stretches_that_cross_become_one_with_the_gravest_severity():
    drawn = str(marked("abcdef", [Stretch(0, 4, ("one",), "note"), Stretch(2, 6, ("two",), "error")]))
    assert drawn == '<mark class="error" title="one\ntwo">abcdef</mark>'


def test_stretches_side_by_side_stay_two():
    assert str(marked("abcd", [Stretch(0, 2), Stretch(2, 4)])).count("<mark") == 2


@pytest.mark.parametrize("spot", [(4, 4), (9, 12), (-3, -1)])
def test_a_flag_without_characters_still_stands_in_the_text(spot):
    flag = Flag(3, "error", "d1-f3", "d1-m3")
    drawn = str(marked("abcd", [Stretch(*spot, ("Count",), "error", flags=(flag,))]))
    assert "<mark" not in drawn
    assert 'id="d1-m3" href="#d1-f3"' in drawn
