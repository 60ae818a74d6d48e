"""From what an adjudicator types to choices the review can keep."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from curation.reconcile.classes import MINOR
from curation.reconcile.work import Matched, Source, Work
from store.adjudicate import Choice
from store.errors import StoreError

WHOLE = "record"
NEITHER = "none"


def choice(done: Work, record: str, field: str, chosen: str) -> Choice:
    """The choice of A, B, an extractor's name or another value for a field of a record; a value after "=" is verbatim.

    For the field "record" the choice is about all of it: A or B, or "none" to leave it out. Of a record that one
    extractor alone has, the letter of another one leaves it out. Raises StoreError.
    """
    one = found(done, record)
    source = next(each for each in done.sources if each.source == one.source)
    who = source.letters.get(chosen, chosen)
    keys = frozenset(one.keys)
    has_it = who in {name for name, _ in one.keys}
    if field == WHOLE:
        return _whole(one, source, who, has_it=has_it)
    if has_it:
        return Choice(one.kind, keys, "taken", field, who)
    if who in source.extractors:
        raise StoreError(f"{who} has not extracted {record!r}; choose for the field {WHOLE!r} whether it stays")
    return Choice(one.kind, keys, "other", field, None, chosen.removeprefix("=") or None)


def _whole(one: Matched, source: Source, who: str, *, has_it: bool) -> Choice:
    if has_it:
        return Choice(one.kind, frozenset(one.keys), "taken", None, who)
    if who == NEITHER or who in source.extractors:
        return Choice(one.kind, frozenset(one.keys), "left_out")
    letters = ", ".join(f"{letter} ({name})" for letter, name in source.letters.items())
    raise StoreError(f"{who!r} is no choice for a whole record; choose {letters} or {NEITHER}")


def found(done: Work, record: str) -> Matched:
    """The record with this id, or the only one whose id begins so. Raises StoreError."""
    exact = [each for each in done.records if record in {each.record, *(key for _, key in each.keys)}]
    near = exact or [
        each for each in done.records if any(key.startswith(record) for _, key in (("", each.record), *each.keys))
    ]
    if len(near) == 1:
        return near[0]
    if near:
        shown = ", ".join(f"{each.kind} {each.record} of {each.source}" for each in near[:3])
        raise StoreError(f"{record!r} fits {len(near)} records ({shown}); give more of the id, --kind or --source")
    raise StoreError(f"no record {record!r} is open to settle; curation reconcile REVIEW lists the differences")


def agreed(done: Work, also: Collection[str] = ()) -> Iterator[Choice]:
    """Accept what is equal or equal within rounding, and differences of the classes ``also``.

    Of two roundings the one with more digits is taken, of other texts the first that is given.
    """
    for one in done.records:
        if one.settled or one.one_side:
            continue
        keys = frozenset(one.keys)
        if not one.fields and not one.decided:
            yield Choice(one.kind, keys, "agreed", None, one.keys[0][0])
        for field, kind in one.fields.items():
            if kind in MINOR or kind in also:
                who, text = _fullest(one, field)
                yield Choice(one.kind, keys, "agreed", field, who, text)


def _fullest(one: Matched, field: str) -> tuple[str, str | None]:
    texts = one.texts[field]
    longest = max((sum(each.isdigit() for each in text or "") for text in texts.values()), default=0)
    given = [(who, text) for who, text in texts.items() if text is not None]
    full = [(who, text) for who, text in given if sum(each.isdigit() for each in text) == longest]
    return next(iter(full or given), (one.keys[0][0], None))
