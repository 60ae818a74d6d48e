"""A printed text with what was read in it marked; without its tags it is the text it was, character by character."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from curation.engine.findings import ORDER
from curation.report.html.listing import SYMBOL

_MARK = Markup('<mark class="{}" title="{}">{}</mark>')
_FLAG = Markup(
    '<a class="flag {}"{} href="#{}"><span aria-hidden="true">{}</span><span class="vh"> {}</span> {}</a>'
)  # fmt: skip
_ID = Markup(' id="{}"')


@dataclass(frozen=True, slots=True)
class Flag:
    """The sign behind a marked text that leads to a finding. ``anchor`` is its own id, ``target`` that of the finding."""

    number: int
    severity: str
    target: str
    anchor: str = ""

    def drawn(self) -> Markup:
        """The flag as a link."""
        own = _ID.format(self.anchor) if self.anchor else ""
        return _FLAG.format(
            self.severity, own, self.target, SYMBOL[self.severity], self.severity.capitalize(), self.number
        )


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters of a text that belong together, and what is said of them.

    ``severity`` is that of the gravest finding, ``unread`` says that they look like a statistic and could not be read.
    """

    start: int
    end: int
    said: tuple[str, ...] = ()
    severity: str = ""
    unread: bool = False
    flags: tuple[Flag, ...] = ()

    @property
    def look(self) -> str:
        """How it is marked."""
        return self.severity or ("unread" if self.unread else "read")

    def within(self, length: int) -> Stretch:
        """The same, inside a text of this length."""
        start = min(max(self.start, 0), length)
        return Stretch(start, min(max(self.end, start), length), self.said, self.severity, self.unread, self.flags)

    def joined(self, other: Stretch) -> Stretch:
        """Both as one."""
        return Stretch(
            min(self.start, other.start),
            max(self.end, other.end),
            tuple(dict.fromkeys((*self.said, *other.said))),
            gravest((self.severity, other.severity)),
            self.unread and other.unread,
            tuple(dict.fromkeys((*self.flags, *other.flags))),
        )


def gravest(severities: Iterable[str]) -> str:
    """The gravest of several severities; empty where there is none.

    >>> gravest(["note", "", "error"])
    'error'
    """
    return min(filter(None, severities), key=lambda each: ORDER[each], default="")


def marked(text: str, stretches: Iterable[Stretch]) -> Markup:
    """The text with its stretches marked and their flags behind them.

    A stretch inside another is marked inside it; stretches that cross become one.

    >>> str(marked("n < 3", [Stretch(0, 5, ("Count",))]))
    '<mark class="read" title="Count">n &lt; 3</mark>'
    """
    settled = _settled(each.within(len(text)) for each in stretches)
    return Markup("").join(_pieces(text, settled, 0, len(text)))


def _settled(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Stretches of which any two are apart or one inside the other, outer ones first."""
    ordered = list(stretches)
    while True:
        one_each: dict[tuple[int, int], Stretch] = {}
        for each in ordered:
            key = each.start, each.end
            one_each[key] = one_each[key].joined(each) if key in one_each else each
        ordered = sorted(one_each.values(), key=lambda each: (each.start, -each.end))
        crossing = _crossing(ordered)
        if crossing is None:
            return ordered
        one, two = crossing
        ordered = [one.joined(two), *(each for each in ordered if each is not one and each is not two)]


def _crossing(ordered: Sequence[Stretch]) -> tuple[Stretch, Stretch] | None:
    around: list[Stretch] = []
    for each in ordered:
        while around and around[-1].end <= each.start:
            around.pop()
        if around and each.end > around[-1].end:
            return around[-1], each
        around.append(each)
    return None


def _pieces(text: str, stretches: Sequence[Stretch], start: int, end: int) -> Iterator[Markup]:
    """The text from ``start`` to ``end``; all stretches lie in it."""
    at, number = start, 0
    while number < len(stretches):
        outer = stretches[number]
        after = number + 1
        while after < len(stretches) and stretches[after].end <= outer.end and stretches[after].start < outer.end:
            after += 1
        yield escape(text[at : outer.start])
        if outer.end > outer.start:
            inside = Markup("").join(_pieces(text, stretches[number + 1 : after], outer.start, outer.end))
            yield _MARK.format(outer.look, "\n".join(outer.said), inside)
        yield from (flag.drawn() for flag in outer.flags)
        at, number = outer.end, after
    yield escape(text[at:end])
