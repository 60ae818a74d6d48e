"""The JSON API: signing in, rows and their conflicts, blinding, roles; the example of its page is run."""

from __future__ import annotations

import io
import itertools
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from web_api_case import OWN, SAYS, V1, Program, busy_site
from web_case import PASSWORD, Site, count, make_review, served

from curation.web.app import create_app
from curation.web.desk import Desk
from schemas.registry import KINDS, RECORDS
from store.review import Review


@pytest.fixture
def fresh(tmp_path):
    with served(make_review(tmp_path / "r.duckdb")) as made:
        yield made


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(make_review(tmp_path_factory.mktemp("site") / "r.duckdb")) as made:
        yield made


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    with busy_site(tmp_path_factory.mktemp("api") / "r.duckdb") as made:
        yield made


_NUMBERS = itertools.count()
_SIGNED_IN: dict[tuple[int, str], Program] = {}


def _as(site: Site, name: str) -> Program:
    """A program of this person; signed in once."""
    key = (id(site), name)
    if key not in _SIGNED_IN or _SIGNED_IN[key].site is not site:
        _SIGNED_IN[key] = Program(site, name)
    return _SIGNED_IN[key]


def _entered(who: Program, **more: str) -> tuple[str, int]:
    row = {"record": f"r{next(_NUMBERS)}", **more}
    done = who.call("POST", "/records/count", count("cr", "22/52 (42.3%)", **row))
    assert done.status_code == 201, done.text
    return done.json()["ids"][0], done.json()["revision"]


# Signing in


def test_a_wrong_password_gives_no_token_and_too_many_give_429_with_a_time_to_wait(fresh):
    client = fresh.browser()
    said = [client.post(f"{V1}/session", json={"name": "ana", "password": "wrong"}) for _ in range(6)]
    assert [each.status_code for each in said] == [401] * 5 + [429]
    assert 0 < int(said[-1].headers["retry-after"]) <= 300
    assert "try again" in said[-1].json()["error"]
    assert "token" not in said[0].json()


def test_a_token_works_until_the_session_is_ended(site):
    ana = Program(site, "ana")
    assert ana.call("GET", "/me").json() == {"name": "ana", "role": "extractor", "may": ["look", "extract", "ask"]}
    assert ana.call("DELETE", "/session").status_code == 204
    gone = ana.call("GET", "/me")
    assert gone.status_code == 401
    assert "POST /api/v1/session" in gone.json()["error"]


@pytest.mark.parametrize("token", ["Bearer x", "Bearer ", "Basic YTpi", "Bearer a.b.c"])
def test_a_wrong_token_is_nobody(site, token):
    assert site.browser().get(f"{V1}/me", headers={"Authorization": token}).status_code == 401


def test_a_wrong_token_is_nobody_even_with_a_good_cookie(site):
    browser = site.sign_in("ana")
    assert browser.get(f"{V1}/me").status_code == 200
    assert browser.get(f"{V1}/me", headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_browser_session_needs_the_csrf_header_to_write_and_a_token_does_not(site):
    browser = site.sign_in("ana")
    row = count("cr", "22/52 (42.3%)", record="from a browser")
    bare = browser.client.post(f"{V1}/records/count", json=row)
    assert bare.status_code == 403
    with_header = browser.client.post(f"{V1}/records/count", json=row, headers={"X-CSRF-Token": browser.csrf})
    assert with_header.status_code == 201
    assert Program(site, "ana").call("POST", "/records/count", {**row, "record": "from a program"}).status_code == 201


def test_the_same_again_is_refused_unless_it_has_an_id_of_its_own(site):
    ana, row = Program(site, "ana"), count("cr", "22/52 (42.3%)", row="the same")
    assert ana.call("POST", "/records/count", row).status_code == 201
    again = ana.call("POST", "/records/count", row)
    assert again.status_code == 422
    assert "is there already" in again.json()["error"]
    assert ana.call("POST", "/records/count", {**row, "record": "twice"}).status_code == 201


def test_without_accounts_the_key_of_the_link_is_the_password(tmp_path):
    with served(make_review(tmp_path / "r.duckdb", people=False)) as site:
        client = site.browser()
        assert client.post(f"{V1}/session", json={"name": "solo", "password": "guess"}).status_code == 401
        done = client.post(f"{V1}/session", json={"name": "solo", "password": site.desk.key})
        assert done.status_code == 201
        assert done.json()["role"] == "owner"


# Rows


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_is_told_as_declared_and_described_by_its_model(site, kind):
    ana = _as(site, "ana")
    told = ana.call("GET", f"/kinds/{kind}").json()
    assert [each["name"] for each in told["fields"]] == [each.name for each in KINDS[kind].fields()]
    described = site.app.openapi()
    body = described["paths"][f"{V1}/records/{kind}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert {"$ref": f"#/components/schemas/{KINDS[kind].__name__}"} in body["anyOf"]
    model = described["components"]["schemas"][KINDS[kind].__name__]
    assert list(model["properties"]) == [each.name for each in KINDS[kind].fields()]


def test_a_record_is_entered_with_what_the_rules_say_of_it(site):
    ana = _as(site, "ana")
    done = ana.call("POST", "/records/count", count("cr", "22/52 (43.3%)", record="wrong"))
    assert done.status_code == 201
    assert [each["rule"] for each in done.json()["remarks"]] == ["COUNT-002"]
    row = ana.call("GET", "/record/count", id=done.json()["ids"][0]).json()
    assert (row["extractor"], row["cells"]["percent"]) == ("ana", "43.3%")


def test_several_are_entered_all_or_none(site):
    ana = _as(site, "ana")
    before = ana.call("GET", "/records/count").json()["total"]
    bad = [count("cr", "22/52 (42.3%)", record="s1"), count("gvhd", "5/52 (9.6%)", events="five")]
    refused = ana.call("POST", "/records/count", bad)
    assert refused.status_code == 422
    assert [(each["row"], each["field"]) for each in refused.json()["problems"]] == [(1, "events")]
    assert ana.call("GET", "/records/count").json()["total"] == before
    good = ana.call("POST", "/records/count", [bad[0], count("gvhd", "5/52 (9.6%)", record="s2")])
    assert len(good.json()["ids"]) == 2


def test_a_number_without_quotes_is_refused_as_it_was_sent(site):
    ana = _as(site, "ana")
    body = '{"source": "donk", "study": "donk", "arm": "all", "outcome": "cr", "events": 22, "total": 52, "percent": 42.30}'
    said = ana.client.post(
        f"{V1}/records/count", content=body, headers={**ana.headers, "Content-Type": "application/json"}
    )
    assert said.status_code == 422
    found = {each["field"]: each["sentence"] for each in said.json()["problems"]}
    assert found.keys() == {"events", "total", "percent"}
    assert 'found the number 42.30, expected text in quotes, "42.30"' in found["percent"]


@pytest.mark.parametrize("row", [{}, {"source": " "}, {"source": None, "events": ""}])
def test_a_record_of_nothing_is_refused(site, row):
    refused = _as(site, "ana").call("POST", "/records/count", [count("cr", "22/52 (42.3%)"), row])
    assert refused.status_code == 422
    assert refused.json()["problems"][0]["row"] == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "valid JSON"), (b'{"source": "\xff"}', "UTF-8"), (b'{"source": "\\ud800"}', "half a character"),
        (b'{"source": "a", "source": "b"}', "twice"), (b"[" * 100_000, "nested"), (b"9" * 5000, "no object"),
        (b'"text"', "no object"), (b"[]", "0 rows"),
    ],
)  # fmt: skip
def test_what_is_no_row_is_refused_in_words(site, body, said):
    ana = _as(site, "ana")
    headers = {**ana.headers, "Content-Type": "application/json"}
    refused = ana.client.post(f"{V1}/records/count", content=body, headers=headers)
    assert refused.status_code == 422
    assert said in refused.json()["error"]


def test_checking_says_the_same_and_saves_nothing(site):
    ana = _as(site, "ana")
    before = site.review.revision
    said = ana.call("POST", "/records/count/check", [count("cr", "22/52 (43.3%)"), {"source": "nowhere"}]).json()
    assert [(each["row"], each["rule"]) for each in said["remarks"]] == [(0, "COUNT-002")]
    assert (1, "source") in {(each["row"], each["field"]) for each in said["problems"]}
    assert said["derived"][0]["percent"] == "43.3%"
    assert site.review.revision == before


def test_a_record_is_corrected_and_its_history_says_so(site):
    ana = _as(site, "ana")
    key, seen = _entered(ana)
    done = ana.call(
        "PUT", "/record/count", {"changes": {"note": "checked"}, "seen": seen, "why": "second look"}, id=key
    )
    assert (done.status_code, done.json()["changed"]) == (200, True)
    told = ana.call("GET", "/record/count/history", id=key).json()
    assert (told[-1]["why"], told[-1]["changed"]) == ("second look", {"note": [None, "checked"]})


def test_a_new_whole_cell_is_split_anew(site):
    ana = _as(site, "ana")
    key, seen = _entered(ana)
    ana.call("PUT", "/record/count", {"changes": {"printed": "23/52 (44.2%)"}, "seen": seen}, id=key)
    cells = ana.call("GET", "/record/count", id=key).json()["cells"]
    assert (cells["events"], cells["percent"]) == ("23", "44.2%")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"events": 5}, "events"),
        ({"events": "x"}, "events"),
        ({"record": "y"}, "record"),
        ({"evnts": "5"}, None),
        ([], None),
        ("x", None),
    ],
)
def test_a_malformed_correction_is_refused_at_its_field(site, changes, field):
    ana = _as(site, "ana")
    key, seen = _entered(ana)
    refused = ana.call("PUT", "/record/count", {"changes": changes, "seen": seen}, id=key)
    assert refused.status_code == 422
    if changes:
        assert refused.json()["problems"][0]["field"] == field


def test_who_saw_an_older_version_gets_409_with_the_row_as_it_is(site):
    ana = _as(site, "ana")
    key, seen = _entered(ana)
    ana.call("PUT", "/record/count", {"changes": {"note": "first"}, "seen": seen}, id=key)
    late = ana.call("PUT", "/record/count", {"changes": {"note": "second"}, "seen": seen}, id=key)
    assert late.status_code == 409
    assert late.json()["now"]["cells"]["note"] == "first"
    gone = ana.call("DELETE", "/record/count", id=key, seen=seen, why="slip")
    assert gone.status_code == 409
    now = late.json()["now"]["revision"]
    assert ana.call("DELETE", "/record/count", id=key, seen=now, why="slip").status_code == 200
    assert ana.call("GET", "/record/count", id=key).json()["retired"] is True


def test_of_many_who_correct_at_once_exactly_one_succeeds(site):
    programs = [Program(site, "ana") for _ in range(6)]
    key, seen = _entered(programs[0])
    codes: list[int] = []

    def correct(number: int) -> None:
        said = programs[number].call("PUT", "/record/count", {"changes": {"note": f"n{number}"}, "seen": seen}, id=key)
        codes.append(said.status_code)

    threads = [threading.Thread(target=correct, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(codes) == [200, 409, 409, 409, 409, 409]


def test_an_id_may_hold_any_characters(site):
    ana = _as(site, "ana")
    odd = "a/b c?d#e&f=ü 50%"
    assert ana.call("POST", "/records/source", {"source": odd, "title": "Odd", "type": "article"}).status_code == 201
    _entered(ana, record=odd)
    assert ana.call("GET", "/record/count", id=odd).json()["id"] == odd
    assert ana.call("GET", f"/sources/{quote(odd, safe='')}").json()["source"] == odd


# Blinding: of every request, what ana gets to know of ben's record while both still extract

_RECORD = [
    (method, path, body, {"id": OWN, **query}, {404})
    for kind in ("count",)
    for method, path, body, query in (
        ("GET", f"/record/{kind}", None, {"extractor": "ben"}),
        ("GET", f"/record/{kind}/history", None, {"extractor": "ben"}),
        ("PUT", f"/record/{kind}", {"changes": {"note": "x"}, "seen": 1}, {}),
        ("DELETE", f"/record/{kind}", None, {"seen": 1, "why": "x"}),
    )
]
CASES = {
    ("POST", "/session"): [("POST", "/session", {"name": "ben", "password": "x"}, {}, {401})],
    ("DELETE", "/session"): [],
    ("GET", "/me"): [("GET", "/me", None, {}, {200})],
    ("GET", "/overview"): [("GET", "/overview", None, {}, {200})],
    ("GET", "/sources"): [("GET", "/sources", None, {}, {200})],
    ("GET", "/sources/{source}"): [("GET", "/sources/wolschke", None, {}, {200})],
    ("GET", "/kinds"): [("GET", "/kinds", None, {}, {200})],
    ("GET", "/kinds/{kind}"): [("GET", "/kinds/count", None, {}, {200})],
    ("GET", "/records/{kind}"): [
        ("GET", "/records/count", None, {}, {200}),
        ("GET", "/records/count", None, {"source": "wolschke"}, {200}),
        ("GET", "/records/count", None, {"source": "wolschke", "extractor": "ben"}, {200}),
        ("GET", "/records/count", None, {"extractor": "ben", "search": "27 (51"}, {200}),
    ],
    ("GET", "/record/{kind}"): _RECORD[:1],
    ("GET", "/record/{kind}/history"): _RECORD[1:2],
    ("DELETE", "/record/{kind}"): _RECORD[3:],
    ("POST", "/submissions"): [("POST", "/submissions", {"source": "wolschke", "why": " "}, {}, {422})],
    ("DELETE", "/submissions"): [("DELETE", "/submissions", None, {"source": "wolschke", "why": "x"}, {422})],
    ("GET", "/differences"): [("GET", "/differences", None, {"source": "wolschke"}, {403})],
    ("POST", "/decisions"): [("POST", "/decisions", {"source": "wolschke", "seen": 1, "why": "x", "decisions": [{"record": "x", "decision": "left_out"}]}, {}, {403})],
    ("DELETE", "/decisions"): [("DELETE", "/decisions", None, {"source": "wolschke", "decision": 1, "why": "x"}, {403})],
    ("GET", "/findings"): [("GET", "/findings", None, {}, {200}), ("GET", "/findings", None, {"record": OWN}, {200})],
    ("POST", "/findings/{fingerprint}/waiver"): [("POST", "/findings/{ben}/waiver", {"reason": "x"}, {}, {403})],
    ("DELETE", "/findings/{fingerprint}/waiver"): [("DELETE", "/findings/{ben}/waiver", None, {}, {403})],
    ("GET", "/queries"): [("GET", "/queries", None, {}, {200})],
    ("GET", "/queries/{number}"): [("GET", "/queries/1", None, {}, {404})],
    ("POST", "/queries"): [
        ("POST", "/queries", {"kind": "count", "id": OWN, "extractor": "ben", "message": "?"}, {}, {404}),
        ("POST", "/queries", {"kind": "count", "id": OWN, "message": "?"}, {}, {404}),
        ("POST", "/queries", {"finding": "{ben}", "message": "?"}, {}, {404}),
    ],
    ("GET", "/proposals"): [("GET", "/proposals", None, {}, {200}), ("GET", "/proposals", None, {"source": "wolschke", "status": "open"}, {200})],
    ("POST", "/proposals/{proposal}/accept"): [("POST", "/proposals/{ben}/accept", {}, {}, {404})],
    ("POST", "/proposals/{proposal}/decline"): [("POST", "/proposals/{ben}/decline", {"reason": "x"}, {}, {404})],
    ("POST", "/check"): [("POST", "/check", {"format": each}, {}, {200}) for each in ("text", "json", "sarif", "html")],
    ("POST", "/upload"): [("POST", "/upload", None, {}, {422})],
    ("GET", "/accounts"): [("GET", "/accounts", None, {}, {403})],
    ("PUT", "/accounts/{name}"): [("PUT", "/accounts/ben", {"role": "owner"}, {}, {403})],
    ("DELETE", "/accounts/{name}"): [("DELETE", "/accounts/ben", None, {}, {403})],
    ("POST", "/queries/{number}/answer"): [("POST", "/queries/1/answer", {"message": "x"}, {}, {404})],
    ("POST", "/queries/{number}/close"): [("POST", "/queries/1/close", {"message": "x"}, {}, {403})],
    ("POST", "/queries/{number}/reopen"): [("POST", "/queries/1/reopen", {"message": "x"}, {}, {403})],
}  # fmt: skip
CASES["POST", "/export"] = [("POST", "/export", {"extraction": each}, {}, {200}) for each in ("settled", "own")]
for _kind in KINDS:
    CASES["POST", f"/records/{_kind}"] = [("POST", f"/records/{_kind}", {}, {}, {422})]
    CASES["POST", f"/records/{_kind}/check"] = [("POST", f"/records/{_kind}/check", {}, {}, {200})]
    CASES["PUT", f"/record/{_kind}"] = [("PUT", f"/record/{_kind}", {"changes": {}, "seen": 1}, {"id": OWN}, {404})]


def _described(tmp_path: Path) -> Iterator[tuple[str, str]]:
    with Review.create(tmp_path / "empty.duckdb") as review:
        for path, methods in create_app(Desk(review)).openapi()["paths"].items():
            for method in methods:
                yield method.upper(), path.removeprefix(V1)


def test_every_request_has_a_case_of_blinding(tmp_path):
    assert set(_described(tmp_path)) == set(CASES)


def _bens(site) -> str:
    found = [str(each["fingerprint"]) for each in site.review.findings(extractor="ben") if OWN in each["records"]]
    assert found
    return found[0]


def _unzipped(content: bytes) -> str:
    """The texts of all files but those that only a program reads."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "\n".join(packed.read(each).decode() for each in packed.namelist() if not each.endswith(".parquet"))


def _filled(given: object, mark: str) -> object:
    if isinstance(given, dict):
        return {name: _filled(cell, mark) for name, cell in given.items()}
    return given.replace("{ben}", mark) if isinstance(given, str) else given


@pytest.mark.parametrize("request_", list(CASES), ids=" ".join)
def test_an_extractor_who_works_blind_learns_nothing(busy, request_):
    ana, mark = _as(busy, "ana"), _bens(busy)
    for method, path, body, query, codes in CASES[request_]:
        said = ana.call(method, path.replace("{ben}", mark), _filled(body, mark), **query)
        assert said.status_code in codes, said.text
        sent = (str(query), str(body))
        text = _unzipped(said.content) if said.headers.get("content-type") == "application/zip" else said.text
        for secret in (SAYS, "27/52", "59.1", "typed better", mark):
            assert secret not in text
        for name in (OWN, "ben"):
            assert name not in said.text or any(name in each for each in sent) or "donk" in said.text
        if said.status_code == 404:
            none = ana.call(
                method,
                path.replace("{ben}", "nothing").replace("/1", "/99"),
                _filled(body, "nothing"),
                **{**query, **({"id": "nothing"} if "id" in query else {})},
            )
            assert (none.status_code, none.text) == (404, said.text)


def test_ben_sees_all_of_it_himself(busy):
    ben, mark = _as(busy, "ben"), _bens(busy)
    assert SAYS in ben.call("GET", "/record/count", id=OWN).text
    assert SAYS in ben.call("GET", "/queries/1").text
    assert mark in ben.call("GET", "/findings").text


@pytest.mark.parametrize("name", ["cara", "olga"])
def test_adjudicators_and_owners_wait_until_everybody_has_handed_in(busy, name):
    who = _as(busy, name)
    for path, query in (
        ("/records/count", {"source": "wolschke"}),
        ("/queries", {}),
        ("/findings", {}),
        ("/differences", {"source": "wolschke"}),
    ):
        assert SAYS not in who.call("GET", path, **query).text
    assert who.call("GET", "/record/count", id=OWN, extractor="ben").status_code == 404
    assert (
        who.call("GET", "/record/count", id="nothing", extractor="ben").text
        == who.call("GET", "/record/count", id=OWN, extractor="ben").text
    )
    assert {each["extractor"] for each in who.call("GET", "/records/count", source="donk").json()["rows"]} == {
        "ana",
        "ben",
    }


# Settling, findings, questions


def test_differences_are_settled(busy):
    cara = _as(busy, "cara")
    shown = cara.call("GET", "/differences", source="donk").json()
    one = shown["records"][0]
    assert {"ana", "ben"} == set(one["extractions"])
    field = next(each for each in one["differences"] if each["field"] == "events")
    assert field["texts"] == {"ana": "22", "ben": "23"}
    decisions = [
        {"record": one["record"], "decision": "taken", "field": each["field"], "taken_from": "ana"}
        for each in one["differences"]
    ]
    body = {"source": "donk", "seen": shown["seen"], "why": "as printed", "decisions": decisions}
    done = cara.call("POST", "/decisions", body)
    assert done.status_code == 201, done.text
    again = cara.call("POST", "/decisions", body)
    assert again.status_code == 409
    for number in done.json()["decisions"]:
        assert cara.call("DELETE", "/decisions", source="donk", decision=number, why="once more").status_code == 200


def test_a_finding_is_accepted_and_opened_again(busy):
    cara = _as(busy, "cara")
    one = cara.call("GET", "/findings", source="donk").json()["findings"][0]
    path = f"/findings/{one['fingerprint']}/waiver"
    assert cara.call("POST", path, {"reason": "as printed"}).json()["status"] == "waived"
    assert cara.call("GET", "/findings", status="waived").json()["total"] == 1
    assert cara.call("DELETE", path).json()["status"] == "open"


def test_a_question_is_asked_answered_and_closed(busy):
    ana, cara = _as(busy, "ana"), _as(busy, "cara")
    asked = ana.call("POST", "/queries", {"kind": "outcome", "id": "cr", "field": "label", "message": "complete?"})
    assert asked.status_code == 201, asked.text
    number = asked.json()["number"]
    assert cara.call("POST", f"/queries/{number}/answer", {"message": "yes"}).json()["state"] == "answered"
    assert ana.call("POST", f"/queries/{number}/close", {"message": "fine"}).status_code == 403
    closed = cara.call("POST", f"/queries/{number}/close", {"message": "fine"}).json()
    assert [each["who"] for each in closed["messages"]] == ["ana", "cara", "cara"]


def test_what_is_handed_in_stays_until_it_is_taken_back(fresh):
    ana = _as(fresh, "ana")
    key, seen = _entered(ana)
    assert ana.call("POST", "/submissions", {"source": "donk"}).json() == {"handed_in": ["donk"]}
    assert ana.call("POST", "/submissions", {"source": "donk"}).json() == {"handed_in": []}
    locked = ana.call("PUT", "/record/count", {"changes": {"note": "x"}, "seen": seen}, id=key)
    assert locked.status_code == 403
    assert "handed in" in locked.json()["error"]
    assert ana.call("DELETE", "/submissions", source="donk", why="forgot a table").status_code == 200
    assert ana.call("PUT", "/record/count", {"changes": {"note": "x"}, "seen": seen}, id=key).status_code == 200


def test_an_adjudicator_enters_nothing(site):
    refused = _as(site, "cara").call("POST", "/records/count", count("cr", "22/52 (42.3%)"))
    assert refused.status_code == 403
    assert "extractor or owner" in refused.json()["error"]


@pytest.mark.parametrize("query", [{"offset": -1}, {"limit": 0}, {"limit": 5000}, {"offset": 10**30}, {"offset": "x"}])
def test_pages_out_of_range_are_refused_in_words(site, query):
    refused = _as(site, "ana").call("GET", "/records/count", **query)
    assert refused.status_code == 422
    assert refused.json()["error"]


def test_only_records_are_taken_back(site):
    assert _as(site, "olga").call("DELETE", "/record/source", id="donk", seen=1, why="x").status_code == 422
    assert "source" not in RECORDS


# The page


def test_the_example_of_the_page_runs_as_it_stands(site, capsys):
    page = (Path(__file__).parent.parent / "docs" / "api.md").read_text(encoding="utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    client = site.browser()
    namespace = {"client": client, "password": PASSWORD}
    exec(  # noqa: S102 - our own page
        compile(
            code.replace("import httpx\n", "").replace('client = httpx.Client(base_url="http://127.0.0.1:8000")', ""),
            "docs/api.md",
            "exec",
        ),
        namespace,
    )
    printed = capsys.readouterr().out
    shown = page.split("```text\n")[1].split("```")[0]
    assert printed.strip() == shown.strip()


@pytest.mark.parametrize("body", ["2.1e270", "true", '"export"', "[]", "null"])
def test_a_body_that_is_no_object_is_refused(site, body):
    owner = site.sign_in("olga")
    headers = {"X-CSRF-Token": owner.csrf, "Content-Type": "application/json"}
    for path in ("/api/v1/export", "/api/v1/submissions"):
        answer = owner.client.post(path, content=body, headers=headers)
        assert answer.status_code == 422, answer.text
        assert "error" in answer.json()
