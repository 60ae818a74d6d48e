"""Threats of docs/security.md that no other test stands for, and that every test named on the page is there."""

from __future__ import annotations

import ast
import csv
import os
import re
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import httpx2
import pytest
from click.testing import CliRunner
from web_case import PASSWORD, make_review, served

from curation.cli import curation
from curation.commands.served import Served, announced, note_of
from curation.exchange.imported import Leftover
from curation.exchange.leftovers import write
from store.locked import locked
from store.review import Review

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "security.md"


def test_every_test_named_on_the_page_exists():
    named = re.findall(r"`(test_[a-z0-9_]+)\.py::(test_[a-z0-9_]+)`", PAGE.read_text(encoding="utf-8"))
    assert len(named) > 50
    for file, name in named:
        tree = ast.parse((ROOT / "tests" / f"{file}.py").read_text(encoding="utf-8"))
        assert name in {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}, f"{file}.py::{name}"


def test_every_defence_on_the_page_names_a_test():
    lines = PAGE.read_text(encoding="utf-8").partition("## What we rest on")[0].splitlines()
    defences = [each for each in lines if each.startswith("| ") and not each.startswith("| threat")]
    assert len(defences) > 30
    assert [each for each in defences if "::test_" not in each] == []


# DuckDB


LOCKED_OUT = [
    "SELECT * FROM read_csv('{secret}')",
    "SELECT * FROM read_text('{secret}')",
    "SELECT * FROM read_blob('{secret}')",
    "SELECT * FROM '{secret}'",
    "SELECT * FROM glob('/*')",
    "ATTACH '{other}'",
    "COPY meta TO '{other}'",
    "EXPORT DATABASE '{other}'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{other}'",
    "SET enable_external_access = true",
    "SET allow_community_extensions = true",
    "SET temp_directory = '/'",
    "SET allowed_directories = ['/']",
    "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
]


@pytest.mark.parametrize("query", LOCKED_OUT)
def test_a_query_on_a_review_reaches_nothing_but_the_review(tmp_path, query):
    secret, other = tmp_path / "secret.csv", tmp_path / "other"
    secret.write_text("a,b\nSECRET,1\n")
    with Review.create(tmp_path / "review.duckdb") as review:
        for connection in (review.reader(), review._connection):
            with pytest.raises(duckdb.Error) as refused:
                connection.execute(query.format(secret=secret, other=other)).fetchall()
            assert "SECRET" not in str(refused.value)
        review.add("source", [{"source": "s", "title": "T", "type": "article"}], who="a", why="b")
    assert not other.exists()


def test_every_connection_of_ours_is_locked():
    found = []
    for path in [
        each for package in ("schemas", "store", "curation", "pooling") for each in (ROOT / package).rglob("*.py")
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "duckdb.connect" and "spark" not in path.parts:
                found.append(path)
                assert "locked(" in {each.arg: ast.unparse(each.value) for each in node.keywords}.get("config", ""), (
                    path
                )
    assert len(found) >= 4
    assert set(locked()) >= {"enable_external_access", "lock_configuration", "autoinstall_known_extensions"}


# Files


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+1+cmd|x", "-2+3+cmd|x", "@SUM(A1)", "\t=A1", "＝A1"])
def test_what_is_left_over_of_a_file_starts_no_formula(tmp_path, cell):
    write([Leftover("a.csv", cell, cell, cell)], tmp_path / "left.csv")
    with (tmp_path / "left.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert all(not re.match(r"[=+\-@\t\r＝＋－＠]", each) for row in rows for each in row)
    assert any(each == f"'{cell}" for row in rows for each in row)


def test_temporary_files_and_folders_are_private(tmp_path):
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder, tempfile.NamedTemporaryFile(dir=tmp_path) as file:
        assert stat.S_IMODE(Path(folder).stat().st_mode) == 0o700
        assert stat.S_IMODE(Path(file.name).stat().st_mode) == 0o600


@pytest.mark.parametrize("planted", ["link", "file"])
def test_a_planted_note_is_replaced_and_never_written_through(tmp_path, planted):
    review, victim = tmp_path / "review.duckdb", tmp_path / "victim"
    victim.write_text("untouched")
    note = note_of(review)
    if planted == "link":
        note.symlink_to(victim)
    else:
        note.write_text("planted")
        note.chmod(0o666)
    with announced(review, address="http://127.0.0.1:1", key="k"):
        assert stat.S_IMODE(note.lstat().st_mode) == 0o600
        assert not note.is_symlink()
    assert victim.read_text() == "untouched"
    assert not note.exists()


# The web app


def test_a_strange_host_name_is_never_repeated_or_redirected_to(tmp_path):
    with served(make_review(tmp_path / "review.duckdb"), rules=["COUNT-001"]) as site:
        client = site.browser()
        for address in ("/", "/login", "/nowhere", "/static/app.css", "/api/v1/me"):
            answer = client.get(address, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
            assert "evil.example" not in answer.text
            assert "evil.example" not in str(answer.headers)


MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'"


@pytest.mark.slow
def test_what_is_typed_is_shown_as_text_on_every_page(tmp_path):
    path = make_review(tmp_path / "review.duckdb", people=False)
    with Review.open(path) as review:
        review.add("source", [{"source": "x", "title": MARKUP, "type": "article"}], who="a", why=MARKUP)
        review.add("study", [{"study": "x", "label": MARKUP}], who="a", why="b")
        row = {"source": "x", "study": "donk", "arm": "all", "outcome": "cr", "printed": "36/30", "section": MARKUP, "quote": MARKUP, "note": MARKUP}  # fmt: skip
        review.add("count", [row], who="solo", why=MARKUP)
    with served(path, rules=["COUNT-00"]) as site:
        client = site.browser()
        client.get("/login", params={"key": site.desk.key})
        seen, waiting = set(), ["/"]
        while waiting:
            address = waiting.pop()
            if address in seen or len(seen) > 60:
                continue
            seen.add(address)
            answer = client.get(address)
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            assert "<script>alert" not in answer.text, address
            assert "<img src=x" not in answer.text, address
            waiting += [each.replace("&amp;", "&") for each in re.findall(r'href="(/[^"#]*)', answer.text) if "logout" not in each]  # fmt: skip
        assert len(seen) > 20


def test_the_sessions_of_a_changed_account_end(tmp_path):
    with served(make_review(tmp_path / "review.duckdb"), rules=["COUNT-001"]) as site:
        ana, ben, olga = (site.sign_in(name) for name in ("ana", "ben", "olga"))
        head = {"X-CSRF-Token": olga.csrf}
        assert olga.client.put("/api/v1/accounts/ana", json={"role": "adjudicator"}, headers=head).status_code == 200
        assert olga.client.delete("/api/v1/accounts/ben", headers=head).status_code == 204
        assert [each.get("/").status_code for each in (ana, ben, olga)] == [303, 303, 200]
        assert site.sign_in("ana").get("/").status_code == 200


# Secrets


SECRETS = (PASSWORD, "another long password", "$argon2")


def test_no_password_token_or_key_is_printed_or_logged(tmp_path):
    path = make_review(tmp_path / "review.duckdb")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", "from curation.cli import main; main()", "serve", str(path), "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    first = server.stderr.readline()
    address = re.search(r"https?://\S+", first)[0]
    known = list(SECRETS)
    try:
        with httpx2.Client(base_url=address) as client:
            for name, password in (("ana", PASSWORD), ("ana", "a wrong password 1"), ("olga", PASSWORD)):
                answer = client.post("/api/v1/session", json={"name": name, "password": password})
                assert password not in answer.text
            token = answer.json()["token"]
            known += [token, "a wrong password 1"]
            head = {"Authorization": f"Bearer {token}"}
            sent = client.put("/api/v1/accounts/ana", json={"password": "another long password"}, headers=head)
            assert sent.status_code == 200
            for body in ({"password": "short pw!"}, {"password": ["another long password"]}, {"role": "no"}):
                assert "another long password" not in client.put("/api/v1/accounts/ana", json=body, headers=head).text
            for odd in (
                f"/api/v1/me?token={token}",
                f"/login?key={token}",
                "/\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
            ):
                client.get(odd)
            assert all(secret not in client.get("/api/v1/accounts", headers=head).text for secret in SECRETS)
    finally:
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=60)
    for secret in known:
        assert secret not in out + first + err
    for command in (["history", path], ["account", path, "list"]):
        said = CliRunner().invoke(curation, [str(each) for each in command])
        assert all(secret not in said.output for secret in known)


def test_a_traceback_on_the_server_holds_no_password(tmp_path, capsys):
    with served(make_review(tmp_path / "review.duckdb"), rules=["COUNT-001"]) as site:
        del site.desk.attempts
        client = site.browser(raising=False)
        answer = client.post("/api/v1/session", json={"name": "ana", "password": PASSWORD})
        assert answer.status_code == 500
        said = capsys.readouterr().err
        assert "AttributeError" in said
        assert PASSWORD not in said + answer.text


def test_secrets_are_left_out_of_what_objects_print(tmp_path):
    assert "SECRET" not in repr(Served(1, 1, "2026-01-01T00:00:00+00:00", "http://127.0.0.1:1", key="SECRET"))
    with Review.open(make_review(tmp_path / "review.duckdb")) as review:
        assert "argon2" not in repr(review.accounts())


# What we rest on


def test_the_page_lists_everything_that_is_installed_with_us():
    listed = set(re.findall(r"^\| ([a-z0-9.-]+) \| \d", PAGE.read_text(encoding="utf-8"), re.M))
    code = "import sys; sys.path.insert(0, 'benchmarks'); import dependencies; print(*dependencies.needed())"
    found = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.split()
    assert len(found) > 30
    assert set(found) - listed == set()
