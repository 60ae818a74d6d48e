"""The formats of other programs that can be read: each is declared in a module of this package and found here."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import curation.exchange
from curation.exchange.csv_text import header_of
from curation.exchange.imported import Format
from curation.intake.archive import BROKEN, Attributes, NotRead, attribute, parse
from curation.intake.files import WORKBOOKS, kind_of
from curation.intake.problems import Problem, Refused, plain, suggestion
from curation.intake.workbook import kind_named
from schemas.registry import KINDS

HEAD = 64 << 10
"""Bytes of a file that recognition looks at."""
_OWN_JSON = re.compile(rf'\s*\{{\s*"({"|".join(KINDS)})"\s*:')
_OWN_LINE = re.compile(r'\s*\{.*"kind"\s*:')
_TABLES = {".xlsx": ("xl/workbook.xml", "sheet"), ".ods": ("content.xml", "table")}
"""Where a workbook names its sheets: the part, and the element."""


@cache
def described() -> dict[Format, str]:
    """Every declared format, by name, with what its module says of it."""
    modules = [
        importlib.import_module(f"{curation.exchange.__name__}.{each.name}")
        for each in pkgutil.iter_modules(curation.exchange.__path__)
    ]
    found = [
        (one, inspect.cleandoc(module.__doc__ or ""))
        for module in modules
        if isinstance(one := getattr(module, "FORMAT", None), Format)
    ]
    return dict(sorted(found, key=lambda pair: pair[0].name))


def formats() -> tuple[Format, ...]:
    """Every declared format, by name."""
    return tuple(described())


def recognise(path: Path, among: Sequence[Format] | None = None) -> Format | None:
    """The format of a file or folder by its content, or None where it is ours or of none of them.

    ``among`` are the formats to choose from; every declared one if None. What holds our own kinds of records is never taken for somebody else's. Where several formats fit, the ending
    decides; raises Refused, naming them, where it does not.
    """
    if not path.exists():
        return None
    start = start_of(path)
    if is_own(path, start):
        return None
    fit = [one for one in (formats() if among is None else among) if one.recognises(path, start)]
    if not fit:
        return None
    if len(fit) > 1:
        fit = [one for one in fit if path.suffix.lower() in one.suffixes] or fit
    if len(fit) > 1:
        raise Refused([_ambiguous(path, fit)])
    return fit[0]


def named(name: str) -> Format:
    """The format of this name. Raises KeyError, with the names there are."""
    by_name = {one.name: one for one in formats()}
    if name not in by_name:
        raise KeyError(f"{name!r} is no format; expected one of {', '.join(by_name)}{suggestion(name, by_name)}")
    return by_name[name]


def by_ending(path: Path) -> list[Format]:
    """The formats whose files end as this one does."""
    return [one for one in formats() if path.suffix.lower() in one.suffixes]


def is_own(path: Path, start: bytes) -> bool:
    """Whether the content is surely of our own kinds: a folder, CSV file, sheet or JSON that is named by a kind."""
    if path.is_dir():
        packaged = (path / "datapackage.json").is_file()  # our own export, whose tables are named by kinds, is one
        return not packaged and any(kind_of(each) for each in path.rglob("*.[cC][sS][vV]"))
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _own_csv(path, start)
    if suffix in WORKBOOKS:
        return any(kind_named(each) for each in _sheet_names(path))
    text = start.decode("utf-8-sig", "replace")
    own = {".json": _OWN_JSON, ".jsonl": _OWN_LINE}.get(suffix)
    return own is not None and own.match(text) is not None


def _own_csv(path: Path, start: bytes) -> bool:
    """Whether a CSV file is named by a kind and has its first column, which all of that kind need."""
    kind = kind_of(path)
    if kind is None:
        return False
    first = next(each.name for each in KINDS[kind].fields() if each.required)
    names = {plain(name) for name in header_of(start)}
    return first in names or not names


def start_of(path: Path) -> bytes:
    """The first bytes of a file, for recognition; none of a folder."""
    if path.is_dir():
        return b""
    with path.open("rb") as file:
        return file.read(HEAD)


def _sheet_names(path: Path) -> list[str]:
    """The names of a workbook's sheets; none where it cannot be read, which reading it will say."""
    part, element = _TABLES[path.suffix.lower()]
    found: list[str | None] = []

    def start(name: str, given: Attributes) -> None:
        if name == element:
            found.append(attribute(given, "name"))

    try:
        with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
            parse(stream, start, lambda _: None, lambda _: None)
    except (KeyError, NotRead, *BROKEN):
        return []
    return [name for name in found if name]


def _ambiguous(path: Path, fit: Sequence[Format]) -> Problem:
    may_be = ", ".join(f"{one.title} ({one.name})" for one in fit)
    return Problem(
        path.name, None, None, f"a file that may be each of {may_be}", f"one of them; say which with --as {fit[0].name}"
    )
