"""The descriptor of a data package and its resources: which files, with what delimiter, encoding and missing values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from curation.exchange.frames_csv import LARGEST, Frame, frame_of
from curation.intake.problems import Problem, Problems, Refused, shown

_MOST = 16 << 20
"""Bytes a descriptor may have."""
_ADDRESS = ("http:", "https:", "ftp:", "file:", "data:", "//")


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource: its table, or ``why`` it has none.

    ``label`` is its file; ``fields`` are the fields of its schema by name, ``missing`` the texts that mean nothing.
    """

    name: str
    label: str
    why: str = ""
    frame: Frame | None = None
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    missing: tuple[str, ...] = ("",)


def read_package(descriptor: Path) -> tuple[Mapping[str, Any], list[Resource]]:
    """The descriptor and its resources. Raises Refused where a path leads out of the folder, or a table is malformed."""
    package = _loaded(descriptor, descriptor.name)
    listed = package.get("resources")
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise Refused(
            [Problem(descriptor.name, None, None, "no list of resources", '"resources": [{"name": ..., "path": ...}]')]
        )
    home = descriptor.parent.resolve()
    return package, [_resource(each, number, home, descriptor.name) for number, each in enumerate(listed, 1)]


def _loaded(path: Path, label: str) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MOST:
            raise Refused([Problem(label, None, None, f"{path.stat().st_size:,} bytes", f"at most {_MOST:,} bytes")])
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Refused(
            [Problem(label, None, None, f"a file that cannot be read ({error.strerror})", "a readable file")]
        ) from error
    except (ValueError, RecursionError) as error:
        raise Refused([Problem(label, None, None, f"a mistake ({str(error)[:100]})", "valid JSON in UTF-8")]) from error
    if not isinstance(found, dict):
        raise Refused([Problem(label, None, None, "JSON that is no object", "an object with resources")])
    return found


def _resource(given: Mapping[str, Any], number: int, home: Path, file: str) -> Resource:
    name = str(given.get("name") or number)
    paths = given.get("path")
    if not isinstance(paths, str):
        several = f"{len(paths)} files that are one table" if isinstance(paths, list) else "data inside the descriptor"
        return Resource(name, several, "a resource is read from one file; save it as one CSV file and name that")
    schema, dialect = given.get("schema") or {}, given.get("dialect") or {}
    for each in (paths, schema, dialect):
        if isinstance(each, str) and each.strip().lower().startswith(_ADDRESS):
            return Resource(
                name, each, "it is an address, and nothing is fetched; put the file into the folder of the package"
            )
    if isinstance(schema, str):
        schema = _loaded(_inside(schema, home, f"{file}, resource {name}"), f"{file}, resource {name}, {shown(schema)}")
    if isinstance(dialect, str):
        dialect = _loaded(
            _inside(dialect, home, f"{file}, resource {name}"), f"{file}, resource {name}, {shown(dialect)}"
        )
    schema, dialect = (each if isinstance(each, dict) else {} for each in (schema, dialect))
    place = _inside(paths, home, f"{file}, resource {name}")
    why = _why_no_table(place, given)
    if why:
        return Resource(name, paths, why)
    return _table(name, paths, place, given, schema, dialect)


def _inside(path: str, home: Path, label: str) -> Path:
    """A file of the package. Raises Refused where the path leads out of its folder."""
    posix, windows = PurePosixPath(path), PureWindowsPath(path)
    odd = posix.is_absolute() or windows.drive or windows.root or ".." in {*posix.parts, *windows.parts} or "\0" in path
    target = home / "?" if odd else (home / path).resolve()
    if odd or not target.is_relative_to(home):
        raise Refused(
            [
                Problem(
                    label,
                    None,
                    "path",
                    shown(path),
                    "a file in the folder of the package, named without a path that leads out of it",
                )
            ]
        )
    return target


def _why_no_table(place: Path, given: Mapping[str, Any]) -> str:
    if not _is_file(place):
        return "the package has no such file"
    if place.stat().st_size > LARGEST:
        return f"it has {place.stat().st_size:,} bytes; at most {LARGEST:,} are read"
    if given.get("compression") or place.suffix.lower() not in {".csv", ".tsv", ".txt"}:
        return "it is no CSV file"
    return ""


def _table(
    name: str, label: str, place: Path, given: Mapping[str, Any], schema: Mapping[str, Any], dialect: Mapping[str, Any]
) -> Resource:
    codec = str(given.get("encoding") or "utf-8")
    try:
        text = place.read_bytes().decode("utf-8-sig" if codec.lower().replace("-", "") == "utf8" else codec)
    except (LookupError, ValueError):
        return Resource(name, label, f"it is no text in {codec}, as the package says")
    listed = schema.get("fields")
    fields = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    by_name = {str(each.get("name", "")).strip(): each for each in fields}
    if not text.strip("\ufeff \t\r\n"):
        return Resource(name, label, "it is empty")
    sign = _delimiter(dialect, label)
    if dialect.get("header") is not False:
        return Resource(name, label, "", frame_of(text, label, sign), by_name, _missing(schema))
    if not by_name:
        return Resource(name, label, "it has no header, and its schema names no fields")
    frame = frame_of((sign or ",").join(by_name) + "\n" + text, label, sign or ",")
    rows = tuple((number - 1, cells) for number, cells in frame.rows)
    return Resource(name, label, "", replace(frame, rows=rows), by_name, _missing(schema))


def _delimiter(dialect: Mapping[str, Any], label: str) -> str | None:
    sign = dialect.get("delimiter")
    if sign is None:
        return None
    if isinstance(sign, str) and len(sign) == 1 and sign not in '"\r\n':
        return sign
    problems = Problems()
    problems.add(label, None, None, f"the delimiter {shown(str(sign))}", "one sign")
    raise Refused(problems.kept)


def _missing(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The texts that stand for nothing; version 2 of the standard also writes them as objects."""
    listed = schema.get("missingValues", [""])
    given = listed if isinstance(listed, list) else [""]
    return ("", *(str(each.get("value", "")) if isinstance(each, dict) else str(each) for each in given))


def _is_file(place: Path) -> bool:
    """Whether there is such a file; a name that no file can have, such as one too long, is none."""
    try:
        return place.is_file()
    except OSError:
        return False
