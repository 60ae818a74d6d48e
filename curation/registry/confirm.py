"""Write which arm and which outcome of a registry record is which of the publication, as a person confirmed it.

The registry's records take the ids of the publication, as revisions that say who confirmed it and why; their history
keeps what they had before. Records of arms that nobody confirmed stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from curation.registry.beside import OutcomeSide, Row, Side, Tables, Together, When
from schemas.registry import RECORDS
from store import together
from store.consensus import CONSENSUS
from store.errors import StoreError
from store.review import Review
from store.together import Change

_PARTICIPANTS = {"experimental", "control", "single"}
"""Roles of arms that participants entered; the others (everyone, parts) follow once all of these are confirmed."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What a person confirmed: the registry's id is the publication's; times as 'ID @ TIME' where there are several."""

    ours: str
    theirs: str
    our_time: str | None = None
    their_time: str | None = None

    @classmethod
    def of(cls, text: str) -> Pair:
        """Read "REGISTRY=PUBLICATION". Raises KeyError, with the expected form."""
        ours, sign, theirs = text.partition("=")
        if not sign or not ours.strip() or not theirs.strip() or "=" in theirs:
            raise KeyError(f"{text!r} is no match; expected REGISTRY=PUBLICATION, such as 'placebo=control'")
        (one, our_time), (two, their_time) = _timed(ours), _timed(theirs)
        return cls(one, two, our_time, their_time)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a confirmation changed."""

    revision: int | None
    rows: int
    said: tuple[str, ...]


def confirm(
    review: Review, both: Together, arms: Sequence[Pair], outcomes: Sequence[Pair], *, who: str, reason: str
) -> Confirmed:
    """Write the decisions. Raises KeyError or StoreError, and changes no record, where a name is unknown."""
    theirs = both.publication
    if theirs is None:
        raise KeyError(f"the review has no publication of {both.number}; take one in, or name its study with --beside")
    now = review.tables()
    said = [f"registry arm {one.ours!r} is arm {one.theirs!r} of {theirs.study}" for one in arms]
    arm_of = _arms_named(both.registry, theirs, arms)
    moves = list(_outcomes_named(both.registry, theirs, outcomes))
    said += [one.sentence for one in moves]
    if arm_of and not _left_out(both.registry, arm_of) and both.registry.study != theirs.study:
        arm_of |= _follow(review, both, theirs.study, arm_of, now)
    changes = list(_changes(now, both.registry, theirs.study, arm_of, moves))
    if arm_of:
        changes += _number(now, theirs.study, both.number)
    revision, rows = _write(review, changes, who, "; ".join([*said, *filter(None, [reason])]))
    if arm_of:
        _retire_unused(review, both, who)
    return Confirmed(revision, rows, tuple(said))


def _timed(text: str) -> tuple[str, str | None]:
    name, sign, time = text.partition("@")
    return name.strip(), time.strip() if sign else None


def _arms_named(ours: Side, theirs: Side, pairs: Iterable[Pair]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in pairs:
        _known("arm", each.ours, [one.id for one in ours.arms], "the registry record")
        _known("arm", each.theirs, [one.id for one in theirs.arms], "the publication")
        if each.ours in found or each.theirs in found.values():
            raise KeyError(f"{each.ours}={each.theirs} names an arm that another match has; an arm has one partner")
        found[each.ours] = each.theirs
    return found


def _known(noun: str, name: str, choices: Sequence[str], where: str) -> None:
    if name not in choices:
        raise KeyError(f"{where} has no {noun} {name!r}; expected one of {', '.join(choices)}")


@dataclass(frozen=True, slots=True)
class _Move:
    """An outcome that takes another id, and its numbers of one time that take another time."""

    ours: str
    when: When | None
    theirs: str
    to: When

    @property
    def sentence(self) -> str:
        """The decision in words."""
        times = f", {self.when} being {self.to}" if self.when is not None and self.when != self.to else ""
        return f"registry outcome {self.ours!r} is outcome {self.theirs!r}{times}"

    def takes(self, row: Row) -> bool:
        """Whether a record is one of those."""
        own = When(row["timepoint"] or "", row["analysis_set"] or "")
        return row["outcome"] == self.ours and self.when in (None, own)


def _outcomes_named(ours: Side, theirs: Side, pairs: Iterable[Pair]) -> Iterator[_Move]:
    mine = {one.id: one for one in ours.outcomes}
    their = {one.id: one for one in theirs.outcomes}
    for each in pairs:
        _known("outcome", each.ours, list(mine), "the registry record")
        _known("outcome", each.theirs, list(their), "the publication")
        yield _Move(
            each.ours, _time(mine[each.ours], each.our_time, "the registry record"),
            each.theirs, _time(their[each.theirs], each.their_time, "the publication"),
        )  # fmt: skip


def _time(outcome: OutcomeSide, wanted: str | None, where: str) -> When:
    """The one time of an outcome that is meant."""
    fit = [one for one in outcome.times if wanted is None or one.timepoint == wanted]
    if len(fit) == 1:
        return fit[0]
    times = ", ".join(f"'{outcome.id} @ {one.timepoint}'" for one in outcome.times)
    raise KeyError(f"{where} has outcome {outcome.id!r} at {len(outcome.times)} times; say which: {times}")


def _left_out(ours: Side, arm_of: Mapping[str, str]) -> bool:
    """Whether an arm that participants entered has no partner yet."""
    return any(one.id not in arm_of and one.role in _PARTICIPANTS for one in ours.arms)


def _follow(review: Review, both: Together, study: str, arm_of: Mapping[str, str], now: Tables) -> dict[str, str]:
    """Everyone and parts of arms follow into the publication's study, as arms of their own; the ids they have there."""
    taken = {row["arm"] for row in _list(now, "arm") if row["study"] == study}
    found = {
        one.id: one.id if one.id not in taken else f"registry-{one.id}"
        for one in both.registry.arms
        if one.id not in arm_of
    }
    own = [row for row in _list(now, "arm") if row["study"] == both.registry.study and row["arm"] in found]
    new = [row | {"study": study, "arm": found[row["arm"]], "part_of": None} for row in own]
    if new:
        review.add("arm", new, who="curation", why=f"arms of {both.number} that the publication does not have")
    return found


def _changes(
    now: Tables, ours: Side, study: str, arm_of: Mapping[str, str], moves: Sequence[_Move]
) -> Iterator[Change]:
    for kind in RECORDS:
        for row in _list(now, kind):
            if row["source"] in ours.sources and row["study"] == ours.study and row["extractor"] != CONSENSUS:
                cells = _of_arms(row, arm_of, study) | _of_outcome(row, moves)
                if cells:
                    yield Change(kind, row["record"], row["extractor"], cells)


def _number(now: Tables, study: str, number: str) -> Iterator[Change]:
    """The registry number for the publication's study, where it has none."""
    for row in _list(now, "study"):
        if row["study"] == study and not row["registry"]:
            yield Change("study", study, "", {"registry": number})


def _list(tables: Tables, kind: str) -> list[Row]:
    rows: list[Row] = tables[kind].to_pylist()
    return rows


def _of_arms(row: Row, arm_of: Mapping[str, str], study: str) -> dict[str, str | None]:
    """The new study and arms of a record; nothing where one of its arms is not confirmed."""
    if not arm_of:
        return {}
    names = [name for name in ("arm", "comparator") if row.get(name)]
    if any(row[name] not in arm_of for name in names):
        return {}
    new: dict[str, str | None] = {"study": study}
    new |= {name: arm_of[row[name]] for name in names}
    return {name: text for name, text in new.items() if text != row[name]}


def _of_outcome(row: Row, moves: Sequence[_Move]) -> dict[str, str | None]:
    move = next((one for one in moves if one.takes(row)), None)
    if move is None:
        return {}
    return {
        "outcome": move.theirs,
        "timepoint": move.to.timepoint or None,
        "analysis_set": move.to.analysis_set or None,
    }


def _write(review: Review, changes: Sequence[Change], who: str, why: str) -> tuple[int | None, int]:
    """One decision is one revision; the review's own ``revise`` takes a row at a time."""
    with review._changing() as connection:
        return together.revise(connection, changes, who=who, why=why)


def _retire_unused(review: Review, both: Together, who: str) -> None:
    """Take out the registry's arms, and its study, that no record names any more."""
    tables, study = review.tables(), both.registry.study
    why = f"its records are under the arms of the publication ({both.number})"
    rows = [row for kind in RECORDS for row in _list(tables, kind) if row["study"] == study]
    used = {row.get(name) for row in rows for name in ("arm", "comparator")}
    gone = [
        row["arm"]
        for row in _list(tables, "arm")
        if row["study"] == study and row["arm"] in {one.id for one in both.registry.arms} - used
    ]
    for arm in gone:
        _retire(review, "arm", f"{study}/{arm}", who, why)
    if not rows and len(gone) == sum(row["study"] == study for row in _list(tables, "arm")):
        _retire(review, "study", study, who, why)


def _retire(review: Review, kind: str, key: str, who: str, why: str) -> None:
    try:
        review.retire(kind, key, who=who, why=why)
    except StoreError as problem:
        if "still name" not in str(problem):
            raise
