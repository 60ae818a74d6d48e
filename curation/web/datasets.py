"""The clean dataset of what a person may see: for the export and the pooled results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Literal

import pyarrow as pa

from curation.decisions import check_tables, decide, extractors
from curation.engine.findings import Finding
from curation.engine.run import merged
from curation.web.blinding import Sight
from curation.web.checking import texts
from curation.web.desk import Desk
from curation.web.people import EXTRACTOR, OWNER, Person
from curation.web.seen_findings import openly, seen
from store.consensus import Adjudication, applied
from store.errors import StoreError
from store.export import ExportAccount, export
from store.export.adapters import ADAPTERS
from store.export.cells import csv_bytes, guarded
from store.findings import Waiver
from store.whose import Whereabouts, owners

Whose = Literal["settled", "own"]
"""What several agree on or an adjudicator settled, or one's own extraction."""
WITHHELD = "withheld.csv"
UNFINISHED = "its extraction is not finished: not everybody who extracts it has handed in"
NOT_YOURS = "its extraction is not finished, or you do not take part in it"
OWN_ONLY = "only your own extraction of it is in the dataset, because not everybody who extracts it has handed in"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a dataset is made from: nothing in it that the person may not see. ``withheld``: by source why it is not whole."""

    revision: int
    tables: Mapping[str, pa.Table]
    findings: Sequence[Finding]
    waivers: Sequence[Waiver]
    adjudications: Sequence[Adjudication]
    models: Sequence[str]
    withheld: Mapping[str, str]
    visible: tuple[object, ...]
    """By what it was narrowed (see ``visibility``)."""


def withheld(sight: Sight, sources: Sequence[str], whose: Whose) -> dict[str, str]:
    """The sources that are not whole in a dataset of this person's, and why. Whether others have begun is not said."""
    if whose == "own":
        return {}
    mine = {source for source, names in sight.desks.extractors.items() if sight.person.name in names}
    unseen = NOT_YOURS if sight.person.role == EXTRACTOR else UNFINISHED
    whole = {each for each in sources if sight.open(each) or (sight.person.role == OWNER and openly([each], sight))}
    return {each: OWN_ONLY if each in mine else unseen for each in sources if each not in whole}


def taken(desk: Desk, person: Person, whose: Whose) -> Taken:
    """Everything a dataset of this person is made from, as it is now. Checks it, where the last check is older."""
    review = desk.review
    revision = review.revision
    sight = desk.sight(person)  # after the revision is read: what is open by then may be seen
    tables = sight.narrowed(review.tables(as_of=revision, extractor=person.name if whose == "own" else None))
    decisions = [] if whose == "own" else seen_decisions(desk, sight, review.adjudications(revision))
    as_extracted = whose == "own" and bool(review.adjudications(revision))  # a check judges what was settled instead
    findings = None if as_extracted else _saved(desk, sight, revision, whose)
    if findings is None:
        findings = _checked(desk, tables, decisions)
    waivers = known_waivers(findings, sight, review.waivers())
    checked = [replace(each, status="open", decided_by="", reason="") for each in findings]
    marked = {each.fingerprint: each for each in waivers}
    findings = [
        replace(each, status="waived", decided_by=marked[each.fingerprint].who, reason=marked[each.fingerprint].reason)
        if each.fingerprint in marked
        else each
        for each in checked
    ]
    names = set(extractors(tables))
    models = [name for name, kind in review.extractor_kinds(revision).items() if kind == "model" and name in names]
    sources = tables["source"].column("source").to_pylist()
    return Taken(
        revision,
        tables,
        findings,
        waivers,
        decisions,
        models,
        withheld(sight, sources, whose),
        visibility(sight, whose),
    )


def written(desk: Desk, one: Taken, folder: Path, *, licence: str = "", programs: Sequence[str] = ()) -> ExportAccount:
    """Write the dataset into a new folder."""
    return export(
        one.tables,
        [each.as_dict() for each in one.findings],
        folder,
        review=desk.review.path.stem,
        waivers=one.waivers,
        adjudications=one.adjudications,
        licence=licence,
        adapters=[ADAPTERS[name].make for name in programs],
        models=one.models,
    )


def withheld_csv(withheld: Mapping[str, str]) -> bytes:
    """The sources that are not whole, and why."""
    table = pa.table({"source": list(withheld), "reason": list(withheld.values())}, schema=_WITHHELD)
    return csv_bytes(guarded(table))


_WITHHELD = pa.schema([("source", pa.string()), ("reason", pa.string())])


def has_own(desk: Desk, person: Person) -> bool:
    """Whether the person has extracted anything."""
    return any(person.name in names for names in desk.desks().extractors.values())


def _saved(desk: Desk, sight: Sight, revision: int, whose: Whose) -> list[Finding] | None:
    """The findings of the last check that may be seen, where it was of this revision."""
    run = desk.review.last_check()
    if run is None or run.revision != revision:
        return None
    rows = [(each["extractor"], Finding.from_dict(each)) for each in desk.review.findings_of_each()]
    if (after := desk.review.last_check()) is None or after.at != run.at:
        return None
    told = desk.review.whereabouts({record for _, one in rows for record in one.records if record})
    found: dict[str, Finding] = {}
    for who, one in rows:
        by = None if who is None else str(who)
        if (whose == "settled" or by == sight.person.name) and seen(one, by, sight, told):
            found.setdefault(one.fingerprint, one)
    return list(found.values())


def _checked(desk: Desk, tables: Mapping[str, pa.Table], decisions: Sequence[Adjudication]) -> list[Finding]:
    documents = texts(desk, tables["source"])
    alone = [check_tables(applied(tables, decisions, each), desk.rules, documents) for each in extractors(tables)]
    checked = reduce(merged, alone) if alone else check_tables(tables, desk.rules, documents)
    return decide(checked, [])[0].findings


def known_waivers(findings: Sequence[Finding], sight: Sight, waivers: Sequence[Waiver]) -> list[Waiver]:
    """The waivers of these findings that may be known: decided by oneself, or where nobody works blind."""
    sources = {each.fingerprint: {each.source} - {""} for each in findings}
    return [
        each
        for each in waivers
        if each.withdrawn_at is None
        and each.fingerprint in sources
        and (each.who == sight.person.name or openly(sources[each.fingerprint], sight))
    ]


def seen_decisions(desk: Desk, sight: Sight, decisions: Sequence[Adjudication]) -> list[Adjudication]:
    """The decisions on records of sources that are open."""
    if all(sight.open(each) for each in sight.desks.extractors):
        return list(decisions)
    told = desk.review.whereabouts({key for each in decisions for _, key in each.keys})
    return [each for each in decisions if _open(each, told, sight)]


def _open(one: Adjudication, told: Mapping[tuple[str, str], Sequence[Whereabouts]], sight: Sight) -> bool:
    places = [place for key in one.keys for who in owners(told, *key) for place in told[who, key[1]]]
    return bool(places) and all(sight.open(each.source) for each in places if each.kind == one.kind)


def chosen(desk: Desk, person: Person, given: str) -> Whose:
    """What somebody asks for. Raises StoreError for what there is not."""
    if given in ("", "settled"):
        return "settled"
    if given == "own" and has_own(desk, person):
        return "own"
    raise StoreError(
        "there is no such extraction to take; choose what is settled"
        + (", or your own" if has_own(desk, person) else "")
    )


def visibility(sight: Sight, whose: Whose) -> tuple[object, ...]:
    """What a dataset depends on besides the state of the review: people who see the same share it."""
    opened = tuple(sorted(each for each in sight.desks.extractors if sight.open(each)))
    own = any(sight.person.name in names for source, names in sight.desks.extractors.items() if source not in opened)
    return (whose, opened, sight.person.name if own or whose == "own" else "")
