"""Findings, checks and waivers in a review."""

from __future__ import annotations

import pytest

from store.errors import StoreError
from store.review import Review

FINDING = {
    "rule": "COUNT-002", "name": "percent_of_total", "severity": "error", "changes_conclusion": True,
    "message": "Table 2, CR: 44.3% is printed; 22 of 52 is 42.3%", "source": "zhong-2021", "place": "Table 2", "row": "CR",
    "column": "Überall", "study": "coman-2013", "arm": "", "outcome": "cr", "field": "percent", "printed": "44.3%",
    "expected": "42.3%", "explanations": ["23 events would fit", "“44.3” misread"], "fingerprint": "abcdef0123456789",
    "status": "open", "decided_by": "", "reason": "", "records": ["z-cr"],
}  # fmt: skip
OTHER = FINDING | {"fingerprint": "abcdef9999999999", "rule": "COUNT-001", "changes_conclusion": False}
SUMMARY = {"records": 2, "findings": {"error": 2}}


@pytest.fixture
def review(tmp_path):
    with Review.create(tmp_path / "review.duckdb") as made:
        made.save_findings([FINDING, OTHER], SUMMARY)
        yield made


def test_findings_come_back_as_they_were_saved(review):
    assert review.findings() == [FINDING, OTHER]


def test_a_check_replaces_the_findings_of_the_one_before(review):
    review.save_findings([OTHER], {"records": 3})
    assert review.findings() == [OTHER]
    assert review.last_check().summary == {"records": 3}
    assert review.last_check().revision == 0
    assert review.reader().execute("SELECT count(*) FROM check_run").fetchone() == (2,)


def test_a_review_never_checked_says_so(tmp_path):
    with Review.create(tmp_path / "review.duckdb") as review:
        assert (review.last_check(), review.findings(), review.waivers()) == (None, [], [])


def test_a_short_finding_has_no_gaps(review):
    review.save_findings([{"rule": "X-1", "fingerprint": "x" * 16}], {})
    (back,) = review.findings()
    assert (back["status"], back["explanations"], back["records"], back["changes_conclusion"]) == (
        "open",
        [],
        [],
        False,
    )
    assert back.keys() == FINDING.keys()


def test_many_findings_keep_their_order(review):
    many = [FINDING | {"fingerprint": f"{number:016}", "row": str(number)} for number in range(5000)]
    review.save_findings(many, {})
    assert review.findings() == many


def test_a_waived_finding_says_who_and_why_at_once_and_after_the_next_check(review):
    assert review.waive("abcdef0", who="cem", reason="as the authors confirmed") == FINDING["fingerprint"]
    waived = FINDING | {"status": "waived", "decided_by": "cem", "reason": "as the authors confirmed"}
    assert review.findings() == [waived, OTHER]
    review.save_findings([OTHER, FINDING], SUMMARY)
    assert review.findings() == [OTHER, waived]


def test_a_withdrawn_waiver_opens_the_finding_and_stays_on_record(review):
    review.waive(FINDING["fingerprint"], who="cem", reason="confirmed")
    review.withdraw_waiver("abcdef", who="dea")
    assert review.findings() == [FINDING, OTHER]
    (waiver,) = review.waivers()
    assert (waiver.who, waiver.withdrawn_by, waiver.rule, waiver.stale) == ("cem", "dea", "COUNT-002", False)
    assert waiver.withdrawn_at >= waiver.at
    review.waive(FINDING["fingerprint"], who="cem", reason="confirmed again")
    assert len(review.waivers()) == 2


def test_findings_read_and_saved_again_forget_a_withdrawn_waiver(review):
    review.waive(FINDING["fingerprint"], who="cem", reason="confirmed")
    waived = review.findings()
    review.withdraw_waiver(FINDING["fingerprint"], who="cem")
    review.save_findings(waived, SUMMARY)
    assert review.findings() == [FINDING, OTHER]


def test_a_waiver_whose_finding_is_gone_is_stale(review):
    review.waive(FINDING["fingerprint"], who="cem", reason="confirmed")
    assert [each.stale for each in review.waivers()] == [False]
    review.save_findings([OTHER], SUMMARY)
    assert [each.stale for each in review.waivers()] == [True]
    review.save_findings([], SUMMARY)
    assert [each.stale for each in review.waivers()] == [True]
    review.withdraw_waiver(FINDING["fingerprint"], who="cem")
    assert [each.stale for each in review.waivers()] == [False]


@pytest.mark.parametrize(
    ("fingerprint", "said"),
    [
        ("abcde", "'abcde' is too short for a fingerprint; give at least its first 6 characters"),
        ("abcdef", "'abcdef' fits 2 fingerprints (abcdef0123456789, abcdef9999999999); give more characters"),
        ("000000", "no stored finding has the fingerprint '000000'; run curation check to see the findings"),
        ("%%%%%%", "no stored finding has the fingerprint '%%%%%%'"),
    ],
)
def test_a_waiver_needs_a_finding(review, fingerprint, said):
    with pytest.raises(StoreError) as refused:
        review.waive(fingerprint, who="cem", reason="x")
    assert said in str(refused.value)
    assert review.waivers() == []


def test_a_waiver_needs_a_reason_and_happens_once(review):
    with pytest.raises(StoreError, match="reason is blank"):
        review.waive("abcdef0", who="cem", reason=" ")
    review.waive("abcdef0", who="cem", reason="confirmed")
    with pytest.raises(StoreError, match="is waived already; withdraw that waiver"):
        review.waive("abcdef0", who="cem", reason="again")


def test_only_a_waiver_in_force_can_be_withdrawn(review):
    with pytest.raises(StoreError, match="no waiver in force has the fingerprint 'abcdef0'"):
        review.withdraw_waiver("abcdef0", who="cem")
