"""The commands serve and account: where a review is served, to whom, and what is refused before anything is."""

import shutil
import signal
import socket
import ssl
import subprocess
import sys

import httpx2
import pytest
import trustme
from click.testing import CliRunner
from serving import ROOT, server
from web_case import PASSWORD, make_review

from curation.cli import curation
from curation.commands import serve
from store.review import Review


def run(*arguments, given=None):
    return CliRunner().invoke(curation, [str(each) for each in arguments], input=given)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    return make_review(tmp_path_factory.mktemp("serve") / "review.duckdb", people=False)


def test_other_addresses_are_refused_without_accounts(alone):
    for host in ("0.0.0.0", "192.0.2.7", "review.example"):  # noqa: S104 - refused is what is tested
        said = run("serve", alone, "--host", host, "--port", 0)
        assert said.exit_code == 2
        assert "has no accounts" in said.stderr
        assert "curation account" in said.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--certificate", "cert.pem"], "go together"),
        (["--certificate", "cert.pem", "--private-key", "key.pem"], "is not a file"),
        (["--certificate", __file__, "--private-key", __file__], "are no certificate"),
        (["--documents", "nowhere"], "is not a folder"),
    ],
)
def test_what_cannot_be_served_is_said_in_a_sentence(alone, options, words):
    said = run("serve", alone, "--port", 0, *options)
    assert (said.exit_code, words in said.stderr) == (2, True)
    assert "Traceback" not in said.output


def test_a_port_that_is_taken_is_named(alone):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = run("serve", alone, "--port", taken.getsockname()[1])
    assert said.exit_code == 2
    assert "choose another with --port" in said.stderr


def test_answers_leave_at_once_and_do_not_wait_for_an_acknowledgement():
    with serve._socket("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        taken, _ = listening.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_review_that_is_not_there_is_named(tmp_path):
    said = run("serve", tmp_path / "none.duckdb")
    assert said.exit_code == 2
    assert "does not exist" in said.stderr


def test_the_printed_link_opens_the_review_and_the_file_is_in_use_meanwhile(alone, tmp_path):
    path = shutil.copy(alone, tmp_path / "copy.duckdb")
    with server(path, "--who", "solo") as address:
        assert address.startswith("http://127.0.0.1:")
        with httpx2.Client(follow_redirects=True) as client:
            assert "solo" in client.get(address).text
        command = [sys.executable, "-c", "from curation.cli import main; main()", "history", str(path)]
        other = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
        assert (other.returncode, "is served at" in other.stderr) == (2, True)
    assert run("history", path).exit_code == 0
    assert list(tmp_path.glob("*.wal")) == []


def test_it_stops_on_a_term_signal_and_closes_the_file(alone, tmp_path):
    path = shutil.copy(alone, tmp_path / "copy.duckdb")
    with server(path, stop=signal.SIGTERM) as address:
        assert address
    assert list(tmp_path.glob("*.wal")) == []


def test_with_a_certificate_it_speaks_https_and_cookies_are_kept_to_it(tmp_path):
    path = make_review(tmp_path / "review.duckdb")
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    options = ("--certificate", str(tmp_path / "cert.pem"), "--private-key", str(tmp_path / "key.pem"))
    with server(path, *options) as address, httpx2.Client(base_url=address, verify=trusted) as client:
        assert address.startswith("https://")
        assert "secure" in client.get("/login").headers["set-cookie"].lower()
        assert client.post("/api/v1/session", json={"name": "ana", "password": PASSWORD}).status_code == 201


def test_accounts_are_added_changed_and_removed_and_the_history_says_so(alone, tmp_path):
    path = shutil.copy(alone, tmp_path / "copy.duckdb")
    assert "has no accounts" in run("account", path).stderr
    done = run(
        "account", path, "add", "olga", "--role", "owner", "--password-stdin", "--who", "olga", given=f"{PASSWORD}\n"
    )
    assert done.exit_code == 0, done.output
    asked = run("account", path, "add", "ana", "--role", "extractor", given=f"{PASSWORD}\n{PASSWORD}\n")
    assert asked.exit_code == 0, asked.output
    assert PASSWORD not in asked.output
    assert run("account", path, "list").stdout.split() == ["ana", "extractor", "olga", "owner"]
    with Review.open(path, read_only=True) as review:
        before = review.accounts()["ana"].password
    assert run("account", path, "password", "ana", "--password-stdin", given="another long password\n").exit_code == 0
    assert run("account", path, "role", "ana", "adjudicator").exit_code == 0
    with Review.open(path, read_only=True) as review:
        assert review.accounts()["ana"].role == "adjudicator"
        assert review.accounts()["ana"].password != before
    said = run("history", path).stdout
    assert "ana: role adjudicator" in said
    assert "argon2" not in said
    assert run("account", path, "remove", "ana").exit_code == 0
    assert run("account", path, "list").stdout.split() == ["olga", "owner"]


@pytest.mark.parametrize(
    ("arguments", "given", "words"),
    [
        (["add", "ana", "--role", "extractor", "--password-stdin"], "short\n", "characters"),
        (["add", "consensus", "--role", "extractor", "--password-stdin"], f"{PASSWORD}\n", "consensus"),
        (["password", "nobody", "--password-stdin"], f"{PASSWORD}\n", "nobody"),
        (["remove", "nobody"], None, "nobody"),
    ],
)
def test_what_is_no_account_is_refused_in_a_sentence(alone, arguments, given, words):
    said = run("account", alone, *arguments, given=given)
    assert said.exit_code == 2
    assert words in said.stderr
    assert "Traceback" not in said.output


def test_who_is_not_asked_for_where_people_sign_in(tmp_path):
    said = run("serve", make_review(tmp_path / "review.duckdb"), "--who", "ana", "--port", 0)
    assert said.exit_code == 2
    assert "people sign in" in said.stderr


def test_nobody_is_let_in_without_the_key(alone, tmp_path):
    path = shutil.copy(alone, tmp_path / "copy.duckdb")
    with server(path) as address:
        assert httpx2.get(f"{address.split('?')[0]}?key=guessed").status_code == 403
