"""A scan as a durable job: plan its visits, make each, store each once, sum up."""

import threading
from collections.abc import Callable
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
from service.scans.requesting import unfinished_visits
from service.scans.storing import abandon_visit, end_scan, fail_scan, store_visit
from service.scans.tables import PageVisit, Scan
from service.scans.values import ENDED, SCAN_BATCH


class Visitor(Protocol):
    """Who makes page visits: the fleet, or a fake in tests."""

    def visit(
        self, request: VisitRequest, *, cancelled: threading.Event | None = None
    ) -> VisitOutcome: ...


@dataclass(frozen=True, kw_only=True)
class ScanJob:
    """The callables of the scan batch over one store, one fleet and one clock."""

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
            work=self.work,
            store=self.store,
            abandon=self.abandon,
            finish=self.finish,
            fail=self.fail,
        )

    def plan(self, session: Session, scan_id: str) -> list[Item]:
        scan = session.get(Scan, scan_id, with_for_update=True)
        if scan is None or scan.state in ENDED:
            return []
        scan.state = "running"
        scan.started_at = scan.started_at or self.clock()
        self.observer.scan_started(session, scan_id)
        return [
            Item(id=visit.id, partition=urlsplit(visit.url).hostname or "")
            for visit in unfinished_visits(session, scan_id)
        ]

    def work(self, visit_id: str, cancelled: threading.Event) -> VisitOutcome | None:
        """Visit one page. None when the visit ended meanwhile, or was deleted with its project."""
        with transaction(self.engine) as session:
            visit = session.get(PageVisit, visit_id, with_for_update=True)
            if visit is None or visit.state not in {"queued", "running"}:
                return None
            visit.state = "running"
            scan = session.get_one(Scan, visit.scan_id)
            project = session.get_one(Project, scan.project_id)
            request = self._request(project, scan, visit)
            scan_id = scan.id
        with self.observer.visiting(scan_id, visit_id):
            return self.fleet.visit(request, cancelled=cancelled)

    def store(self, session: Session, visit_id: str, outcome: VisitOutcome | None) -> None:
        if outcome is not None:
            with self.observer.storing(session, visit_id, outcome):
                store_visit(session, visit_id, outcome, self.clock())

    def abandon(self, session: Session, visit_id: str, reason: str) -> None:
        with self.observer.storing(session, visit_id, None):
            abandon_visit(session, visit_id, reason, self.clock())

    def finish(self, session: Session, scan_id: str) -> None:
        end_scan(session, scan_id, self.clock())
        self.observer.scan_ended(session, scan_id)

    def fail(self, session: Session, scan_id: str, reason: str) -> None:
        fail_scan(session, scan_id, reason, self.clock())
        self.observer.scan_ended(session, scan_id)

    def _request(self, project: Project, scan: Scan, visit: PageVisit) -> VisitRequest:
        width, height = visit.viewport.split("x")
        hosts = (urlsplit(origin.replace(":*", "")).hostname for origin in project.origins)
        return VisitRequest(
            url=visit.url,
            viewport=Viewport(width=int(width), height=int(height)),
            axe_tags=standard(scan.standard).axe_tags,
            wait_for=scan.wait_for,
            allowed_hosts=self.allowed_hosts,
            site_hosts=frozenset(host for host in hosts if host),
            deadline_s=self.page_deadline_s,
        )
