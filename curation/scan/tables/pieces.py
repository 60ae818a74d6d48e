"""One cell under its headers: which record its shape makes, or which piece of a record that other cells complete."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from curation.readers.document import Cell
from curation.scan.fits import agrees, number, two_parts
from curation.scan.grammar.means import unnamed_spread
from curation.scan.tables.hints import Hint, hint
from curation.scan.tables.layout import Line
from curation.scan.tables.shapes import Shape, shape_of, whole
from schemas import grammar

_OWN_UNIT = re.compile(
    r"[(\[,]\s?(?:mm\s?hg|mm|cm|m|kg|g|mg|[µμ]g|ng|ml|l|dl|mmol|[µμ]mol|nmol|pmol|years?|yrs?|y|days?|months?|weeks?|hours?|h|min|s|bpm|beats|kcal|kj|iu|u|°c|points?)\b",
    re.IGNORECASE,
)
"""A label with a unit is about something measured, whatever the row above says."""
EFFECT, COUNT_, MEAN = "effect", "count", "mean"


@dataclass(frozen=True, slots=True)
class Piece:
    """A cell that was read. ``kind`` is the record it makes, empty where it needs other cells; ``role`` is then what it is."""

    column: int
    cell: Cell
    shape: Shape
    said: Hint
    kind: str = ""
    role: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    guessed: bool = False
    """Whether neither header nor label says what the numbers are; the numbers themselves show it."""


@dataclass(frozen=True, slots=True)
class Around:
    """What caption and notes of the table say of all its cells, and how many participants a column has."""

    general: Hint
    size: str = ""
    percentages: bool = False
    """Whether caption or notes say that brackets hold percentages, and no spread."""


def piece_of(line: Line, column: int, around: Around) -> Piece | None:
    """Read one cell; None where its shape or its meaning is not known."""
    cell = line.cells[column]
    shape = shape_of(cell.text)
    if shape is None:
        return None
    said = ruling(line, column, shape)
    empty = Piece(column, cell, shape, said)
    reader = _READERS.get(shape.name)
    return reader(empty, around) if reader else None


def ruling(line: Line, column: int, shape: Shape) -> Hint:
    """The hint that rules a cell: a column of P values or effects keeps its own, else the label comes first."""
    heads = [hint(head.text) for head in reversed(line.heads.get(column, ()))]
    own = next((each for each in heads if each.words or each.measure), Hint())
    if not own.measure:
        measured = next((each.measure for each in heads if each.measure), "")
        own = Hint(own.words, measured, own.level, own.adjusted) if measured and own.has("ci") else own
    if own.only("p") or own.measure or own.has("ci") or (shape.name == "number" and own.words):
        return _difference(own, line, column)
    for text in (line.label, *reversed(line.above)):
        told = hint(text)
        if (told.words or told.measure) and not (
            told.has("percent") and text is not line.label and _OWN_UNIT.search(line.label)
        ):
            return told
    return own


def _difference(own: Hint, line: Line, column: int) -> Hint:
    """A difference with an interval is on the plain scale."""
    named = " ".join(head.text.lower() for head in line.heads.get(column, ()))
    if not own.measure and own.has("ci") and "differen" in named:
        return Hint(own.words, "MD", own.level, own.adjusted)
    return own


def _made(piece: Piece, kind: str, cells: Mapping[str, str], *, guessed: bool = False) -> Piece:
    filled = {name: text for name, text in cells.items() if text}
    return Piece(piece.column, piece.cell, piece.shape, piece.said, kind, "", filled, guessed)


def _part(piece: Piece, role: str, cells: Mapping[str, str]) -> Piece:
    return Piece(piece.column, piece.cell, piece.shape, piece.said, "", role, cells)


def _fraction_percent(piece: Piece, around: Around) -> Piece | None:  # noqa: ARG001 - readers have one signature
    shape = piece.shape
    if (
        not shape["percent"].endswith("%")
        and not piece.said.has("percent")
        and not agrees(shape["events"], shape["total"], shape["percent"])
    ):
        return None
    if _pair(shape["events"], shape["total"], shape["percent"]):
        return None
    numbers = {name: shape[name] for name in ("events", "total", "percent")}
    return _made(piece, COUNT_, numbers | {"total_from": "cell"})


def _fraction(piece: Piece, around: Around) -> Piece | None:  # noqa: ARG001 - readers have one signature
    events, total = piece.shape["events"], piece.shape["total"]
    if not (piece.said.has("n") and number(events) <= number(total)):
        return None
    return _made(piece, COUNT_, {"events": events, "total": total})


def _plus_minus(piece: Piece, around: Around) -> Piece:
    spread = next((name for name in ("sd", "se") if piece.said.has(name)), "")
    if not spread:
        general = [name for name in ("sd", "se") if around.general.has(name)]
        spread = general[0] if len(general) == 1 else ""
    if piece.said.has("cv") or piece.said.has("gsd") or piece.said.has("ci") or piece.said.has("median"):
        spread = ""
    cells = {"mean": piece.shape["first"], "n": piece.shape["n"]}
    named = {spread: piece.shape["second"]} if spread else {"note": unnamed_spread(piece.shape["second"])}
    return _made(piece, MEAN, cells | named)


def _two(piece: Piece, around: Around) -> Piece | None:
    first, second, said = piece.shape["first"], piece.shape["second"], piece.said
    percents = first.endswith("%") or second.endswith("%")
    if (
        said.has("cv")
        or said.has("gsd")
        or (said.has("percent") and (said.has("se") or said.has("sd")) and not said.has("mean"))
    ):
        return None
    spread = next((name for name in ("sd", "se") if said.has(name)), "")
    if spread and said.has("n", "percent"):
        return _two_of_either(piece, around, spread)
    if spread and not percents:
        return _made(piece, MEAN, {"mean": first, spread: second})
    if said.has("n", "percent") or (second.endswith("%") and whole(first)) or (first.endswith("%") and whole(second)):
        return _two_as_count(piece, first, second)
    if said.only("n") and around.size and whole(first) and agrees(first, around.size, second):
        return _made(piece, COUNT_, {"events": first, "percent": second}, guessed=True)
    return (
        _two_unsaid(piece, around)
        if not percents and (not said.words or said.only("n") or said.only("percent"))
        else None
    )


def _two_of_either(piece: Piece, around: Around, spread: str) -> Piece | None:
    """A header that says both "n (%)" and "mean (SD)": the numbers themselves must tell which."""
    first, second = piece.shape["first"], piece.shape["second"]
    if second.endswith("%") or (whole(first) and around.size and agrees(first, around.size, second)):
        return _two_as_count(piece, first, second)
    return None if whole(first) else _made(piece, MEAN, {"mean": first, spread: second})


def _two_unsaid(piece: Piece, around: Around) -> Piece | None:
    """Two numbers of which neither header nor label says what they are, but caption or notes may."""
    first, second, general = piece.shape["first"], piece.shape["second"], around.general
    spread = [name for name in ("sd", "se") if general.has(name)]
    shares = general.has("n", "percent")
    if shares and (not spread or around.percentages) and whole(first) and not _over_100(second):
        return _made(piece, COUNT_, {"events": first, "percent": second})
    as_count = whole(first) and bool(around.size) and agrees(first, around.size, second)
    if as_count and (shares or not spread):
        return _made(piece, COUNT_, {"events": first, "percent": second}, guessed=True)
    if len(spread) == 1 and not general.has("iqr") and (not shares or not whole(first)) and not as_count:
        return _made(piece, MEAN, {"mean": first, spread[0]: second}, guessed=shares)
    return None


def _two_as_count(piece: Piece, first: str, second: str) -> Piece | None:
    n_first = (
        piece.said.words.index("n") < piece.said.words.index("percent") if piece.said.has("n", "percent") else True
    )
    if first.endswith("%") or not whole(first) or (not n_first and whole(second) and not second.endswith("%")):
        first, second = second, first
    if not whole(first) or first.endswith("%") or _over_100(second):
        return None
    return _made(piece, COUNT_, {"events": first, "percent": second})


_BY_LIMITS = {"ci", "cri", "iqr", "range"}


def _with_limits(piece: Piece, around: Around) -> Piece | None:
    first, lower, upper = (piece.shape[name] for name in ("first", "lower", "upper"))
    name = piece.shape["name"].lower()
    said = piece.said
    if not set(said.words) & _BY_LIMITS:  # neither header nor label says what the limits are; the notes may
        said = Hint((*said.words, *around.general.words), said.measure, around.general.level)
        if len(set(said.words) & _BY_LIMITS) > 1:
            return None
    words = {"ci"} if "ci" in name else {"iqr"} if "iqr" in name else {"range"} if "range" in name else set(said.words)
    if words & {"ci", "cri"} and words & {"iqr", "range"}:
        return None
    if words & {"ci", "cri"}:
        return _estimate(piece, said, first, lower, upper)
    ends = [each for each in ("iqr", "range") if each in words]
    if len(ends) == 1:
        first, lower, upper = (text.rstrip("% ") for text in (first, lower, upper))
        middle = "mean" if "mean" in words and "median" not in words else "median"
        names = ("q1", "q3") if ends[0] == "iqr" else ("minimum", "maximum")
        return _made(piece, MEAN, {middle: first, names[0]: lower, names[1]: upper})
    return None


def _estimate(piece: Piece, said: Hint, first: str, lower: str, upper: str) -> Piece:
    level = said.level
    lower, upper = _low_to_high(first, lower, upper)
    if "mean" in said.words and not said.measure and "ci" in said.words:
        return _made(piece, MEAN, {"mean": first, "lower": lower, "upper": upper, "level": level})
    if not said.measure and (said.has("percent") or first.endswith("%")) and _share(first, lower, upper):
        return _made(
            piece, COUNT_, {"percent": first, "lower": lower, "upper": upper, "level": level, "estimator": "unknown"}
        )
    method = "bayesian" if said.has("cri") else "adjusted" if said.adjusted else ""
    cells = {
        "measure": said.measure or "other",
        "estimate": first,
        "lower": lower,
        "upper": upper,
        "level": level,
        "interval_method": method,
    }
    return _made(piece, EFFECT, cells)


def _limits(piece: Piece, around: Around) -> Piece | None:  # noqa: ARG001 - readers have one signature
    cells = {"lower": piece.shape["lower"], "upper": piece.shape["upper"], "level": piece.said.level}
    return _part(piece, "limits", cells) if piece.said.has("ci") or piece.said.has("cri") else None


def _number(piece: Piece, around: Around) -> Piece | None:  # noqa: ARG001 - readers have one signature
    first, said = piece.shape["first"], piece.said
    relation = piece.shape["relation"].lstrip("pP =").strip()
    if said.only("p") or (piece.shape["relation"][:1] in {"p", "P"}):
        if first.startswith("-") or (first[:1].isdigit() and first[:1] > "1") or re.match(r"1[\d.]*[1-9]", first):
            return None  # a column headed P that holds no probabilities
        return _part(piece, "p", {"p": relation + first.replace(" ", "")}) if not first.endswith("%") else None
    if said.only("p_heterogeneity") or (said.has("i2") and set(said.words) <= {"i2", "percent"}):
        name = "i2" if said.has("i2") else "p_heterogeneity"
        return _part(piece, name, {name: relation + first})
    if relation:
        return None
    for role in ("percent", "sd", "se", "median", "mean", "total", "n"):
        if said.only(role) or (role == "percent" and first.endswith("%")):
            return _part(piece, role, {"value": first})
    return _part(piece, "estimate" if said.measure else "number", {"value": first})


def _words(piece: Piece, around: Around) -> Piece | None:  # noqa: ARG001 - readers have one signature
    return _part(piece, "p", {"p": piece.shape["word"]}) if piece.said.only("p") else None


_READERS = {
    "fraction_percent": _fraction_percent, "percent_fraction": _fraction_percent, "fraction": _fraction, "plus_minus": _plus_minus,
    "with_limits": _with_limits, "two": _two, "limits": _limits, "number": _number, "words": _words,
}  # fmt: skip


def _low_to_high(first: str, lower: str, upper: str) -> tuple[str, str]:
    """The limits in their order, where they are printed from high to low around the estimate."""
    value, low, high = (grammar.number(text.rstrip("% ")) for text in (first, lower, upper))
    if value and low and high and high.value < low.value and high.value <= value.value <= low.value:
        return upper, lower
    return lower, upper


def _pair(events: str, total: str, percent: str) -> bool:
    """Whether "16/4 (80%)" are two parts of a whole, or no share at all."""
    more = number(events) > number(total) and not agrees(events, total, percent)
    return more or two_parts(events, total, percent)


def _over_100(text: str) -> bool:
    digits = text.rstrip("% ").replace(",", "").replace("·", ".").lstrip("-+")
    return not digits.replace(".", "", 1).isdigit() or Fraction(digits) > 100


def _share(*numbers: str) -> bool:
    return not any(each.startswith("-") or _over_100(each) for each in numbers)
