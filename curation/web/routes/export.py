"""The clean dataset of what a person may see, as one zip file."""

from __future__ import annotations

import re
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from curation.web.datasets import WITHHELD, chosen, has_own, taken, withheld, withheld_csv, written
from curation.web.desk import Desk
from curation.web.guard import Form, Looking, TheDesk
from curation.web.pages import render
from curation.web.people import Person
from curation.web.remembered import lasting
from curation.web.told import ago
from schemas.programs import PROGRAMS
from schemas.thresholds import UnknownSetting
from store.consensus import CONSENSUS
from store.errors import StoreError

router = APIRouter(include_in_schema=False)
AT_ONCE = 2
"""Exports made at a time; the pages go on beside them."""
PATIENCE = 20.0
"""Seconds for which an export waits for its turn."""
PIECE = 1 << 18
MOST_LICENCE = 100
SPOOLED = 32_000_000
"""Bytes of a zip file that stay in memory; a longer one goes to a file that nobody else can read."""
MOMENT = (1980, 1, 1, 0, 0, 0)
"""Time of every file in the zip: equal datasets give equal bytes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants in the export, and what is wrong with it."""

    whose: str = "settled"
    programs: tuple[str, ...] = ()
    licence: str = ""
    problem: str = ""


@router.get("/export")
def form(request: Request, desk: TheDesk, person: Looking) -> Response:
    """What the export will hold, and its options."""
    return _page(request, desk, person, Asked())


@router.post("/export")
def export(request: Request, desk: TheDesk, person: Looking, form: Form) -> Response:
    """The dataset as a zip file."""
    asked = _asked(form)
    if asked.problem:
        return _page(request, desk, person, asked, status=422)
    try:
        file = zipped(desk, person, asked)
    except Busy as problem:
        return _page(request, desk, person, _wrong(asked, str(problem)), status=503)
    except (StoreError, UnknownSetting) as problem:
        return _page(request, desk, person, _wrong(asked, str(problem)), status=422)
    name = f"{file_name(desk.name)}{'-own' if asked.whose == 'own' else ''}-dataset.zip"
    size = file.seek(0, 2)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(size)}
    return StreamingResponse(pieces(file), media_type="application/zip", headers=headers)


def file_name(review: str) -> str:
    """The name of a review as it can stand in a header and on every file system.

    >>> file_name("Lenalidomide: a review/2021"), file_name('"; x="')
    ('Lenalidomide-a-review-2021', 'x')
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "-", review).strip("-.")[:80] or "review"


class Busy(Exception):
    """Others are exporting; the message is a sentence."""


def zipped(desk: Desk, person: Person, asked: Asked) -> tempfile.SpooledTemporaryFile[bytes]:
    """The dataset as a zip file, made when it is its turn. Raises Busy, StoreError or UnknownSetting."""
    turns = lasting(desk, "exports", lambda: threading.BoundedSemaphore(AT_ONCE))
    if not turns.acquire(timeout=PATIENCE):
        raise Busy("others are exporting at the moment; try again in a minute")
    try:
        return _zipped(desk, person, asked)
    finally:
        turns.release()


def _zipped(desk: Desk, person: Person, asked: Asked) -> tempfile.SpooledTemporaryFile[bytes]:
    one = taken(desk, person, chosen(desk, person, asked.whose))
    with tempfile.TemporaryDirectory(prefix="curation-") as home:
        folder = Path(home) / "dataset"
        written(desk, one, folder, licence=asked.licence, programs=asked.programs)
        if one.withheld:
            (folder / WITHHELD).write_bytes(withheld_csv(one.withheld))
        file: tempfile.SpooledTemporaryFile[bytes] = tempfile.SpooledTemporaryFile(max_size=SPOOLED)  # noqa: SIM115 - closed when it is sent
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for each in sorted(folder.rglob("*")):
                if each.is_file():
                    entry = zipfile.ZipInfo(each.relative_to(folder).as_posix(), MOMENT)
                    entry.compress_type = zipfile.ZIP_STORED if each.suffix == ".parquet" else zipfile.ZIP_DEFLATED
                    entry.external_attr = 0o644 << 16
                    packed.writestr(entry, each.read_bytes())
    return file


def pieces(file: tempfile.SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    """The file from its beginning, piece by piece; closed at its end."""
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _asked(form: Form) -> Asked:
    programs = tuple(dict.fromkeys(str(each) for each in form.getlist("programs")))
    licence, whose = str(form.get("licence") or "").strip(), str(form.get("whose") or "settled")
    asked = Asked(whose, tuple(each for each in programs if each in PROGRAMS), licence[:MOST_LICENCE])
    if strangers := [each for each in programs if each not in PROGRAMS]:
        return _wrong(asked, f"there are no files for {strangers[0][:40]!r}; choose among {', '.join(PROGRAMS)}")
    if len(licence) > MOST_LICENCE or not licence.isprintable():
        return _wrong(asked, f"the licence is a short name of at most {MOST_LICENCE} characters, such as CC-BY-4.0")
    return asked


def _wrong(asked: Asked, problem: str) -> Asked:
    return Asked(asked.whose, asked.programs, asked.licence, problem)


def _page(request: Request, desk: Desk, person: Person, asked: Asked, *, status: int = 200) -> Response:
    sight = desk.sight(person)
    names = desk.at_this_revision("names of sources", lambda: desk.review.tables(sources=())["source"].column("source").to_pylist())  # fmt: skip
    run = desk.review.last_check()
    return render(
        request, "export.html.j2", status=status, asked=asked, programs=PROGRAMS, own=has_own(desk, person),
        counts=_counts(desk, person), withheld=withheld(sight, names, "settled"), sources=len(names),
        checked="" if run is None or run.revision != desk.review.revision else ago(run.at), withheld_file=WITHHELD,
    )  # fmt: skip


def _counts(desk: Desk, person: Person) -> Mapping[str, int]:
    """How many extracted records go into a settled dataset and into one's own: those that may be seen, and no others."""
    sight = desk.sight(person)
    progress = desk.at_this_revision("progress of the export", desk.review.progress)
    seen = [each for each in progress if each.extractor != CONSENSUS and sight.sees(each.source, each.extractor)]
    return {
        "settled": sum(sum(each.records.values()) for each in seen),
        "own": sum(sum(each.records.values()) for each in seen if each.extractor == person.name),
    }
