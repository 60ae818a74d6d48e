"""Who gets in, who may do what, and what other sites, guesses and oversized requests come to."""

import re
from functools import cache

import pytest
from itsdangerous import URLSafeSerializer
from web_case import PASSWORD, PEOPLE, csrf_in, make_review, served

from curation.web import attempts, passwords, wire
from curation.web.attempts import Attempts
from curation.web.guard import Needs
from curation.web.pages import local
from curation.web.people import MAY, Person
from curation.web.sessions import IDLE, LONGEST, Sessions

PUBLIC = {("GET", "/login"), ("POST", "/login"), ("POST", "/api/v1/session"), ("GET", "/api/openapi.json")}
"""What is answered without anybody being signed in."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(make_review(tmp_path_factory.mktemp("guard") / "review.duckdb")) as one:
        yield one


@pytest.fixture(scope="module")
def people(site):
    return {name: site.sign_in(name) for name in PEOPLE}


def duty_of(route):
    found = [each.call.duty for each in route.dependant.dependencies if isinstance(each.call, Needs)]
    return found[0] if found else None


@cache
def all_routes(app):
    """Method, address and duty of every route, those of included routers too."""
    contexts = (
        one for each in app.routes if hasattr(each, "original_router") for one in each.effective_route_contexts()
    )
    return sorted({(method, one.path, duty_of(one)) for one in contexts for method in one.methods - {"HEAD"}}, key=str)


def test_the_routes_listed_here_are_all_that_the_app_answers(site):
    described = {(method.upper(), path) for path, ways in site.app.openapi()["paths"].items() for method in ways}
    listed = {(method, re.sub(r":path}", "}", path)) for method, path, _ in all_routes(site.app)}
    assert described <= listed
    plain = {each.path for each in site.app.routes if not hasattr(each, "original_router")}
    assert plain == {"/api/openapi.json", "/static"}


def filled(path):
    return re.sub(r"\{[^}]*\}", "count", path)


def test_every_route_says_what_it_is_for_or_is_known_to_be_public(site):
    listed = all_routes(site.app)
    assert len(listed) > 30
    assert [(method, path) for method, path, duty in listed if duty is None and (method, path) not in PUBLIC] == []


def test_nobody_gets_anything_without_signing_in(site):
    client = site.browser()
    for method, path, duty in all_routes(site.app):
        if duty is None:
            continue
        answer = client.request(method, filled(path))
        expected = 401 if path.startswith("/api/") else 303
        assert (answer.status_code, path) == (expected, path)
        if expected == 303:
            assert answer.headers["location"].startswith("/login")


@pytest.mark.parametrize("name", PEOPLE)
def test_each_role_is_refused_what_it_may_not_do_on_every_route(site, people, name):
    person, refused = people[name], 0
    for method, path, duty in all_routes(site.app):
        if duty is None or PEOPLE[name] in MAY[duty]:
            continue
        answer = person.client.request(method, filled(path), headers={"X-CSRF-Token": person.csrf})
        assert (answer.status_code, path) == (403, path)
        assert "nly an" in answer.text
        refused += 1
    assert refused > 3 or PEOPLE[name] == "owner"


@pytest.mark.parametrize("name", PEOPLE)
def test_each_role_gets_the_pages_that_it_is_offered(people, name):
    person = people[name]
    offered = re.findall(r'<li><a href="(/[^"]*)"', person.get("/").text)
    assert len(offered) >= 5
    for address in offered:
        assert (person.get(address).status_code, address) == (200, address)


def test_every_post_needs_the_token_of_its_session(site, people):
    for method, path, duty in all_routes(site.app):
        if method == "GET" or duty is None:
            continue
        person = people["olga"]
        for token in ({}, {"X-CSRF-Token": "guessed"}, {"X-CSRF-Token": people["ana"].csrf}):
            answer = person.client.request(method, filled(path), headers=token)
            assert (answer.status_code, path) == (403, path)
            assert "did not come from this page" in answer.text


def test_a_post_from_another_site_is_refused_even_with_the_token(people):
    headers = {"Origin": "https://elsewhere.example"}
    assert people["ana"].post("/logout", headers=headers).status_code == 403
    assert people["ana"].get("/").status_code == 200


def test_a_wrong_password_and_an_unknown_name_are_told_alike(site):
    def said(name, password):
        client = site.browser()
        token = csrf_in(client.get("/login").text)
        answer = client.post("/login", data={"name": name, "password": password, "csrf": token})
        return answer.status_code, re.sub(r'value="[^"]*"', "", answer.text)

    assert said("ana", "not her password") == said("nobody", "not her password")
    assert said("ana", "not her password")[0] == 401
    site.desk.attempts = Attempts()


def test_the_sign_in_form_must_be_ours(site):
    client = site.browser()
    client.get("/login")
    answer = client.post("/login", data={"name": "ana", "password": PASSWORD, "csrf": "planted"})
    assert answer.status_code == 403


def test_too_many_guesses_have_to_wait_and_do_not_lock_out_others(site):
    client = site.browser()
    token = csrf_in(client.get("/login").text)
    form = {"name": "ben", "password": "guess number one", "csrf": token}
    statuses = []
    for _ in range(attempts.ALLOWED["both"] + 1):
        answer = client.post("/login", data=form)
        token = csrf_in(answer.text)
        form["csrf"] = token
        statuses.append(answer.status_code)
    assert statuses == [401] * attempts.ALLOWED["both"] + [429]
    assert client.post("/login", data={**form, "password": PASSWORD}).status_code == 429
    assert site.desk.attempts.wait("ben", "another address") == 0
    site.desk.attempts = Attempts()
    assert site.sign_in("ben").get("/").status_code == 200


def test_attempts_are_forgotten_after_the_window():
    now = [0.0]
    tried = Attempts(lambda: now[0])
    for _ in range(attempts.ALLOWED["both"]):
        tried.failed("ana", "here")
    assert 0 < tried.wait("ana", "here") <= attempts.WINDOW + 1
    now[0] = attempts.WINDOW
    assert tried.wait("ana", "here") == 0


def test_one_address_cannot_try_many_names():
    tried = Attempts(lambda: 0.0)
    for number in range(attempts.ALLOWED["address"]):
        tried.failed(f"name {number}", "here")
    assert tried.wait("somebody else", "here") > 0
    assert tried.wait("somebody else", "there") == 0


def test_signing_in_makes_a_new_session_whatever_cookie_came_along(site):
    client = site.browser()
    victim = site.sign_in("ana")
    planted = victim.client.cookies[site.desk.cookie]
    client.cookies.set(site.desk.cookie, planted)
    token = csrf_in(client.get("/login").text)
    answer = client.post("/login", data={"name": "ben", "password": PASSWORD, "csrf": token})
    assert answer.status_code == 303
    fresh = answer.cookies[site.desk.cookie]
    assert fresh != planted
    assert site.desk.sessions.find(planted) is None
    assert site.desk.sessions.find(fresh).person == Person("ben", "extractor")


def test_the_cookie_is_kept_from_scripts_and_other_sites(site):
    client = site.browser()
    token = csrf_in(client.get("/login").text)
    said = client.post("/login", data={"name": "ana", "password": PASSWORD, "csrf": token}).headers.get_list(
        "set-cookie"
    )
    session = next(each for each in said if each.startswith(site.desk.cookie))
    assert "httponly" in session.lower()
    assert "samesite=lax" in session.lower()


def test_a_token_that_we_did_not_sign_is_nobody(site):
    session = next(iter(site.desk.sessions._all.values()))  # the name alone must not do
    assert site.desk.sessions.find(session.id) is None
    forged = URLSafeSerializer("another key", salt="session").dumps(session.id)
    assert site.desk.sessions.find(str(forged)) is None


def test_a_signed_out_token_is_worth_nothing(site):
    person = site.sign_in("ana")
    token = person.client.cookies[site.desk.cookie]
    assert person.post("/logout").status_code == 303
    assert site.desk.sessions.find(token) is None
    assert person.get("/").status_code == 303


@pytest.mark.parametrize(("pause", "times"), [(IDLE + 1, 1), (IDLE - 1, LONGEST // (IDLE - 1) + 1)])
def test_sessions_end_after_a_while(pause, times):
    now = [0.0]
    kept = Sessions(lambda: now[0])
    _, token = kept.begin(Person("ana", "extractor"))
    for _ in range(times):
        assert kept.find(token) is not None
        now[0] += pause
    assert kept.find(token) is None


def test_without_accounts_only_the_printed_link_lets_in(tmp_path):
    with served(make_review(tmp_path / "alone.duckdb", people=False)) as one:
        client = one.browser()
        assert client.get("/").status_code == 303
        assert client.get("/login", params={"key": "guessed"}).status_code == 403
        assert client.get("/login").status_code == 403
        assert client.get("/login", params={"key": one.desk.key}).status_code == 303
        page = client.get("/")
        assert page.status_code == 200
        assert "solo" in page.text
        assert client.get("/", headers={"Host": "rebound.example"}).status_code == 400


@pytest.mark.parametrize(
    "address", ["//elsewhere", "https://elsewhere", "/\\elsewhere", "javascript:alert(1)", "", "/a\nb", "\\\\elsewhere"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(address):
    assert local(address) == "/"


def test_every_answer_carries_the_policy_and_is_not_kept(site, people):
    for address in ("/", "/login", "/nowhere", "/static/app.css"):
        headers = people["ana"].get(address).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert (headers.get("cache-control") == "no-store") == (not address.startswith("/static"))


def test_pages_hold_no_inline_script_style_or_handler(people):
    for name in PEOPLE:
        for address in re.findall(r'<li><a href="(/[^"]*)"', people[name].get("/").text):
            text = people[name].get(address).text
            assert not re.search(r"<script(?![^>]*src=)|<style|\son[a-z]+=|\sstyle=", text), address


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/desk.py", "/static//etc/passwd", "/static/..\\app.py"]
)  # fmt: skip
def test_static_files_are_those_of_the_folder_only(site, path):
    assert site.browser().get(path).status_code in (303, 404)


def test_an_oversized_request_is_refused_before_and_while_it_is_read(people):
    big = {"content-type": "application/x-www-form-urlencoded", "X-CSRF-Token": people["ana"].csrf}
    declared = people["ana"].client.post("/logout", content=b"x" * (wire.LARGEST + 1), headers=big)
    assert declared.status_code == 413

    def dripping():
        for _ in range(wire.LARGEST // 1_000_000 + 2):
            yield b"x" * 1_000_000

    streamed = people["ana"].client.post("/logout", content=dripping(), headers={"content-type": big["content-type"]})
    assert streamed.status_code == 413
    assert "8 MB" in streamed.text


def test_only_hashes_of_passwords_are_kept(site):
    for account in site.desk.accounts.values():
        assert account.password.startswith("$argon2id$")
        assert PASSWORD not in account.password
        assert passwords.matches(account.password, PASSWORD)
        assert not passwords.matches(account.password, f"{PASSWORD} ")


@pytest.mark.parametrize("password", ["", "short", "x" * (passwords.LONGEST + 1)])
def test_passwords_have_a_length(password):
    with pytest.raises(passwords.BadPassword, match="characters"):
        passwords.hashed(password)


def test_a_failure_on_the_server_says_so_without_its_traceback(tmp_path, capsys):
    with served(make_review(tmp_path / "review.duckdb")) as one:
        del one.desk.sessions
        answer = one.browser(raising=False).get("/")
        assert answer.status_code == 500
        assert "Traceback" not in answer.text
        assert "something went wrong" in answer.text.lower()
        assert "AttributeError" in capsys.readouterr().err
