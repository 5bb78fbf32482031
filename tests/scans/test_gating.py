"""The gate over stored scans, through the API: baselines, policies, visits again, and people."""

import pytest
from fake_fleet import clean, found_on, outcome_of, unreachable
from scan_api import SITE

NOTES = "@/haku\nT1 >\n01:00 X !3 P: cannot go on #more\n02:00 T1 = failed\n"


ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what asks nothing more of a database than the other tests do."""


@pytest.fixture
def judged(running):
    """POST a body to the gate of a scan (more scans by keyword); the verdict."""

    def ask(scan_id, headers=None, status=200, **body):
        answer = running.client.post(
            f"/api/v1/scans/{scan_id}/gate", headers=headers or running.headers, json=body
        )
        assert answer.status_code == status, answer.text
        return answer.json()

    return ask


def scanned(running, *paths, **more):
    scan_id = running.scan(*paths, fresh=True, **more)
    running.ended(scan_id)
    return scan_id


def rules(items):
    return sorted(each["rule"] for each in items)


@ON_SQLITE
def test_without_a_baseline_everything_counts_as_new(running):
    verdict = running.get(f"/scans/{scanned(running, '/', '/haku')}/gate")
    assert (verdict["verdict"], rules(verdict["new"])) == ("fail", ["color-contrast", "link-name"])
    assert (verdict["expected"], verdict["examined"], verdict["baseline"]) == (2, 2, None)
    assert verdict["remarks"] == ["There is no baseline: everything counts as new."]
    (link,) = (each for each in verdict["new"] if each["rule"] == "link-name")
    assert (link["elements"], link["pages"], link["breaks"], link["people"]["met"]) == (
        1, [f"{SITE}/", f"{SITE}/haku"], True, 0,
    )  # fmt: skip
    assert rules(verdict["needs_review"]) == ["image-alt"]
    assert verdict["visit_again"] == [f"{SITE}/", f"{SITE}/haku"]


def test_a_scan_is_compared_with_its_base_commit(running, fleet):
    fleet.pages["/"] = clean
    scanned(running, "/", "/haku", commit={"sha": "aaa"})
    fleet.pages.clear()
    scan_id = scanned(running, "/", "/haku", commit={"sha": "bbb", "base_sha": "aaa"})
    verdict = running.get(f"/scans/{scan_id}/gate")
    assert verdict["baseline"] == "the scan of commit aaa"
    assert [each["pages"] for each in verdict["new"]] == [[f"{SITE}/"]] * 2
    assert [each["pages"] for each in verdict["existing"]] == [[f"{SITE}/haku"]] * 2


def test_the_nearest_known_ancestor_is_the_base(running, judged):
    scanned(running, "/", commit={"sha": "aaa"})
    scan_id = scanned(running, "/", commit={"sha": "ddd"})
    verdict = judged(scan_id, base_shas=["ccc", "bbb", "aaa"])
    assert (verdict["verdict"], verdict["baseline"]) == ("pass", "the scan of commit aaa")
    unknown = judged(scan_id, base_shas=["ccc", "bbb"])
    assert (unknown["verdict"], unknown["remarks"]) == (
        "fail",
        ["No scan of commit ccc or of one before it is known: everything counts as new."],
    )


def test_a_scan_is_compared_with_the_newest_of_a_branch(running, fleet):
    scanned(running, "/", commit={"branch": "main", "sha": "aaa"})
    fleet.pages["/"] = clean
    scanned(running, "/", commit={"branch": "main", "sha": "bbb"})
    fleet.pages.clear()
    scan_id = scanned(running, "/", commit={"branch": "topic", "sha": "ccc"})
    verdict = running.get(f"/scans/{scan_id}/gate", branch="main")
    assert (len(verdict["new"]), verdict["baseline"]) == (2, "the newest scan of branch main")


@pytest.mark.parametrize("commit", [{"branch": "topic", "sha": "ccc"}, {"branch": "topic"}])
def test_a_gate_that_failed_fails_again_when_the_same_commit_is_scanned_once_more(
    running, fleet, judged, commit
):
    fleet.pages["/"] = clean
    scanned(running, "/", commit={"branch": "topic", "sha": "aaa"})
    fleet.pages.clear()
    for _ in range(2):
        verdict = judged(scanned(running, "/", commit=commit), branch="topic")
        assert (verdict["verdict"], verdict["baseline"], len(verdict["new"])) == (
            "fail", "the newest scan of branch topic", 2,
        )  # fmt: skip
    again = judged(scanned(running, "/", commit={"sha": "ccc"}), base_shas=["ccc", "bbb", "aaa"])
    assert (again["verdict"], again["baseline"]) == ("fail", "the scan of commit aaa")


@ON_SQLITE
def test_scans_of_a_branch_without_commits_are_no_baseline(running, judged):
    for _ in range(2):
        verdict = judged(scanned(running, "/", commit={"branch": "topic"}), branch="topic")
        assert (verdict["verdict"], verdict["remarks"]) == (
            "fail",
            ["No scan of branch topic at another commit is known: everything counts as new."],
        )


def test_a_fix_is_told_and_never_fails(running, fleet, judged):
    scanned(running, "/", commit={"sha": "aaa"})
    fleet.pages["/"] = clean
    verdict = judged(scanned(running, "/", commit={"sha": "bbb", "base_sha": "aaa"}))
    assert (verdict["verdict"], rules(verdict["fixed"])) == (
        "pass",
        ["color-contrast", "link-name"],
    )


@ON_SQLITE
def test_a_page_that_failed_fixes_nothing_and_is_incomplete(running, fleet, judged):
    scanned(running, "/", commit={"sha": "aaa"})
    fleet.pages["/"] = unreachable
    verdict = judged(scanned(running, "/", commit={"sha": "bbb", "base_sha": "aaa"}))
    assert (verdict["verdict"], verdict["fixed"], len(verdict["existing"])) == ("incomplete", [], 2)
    assert verdict["not_examined"][0]["error"] == "refused"
    assert verdict["reasons"][0] == "No page was examined."


def test_the_policy_is_the_project_s_unless_somebody_says_otherwise(running, judged, owner):
    scan_id = scanned(running, "/")
    expired = {
        "rule": "link-name", "selector": None, "url": None, "reason": "r", "owner": "o",
        "expires": "2026-12-01",
    }  # fmt: skip
    policy = {"gate": {"impact": "serious", "fail_on": "any"}, "suppress": [expired]}
    answer = running.client.patch(
        f"/api/v1/projects/{running.project_id}", headers=owner, json={"policy": policy}
    )
    assert answer.json()["policy"]["suppress"] == [expired]
    by_project = running.get(f"/scans/{scan_id}/gate")
    assert (rules(by_project["new"]), rules(by_project["suppressed"])) == (
        ["color-contrast"], ["link-name"],
    )  # fmt: skip
    assert running.get(f"/scans/{scan_id}/gate", impact="critical")["verdict"] == "pass"
    assert rules(judged(scan_id, gate={"impact": "critical"})["new"]) == [
        "color-contrast", "link-name",
    ]  # fmt: skip


@ON_SQLITE
def test_a_word_of_the_query_that_is_none_is_refused(running):
    path = f"/api/v1/scans/{scanned(running, '/')}/gate"
    answer = running.client.get(path, headers=running.headers, params={"witnesed": "true"})
    assert (answer.status_code, answer.json()["errors"]) == (
        422, [{"pointer": "/query/witnesed", "detail": "Extra inputs are not permitted"}],
    )  # fmt: skip


@ON_SQLITE
def test_a_baseline_file_goes_before_stored_scans(running, judged):
    from service.barriers.gate.baseline import Baseline, write_baseline

    scan_id = scanned(running, "/")
    text = write_baseline(Baseline(barriers={}, pages=frozenset({"/"}), source=""))
    verdict = judged(scan_id, baseline={"name": "b.jsonl", "text": text})
    assert (len(verdict["new"]), verdict["baseline"]) == (2, "b.jsonl")
    problem = judged(scan_id, status=422, baseline={"text": "[]"})
    assert problem["errors"] == [
        {"pointer": "/baseline/text", "detail": "baseline, line 1: is not a JSON object."}
    ]


@ON_SQLITE
def test_pages_visited_again_correct_the_first_visit(running, fleet, judged):
    first = scanned(running, "/", "/haku")
    fleet.pages["/haku"] = clean
    second = scanned(running, "/", "/haku")
    open_ = judged(first, again=[[second]])
    assert (open_["visit_again"], open_["flakes"]["differed"]) == ([f"{SITE}/haku"], 1)
    verdict = judged(first, again=[[second], [scanned(running, "/haku")]])
    assert ([each["pages"] for each in verdict["new"]], verdict["visit_again"]) == (
        [[f"{SITE}/"]] * 2, [],
    )  # fmt: skip


@ON_SQLITE
def test_scans_of_one_visit_are_judged_as_one(running, judged):
    first, more = scanned(running, "/"), scanned(running, "/haku")
    verdict = judged(first, also=[more])
    assert (verdict["expected"], [len(each["pages"]) for each in verdict["new"]]) == (2, [2, 2])


@ON_SQLITE
def test_a_scan_that_failed_before_it_had_found_its_pages_is_never_green(
    running, fleet, judged, web
):
    fleet.pages["/"] = clean
    web.pages[f"{SITE}/sitemap.xml"] = 404
    whole = scanned(running, "/")
    assert judged(whole)["verdict"] == "pass"
    answer = running.post_body({"sitemap": f"{SITE}/sitemap.xml"})
    assert running.ended(answer.json()["id"])["state"] == "failed"
    verdict = judged(whole, also=[answer.json()["id"]])
    assert (verdict["verdict"], verdict["expected"], verdict["examined"]) == ("incomplete", 2, 1)
    assert verdict["reasons"] == [
        f"{SITE}/sitemap.xml was not examined: infrastructure: The sitemap {SITE}/sitemap.xml "
        "answers 404."
    ]


@ON_SQLITE
def test_a_page_that_leads_elsewhere_is_not_examined_unless_it_is_meant(running, fleet, judged):
    def lead(request, _):
        return outcome_of(found_on(f"{SITE}/kirjaudu").__class__(
            **{**vars(found_on(request.url)), "final_url": f"{SITE}/kirjaudu"}
        ))  # fmt: skip

    fleet.pages["/oma"] = lead
    scan_id = scanned(running, "/oma")
    verdict = judged(scan_id)
    assert (verdict["verdict"], verdict["not_examined"][0]["error"]) == (
        "incomplete", "navigation_failed",
    )  # fmt: skip
    meant = judged(scan_id, final_urls={f"{SITE}/oma": f"{SITE}/kirjaudu"})
    assert (meant["verdict"], meant["not_examined"]) == ("fail", [])


@ON_SQLITE
def test_a_scan_that_runs_is_not_judged(running, fleet, judged):
    from fake_fleet import Waiting

    fleet.pages["/"] = waiting = Waiting()
    scan_id = running.scan("/")
    waiting.entered.wait(10)
    assert judged(scan_id, status=409)["title"]
    waiting.released.set()
    running.ended(scan_id)


@pytest.fixture
def met(running, researcher):
    """Somebody meets the barrier of a rule on /haku, in a session; answers the barrier's id."""
    client = running.client

    def post(path, status=201, **body):
        answer = client.post(f"/api/v1{path}", headers=researcher, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    consent = {
        "notes": True, "quotes": True, "recording": False, "text_version": "1",
        "language": "fi", "given_at": "2026-11-20T12:00:00Z", "channel": "paper",
    }  # fmt: skip

    def meet(rule):
        study = post(f"/projects/{running.project_id}/studies", name="Search")["id"]
        post(f"/studies/{study}/tasks", number=1, title="Find a book", url="/haku")
        participant = post(
            f"/studies/{study}/participants", pseudonym="P03", technology="screen-reader",
            consent=consent,
        )["id"]  # fmt: skip
        session = post(
            f"/studies/{study}/sessions", participant_id=participant, moderator="MK",
            started_at="2026-11-22T09:00:00Z",
        )["id"]  # fmt: skip
        noted = client.post(
            f"/api/v1/sessions/{session}/notes",
            headers={**researcher, "Content-Type": "text/plain"},
            content=NOTES.encode(),
        )
        assert noted.is_success, noted.text
        items = client.get(f"/api/v1/sessions/{session}/observations", headers=researcher).json()[
            "items"
        ]
        observation = next(each["id"] for each in items if each["code"] == "problem")
        ledger = client.get(
            f"/api/v1/projects/{running.project_id}/barriers", headers=researcher
        ).json()["items"]
        barrier = next((each["id"] for each in ledger if each["rule"] == rule), None)
        link = {"barrier_id": barrier} if barrier else {"new": {"title": "Gets lost in the hall"}}
        return post(f"/observations/{observation}/links", **link)["barrier_id"]

    return meet


def test_what_people_met_breaks_a_witnessed_gate_and_revokes_its_suppression(
    running, judged, met, ci
):
    first = scanned(running, "/haku", commit={"sha": "aaa"})
    suppress = {"rule": "color-contrast", "reason": "r", "owner": "o", "expires": "2027-01-31"}
    terms = {"gate": {"witnessed": True}, "suppress": [suppress], "base_shas": ["aaa"]}
    scan_id = scanned(running, "/haku", commit={"sha": "bbb"})
    assert judged(scan_id, **terms)["verdict"] == "pass"
    met("color-contrast")
    verdict = judged(scan_id, ci, **terms)
    (breaking,) = (each for each in verdict["existing"] if each["breaks"])
    assert (verdict["verdict"], breaking["rule"], breaking["people"]) == (
        "fail", "color-contrast", {"met": 1, "exposed": 1},
    )  # fmt: skip
    assert breaking["because"] == ["1 of 1 people met it in sessions"]
    assert verdict["remarks"][0].startswith("The suppression of color-contrast is revoked: 1 of 1")
    assert "P03" not in str(verdict)
    assert judged(first, ci)["verdict"] == "fail"


def test_a_suppression_in_the_ledger_ends_when_people_meet_its_barrier(running, judged, met, owner):
    scan_id = scanned(running, "/haku")
    items = running.get(f"/projects/{running.project_id}/barriers")["items"]
    barrier = next(each for each in items if each["rule"] == "link-name")
    answer = running.client.patch(
        f"/api/v1/barriers/{barrier['id']}",
        headers=owner,
        json={
            "status": "suppressed",
            "suppression": {"reason": "r", "owner": "IT", "expires": "2027-01-31T00:00:00Z"},
        },
    )
    assert answer.status_code == 200, answer.text
    (suppressed,) = judged(scan_id)["suppressed"]
    assert suppressed["suppressed"] == {
        "reason": "r", "owner": "IT", "expires": "2027-01-31", "source": "ledger",
    }  # fmt: skip
    met("link-name")
    verdict = judged(scan_id)
    (back,) = (each for each in verdict["new"] if each["rule"] == "link-name")
    assert (verdict["suppressed"], back["because"]) == (
        [], ["its suppression was revoked, because people met it"],
    )  # fmt: skip


def test_a_barrier_that_only_people_met_breaks_a_witnessed_gate_of_its_pages(
    running, fleet, judged, met, ci
):
    fleet.pages |= {"/haku": clean, "/": clean}
    met("none")
    on_page, elsewhere = scanned(running, "/haku"), scanned(running, "/")
    verdict = judged(on_page, ci, gate={"witnessed": True})
    assert (verdict["verdict"], verdict["existing"][0]["rule"]) == ("fail", None)
    assert verdict["existing"][0]["title"] == "A barrier that people met"
    assert judged(elsewhere, ci, gate={"witnessed": True})["verdict"] == "pass"
    assert judged(on_page, ci)["verdict"] == "pass"


@ON_SQLITE
@pytest.mark.parametrize(
    ("ending", "media_type", "begins"),
    [
        ("json", "application/json", "{"),
        ("csv", "text/csv", "\ufeff"),
        ("html", "text/html", "<!doctype html>"),
        ("sarif", "application/sarif+json", "{"),
        ("junit.xml", "application/xml", "<?xml"),
        ("codequality.json", "application/json", "["),
        ("gitlab-a11y.json", "application/json", "{"),
        ("md", "text/markdown", "## "),
    ],
)
def test_a_scan_is_given_in_every_format(running, ending, media_type, begins):
    scan_id = scanned(running, "/")
    for more in ("", "?gate=true"):
        answer = running.client.get(
            f"/api/v1/scans/{scan_id}/report.{ending}{more}", headers=running.headers
        )
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith(media_type)
        assert answer.content.decode().startswith(begins)
        assert answer.headers["content-disposition"].endswith(f'{scan_id}.{ending}"')


@ON_SQLITE
def test_a_format_that_there_is_not_is_told(running):
    answer = running.client.get(
        f"/api/v1/scans/{scanned(running, '/')}/report.doc", headers=running.headers
    )
    assert (answer.status_code, "there are: json, csv" in answer.json()["detail"]) == (404, True)
