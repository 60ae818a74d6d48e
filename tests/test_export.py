"""Which records go into the clean dataset, and the account of all of them."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from export_cases import account, check_files, check_twins, descriptor, exported, finding, rows_of, tables_of
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sweep import cases

from curation.engine.registry import rules
from curation.engine.run import check
from curation.intake.read import read
from schemas.registry import RECORDS
from store.export import ContractViolation, export
from store.export.limits import Order, limits, orders
from store.export.needs import TAKES
from store.findings import Waiver

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "lenalidomide"


HELD_BACK = [
    ("count", {"events": "NR", "total": "52"}, "events ('NR') is not reported in the source"),
    ("count", {"events": "NA", "total": "52"}, "is not applicable"),
    ("count", {"events": "24|9?", "total": "52"}, "events ('24|9?') cannot be read with certainty"),
    ("count", {"events": "22"}, "total is not given"),
    ("count", {"percent": "~40%"}, "percent ('~40%') is approximate"),
    ("count", {"percent": ">40%"}, "percent ('>40%') is only a bound"),
    ("count", {"events": "22.5", "total": "52"}, "events ('22.5') is not a whole number"),
    ("count", {"p": "0.03"}, "it gives none of events with total, percent"),
    ("count", {"events": "9e30", "total": "9e31"}, "is too large to be a count"),
    ("count", {"events": "22", "total": "52", "legibility": "unclear"}, "settle the reading"),
    ("count", {"events": "36", "total": "30"}, "events ('36') is more than total ('30'), and nobody has decided on it"),
    ("count", {"percent": "142%"}, "percent ('142%') is above 100"),
    ("count", {"events": "1", "total": "2", "study": "nobody"}, "the study 'nobody' is not defined"),
    ("count", {"events": "1", "total": "2", "study": "b", "arm": "x"}, "the arm 'b/x' is not defined"),
    ("mean", {"mean": "5", "sd": "0.0"}, "sd ('0.0') is not above 0"),
    ("mean", {"mean": "5", "q1": "9", "q3": "4"}, "q1 ('9') is more than q3 ('4')"),
    ("survival", {"median": "not reached"}, "median ('not reached') was not reached"),
    ("survival", {"median": "NE"}, "could not be estimated"),
    ("survival", {"rate": "50%", "rate_lower": "60%"}, "rate_lower ('60%') is more than rate ('50%')"),
    ("effect", {"measure": "HR", "estimate": "0.66", "lower": "0.72", "upper": "0.84"}, "lower ('0.72') is more than estimate"),
    ("test", {"p": "1.2"}, "p ('1.2') is above 1"),
    ("flow", {"diagram": "prisma", "node": "screened", "n": "?"}, "n ('?') cannot be read with certainty"),
    ("appraisal", {"tool": "RoB 2"}, "it gives none of"),
]  # fmt: skip


GOES_OUT = [
    ("count", {"events": "22", "total": "52"}),
    ("count", {"percent": "42.3%", "events": "NR", "total": "NR"}),
    ("count", {"percent": "2%", "lower": "-1%", "upper": "5%"}),
    ("mean", {"mean": "5.0", "sd": "0.1"}),
    ("survival", {"median": "24.9 months", "lower": "12.5", "upper": "not reached"}),
    ("survival", {"median": "24 months", "lower": "18 months", "upper": "3 years"}),
    ("effect", {"measure": "HR", "p": "<0.001"}),
    ("effect", {"measure": "RR", "estimate": "1.0", "lower": "1.04", "upper": "1.3"}),
    ("test", {"p": "P < 0.000"}),
    ("characteristic", {"characteristic": "country", "text": "France"}),
    ("characteristic", {"characteristic": "threshold", "value": "≥ 30 mL/min"}),
    ("appraisal", {"tool": "RoB 2", "judgement": "low"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> Path:
    """All of these cases in one export."""
    cases = [*((kind, row) for kind, row, _ in HELD_BACK), *GOES_OUT]
    rows: dict[str, list[dict[str, str]]] = {}
    for number, (kind, row) in enumerate(cases):
        rows.setdefault(kind, []).append(row | {"record": f"case-{number}"})
    return exported(tmp_path_factory.mktemp("both"), rows)


@pytest.mark.parametrize("number", range(len(HELD_BACK)))
def test_a_record_an_analysis_cannot_use_is_held_back_with_its_reason(both, number):
    kind, _, why = HELD_BACK[number]
    said = account(both)[f"case-{number}"]
    assert (said["kind"], said["exported"]) == (kind, "no")
    assert why in said["reason"]
    assert f"case-{number}" not in {row["record"] for row in rows_of(both / f"{kind}.csv")}


@pytest.mark.parametrize("number", range(len(GOES_OUT)))
def test_a_record_whose_numbers_can_be_used_goes_out(both, number):
    record, kind = f"case-{len(HELD_BACK) + number}", GOES_OUT[number][0]
    said = account(both)[record]
    assert (said["kind"], said["exported"], said["reason"]) == (kind, "yes", "")
    assert record in {row["record"] for row in rows_of(both / f"{kind}.csv")}


def test_an_open_error_holds_back_and_other_findings_do_not(tmp_path):
    row = {"events": "1", "total": "2"}
    given_ = [
        finding("count-0"),
        finding("count-1", "warning"),
        finding("count-2", status="fixed"),
        finding("elsewhere"),
    ]
    folder = exported(tmp_path, {"count": [row] * 3}, given_)
    assert [each["exported"] for each in account(folder).values()] == ["no", "yes", "yes"]
    held = account(folder)["count-0"]
    assert held["reason"] == "COUNT-001 (events within total) is open: decide on it or correct the record"
    assert (held["rules"], held["fingerprints"]) == ("COUNT-001", "f1")


def test_a_waived_contradiction_goes_out_as_printed_with_its_waiver(tmp_path):
    folder = exported(tmp_path, {"count": [{"events": "36", "total": "30"}]}, [finding("count-0", status="waived")])
    (row,) = rows_of(folder / "count.csv")
    assert (row["events"], row["total"]) == ("36", "30")
    (waiver,) = rows_of(folder / "waivers.csv")
    assert (
        waiver
        | {"fingerprint": "f1", "record": "count-0", "exported": "yes", "reason": "as printed", "decided_by": "AB"}
        == waiver
    )
    assert account(folder)["count-0"]["reason"] == "exported with an accepted finding, see waivers.csv"


def test_a_waiver_in_force_says_when_and_one_that_was_withdrawn_counts_no_more(tmp_path):
    at = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    waivers = [
        Waiver("f1", "CD", at, "confirmed", None, None, None, None, stale=False),
        Waiver("f2", "CD", at, "was wrong", None, None, at, "CD", stale=False),
    ]
    given_ = [finding("count-0", mark="f1"), finding("count-1", mark="f2")]
    folder = exported(tmp_path, {"count": [{"events": "1", "total": "2"}] * 2}, given_, waivers=waivers)
    assert [each["exported"] for each in account(folder).values()] == ["yes", "no"]
    assert [row["decided_at"] for row in rows_of(folder / "waivers.csv")] == ["2026-11-02T09:30:00+00:00"]


def extracted(*by: tuple[str, list[dict[str, str]]]) -> dict[str, pa.Table]:
    """A review whose counts several people extracted."""
    tables = tables_of({"count": by[0][1]})
    parts = [
        tables_of({"count": rows})["count"].append_column("extractor", pa.array([name] * len(rows)))
        for name, rows in by
    ]
    return tables | {"count": pa.concat_tables(parts)}


def test_of_several_extractors_the_consensus_goes_out_and_says_so(tmp_path):
    first = [
        {"events": "1", "total": "2", "note": "mine"},
        {"events": "1", "total": "3"},
        {"events": "1", "total": "9"},
    ]
    second = [{"events": "1", "total": "2 "}, {"events": "2", "total": "3"}]
    tables = extracted(("CD", second), ("AB", first))
    made = export(tables, [], tmp_path / "out", review="R")
    assert (made.records_in, made.exported, made.held_back) == (5, 1, 4)
    said = {(row["record"], row["extractor"]): row for row in rows_of(tmp_path / "out" / "account.csv")}
    assert said["count-0", "AB"]["extraction"] == "consensus"
    assert said["count-0", "CD"]["reason"] == "another extractor says the same, and the record counts once"
    for who in ("AB", "CD"):
        assert said["count-1", who]["reason"] == "the extractors differ (settle it with 'curation reconcile')"
    assert said["count-2", "AB"]["reason"].startswith("only AB extracted it")
    assert descriptor(tmp_path / "out")["extraction"] == "consensus of AB, CD"
    assert "Extraction: consensus of AB, CD" in (tmp_path / "out" / "README.txt").read_text(encoding="utf-8")
    assert rows_of(tmp_path / "out" / "count.csv")[0]["note"] == "mine"


def test_where_three_extract_a_record_that_one_of_them_lacks_can_still_be_agreed_on(tmp_path):
    one, other = {"events": "1", "total": "2"}, {"events": "1", "total": "3"}
    tables = extracted(("AB", [one, one]), ("CD", [one, one]), ("EF", [one, other]))
    made = export({**tables, "count": tables["count"].slice(0, 6)}, [], tmp_path / "out", review="R")
    assert made.exported == 1
    part = tables["count"].take([0, 1, 2, 3, 4])
    assert export({**tables, "count": part}, [], tmp_path / "out", review="R").exported == 2


def test_a_single_extraction_is_marked(tmp_path):
    export(extracted(("AB", [{"events": "1", "total": "2"}])), [], tmp_path / "out", review="R")
    assert descriptor(tmp_path / "out")["extraction"] == "single extraction by AB"
    assert account(tmp_path / "out")["count-0"]["extraction"] == "single"
    assert descriptor(exported(tmp_path, {}))["extraction"] == "single extraction"


@pytest.mark.parametrize("bad", ["absent", "twice"])
def test_records_without_an_id_of_their_own_are_a_mistake(tmp_path, bad):
    table = tables_of({"count": [{"events": "1", "total": "2"}] * 2})["count"]
    ids = {"absent": ["x", None], "twice": ["x", "x"]}[bad]
    table = table.set_column(0, "record", pa.array(ids))
    with pytest.raises(ContractViolation, match="no record id" if bad == "absent" else "'x' more than once"):
        export({"count": table}, [], tmp_path / "out", review="R")
    assert list(tmp_path.iterdir()) == []


def test_every_set_of_fields_an_analysis_takes_exists():
    for kind, sets in TAKES.items():
        assert {name for names in sets for name in names} <= {each.name for each in RECORDS[kind].fields()}


def test_orders_and_limits_follow_from_the_models():
    assert Order("rate_lower", "rate") in orders(RECORDS["survival"])
    assert Order("lower", "percent") in orders(RECORDS["count"])
    assert Order("events", "total") in orders(RECORDS["count"])
    assert Order("q1", "maximum") in orders(RECORDS["mean"])
    assert {each.field: each.highest for each in limits(RECORDS["count"])} == {
        "events": None,
        "total": None,
        "episodes": None,
        "percent": 100,
        "level": 100,
        "p": 1,
    }


# any mix of records


TEXTS = {
    "count": ["0", "1", "22", "30", "52", "1,623", "22.5", "NR", "6|9?", "?", "~20", "<5", "9e30"],
    "percent": ["0%", "42.3%", "100%", "142%", "-1%", "NR", "~40%", ">50%", "29.2%"],
    "proportion": ["0.66", "39.0%", "-0.3", "NE", "0.52", "~1", ">2"],
    "p": ["<0.001", "0.05", "P < 0.000", "1.2", "NA", ">0.99"],
    "number": ["12.5", "-3", "5 months", "7%", "NR", "2|3?", "~4", "≥ 30 mL/min"],
    "nonnegative": ["0", "0.00", "9.63", "NR", "<0.1"],
    "time": ["24.9 months", "2 years", "not reached", "12", "NE", ">30"],
}
NOTES = st.sampled_from(["=1+1", "plain", '"q", x\ny', "-", "-3", "'=x", "NA", "é"])


def record_of(kind: str) -> st.SearchStrategy[dict[str, str]]:
    model = RECORDS[kind]
    given_ = {each.name: st.just(each.example) for each in model.fields() if each.required and each.name != "source"}
    optional = {each.name: st.sampled_from(TEXTS[each.quantity.name]) for each in model.printed_fields()}
    optional |= {
        "study": st.sampled_from(["a", "b", "nobody"]),
        "arm": st.just("x"),
        "note": NOTES,
        "legibility": st.sampled_from(["clear"] * 9 + ["unclear"]),
    }
    return st.fixed_dictionaries(given_, optional=optional)


KINDS_DRAWN = ("count", "mean", "survival", "effect", "pooled", "characteristic", "test", "flow")


@st.composite
def reviews(draw) -> tuple[dict[str, pa.Table], list[dict[str, object]]]:
    drawn = draw(st.lists(st.sampled_from(KINDS_DRAWN), max_size=3, unique=True))
    rows = {kind: draw(st.lists(record_of(kind), min_size=1, max_size=4)) for kind in drawn}
    ids = [f"{kind}-{n}" for kind, given_ in rows.items() for n in range(len(given_))] + ["elsewhere"]
    marks = draw(
        st.lists(
            st.tuples(
                st.sampled_from(ids),
                st.sampled_from(["error", "warning", "note"]),
                st.sampled_from(["open", "waived", "fixed"]),
            ),
            max_size=4,
        )
    )
    return tables_of(rows), [finding(*each, mark=f"f{n}") for n, each in enumerate(marks)]


@settings(
    max_examples=cases(8), deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)  # each example writes two folders
@given(reviews())
def test_every_record_is_accounted_for_the_contract_holds_and_the_bytes_do_not_depend_on_order(review):
    tables, findings = review
    backwards = {kind: table.take(list(range(len(table)))[::-1]) for kind, table in reversed(tables.items())}
    with tempfile.TemporaryDirectory() as place:
        one, two = Path(place) / "one", Path(place) / "two"
        made = export(tables, findings, one, review="R")
        assert export(backwards, findings[::-1], two, review="R") == made
        assert {each.name: each.read_bytes() for each in one.iterdir()} == {
            each.name: each.read_bytes() for each in two.iterdir()
        }
        check_twins(one)
        accounted = rows_of(one / "account.csv")
        files = [one / f"{kind}.csv" for kind in tables if kind in RECORDS]
        out = {(each.stem, row["record"]) for each in files for row in rows_of(each)}
        waived = {each["records"][0] for each in findings if each["status"] == "waived"}
        errors = {each["records"][0] for each in findings if each["status"] == "open" and each["severity"] == "error"}
        assert made.records_in == len(accounted) == sum(len(tables[kind]) for kind in tables if kind in RECORDS)
        assert made.records_in == made.exported + made.held_back
        assert {(row["kind"], row["record"]) for row in accounted if row["exported"] == "yes"} == out
        assert all(row["reason"] for row in accounted if row["exported"] == "no")
        assert not {record for _, record in out} & errors
        for row in rows_of(one / "count.csv") if "count" in tables else []:
            if (
                row["record"] not in waived
                and row["events"]
                and row["total"]
                and not row["events_relation"] + row["total_relation"]
            ):
                assert 0 <= int(row["events"]) <= int(row["total"])


def test_the_bundled_review_is_exported_and_every_record_accounted_for(tmp_path):
    tables = read([EXAMPLE]).tables
    some = [each for each in rules() if each.id in ("COUNT-001", "COUNT-002", "SOURCE-001")]
    findings = [each.as_dict() for each in check(tables, some).findings]
    made = export(tables, findings, tmp_path / "out", review="Lenalidomide in myeloma", licence="CC-BY-4.0")
    assert made.records_in == sum(len(tables[kind]) for kind in tables if kind in RECORDS)
    assert 700 < made.exported < made.records_in
    check_files(tmp_path / "out")
    held = {record for each in findings if each["severity"] == "error" for record in each["records"]}
    assert held
    assert all(account(tmp_path / "out")[record]["exported"] == "no" for record in held)
    readme = (tmp_path / "out" / "README.txt").read_text(encoding="utf-8")
    assert f"{made.records_in} records came in: {made.exported} are exported, {made.held_back} are held back." in readme
