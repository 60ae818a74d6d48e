"""The differences and the agreement for people (at most 100 characters wide) and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from curation.reconcile.agreement import Agreement, Kappa
from curation.reconcile.work import ONE_SIDE, Matched, Source, Work
from store.consensus import Adjudication

WIDTH = 100
_FIELD, _CLASS = 16, 9
ALIKE = "alike, under different ids"


def clipped(text: str, width: int) -> str:
    """A text on one line, cut to a width."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


def cut(line: str) -> str:
    """A line cut to the width of the page, its spaces kept."""
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"


def listing(done: Work) -> Iterator[str]:
    """What is left to settle, by source."""
    by_source = {each.source: each for each in done.sources}
    for name, records in groupby(done.open, key=lambda each: each.source):
        source = by_source[name]
        letters = ", ".join(f"{letter} = {who}" for letter, who in source.letters.items())
        yield cut(f"{name}  ({letters})")
        for each in records:
            place = f"  [{each.place}]" if each.place else ""
            yield cut(f"  {each.kind} {each.record}  {each.about}{place}")
            yield from (cut(line) for line in _lines(each, source))
        yield ""
    for source in done.withheld:
        yield cut(_waiting(source))


def _waiting(source: Source) -> str:
    return f"{source.source}: withheld until {', '.join(source.waiting_for)} handed in"


def _lines(one: Matched, source: Source) -> Iterator[str]:
    letter = {who: letter for letter, who in source.letters.items()}
    if one.one_side:
        yield f"    only {letter.get(one.keys[0][0], '')} has it"
    elif not one.fields:
        yield f"    {ALIKE}: {', '.join(key for _, key in one.keys)}"
    room = (WIDTH - 4 - _FIELD - _CLASS - 2) // max(len(one.keys), 1) - 4
    for field, kind in one.fields.items():
        cells = "  ".join(f"{letter.get(who, who)} {clipped(text or '(blank)', room):<{room}}" for who, text in one.texts[field].items())  # fmt: skip
        yield f"    {clipped(field, _FIELD):<{_FIELD}} {kind:<{_CLASS}} {cells}".rstrip()


def summary(found: Sequence[Agreement]) -> Iterator[str]:
    """The agreement, one line per kind and field."""
    if not found:
        return
    yield "agreement of matched records (share equal or equal within rounding, 95% Wilson interval)"
    yield f"  {'kind':<14} {'field':<16} {'extractors':<17} {'of':>6} {'share':>6}  {'interval':<13} {'kappa (SE)':<13}"
    for each in found:
        low, high = each.interval
        kappa = each.codes or each.presence
        said = f"{kappa.kappa:.2f} ({kappa.se:.2f}){'' if each.codes else '*'}" if kappa else ""
        who = clipped(f"{each.first}/{each.second}", 17)
        interval = f"{low:.1%}-{high:.1%}"
        yield (
            f"  {each.kind:<14} {clipped(each.field, 16):<16} {who:<17} {each.compared:>6} {each.share:>6.1%}"
            f"  {interval:<13} {said:<13}"
        ).rstrip()
    if any(each.presence and not each.codes for each in found):
        yield "  * kappa of whether a value is given"


def decided(decisions: Sequence[Adjudication]) -> Iterator[str]:
    """All decisions, oldest first."""
    for each in decisions:
        state = "reopened" if each.reopened else "stale" if each.stale else "in force"
        yield f"{each.id}  {each.made.at:%Y-%m-%d %H:%M}  {each.kind} {each.record_key}: {each.said}  [{state}]"
        if each.reopened:
            yield f"    reopened by {each.reopened.who}, {each.reopened.at:%Y-%m-%d %H:%M}: {each.reopened.why}"


def document(done: Work, review: str, decisions: Sequence[Adjudication]) -> dict[str, Any]:
    """Everything as plain data for JSON."""
    return {
        "review": review,
        "sources": [_source(each) for each in done.sources],
        "withheld": [{"source": each.source, "waiting_for": list(each.waiting_for)} for each in done.withheld],
        "differences": [line for each in done.open for line in _plain(each)],
        "agreement": [_agreement(each) for each in done.agreement],
        "decisions": [_decision(each) for each in decisions],
    }


def _source(one: Source) -> dict[str, Any]:
    return {"source": one.source, "extractors": one.letters, "submitted": sorted(one.submitted)}


def _plain(one: Matched) -> Iterator[dict[str, Any]]:
    head: dict[str, Any] = {
        "kind": one.kind, "source": one.source, "record": one.record, "about": one.about, "place": one.place,
        "records": dict(one.keys),
    }  # fmt: skip
    if not one.fields:
        yield head | {"field": None, "class": ONE_SIDE if one.one_side else "equal", "texts": {}}
    for field, kind in one.fields.items():
        yield head | {"field": field, "class": kind, "texts": one.texts[field]}


def _agreement(one: Agreement) -> dict[str, Any]:
    low, high = one.interval
    kappas = {"kappa": _kappa(one.codes), "kappa_of_presence": _kappa(one.presence)}
    plain = {name: cell for name, cell in asdict(one).items() if name not in ("codes", "presence")}
    return plain | {"share": one.share, "interval": [low, high]} | kappas


def _kappa(one: Kappa | None) -> dict[str, float] | None:
    return None if one is None else {"kappa": one.kappa, "se": one.se, "n": one.n}


def _decision(one: Adjudication) -> dict[str, Any]:
    reopened = one.reopened
    return {
        "id": one.id, "kind": one.kind, "record": one.record_key, "field": one.field, "decision": one.decision,
        "taken_from": one.taken_from, "value": one.value, "who": one.made.who, "at": one.made.at.isoformat(),
        "why": one.made.why, "revision": one.made.revision, "stale": one.stale,
        "originals": [asdict(each) for each in one.originals],
        "reopened": None if reopened is None else {"who": reopened.who, "at": reopened.at.isoformat(), "why": reopened.why},
    }  # fmt: skip
