"""Writing the folder: all of it or none, over an earlier export of ours, and over nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from store.errors import StoreError
from store.export.package import MADE_BY
from store.whole_files import clear_leftovers, folder_in_place

DESCRIPTOR = "datapackage.json"
README = "README.txt"


Known = Callable[[Path], "set[str] | None"]
"""Of a folder, the files of an earlier writing of ours; None if there was none."""


def write(folder: Path, files: Mapping[str, bytes], known: Known | None = None) -> None:
    """Write these files as the folder's only content. Raises StoreError, and changes nothing, where it must not.

    The files are written beside the folder first and take its place in one step; killed at any moment, the old one or the new one is there. Names may lead into subfolders.
    """
    target = folder.resolve()
    try:
        clear_leftovers(target)
        refuse_what_is_not_ours(target, known)
        with folder_in_place(target) as made:
            for name, content in files.items():
                (made / name).parent.mkdir(exist_ok=True)
                (made / name).write_bytes(content)
    except OSError as error:
        raise StoreError(f"nothing could be written to {folder}: {error.strerror or error}") from error


def refuse_what_is_not_ours(target: Path, known: Known | None = None) -> None:
    """Raise StoreError if the place is taken by anything but an empty folder or an earlier writing of ours."""
    if not target.exists():
        return
    if not target.is_dir():
        raise StoreError(f"{target} is a file; name a folder")
    there = {each.relative_to(target).as_posix() for each in target.rglob("*") if not each.is_dir()}
    if not there:
        return
    ours = (known or exported_files)(target)
    if ours is None:
        raise StoreError(
            f"{target} is not empty and holds nothing that curation made there; name a new or an empty folder"
        )
    if strangers := sorted(there - ours):
        shown = ", ".join(strangers[:3]) + (" and more" if len(strangers) > 3 else "")
        raise StoreError(
            f"{target} holds files that curation did not make there ({shown}); move them or name another folder"
        )


def exported_files(folder: Path) -> set[str] | None:
    """The files of an export of ours, or None if the folder holds none."""
    try:
        package = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
        if package["madeBy"] != MADE_BY:
            return None
        resources = package["resources"]
        files = {str(each["path"]) for each in resources} | {str(each["parquet"]["path"]) for each in resources}
        files |= {str(each["path"]) for each in package.get("files", [])}
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return files | {DESCRIPTOR, README}
