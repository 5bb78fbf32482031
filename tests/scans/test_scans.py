"""From the request of a scan to what it found."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from fake_fleet import (
    Waiting,
    clean,
    malformed,
    outcome_of,
    partial,
    raising,
    unreachable,
    unstorable_text,
)
from scan_api import SITE


def test_a_scan_is_answered_at_once_and_completed_later(running, fleet, clock):
    answer = running.post("/", "/haku", commit={"branch": "main", "sha": "4f2c9d1"})
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/v1/scans/{answer.json()['id']}"
    assert answer.json()["result"] == "pending"
    assert answer.json()["pages"] == {"requested": 2, "examined": 0, "failed": 0, "remaining": 2}
    scan = running.ended(answer.json()["id"])
    assert (scan["state"], scan["result"]) == ("completed", "fail")
    assert scan["pages"] == {"requested": 2, "examined": 2, "failed": 0, "remaining": 0}
    assert scan["counts"] == {
        "failed": 4, "cantTell": 2, "passed": 6, "inapplicable": 2,
        "by_impact": {
            "critical": {"failed": 2, "cantTell": 2}, "serious": {"failed": 2, "cantTell": 0},
        },
    }  # fmt: skip
    assert (scan["engine"]["axe"], scan["engine"]["browser"]) == ("4.14.1", "156.0")
    assert scan["commit"] == {"branch": "main", "sha": "4f2c9d1", "base_sha": None}
    assert scan["timings"]["ended_at"] == "2026-11-22T09:30:00Z"
    assert sorted(fleet.paths) == ["/", "/haku"]


def test_visits_and_findings_stand_in_the_order_asked_for(running):
    scan_id = running.scan("/b", "/a", "/c")
    running.ended(scan_id)
    visits = running.visits(scan_id)
    assert [(each["url"], each["state"], each["status"], each["title"]) for each in visits] == [
        (f"{SITE}/{name}", "examined", 200, f"Page /{name}") for name in ("b", "a", "c")
    ]
    findings = running.findings(scan_id)
    assert [(each["url"].removeprefix(SITE), each["rule"]) for each in findings[:4]] == [
        ("/b", "link-name"), ("/b", "color-contrast"), ("/b", "image-alt"), ("/a", "link-name"),
    ]  # fmt: skip
    assert findings[0]["criteria"] == ["2.4.4", "4.1.2"]
    assert findings[0]["barrier_id"] == findings[3]["barrier_id"]
    assert findings[2]["barrier_id"] is None


def test_every_page_is_visited_in_every_viewport(running, fleet):
    sizes = [{"width": 1280, "height": 1024}, {"width": 320, "height": 640}]
    scan_id = running.scan("/a", "/b", viewports=[*sizes, sizes[0]])
    assert running.ended(scan_id)["pages"]["requested"] == 4
    seen = [
        (each["url"].removeprefix(SITE), each["viewport"]["width"])
        for each in running.visits(scan_id)
    ]
    assert seen == [("/a", 1280), ("/a", 320), ("/b", 1280), ("/b", 320)]
    assert len(fleet.visits) == 4


def test_a_visit_asks_for_what_the_scan_asked_for(running, fleet):
    running.ended(running.scan("/", wait_for="#loaded", standard="wcag21aa"))
    (request,) = fleet.visits
    assert (request.wait_for, request.deadline_s) == ("#loaded", 5)
    assert request.site_hosts == {"library.example"}
    assert "wcag22aa" not in request.axe_tags
    assert "wcag21aa" in request.axe_tags


def test_the_same_page_twice_is_planned_once(running, fleet):
    scan_id = running.scan("/x", "/x#main", "/x?utm_source=mail", "/x?b=1&a=2", "/x?a=2&b=1")
    assert running.ended(scan_id)["pages"]["requested"] == 2
    assert [each["url"] for each in running.visits(scan_id)] == [f"{SITE}/x", f"{SITE}/x?b=1&a=2"]
    assert len(fleet.visits) == 2


def test_a_scan_without_faults_passes(running, fleet):
    fleet.pages["/"] = clean
    scan = running.ended(running.scan("/"))
    assert (scan["state"], scan["result"], scan["standard"]) == ("completed", "pass", "wcag22aa")


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"urls": []}, ["/urls"]),
        ({}, ["/urls"]),
        ({"urls": ["/haku"]}, ["/urls/0"]),
        ({"urls": [SITE, "https://elsewhere.example/"]}, ["/urls/1"]),
        ({"urls": ["ftp://library.example/", "https://[::1"]}, ["/urls/0", "/urls/1"]),
        ({"urls": ["https://library.example:99999/"]}, ["/urls/0"]),
        ({"urls": ["https://user:secret@library.example/"]}, ["/urls/0"]),
        ({"urls": [SITE], "standard": "wcag9"}, ["/standard"]),
        ({"urls": [SITE], "checks": ["axe", "magic"]}, ["/checks/1"]),
        ({"urls": [SITE], "viewports": [{"width": 1, "height": 600}]}, ["/viewports/0/width"]),
        ({"urls": [SITE], "frequency": 1}, ["/frequency"]),
    ],
)
def test_what_cannot_be_scanned_is_refused_with_a_pointer_to_it(api, body, pointers):
    answer = api.post_body(body)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == pointers
    assert api.get(f"/projects/{api.project_id}/scans")["items"] == []


def test_a_page_that_cannot_be_reached_makes_the_scan_incomplete(running, fleet):
    fleet.pages |= {"/gone": unreachable, "/fine": clean}
    scan_id = running.scan("/fine", "/gone")
    scan = running.ended(scan_id)
    assert (scan["state"], scan["result"]) == ("incomplete", "error")
    assert scan["pages"] == {"requested": 2, "examined": 1, "failed": 1, "remaining": 0}
    gone = running.visits(scan_id)[1]
    assert (gone["state"], gone["error"], gone["error_detail"]) == (
        "error", "refused", "connection refused",
    )  # fmt: skip


def test_a_partial_page_makes_the_scan_incomplete_and_closes_nothing(running, fleet):
    running.ended(running.scan("/"))
    fleet.pages["/"] = lambda request, _: outcome_of(
        clean(request, threading.Event()).artifacts, "a frame did not answer"
    )
    scan_id = running.scan("/")
    scan = running.ended(scan_id)
    assert (scan["state"], scan["result"]) == ("incomplete", "error")
    (visit,) = running.visits(scan_id)
    assert (visit["state"], visit["partial"]) == ("examined", True)
    assert visit["partial_reasons"] == ["a frame did not answer"]
    items = running.get(f"/projects/{running.project_id}/barriers")["items"]
    assert [item["status"] for item in items] == ["open", "open"]


def test_a_partial_page_with_faults_fails(running, fleet):
    fleet.pages["/"] = partial
    scan = running.ended(running.scan("/"))
    assert (scan["state"], scan["result"]) == ("incomplete", "fail")


def test_a_complete_page_without_the_fault_closes_its_barrier(running, fleet):
    running.ended(running.scan("/"))
    fleet.pages["/"] = clean
    running.ended(running.scan("/"))
    items = running.get(f"/projects/{running.project_id}/barriers")["items"]
    assert [item["status"] for item in items] == ["closed", "closed"]


def test_a_result_that_is_none_of_axes_is_a_failed_check_not_a_pass(running, fleet):
    fleet.pages["/"] = malformed
    scan_id = running.scan("/")
    assert running.ended(scan_id)["result"] == "error"
    (visit,) = running.visits(scan_id)
    assert (visit["state"], visit["error"]) == ("error", "check_failed")
    assert "violations" in visit["error_detail"]


def test_a_fleet_that_breaks_is_an_error_of_that_page_alone(running, fleet):
    fleet.pages["/b"] = raising
    scan_id = running.scan("/a", "/b", "/c")
    assert running.ended(scan_id)["state"] == "incomplete"
    assert [(each["state"], each["error"]) for each in running.visits(scan_id)] == [
        ("examined", None), ("error", "infrastructure"), ("examined", None),
    ]  # fmt: skip


def test_text_that_no_database_keeps_is_kept_without_it(running, fleet):
    fleet.pages["/"] = unstorable_text
    scan_id = running.scan("/")
    assert running.ended(scan_id)["state"] == "completed"
    (visit,) = running.visits(scan_id)
    (finding,) = running.findings(scan_id)
    assert visit["title"] == "A\ufffdB\ufffd"
    assert finding["html"] == '<a id="more\ufffd" title="\ufffd"></a>'
    assert finding["barrier_id"] is not None


FILTERS = [
    ({}, 6),
    ({"rule": "link-name"}, 2),
    ({"rule": "region"}, 0),
    ({"criterion": "1.4.3"}, 2),
    ({"criterion": "2.4.4"}, 2),
    ({"criterion": "2.4.1"}, 0),
    ({"impact": "serious"}, 2),
    ({"impact": "critical"}, 4),
    ({"outcome": "cantTell"}, 2),
    ({"outcome": "failed", "impact": "critical"}, 2),
    ({"url": f"{SITE}/b"}, 3),
    ({"url": f"{SITE}/c"}, 0),
    ({"url": f"{SITE}/b", "rule": "link-name"}, 1),
]


def test_findings_are_narrowed_by_every_filter(scanned):
    api, scan_id = scanned
    assert [(filters, len(api.findings(scan_id, **filters))) for filters, _ in FILTERS] == FILTERS


@pytest.fixture
def scanned(running):
    """The pages /a and /b, examined: three findings each."""
    scan_id = running.scan("/a", "/b")
    running.ended(scan_id)
    return running, scan_id


def test_findings_and_visits_are_paged_without_gap_or_repeat(scanned):
    api, scan_id = scanned
    for what in ("findings", "pages"):
        whole = [each["id"] for each in api.get(f"/scans/{scan_id}/{what}")["items"]]
        ids, after = [], {}
        while True:
            page = api.get(
                f"/scans/{scan_id}/{what}", limit=1, **({"after": after} if after else {})
            )
            ids += [each["id"] for each in page["items"]]
            after = page["next"]
            if after is None:
                break
        assert ids == whole == sorted(whole)


def test_visits_are_listed_by_state(running, fleet):
    fleet.pages["/b"] = unreachable
    scan_id = running.scan("/a", "/b")
    running.ended(scan_id)
    errors = running.get(f"/scans/{scan_id}/pages", state="error")["items"]
    assert [each["url"] for each in errors] == [f"{SITE}/b"]


def test_a_repeat_of_the_request_is_one_scan(api):
    body = {"urls": [f"{SITE}/"]}
    first, again = (api.post_body(body, **{"Idempotency-Key": "build-1"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert len(api.get(f"/projects/{api.project_id}/scans")["items"]) == 1


def test_who_asks_for_a_scan_that_is_under_way_is_told_that_it_is_not_theirs(api, clock):
    first = api.post("/").json()
    clock.advance(seconds=1)
    second = api.post("/").json()
    assert (first["id"], first["joined"]) == (second["id"], False)
    assert second["joined"] is True


def test_scans_asked_for_at_the_same_moment_share_their_pages(api):
    paths = [f"/{n}" for n in range(8)]
    orders = [paths, paths[::-1]] * 4
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda order: api.post(*order), orders))
    assert [answer.status_code for answer in answers] == [202] * 8
    pages = api.get(f"/projects/{api.project_id}/pages", limit=200)["items"]
    assert sorted(page["key"] for page in pages) == paths


def test_a_viewer_may_follow_and_not_ask(api, client, viewer, ci):
    scan_id = api.scan("/")
    address = f"/api/v1/projects/{api.project_id}/scans"
    body = {"urls": [f"{SITE}/"]}
    assert client.post(address, headers=viewer, json=body).status_code == 403
    assert client.post(address, headers=ci, json=body).status_code == 202
    assert client.get(f"/api/v1/scans/{scan_id}", headers=viewer).status_code == 200
    cancel = client.post(f"/api/v1/scans/{scan_id}/cancel", headers=viewer)
    assert cancel.status_code == 403


def test_a_token_of_another_project_does_not_find_the_scan(api, client, make_token):
    scan_id = api.scan("/")
    foreign = make_token("owner", api.get("/projects/default")["id"])
    for path in ("", "/pages", "/findings", "/events"):
        assert client.get(f"/api/v1/scans/{scan_id}{path}", headers=foreign).status_code == 404
    assert client.post(f"/api/v1/scans/{scan_id}/cancel", headers=foreign).status_code == 404


# Cancelling


def test_a_running_scan_is_cancelled_within_two_seconds_and_what_was_examined_stays(running, fleet):
    slow = Waiting()
    fleet.pages["/slow"] = slow
    scan_id = running.scan("/a", "/slow", "/c", "/d")
    assert slow.entered.wait(10)
    deadline = time.monotonic() + 10
    while running.visits(scan_id)[0]["state"] != "examined" and time.monotonic() < deadline:
        time.sleep(0.02)
    examined = {each["url"] for each in running.visits(scan_id) if each["state"] == "examined"}
    began = time.monotonic()
    answer = running.cancel(scan_id)
    assert (answer.status_code, answer.json()["state"]) == (202, "cancelled")
    while True:
        visits = running.visits(scan_id)
        if all(each["state"] in ("examined", "error") for each in visits):
            break
        assert time.monotonic() - began < 2
    assert examined <= {each["url"] for each in visits if each["state"] == "examined"}
    assert visits[0]["state"] == "examined"
    assert (visits[1]["state"], visits[1]["error"]) == ("error", "cancelled")
    assert len(running.findings(scan_id, url=f"{SITE}/a")) == 3


def test_the_page_under_way_is_told_to_end_within_two_seconds(running, fleet):
    slow = Waiting()
    fleet.pages["/slow"] = slow
    scan_id = running.scan("/slow")
    assert slow.entered.wait(10)
    running.cancel(scan_id)
    assert slow.left.wait(2)


def test_a_cancelled_scan_never_becomes_completed(running, fleet):
    slow = Waiting()
    fleet.pages["/slow"] = slow
    scan_id = running.scan("/slow")
    assert slow.entered.wait(10)
    running.cancel(scan_id)
    slow.released.set()
    # Another scan through the same lane shows that the first one is over and done.
    running.ended(running.scan("/after"))
    scan = running.get(f"/scans/{scan_id}")
    assert (scan["state"], scan["result"]) == ("cancelled", "error")
    assert scan["pages"] == {"requested": 1, "examined": 0, "failed": 1, "remaining": 0}


def test_what_has_ended_cannot_be_cancelled(running):
    scan_id = running.scan("/")
    running.ended(scan_id)
    assert running.cancel(scan_id).status_code == 409


def test_a_scan_that_waits_is_cancelled_before_it_begins(api, fleet, make_runtime):
    scan_id = api.scan("/a", "/b")
    assert [api.cancel(scan_id).status_code for _ in range(2)] == [202, 202]
    make_runtime().start()
    api.ended(api.scan("/c"))
    assert fleet.paths == ["/c"]
    assert [each["error"] for each in api.visits(scan_id)] == ["cancelled", "cancelled"]
