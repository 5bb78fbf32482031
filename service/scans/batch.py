"""A scan as a durable job: plan its visits, make each, store each once, sum up."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlmodel import Session

from checks import standard
from service.browser import Viewport, VisitOutcome, VisitRequest
from service.db import transaction
from service.jobs import Batch, Item
from service.projects import Project
from service.scans.observing import JobObserver, Unobserved
from service.scans.requesting import next_pages, unfinished_visits_of_page
from service.scans.reusing import Known, Visited, known_of
from service.scans.storing import abandon_visit, end_scan, fail_scan, store_visit
from service.scans.tables import PageVisit, Scan
from service.scans.values import ENDED, SCAN_BATCH


class Visitor(Protocol):
    """Who makes page visits: the fleet, or a fake in tests."""

    def visit(
        self, request: VisitRequest, *, cancelled: threading.Event | None = None
    ) -> VisitOutcome: ...

    def visit_page(
        self,
        request: VisitRequest,
        viewports: Sequence[Viewport],
        *,
        cancelled: threading.Event | None = None,
    ) -> tuple[VisitOutcome, ...]: ...


PageOutcome = tuple[Visited, ...]


@dataclass(frozen=True, kw_only=True)
class ScanJob:
    """The callables of the scan batch over one store, one fleet and one clock.

    An item is a page in all its viewports; it is called by the id of its first visit.
    """

    engine: sa.Engine
    fleet: Visitor
    clock: Callable[[], datetime]
    allowed_hosts: frozenset[str]
    page_deadline_s: float
    observer: JobObserver = field(default_factory=Unobserved)

    def batch(self) -> Batch:
        return Batch(
            name=SCAN_BATCH,
            plan=self.plan,
            take=self.take,
            work=self.work,
            store=self.store,
            abandon=self.abandon,
            finish=self.finish,
            fail=self.fail,
        )

    def plan(self, session: Session, scan_id: str, _prepared: None) -> None:
        scan = session.get(Scan, scan_id, with_for_update=True)
        if scan is None or scan.state in ENDED:
            return
        scan.state = "running"
        scan.started_at = scan.started_at or self.clock()
        self.observer.scan_started(session, scan_id)

    def take(self, session: Session, scan_id: str, limit: int) -> list[Item]:
        """The next pages with a visit to make."""
        return [
            Item(id=visit.id, partition=urlsplit(visit.url).hostname or "")
            for visit in next_pages(session, scan_id, limit)
        ]

    def work(self, visit_id: str, cancelled: threading.Event) -> PageOutcome:
        """Visit one page. Nothing when its visits ended, or were deleted with their project."""
        with transaction(self.engine) as session:
            visits = unfinished_visits_of_page(session, visit_id, lock=True)
            if not visits:
                return ()
            for visit in visits:
                visit.state = "running"
            scan = session.get_one(Scan, visits[0].scan_id)
            project = session.get_one(Project, scan.project_id)
            known = known_of(session, scan, visits)
            request = self._request(project, scan, visits, known)
            scan_id = scan.id
        viewports = [_viewport(visit) for visit in visits]
        with self.observer.visiting(scan_id, visit_id):
            outcomes = self.fleet.visit_page(request, viewports, cancelled=cancelled)
        return tuple(
            known.visited(visit.id, outcome)
            for visit, outcome in zip(visits, outcomes, strict=True)
        )

    def store(self, session: Session, _visit_id: str, outcome: PageOutcome) -> None:
        for visited in outcome:
            with self.observer.storing(session, visited.visit_id, visited.outcome):
                store_visit(
                    session,
                    visited.visit_id,
                    visited.outcome,
                    self.clock(),
                    earlier=visited.earlier,
                )

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

    def _request(
        self, project: Project, scan: Scan, visits: Sequence[PageVisit], known: Known
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
            digests={
                _viewport(visit): known.by_visit[visit.id].digest
                for visit in visits
                if visit.id in known.by_visit
            },
        )


def _viewport(visit: PageVisit) -> Viewport:
    width, height = visit.viewport.split("x")
    return Viewport(width=int(width), height=int(height))
