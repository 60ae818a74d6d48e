"""What a record prints, put together as a paper would: 22/52 (42.3%), 0.390 (0.303-0.480), P <0.001.

Which field is events, estimate or limit is read off the record model (its faces and composite parts).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from curation.engine.describe import labelled
from curation.report.wording import listed
from schemas.kinds.base import Record

_LEVEL = "level"
_NAMED_MEASURES = {"OR", "RR", "HR", "IRR", "ROM", "RD", "MD", "SMD", "COR"}
_NUMBER = set("0123456789.,%·±")


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed field: its text as typed and its status."""

    text: str
    status: str

    @property
    def readings(self) -> tuple[str, ...]:
        """The candidate readings of an unclear cell; none where nothing can be read."""
        body = self.text.strip().removesuffix("?")
        return tuple(part.strip() for part in body.split("|") if part.strip()) if self.status == "unclear" else ()

    @property
    def shown(self) -> str:
        """The text for people: "6 or 9" for "6|9?", "illegible" for "?"."""
        if self.status != "unclear":
            return self.text.strip()
        return (
            f"{listed(self.readings)}, uncertain" if len(self.readings) == 1 else listed(self.readings) or "illegible"
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of print: the text of one field, or what stands between fields (field is empty)."""

    text: str
    field: str = ""


def pieces(model: type[Record], row: Mapping[str, Any], cells: Mapping[str, Cell]) -> Iterator[Piece]:
    """The print of a record. ``row`` gives its codes and texts, ``cells`` its printed fields."""
    whole = row.get("printed")
    groups = [[Piece(str(whole))]] if whole else list(_groups(model, row, cells)) or _texts(model, row)
    for number, group in enumerate(groups):
        if number:
            yield Piece(", ")
        yield from group


def _groups(model: type[Record], row: Mapping[str, Any], cells: Mapping[str, Cell]) -> Iterator[list[Piece]]:
    left = {name: cell.shown for name, cell in cells.items()}
    if "total_from" in row and row["total_from"] in {"header", "text"}:
        left.pop("total", None)  # it is printed elsewhere
    if row.get("timepoint") and left.get("time") == row["timepoint"]:
        left.pop("time")  # the label says it
    head, estimates = _fraction(left), [group for names in _triples(model) if (group := _estimate(left, names))]
    if head and estimates and len(estimates[0]) == 1:
        yield [*head, Piece(" ("), *estimates.pop(0), Piece(")")]
    elif head:
        yield head
    for group in estimates:
        yield _named(row, group)
    for name, text in left.items():
        yield [Piece(f"{labelled(name)} "), Piece(text, name)]


def _fraction(left: dict[str, str]) -> list[Piece]:
    """Events, with the total where both are printed; a total alone stays among the other fields."""
    if "events" not in left:
        return []
    events = Piece(left.pop("events"), "events")
    if "total" not in left:
        return [events]
    total = Piece(left.pop("total"), "total")
    return [events, Piece("/" if _plain(events.text) and _plain(total.text) else " of "), total]


@cache
def _triples(model: type[Record]) -> tuple[tuple[str, str, str], ...]:
    """Estimate and limits, by every name under which the model has them."""
    fields = {each.name for each in model.printed_fields()}
    found = []
    for face in (*model.faces, model.composite):
        one = face.get("estimate", "estimate"), face.get("lower", "lower"), face.get("upper", "upper")
        if one[0] in fields and one not in found:
            found.append(one)
    return tuple(found)


def _estimate(left: dict[str, str], names: tuple[str, str, str]) -> list[Piece]:
    estimate, lower, upper = ([Piece(left.pop(name), name)] if name in left else [] for name in names)
    span = (
        [*lower, Piece("-" if _plain(lower[0].text) and _plain(upper[0].text) else " to "), *upper]
        if lower and upper
        else []
    )
    ends = span or [*([Piece("from "), *lower] if lower else []), *([Piece("up to "), *upper] if upper else [])]
    if not estimate or not ends:
        return [*estimate, *ends]
    level = [Piece(left.pop(_LEVEL), _LEVEL), Piece(" CI ")] if _LEVEL in left else []
    return [*estimate, Piece(" ("), *level, *ends, Piece(")")]


def _plain(text: str) -> bool:
    return set(text) <= _NUMBER


def _named(row: Mapping[str, Any], group: list[Piece]) -> list[Piece]:
    measure, unit = row.get("measure") or "", row.get("unit") or ""
    named = [Piece(f"{measure} "), *group] if measure in _NAMED_MEASURES else group
    return [*named, Piece(f" {unit}")] if unit and unit not in "".join(each.text for each in group) else named


def _texts(model: type[Record], row: Mapping[str, Any]) -> list[list[Piece]]:
    """The words of a record that prints no number."""
    given = [(name, coded, str(row[name])) for name, coded in _words_of(model) if row.get(name)]
    return [[Piece(text.replace("_", " ") if coded else text, name)] for name, coded, text in given]


@cache
def _words_of(model: type[Record]) -> tuple[tuple[str, bool], ...]:
    """The fields of a kind that hold words and neither name the record nor have a default; whether each is a code."""
    own = [each for each in model.own_fields() if not each.key and each.quantity is None and each.default is None]
    return tuple((each.name, each.codes is not None) for each in own)
