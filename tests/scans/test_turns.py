"""Whose turn it is: priorities, fairness, politeness, and identical scans that are made once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from fake_fleet import Waiting, found_on, outcome_of
from scan_api import SITE

BIG = tuple(f"/big/{n}" for n in range(120))


class Counting:
    """A page that takes a moment, and knows how many were open at once."""

    def __init__(self, page_s: float = 0.02) -> None:
        self.most = 0
        self._open = 0
        self._page_s = page_s
        self._lock = threading.Lock()

    def __call__(self, request, cancelled):
        with self._lock:
            self._open += 1
            self.most = max(self.most, self._open)
        cancelled.wait(self._page_s)
        with self._lock:
            self._open -= 1
        return outcome_of(found_on(request.url))


def begun(api, scan_id: str) -> None:
    deadline = time.monotonic() + 30
    while api.get(f"/scans/{scan_id}")["pages"]["examined"] < 1:
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("priority", ["normal", "interactive"])
def test_a_small_scan_does_not_wait_for_a_big_one(running, fleet, priority):
    big = running.scan(*BIG)
    begun(running, big)
    small = running.scan("/a", "/b", "/c", priority=priority)
    assert running.ended(small, within_s=60)["priority"] == priority
    assert running.get(f"/scans/{big}")["pages"]["remaining"] > len(BIG) / 2
    running.cancel(big)


def test_pages_go_by_the_priority_of_their_scan(api, app, fleet, make_runtime):
    gate = fleet.pages["/first"] = Waiting()
    make_runtime(lanes=1).start()
    scans = [api.scan("/first")]
    assert gate.entered.wait(20)
    for priority in ("bulk", "normal", "interactive"):
        scans.append(api.scan(f"/{priority}/1", f"/{priority}/2", priority=priority))
    wait_for_items(app.state.engine, 6)
    gate.released.set()
    for each in scans:
        api.ended(each)
    assert fleet.paths == ["/first"] + [
        f"/{priority}/{n}" for priority in ("interactive", "normal", "bulk") for n in (1, 2)
    ]


def wait_for_items(engine, number: int) -> None:
    """Until so many pages wait for a lane."""
    schema = "" if engine.dialect.name == "sqlite" else "dbos."
    count = (
        f"SELECT count(*) FROM {schema}workflow_status "
        "WHERE queue_name = 'items' AND status = 'ENQUEUED'"
    )
    deadline = time.monotonic() + 30
    while True:
        with engine.connect() as connection:
            if connection.exec_driver_sql(count).scalar() == number:
                return
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_two_pages_of_a_host_at_once_however_many_lanes_there_are(api, fleet, make_runtime):
    page = Counting(0.5)
    fleet.pages |= {f"/{n}": page for n in range(6)}
    make_runtime(lanes=6).start()
    api.ended(api.scan(*(f"/{n}" for n in range(6))))
    assert page.most == 2


def test_a_host_of_ones_own_may_fill_every_lane(api, fleet, make_runtime):
    page = Counting(0.8)
    fleet.pages |= {f"/{n}": page for n in range(8)}
    make_runtime(lanes=4, allowed_hosts=frozenset({"library.example:443"})).start()
    api.ended(api.scan(*(f"/{n}" for n in range(8))))
    assert page.most == 4


# Identical scans


def test_an_identical_scan_that_has_not_ended_is_answered_again(api):
    asked = {"commit": {"branch": "main", "sha": "4f2c9d1"}, "wait_for": "#loaded"}
    first, again = (api.post("/a", "/b", **asked) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    assert again.headers["Location"] == first.headers["Location"]
    hurried = api.post("/a", "/b", priority="interactive", **asked)
    assert hurried.json()["id"] == first.json()["id"]


@pytest.mark.parametrize(
    "change",
    [
        {"urls": [f"{SITE}/a"]},
        {"urls": [f"{SITE}/b", f"{SITE}/a"]},
        {"standard": "wcag21aa"},
        {"viewports": [{"width": 320, "height": 640}]},
        {"wait_for": "#loaded"},
        {"commit": {"sha": "4f2c9d1"}},
        {"fresh": True},
    ],
)
def test_a_scan_that_differs_is_another_one(api, change):
    body = {"urls": [f"{SITE}/a", f"{SITE}/b"]}
    first, other = (api.post_body(each).json()["id"] for each in (body, body | change))
    assert first != other


def test_a_scan_that_has_ended_is_made_again(running):
    first = running.scan("/")
    running.ended(first)
    assert running.scan("/") != first


def test_a_cancelled_scan_is_made_again(api):
    first = api.scan("/")
    api.cancel(first)
    assert api.scan("/") != first


def test_the_same_scan_of_another_project_is_its_own(api, client, owner):
    made = client.post("/api/v1/projects", headers=owner, json={"name": "Other"}).json()["id"]
    answer = client.post(
        f"/api/v1/projects/{made}/scans", headers=owner, json={"urls": [f"{SITE}/"]}
    )
    assert answer.json()["id"] != api.scan("/")


def test_identical_scans_asked_for_at_the_same_moment_are_one(api):
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: api.post("/a"), range(6)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
