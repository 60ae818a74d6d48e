"""Who works in a review: accounts, submissions taken back, and whose findings are whose."""

from __future__ import annotations

import shutil

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sweep import cases
from test_store_findings import FINDING, OTHER
from test_store_round_trip import entities, table

from curation.commands.check import checked_review
from curation.commands.common import chosen_rules
from curation.reconcile.work import work
from store import migrate, opening
from store.accounts import ROLES
from store.errors import StoreError
from store.review import Review

HASH, NEWER = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", "$argon2id$v=19$m=65536,t=3,p=4$c2FsdB$bmV3ZXI"
ROW = {"record": "z-cr", "source": "zhong-2021", "study": "coman-2013", "arm": "len-dex", "outcome": "cr", "events": "22", "total": "52", "percent": "42.3%"}  # fmt: skip


@pytest.fixture
def review(tmp_path):
    with Review.create(tmp_path / "review.duckdb") as made:
        yield made


@pytest.fixture
def staffed(review):
    review.set_account("dora", role="owner", password=HASH, who="dora")
    review.set_account("ana", role="extractor", password=HASH, who="dora")
    return review


def why(review):
    return [(each.action, each.who, each.why) for each in review.revisions()]


def refused(call, *given, **named):
    with pytest.raises(StoreError) as problem:
        call(*given, **named)
    return str(problem.value)


def test_an_account_is_made_changed_and_removed_by_revisions_that_never_hold_the_hash(staffed):
    assert staffed.set_account(" ana ", password=NEWER, who="ana") == 3
    assert staffed.set_account("ana", role="adjudicator", who="dora") == 4
    assert staffed.accounts()["ana"].password == NEWER
    assert staffed.remove_account("ana", who="dora") == 5
    assert list(staffed.accounts()) == ["dora"]
    assert why(staffed) == [
        ("account", "dora", "dora: role owner"), ("account", "dora", "ana: role extractor"),
        ("account", "ana", "ana: new password"), ("account", "dora", "ana: role adjudicator"),
        ("account", "dora", "ana: removed"),
    ]  # fmt: skip
    assert HASH not in repr(staffed.accounts())


def test_a_removed_account_comes_back_only_with_a_role_and_a_password(staffed):
    staffed.remove_account("ana", who="dora")
    assert "a new one needs a role and a password" in refused(staffed.set_account, "ana", role="extractor", who="dora")
    staffed.set_account("ana", role="extractor", password=NEWER, who="dora")
    assert (staffed.accounts()["ana"].role, staffed.accounts()["ana"].password) == ("extractor", NEWER)


def test_setting_what_is_set_already_writes_nothing(staffed):
    assert staffed.set_account("ana", role="extractor", password=HASH, who="dora") == 2
    assert staffed.revision == 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("  ", "the name of the account is blank"),
        ("x" * 61, "has 61 characters; it may have 60"),
        ("a\nb", "characters that nobody can see"),
        ("a\u202eb", "characters that nobody can see"),
        ("Consensus", "what settled records are kept under"),
        ("ANA", "the review knows 'ana' already"),
        ("ａna", "the review knows 'ana' already"),
    ],
)
def test_a_name_that_cannot_be_is_refused(staffed, name, said):
    assert said in refused(staffed.set_account, name, role="extractor", password=HASH, who="dora")
    assert staffed.revision == 2


def test_the_name_of_a_removed_account_cannot_be_imitated(staffed):
    staffed.remove_account("ana", who="dora")
    assert "knows 'ana' already" in refused(staffed.set_account, "Ana", role="owner", password=HASH, who="dora")


def test_a_role_or_password_that_is_none_is_refused(staffed):
    assert "the roles are extractor, adjudicator, owner" in refused(staffed.set_account, "ana", role="boss", who="dora")
    assert "never the password itself" in refused(staffed.set_account, "ana", password="x" * 9, who="dora")
    assert "nothing to change is given" in refused(staffed.set_account, "ana", who="dora")
    assert "who is blank" in refused(staffed.set_account, "ana", role="owner", who=" ")
    assert "its accounts are: ana, dora" in refused(staffed.remove_account, "eve", who="dora")


def test_the_last_owner_stays_while_there_are_others(staffed):
    assert "dora is the only owner and cannot be removed" in refused(staffed.remove_account, "dora", who="dora")
    assert "cannot be given another role" in refused(staffed.set_account, "dora", role="extractor", who="dora")
    staffed.set_account("dora", password=NEWER, who="dora")
    staffed.set_account("ana", role="owner", who="dora")
    staffed.remove_account("dora", who="dora")
    staffed.remove_account("ana", who="ana")
    assert staffed.accounts() == {}


@settings(max_examples=cases(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([None, *ROLES])), max_size=12))
def test_where_there_is_an_account_after_an_owner_there_is_an_owner(tmp_path_factory, steps):
    with Review.create(tmp_path_factory.mktemp("people") / "r.duckdb") as review:
        review.set_account("o", role="owner", password=HASH, who="o")
        for name, role in [*steps, ("o", None)]:
            try:
                if role is None:
                    review.remove_account(name, who="o")
                else:
                    review.set_account(name, role=role, password=HASH, who="o")
            except StoreError:
                pass
            roles = [each.role for each in review.accounts().values()]
            assert not roles or "owner" in roles


@pytest.fixture
def both(review):
    review.intake({**entities(), "count": table("count", ROW)}, who="ana", why="first")
    review.intake({"count": table("count", ROW | {"events": "21"})}, who="ben", why="second")
    return review


def submitted(review, **named):
    return [(each.extractor, each.revision) for each in review.submissions(**named)]


def test_a_submission_is_withdrawn_and_made_again(both):
    both.submit("ana", who="ana", why="done")
    assert both.withdraw_submission("ana", "zhong-2021", who="ana", why="a row is missing") == 4
    assert submitted(both) == []
    assert submitted(both, as_of=3) == [("ana", 3)]
    assert both.submit("ana", who="ana", why="done now") == ["zhong-2021"]
    assert submitted(both) == [("ana", 5)]
    assert submitted(both, as_of=4) == []
    assert why(both)[3] == ("withdraw", "ana", "a row is missing")
    (source,) = work(both.tables(), [], both.submissions()).withheld
    assert source.waiting_for == ("ben",)
    both.withdraw_submission("ana", "zhong-2021", who="ana", why="again")
    (source,) = work(both.tables(), [], both.submissions()).withheld
    assert source.waiting_for == ("ana", "ben")


def test_who_has_retired_all_they_extracted_has_nothing_to_submit(both):
    both.retire("count", "z-cr", who="ana", why="wrong table", extractor="ana")
    assert "no extraction by 'ana'" in refused(both.submit, "ana", who="ana", why="done")
    assert both.submit("ben", who="ben", why="done") == ["zhong-2021"]


def test_what_was_not_submitted_cannot_be_withdrawn(both):
    assert "'ana' has not submitted 'zhong-2021'" in refused(
        both.withdraw_submission, "ana", "zhong-2021", who="ana", why="x"
    )


def test_once_all_have_submitted_nobody_takes_it_back(both):
    both.submit("ana", who="ana", why="done")
    both.submit("ben", who="ben", why="done")
    said = refused(both.withdraw_submission, "ana", "zhong-2021", who="ana", why="x")
    assert said.startswith("all who extracted 'zhong-2021' have submitted it, and their differences may have been seen")
    both.intake({"count": table("count", ROW)}, who="eve", why="third")  # a latecomer does not undo what was seen
    assert "may have been seen" in refused(both.withdraw_submission, "ana", "zhong-2021", who="ana", why="x")
    both.submit("eve", who="eve", why="done")
    assert "may have been seen" in refused(both.withdraw_submission, "eve", "zhong-2021", who="eve", why="x")


def test_who_is_the_only_extractor_may_take_it_back(both):
    both.submit("ana", who="ana", why="done")
    both.retire("count", "z-cr", who="ben", why="gives up", extractor="ben")
    both.withdraw_submission("ana", "zhong-2021", who="ana", why="a row is missing")
    assert both.submissions() == []


def mine(review, extractor=None):
    return [each["fingerprint"] for each in review.findings(extractor)]


def test_findings_are_kept_by_extractor_and_listed_once_together(review):
    review.save_findings(
        [FINDING | {"extractor": "ana"}, FINDING | {"extractor": "ben"}, OTHER | {"extractor": "ben"}], {}
    )
    assert review.findings() == [FINDING, OTHER]
    assert review.findings("ana") == [FINDING]
    assert review.findings("ben") == [FINDING, OTHER]
    assert review.findings("eve") == []
    review.waive(FINDING["fingerprint"], who="cem", reason="as printed")
    assert {review.findings(who)[0]["status"] for who in (None, "ana", "ben")} == {"waived"}
    review.withdraw_waiver(FINDING["fingerprint"], who="cem")
    assert {review.findings(who)[0]["status"] for who in (None, "ana", "ben")} == {"open"}


def _checked(path):
    with Review.open(path) as review:
        return checked_review(review, chosen_rules(None, []), None, keep=True)


def test_a_check_keeps_whose_findings_are_whose(both):
    both.revise("count", "z-cr", {"percent": "44.3%"}, who="ana", why="misread", extractor="ana")
    both.close()
    _, checked, _ = _checked(both.path)
    with Review.open(both.path) as review:
        assert review.findings() == [one.as_dict() for one in checked.findings]
        assert mine(review)
        assert set(mine(review)) == {*mine(review, "ana"), *mine(review, "ben")}
        assert mine(review, "ana") != mine(review, "ben")
        waived = mine(review, "ben")[0]
        review.waive(waived, who="cem", reason="as printed")
    _, checked, _ = _checked(both.path)
    with Review.open(both.path) as review:
        assert review.findings() == [one.as_dict() for one in checked.findings]
        assert [each["status"] for each in review.findings("ben") if each["fingerprint"] == waived] == ["waived"]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_review_of_an_older_release_takes_people_and_keeps_its_findings(tmp_path, version):
    old = tmp_path / "migrations"
    old.mkdir()
    for each in migrate.migrations()[:version]:
        shutil.copy(each.path, old)
    file = tmp_path / "old.duckdb"
    connection = opening._connect(file, read_only=False)
    migrate.bring_up_to_date(connection, old)
    names = [row[0] for row in connection.execute("DESCRIBE finding").fetchall()]
    assert "extractor" not in names
    connection.execute(f"INSERT INTO finding (rule, explanations, fingerprint, status, records) VALUES ('X-1', '[]', '{'x' * 16}', 'open', '[]')")  # fmt: skip
    connection.close()
    with pytest.raises(StoreError, match="older release"):
        Review.open(file, read_only=True)
    with Review.open(file) as review:
        assert [each["rule"] for each in review.findings()] == ["X-1"]
        assert review.findings("ana") == review.submissions() == []
        review.set_account("dora", role="owner", password=HASH, who="dora")
    with Review.open(file, read_only=True) as review:
        assert list(review.accounts()) == ["dora"]
    with duckdb.connect(str(file)) as connection:
        assert migrate.schema_version(connection) == migrate.latest_version() >= 4
