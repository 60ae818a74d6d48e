"""Commands while another process holds the review: through its server, or waiting for their turn. Real processes."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
import trustme
from click.testing import CliRunner
from serving import ROOT, server
from web_case import PASSWORD, count, make_review

from curation.cli import curation
from curation.commands.served import announced_by, note_of
from store.review import Review

CALL = [sys.executable, "-c", "from curation.cli import main; main()"]
ENV = os.environ | {"PYTHONPATH": str(ROOT)}


def run(*arguments, code=0, given=None, env=None):
    """A command in this process."""
    said = CliRunner().invoke(curation, [str(each) for each in arguments], input=given, env=env)
    if said.exception is not None and not isinstance(said.exception, SystemExit):
        raise said.exception
    assert said.exit_code == code, said.output
    return said


def begun(*arguments, **more):
    """A command in a process of its own, which Ctrl-C reaches even where the tests themselves run in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        [*CALL, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENV, **more
    )


def ended(process, code=0):
    out, err = process.communicate(timeout=120)
    assert (process.returncode, "Traceback" in err) == (code, False), err
    return out, err


def table(path: Path, rows) -> Path:
    """A CSV file of counts."""
    names = list(rows[0])
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def counts(folder: Path, name: str, many: int = 1) -> Path:
    """A folder with counts of several outcomes, the first of which contradicts itself."""
    made = folder / name
    made.mkdir()
    table(made / "outcome.csv", [{"outcome": f"{name}{at}", "label": f"{name} {at}"} for at in range(many)])
    table(made / "count.csv", [count(f"{name}{at}", "22/52 (44.3%)", record=f"{name}-{at}") for at in range(many)])
    return made


HOLD = """
import sys, time
from store.review import Review
with Review.open(sys.argv[1]) as review:
    print("held", flush=True)
    sys.stdin.readline()
"""


class Held:
    """Another process that holds the review until it is told to let go."""

    def __init__(self, path):
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENV
        )
        assert self.process.stdout.readline() == "held\n"

    def let_go(self):
        self.process.communicate("\n", timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.let_go()


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A review served for one person, with something in it that contradicts."""
    folder = tmp_path_factory.mktemp("alone")
    path = make_review(folder / "review.duckdb", people=False)
    run("intake", path, counts(folder, "first"), "--extractor", "solo")
    with server(path, "--who", "solo"):
        yield path
    assert not note_of(path).exists()  # it goes with the server


@pytest.fixture(scope="module")
def team(tmp_path_factory):
    """A served review with people, of which ana and ben extract one source and have not handed in."""
    folder = tmp_path_factory.mktemp("team")
    path = make_review(folder / "review.duckdb")
    run("intake", path, counts(folder, "ana"), "--extractor", "ana")
    run("intake", path, counts(folder, "ben"), "--extractor", "ben")
    with server(path):
        yield path


@pytest.fixture
def as_somebody(tmp_path):
    """Where the password of the people lies, for commands that nobody is there to type it for."""
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n", encoding="utf-8")
    file.chmod(0o600)
    return {"CURATION_PASSWORD_FILE": str(file)}


def open_findings(said):
    return [each for each in json.loads(said.stdout)["findings"] if each["status"] == "open"]


@pytest.mark.slow
def test_a_served_review_is_checked_waived_asked_about_and_exported_through_its_server(alone, tmp_path):
    checked = run("check", alone, "--format", "json", code=1)
    found = next(each for each in open_findings(checked) if each["rule"] == "COUNT-002")
    assert found["fingerprint"] in run("waive", alone, found["fingerprint"][:8], "--reason", "as printed").stdout
    assert run("check", alone, "--fail-on", "note").exit_code == 0
    run("waive", alone, found["fingerprint"], "--reason", "no", "--withdraw")
    assert open_findings(run("check", alone, "--format", "json", code=1))
    assert "first-0:events is open" in run("query", alone, "open", "first-0:events", "is it 24?").stdout
    assert "query 1 is answered" in run("query", alone, "answer", "1", "24 it is").stdout
    listed = json.loads(run("query", alone, "list", "--format", "json").stdout)
    assert [(each["query"], each["state"], each["field"]) for each in listed] == [(1, "answered", "events")]
    assert all(each["messages"][0]["who"] == "solo" for each in listed)
    for _ in range(2):  # over an earlier one, too
        run("export", alone, tmp_path / "dataset")
    assert (tmp_path / "dataset" / "datapackage.json").is_file()


def test_files_are_taken_in_through_the_server_all_or_none(alone, tmp_path):
    before = run("query", alone, "list").stdout
    assert "added: 1 outcome, 1 count" in run("intake", alone, counts(tmp_path, "sent"), "--extractor", "solo").stdout
    bad = table(tmp_path / "count.csv", [count("cr", "fifteen", record="bad")])
    said = run("intake", alone, bad, "--extractor", "solo", code=2).stderr
    assert "count.csv" in said
    assert "fifteen" in said
    assert "nothing was taken in" in said
    said = run("intake", alone, bad, "--extractor", "somebody", code=2).stderr
    assert "served at" in said
    assert "for solo" in said
    assert run("query", alone, "list").stdout == before


def test_what_needs_the_file_says_who_holds_it_and_what_to_do(alone):
    for command in (
        ["history", alone],
        ["waivers", alone],
        ["reconcile", alone],
        ["proposals", alone],
        ["serve", alone],
    ):
        said = run(*command, code=2).stderr
        assert "is served at http://127.0.0.1:" in said
        assert "process" in said
        assert "--wait SECONDS" in said
    assert "passwords" not in run("account", alone, "list").stdout
    given = ["account", alone, "add", "eva", "--role", "owner", "--password-stdin"]
    assert "stop the server" in run(*given, code=2, given=f"{PASSWORD}\n").stderr


def test_the_note_of_a_server_is_private(alone):
    note = note_of(alone)
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    assert announced_by(alone, json.loads(note.read_text())["pid"]) is not None


@pytest.mark.slow
def test_a_server_that_was_killed_leaves_nothing_that_misleads(tmp_path):
    path = make_review(tmp_path / "review.duckdb", people=False)
    killed = begun("serve", path, "--port", 0)
    assert "served at" in killed.stderr.readline()
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=60)
    assert note_of(path).exists()
    assert "set up" in run("history", path).stdout
    with Held(path) as other:  # another process with a stale note beside it is no server
        said = run("history", path, "--wait", "0", code=2).stderr
        assert f"process {other.process.pid}" in said
        assert "served" not in said.split(": ", 1)[1].replace(str(path), "")
    with server(path):
        assert "no such query" in run("query", path, "list").stdout
    assert not note_of(path).exists()


@pytest.mark.parametrize("change", ["mode", "text", "link", "pid"])
def test_a_note_that_others_could_have_written_is_passed_over(tmp_path, change):
    path = make_review(tmp_path / "review.duckdb", people=False)
    note = note_of(path)
    one = {"pid": os.getpid(), "started": 1, "since": "2026-01-01T00:00:00+00:00", "address": "http://127.0.0.1:9"}
    note.write_text("{" if change == "text" else json.dumps(one), encoding="utf-8")
    note.chmod(0o644 if change == "mode" else 0o600)
    if change == "link":
        note.rename(tmp_path / "elsewhere")
        note.symlink_to(tmp_path / "elsewhere")
    assert announced_by(path, os.getpid()) is None


@pytest.mark.slow
def test_of_a_team_everybody_is_told_only_what_they_may_see(team, tmp_path, as_somebody):
    for me, other in (("ana", "ben"), ("ben", "ana")):
        said = run("check", team, "--format", "json", "--who", me, code=1, env=as_somebody).stdout
        assert f"{me}-0" in said
        assert f"{other}-0" not in said
        run("export", team, tmp_path / me, "--extractor", me, env=as_somebody)
        assert f"{other}-0" not in (tmp_path / me / "count.csv").read_text(encoding="utf-8")
        asked = run("query", team, "open", f"{other}-0", "what is it?", "--who", me, code=2, env=as_somebody).stderr
        assert "sees no finding" in asked
    nothing = run("check", team, "--format", "json", "--who", "cara", env=as_somebody).stdout
    assert "ana-0" not in nothing
    assert "ben-0" not in nothing
    assert "own extraction" in run("export", team, tmp_path / "x", "--extractor", "ben", "--who", "ana", code=2, env=as_somebody).stderr  # fmt: skip
    assert "only an adjudicator or owner" in run("query", team, "close", "1", "so", "--who", "ana", code=2, env=as_somebody).stderr  # fmt: skip


@pytest.mark.slow
def test_the_note_of_a_team_lets_nobody_in(team, tmp_path):
    assert json.loads(note_of(team).read_text())["key"] == ""
    assert "CURATION_PASSWORD_FILE" in run("check", team, "--who", "ana", code=2).stderr
    file = tmp_path / "guess"
    file.write_text("not the password\n", encoding="utf-8")
    file.chmod(0o644)
    assert "chmod 600" in run("check", team, "--who", "ana", code=2, env={"CURATION_PASSWORD_FILE": str(file)}).stderr
    file.chmod(0o600)
    said = run("check", team, "--who", "ana", code=2, env={"CURATION_PASSWORD_FILE": str(file)}).stderr
    assert "the name or the password is wrong" in said
    assert "not the password" not in said


@pytest.mark.slow
def test_the_owner_looks_after_accounts_while_the_review_is_served(team, as_somebody):
    def account(*arguments, who="olga", **more):
        return run("account", team, *arguments, "--who", who, env=as_somebody, **more)

    assert "only an owner" in account("list", who="ana", code=2).stderr
    account("add", "dora", "--role", "extractor", "--password-stdin", given=f"{PASSWORD}\n")
    assert (
        "an account already"
        in account("add", "Dora", "--role", "owner", "--password-stdin", given="x\n", code=2).stderr
    )
    assert run("check", team, "--who", "dora", env=as_somebody).exit_code == 0
    account("password", "dora", "--password-stdin", given="another long password\n")
    assert "is wrong" in run("check", team, "--who", "dora", code=2, env=as_somebody).stderr
    account("role", "dora", "adjudicator")
    assert "dora  adjudicator" in account("list").stdout
    account("remove", "dora")
    assert "dora" not in account("list").stdout
    assert "only owner" in account("remove", "olga", code=2).stderr


@pytest.mark.slow
def test_over_https_the_password_goes_only_to_the_certificate_of_the_note(tmp_path, as_somebody):
    path = make_review(tmp_path / "review.duckdb")
    issued = trustme.CA().issue_cert("review.example")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    for pem in issued.cert_chain_pems:
        pem.write_to_path(tmp_path / "cert.pem", append=True)
    options = ("--certificate", str(tmp_path / "cert.pem"), "--private-key", str(tmp_path / "key.pem"))
    with server(path, *options, "--host", "0.0.0.0"):  # noqa: S104 - reached at 127.0.0.1, whatever the certificate is for
        assert "no such query" in run("query", path, "list", "--who", "ana", env=as_somebody).stdout
        note = note_of(path)
        note.write_text(note.read_text().replace('"certificate": "', '"certificate": "0'))
        assert "another certificate" in run("query", path, "list", "--who", "ana", code=2, env=as_somebody).stderr


def test_a_command_waits_for_another_one_and_says_for_whom(tmp_path):
    path = make_review(tmp_path / "review.duckdb", people=False)
    with Held(path) as other:
        waiting = begun("intake", path, counts(tmp_path, "late"), "--extractor", "AB")
        said = waiting.stderr.readline()
        assert f"process {other.process.pid}, since" in said
        assert "waiting for up to 60 s" in said
        other.let_go()
        out, _ = ended(waiting)
    assert "added: 1 outcome, 1 count" in out


def test_a_command_that_waited_long_enough_says_so_and_has_done_nothing(tmp_path):
    path = make_review(tmp_path / "review.duckdb", people=False)
    with Held(path):
        said = run("history", path, "--wait", "0.3", code=2).stderr
    assert "waiting for up to 0 s" in said
    assert "nothing was done: try again" in said


def test_waiting_can_be_stopped_with_ctrl_c(tmp_path):
    path = make_review(tmp_path / "review.duckdb", people=False)
    with Held(path):
        waiting = begun("history", path)
        assert "waiting" in waiting.stderr.readline()
        time.sleep(0.2)
        waiting.send_signal(signal.SIGINT)
        _, said = ended(waiting, code=2)
    assert "stopped waiting" in said


@pytest.mark.parametrize("names", [["AB", "CD"], pytest.param(["AB", "CD", "EF", "GH"], marks=pytest.mark.slow)])
def test_commands_at_once_wait_for_each_other_and_nothing_is_lost_or_mixed(tmp_path, names):
    path = make_review(tmp_path / "review.duckdb", people=False)
    folders = {name: counts(tmp_path, name.lower(), many=40) for name in names}
    for process in [begun("intake", path, folders[name], "--extractor", name) for name in names]:
        ended(process)
    with Review.open(path, read_only=True) as review:
        tables = review.tables()
        assert {name: tables["count"]["extractor"].to_pylist().count(name) for name in names} == dict.fromkeys(
            names, 40
        )
        made = [each for each in review.revisions() if each.action == "intake"]
        assert sorted(each.who for each in made) == sorted(names)
        assert len({each.revision for each in made}) == len(names)
        for each in review.history():
            if each.kind == "count":
                assert each.record_key.startswith(each.who.lower())


@pytest.mark.slow
def test_commands_at_once_through_a_server_lose_and_mix_nothing(tmp_path):
    path = make_review(tmp_path / "review.duckdb", people=False)
    folders = [counts(tmp_path, f"part{number}", many=20) for number in range(3)]
    with server(path, "--who", "solo"):
        running = [begun("intake", path, folder, "--extractor", "solo") for folder in folders]
        running.append(begun("query", path, "open", "cr", "which criteria?"))
        for process in running:
            ended(process)
    with Review.open(path, read_only=True) as review:
        assert len(review.tables()["count"]) == 60
        assert len(review.queries()) == 1
        assert [each.revision for each in review.revisions()] == list(range(1, review.revision + 1))
