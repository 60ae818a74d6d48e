"""Handing in, deciding and reopening: each one a revision, nothing overwritten, both originals kept."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa
from pydantic import ValidationError

from schemas.arrow import from_texts
from schemas.kinds.base import Record
from schemas.registry import RECORDS
from store import asof, consensus, ddl
from store.asof import Revision
from store.changes import sentence
from store.consensus import CONSENSUS, WORDS, Adjudication, Key, Original, Present, Version, compared
from store.errors import ChangedMeanwhile, StoreError
from store.intake import add_revision
from store.query import let_go, number
from store.transaction import transaction

DECISIONS = ("taken", "other", "agreed", "left_out")


@dataclass(frozen=True, slots=True)
class Choice:
    """What an adjudicator decides about matched extractions: one field, or the whole record (``field`` is None).

    ``decision``: "taken" (what ``taken_from`` says), "other" (``value``; None leaves the field blank), "agreed" (all
    say the same; the words around it come from ``taken_from``), "left_out" (the record does not belong here).

    ``seen``: of every extraction the revision of the review at which the person saw it. With it the choice is refused
    (ChangedMeanwhile) where an extraction was changed, or the same was decided, since.
    """

    kind: str
    originals: frozenset[Key]
    decision: str
    field: str | None = None
    taken_from: str | None = None
    value: str | None = None
    seen: Mapping[Key, int] | None = dataclasses.field(default=None, compare=False)


class DecidedMeanwhile(ChangedMeanwhile):
    """Somebody has decided on a record after the person looked at it who wanted to; nothing was written."""

    def __init__(self, one: Adjudication) -> None:
        made = one.made
        super().__init__(
            kind=one.kind, record_key=one.record_key, extractor=CONSENSUS, revision=made.revision,
            who=made.who, at=made.at, now={},
        )  # fmt: skip
        self.sentence = (
            f"{made.who} decided on {one.kind} {one.record_key!r} meanwhile, at {made.at:%Y-%m-%d %H:%M} UTC: {one.said}; "
            "nothing was overwritten: look at it as it is now, and reopen that decision if it has to be made again"
        )
        self.args = (self.sentence,)


@dataclass(slots=True)
class _Work:
    """A change being prepared: what is known of the review, and what will be written."""

    revision: int
    made: Revision
    versions: dict[str, dict[Key, Version]]
    standing: dict[tuple[str, str], list[Adjudication]]
    """By kind and consensus: the decisions in force."""
    names: dict[tuple[str, Key], str]
    """By kind and extraction: the id of its consensus."""
    taken: set[tuple[str, str]]
    """Ids of consensus records that are in use."""
    owners: dict[tuple[str, str], set[Key]]
    """By kind and record id the extractions with this id."""
    next_id: int
    new: list[Adjudication] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)


def submit(
    connection: duckdb.DuckDBPyConnection, extractor: str, sources: Collection[str] | None, *, who: str, why: str
) -> list[str]:
    """Note that an extractor has handed in sources, by default all that they have extracted; those that are new."""
    with transaction(connection):
        mine = _extracted(connection, extractor)
        if not mine:
            raise StoreError(f"the review has no extraction by {extractor!r}; take it in first with: curation intake")
        if sources is not None and (unknown := sorted(set(sources) - mine)):
            raise StoreError(
                f"{extractor} has extracted nothing from {unknown[0]!r}; they have {', '.join(sorted(mine))}"
            )
        done = {each.source for each in consensus.submissions(connection) if each.extractor == extractor}
        new = sorted((mine if sources is None else set(sources)) - done)
        if new:
            revision = asof.latest(connection) + 1
            connection.executemany(
                "INSERT INTO submission VALUES (?, ?, ?)", [[one, extractor, revision] for one in new]
            )
            add_revision(connection, revision, who=who, action="submit", why=why)
    return new


def _extracted(connection: duckdb.DuckDBPyConnection, extractor: str) -> set[str]:
    current = """
        SELECT source FROM {} WHERE extractor = ?
        QUALIFY row_number() OVER (PARTITION BY record_key ORDER BY revision DESC) = 1 AND NOT retired
    """
    parts = [f"({current.format(ddl.quoted(kind))})" for kind in RECORDS]
    rows = connection.execute(" UNION ".join(parts), [extractor] * len(parts)).fetchall()
    return {source for (source,) in rows}


def adjudicate(
    connection: duckdb.DuckDBPyConnection, present: Present, choices: Sequence[Choice], *, who: str, why: str
) -> list[int]:
    """Write decisions, all of them or none, and the consensus of every record that is settled with them; their ids."""
    with transaction(connection):
        work = _prepare(connection, present, choices, who=who, why=why)
        for choice in choices:
            _refuse_unseen(connection, work, choice)
            _decide(work, choice)
        _write(connection, work, present, {(each.kind, each.record_key) for each in work.new})
        add_revision(connection, work.revision, who=who, action="adjudicate", why=why)
    return [each.id for each in work.new]


def reopen(connection: duckdb.DuckDBPyConnection, present: Present, id_: int, *, who: str, why: str) -> int:
    """Take a decision back; it stays on record, and its record is open again. The number of the revision."""
    with transaction(connection):
        found = next((each for each in consensus.adjudications(connection, present) if each.id == id_), None)
        if found is None:
            raise StoreError(f"the review has no decision {id_}; list them with: curation reconcile REVIEW --decided")
        if found.reopened is not None:
            raise StoreError(f"decision {id_} was reopened already, by {found.reopened.who}: {found.reopened.why}")
        work = _prepare(connection, present, [], who=who, why=why)
        _close(work, found)
        _write(connection, work, present, {(found.kind, found.record_key)})
        add_revision(connection, work.revision, who=who, action="reopen", why=why)
    return work.revision


def _prepare(
    connection: duckdb.DuckDBPyConnection, present: Present, choices: Sequence[Choice], *, who: str, why: str
) -> _Work:
    last = asof.latest(connection)
    standing: dict[tuple[str, str], list[Adjudication]] = defaultdict(list)
    names: dict[tuple[str, Key], str] = {}
    taken: set[tuple[str, str]] = set()
    for each in consensus.adjudications(connection, present):
        taken.add((each.kind, each.record_key))
        names |= {(each.kind, key): each.record_key for key in each.keys}
        if each.reopened is None:
            standing[each.kind, each.record_key].append(each)
    keys: dict[str, set[Key]] = defaultdict(set)
    for choice in choices:
        if choice.kind not in RECORDS:
            raise StoreError(f"{choice.kind!r} is not a kind of record; the kinds are {', '.join(RECORDS)}")
        keys[choice.kind] |= choice.originals
    for (kind, _), decided in standing.items():
        keys[kind] |= {key for each in decided for key in each.keys}
    found = {kind: consensus.versions(connection, RECORDS[kind], present[kind], of, last) for kind, of in keys.items()}
    made = Revision(last + 1, asof.moment(0), who, "adjudicate", why)
    next_id = number(connection, "SELECT coalesce(max(id), 0) FROM adjudication") + 1
    owners: dict[tuple[str, str], set[Key]] = defaultdict(set)
    for kind in {choice.kind for choice in choices}:
        query = f"SELECT DISTINCT extractor, record_key FROM {ddl.quoted(kind)} WHERE extractor <> ?"
        for extractor, key in connection.execute(query, [CONSENSUS]).fetchall():
            owners[kind, key].add((extractor, key))
    return _Work(last + 1, made, found, standing, names, taken, owners, next_id)


def _refuse_unseen(connection: duckdb.DuckDBPyConnection, work: _Work, choice: Choice) -> None:
    """Raise ChangedMeanwhile where the person has not seen what the extractions say now, or a decision on the same."""
    if choice.seen is None:
        return
    for key in sorted(choice.originals):
        now = work.versions[choice.kind].get(key)
        if now is None or now.revision > choice.seen.get(key, -1):
            _changed(connection, choice.kind, key, now)
    last = min(choice.seen.values(), default=-1)
    names = {work.names.get((choice.kind, key)) for key in choice.originals}
    for name in sorted(each for each in names if each is not None):
        for one in work.standing[choice.kind, name]:
            other_field = None not in (one.field, choice.field) and one.field != choice.field
            if last < one.made.revision < work.revision and not (other_field and one.keys == choice.originals):
                raise DecidedMeanwhile(one)


def _changed(connection: duckdb.DuckDBPyConnection, kind: str, key: Key, now: Version | None) -> None:
    """Raise ChangedMeanwhile, with who changed it last; where the row is not there, it is left to ``_checked``."""
    if now is None:
        return
    made = next(each for each in asof.revisions(connection, now.revision) if each.revision == now.revision)
    raise ChangedMeanwhile(
        kind=kind, record_key=key[1], extractor=key[0], revision=now.revision, who=made.who, at=made.at,
        now=None if now.retired else now.cells,
    )  # fmt: skip


def _decide(work: _Work, choice: Choice) -> None:
    """Add one decision to the work; refuse what makes no sense."""
    originals = _checked(work, choice)
    lead = min(choice.originals)
    name = next(
        (work.names[choice.kind, key] for key in sorted(choice.originals) if (choice.kind, key) in work.names), None
    )
    name = name if name is not None else _free(work, choice, lead[1])
    standing = work.standing[choice.kind, name]
    for each in list(standing):
        if each.stale or each.keys != choice.originals or (choice.field is None and each.field is not None):
            _close(work, each)
        elif each.field is None or each.field == choice.field:
            raise StoreError(
                f"{choice.kind} {name!r} is decided already ({each.said}); reopen decision {each.id} to decide again"
            )
    one = Adjudication(
        work.next_id, choice.kind, name, choice.field, choice.decision, choice.taken_from, _value(choice, originals),
        originals, work.made, None, False,
    )  # fmt: skip
    work.next_id += 1
    work.new.append(one)
    work.standing[choice.kind, name].append(one)
    work.names |= {(choice.kind, key): name for key in choice.originals}


def _checked(work: _Work, choice: Choice) -> tuple[Original, ...]:
    versions = work.versions[choice.kind]
    whole = choice.field is None
    if not choice.originals or choice.decision not in DECISIONS or (choice.decision == "left_out" and not whole):
        raise StoreError(f"a decision is one of {', '.join(DECISIONS)}, about extractions that the review holds")
    for who, key in sorted(choice.originals):
        found = versions.get((who, key))
        if found is None or found.retired or who == CONSENSUS:
            raise StoreError(
                f"the review has no {choice.kind} {key!r} of extractor {who!r}; look again at the differences"
            )
    if choice.field is not None and choice.field not in compared(RECORDS[choice.kind]):
        raise StoreError(f"a {choice.kind} has no field {choice.field!r} to decide on; its fields are {', '.join(compared(RECORDS[choice.kind]))}")  # fmt: skip
    if choice.decision == "taken" and choice.taken_from not in {who for who, _ in choice.originals}:
        raise StoreError(f"{choice.taken_from!r} has not extracted this {choice.kind}; it can be taken from {' or '.join(sorted(who for who, _ in choice.originals))}")  # fmt: skip
    if whole and choice.decision == "other":
        raise StoreError("another value is given field by field; name the field")
    return tuple(
        Original(
            who, key, versions[who, key].revision, versions[who, key].cells[choice.field] if choice.field else None
        )
        for who, key in sorted(choice.originals)
    )


def _value(choice: Choice, originals: Iterable[Original]) -> str | None:
    if choice.field is None:
        return None
    if choice.decision == "taken":
        return next(each.text for each in originals if each.extractor == choice.taken_from)
    return choice.value


def _free(work: _Work, choice: Choice, wanted: str) -> str:
    """An id for a consensus: that of the first extraction, numbered where another record has it too."""
    kind = choice.kind
    name, again = wanted, 1
    while (kind, name) in work.taken or work.owners.get((kind, name), set()) - choice.originals:
        again += 1
        name = f"{wanted}-{again}"
    work.taken.add((kind, name))
    return name


def _close(work: _Work, one: Adjudication) -> None:
    work.closed.append(one.id)
    work.standing[one.kind, one.record_key] = [
        each for each in work.standing[one.kind, one.record_key] if each.id != one.id
    ]


def _write(connection: duckdb.DuckDBPyConnection, work: _Work, present: Present, touched: set[tuple[str, str]]) -> None:
    decisions = [(one.id, work.revision, one.kind, one.record_key, one.field, one.decision, one.taken_from, one.value) for one in work.new]  # fmt: skip
    originals = [
        (one.id, each.extractor, each.record_key, each.revision, each.text)
        for one in work.new
        for each in one.originals
    ]
    _append(connection, "adjudication", decisions)
    _append(connection, "adjudicated", originals)
    _append(connection, "reopening", [(one, work.revision) for one in work.closed])
    for kind in sorted({kind for kind, _ in touched}):
        _write_kind(connection, work, RECORDS[kind], present[kind], sorted(key for of, key in touched if of == kind))


def _append(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    if not rows:
        return
    names = [name for name, *_ in connection.execute(f"DESCRIBE {ddl.quoted(table)}").fetchall()]
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    made = {name: pa.array(cells, None if any(cell is not None for cell in cells) else pa.string()) for name, cells in columns.items()}  # fmt: skip
    connection.register("#rows", pa.table(made))
    try:
        connection.execute(f'INSERT INTO {ddl.quoted(table)} BY NAME SELECT * FROM "#rows"')
    finally:
        let_go(connection, "#rows")


def _write_kind(
    connection: duckdb.DuckDBPyConnection, work: _Work, model: type[Record], present: Collection[str], names: list[str]
) -> None:
    """Write the consensus of these records as it follows from the decisions; retire those that are open again."""
    last = consensus.versions(connection, model, present, [(CONSENSUS, name) for name in names], work.revision)
    rows: list[tuple[int, bool, dict[str, str | None]]] = []
    for name in names:
        made, was = _settled(work, model, name), last.get((CONSENSUS, name))
        if made is not None:
            rows.append((made.position, False, made.cells))
        elif was is not None and not was.retired:
            rows.append((was.position, True, was.cells))
    if not rows:
        return
    fields = [each.name for each in model.fields()]
    texts = pa.table({one: pa.array([cells[one] for *_, cells in rows], pa.string()) for one in fields})
    keys = pa.array([cells["record"] for *_, cells in rows], pa.string())
    table = from_texts(model, texts).append_column("key_", keys)
    table = table.append_column("retired_", pa.array([retired for _, retired, _ in rows]))
    table = table.append_column("position_", pa.array([position for position, *_ in rows]))
    connection.register("#settled", table)
    try:
        connection.execute(
            f"""
            INSERT INTO {ddl.quoted(model.kind)} ({", ".join(ddl.quoted(one) for one in ddl.BOOKKEEPING)}, {ddl.field_names(model)})
            SELECT key_, ?, ?, retired_, position_, {ddl.field_names(model)} FROM "#settled"
            """,
            [CONSENSUS, work.revision],
        )
    finally:
        let_go(connection, "#settled")


def _settled(work: _Work, model: type[Record], name: str) -> Version | None:
    """The consensus of a record, or None while something is left to decide, or it is left out."""
    decided = [each for each in work.standing[model.kind, name] if not each.stale]
    if not decided:
        return None
    versions = {key: work.versions[model.kind][key] for key in sorted(decided[-1].keys)}
    whole = next((each for each in decided if each.field is None), None)
    if whole is not None:
        return None if whole.decision == "left_out" else _copied(versions, whole.taken_from, name, {})
    chosen = {each.field: each.value for each in decided if each.field is not None}
    row = _validated(model, _copied(versions, _most_taken(decided), name, chosen))
    differing = [one for one in compared(model) if len({each.cells[one] for each in versions.values()}) > 1]
    return row if set(differing) <= chosen.keys() else None


def _most_taken(decided: Iterable[Adjudication]) -> str | None:
    """From whom most fields are taken: their quote and remarks go along."""
    counted = Counter(each.taken_from for each in decided if each.taken_from is not None)
    return min(counted, key=lambda who: (-counted[who], who), default=None)


def _copied(
    versions: Mapping[Key, Version], taken_from: str | None, name: str, chosen: Mapping[str, str | None]
) -> Version:
    base = next((each for (who, _), each in versions.items() if who == taken_from), next(iter(versions.values())))
    return Version(base.revision, False, base.position, {**base.cells, **chosen, "record": name})


def _validated(model: type[Record], row: Version) -> Version:
    try:
        # The whole cell is left out: what was decided stands, and is not filled in from it again.
        model.model_validate({name: text for name, text in row.cells.items() if name not in WORDS and text is not None})
    except ValidationError as problem:
        said = sentence(problem)
    else:
        return row
    raise StoreError(f"{model.kind} {row.cells['record']!r} cannot be settled so: {said}")
