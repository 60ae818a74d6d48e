"""A review as a plain dictionary of what was done to it: what the store must say, worked out without a database."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

CONSENSUS = "consensus"
Cells = tuple[str, str]
"""Events and percentage of a count."""
Key = tuple[str, str]
"""Extractor and record id."""


@dataclass
class Version:
    """A row as it became by one revision."""

    revision: int
    cells: Cells
    retired: bool
    taken: bool


@dataclass
class Decision:
    """A decision on the difference between two extractions of one record; ``field`` is 0, 1, or None for all of it."""

    id: int
    record: str
    field: int | None
    decision: str
    taken_from: str | None
    value: str | None
    seen: dict[str, Cells]
    reopened: bool = False


@dataclass
class Waiver:
    """A waiver of a finding."""

    finding: str
    reason: str
    withdrawn: bool = False


@dataclass
class Model:
    """What happened so far. Every change says by its result whether the store has to make a revision or refuse."""

    revision: int = 0
    rows: dict[Key, list[Version]] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    submitted: dict[str, int] = field(default_factory=dict)
    proposals: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    """By proposal and extractor what was decided, and as which record."""
    states: dict[int, dict[Key, Cells]] = field(default_factory=dict)
    standing: dict[int, list[tuple[int, bool, bool]]] = field(default_factory=dict)
    handed_in: dict[int, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    """By revision who had extracted or submitted, and who had submitted."""

    def current(self) -> dict[Key, Cells]:
        """The rows that are there."""
        return {key: each[-1].cells for key, each in self.rows.items() if not each[-1].retired}

    def write(self, action: str, changes: dict[Key, tuple[Cells, bool]]) -> None:
        """A revision with these rows, each with its cells and whether it is retired."""
        self.revision += 1
        self.actions.append(action)
        for key, (cells, retired) in changes.items():
            self.rows.setdefault(key, []).append(Version(self.revision, cells, retired, action in {"intake", "add"}))
        self.noted()

    def noted(self) -> None:
        """Remember the state after a revision, for reading it again later."""
        self.states[self.revision] = self.current()
        self.standing[self.revision] = [(one.id, one.reopened, self.stale(one)) for one in self.decisions]
        owners = {who for who, _ in self.current() if who != CONSENSUS} | set(self.submitted)
        self.handed_in[self.revision] = (frozenset(owners), frozenset(self.submitted))

    def taken_in(self, who: str, rows: dict[str, Cells]) -> dict[str, int]:
        """What an intake of these rows has to say; the rows are taken in."""
        verdicts = {record: self._verdict((who, record), cells) for record, cells in rows.items()}
        written = {record for record, verdict in verdicts.items() if verdict in {"added", "changed"}}
        if written:
            self.write("intake", {(who, record): (rows[record], False) for record in rows if record in written})
        return Counter(verdicts.values())

    def _verdict(self, key: Key, cells: Cells) -> str:
        if key not in self.rows:
            return "added"
        last = self.rows[key][-1]
        if last.cells == cells:
            return "decided" if last.retired else "unchanged"
        taken = [each for each in self.rows[key] if each.taken]
        return "decided" if taken and taken[-1].cells == cells else "changed"

    # decisions

    def stale(self, one: Decision) -> bool:
        """Whether an extraction says something else since a decision that is in force."""
        now = self.current()
        at = slice(None) if one.field is None else slice(one.field, one.field + 1)
        return not one.reopened and any(
            (who, one.record) not in now or now[who, one.record][at] != cells[at] for who, cells in one.seen.items()
        )

    def decide(self, record: str, at: int | None, decision: str, taken_from: str | None, value: str | None) -> bool:
        """Decide on a record; False, and nothing happens, where that is decided already."""
        standing = [one for one in self.decisions if one.record == record and not one.reopened]
        close = [one for one in standing if self.stale(one) or (at is None and one.field is not None)]
        if any(one.field in {None, at} for one in standing if one not in close):
            return False
        for one in close:
            one.reopened = True
        seen = {who: self.current()[who, record] for who in ("ana", "ben")}
        given = value if at is None or decision == "other" else seen[str(taken_from)][at]
        self.decisions.append(Decision(len(self.decisions) + 1, record, at, decision, taken_from, given, seen))
        self.write("adjudicate", self._settled(record))
        return True

    def reopen(self, one: Decision) -> None:
        """Take a decision back."""
        one.reopened = True
        self.write("reopen", self._settled(one.record))

    def _settled(self, record: str) -> dict[Key, tuple[Cells, bool]]:
        """What becomes of the consensus of a record."""
        key = (CONSENSUS, record)
        made = self._consensus(
            [one for one in self.decisions if one.record == record and not one.reopened and not self.stale(one)]
        )
        if made is not None:
            return {key: (made, False)}
        was = self.rows.get(key)
        return {key: (was[-1].cells, True)} if was and not was[-1].retired else {}

    def _consensus(self, decided: list[Decision]) -> Cells | None:
        if not decided:
            return None
        now = {who: self.current()[who, decided[-1].record] for who in ("ana", "ben")}
        whole = next((one for one in decided if one.field is None), None)
        if whole is not None:
            return None if whole.decision == "left_out" else now[str(whole.taken_from)]
        chosen = {one.field: str(one.value) for one in decided}
        if {at for at in (0, 1) if now["ana"][at] != now["ben"][at]} - chosen.keys():
            return None
        return (chosen.get(0, now["ana"][0]), chosen.get(1, now["ana"][1]))

    # submissions

    def seen_by_all(self, who: str) -> bool:
        """Whether everybody of several had submitted at any time since somebody did."""
        since = self.submitted[who]
        return any(
            len(everybody) > 1 and everybody <= submitted
            for revision, (everybody, submitted) in self.handed_in.items()
            if revision >= since
        )

    # proposals

    def decided(self, proposal: str, who: str) -> str:
        """Open, accepted or declined; what became a record that was retired is open again."""
        made = self.proposals[proposal].get(who)
        if made is None or (made[0] == "accepted" and (who, made[1]) not in self.current()):
            return "open"
        return made[0]

    # findings

    def waived(self) -> dict[str, str]:
        """By finding the reason of the waiver in force."""
        return {one.finding: one.reason for one in self.waivers if not one.withdrawn}
