"""What commands do through the server of a review, in the words of its API; see docs/api.md."""

from __future__ import annotations

import io
import zipfile
from base64 import b64decode
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from curation.commands.through import Server
from schemas.registry import KINDS
from store.errors import StoreError
from store.findings import SHORTEST_PREFIX
from store.queries import Message, Query
from store.subjects import Subject
from store.whole_files import write_whole

PAGE = 1000
"""Entries of one page of a list."""


def finding(server: Server, mark: str) -> dict[str, Any]:
    """The finding with this fingerprint or its beginning. Raises StoreError where there is none to be seen, or several."""
    found = []
    if len(mark) >= SHORTEST_PREFIX:
        found = [each for each in _all(server, "/findings", "findings") if each["fingerprint"].startswith(mark)]
    if len(found) == 1:
        return dict(found[0])
    said = (
        f"{len(found)} findings begin with {mark!r}; give more of it"
        if found
        else f"{server.name} sees no finding {mark!r}"
    )
    raise StoreError(f"{said}; curation check lists them")


def waive(server: Server, mark: str, reason: str, *, withdraw: bool) -> str:
    """Accept a finding, or withdraw that; its whole fingerprint."""
    whole = str(finding(server, mark)["fingerprint"])
    if withdraw:
        server.send("DELETE", f"/findings/{quote(whole, safe='')}/waiver")
    else:
        server.send("POST", f"/findings/{quote(whole, safe='')}/waiver", {"reason": reason})
    return whole


def queries(server: Server) -> list[Query]:
    """The questions that may be seen, by number."""
    found = [_query(each) for each in _all(server, "/queries", "queries")]
    return sorted(found, key=lambda each: each.number)


def ask(server: Server, about: str, message: str, *, kind: str | None, extractor: str | None) -> Query:
    """Open a question about a finding, a record or a field of it."""
    given = _subject(server, about, kind, extractor)
    return _query(server.send("POST", "/queries", {**given, "message": message}))


def step(server: Server, number: int, name: str, message: str, *, waive: bool = False) -> str:
    """Answer, close or reopen a question; its new state."""
    return str(server.send("POST", f"/queries/{number}/{name}", {"message": message, "waive": waive})["state"])


def check(server: Server, shape: str, wanted: Sequence[str]) -> tuple[str, dict[str, int]]:
    """The report on what may be seen, and how many findings are open by severity."""
    answer = server.send("POST", "/check", {"format": shape, "select": list(wanted)})
    return str(answer["report"]), dict(answer["open"])


def export(server: Server, *, own: bool, programs: Sequence[str], licence: str) -> dict[str, bytes]:
    """The clean dataset of what may be seen: its files by name."""
    extraction = "own" if own else "settled"
    given = {"extraction": extraction, "programs": list(dict.fromkeys(programs)), "licence": licence}
    with zipfile.ZipFile(io.BytesIO(server.fetch("POST", "/export", given))) as packed:
        names = [each for each in packed.namelist() if not each.endswith("/")]
        if strange := [each for each in names if Path(each).is_absolute() or ".." in Path(each).parts or "\\" in each]:
            raise StoreError(
                f"the server sent a file named {strange[0]!r}, which would lie outside the folder; nothing was written"
            )
        return {each: packed.read(each) for each in names}


def intake(server: Server, files: Sequence[Path], why: str, *, mark: bool) -> dict[str, Any]:
    """Send files to be taken in; what became of them. Checked copies of workbooks are written beside them."""
    sent = {each.name: each for each in _files(files)}
    answer = server.upload("/upload", {"why": why}, {name: path.read_bytes() for name, path in sent.items()})
    for copy in answer["copies"] if mark else ():
        beside = {f"{path.stem}.checked.xlsx": path for path in sent.values()}
        if copy["name"] in beside:
            target = beside[copy["name"]].with_name(copy["name"])
            write_whole(target, b64decode(copy["content"]))
            click.echo(f"{target} has {copy['marked']:,} cells marked", err=True)
    return dict(answer)


def _files(given: Sequence[Path]) -> Iterator[Path]:
    for each in given:
        yield from (sorted(one for one in each.iterdir() if one.is_file()) if each.is_dir() else [each])


def _all(server: Server, path: str, name: str) -> Iterator[dict[str, Any]]:
    offset = 0
    while True:
        answer = server.get(path, offset=str(offset), limit=str(PAGE))
        yield from answer[name]
        offset += len(answer[name])
        if not answer[name] or offset >= answer["total"]:
            return


def _query(given: dict[str, Any]) -> Query:
    about = Subject(**{name: given[name] or "" for name in ("about", "target", "kind", "field", "extractor", "source", "said")})  # fmt: skip
    messages = tuple(
        Message(each["state"], each["who"], _moment(each["at"]), each["text"], each["revision"])
        for each in given["messages"]
    )
    return Query(given["number"], about, messages, given["gone"])


def _moment(text: str) -> datetime:
    """A time as the API writes it."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC)


def _subject(server: Server, about: str, kind: str | None, extractor: str | None) -> dict[str, Any]:
    """What the API calls that which a person names: a finding, a record, or RECORD:FIELD."""
    record, _, field = about.partition(":")
    for each in [kind] if kind else list(KINDS):
        query = {"id": record, **({"extractor": extractor} if extractor else {})}
        try:
            server.get(f"/record/{each}", **query)
        except StoreError:
            continue
        return {"kind": each, "id": record, "field": field or None, "extractor": extractor}
    return {"finding": finding(server, about)["fingerprint"]}
