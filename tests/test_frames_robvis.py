"""Risk-of-bias tables of robvis: which tool they are of, their words, and the way back of our own export."""

from __future__ import annotations

import re

import adapter_cases as cases
import pytest

from curation.exchange.frames_robvis import _NAMES, FORMAT, read
from curation.exchange.reading import bundle_of
from curation.intake.problems import Refused
from curation.rules.tool_domains import DOMAINS
from store.export.adapters import robvis

# The judgements of these small tables are made up.
ROB2 = "Study,D1,D2,D3,D4,D5,Overall,Weight\nA 2001,Low,Some concerns,Low,Low,No information,High,12.5\nB 2002,Low,,Low,Odd,Low,Low,87.5\n"


def table(tmp_path, text, name="rob.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def judgements(imported):
    return {(row["study"], row.get("domain", "")): row["judgement"] for _, row in imported.rows["appraisal"]}


def test_the_template_of_rob_2_is_known_by_its_domains_and_words(tmp_path):
    imported = read(table(tmp_path, ROB2))
    assert {row["tool"] for _, row in imported.rows["appraisal"]} == {"RoB 2"}
    found = judgements(imported)
    assert found["a-2001", "deviations from intended interventions"] == "some_concerns"
    assert found["a-2001", "selection of the reported result"] == "unclear"
    assert found["a-2001", ""] == "high"
    assert len(found) == 6 + 4
    assert [(one.place, one.found) for one in imported.leftovers] == [
        ("row 3, column D4", "'Odd'"), ("column 8", "Weight (2 cells)"),
    ]  # fmt: skip
    assert len(bundle_of(imported).leftovers) == 2


@pytest.mark.parametrize("tool", list(_NAMES))
def test_the_names_of_domains_lead_back_to_their_columns(tool):
    places, kind = robvis.columns_of(tool, _NAMES[tool])
    assert [places[name] for name in _NAMES[tool]] == [f"D{n}" for n in range(1, len(_NAMES[tool]) + 1)]
    assert kind == robvis.LAYOUTS[tool].tool
    assert all(re.search(DOMAINS[tool], name) for name in _NAMES[tool])


def test_robins_i_says_moderate_and_serious(tmp_path):
    text = f"Study,{','.join(f'D{n}' for n in range(1, 8))},Overall\nA,Low,Moderate,Serious,Critical,Low,Low,Low,Critical\n"
    imported = read(table(tmp_path, text))
    assert imported.rows["appraisal"][0][1]["tool"] == "ROBINS-I"
    assert judgements(imported)["a", "classification of interventions"] == "high"


def test_a_table_that_may_be_of_several_tools_is_of_none(tmp_path):
    imported = read(table(tmp_path, "Study,D1,D2,D3,D4,D5,Overall\nA,Low,Low,High,Low,Low,Low\n"))
    assert {(row["tool"], row["tool_name"]) for _, row in imported.rows["appraisal"]} == {
        ("other", "a tool that the table does not name")
    }
    assert "correct the tool" in imported.remarks[0]


def test_domains_with_names(tmp_path):
    text = "Study,Random sequence generation,Allocation concealment,Overall\nA,Low,Unclear,High\n"
    imported = read(table(tmp_path, text))
    assert judgements(imported) == {
        ("a", "Random sequence generation"): "low", ("a", "Allocation concealment"): "unclear", ("a", ""): "high",
    }  # fmt: skip


def test_a_second_row_of_a_study_is_left_over(tmp_path):
    imported = read(table(tmp_path, "Study,D1,D2,Overall\nA,Low,Low,Low\nA,High,Low,High\n,Low,Low,Low\n"))
    assert len(imported.rows["appraisal"]) == 3
    assert [one.place for one in imported.leftovers] == ["row 3", "row 4"]


@pytest.mark.parametrize("text", ["Study,Overall\nA,Low\n", "Author,D1,D2\nA,Low,Low\n"])
def test_other_tables_are_refused(tmp_path, text):
    with pytest.raises(Refused, match="expected the columns Study, one per domain"):
        read(table(tmp_path, text))


def test_recognition(tmp_path):
    path = table(tmp_path, ROB2)
    assert FORMAT.recognises(path, ROB2.encode())
    assert not FORMAT.recognises(path, b"Study,Overall\n")
    assert not FORMAT.recognises(path, b"studlab,event.e,n.e,event.c,n.c\n")


def test_our_own_export_comes_back_and_goes_out_the_same(tmp_path):
    appraisals = [
        {"study": "s4", "tool": "RoB 2", "domain": "Missing outcome data", "judgement": "some_concerns"},
        {"study": "s4", "tool": "RoB 2", "judgement": "high"},
        {"study": "s5", "tool": "RoB 2", "domain": "randomisation", "judgement": "low"},
        {"study": "s4", "tool": "ROBINS-I", "domain": "confounding", "judgement": "high"},
        {"study": "s6", "tool": "RoB 1", "domain": "blinding", "judgement": "unclear"},
        {"study": "s6", "tool": "QUADAS-2", "domain": "Index test", "judgement": "low"},
    ]
    files = robvis.make(cases.dataset([], appraisals))
    folder = cases.write(tmp_path / "dataset", {}, files)
    again = []
    for name in files:
        if name.startswith("robvis-") and name not in {"robvis-domains.csv", "robvis-left-out.csv"}:
            for _, row in read(folder / name).rows["appraisal"]:
                study = f"s{row['study'].rpartition('-')[2]}"
                again.append(
                    {key: row[key] for key in ("tool", "domain", "judgement") if key in row} | {"study": study}
                )
    assert {(row["study"], row["tool"]) for row in again} == {(row["study"], row["tool"]) for row in appraisals}
    once_more = robvis.make(cases.dataset([], again))
    for name in files:
        if name != "robvis-domains.csv":
            assert once_more[name] == files[name]
