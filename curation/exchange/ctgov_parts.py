"""A registry record as nested parts that remember what was read from them, so that nothing is passed over in silence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
Taken = set[Path]

_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()<>#+.!~|&-])")


def loaded(text: str) -> Any:  # noqa: ANN401 - JSON may hold anything
    """The JSON with every number as it is printed. Raises ValueError where it is none."""
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)


@dataclass(frozen=True, slots=True)
class Part:
    """An object or list of a record, and the places that were read. What is missing is an empty part."""

    value: Any
    path: Path = ()
    taken: Taken = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.value)

    def has(self, name: str) -> bool:
        """Whether there is something under this name; asking does not count as reading."""
        return isinstance(self.value, dict) and self.value.get(name) not in (None, "", [], {})

    def peek(self, name: str) -> str:
        """The text under a name, without taking it: for decisions, where nothing of it is kept."""
        found = self.value.get(name) if isinstance(self.value, dict) else None
        if found is None or isinstance(found, dict | list):
            return ""
        return str(found).lower() if isinstance(found, bool) else str(found).strip()

    def text(self, name: str) -> str:
        """The text under a name, to be kept; blank where there is none."""
        if found := self.peek(name):
            self.taken.add((*self.path, name))
        return found

    def words(self, name: str) -> str:
        """As ``text``, in one line and without the backslashes that the registry puts before signs."""
        return plain_words(self.text(name))

    def part(self, name: str) -> Part:
        """The object under a name."""
        found = self.value.get(name) if isinstance(self.value, dict) else None
        return Part(found if isinstance(found, dict) else {}, (*self.path, name), self.taken)

    def parts(self, name: str) -> list[Part]:
        """The objects of the list under a name."""
        found = self.value.get(name) if isinstance(self.value, dict) else None
        listed = found if isinstance(found, list) else []
        return [
            Part(one, (*self.path, name, place), self.taken)
            for place, one in enumerate(listed)
            if isinstance(one, dict)
        ]

    def texts(self, name: str) -> list[str]:
        """The texts of the list under a name."""
        found = self.value.get(name) if isinstance(self.value, dict) else None
        listed = found if isinstance(found, list) else []
        self.taken.update((*self.path, name, place) for place in range(len(listed)))
        return [str(one).strip() for one in listed]

    def take(self) -> None:
        """Mark all of this part as read."""
        self.taken.update((*self.path, *path) for path, _ in leaves(self.value))

    def left(self) -> Iterator[tuple[Path, str]]:
        """The values that nobody took, with their places."""
        for path, value in leaves(self.value):
            if (*self.path, *path) not in self.taken:
                yield (*self.path, *path), value


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:  # noqa: ANN401 - JSON may hold anything
    """Every single value with the way to it."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, (*path, name))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from leaves(one, (*path, place))
    elif value is not None and value != "":
        yield path, str(value)


def place_of(path: Path) -> str:
    """The way to a value as a person reads it: names with dots, places in lists counted from 1."""
    said = "".join(f" {each + 1}" if isinstance(each, int) else f".{each}" for each in path)
    return said.removeprefix(".")


def plain_words(text: str) -> str:
    r"""A text in one line, without the backslashes before signs.

    >>> plain_words(r"levels \>126 mg/dL")
    'levels >126 mg/dL'
    """
    return " ".join(_ESCAPED.sub(r"\1", text).split())
