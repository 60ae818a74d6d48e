"""The statistics of a table, row by row: cells that stand for themselves, and cells that belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from curation.readers.document import Table
from curation.scan.fits import number
from curation.scan.grammar.prose import read_prose
from curation.scan.tables.hints import brackets_hold_percentages, hint
from curation.scan.tables.layout import Line, lines
from curation.scan.tables.missing import without_missing
from curation.scan.tables.parts import Part, Row, UnreadCell
from curation.scan.tables.pieces import Around, Piece, piece_of
from curation.scan.tables.pooled import pooled
from curation.scan.tables.shapes import whole
from curation.scan.tables.sizes import Size, Sizes
from curation.scan.tables.statistics import statistic_rows
from curation.scan.tables.vertical import in_runs, joined

_LOWER, _UPPER = (
    re.compile(rf"^(?:{words})\b", re.IGNORECASE) for words in ("lower|ll|lcl|low|from", "upper|ul|ucl|high|to")
)


def rows(table: Table) -> Iterator[Row | UnreadCell]:
    """Every statistic of a table, and every cell with several numbers that could not be read."""
    everything = list(_each(table))
    yield from without_missing(each for each in everything if isinstance(each, Row))
    yield from (each for each in everything if isinstance(each, UnreadCell))


def _each(table: Table) -> Iterator[Row | UnreadCell]:
    said = " ".join((table.caption, *table.notes))
    general = Around(hint(said), percentages=brackets_hold_percentages(said))
    sizes = Sizes(table)
    for run in in_runs(lines(table)):
        if len(run) > 1:
            yield from joined(run)
        elif not sizes.note(run[0]):
            yield from _of_line(run[0], general, sizes)


def _of_line(line: Line, general: Around, sizes: Sizes) -> Iterator[Row | UnreadCell]:
    pieces: dict[int, Piece] = {}
    size: dict[int, Size | None] = {}
    for column in line.cells:
        size[column] = sizes.of(line, column)
        known = size[column]
        piece = piece_of(line, column, replace(general, size=known.text if known else ""))
        if piece is None:
            yield from _as_prose(line, column)
        else:
            pieces[column] = piece
    found = [_single(line, piece, size[piece.column]) for piece in pieces.values() if piece.kind]
    found += [*_joined(line, pieces, size), *statistic_rows(line, pieces)]
    yield from (pooled(row, pieces) for row in _with_p(line, found, pieces))


def _part(piece: Piece) -> Part:
    return Part(piece.cell, piece.shape.start, piece.shape.end)


def _single(line: Line, piece: Piece, size: Size | None) -> Row:
    row = Row(piece.kind, dict(piece.cells), line, piece.column, (_part(piece),), guessed=piece.guessed)
    return _sized(row, size)


def _sized(row: Row, size: Size | None) -> Row:
    """The record with the number of participants that its column is about."""
    if size is None or row.kind not in {"count", "mean"}:
        return row
    place = Part(size.cell, size.start, size.end)
    if row.kind == "count" and "events" in row.cells and "total" not in row.cells:
        if number(row.cells["events"]) > number(size.text):
            return row  # the header is not about what the row counts
        cells = {**row.cells, "total": size.text, "total_from": "header"}
        return replace(row, cells=cells, parts=(*row.parts, place), joined=True)
    if row.kind == "mean" and "n" not in row.cells:
        return replace(row, cells={**row.cells, "n": size.text}, parts=(*row.parts, place), joined=True)
    return row


def _joined(line: Line, pieces: Mapping[int, Piece], size: Mapping[int, Size | None]) -> list[Row]:
    """Records whose numbers stand in neighbouring cells."""
    found: list[Row] = []
    for column in sorted(pieces):
        one, two, three = (pieces.get(column + step) for step in range(3))
        if one is None or one.kind or two is None:
            continue
        row = _estimate_and_limits(line, one, two, three) or _pair(line, one, two)
        if row is not None:
            found.append(_sized(row, size.get(one.column) if row.kind == "count" or one.said.has("mean") else None))
    return found


def _estimate_and_limits(line: Line, one: Piece, two: Piece, three: Piece | None) -> Row | None:
    own = hint(line.header(one.column))
    if "value" not in one.cells or (own.words and one.role not in {"estimate", "number", "percent", "mean"}):
        return None
    parts = [one, two]
    limits = dict(two.cells) if two.role == "limits" else {}
    if not limits and three is not None and _is_limit(line, two, _LOWER) and _is_limit(line, three, _UPPER):
        parts = [one, two, three]
        limits = {"lower": two.cells["value"], "upper": three.cells["value"], "level": two.said.level}
    if not limits:
        return None
    value = one.cells["value"]
    limits = {name: text for name, text in limits.items() if text}
    places = tuple(_part(each) for each in parts)
    if one.role == "mean":
        return Row("mean", {"mean": value, **limits}, line, one.column, places, joined=True)
    if one.role == "percent" and not value.startswith("-"):
        return Row("count", {"percent": value, **limits, "estimator": "unknown"}, line, one.column, places, joined=True)
    said = one.said.measure or two.said.measure or _named(line, one.column) or "other"
    adjusted = {"interval_method": "adjusted"} if one.said.adjusted or two.said.adjusted else {}
    return Row(
        "effect", {"measure": said, "estimate": value, **limits, **adjusted}, line, one.column, places, joined=True
    )


def _is_limit(line: Line, piece: Piece, pattern: re.Pattern[str]) -> bool:
    heads = line.heads.get(piece.column, ())
    return "value" in piece.cells and bool(heads) and bool(pattern.match(heads[-1].text))


def _named(line: Line, column: int) -> str:
    found = [hint(head.text).measure for head in line.heads.get(column, ())]
    return next((each for each in reversed(found) if each), "")


def _pair(line: Line, one: Piece, two: Piece) -> Row | None:
    """Two columns under one header: n and %, mean and SD, events and total."""
    if not _same_group(line, one.column, two.column):
        return None
    places = (_part(one), _part(two))
    match one.role, two.role:
        case ("n", "percent") if whole(one.cells["value"]):
            return Row(
                "count",
                {"events": one.cells["value"], "percent": two.cells["value"]},
                line,
                one.column,
                places,
                joined=True,
            )
        case ("mean", "sd" | "se"):
            return Row(
                "mean",
                {"mean": one.cells["value"], two.role: two.cells["value"]},
                line,
                one.column,
                places,
                joined=True,
            )
        case ("n", "total") if _within(one.cells["value"], two.cells["value"]):
            return Row(
                "count",
                {"events": one.cells["value"], "total": two.cells["value"]},
                line,
                one.column,
                places,
                joined=True,
            )
    return None


def _within(events: str, total: str) -> bool:
    return whole(events) and whole(total) and number(events) <= number(total)


def _same_group(line: Line, one: int, two: int) -> bool:
    """Whether two columns stand under the same headers but for the lowest."""
    above = [[head.cell for head in line.heads.get(column, ())][:-1] for column in (one, two)]
    return above[0] == above[1]


def _with_p(line: Line, found: Sequence[Row], pieces: Mapping[int, Piece]) -> Iterator[Row]:
    """The records, the P value of the row joined to its only effect, other P values on their own."""
    printed = {column: piece for column, piece in pieces.items() if piece.role == "p"}
    effects = [row for row in found if row.kind in {"effect", "test"}]
    taken: dict[int, Row] = {}
    for row in effects:
        behind = next((column for column in sorted(printed) if column > row.column), None)
        between = [other for other in effects if behind is not None and row.column < other.column < behind]
        if behind is not None and not between and (len(effects) == len(printed) or len(effects) == 1 == len(printed)):
            taken[behind] = row
    for row in found:
        mine = next((column for column, other in taken.items() if other is row), None)
        if mine is None:
            yield row
        else:
            piece = printed[mine]
            yield replace(
                row, cells={**row.cells, "p": piece.cells["p"]}, parts=(*row.parts, _part(piece)), joined=True
            )
    for column, piece in printed.items():
        if column not in taken:
            yield Row("test", dict(piece.cells), line, column, (_part(piece),))


def _as_prose(line: Line, column: int) -> Iterator[Row | UnreadCell]:
    """A cell without a known shape, read as text."""
    cell = line.cells[column]
    found, _ = read_prose(cell.text)
    for one in found:
        yield Row(one.kind, dict(one.cells), line, column, (Part(cell, one.start, one.end),))
    if not found and len(re.findall(r"\d+(?:[.,·]\d+)*", cell.text)) > 1 and len(cell.text) < 60:
        yield UnreadCell(cell, "a cell of several numbers whose meaning neither header nor label tells")
