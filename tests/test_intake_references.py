"""Names that records refer to: defined in the bundle or known to the review, else refused with a suggestion."""

from __future__ import annotations

import json

import pytest

from curation.intake.problems import Refused
from curation.intake.read import read
from curation.intake.references import defined_in, references

SOURCE = {"source": "zhong-2021", "title": "T", "type": "article"}
STUDY = {"study": "coman-2013", "label": "Coman 2013"}
ARM = {"study": "coman-2013", "arm": "len-dex", "label": "Len + dex"}
OUTCOME = {"outcome": "cr", "label": "Complete response"}
COUNT = {"source": "zhong-2021", "study": "coman-2013", "arm": "len-dex", "outcome": "cr", "events": "5"}


def bundle_of(tmp_path, **tables):
    file = tmp_path / "review.json"
    file.write_text(json.dumps(tables), encoding="utf-8")
    return read([file])


def sentences(bundle, known=None):
    return [each.sentence for each in references(bundle, known or {})]


def test_names_defined_in_the_bundle_are_known(tmp_path):
    bundle = bundle_of(tmp_path, source=[SOURCE], study=[STUDY], arm=[ARM], outcome=[OUTCOME], count=[COUNT])
    assert sentences(bundle) == []
    assert defined_in(bundle, "arm") == {"coman-2013/len-dex"}


def test_names_in_the_review_are_known(tmp_path):
    known = {
        "source": {"zhong-2021"}, "study": {"coman-2013"}, "arm": {"coman-2013/len-dex"}, "outcome": {"cr"},
    }  # fmt: skip
    assert sentences(bundle_of(tmp_path, count=[COUNT]), known) == []


def test_an_unknown_name_is_refused_with_the_closest_one(tmp_path):
    count = {**COUNT, "study": "comann-2013", "arm": None}
    bundle = bundle_of(tmp_path, source=[SOURCE], study=[STUDY], outcome=[OUTCOME], count=[count])
    assert sentences(bundle) == [
        "review.json, count, row 1, column study: "
        "found 'comann-2013', expected the id of a study; did you mean 'coman-2013'?"
    ]


def test_nothing_close_says_where_to_define_it(tmp_path):
    problem, *rest = sentences(bundle_of(tmp_path, source=[SOURCE], count=[{**COUNT, "study": None, "arm": None}]))
    assert not rest
    assert "found 'cr', expected the id of an outcome; define it in outcome.csv" in problem


def test_an_arm_is_looked_for_in_its_own_study(tmp_path):
    other = {"study": "alsina-2014", "label": "Alsina 2014"}
    bundle = bundle_of(
        tmp_path, source=[SOURCE], study=[STUDY, other], arm=[ARM, {**ARM, "study": "alsina-2014", "arm": "len"}],
        outcome=[OUTCOME], count=[{**COUNT, "arm": "len"}, {**COUNT, "arm": "len-dex "}],
    )  # fmt: skip
    first, second = sentences(bundle)
    assert "found 'len', expected the id of an arm of the study 'coman-2013'" in first
    assert second.endswith("did you mean 'len-dex'?")


def test_an_arm_needs_its_study(tmp_path):
    bundle = bundle_of(tmp_path, source=[SOURCE], study=[STUDY], arm=[ARM], outcome=[OUTCOME],
                       count=[{**COUNT, "study": None}])  # fmt: skip
    (problem,) = sentences(bundle)
    assert "column arm: found 'len-dex' without a study, expected the study of the arm" in problem


def test_an_unknown_study_is_one_problem_and_its_arm_is_none(tmp_path):
    bundle = bundle_of(tmp_path, source=[SOURCE], study=[STUDY], outcome=[OUTCOME],
                       count=[{**COUNT, "study": "nobody-1999"}])  # fmt: skip
    assert [each.column for each in references(bundle, {})] == ["study"]


def test_entities_refer_too(tmp_path):
    bundle = bundle_of(tmp_path, study=[{**STUDY, "included_in": "zhong-2022"}], arm=[{**ARM, "study": "x"}])
    assert {(each.file, each.column) for each in references(bundle, {"source": {"zhong-2021"}})} == {
        ("review.json, study", "included_in"),
        ("review.json, arm", "study"),
    }


def test_all_unknown_names_are_listed(tmp_path):
    bundle = bundle_of(tmp_path, count=[COUNT, {**COUNT, "page": "2"}])
    assert [(each.row, each.column) for each in references(bundle, {})] == [
        (1, "source"), (2, "source"), (1, "study"), (2, "study"), (1, "outcome"), (2, "outcome"),
    ]  # fmt: skip


def test_an_entity_defined_twice_differently_names_both_places(tmp_path):
    with pytest.raises(Refused) as refused:
        bundle_of(tmp_path, study=[STUDY, {**STUDY, "label": "Coman 2014", "year": "2014"}])
    assert refused.value.summary == (
        "review.json, study, row 2, column study: found 'coman-2013' again, with the label 'Coman 2014', "
        "expected one definition; in review.json, study, row 1 the label is 'Coman 2013' (differing, too: year)"
    )


def test_a_default_typed_out_is_the_same_as_a_blank_cell(tmp_path):
    assert bundle_of(tmp_path, study=[STUDY, {**STUDY, "design": "unknown"}]).tables["study"].num_rows == 1


def test_every_id_of_a_list_must_be_known(tmp_path):
    better = {"outcome": "ge-cr", "label": "CR or better", "contains": "cr scr"}
    pooled = {"source": "zhong-2021", "outcome": "cr", "measure": "proportion", "estimate": "39%",
              "studies": "coman-2013  coman-2014 alsina"}  # fmt: skip
    bundle = bundle_of(tmp_path, source=[SOURCE], study=[STUDY], outcome=[OUTCOME, better], pooled=[pooled])
    first, second, third = sentences(bundle)
    assert first.endswith("column contains: found 'scr', expected the id of an outcome; did you mean 'cr'?")
    assert "column studies: found 'coman-2014', expected the id of a study; did you mean 'coman-2013'?" in second
    assert "column studies: found 'alsina', expected the id of a study; define it in study.csv" in third
    known = {"outcome": {"scr"}, "study": {"coman-2014", "alsina"}}
    assert sentences(bundle, known) == []


def test_a_comparator_and_the_arm_of_a_subgroup_are_arms_of_the_same_study(tmp_path):
    part = {**ARM, "arm": "young", "label": "Young", "role": "subgroup", "part_of": "len-dexx"}
    effect = {"source": "zhong-2021", "study": "coman-2013", "arm": "len-dex", "comparator": "dex", "measure": "HR",
              "estimate": "0.6"}  # fmt: skip
    bundle = bundle_of(tmp_path, source=[SOURCE], study=[STUDY], arm=[ARM, part], effect=[effect])
    first, second = sentences(bundle)
    assert (
        "column part_of: found 'len-dexx', expected the id of an arm of the study 'coman-2013'; did you mean" in first
    )
    assert "column comparator: found 'dex', expected the id of an arm of the study 'coman-2013'" in second
    assert sentences(bundle, {"arm": {"coman-2013/dex", "coman-2013/len-dexx"}}) == []
