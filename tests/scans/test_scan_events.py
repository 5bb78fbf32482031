"""The events of a scan: told once each, in order, and again from where somebody left off."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest
from fake_fleet import Waiting, unreachable

from service import scans
from service.api import scans as scans_api


@pytest.fixture
def told(monkeypatch):
    """The numbers of the events that followers were told, as they were."""
    numbers, events_after = [], scans.events_after

    def telling(*arguments):
        for event in events_after(*arguments):
            numbers.extend([] if event.number is None else [str(event.number)])
            yield event

    monkeypatch.setattr(scans, "events_after", telling)
    return numbers


PATHS = ("/a", "/b", "/c", "/d", "/e")


def test_each_page_progress_and_the_end_are_told(running, fleet):
    fleet.pages["/b"] = unreachable
    scan_id = running.scan(*PATHS)
    events = running.events(scan_id)
    pages = [each for each in events if each["event"] == "page"]
    assert [each["id"] for each in pages] == ["1", "2", "3", "4", "5"]
    assert {each["data"]["url"][-2:]: each["data"]["error"] for each in pages} == {
        "/a": None, "/b": "refused", "/c": None, "/d": None, "/e": None,
    }  # fmt: skip
    progress = [each for each in events if each["event"] == "progress"]
    assert progress
    assert all(each["id"] is None for each in progress)
    ended = [each["data"]["examined"] + each["data"]["failed"] for each in progress]
    assert ended == sorted(ended)
    assert events[-1] == {
        "event": "done",
        "id": "6",
        "data": {
            "state": "incomplete", "requested": 5, "examined": 4, "failed": 1, "remaining": 0,
            "result": "fail",
        },
    }  # fmt: skip


def test_resuming_tells_exactly_what_was_missed(running):
    scan_id = running.scan(*PATHS)
    running.ended(scan_id)
    whole = running.events(scan_id)
    numbered = [(each["event"], each["id"]) for each in whole if each["id"]]
    assert numbered == [*(("page", str(n)) for n in range(1, 6)), ("done", "6")]
    for last in range(6):
        resumed = running.events(scan_id, after=str(last))
        assert [(each["event"], each["id"]) for each in resumed if each["id"]] == numbered[last:]
        assert [each["data"] for each in resumed if each["event"] == "page"] == [
            each["data"] for each in whole if each["event"] == "page"
        ][last:]


def test_a_follower_is_told_of_pages_while_others_are_examined(running, fleet, told):
    slow = Waiting()
    fleet.pages["/c"] = slow
    scan_id = running.scan(*PATHS)
    with ThreadPoolExecutor(1) as thread:
        following = thread.submit(running.events, scan_id)
        while len(told) < 4:
            assert not following.done()
            sleep(0.02)
        slow.released.set()
        events = following.result(20)
    assert told == ["1", "2", "3", "4", "5", "6"]
    assert [each["id"] for each in events if each["id"]] == told


def test_a_stream_ends_with_the_token_that_opened_it(
    running, fleet, client, owner, make_token, monkeypatch
):
    monkeypatch.setattr(scans_api, "ASK_AGAIN_S", 0.2)
    slow = Waiting()
    fleet.pages["/c"] = slow
    scan_id = running.scan(*PATHS)
    assert slow.entered.wait(10)
    passing = make_token("viewer", running.project_id)
    tokens = f"/api/v1/projects/{running.project_id}/tokens"
    (token,) = client.get(tokens, headers=owner).json()["items"]
    with ThreadPoolExecutor(1) as thread:
        following = thread.submit(client.get, f"/api/v1/scans/{scan_id}/events", headers=passing)
        sleep(0.5)
        revoked = client.delete(f"{tokens}/{token['id']}", headers=owner)
        assert revoked.status_code == 204, revoked.text
        answer = following.result(20)
    assert "event: done" not in answer.text
    slow.released.set()
    assert running.ended(scan_id)["state"] == "completed"


def test_a_cancelled_scan_tells_every_page_and_its_end(api):
    scan_id = api.scan("/a", "/b")
    api.cancel(scan_id)
    events = api.events(scan_id)
    assert [(each["event"], each["id"]) for each in events] == [
        ("page", "1"), ("page", "2"), ("progress", None), ("done", "3"),
    ]  # fmt: skip
    assert [each["data"]["error"] for each in events[:2]] == ["cancelled", "cancelled"]
    assert events[-1]["data"]["state"] == "cancelled"


def test_more_pages_than_are_told_at_once_are_told_all_the_same(api):
    scan_id = api.scan(*(f"/{n}" for n in range(200)))
    api.cancel(scan_id)
    numbers = [each["id"] for each in api.events(scan_id) if each["id"]]
    assert numbers == [str(n) for n in range(1, 202)]


def test_an_event_id_that_is_none_is_refused(api, client, owner):
    scan_id = api.scan("/a")
    answer = client.get(
        f"/api/v1/scans/{scan_id}/events", headers={**owner, "Last-Event-ID": "yesterday"}
    )
    assert answer.status_code == 422


def test_the_events_of_no_scan_are_not_found(client, owner):
    assert client.get("/api/v1/scans/none/events", headers=owner).status_code == 404


def test_a_scan_deleted_while_it_is_followed_ends_the_stream(api, client, owner, monkeypatch):
    scan_id = api.scan("/a")
    is_followed, events_after = Event(), scans.events_after

    def told(*arguments):
        is_followed.set()
        return events_after(*arguments)

    monkeypatch.setattr(scans, "events_after", told)
    with ThreadPoolExecutor(1) as thread:
        following = thread.submit(client.get, f"/api/v1/scans/{scan_id}/events", headers=owner)
        assert is_followed.wait(10)
        deleted = client.delete(f"/api/v1/projects/{api.project_id}", headers=owner)
        assert deleted.status_code == 204, deleted.text
        answer = following.result(10)
    assert answer.text.strip() == ""
