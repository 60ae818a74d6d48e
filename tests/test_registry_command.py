"""A registry record beside the publication: what is proposed, what a person confirms, what is found then."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from registry_case import from_file, trial, written

from curation.cli import curation
from curation.exchange.reading import bundle_of
from curation.intake.read import read
from store.review import Review

PAPER = {
    "source": "source,title,type,year\nsmith-2019,Examplumab against placebo,article,{year}\n",
    "study": "study,label,registry\nsmith-2019,Smith 2019,{registry}\n",
    "arm": "study,arm,label,role\nsmith-2019,active,Examplumab 10 mg weekly,experimental\nsmith-2019,control,Placebo,control\n",
    "outcome": "outcome,label\ndeath,Death from any cause\nsae,Serious adverse events\nresponse,Response at 16 weeks\n",
    "count": (
        "source,study,arm,outcome,timepoint,events,total,percent\n"
        "smith-2019,smith-2019,control,death,,5,50,\nsmith-2019,smith-2019,active,death,,{deaths},50,\n"
        "smith-2019,smith-2019,control,sae,,3,50,\nsmith-2019,smith-2019,active,sae,,4,50,\n"
        "smith-2019,smith-2019,control,response,16 weeks,10,50,20.0%\nsmith-2019,smith-2019,active,response,16 weeks,31,49,63.3%\n"
    ),
    "flow": "source,study,arm,diagram,node,n\nsmith-2019,smith-2019,control,consort,allocated,50\nsmith-2019,smith-2019,active,consort,allocated,{allocated}\n",
}  # fmt: skip
ARMS = ("--confirm", "placebo=control", "--confirm", "examplumab-10-mg-once-weekly=active")
OUTCOMES = (
    "--outcome",
    "ctgov-deaths=death",
    "--outcome",
    "ctgov-serious=sae",
    "--outcome",
    "nct00000001-response=response",
)


def call(*arguments, code=0):
    done = CliRunner().invoke(curation, [str(each) for each in arguments], prog_name="curation")
    assert done.exit_code == code, (done.output, done.exception)
    return done


def review_of(folder, *, year="2019", registry="NCT 00000001", deaths="3", allocated="50", study=None, person="ana"):
    """A review with the registry record and the paper, each under its own study."""
    review, paper = folder / "review.duckdb", folder / "paper"
    paper.mkdir()
    for name, text in PAPER.items():
        (paper / f"{name}.csv").write_text(
            text.format(year=year, registry=registry, deaths=deaths, allocated=allocated), encoding="utf-8"
        )
    with Review.create(review) as store:
        store.intake(read([paper]).tables, who="ana", why="extraction")
        store.intake(bundle_of(from_file(written(folder, study or trial()))).bundle.tables, who=person, why="registry")
    return review


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """The review as it is before anything is confirmed; to be looked at only."""
    return review_of(tmp_path_factory.mktemp("usual"))


@pytest.fixture(scope="module")
def confirmed(tmp_path_factory):
    """The review after arms and outcomes were confirmed, and what the command said; to be looked at only."""
    review = review_of(tmp_path_factory.mktemp("confirmed"))
    said = call("registry", review, "NCT00000001", *ARMS, *OUTCOMES, "--who", "ana", "--reason", "same trial").output
    return review, said


def compared(review):
    """What the rules say about the two sources, as (rule, severity, arm, outcome)."""
    selected = [word for family in ("SOURCE", "REGISTRY") for word in ("--select", family)]
    done = CliRunner().invoke(curation, ["check", str(review), "--format", "json", *selected], prog_name="curation")
    found = json.loads(done.stdout)["findings"]
    return {(each["rule"], each["severity"], each["arm"], each["outcome"]) for each in found}


def test_proposals_have_a_score_and_a_reason_and_change_nothing(usual):
    said = call("registry", usual).output
    assert "registry nct00000001, study nct00000001" in said
    assert "publication smith-2019, study smith-2019, 2 arms" in said
    assert "(found by the registry number)" in said
    assert (
        "placebo '1. Placebo' (control) -> control 'Placebo': 1.00; both say placebo, both are the comparator, both of 50 participants"
        in said
    )
    assert "examplumab-10-mg-once-weekly 'Examplumab 10 mg Once Weekly' (experimental) -> active" in said
    assert "the same dose, the same schedule" in said
    assert "total 'Total' (total): no match" in said
    assert "ctgov-deaths 'Death from any cause' (deaths) -> death 'Death from any cause': 1.00; both are deaths" in said
    assert "registry: placebo 5/50; examplumab-10-mg-once-weekly 2/50" in said
    assert "publication: control 5/50; active 3/50" in said
    assert "(primary outcome) -> response 'Response at 16 weeks'" in said
    with Review.open(usual, read_only=True) as store:
        assert store.revision == 2
    assert not {rule for rule, *_ in compared(usual)} & {"SOURCE-011", "REGISTRY-005"}


def test_what_is_confirmed_is_compared_and_a_difference_in_deaths_is_found(confirmed):
    review, said = confirmed
    assert "registry arm 'placebo' is arm 'control' of smith-2019" in said
    assert "'nct00000001-response' is outcome 'response', Week 16 being 16 weeks" in said
    assert compared(review) == {("SOURCE-011", "warning", "active", "death")}


def test_history_shows_who_confirmed_what_and_what_it_was_before(confirmed):
    review, _ = confirmed
    with Review.open(review, read_only=True) as store:
        [decision] = [each for each in store.revisions() if each.action == "revise"]
        [death] = [
            row
            for row in store.tables()["count"].to_pylist()
            if (row["source"], row["outcome"], row["arm"]) == ("nct00000001", "death", "active")
        ]
        [change] = [each for each in store.history(death["record"]) if each.action == "revise"]
    assert decision.who == "ana"
    assert "'examplumab-10-mg-once-weekly' is arm 'active' of smith-2019" in decision.why
    assert decision.why.endswith("; same trial")
    assert change.changed["arm"] == ("examplumab-10-mg-once-weekly", "active")
    assert change.changed["study"] == ("nct00000001", "smith-2019")
    assert "examplumab-10-mg-once-weekly -> active" in call("history", review, death["record"]).output


def test_the_registry_s_own_study_and_arms_go_once_nothing_names_them(confirmed):
    review, _ = confirmed
    with Review.open(review, read_only=True) as store:
        tables = store.tables()
    assert [row["study"] for row in tables["study"].to_pylist()] == ["smith-2019"]
    assert sorted(row["arm"] for row in tables["arm"].to_pylist()) == ["active", "control", "total"]
    assert "SOURCE-007" not in {rule for rule, *_ in compared(review)}
    assert "every arm of the registry record is one of the publication" not in call("registry", review).output
    assert "total 'Total' (total): no match" in call("registry", review).output


def test_arms_that_nobody_confirmed_stay_where_they_are(tmp_path):
    review = review_of(tmp_path)
    call("registry", review, "nct00000001", "--confirm", "placebo=control")
    with Review.open(review, read_only=True) as store:
        arms = {
            (row["study"], row["arm"]) for row in store.tables()["count"].to_pylist() if row["source"] == "nct00000001"
        }
    assert arms == {
        ("smith-2019", "control"),
        ("nct00000001", "examplumab-10-mg-once-weekly"),
        ("nct00000001", "total"),
    }


def test_taking_the_file_in_again_keeps_the_decision(tmp_path):
    review = review_of(tmp_path)
    call("registry", review, "nct00000001", *ARMS, *OUTCOMES)
    call("intake", review, tmp_path / "trial.json", "--extractor", "ana")
    assert ("SOURCE-011", "warning", "active", "death") in compared(review)


def test_a_later_data_cut_is_named_and_no_warning(tmp_path):
    review = review_of(tmp_path, year="2021")
    call("registry", review, "nct00000001", *ARMS, *OUTCOMES)
    assert compared(review) == {("SOURCE-011", "note", "active", "death")}


def test_another_number_that_entered_is_found(tmp_path):
    review = review_of(tmp_path, deaths="2", allocated="49")
    call("registry", review, "nct00000001", *ARMS, *OUTCOMES)
    assert ("REGISTRY-005", "warning", "active", "") in compared(review)


def test_a_plan_that_was_not_kept_is_found_once_the_studies_are_one(tmp_path):
    study = trial()
    study["protocolSection"]["designModule"]["enrollmentInfo"] = {"count": 300, "type": "ESTIMATED"}
    review = review_of(tmp_path, study=study, deaths="2")
    extra = tmp_path / "characteristic.csv"
    extra.write_text("source,study,characteristic,value\nsmith-2019,smith-2019,participants,100\n")
    call("intake", review, extra, "--extractor", "ana")
    call("registry", review, "nct00000001", *ARMS)
    assert "SOURCE-012" in {rule for rule, *_ in compared(review)}


def test_the_study_may_be_named_where_no_number_tells(tmp_path):
    review = review_of(tmp_path, registry="")
    assert "no publication of the study in the review" in call("registry", review).output
    assert "publication smith-2019" in call("registry", review, "--beside", "smith-2019").output
    call("registry", review, "nct00000001", "--beside", "smith-2019", *ARMS)
    with Review.open(review, read_only=True) as store:
        assert [row["registry"] for row in store.tables()["study"].to_pylist()] == ["NCT00000001"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--confirm", "placebo"), "'placebo' is no match; expected REGISTRY=PUBLICATION"),
        (("--confirm", "placebo=nobody"), "the publication has no arm 'nobody'; expected one of active, control"),
        (("--confirm", "drug=control"), "the registry record has no arm 'drug'"),
        (("--confirm", "placebo=control", "--confirm", "total=control"), "an arm has one partner"),
        (("--outcome", "ctgov-deaths=dead"), "the publication has no outcome 'dead'; expected one of death, sae, response"),
        (("--outcome", "nct00000001-change-baseline-score=response"), "at 2 times; say which: 'nct00000001-change-baseline-score @ Week 8'"),
    ],
)  # fmt: skip
def test_a_match_that_cannot_be_is_refused_in_a_sentence(usual, options, sentence):
    assert sentence in call("registry", usual, "nct00000001", *options, code=2).stderr
    with Review.open(usual, read_only=True) as store:
        assert store.revision == 2


def test_records_of_another_person_are_not_compared_and_the_command_says_so(tmp_path):
    review = review_of(tmp_path, person="ben")
    assert (
        "a check compares them once the record is taken in with --extractor ana, too" in call("registry", review).output
    )
    call("intake", review, tmp_path / "trial.json", "--extractor", "ana")
    assert "a check compares them" not in call("registry", review).output
    assert call("registry", review, "nct00000001", *ARMS).output.splitlines()[-1].startswith("148 records")


def test_a_review_without_a_registry_record_says_what_to_do(tmp_path):
    call("init", tmp_path / "empty.duckdb")
    assert "has no registry record; take one in with" in call("registry", tmp_path / "empty.duckdb", code=2).stderr


def test_arms_are_matched_where_both_stand_under_one_study_from_the_start(tmp_path):
    review, paper = tmp_path / "review.duckdb", tmp_path / "paper"
    paper.mkdir()
    for name, text in PAPER.items():
        filled = text.format(year="2019", registry="NCT00000001", deaths="3", allocated="50")
        filled = "\n".join(
            line.replace("smith-2019,smith-2019", "smith-2019,nct00000001") for line in filled.split("\n")
        )
        filled = filled.replace("\nsmith-2019,active", "\nnct00000001,active").replace(
            "\nsmith-2019,control", "\nnct00000001,control"
        )
        (paper / f"{name}.csv").write_text(filled.replace("smith-2019,Smith", "nct00000001,Smith"), encoding="utf-8")
    call("init", review)
    call("intake", review, paper, written(tmp_path, trial()), "--extractor", "ana")
    said = call("registry", review).output
    assert "placebo '1. Placebo' (control) -> control 'Placebo'" in said
    call("registry", review, "nct00000001", *ARMS, *OUTCOMES)
    assert compared(review) == {("SOURCE-011", "warning", "active", "death")}
    with Review.open(review, read_only=True) as store:
        arms = {row["arm"] for row in store.tables()["arm"].to_pylist()}
    assert arms == {"active", "control", "total"}
