"""The contract of the clean dataset: what slips past the choice of records is refused, and the rows are named."""

from __future__ import annotations

import pyarrow as pa
import pytest
from export_cases import tables_of

from schemas.registry import KINDS
from store.export import ContractViolation, contract
from store.export.tidy import sheet

VIOLATIONS = [
    ("count", {"events": "36", "total": "30"}, "events at most total"),
    ("count", {"percent": "142%"}, "column percent: 142.0 fails less_than_or_equal_to"),
    ("count", {"percent": "50%", "lower": "60%", "upper": "70%"}, "lower at most percent"),
    ("effect", {"measure": "HR", "estimate": "0.95", "lower": "0.5", "upper": "0.8"}, "estimate at most upper"),
    ("mean", {"mean": "1", "sd": "0"}, "column sd: 0.0 fails greater_than"),
    ("mean", {"median": "5.5", "maximum": "4"}, "median at most maximum"),
    ("test", {"p": "1.2"}, "column p: 1.2 fails"),
    ("count", {"events": "1", "total": "2", "study": "nobody"}, "study is defined"),
    ("count", {"events": "1", "total": "2", "study": "a", "arm": "y"}, "arm is defined"),
]  # fmt: skip


def checked(kind: str, tables, **more) -> None:
    sheets = {name: sheet(KINDS[name], table) for name, table in tables.items()}
    contract.check(KINDS[kind], sheets[kind], sheets, **more)


@pytest.mark.parametrize(("kind", "row", "what"), VIOLATIONS, ids=lambda each: str(each)[:40])
def test_the_contract_refuses_what_slipped_through_and_names_the_row(kind, row, what):
    with pytest.raises(ContractViolation, match=f"row {kind}-0, column ") as caught:
        checked(kind, tables_of({kind: [row, row]}), accepted=[f"{kind}-1"])
    assert what in str(caught.value)
    assert f"{kind}-1" not in str(caught.value) or "defined" in what


def test_the_contract_knows_open_errors_double_keys_and_wrong_codes():
    tables = tables_of({"count": [{"events": "1", "total": "2"}] * 2})
    checked("count", tables)
    with pytest.raises(ContractViolation, match="row count-1, column no open error"):
        checked("count", tables, open_errors={"count-1"})
    same = tables["count"].set_column(0, "record", pa.array(["x", "x"]))
    with pytest.raises(ContractViolation, match="field_uniqueness"):
        checked("count", tables | {"count": same})
    at = tables["count"].schema.get_field_index("legibility")
    with pytest.raises(ContractViolation, match="'blurred' fails one of its codes"):
        checked(
            "count", tables | {"count": tables["count"].set_column(at, "legibility", pa.array(["clear", "blurred"]))}
        )
    with pytest.raises(ContractViolation, match="row a/x, column the key is its own"):
        checked("arm", tables | {"arm": pa.concat_tables([tables["arm"]] * 2)})
