"""Files of appraisals for robvis and RevMan: each judgement in its place, or named with the reason."""

from __future__ import annotations

import adapter_cases as cases
import pytest
from adapter_cases import left_out, rows_of

from store.export.adapters import revman, robvis
from store.export.adapters.robvis import columns_of

APPRAISALS = [
    {"study": "s4", "tool": "RoB 2", "domain": "Bias arising from the randomization process", "judgement": "low", "support": "central"},
    {"study": "s4", "tool": "RoB 2", "domain": "Missing outcome data", "judgement": "some_concerns"},
    {"study": "s4", "tool": "RoB 2", "judgement": "high"},
    {"study": "s5", "tool": "RoB 2", "domain": "Selection of the reported result", "judgement": "unclear", "outcome": "os"},
    {"study": "s5", "tool": "RoB 2", "domain": "Selection of the reported result", "judgement": "low", "outcome": "cr"},
    {"study": "s4", "tool": "ROBINS-I", "domain": "confounding", "judgement": "high"},
    {"study": "s4", "tool": "QUADAS-2", "domain": "random sequence generation", "judgement": "low"},
    {"study": "s4", "tool": "QUADAS-2", "domain": "Index test: applicability", "judgement": "low"},
    {"study": "s4", "tool": "Newcastle-Ottawa", "score": "7"},
    {"study": "s4", "tool": "RoB 2", "domain": "Measurement of the outcome", "judgement": "yes"},
    {"tool": "RoB 1", "domain": "blinding", "judgement": "low"},
    {"study": "s4", "tool": "RoB 1", "domain": "blinding", "judgement": "unclear"},
    {"study": "s4", "tool": "RoB 2", "judgement": "low", "note": "second look"},
]  # fmt: skip


def test_each_tool_gets_a_table_in_its_vocabulary():
    files = robvis.make(cases.dataset([], APPRAISALS))
    lines = {row["Study"]: row for row in rows_of(files["robvis-rob2.csv"])}
    assert lines["Study 4"] == {"Study": "Study 4", "D1": "Low", "D2": "No information", "D3": "Some concerns",
                                "D4": "No information", "D5": "No information", "Overall": "High"}  # fmt: skip
    assert set(lines) == {"Study 4", "Study 5 (Complete remission)", "Study 5 (Survival)"}
    assert rows_of(files["robvis-robinsi.csv"])[0]["D1"] == "Serious"
    assert list(rows_of(files["robvis-robinsi.csv"])[0]) == ["Study", *(f"D{n}" for n in range(1, 8)), "Overall"]


def test_domains_a_tool_does_not_have_are_drawn_as_generic():
    domains = rows_of(robvis.make(cases.dataset([], APPRAISALS))["robvis-domains.csv"])
    quadas = [row for row in domains if row["file"] == "robvis-quadas2.csv"]
    assert quadas == [{"file": "robvis-quadas2.csv", "tool": "Generic", "column": "D1", "domain": "random sequence generation"}]  # fmt: skip
    assert {row["tool"] for row in domains if row["file"] == "robvis-rob2.csv"} == {"ROB2"}


def test_every_appraisal_is_drawn_or_named():
    gone = left_out(robvis.make(cases.dataset([], APPRAISALS))["robvis-left-out.csv"])
    assert set(gone) == {"a07", "a08", "a09", "a10", "a12"}
    assert "no layout for Newcastle-Ottawa" in gone["a08"]
    assert "'yes' is not one of" in gone["a09"]
    assert gone["a10"] == "it is about no single study"


@pytest.mark.parametrize(
    ("tool", "said", "columns"),
    [
        ("RoB 2", ["D3", "D1"], ["D1", "D3"]),
        ("RoB 2", ["Deviations from intended interventions"], ["D2"]),
        ("ROBINS-I", ["Bias in selection of participants into the study", "Bias in selection of the reported result"], ["D2", "D7"]),
        ("QUADAS-2", ["Flow and timing", "Patient selection"], ["D1", "D4"]),
    ],
)  # fmt: skip
def test_domains_go_to_their_places(tool, said, columns):
    places, kind = columns_of(tool, said)
    assert list(places.values()) == columns
    assert kind != robvis.GENERIC


def test_revman_gets_the_cochrane_tools():
    files = revman.make(cases.dataset([], APPRAISALS))
    lines = {row["Study"]: row for row in rows_of(files["revman-risk-of-bias.csv"])}
    randomised = "Bias arising from the randomization process"
    assert lines["Study 4"][f"Domain (judgement): {randomised}"] == "Low risk"
    assert lines["Study 4"][f"Domain (support): {randomised}"] == "central"
    assert lines["Study 5"]["Domain (judgement): Selection of the reported result: Complete remission"] == "Low risk"
    gone = left_out(files["revman-left-out.csv"])
    assert "RevMan has no layout for ROBINS-I" in gone["a05"]
    assert "'unclear' is not one of RoB 2's" in gone["a03"]
    assert "another record already judges" in gone["a12"]
