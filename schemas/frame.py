"""Frame face of the models: pandera schemas of the extraction frame, where every column is text as printed.

pandera is imported when a schema is asked for, not before: it is slow to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.codes import CODES
from schemas.fields import LONGEST_TEXT, FieldFacts, read
from schemas.kinds.base import Declared
from schemas.printed import Malformed, Mark
from schemas.quantities import Quantity

_GIVEN = "must be filled in"
_STRUCTURE = {
    "column_in_dataframe": "this column, which is required",
    "column_in_schema": "only columns named after a field",
    "not_nullable": _GIVEN,
}
_FAILURE = ("row", "column", "found", "expected")

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pandera


def frame_schema(model: type[Declared], *, mark: Mark = "point") -> pandera.DataFrameSchema:
    """The pandera schema of a kind's extraction frame: one text column per field, blank cells allowed where optional.

    Code lists admit their codes only, required fields must be filled, printed fields must be readable as the model
    reads them. ``failure_cases`` name row and column, for every check looks at one column. Columns are never coerced:
    a column that was turned into numbers has lost its trailing zeros and is refused.

    Args:
        model: the record kind or entity.
        mark: decimal mark of the frame. A frame that mixes both marks is checked by ``frame_failures``.
    """
    import pandera.pandas as pandera  # noqa: PLC0415 - slow to import

    columns = {
        each.name: pandera.Column(str, _checks(each, mark), nullable=not each.required, required=each.required)
        for each in model.fields()
    }
    return pandera.DataFrameSchema(columns, strict=True, name=model.kind, description=_first_line(model))


def frame_failures(model: type[Declared], frame: pd.DataFrame) -> pd.DataFrame:
    """What keeps a frame from being a kind's extraction frame: row, column, found, expected; empty if nothing does.

    Rows whose ``decimal_mark`` is "comma" are read with a decimal comma, the others with a point.
    """
    import pandas as pd  # noqa: PLC0415 - slow to import

    if "decimal_mark" not in frame.columns:
        return _failures(frame_schema(model), frame)
    comma = (frame["decimal_mark"] == "comma").fillna(value=False).astype(bool)
    rows: dict[Mark, pd.Series[bool]] = {"point": ~comma, "comma": comma}
    parts = [_failures(frame_schema(model, mark=mark), frame[some]) for mark, some in rows.items()]
    found = pd.concat(parts, ignore_index=True).drop_duplicates(ignore_index=True)
    return found.sort_values(["row", "column"], kind="stable", ignore_index=True, na_position="first")


def _failures(schema: pandera.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - slow to import
    import pandera.pandas as pandera  # noqa: PLC0415 - slow to import, loaded when needed

    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
        whole = cases["index"].isna()  # an absent, unknown or numeric column has no row
        named = cases["column"].where(cases["schema_context"] == "Column", cases["failure_case"])
        shown = [cases["index"], named, cases["failure_case"], cases["check"].map(_in_words)]
        found = pd.DataFrame(dict(zip(_FAILURE, shown, strict=True)), dtype=object)
        meant = ~whole | cases["check"].map(_is_structural)  # the rest is checks that stumbled over numbers
        kept: pd.DataFrame = found.loc[meant.astype(bool)]
        return kept
    return pd.DataFrame(columns=list(_FAILURE), dtype=object)


def _is_structural(check: str) -> bool:
    return check in _STRUCTURE or check.startswith("dtype(")


def _in_words(check: str) -> str:
    if check.startswith("dtype("):
        return "text as printed; numbers have lost their trailing zeros"
    return _STRUCTURE.get(check, check)


def _checks(field: FieldFacts, mark: Mark) -> list[pandera.Check]:
    import pandera.pandas as pandera  # noqa: PLC0415 - slow to import, loaded when needed

    checks = [pandera.Check(_short_enough, name="length", error=f"at most {LONGEST_TEXT} characters")]
    if field.required:
        checks.append(pandera.Check(lambda cells: cells != "", name="given", error=_GIVEN))
    if field.codes:
        allowed = list(CODES[field.codes])
        error = f"one of: {', '.join(allowed)}"
        checks.append(pandera.Check(lambda cells: cells.str.strip().isin([*allowed, ""]), name="code", error=error))
    if field.quantity:
        checks.append(_readable(field.quantity, mark))
    return checks


def _readable(quantity: Quantity, mark: Mark) -> pandera.Check:
    """A check that parses each distinct text of a column once."""
    import pandera.pandas as pandera  # noqa: PLC0415 - slow to import, loaded when needed

    def check(cells: pd.Series[str]) -> pd.Series[bool]:
        verdicts = {text: _can_be_read(text, quantity, mark) for text in cells.unique()}
        return cells.map(verdicts).astype(bool)

    expected = f"{quantity.meaning} as printed, such as {quantity.example}, or NR"
    return pandera.Check(check, name="readable", error=expected)


def _can_be_read(text: str, quantity: Quantity, mark: Mark) -> bool:
    if not text:
        return True
    try:
        read(text, quantity, mark)
    except Malformed:
        return False
    return True


def _short_enough(cells: pd.Series[str]) -> pd.Series[bool]:
    return cells.str.len() <= LONGEST_TEXT


def _first_line(model: type[Declared]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]
