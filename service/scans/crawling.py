"""Growing the plan of a scan while it runs: from the links of the pages that were visited."""

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sqlmodel import Session, col, select

from checks import Links
from service.browser import VisitOutcome
from service.scans.tables import PageVisit, Scan
from service.scans.targets import (
    Fetch,
    Frontier,
    Robots,
    StoredTargets,
    TargetsUnreadable,
    read_robots,
    robots_address,
)
from service.scans.targets.links import page_of, site_and_key
from service.scans.values import Crawl, LeftOut

# Scans whose frontier is kept in memory; that of any other is read from the store again.
_KEPT_FRONTIERS = 8
_KEPT_ROBOTS = 256

Outcomes = tuple[VisitOutcome, ...]
_Of = tuple[str, str]
_Value = TypeVar("_Value")


@dataclass(frozen=True, kw_only=True)
class PageLinks:
    """Where one page of a crawl leads to, and what robots.txt says of that."""

    final_url: str
    links: Links
    robots: Mapping[str, Robots] | None
    """By their addresses; None where robots.txt is set aside."""

    def allows(self, url: str) -> bool:
        if self.robots is None:
            return True
        robots = self.robots.get(robots_address(url))
        return robots is not None and robots.allows(url)


def crawl_of(targets: StoredTargets) -> Crawl | None:
    """The crawl that a scan asks for, within the limits of the scan; None without one."""
    crawl = targets.crawl
    return crawl and replace(crawl, max_pages=min(crawl.max_pages, targets.max_pages))


@dataclass(frozen=True)
class _Unreadable:
    error: TargetsUnreadable
    until: float
    """By `time.monotonic`."""


class RobotsFiles:
    """The robots.txt that crawls have asked about, each read once a scan. Thread-safe.

    One that cannot be read is asked for again after `retry_s`: its server may be back by then.
    """

    def __init__(self, retry_s: float = 60) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[_Of, Robots] = OrderedDict()
        self._unreadable: OrderedDict[_Of, _Unreadable] = OrderedDict()
        self._retry_s = retry_s

    def judge(
        self, fetch: Fetch, scan_id: str, crawl: Crawl, outcomes: Outcomes
    ) -> tuple[Outcomes, PageLinks | None]:
        """The links of a page with their rules; None when no visit of it came so far.

        Where rules cannot be read, links are not followed: such a visit is partial, so that no
        scan looks whole without the pages behind them.
        """
        seen = _all_links(outcomes)
        if seen is None:
            return outcomes, None
        final_url, links = seen
        if crawl.ignore_robots:
            return outcomes, PageLinks(final_url=final_url, links=links, robots=None)
        robots: dict[str, Robots] = {}
        for address in _needed(crawl, final_url, links):
            try:
                robots[address] = self._read(fetch, scan_id, address)
            except TargetsUnreadable as error:
                reason = f"links were not followed: {error}"
                outcomes = tuple(_in_part(outcome, reason) for outcome in outcomes)
        page_links = PageLinks(final_url=final_url, links=links, robots=robots)
        # Judged here, so that nobody waits for it while the plan is locked.
        for link in links.found:
            if (page := page_of(link.url)) is not None:
                page_links.allows(page)
        return outcomes, page_links

    def _read(self, fetch: Fetch, scan_id: str, address: str) -> Robots:
        of = scan_id, address
        with self._lock:
            known, failed = self._known.get(of), self._unreadable.get(of)
        if known is not None:
            return known
        if failed is not None and time.monotonic() < failed.until:
            raise failed.error
        try:
            robots = read_robots(fetch, address)
        except TargetsUnreadable as error:
            self._keep(self._unreadable, of, _Unreadable(error, time.monotonic() + self._retry_s))
            raise
        self._keep(self._known, of, robots)
        return robots

    def _keep(self, kept: OrderedDict[_Of, _Value], of: _Of, value: _Value) -> None:
        with self._lock:
            kept[of] = value
            while len(kept) > _KEPT_ROBOTS:
                kept.popitem(last=False)


def _needed(crawl: Crawl, final_url: str, links: Links) -> list[str]:
    """The robots.txt of these links: on the site of the page, and on that of the crawl's start.

    On no other may a crawl go on.
    """
    sites = {site_and_key(crawl.start)[0], site_and_key(final_url)[0]}
    pages = (page for link in links.found if (page := page_of(link.url)) is not None)
    return list(
        dict.fromkeys(robots_address(page) for page in pages if site_and_key(page)[0] in sites)
    )


def _all_links(outcomes: Iterable[VisitOutcome]) -> tuple[str, Links] | None:
    """Where a page ended and its links in all its viewports; None when no visit came so far."""
    seen = [
        (each.artifacts.final_url, each.artifacts.links)
        for each in outcomes
        if each.artifacts is not None and each.artifacts.links is not None
    ]
    if not seen:
        return None
    found = {link.url: link for _, links in reversed(seen) for link in reversed(links.found)}
    return seen[0][0], Links(
        found=tuple(reversed(found.values())),
        cut=max(links.cut for _, links in seen),
        canonical=seen[0][1].canonical,
    )


def _in_part(outcome: VisitOutcome, reason: str) -> VisitOutcome:
    if outcome.state == "error":
        return outcome
    return replace(outcome, partial=True, partial_reasons=(*outcome.partial_reasons, reason))


@dataclass
class _Kept:
    """A frontier and how far into the scan's rows it was told."""

    frontier: Frontier
    planned: int = 0
    ended: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Frontiers:
    """The frontier of each crawl, told from the store what any process has planned since.

    Only what is committed is remembered, so an undone transaction leaves nothing behind but where
    its page ended, which `follow` notes: it is asked for again, and ends there again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def of(self, session: Session, scan: Scan, crawl: Crawl) -> Frontier:
        """Asked for while the scan's row is locked, and before this transaction changes it."""
        with self._lock:
            kept = self._kept.setdefault(scan.id, _Kept(Frontier(crawl)))
            self._kept.move_to_end(scan.id)
            while len(self._kept) > _KEPT_FRONTIERS:
                self._kept.popitem(last=False)
        with kept.lock:
            _tell(session, scan, kept)
        return kept.frontier


def _tell(session: Session, scan: Scan, kept: _Kept) -> None:
    if kept.planned < scan.pages_requested:
        for url, depth in session.exec(
            select(PageVisit.url, PageVisit.depth)
            .where(
                PageVisit.scan_id == scan.id,
                PageVisit.viewport == scan.viewports[0],
                PageVisit.ordinal >= kept.planned,
            )
            .order_by(col(PageVisit.ordinal))
        ):
            kept.frontier.remember(url, depth)
        kept.planned = scan.pages_requested
    if kept.ended < scan.ended_count:
        for url, depth, final_url, canonical in session.exec(
            select(PageVisit.url, PageVisit.depth, PageVisit.final_url, PageVisit.canonical).where(
                PageVisit.scan_id == scan.id,
                col(PageVisit.ended_order) > kept.ended,
                col(PageVisit.final_url).is_not(None),
            )
        ):
            assert final_url is not None
            kept.frontier.landed(url, depth, final_url=final_url, canonical=canonical)
        kept.ended = scan.ended_count


def follow(
    frontier: Frontier, url: str, depth: int, page: PageLinks
) -> tuple[tuple[str, ...], Counter[LeftOut]]:
    """The new pages that a visited page leads to, and how many links were left out."""
    frontier.landed(url, depth, final_url=page.final_url, canonical=page.links.canonical)
    discovery = frontier.discover(page.links.found, depth, allows=page.allows)
    return discovery.pages, discovery.left_out + Counter({LeftOut.LINKS_PER_PAGE: page.links.cut})
