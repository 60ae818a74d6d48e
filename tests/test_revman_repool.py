"""Pooling a RevMan review again: as R does it, number by number, and a changed number is found."""

import json
from pathlib import Path

import pytest
import revman_case as given_case
from click.testing import CliRunner

from curation.cli import curation
from curation.exchange import revman_csv, revman_rm5, revman_web
from curation.exchange.repool import repooled
from curation.exchange.revman_compare import differences

SHARED = Path(__file__).resolve().parents[2] / "shared" / "formats"
FORMATS = [
    (".rm5", given_case.rm5, revman_rm5),
    (".csv", given_case.five, revman_csv),
    (".zip", given_case.web, revman_web),
]


def lines_of(tmp_path, several, ending=".rm5"):
    _, write, module = next(each for each in FORMATS if each[0] == ending)
    path = tmp_path / f"review{ending}"
    path.write_bytes(write(several))
    return repooled(module.review(path))


def only(name):
    return next(one for one in given_case.cases() if one.name == name)


@pytest.mark.parametrize("ending", [each[0] for each in FORMATS])
def test_every_number_of_every_analysis_agrees_with_r(tmp_path, ending):
    lines = lines_of(tmp_path, given_case.cases(), ending)
    assert [each for each in lines if each.agrees is not True] == []
    assert len(lines) == 1109
    assert {each.name for each in lines} == {one.name for one in given_case.cases()}


def test_random_effects_with_mantel_haenszel_rest_on_its_own_heterogeneity(tmp_path):
    lines = lines_of(tmp_path, [only("BCG OR MH random"), only("BCG OR IV random")])
    of = {(each.analysis, each.quantity): each.recomputed for each in lines if not each.of_study}
    assert of["1.1", "tau²"] != pytest.approx(of["1.2", "tau²"], rel=1e-4)
    assert of["1.1", "Q"] > of["1.2", "Q"]


def test_whether_halves_enter_the_mantel_haenszel_estimate_is_told(tmp_path):
    with_halves, without = only("Catheters OR MH halves"), only("Catheters OR MH")
    lines = lines_of(tmp_path, [with_halves, without])
    notes = {each.analysis: each.note for each in lines if each.quantity == "estimate" and not each.of_study}
    assert notes == {"1.1": "", "1.2": "halves added to the studies' own effects only"}


@pytest.mark.parametrize("field", ["estimate", "lower", "z", "q", "i2", "p"])
def test_a_changed_result_differs_and_nothing_else_does(tmp_path, field):
    one = only("BCG RR IV fixed")
    one.subgroups.clear()
    one.total[field] = str(float(one.total[field]) * 1.01 + 0.001)
    found = [each.quantity for each in lines_of(tmp_path, [one]) if each.agrees is False]
    assert found == [{"estimate": "estimate", "lower": "lower limit", "z": "Z", "q": "Q", "i2": "I²", "p": "P"}[field]]


def test_a_changed_count_moves_its_study_and_the_whole(tmp_path):
    one = only("BCG OR IV random")
    one.rows[0]["ai"] = "5"
    found = {(each.part, each.quantity) for each in lines_of(tmp_path, [one]) if each.agrees is False}
    assert ("Aronson 1948", "estimate") in found
    assert ("", "estimate") in found


def test_results_given_with_two_decimals_agree_within_their_rounding(tmp_path):
    one = only("BCG RR MH random")
    for made in (one.total, *one.subgroups.values(), *one.rows):
        rounded = {
            name: f"{float(made[name]):.2f}"
            for name in ("estimate", "lower", "upper", "z", "q", "i2", "tau2", "weight", "q_between")
            if name in made
        }
        made.update(rounded)
    assert {each.agrees for each in lines_of(tmp_path, [one], ".zip")} == {True}
    one.total["estimate"] = "0.50"
    assert {each.quantity for each in lines_of(tmp_path, [one], ".zip") if each.agrees is False} == {"estimate"}


def test_exchanged_events_are_pooled_as_the_file_does(tmp_path):
    one, other = only("BCG OR MH random"), only("BCG OR MH random")
    for row in one.rows:
        row["ai"], row["ci"] = (str(int(row[n]) - int(row[e])) for e, n in (("ai", "n1i"), ("ci", "n2i")))
    one.swap = True
    assert [each.recomputed for each in lines_of(tmp_path, [one])] == [
        each.recomputed for each in lines_of(tmp_path, [other])
    ]


def test_what_was_not_calculated_is_recomputed_beside_a_blank(tmp_path):
    one = only("Stay MD random")
    for made in (one.total, *one.rows):
        made.update(dict.fromkeys(("estimate", "lower", "upper"), ""))
    lines = lines_of(tmp_path, [one])
    assert {each.agrees for each in lines if each.quantity != "weight"} == {None}
    assert lines[0].recomputed == pytest.approx(float(only("Stay MD random").total["estimate"]))


def run(*arguments):
    done = CliRunner().invoke(curation, ["repool", *map(str, arguments)], prog_name="curation")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_the_command_shows_a_table_and_ends_with_1_where_a_number_differs(tmp_path):
    one = only("BCG RR MH random")
    path = tmp_path / "review.rm5"
    path.write_bytes(given_case.rm5([one]))
    done = run(path)
    assert done.exit_code == 0
    assert "agree, 0 do not" in done.stdout
    assert "Aronson" not in done.stdout
    assert "Aronson" in run(path, "--all").stdout
    one.total["estimate"] = "0.6"
    path.write_bytes(given_case.rm5([one]))
    assert "DIFFERS" in run(path).stdout
    assert run(path).exit_code == 1
    wrong = [each for each in json.loads(run(path, "--format", "json").stdout) if each["agrees"] is False]
    assert [(each["quantity"], each["printed"]) for each in wrong] == [("estimate", "0.6")]


@pytest.mark.parametrize("name", ["absent.rm5", "notes.txt"])
def test_the_command_refuses_what_is_no_file_of_revman(tmp_path, name):
    (tmp_path / "notes.txt").write_text("x")
    done = run(tmp_path / name)
    assert done.exit_code == 2
    assert "RevMan" in done.stderr


@pytest.mark.slow
def test_the_sample_review_and_its_export_say_the_same():
    if not SHARED.is_dir():
        pytest.skip("the folder of sample files is not here")
    review, export = revman_rm5.read(SHARED / "Fleiss1993.rm5"), revman_csv.read(SHARED / "Fleiss1993_CR.csv")
    found = differences(review, export)
    # the second analysis is SMD without results in the review, MD with results in the export
    assert {(each.kind, each.field, each.how) for each in found} == {
        ("appraisal", "", "only in the first"), ("effect", "", "only in the second"), ("pooled", "", "only in the second"),
        ("effect", "level", "another text"), ("pooled", "level", "another text"),
    }  # fmt: skip
    assert {each.agrees for each in repooled(revman_csv.review(SHARED / "Fleiss1993_CR.csv"))} == {True}
