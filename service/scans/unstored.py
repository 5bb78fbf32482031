"""Examining pages without a store: the same visits and readings, kept in memory only."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version

from checks import DEFAULT_STANDARD, Finding, standard
from service.barriers.document import FindingDocument, PageDocument, ScanDocument
from service.browser import PageError, Viewport, VisitOutcome, VisitRequest
from service.projects import Project, page_key
from service.scans.batch import Visitor
from service.scans.crawling import PageLinks, RobotsFiles, crawl_of, follow
from service.scans.pictures import PictureKey
from service.scans.preparing import prepare_targets
from service.scans.storing import completed_rules, read_outcome, refused_hosts
from service.scans.targets import (
    Fetch,
    Frontier,
    OpenWeb,
    TargetsUnreadable,
    closed_web,
    read_targets,
    stored_targets,
)
from service.scans.values import LeftOut, ScanRequest

_NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """How pages are visited: which private hosts are allowed, and for how long one may take.

    `origins` are those of one site, whatever its host; pages elsewhere keep their host.
    """

    allowed_hosts: frozenset[str]
    page_deadline_s: float
    lanes: int
    origins: tuple[str, ...] = ()


def examine_unstored(
    fleet: Visitor,
    request: ScanRequest,
    conditions: Conditions,
    *,
    on_page: Callable[[PageDocument], None],
    on_planned: Callable[[int], None] = lambda _visits: None,
    on_picture: Callable[[PictureKey, bytes], None] = lambda _key, _content: None,
    open_web: OpenWeb = closed_web,
) -> ScanDocument:
    """Examine every page in every viewport; pages in the order asked for, or found.

    `on_page` is told of each page as it ends, from the thread that examined it, and `on_planned`
    how many visits there are to make by then; `on_picture` of each picture (WebP), from the same
    thread as its page, before it. An interrupt ends the running visits and is raised
    again. Raises `TargetsUnreadable` when it cannot be told which pages there are.
    """
    cancelled = threading.Event()
    with open_web(conditions.allowed_hosts, cancelled) as fetch:
        run = _Run(fleet, request, conditions, fetch, cancelled, on_page, on_picture)
        run.prepare()
        on_planned(run.visits)
        with ThreadPoolExecutor(conditions.lanes) as lanes:
            try:
                _examine_all(run, lanes, on_planned)
            except BaseException:
                cancelled.set()
                lanes.shutdown(cancel_futures=True)
                raise
    return run.document()


def _examine_all(run: "_Run", lanes: ThreadPoolExecutor, on_planned: Callable[[int], None]) -> None:
    """Pages that are found on the way go to the end of the lanes' queue."""
    running: set[Future[PageLinks | None]] = set()
    pages: dict[Future[PageLinks | None], _Page] = {}

    def begin(planned: Iterable[_Page]) -> None:
        for page in planned:
            future = lanes.submit(run.examine, page)
            running.add(future)
            pages[future] = page

    begin(run.pages)
    while running:
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            running.remove(future)
            links, page = future.result(), pages.pop(future)
            if links is not None:
                begin(run.grow(page, links))
                on_planned(run.visits)


@dataclass
class _Page:
    """A page of the plan, and what came of it, a viewport each."""

    url: str
    depth: int
    visited: list[tuple[VisitOutcome, PageDocument]] = field(default_factory=list)


class _Run:
    """One scan: its plan, and what is kept of it."""

    def __init__(
        self,
        fleet: Visitor,
        request: ScanRequest,
        conditions: Conditions,
        fetch: Fetch,
        cancelled: threading.Event,
        on_page: Callable[[PageDocument], None],
        on_picture: Callable[[PictureKey, bytes], None],
    ) -> None:
        self._fleet = fleet
        self._project = Project(
            slug="", name="", origins=list(conditions.origins), created_at=_NEVER
        )
        self._request = request
        self._conditions = conditions
        self._fetch = fetch
        self._cancelled = cancelled
        self._on_page = on_page
        self._on_picture = on_picture
        self._standard = standard(request.standard or DEFAULT_STANDARD)
        self._viewports = [Viewport(width=x, height=y) for x, y in dict.fromkeys(request.viewports)]
        self._targets = read_targets(stored_targets(request))
        self._crawl = crawl_of(self._targets)
        self._frontier = None if self._crawl is None else Frontier(self._crawl)
        self._robots = RobotsFiles()
        # A second visit is to see what the site sends then, not what a cache kept of the first.
        self._scope = uuid.uuid4().hex
        self._planned: dict[str, _Page] = {}
        self._left_out: Counter[LeftOut] = Counter()
        self._notices = request.approach.notices

    @property
    def pages(self) -> list[_Page]:
        """The plan so far."""
        return list(self._planned.values())

    @property
    def _is_named(self) -> bool:
        """Whether each page is one that was asked for by its address."""
        return self._request.sitemap is None and self._crawl is None

    @property
    def visits(self) -> int:
        return len(self._planned) * len(self._viewports)

    def prepare(self) -> None:
        """Plan what was named: URLs, then the sitemap, then the start of the crawl."""
        self._plan(self._request.urls, depth=0)
        if self._targets.sitemap is None and self._crawl is None:
            return
        prepared = prepare_targets(self._fetch, self._project, self._targets)
        if prepared.failure is not None:
            raise TargetsUnreadable(prepared.failure)
        self._left_out += prepared.left_out
        self._notices = (*prepared.notices, *self._notices)
        self._plan(prepared.urls, depth=0, most=self._request.max_pages)

    def examine(self, page: _Page) -> PageLinks | None:
        """Visit a page; where it leads to, in a crawl. Called by the lanes."""
        visit = VisitRequest(
            url=page.url,
            viewport=self._viewports[0],
            axe_tags=self._standard.axe_tags,
            wait_for=self._request.wait_for,
            allowed_hosts=self._conditions.allowed_hosts,
            deadline_s=self._conditions.page_deadline_s,
            wants_links=self._crawl is not None,
            approach=self._request.approach,
            scope=self._scope,
        )
        outcomes = self._fleet.visit_page(visit, self._viewports, cancelled=self._cancelled)
        links = None
        if self._crawl is not None:
            outcomes, links = self._robots.judge(self._fetch, "", self._crawl, outcomes)
        for viewport, outcome in zip(self._viewports, outcomes, strict=True):
            document = _page(
                replace(visit, viewport=viewport),
                outcome,
                self._standard.id,
                self._project,
                named=self._is_named,
                page_state=self._request.page_state,
            )
            for picture in outcome.pictures:
                size = (viewport.width, viewport.height)
                place = (page.url, size, self._request.page_state, picture.selector)
                self._on_picture(place, picture.content)
            page.visited.append((_without_artifacts(outcome), document))
            self._on_page(document)
        return links

    def grow(self, page: _Page, links: PageLinks) -> list[_Page]:
        """Plan the new pages that this one leads to, and answer them."""
        assert self._frontier is not None
        urls, left_out = follow(self._frontier, page.url, page.depth, links)
        self._left_out += left_out
        return self._plan(urls, depth=page.depth + 1)

    def document(self) -> ScanDocument:
        visited = [each for page in self._planned.values() for each in page.visited]
        outcomes = [outcome for outcome, _ in visited]
        return ScanDocument(
            standard=self._standard.id,
            engine={
                "axe": next((each.axe_version for each in outcomes if each.axe_version), None),
                "browser": next(
                    (each.browser_version for each in outcomes if each.browser_version), None
                ),
                "luiska": version("luiska"),
            },
            pages=tuple(document for _, document in visited),
            left_out={str(reason): number for reason, number in self._left_out.items()},
            notices=self._notices,
        )

    def _plan(self, urls: Iterable[str], *, depth: int, most: int | None = None) -> list[_Page]:
        """Each page once, by its first URL, as a stored scan plans them."""
        new = []
        for url in urls:
            key = page_key(self._project, url)
            if key in self._planned:
                continue
            if most is not None and len(self._planned) >= most:
                self._left_out[LeftOut.MAX_PAGES] += 1
                continue
            self._planned[key] = _Page(url=url, depth=depth)
            new.append(self._planned[key])
            if self._frontier is not None:
                self._frontier.remember(url, depth)
        return new


def _without_artifacts(outcome: VisitOutcome) -> VisitOutcome:
    """What a page weighs is in its artifacts and pictures, and they have been read."""
    return replace(outcome, artifacts=None, pictures=(), page_picture=None)


def _page(
    visit: VisitRequest,
    outcome: VisitOutcome,
    standard_id: str,
    project: Project,
    *,
    named: bool,
    page_state: str,
) -> PageDocument:
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
        key=page_key(project, visit.url),
        page_state=page_state,
        final_key="" if artifacts is None else page_key(project, artifacts.final_url),
        named=named,
        completed=frozenset() if isinstance(reading, PageError) else completed_rules(reading),
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
        instance_key=finding.instance_key,
        path=finding.path,
    )
