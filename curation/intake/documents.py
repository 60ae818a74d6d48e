"""JSON and JSON Lines: the same records as objects, every cell text in quotes as it is printed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from curation.intake.problems import Problems, shown, suggestion
from curation.intake.sheets import Sheet, field_named, unknown_name
from schemas.registry import KINDS

_KINDS = f"one of {', '.join(KINDS)}"


class _Object(list[tuple[str, object]]):
    """A JSON object with its keys as they stand, the repeated ones too."""


class _Bare(str):
    """A JSON number as it stands in the file; as a float its trailing zeros would be gone."""

    __slots__ = ()


_DECODER = json.JSONDecoder(object_pairs_hook=_Object, parse_float=_Bare, parse_int=_Bare, parse_constant=_Bare)


def json_sheets(text: str, file: str, problems: Problems) -> list[Sheet]:
    """Read one object of lists: {"source": [{...}], "count": [{...}, ...]}."""
    sheets: list[Sheet] = []
    loaded = _loaded(text, file, None, problems)
    if loaded is None:
        return sheets
    given = loaded[0]
    if not isinstance(given, _Object) or not given:
        problems.add(file, None, None, _called(given), 'an object of lists by kind, such as {"count": [{...}]}')
        return sheets
    for kind, items in _unique(given, file, None, problems):
        if kind not in KINDS:
            problems.add(file, None, None, f"the kind {shown(kind)}", _KINDS + suggestion(kind, KINDS))
        elif type(items) is not list:
            problems.add(file, None, kind, _called(items), f"a list of objects, one per {kind}")
        else:
            rows = [(number, item) for number, item in enumerate(items, 1)]
            sheets.append(_sheet(kind, f"{file}, {kind}", rows, problems))
    return sheets


def jsonl_sheets(text: str, file: str, problems: Problems) -> list[Sheet]:
    """Read one object per line: {"kind": "count", "source": "zhong-2021", "events": "22", ...}."""
    rows: dict[str, list[tuple[int, object]]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        loaded = _loaded(line, file, number, problems) if line.strip() else None
        if loaded is None:
            continue
        item = loaded[0]
        if not isinstance(item, _Object):
            problems.add(file, number, None, _called(item), 'an object with a kind, such as {"kind": "count", ...}')
            continue
        kind = next((value for name, value in item if name == "kind"), None)
        if isinstance(kind, str) and kind in KINDS:
            rest = _Object(pair for pair in item if pair[0] != "kind")
            rows.setdefault(kind, []).append((number, rest))
            if len(item) - len(rest) > 1:
                problems.add(file, number, "kind", "the key 'kind' twice", "each key once")
        else:
            close = suggestion(kind, KINDS) if isinstance(kind, str) else ""
            problems.add(file, number, "kind", _called(kind), _KINDS + close)
    return [_sheet(kind, file, each, problems) for kind, each in rows.items()]


def sheet_of_rows(kind: str, file: str, rows: Iterable[tuple[int, Mapping[str, object]]], problems: Problems) -> Sheet:
    """Rows of cells by the names they were typed under, each with its number; ``file`` is what messages call them."""
    items: list[tuple[int, object]] = [
        (number, _Object((name, _bare(value)) for name, value in row.items())) for number, row in rows
    ]
    return _sheet(kind, file, items, problems)


def _bare(value: object) -> object:
    return _Bare(value) if type(value) in {int, float, Decimal} else value


def _loaded(text: str, file: str, row: int | None, problems: Problems) -> tuple[object] | None:
    """The value in a tuple, or None where the text is no JSON."""
    try:
        return (_DECODER.decode(text),)
    except json.JSONDecodeError as error:
        place = f"column {error.colno}" if row else f"line {error.lineno}, column {error.colno}"
        problems.add(file, row, None, f"a mistake at {place} ({error.msg})", "valid JSON")
    except RecursionError:
        problems.add(file, row, None, "lists or objects nested too deeply", "objects that hold only text")
    return None


def _sheet(kind: str, file: str, items: list[tuple[int, object]], problems: Problems) -> Sheet:
    sheet = Sheet(kind, file)
    kept: list[dict[str, str]] = []
    for number, item in items:
        if not isinstance(item, _Object):
            problems.add(file, number, None, _called(item), f"an object, one per {kind}")
            continue
        sheet.rows.append(number)
        kept.append(_cells(item, len(kept), sheet, problems))
    names = {name for cells in kept for name in cells}
    sheet.cells = {name: [cells.get(name) for cells in kept] for name in KINDS[kind].model_fields if name in names}
    return sheet


def _cells(item: _Object, position: int, sheet: Sheet, problems: Problems) -> dict[str, str]:
    """The text cells of one object; what is no field and what is no text are problems."""
    row, model = sheet.rows[position], KINDS[sheet.kind]
    cells: dict[str, str] = {}
    for name, value in _unique(item, sheet.file, row, problems):
        known = field_named(name, model)
        if known is None:
            sheet.doubtful.add(position)
            problems.add(sheet.file, row, None, *unknown_name(name, model))
        elif known in cells:
            problems.add(sheet.file, row, known, f"the key {shown(name)} again", "each key once")
        elif type(value) is str and _is_text(value):
            cells[known] = value
        elif value is not None:
            sheet.quiet.add((position, known))
            problems.add(sheet.file, row, known, _called(value), _in_quotes(value))
    return cells


def _unique(item: _Object, file: str, row: int | None, problems: Problems) -> Iterator[tuple[str, object]]:
    seen: set[str] = set()
    for name, value in item:
        if name in seen:
            problems.add(file, row, name, f"the key {shown(name)} twice", "each key once")
        else:
            seen.add(name)
            yield name, value


def _is_text(value: str) -> bool:
    """Whether the text can be written; half of a surrogate pair cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _called(value: object) -> str:
    """A JSON value in words."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case _Bare():
            return f"the number {value[:40]}"
        case str():
            return shown(value)
        case _Object() | dict():
            return "an object" if value else "an empty object"
        case _:
            return "a list"


def _in_quotes(value: object) -> str:
    if isinstance(value, _Bare):
        return f'text in quotes, "{value[:40]}"; a bare number loses its trailing zeros'
    if isinstance(value, str):
        return "characters that can be written; half of a character pair is missing"
    return "text in quotes, as printed"
