"""A registry record beside the publication, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from curation.registry.beside import Side, Together
from curation.registry.propose import Proposal, arms, outcomes
from store.consensus import CONSENSUS


def lines(both: Together, review: str) -> Iterator[str]:
    """What is there, what may be what, and how to confirm it."""
    yield f"{both.number}: {_side('registry', both.registry)}"
    if both.publication is None:
        yield "  no publication of the study in the review: give its study the registry number, or name the study with --beside"
        return
    found = " (found by the registry number)" if both.by_number else ""
    yield f"  beside it: {_side('publication', both.publication)}{found}"
    yield from _by_whom(both.registry, both.publication)
    of_arms, of_outcomes = arms(both), outcomes(both)
    yield from _section("Arms", of_arms, "every arm of the registry record is one of the publication")
    yield from _entered(both)
    yield from _section("Outcomes", of_outcomes, "every outcome that can be compared is one of the publication")
    confirmed = [f'--confirm "{one.of}={one.to}"' for one in of_arms if one.to] + [
        f'--outcome "{one.of}={one.to}"' for one in of_outcomes if one.to
    ]
    if confirmed:
        yield "  Look at each. What is right is recorded with:"
        yield f"    curation registry {review} {both.registry.study} " + " ".join(confirmed)


def _by_whom(ours: Side, theirs: Side) -> Iterator[str]:
    """A check judges what one person extracted, so both must be of one person to be compared."""
    missing = sorted(theirs.extractors - ours.extractors - {CONSENSUS})
    if missing:
        yield f"  {', '.join(missing)} extracted the publication and not the registry record; a check compares them once the record is taken in with --extractor {missing[0]}, too"


def _side(noun: str, side: Side) -> str:
    return f"{noun} {', '.join(side.sources)}, study {side.study}, {len(side.arms)} arms, {sum(map(len, side.rows.values()))} records"


def _section(title: str, proposals: Sequence[Proposal], none: str) -> Iterator[str]:
    yield f"  {title}"
    if not proposals:
        yield f"    {none}"
    for one in proposals:
        what = f" ({one.what})" if one.what else ""
        if one.to is None:
            yield f"    {one.of} {one.label!r}{what}: no match"
            continue
        why = f"; {', '.join(one.reasons)}" if one.reasons else ""
        close = f"; as close: {', '.join(one.rivals)}" if one.rivals else ""
        yield f"    {one.of} {one.label!r}{what} -> {one.to} {one.to_label!r}: {one.score:.2f}{why}{close}"
        for side, numbers in zip(("registry", "publication"), one.numbers, strict=True):
            if numbers:
                yield f"      {side}: {'; '.join(numbers)}"


def _entered(both: Together) -> Iterator[str]:
    """How many entered each arm, on both sides."""
    yield "  Participants"
    for side in filter(None, (both.registry, both.publication)):
        sizes = [f"{one.id} {one.size}" for one in side.arms if one.size]
        yield f"    {', '.join(side.sources)}: {'; '.join(sizes) or 'not stated by arm'}"
