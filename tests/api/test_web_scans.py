"""The pages of scans: who may read them, what they say, and that nothing but their script moves."""

import re

import pytest

from service.browser import PageErrorCode
from service.db import transaction
from service.languages import NAMES
from service.scans import Scan
from service.scans.tables import PageVisit

SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def scan_id(client, owner, project):
    answer = client.post(
        f"/api/v1/projects/{project}/scans",
        headers=owner,
        json={"urls": [f"https://library.example/{n}" for n in range(4)]},
    )
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


@pytest.fixture
def begun(app, clock, scan_id):
    """The scan after half a minute: one page examined, one with an error."""
    with transaction(app.state.engine) as session:
        scan = session.get_one(Scan, scan_id)
        scan.state, scan.started_at, scan.ended_count = "running", clock(), 2
        ends = [("examined", None), ("error", PageErrorCode.TLS_ERROR)]
        for order, (state, error) in enumerate(ends, 1):
            visit = session.get_one(PageVisit, f"{scan_id}-{order:06}")
            visit.state, visit.error_code, visit.ended_order = state, error, order
            visit.timings_ms = {"total": 1234}
    clock.advance(seconds=30)
    return scan_id


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize("role", ["viewer", "ci", "researcher", "owner"])
def test_whoever_reads_scans_reads_their_pages(client, begun, sign_in, make_token, role):
    sign_in(make_token(role))
    assert client.get("/projects/library/scans").status_code == 200
    assert client.get(f"/projects/library/scans/{begun}").status_code == 200
    assert client.get("/projects/library/scans/latest").status_code == 200


def test_nobody_else_does(client, owner, begun, sign_in, make_token):
    address = f"/projects/library/scans/{begun}"
    for path in ("/projects/library/scans", address):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"][:14]) == (303, "/sign-in?next=")
    other = client.post("/api/v1/projects", headers=owner, json={"name": "Other"}).json()
    sign_in(make_token("viewer", other["id"]))
    html = {"Accept": "text/html"}
    for path in (address, "/projects/library/scans", f"/projects/other/scans/{begun}"):
        assert client.get(path, headers=html).status_code == 404
    assert client.get("/projects/other/scans/latest", headers=html).status_code == 404


def test_a_running_scan_says_how_far_it_is_how_fast_and_how_long_yet(client, begun, sign_in, owner):
    sign_in(owner)
    page = client.get(f"/projects/library/scans/{begun}").text
    told = words_of(page)
    assert "Running. 2 of 4 pages have ended." in told
    assert "4.0 pages per minute, less than a minute left." in told
    assert (
        "2 https://library.example/2 1280x1024 the connection is not secure (certificate) "
        "tls_error 1.2"
    ) in told
    assert "1 https://library.example/1 1280x1024 examined 1.2" in told
    assert '<progress id="scan-progress" max="4" value="2">2 / 4</progress>' in page
    assert page.count('role="status"') == 1
    assert f'href="/projects/library/scans/{begun}">Reload</a>' in page
    assert page.count("<script") == page.count('<script src="/static/scan.js" defer>') == 1
    assert " style=" not in page
    events = re.findall(r'data-events="([^"]+)"', page)
    assert events == [f"/api/v1/scans/{begun}/events"]


def test_every_error_has_words_in_every_language(app, client, begun, sign_in, owner):
    sign_in(owner)
    address = f"/projects/library/scans/{begun}"
    for code in PageErrorCode:
        with transaction(app.state.engine) as session:
            session.get_one(PageVisit, f"{begun}-000002").error_code = code
        pages = [client.get(f"{address}?lang={language}").text for language in NAMES]
        cells = [re.findall(rf"<td>(.+) <code>{code}</code></td>", page) for page in pages]
        assert [len(cell) for cell in cells] == [1, 1, 1], code
        assert len({cell[0] for cell in cells}) == 3, code


def test_an_ended_scan_stands_still(client, begun, sign_in, owner):
    client.post(f"/api/v1/scans/{begun}/cancel", headers=owner)
    sign_in(owner)
    page = client.get(f"/projects/library/scans/{begun}").text
    # What nobody visited has not ended with an error.
    assert "Cancelled. 2 of 4 pages have ended." in words_of(page)
    assert "not visited 2" in words_of(page)
    assert "<script" not in page
    assert "Reload" not in page
    assert "pages per minute" not in page
    # The events that the page follows are read with its cookie alone.
    assert "event: done" in client.get(f"/api/v1/scans/{begun}/events").text


def test_the_list_has_every_scan_newest_first_and_is_reached_from_the_ledger(
    client, begun, sign_in, viewer, owner, project
):
    newer = client.post(
        f"/api/v1/projects/{project}/scans",
        headers=owner,
        json={"urls": ["https://library.example/new"]},
    ).json()["id"]
    sign_in(viewer)
    assert 'href="/projects/library/scans"' in client.get("/projects/library/barriers").text
    page = client.get("/projects/library/scans").text
    assert re.findall(r'href="/projects/library/scans/(\w+)"', page) == [newer, begun]
    assert "running 1 / 4 1 0 0" in words_of(page)
    assert '<a href="/projects/library/scans" aria-current="page">Scans</a>' in page
    assert "Tarkistukset: Library" in client.get("/projects/library/scans?lang=fi").text


def test_the_list_says_what_each_scan_was_asked_for(client, begun, sign_in, owner, project):
    site = "https://library.example"
    client.post(
        f"/api/v1/projects/{project}/scans",
        headers=owner,
        json={
            "urls": [f"{site}/a"],
            "viewports": [{"width": 320, "height": 480}, {"width": 1280, "height": 1024}],
            "sitemap": f"{site}/sitemap.xml",
            "crawl": {"start": f"{site}/start"},
        },
    ).raise_for_status()
    sign_in(owner)
    page = client.get("/projects/library/scans").text
    assert re.findall(r"<div>(.*?library\.example.*?)</div>", page) == [
        f"{site}/a",
        f"Sitemap {site}/sitemap.xml",
        f"Crawl from {site}/start",
        f"{site}/0 and 3 more",
    ]
    finnish = client.get("/projects/library/scans?lang=fi").text
    assert f"{site}/0 ja 3 muuta" in finnish


def test_a_project_without_scans_says_how_to_get_one(client, project, sign_in, owner):
    sign_in(owner)
    assert "Nothing has been scanned yet" in client.get("/projects/library/scans").text
