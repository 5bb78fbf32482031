"""Examining pages without a store: the same visits and readings, kept in memory only."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from checks import Finding, standard
from service.browser import PageError, Viewport, VisitOutcome, VisitRequest
from service.projects import Project, page_key
from service.scans.batch import Visitor
from service.scans.document import FindingDocument, PageDocument, ScanDocument
from service.scans.storing import read_outcome, refused_hosts
from service.scans.values import ScanRequest


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """How pages are visited: which private hosts are allowed, and for how long one may take."""

    allowed_hosts: frozenset[str]
    page_deadline_s: float
    lanes: int


def examine_unstored(
    fleet: Visitor,
    request: ScanRequest,
    conditions: Conditions,
    *,
    on_page: Callable[[PageDocument], None],
) -> ScanDocument:
    """Examine every page in every viewport; pages in the order asked for.

    `on_page` is told of each page as it ends, from the thread that examined it. An interrupt
    ends the running visits and is raised again.
    """
    chosen = standard(request.standard or "wcag22aa")
    visits = [
        VisitRequest(
            url=url,
            viewport=Viewport(width=width, height=height),
            axe_tags=chosen.axe_tags,
            wait_for=request.wait_for,
            allowed_hosts=conditions.allowed_hosts,
            deadline_s=conditions.page_deadline_s,
        )
        for url in _distinct(request.urls)
        for width, height in dict.fromkeys(request.viewports)
    ]
    cancelled = threading.Event()

    def examine(visit: VisitRequest) -> tuple[VisitOutcome, PageDocument]:
        outcome = fleet.visit(visit, cancelled=cancelled)
        page = _page(visit, outcome, chosen.id)
        on_page(page)
        return outcome, page

    with ThreadPoolExecutor(conditions.lanes) as lanes:
        try:
            examined = list(lanes.map(examine, visits))
        except BaseException:
            cancelled.set()
            lanes.shutdown(cancel_futures=True)
            raise
    outcomes = [outcome for outcome, _ in examined]
    return ScanDocument(
        standard=chosen.id,
        engine={
            "axe": next((each.axe_version for each in outcomes if each.axe_version), None),
            "browser": next(
                (each.browser_version for each in outcomes if each.browser_version), None
            ),
            "luiska": version("luiska"),
        },
        pages=tuple(page for _, page in examined),
    )


def _distinct(urls: Iterable[str]) -> list[str]:
    """Each page once, by its first URL, as a stored scan plans them."""
    anywhere = Project(slug="", name="", created_at=datetime.fromtimestamp(0, UTC))
    first: dict[str, str] = {}
    for url in urls:
        first.setdefault(page_key(anywhere, url), url)
    return list(first.values())


def _page(visit: VisitRequest, outcome: VisitOutcome, standard_id: str) -> PageDocument:
    reading = read_outcome(outcome, standard_id)
    error = reading if isinstance(reading, PageError) else None
    findings = () if isinstance(reading, PageError) else reading.findings
    artifacts = outcome.artifacts
    return PageDocument(
        url=visit.url,
        final_url=None if artifacts is None else artifacts.final_url,
        viewport=(visit.viewport.width, visit.viewport.height),
        state="examined" if error is None else "error",
        partial=outcome.partial,
        partial_reasons=outcome.partial_reasons,
        error=None if error is None else error.code,
        error_detail=None if error is None else error.detail,
        status=None if artifacts is None else artifacts.status,
        title=None if artifacts is None else artifacts.title,
        findings=tuple(_finding(finding) for finding in findings),
        refused=refused_hosts(outcome),
        timings_ms=outcome.timings_ms,
    )


def _finding(finding: Finding) -> FindingDocument:
    return FindingDocument(
        rule=finding.rule,
        outcome=finding.outcome,
        impact=finding.impact,
        criteria=finding.criteria,
        advisory=finding.advisory,
        selector=finding.selector,
        html=finding.html,
        message=finding.message,
        help=finding.help,
        help_url=finding.help_url,
        fingerprint=finding.fingerprint,
        engine=finding.engine,
    )
