"""Twenty people save at the same time: nothing is lost, nobody meets a lock, and the history adds up exactly."""

import threading
import time
from dataclasses import dataclass, field

import httpx2
import pytest
from serving import server
from web_case import PASSWORD, make_review

from curation.web.passwords import hashed
from store.review import Review

PEOPLE = 20


@dataclass
class Worker:
    """One person: what they did, what they were told, and what must be in the review afterwards."""

    name: str
    written: list[int] = field(default_factory=list)
    shared: int = 0
    conflicts: int = 0
    records: dict[str, str] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    slowest: float = 0.0


def make(path, people):
    make_review(path, people=False)
    encoded = hashed(PASSWORD)
    with Review.open(path) as review:
        review.set_account("olga", role="owner", password=encoded, who="olga")
        for number in range(people):
            review.set_account(f"p{number:02}", role="extractor", password=encoded, who="olga")
        review.add("outcome", [{"outcome": "shared", "label": "0"}], who="olga", why="to be fought over")
        return review.revision


def work(one, address, seconds, everybody):
    with httpx2.Client(base_url=address, timeout=60) as client:
        answer = client.post("/api/v1/session", json={"name": one.name, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        everybody.wait(timeout=120)
        turn, until = 0, time.monotonic() + seconds
        while time.monotonic() < until:
            turn += 1
            for step in (add, correct, share, look):
                began = time.monotonic()
                step(one, client, turn)
                one.slowest = max(one.slowest, time.monotonic() - began)


def told(one, answer, *expected):
    if answer.status_code not in expected:
        one.troubles.append(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:200]}")
    return answer.status_code == expected[0]


def add(one, client, turn):
    row = {"source": "donk", "study": "donk", "arm": "all", "outcome": "cr", "row": f"{one.name} {turn}", "events": f"{turn}", "total": "1000"}  # fmt: skip
    answer = client.post("/api/v1/records/count", json=row)
    if told(one, answer, 201):
        one.written.append(answer.json()["revision"])
        one.records[answer.json()["ids"][0]] = row["events"]


def correct(one, client, turn):
    key = list(one.records)[turn % len(one.records)]
    seen = client.get("/api/v1/record/count", params={"id": key})
    if told(one, seen, 200):
        events = str(int(seen.json()["cells"]["events"]) + 1)
        change = {"changes": {"events": events}, "seen": seen.json()["revision"]}
        answer = client.put("/api/v1/record/count", params={"id": key}, json=change)
        if told(one, answer, 200):
            one.written.append(answer.json()["revision"])
            one.records[key] = events


def share(one, client, turn):
    seen = client.get("/api/v1/record/outcome", params={"id": "shared"})
    if told(one, seen, 200):
        change = {"changes": {"label": str(int(seen.json()["cells"]["label"]) + 1)}, "seen": seen.json()["revision"]}
        answer = client.put("/api/v1/record/outcome", params={"id": "shared"}, json=change)
        if told(one, answer, 200, 409):
            one.written.append(answer.json()["revision"])
            one.shared += 1
        else:
            one.conflicts += 1


def look(one, client, turn):
    told(one, client.get("/api/v1/records/count", params={"source": "donk", "limit": 20}), 200)


def everybody_works(tmp_path, seconds, people):
    path = tmp_path / "review.duckdb"
    before = make(path, people)
    workers = [Worker(f"p{number:02}") for number in range(people)]
    with server(path) as address:
        together = threading.Barrier(people)
        threads = [threading.Thread(target=work, args=(each, address, seconds, together)) for each in workers]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert [trouble for each in workers for trouble in each.troubles] == []
    written = sorted(revision for each in workers for revision in each.written)
    with Review.open(path, read_only=True) as review:
        assert [each.revision for each in review.revisions()] == list(range(1, review.revision + 1))
        assert written == list(range(before + 1, review.revision + 1))
        assert review.row("outcome", "shared").cells["label"] == str(sum(each.shared for each in workers))
        by_name = {each.name: 0 for each in workers}
        for made in review.revisions()[before:]:
            by_name[made.who] += 1
        assert by_name == {each.name: len(each.written) for each in workers}
        for each in workers:
            kept = review.rows("count", extractors=[each.name], limit=100_000)
            assert {row.record_key: row.cells["events"] for row in kept.rows} == each.records
            assert all(row.revision in each.written for row in kept.rows)
    return workers, written


@pytest.mark.slow
def test_several_people_save_for_some_seconds_and_nothing_is_lost(tmp_path):
    workers, written = everybody_works(tmp_path, 3, 5)
    assert len(written) > 5
    assert sum(each.shared for each in workers) > 0


@pytest.mark.slow
def test_twenty_people_save_for_two_minutes_and_nothing_is_lost(tmp_path):
    workers, written = everybody_works(tmp_path, 120, PEOPLE)
    assert len(written) > 20 * PEOPLE
    assert sum(each.conflicts for each in workers) > 0
    assert max(each.slowest for each in workers) < 30
