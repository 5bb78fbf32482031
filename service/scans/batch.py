"""A scan as a durable job: plan its visits, make each, store each once, sum up."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlmodel import Session

from checks import standard
from service.browser import Viewport, VisitOutcome, VisitRequest
from service.db import transaction
from service.jobs import NO_LIMIT, Batch, Item
from service.projects import Project
from service.scans.approaching import read_approach
from service.scans.crawling import Frontiers, PageLinks, RobotsFiles, crawl_of
from service.scans.observing import JobObserver, Unobserved
from service.scans.planning import Growth, begin_scan
from service.scans.preparing import Prepared, prepare_targets
from service.scans.requesting import begin_visits, next_pages, unfinished_visits_of_page
from service.scans.reusing import Earlier, Visited, known_of
from service.scans.storing import abandon_visit, end_scan, fail_scan, reading_of, store_visit
from service.scans.tables import PageVisit, Scan
from service.scans.targets import OpenWeb, closed_web, read_targets
from service.scans.unchanged import AlwaysVisit, Rechecker
from service.scans.values import ENDED, SCAN_BATCH


class Visitor(Protocol):
    """Who makes page visits: the fleet, or a fake in tests."""

    def visit_page(
        self,
        request: VisitRequest,
        viewports: Sequence[Viewport],
        *,
        cancelled: threading.Event | None = None,
    ) -> tuple[VisitOutcome, ...]: ...


@dataclass(frozen=True, kw_only=True)
class PageOutcome:
    """What came of one page: what its visits brought, and where a crawl goes on from it."""

    visits: tuple[Visited, ...] = ()
    links: PageLinks | None = None
    standard: str = ""


@dataclass(frozen=True, kw_only=True)
class ScanJob:
    """The callables of the scan batch over one store, one fleet and one clock.

    An item is a page in all its viewports; it is called by the id of its first visit. `open_web`
    is how sitemaps and robots.txt are read. `recheck` is asked before a browser is.
    """

    engine: sa.Engine
    fleet: Visitor
    clock: Callable[[], datetime]
    allowed_hosts: frozenset[str]
    page_deadline_s: float
    open_web: OpenWeb = closed_web
    robots: RobotsFiles = field(default_factory=RobotsFiles)
    frontiers: Frontiers = field(default_factory=Frontiers)
    observer: JobObserver = field(default_factory=Unobserved)
    recheck: Rechecker = field(default_factory=AlwaysVisit)

    def batch(self) -> Batch:
        return Batch(
            name=SCAN_BATCH,
            prepare=self.prepare,
            plan=self.plan,
            take=self.take,
            work=self.work,
            read=self.read,
            store=self.store,
            abandon=self.abandon,
            finish=self.finish,
            fail=self.fail,
        )

    def prepare(self, scan_id: str, cancelled: threading.Event) -> Prepared:
        """Read the sitemap, and ask whether the crawl may start."""
        with transaction(self.engine, writes=False) as session:
            scan = session.get(Scan, scan_id)
            if scan is None or scan.state in ENDED:
                return Prepared()
            targets = read_targets(scan.targets)
            project = session.get_one(Project, scan.project_id)
        if targets.sitemap is None and targets.crawl is None:
            return Prepared()
        with self.open_web(self.allowed_hosts, cancelled) as fetch:
            return prepare_targets(fetch, project, targets)

    def plan(self, session: Session, scan_id: str, prepared: Prepared) -> None:
        begin_scan(session, scan_id, prepared, self.clock())
        self.observer.scan_started(session, scan_id)

    def take(self, session: Session, scan_id: str, limit: int) -> list[Item]:
        """The next pages with a visit to make. Hosts of one's own need no politeness."""
        return [
            Item(id=visit.id, partition=self._partition(visit.url))
            for visit in next_pages(session, scan_id, limit)
        ]

    def work(self, visit_id: str, cancelled: threading.Event) -> PageOutcome:
        """Visit one page. Nothing when its visits ended, or were deleted with their project."""
        # Read without the store's one writing turn: most of the time there is much to read.
        with transaction(self.engine, writes=False) as session:
            visits = unfinished_visits_of_page(session, visit_id)
            if not visits:
                return PageOutcome()
            viewports = [_viewport(visit) for visit in visits]
            scan = session.get(Scan, visits[0].scan_id)
            project = None if scan is None else session.get(Project, scan.project_id)
            if scan is None or project is None:
                return PageOutcome()
            crawl = crawl_of(read_targets(scan.targets))
            known = known_of(session, scan, visits)
        earlier = {
            viewport: known.by_visit[visit.id]
            for viewport, visit in zip(viewports, visits, strict=True)
            if visit.id in known.by_visit
        }
        request = self._request(project, scan, visits, earlier)
        request = replace(request, wants_links=crawl is not None)
        with self.observer.visiting(scan.id, visit_id):
            outcomes = None
            if self.recheck.knows(request, earlier, viewports):
                outcomes = self.recheck.unchanged(scan.id, request, earlier, viewports, cancelled)
            if outcomes is None:
                with transaction(self.engine) as session:
                    if not begin_visits(session, [visit.id for visit in visits]):
                        return PageOutcome()
                outcomes = self.fleet.visit_page(request, viewports, cancelled=cancelled)
        links = None
        if crawl is not None:
            with self.open_web(self.allowed_hosts, cancelled) as fetch:
                outcomes, links = self.robots.judge(fetch, scan.id, crawl, outcomes)
        visited = tuple(
            known.visited(visit.id, outcome)
            for visit, outcome in zip(visits, outcomes, strict=True)
        )
        return PageOutcome(visits=visited, links=links, standard=scan.standard)

    def read(self, outcome: PageOutcome) -> PageOutcome:
        """The same with what each visit says of its page."""
        visits = tuple(
            replace(each, reading=reading_of(each, outcome.standard)) for each in outcome.visits
        )
        return replace(outcome, visits=visits)

    def store(self, session: Session, visit_id: str, outcome: PageOutcome) -> None:
        growth = None
        if outcome.links is not None:
            growth = Growth.of_page(session, visit_id, self.frontiers)
        stored = [self._store(session, visited) for visited in outcome.visits]
        if growth is not None and outcome.links is not None and any(stored):
            growth.add(session, outcome.links, self.clock())

    def abandon(self, session: Session, visit_id: str, reason: str) -> None:
        for visit in unfinished_visits_of_page(session, visit_id):
            with self.observer.storing(session, visit.id, None):
                abandon_visit(session, visit.id, reason, self.clock())

    def finish(self, session: Session, scan_id: str) -> None:
        end_scan(session, scan_id, self.clock())
        self.observer.scan_ended(session, scan_id)

    def fail(self, session: Session, scan_id: str, reason: str) -> None:
        fail_scan(session, scan_id, reason, self.clock())
        self.observer.scan_ended(session, scan_id)

    def _store(self, session: Session, visited: Visited) -> bool:
        with self.observer.storing(session, visited.visit_id, visited.outcome):
            return store_visit(session, visited, self.clock())

    def _partition(self, url: str) -> str:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return NO_LIMIT if f"{host}:{port}" in self.allowed_hosts else parts.hostname or ""

    def _request(
        self,
        project: Project,
        scan: Scan,
        visits: Sequence[PageVisit],
        earlier: Mapping[Viewport, Earlier],
    ) -> VisitRequest:
        hosts = (urlsplit(origin.replace(":*", "")).hostname for origin in project.origins)
        return VisitRequest(
            url=visits[0].url,
            viewport=_viewport(visits[0]),
            axe_tags=standard(scan.standard).axe_tags,
            wait_for=scan.wait_for,
            allowed_hosts=self.allowed_hosts,
            site_hosts=frozenset(host for host in hosts if host),
            deadline_s=self.page_deadline_s,
            digests={size: each.digest for size, each in earlier.items()},
            approach=read_approach(scan.approach),
            secret_origins=tuple(project.origins),
            scope=scan.id,
        )


def _viewport(visit: PageVisit) -> Viewport:
    width, height = visit.viewport.split("x")
    return Viewport(width=int(width), height=int(height))
