"""A page that is nothing but what it was made from is not visited while all of that is the same."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

import pytest
from axe_results import VERSION
from fake_fleet import FakeFleet, found_on, outcome_of, two_faults
from local_site import LocalSite
from sqlmodel import select

from checks import Link, Links
from service import db
from service.browser import Sources, VisitRequest
from service.browser.digest import counting_headers
from service.browser.guard import EgressPolicy, Guard
from service.browser.values import Answer, Hop
from service.scans import FindingRow, RuleCountRow
from service.scans.tables import VisitSources
from service.scans.unchanged import AskAgain

# What is known of a page is kept and asked the same way on both kinds of database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE, STYLE = "<!doctype html><h1>Opening hours</h1>", "h1 { color: #222 }"
OWN = {"id", "scan_id", "visit_id", "barrier_id"}


class KnowingFleet(FakeFleet):
    """Tells of every page that it is made of itself and one style sheet."""

    def __init__(self, guard: Guard, site: LocalSite) -> None:
        super().__init__()
        self.guard = guard
        self.site = site
        self.browser_version, self.axe_version = "156.0", VERSION
        self.pages["/"] = self.made

    def conditions(self, request: VisitRequest) -> str:
        return f"{request.url} {request.viewport} {request.wait_for} {self.browser_version}"

    def policy(self, request: VisitRequest) -> EgressPolicy:
        return EgressPolicy(allowed_hosts=request.allowed_hosts)

    def made(self, request, _):
        path = urlsplit(request.url).path
        links = Links(found=(Link(url=self.site.url("/more")),)) if request.wants_links else None
        sources = Sources(
            conditions=self.conditions(request),
            final_url=request.url,
            status=200,
            content_type="text/html",
            title="Page /",
            language=None,
            answers=(self._answer(path), self._answer("/style")),
            links=links,
        )
        found = replace(found_on(request.url), links=links)
        return replace(outcome_of(found), digest="one", sources=sources)

    def _answer(self, path: str) -> Answer:
        body = self.site.pages[path].encode()
        server = BaseHTTPRequestHandler
        headers = {
            "Server": f"{server.server_version} {server.sys_version}",
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(body)),
        }
        hop = Hop(
            url=self.site.url(path),
            asked=(("User-Agent", "a browser"),),
            status=200,
            counting=tuple(counting_headers(headers)),
        )
        return Answer(hops=(hop,), sha256=hashlib.sha256(body).hexdigest())


@pytest.fixture
def site() -> Iterator[LocalSite]:
    with LocalSite({"/": PAGE, "/style": STYLE}) as site:
        yield site


@pytest.fixture
def fleet(site: LocalSite) -> Iterator[KnowingFleet]:
    with Guard() as guard:
        yield KnowingFleet(guard, site)


@pytest.fixture
def project(client, owner, site) -> str:
    body = {"name": "Library", "slug": "library", "origins": [site.origin]}
    made = client.post("/api/v1/projects", headers=owner, json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


@pytest.fixture
def scan(api, make_runtime, fleet, site):
    """Scan the page and answer its visits."""
    make_runtime(allowed_hosts=frozenset({site.host}), recheck=AskAgain(fleet)).start()

    def scan(**more):
        asked = api.post_body({"urls": [site.url("/")], **more})
        assert asked.status_code == 202, asked.text
        scan_id = asked.json()["id"]
        assert api.ended(scan_id)["state"] == "completed"
        return api.visits(scan_id)

    return scan


def kept(app, table, visit):
    with db.transaction(app.state.engine, writes=False) as session:
        rows = session.exec(select(table).where(table.visit_id == visit["id"])).all()
        return sorted(str(sorted(row.model_dump(exclude=OWN).items())) for row in rows)


def test_a_page_of_which_all_is_the_same_is_not_visited_again(app, scan, fleet):
    (first,), (again,), (third,) = scan(), scan(), scan()
    assert len(fleet.visits) == 1
    assert [each["reused_from"] for each in (first, again, third)] == [
        None,
        first["id"],
        first["id"],
    ]
    for name in ("final_url", "status", "title", "state", "partial"):
        assert third[name] == first[name]
    assert third["timings_ms"].keys() == {"ask", "total"}
    for table in (FindingRow, RuleCountRow, VisitSources):
        assert kept(app, table, third) == kept(app, table, first) != []


def test_what_is_new_or_asked_otherwise_is_visited(scan, fleet, site):
    scan()
    for path in ("/", "/style"):
        site.pages[path] += " "
        assert visits_made(fleet, scan) == 1
        assert visits_made(fleet, scan) == 0
    for change in ({"fresh": True}, {"standard": "wcag21aa"}, {"wait_for": "h1"}):
        assert visits_made(fleet, scan, **change) == 1
    fleet.browser_version = "157.0"
    assert visits_made(fleet, scan) == 1


def test_every_size_has_to_be_known(scan, fleet):
    sizes = [{"width": 1280, "height": 1024}, {"width": 400, "height": 800}]
    scan()
    assert visits_made(fleet, scan, viewports=sizes) == 2
    wide, narrow = scan(viewports=sizes)
    assert None not in (wide["reused_from"], narrow["reused_from"])
    assert len(fleet.visits) == 3


def test_a_page_that_does_not_answer_in_time_is_left_to_the_browser(scan, fleet, site):
    scan()
    site.pages["/style"] = None
    fleet.pages["/"] = two_faults
    assert visits_made(fleet, scan) == 1


def test_a_crawl_goes_on_from_the_links_of_the_last_crawl(api, scan, fleet, site):
    site.pages["/more"] = "<!doctype html><h1>More</h1>"
    fleet.pages["/more"] = fleet.made

    def crawl() -> list[str]:
        before = len(fleet.visits)
        asked = api.post_body({"crawl": {"start": site.url("/"), "max_pages": 9}})
        assert asked.status_code == 202, asked.text
        assert api.ended(asked.json()["id"])["state"] == "completed"
        assert [each["url"] for each in api.visits(asked.json()["id"])] == [
            site.url("/"),
            site.url("/more"),
        ]
        return [urlsplit(each.url).path for each in fleet.visits[before:]]

    # What is no crawl keeps no links.
    scan()
    assert crawl() == ["/", "/more"]
    assert crawl() == []
    site.pages["/more"] += " "
    assert crawl() == ["/more"]


def visits_made(fleet, scan, **more) -> int:
    before = len(fleet.visits)
    scan(**more)
    return len(fleet.visits) - before
