"""Which files there are to read: workbooks, folders of CSV files, single CSV files, JSON and JSON Lines."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from curation.intake.problems import Problems, suggestion
from schemas.registry import KINDS

READABLE = "a folder of CSV files, or an .xlsx, .ods, .csv, .json or .jsonl file"
CSV_NAMES = ", ".join(f"{kind}.csv" for kind in KINDS)
WORKBOOKS = {".xlsx", ".ods"}
_REMEDIES = {
    **dict.fromkeys((".xlsm", ".xltm"), "; save the workbook as .xlsx, which holds no macros"),
    **dict.fromkeys((".xls", ".xlsb", ".xltx", ".numbers", ".fods", ".ots"), "; save the workbook as .xlsx"),
}
_SUFFIXES = WORKBOOKS | {".csv", ".json", ".jsonl"}


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read, and the name messages give it."""

    path: Path
    label: str

    @property
    def suffix(self) -> str:
        """What decides how the file is read: .xlsx, .ods, .csv, .json or .jsonl."""
        return self.path.suffix.lower()


def locate(paths: Sequence[Path], problems: Problems) -> list[InputFile]:
    """All files under the paths, each once, with the shortest label that tells them apart."""
    if not paths:
        problems.add("input", None, None, "no file", READABLE)
    found: dict[Path, InputFile] = {}
    for given in paths:
        for file in _under(Path(given), problems):
            found.setdefault(file.path.resolve(), file)
    labels = Counter(each.label for each in found.values())
    told = [each if labels[each.label] == 1 else replace(each, label=str(each.path)) for each in found.values()]
    return [replace(each, label=each.label.encode(errors="replace").decode()) for each in told]


def _under(given: Path, problems: Problems) -> Iterator[InputFile]:
    if given.is_dir():
        yield from _in_folder(given, problems)
    elif not given.exists():
        problems.add(str(given), None, None, "no such file or folder", READABLE)
    elif given.suffix.lower() not in _SUFFIXES:
        problems.add(
            given.name, None, None, _of_suffix(given.suffix), READABLE + _REMEDIES.get(given.suffix.lower(), "")
        )
    elif _fits(given, given.name, problems):
        yield InputFile(given, given.name)


def _of_suffix(suffix: str) -> str:
    return f"a file that ends in {suffix!r}" if suffix else "a file without an ending"


def _in_folder(folder: Path, problems: Problems) -> Iterator[InputFile]:
    before, any_csv = problems.total, False
    for path in _csv_files(folder, folder, problems):
        any_csv = True
        label = path.relative_to(folder).as_posix()
        if _fits(path, label, problems):
            yield InputFile(path, label)
    if not any_csv and problems.total == before:
        problems.add(str(folder), None, None, "a folder without CSV files", f"at least one of {CSV_NAMES}")


def _csv_files(folder: Path, top: Path, problems: Problems) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        problems.add(str(folder), None, None, f"a folder that cannot be read ({error.strerror})", "a readable folder")
        return
    for entry in entries:
        if entry.name.startswith((".", "~$")):
            continue
        if entry.is_dir():
            if not entry.is_symlink():  # a link back up would never end
                yield from _csv_files(entry, top, problems)
        elif entry.suffix.lower() == ".csv":
            yield entry


def _fits(path: Path, label: str, problems: Problems) -> bool:
    if not path.is_file():
        problems.add(label, None, None, "something that is not a file", "a file that can be read")
        return False
    if path.suffix.lower() == ".csv" and kind_of(path) is None:
        close = suggestion(path.stem, KINDS)
        problems.add(label, None, None, f"the file name {path.name!r}", f"one of {CSV_NAMES}{close}")
        return False
    return True


def kind_of(path: Path) -> str | None:
    """The kind of record a CSV file holds, told by its name."""
    name = path.stem.casefold()
    return name if name in KINDS else None


def content(file: InputFile, problems: Problems) -> str | None:
    """The text of a file, or None when there is none to read. A byte order mark is dropped."""
    text = opened_text(file, problems)
    return None if text is None else text.read().removeprefix("\ufeff")


def opened_text(file: InputFile, problems: Problems) -> TextIO | None:
    """The text of a file as a stream whose line endings stay as they are, or None when there is none to read.

    Where the encoding is wrong, a best reading of it, so that the other problems can be named too.
    """
    try:
        data = file.path.read_bytes()
    except OSError as error:
        problems.add(file.label, None, None, f"a file that cannot be read ({error.strerror})", "a readable file")
        return None
    encoding = _encoding(data, file.label, problems)
    if data.decode(encoding, "replace").strip("\ufeff \t\r\n"):
        return io.TextIOWrapper(io.BytesIO(data), encoding, "replace", newline="")
    problems.add(file.label, None, None, "an empty file", _filled(file.suffix))
    return None


def _filled(suffix: str) -> str:
    return "a header with the names of the columns" if suffix == ".csv" else "at least one record"


def _encoding(data: bytes, label: str, problems: Problems) -> str:
    wide = next((name for mark, name in _WIDE.items() if data.startswith(mark)), None)
    if wide:
        problems.add(label, None, None, f"text in {wide.upper()}", "text in UTF-8; save the file as CSV UTF-8")
        return wide
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        line = data.count(b"\n", 0, at) + 1
        byte = f"the byte 0x{data[at]:02X} on line {line} (byte {at + 1} of the file)"
        problems.add(label, None, None, byte, "text in UTF-8; save the file as CSV UTF-8")
        return "cp1252"
    return "utf-8-sig"


_WIDE = {b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
