"""The analysis tables: which records go together, what they are computed to, and that no record gets lost."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from export_cases import account, check_files, descriptor, rows_of, tables_of

from curation.intake.read import read
from schemas.arrow import to_table
from schemas.dataset import ANALYSIS_TABLES, resource
from schemas.registry import KINDS
from store.export import ContractViolation, export
from store.export.analyses import build
from store.export.analyses import sheets as analysis_sheets

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "lenalidomide"

SOURCES = [
    {"source": "s", "title": "S", "type": "article"},
    {"source": "t", "title": "T", "type": "abstract"},
    {"source": "rev", "title": "R", "type": "systematic_review"},
]
STUDIES = [{"study": name, "label": name.upper(), "year": "2013"} for name in "abc"] + [
    {"study": "mix", "label": "MIX", "design": "pooled"}
]
ARMS = [
    {"study": study, "arm": arm, "label": arm, "role": role}
    for study in "abc"
    for arm, role in (
        *(("e1", "experimental"), ("e2", "experimental"), ("k", "control")),
        *(("all", "total"), ("only", "single"), ("old", "subgroup")),
    )
] + [{"study": "a", "arm": "e1-low", "label": "low dose", "role": "experimental", "part_of": "e1"}]
OUTCOMES = [{"outcome": name, "label": name} for name in ("cr", "os", "age")]


def review(rows: dict[str, list[dict[str, str]]]) -> dict[str, pa.Table]:
    named = {"source": SOURCES, "study": STUDIES, "arm": ARMS, "outcome": OUTCOMES}
    common = {"source": "s", "study": "a", "outcome": "cr"}
    named |= {
        kind: [common | {"record": f"{kind}-{n}"} | row for n, row in enumerate(given)] for kind, given in rows.items()
    }
    return {kind: to_table(KINDS[kind], [KINDS[kind](**row) for row in given]) for kind, given in named.items()}


@pytest.fixture
def out(tmp_path):
    """Export a small review; the folder."""

    def make(**rows: list[dict[str, str]]) -> Path:
        export(review(rows), [], tmp_path / "out", review="R")
        return tmp_path / "out"

    return make


def table(folder: Path, name: str) -> list[dict[str, object]]:
    file = folder / f"{resource(name)}.parquet"
    return pq.read_table(file).to_pylist() if file.exists() else []


def numbers(folder: Path, name: str) -> list[tuple[object, ...]]:
    columns = ("analysis", "study", *(each.name for each in ANALYSIS_TABLES[name].numbers))
    return [tuple(row[column] for column in columns) for row in table(folder, name)]


def why_not(folder: Path, record: str) -> str:
    return account(folder)[record]["not_pooled"]


# counts


def test_arms_give_a_two_by_two_table_and_an_analysis_of_each_side(out):
    folder = out(count=[{"arm": "e1", "events": "3", "total": "10"}, {"arm": "k", "events": "1", "total": "12"}])
    assert numbers(folder, "two_group_counts") == [("cr", "a", 3, 7, 1, 11, 10, 12)]
    assert numbers(folder, "single_counts") == [("cr.control", "a", 1, 12), ("cr.experimental", "a", 3, 10)]
    (row,) = table(folder, "two_group_counts")
    assert (row["label"], row["year"], row["arm"], row["comparator"]) == ("A", "2013", "e1", "k")
    assert (row["derived"], row["records"]) == (None, "count-0 count-1")
    assert account(folder)["count-0"]["analyses"] == "cr cr.experimental"
    first = rows_of(folder / "analyses.csv")[0]
    assert {"measure": "RR", "effect": "risk ratio", "scale": "log", "method": "REML", "test": "z", "level": "95", "studies": "1"}.items() <= first.items()  # fmt: skip


def test_several_arms_of_a_side_are_added_up_and_a_part_of_one_is_not(out):
    rows = [("e1", "3", "10"), ("e2", "4", "20"), ("e1-low", "1", "5"), ("k", "1", "12"), ("old", "1", "2")]
    folder = out(count=[{"arm": arm, "events": x, "total": n} for arm, x, n in rows])
    assert numbers(folder, "two_group_counts") == [("cr", "a", 7, 23, 1, 11, 30, 12)]
    assert table(folder, "two_group_counts")[0]["derived"] == "arms e1 and e2 added up"
    assert why_not(folder, "count-2") == "it is a part of the arm e1, which counts"
    assert why_not(folder, "count-4") == "a part of an arm is not pooled together with whole arms"


def test_the_whole_study_counts_once_beside_its_arms(out):
    rows = [
        {"events": "4", "total": "22"},
        {"arm": "all", "events": "4", "total": "22"},
        {"arm": "e1", "events": "3", "total": "10"},
    ]
    folder = out(count=rows)
    assert numbers(folder, "single_counts") == [("cr", "a", 4, 22), ("cr.experimental", "a", 3, 10)]
    assert table(folder, "single_counts")[0]["records"] == "count-0 count-1"


def test_two_arms_that_are_each_called_the_only_one_need_roles(out):
    folder = out(count=[{"arm": arm, "events": "4", "total": "22"} for arm in ("all", "only")])
    assert why_not(folder, "count-0").startswith("several arms of the study (all, only) are each called the only one")


def test_a_fact_printed_twice_counts_once_and_one_printed_differently_not_at_all(out):
    twice = [{"events": "3", "total": "10"}, {"percent": "30%", "total": "10", "source": "t"}]
    differing = [
        {"study": "b", "events": "3", "total": "10"},
        {"study": "b", "events": "4", "total": "10", "source": "t"},
    ]
    folder = out(count=[*twice, *differing])
    assert numbers(folder, "single_counts") == [("cr", "a", 3, 10)]
    (row,) = table(folder, "single_counts")
    assert (row["records"], row["derived"]) == ("count-0 count-1", None)
    said = "two places give different numbers: 3 of 10 (count-2), 4 of 10 (count-3)"
    assert why_not(folder, "count-2") == why_not(folder, "count-3") == said


def test_an_uncertain_arm_takes_its_side_with_it_but_not_the_other_one(out):
    rows = [("e1", "3"), ("e1", "4"), ("e2", "5"), ("k", "1")]
    folder = out(count=[{"arm": arm, "events": x, "total": "20"} for arm, x in rows])
    assert table(folder, "two_group_counts") == []
    assert numbers(folder, "single_counts") == [("cr.control", "a", 1, 20)]
    assert why_not(folder, "count-2").endswith("an arm of the study whose numbers are not certain (e1)")


def test_a_percentage_becomes_a_count_only_where_one_number_fits(out):
    rows = [
        {"percent": "42.3%", "total": "52"},
        {"study": "b", "percent": "42%", "total": "520"},
        {"study": "c", "percent": "42.3%", "total": "52", "estimator": "kaplan_meier"},
    ]
    folder = out(count=rows)
    assert numbers(folder, "single_counts") == [("cr", "a", 22, 52)]
    assert table(folder, "single_counts")[0]["derived"] == "xi from percent and total"
    assert "not exactly one whole number fits" in why_not(folder, "count-1")
    assert why_not(folder, "count-2").startswith("only plain proportions are counts")


def test_what_agrees_in_everything_goes_together_and_what_a_review_tabulates_stays_apart(out):
    rows = [{"study": study, "events": "1", "total": "9"} for study in "ab"]
    rows += [row | {"source": "rev"} for row in rows]
    rows += [rows[0] | {"timepoint": "2 years"}, rows[0] | {"timepoint": "2-years"}, rows[1] | {"analysis_set": "PP"}]
    folder = out(count=rows)
    found = {row["analysis"]: (row["studies"], row["tabulated_by"]) for row in rows_of(folder / "analyses.csv")}
    assert found == {"cr": ("2", ""), "rev.cr": ("2", "rev"), "cr.2-years": ("1", ""), "cr.2-years-2": ("1", ""), "cr.pp": ("1", "")}  # fmt: skip


def test_an_id_that_two_tables_would_share_gets_the_design(out):
    rows = [
        {"arm": "e1", "events": "3", "total": "10"},
        {"arm": "k", "events": "1", "total": "12"},
        {"study": "b", "events": "1", "total": "2"},
    ]
    folder = out(count=rows)
    ids = [row["analysis"] for row in rows_of(folder / "analyses.csv")]
    assert ids == ["cr.control", "cr.experimental", "cr.single-counts", "cr.two-group-counts"]


# rates, means, effects


def test_rates_come_from_events_and_person_time(out):
    rows = [("e1", "3", "100.5"), ("k", "6", "80"), ("e2", "1", "10")]
    folder = out(
        rate=[{"arm": arm, "events": x, "person_time": t} for arm, x, t in rows] + [{"study": "b", "rate": "1.2"}]
    )
    assert numbers(folder, "two_group_rates") == [("cr", "a", 4, 110.5, 6, 80.0)]
    assert why_not(folder, "rate-3").endswith("a rate alone is not pooled")
    assert {row["unit"] for row in rows_of(folder / "analyses.csv")} == {"participant-years"}


def test_rates_are_pooled_in_one_unit_of_time_only(out):
    row = {"events": "3", "person_time": "100.5"}
    months = row | {"time_unit": "months"}
    arms = [
        {"study": "c", "arm": "e1"} | row,
        {"study": "c", "arm": "k"} | months,
        {"study": "c", "arm": "e2"} | months,
    ]
    folder = out(rate=[row, months | {"study": "b"}, *arms])
    found = {row["analysis"]: (row["unit"], row["title"], row["studies"]) for row in rows_of(folder / "analyses.csv")}
    assert found == {
        "cr.control": ("participant-months", "cr, control arms", "1"),
        "cr.participant-months": ("participant-months", "cr, participant-months", "1"),
        "cr.participant-years": ("participant-years", "cr, participant-years", "1"),
    }
    assert why_not(folder, "rate-2") == "the arms of this side of the study are measured in different units"


def test_one_fact_in_two_units_of_time_is_left_out(out):
    row = {"events": "3", "person_time": "100.5"}
    folder = out(rate=[row, row | {"time_unit": "months", "source": "t"}])
    said = "3 in 100.5 participant-years (rate-0), 3 in 100.5 participant-months (rate-1)"
    assert why_not(folder, "rate-0") == f"two places give different numbers: {said}"


def test_means_get_their_deviation_and_units_decide_the_measure(out):
    rows = [
        {"arm": "e1", "mean": "5", "se": "0.5", "n": "36", "unit": "years"},
        {"arm": "k", "mean": "6", "sd": "2", "n": "30", "unit": "years"},
        {"study": "b", "arm": "e1", "mean": "60", "lower": "50", "upper": "70", "n": "12", "unit": "months"},
        {"study": "b", "arm": "k", "mean": "72", "sd": "9", "n": "12", "unit": "months"},
        {"study": "c", "median": "5", "n": "12"},
    ]
    folder = out(mean=[row | {"outcome": "age"} for row in rows])
    one, two = table(folder, "two_group_means")
    assert (one["sd1i"], one["derived"]) == (3.0, "sd1i from standard error and n1i")
    assert two["sd1i"] == pytest.approx(15.738868566445, rel=1e-12)  # R 4.2.2: (70 - 50) / 2 / qt(.975, 11) * sqrt(12)
    measures = {row["analysis"]: (row["measure"], row["unit"]) for row in rows_of(folder / "analyses.csv")}
    assert measures["age"] == ("SMD", "")
    assert measures["age.experimental.years"] == ("MN", "years")
    assert why_not(folder, "mean-4") == "medians are not pooled"


def test_arms_with_means_are_combined_as_if_their_participants_were_one_group(out):
    rows = [("e1", "10", "2", "5"), ("e2", "14", "3", "7"), ("k", "1", "1", "9")]
    folder = out(mean=[{"arm": arm, "mean": m, "sd": sd, "n": n} for arm, m, sd, n in rows])
    (row,) = table(folder, "two_group_means")
    n1, m1, sd1, n2, m2, sd2 = 5, 10, 2, 7, 14, 3  # Cochrane Handbook 6.5.2.10
    spread = (n1 - 1) * sd1**2 + (n2 - 1) * sd2**2 + n1 * n2 / (n1 + n2) * (m1**2 + m2**2 - 2 * m1 * m2)
    assert row["n1i"] == 12
    assert row["m1i"] == pytest.approx((n1 * m1 + n2 * m2) / 12, rel=1e-15)
    assert row["sd1i"] == pytest.approx((spread / 11) ** 0.5, rel=1e-15)
    assert row["derived"] == "arms e1 and e2 added up"


def test_effects_go_to_their_scale_with_a_standard_error(out):
    hr = {"outcome": "os", "measure": "HR", "arm": "e1", "comparator": "k"}
    rows = [
        hr | {"estimate": "0.66", "lower": "0.52", "upper": "0.84"},
        hr | {"study": "b", "estimate": "2.00", "se": "0.2", "arm": "k", "comparator": "e1"},
        hr | {"study": "c", "estimate": "0.66", "p": "0.04"},
        hr | {"analysis_set": "x", "estimate": "0.66", "p": "<0.001"},
        {"measure": "COR", "estimate": "0.5", "n": "40"},
        {"study": "b", "measure": "COR", "estimate": "0.5", "lower": "0.2", "upper": "0.7"},
        {"measure": "other", "estimate": "3"},
    ]
    folder = out(effect=rows)
    found = {(row["analysis"], row["study"]): row for row in table(folder, "effects")}
    # R 4.2.2: (log(.84) - log(.52)) / (2 * qnorm(.975)); abs(log(.66)) / qnorm(.02, lower.tail = FALSE)
    assert found["os.hr", "a"]["sei"] == pytest.approx(0.12234231956421, rel=1e-12)
    assert found["os.hr", "c"]["sei"] == pytest.approx(0.20232046956209, rel=1e-12)
    assert found["os.hr", "b"]["yi"] == pytest.approx(-0.69314718, rel=1e-8)
    assert (found["os.hr", "b"]["arm"], found["os.hr", "b"]["comparator"]) == ("e1", "k")
    assert found["os.hr", "b"]["derived"] == "yi turned round, printed as control against experimental"
    assert why_not(folder, "effect-3").startswith("no standard error is given")
    assert numbers(folder, "correlations") == [("cr.cor.correlations", "a", 0.5, 40)]
    assert found["cr.cor.effects", "b"]["yi"] == pytest.approx(0.54930614, rel=1e-8)
    assert why_not(folder, "effect-6") == "effects of this measure are not pooled"
    kinds = {row["analysis"]: (row["measure"], row["scale"], row["effect"]) for row in rows_of(folder / "analyses.csv")}
    assert kinds["os.hr"] == ("HR", "log", "hazard ratio")
    assert kinds["cr.cor.effects"] == ("GEN", "fisher_z", "correlation coefficient")


def test_several_effects_of_one_study_are_left_out(out):
    hr = {"measure": "HR", "comparator": "k", "estimate": "0.66", "se": "0.1"}
    folder = out(effect=[hr | {"arm": "e1"}, hr | {"arm": "e2"}])
    assert "gives several such effects (e1 against k, e2 against k)" in why_not(folder, "effect-0")


def test_records_of_no_study_no_outcome_or_a_mixture_are_not_pooled():
    row = {"events": "1", "total": "2", "record": ""}
    rows = [
        row | {"record": "x", "study": "mix"},
        row | {"record": "y", "outcome": ""},
        row | {"record": "z", "study": ""},
    ]
    found = build({kind: review({"count": rows}).get(kind, to_table(KINDS[kind], [])) for kind in KINDS})
    assert found.account.to_pylist() == [
        {"kind": "count", "record": record, "analyses": None, "not_pooled": why}
        for record, why in (
            ("x", "its study is made of other studies, which would count twice"),
            ("y", "it names no outcome"),
            ("z", "it is about no single study"),
        )
    ]
    assert (len(found.analyses), found.tables, found.pooled) == (0, {}, 0)


# contract, account, files


def test_every_exported_record_of_the_corpus_feeds_an_analysis_or_says_why_not(tmp_path):
    tables = read([EXAMPLE]).tables
    made = export(tables, [], tmp_path / "out", review="R")
    assert made.analyses > 40
    check_files(tmp_path / "out")
    said = rows_of(tmp_path / "out" / "account.csv")
    assert all(bool(row["analyses"]) != bool(row["not_pooled"]) for row in said if row["exported"] == "yes")
    assert not any(row["analyses"] + row["not_pooled"] for row in said if row["exported"] == "no")
    assert sum(bool(row["analyses"]) for row in said) == made.pooled
    with duckdb.connect() as connection:
        counted = connection.execute(
            "SELECT count(*), count(*) FILTER (xi <= ni) FROM read_parquet(?)",
            [str(tmp_path / "out" / "analysis_single_counts.parquet")],
        )
        assert len(set(counted.fetchone())) == 1


def _broken(change: dict[str, list[object]], name: str = "two_group_counts") -> None:
    rows = review({"count": [{"arm": "e1", "events": "3", "total": "10"}, {"arm": "k", "events": "1", "total": "12"}]})
    kept = {kind: rows.get(kind, to_table(KINDS[kind], [])) for kind in KINDS}
    found = build(kept)
    made = analysis_sheets.sheets(found)
    at = next(n for n, sheet in enumerate(made) if sheet.name in (name, resource(name)))
    cells = made[at].table
    for column, values in change.items():
        place = cells.schema.get_field_index(column)
        cells = cells.set_column(place, cells.schema.field(place), pa.array(values, cells.schema.field(place).type))
    made[at] = type(made[at])(
        **{part: getattr(made[at], part) for part in ("name", "title", "meaning", "columns", "key", "references")},
        table=cells,
    )
    analysis_sheets.check(found, made, kept)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"ai": [11]}, "ai at most n1i"),
        ({"bi": [8]}, r"ai \+ bi = n1i"),
        ({"ci": [-1]}, "greater_than_or_equal_to"),
        ({"records": ["count-0 nobody"]}, "records are exported"),
        ({"study": ["nobody"]}, "study is defined"),
        ({"ai": [None]}, "not_nullable"),
    ],
)
def test_a_row_that_breaks_the_contract_is_refused(change, why):
    _broken({})
    with pytest.raises(ContractViolation, match=why):
        _broken(change)


def test_the_number_of_studies_is_the_number_of_rows():
    with pytest.raises(ContractViolation, match="studies is the number of rows"):
        _broken({"studies": [1, 1, 2]}, "analyses")


def test_the_content_hash_follows_the_tables_and_adapters_add_files(tmp_path):
    def adapter(tables):
        return {"more.txt": str(len(tables["analysis_single_counts"])).encode()}

    tables = tables_of({"count": [{"events": "1", "total": "2", "study": "a", "outcome": "cr"}]})
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in (*folders, folders[0]):
        export(tables, [], folder, review="R", adapters=[adapter])
    one, two = ({each.name: each.read_bytes() for each in folder.iterdir()} for folder in folders)
    assert one == two
    package = descriptor(folders[0])
    listed = "\n".join(sorted(each["hash"] for each in package["resources"]))
    assert package["hash"] == f"sha256:{hashlib.sha256(listed.encode()).hexdigest()}"
    assert package["files"] == [{"path": "more.txt", "bytes": 1, "hash": f"sha256:{hashlib.sha256(b'1').hexdigest()}"}]
    export(tables, [], folders[0], review="R")
    assert not (folders[0] / "more.txt").exists()
    with pytest.raises(ValueError, match="plain name"):
        export(tables, [], folders[0], review="R", adapters=[lambda _: {"../x": b""}])
