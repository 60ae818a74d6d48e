"""The bundled corpus is a test: what five publications print, and what contradicts what in them."""

import os
from collections import Counter
from pathlib import Path

import pytest

from curation.commands.demo import corpus
from curation.commands.reading import documents, read_consistently
from curation.engine.registry import rules, select
from curation.engine.run import check
from schemas.registry import RECORDS

SOURCES = Path(os.environ.get("CURATION_SOURCES", Path(__file__).resolve().parents[2] / "shared" / "sources"))


@pytest.fixture(scope="module")
def tables():
    return dict(read_consistently([corpus()]).tables)


@pytest.fixture(scope="module")
def audited(tables):
    return check(tables, rules())


def test_several_hundred_records_have_a_place_and_every_source_is_there(tables):
    records = [row for kind in RECORDS if kind in tables for row in tables[kind].to_pylist()]
    assert len(records) > 900
    assert all(row["section"] and row["quote"] for row in records)
    by_source = Counter(row["source"] for row in records)
    assert set(by_source) == set(tables["source"].column("source").to_pylist())
    assert min(by_source.values()) >= 8


def where(one):
    return (one.rule, one.source, one.place, one.row or one.outcome, one.field)


# Errors: impossible as printed. Each was read against the publication.
IMPOSSIBLE = {
    # zhong-2021, Results: 325 records, 307 excluded, "the remaining 8"
    ("FLOW-001", "zhong-2021", "Results", "", "n"),
    # zhong-2021, Abstract: P<0.000
    ("P-001", "zhong-2021", "Abstract", "neutropenia", "p_heterogeneity"),
    # zhong-2021, Abstract and Results: studies "from 2007 to 2014" and "between 2009 and 2014"; 173 and 181 participants
    ("SOURCE-001", "zhong-2021", "Abstract", "", "low"),
    ("SOURCE-001", "zhong-2021", "Abstract", "", "value"),
    # zhong-2021, P values: 0.049 in Abstract and Table 2, 0.059 and <0.001 in the Results
    ("SOURCE-001", "zhong-2021", "Abstract", "chronic-gvhd", "p_heterogeneity"),
    ("SOURCE-001", "zhong-2021", "Abstract", "os", "p_heterogeneity"),
    # zhong-2021, Discussion: CR 46.6%, PR 21.8%, VGPR 14.7%, PD 6% with other intervals than Results and Table 2
    *(("SOURCE-001", "zhong-2021", "Abstract", outcome, "estimate") for outcome in ("cr", "pr", "vgpr")),
    *(("SOURCE-001", "zhong-2021", "Discussion", outcome, limit) for outcome in ("cr", "pr", "pd") for limit in ("lower", "upper")),
    ("SOURCE-001", "zhong-2021", "Discussion", "vgpr", "lower"),
    # van-de-donk-2012: the section on thromboembolism exchanges the two trials of Table 1
    *(
        ("SOURCE-001", "van-de-donk-2012", "Table 1", f"{trial} {arm}", "percent")
        for trial in ("Dimopoloulos et al (MM-010) 25", "Weber et al (MM-009) 26") for arm in ("Len-dex", "Dex")
    ),
}  # fmt: skip


def test_what_is_impossible_as_printed_is_found_and_nothing_else_is_called_an_error(audited):
    assert {where(one) for one in audited.findings if one.severity == "error"} == IMPOSSIBLE


@pytest.mark.parametrize(
    ("rule", "row", "says"),
    [
        # Table 2 of zhong-2021: the P of PR fits the I2 printed one row above it
        ("POOLED-005", "PR", "P 0.000 fits the I2 79.10% printed in the row above (CR)"),
        ("POOLED-005", "Chronic GVHD", "I2 fits P 0.059, printed in Results"),
        ("POOLED-005", "MR", "both fit 8 studies"),
        ("POOLED-008", "", "the interval implies 198 to 209 participants; the studies of the review add up to 209"),
        ("POOLED-007", "OS (≥2 years)", "the 8 studies run from 66.6% (Bensinger 2014) to 93.0% (Kneppers 2011)"),
        ("APPRAISAL-005", "", "such domains belong to Jadad"),
        ("SOURCE-001", "Weber et al (MM-009) 26 Dex", "exchange the numbers of weber-2007 and dimopoulos-2007"),
    ],
)
def test_the_likeliest_explanation_is_offered(audited, rule, row, says):
    found = [one for one in audited.findings if one.rule == rule and one.row == row]
    assert any(says in explanation for one in found for explanation in one.explanations), found


def test_the_row_of_table_1_that_adds_up_to_more_than_its_patients_rests_on_an_unclear_cell(audited):
    (found,) = [one for one in audited.findings if one.rule == "SUM-001"]
    assert (found.row, found.severity) == ("Kröger (4)", "warning")
    assert "not certain" in found.explanations[-1]


def test_the_counts_of_the_summary_add_up(audited):
    summary = audited.summary()
    assert summary["checked"] == summary["consistent"] + summary["cannot_tell"] + summary["contradicts"]
    assert (
        summary["contradicts"] + summary["crashed"]
        == sum(summary["findings"].values()) + summary["waived"] + summary["repeated"]
    )
    assert summary["crashed"] == 0


def test_every_printed_number_occurs_in_its_quote(tables):
    assert check(tables, select(rules(), ["QUOTE-001"])).findings == []


@pytest.mark.slow
def test_every_quote_occurs_in_its_publication(tables):
    if not SOURCES.is_dir():
        pytest.skip(f"the publications are not in {SOURCES}; set CURATION_SOURCES to the folder with their texts")
    texts = documents(SOURCES, tables)
    assert len(texts) == 5
    out = check(tables | {"document": texts}, select(rules(), ["QUOTE-002"]))
    assert out.findings == []
    assert out.tallies["QUOTE-002"].consistent > 800
