"""Planning a scan: each page once, in all viewports; more of them as links are found."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import insert
from sqlmodel import Session, col, select

from service.projects import Project, find_or_add_pages, lock_project
from service.projects.many_pages import AT_ONCE
from service.scans.approaching import read_approach
from service.scans.crawling import Frontiers, PageLinks, crawl_of, follow
from service.scans.preparing import Prepared
from service.scans.storing import fail_scan
from service.scans.tables import PageVisit, Scan
from service.scans.targets import Frontier, read_targets
from service.scans.values import ENDED, LeftOut


def add_pages(
    session: Session,
    project: Project,
    scan: Scan,
    urls: Iterable[str],
    now: datetime,
    *,
    most: int | None = None,
    depth: int = 0,
    found_on: str | None = None,
) -> int:
    """Plan the pages that `urls` mean, after those planned already; pages planned before are not.

    Each page is planned by its first URL. The scan has no more than `most` pages afterwards;
    answers how many were left out for that. The caller holds the locks of project and scan.
    """
    left_out = 0
    for chunk in _chunks(urls):
        page_ids = find_or_add_pages(session, project, chunk, now)
        pages = dict(zip(reversed(page_ids), reversed(chunk), strict=True))
        planned = _planned(session, scan, list(pages))
        new = [page_id for page_id in dict.fromkeys(page_ids) if page_id not in planned]
        if most is not None:
            room = max(most - scan.pages_requested // len(scan.viewports), 0)
            left_out += max(len(new) - room, 0)
            new = new[:room]
        rows = [
            {
                "id": f"{scan.id}-{ordinal:06}",
                "scan_id": scan.id,
                "page_id": page_id,
                "ordinal": ordinal,
                "url": pages[page_id],
                "viewport": viewport,
                "depth": depth,
                "found_on": found_on,
            }
            for ordinal, (page_id, viewport) in enumerate(
                ((page_id, viewport) for page_id in new for viewport in scan.viewports),
                scan.pages_requested,
            )
        ]
        if rows:
            session.flush()
            session.execute(insert(PageVisit), rows)
            scan.pages_requested += len(rows)
    return left_out


def begin_scan(session: Session, scan_id: str, prepared: Prepared, now: datetime) -> None:
    """Set a scan running with the pages that its sitemap names and the start of its crawl.

    A scan without any page has failed, and says why.
    """
    project_id = session.exec(select(Scan.project_id).where(Scan.id == scan_id)).first()
    if project_id is None:
        return
    lock_project(session, project_id)
    scan = session.get_one(Scan, scan_id, with_for_update=True, populate_existing=True)
    if scan.state in ENDED:
        return
    scan.state = "running"
    scan.started_at = scan.started_at or now
    if prepared.failure is not None:
        fail_scan(session, scan_id, prepared.failure, now)
        return
    project = session.get_one(Project, project_id)
    most = read_targets(scan.targets).max_pages
    beyond = add_pages(session, project, scan, prepared.urls, now, most=most)
    _leave_out(scan, prepared.left_out + Counter({LeftOut.MAX_PAGES: beyond}))
    scan.notices = [*prepared.notices, *read_approach(scan.approach).notices]
    if scan.pages_requested == 0:
        fail_scan(session, scan_id, "There is no page to examine.", now)


@dataclass(frozen=True, kw_only=True)
class Growth:
    """The plan of a crawl as it is before one of its pages is stored, with its rows locked."""

    project: Project
    scan: Scan
    visit: PageVisit
    frontier: Frontier

    @classmethod
    def of_page(cls, session: Session, visit_id: str, frontiers: Frontiers) -> "Growth | None":
        """None when the plan does not grow any more, or is gone."""
        visit = session.get(PageVisit, visit_id)
        if visit is None:
            return None
        scan = session.get_one(Scan, visit.scan_id)
        lock_project(session, scan.project_id)
        session.refresh(scan, with_for_update=True)
        crawl = crawl_of(read_targets(scan.targets))
        if scan.state in ENDED or crawl is None:
            return None
        return cls(
            project=session.get_one(Project, scan.project_id),
            scan=scan,
            visit=visit,
            frontier=frontiers.of(session, scan, crawl),
        )

    def add(self, session: Session, page: PageLinks, now: datetime) -> None:
        """Plan the new pages that this page leads to."""
        pages, left_out = follow(self.frontier, self.visit.url, self.visit.depth, page)
        add_pages(
            session,
            self.project,
            self.scan,
            pages,
            now,
            depth=self.visit.depth + 1,
            found_on=self.visit.url,
        )
        _leave_out(self.scan, left_out)


def _leave_out(scan: Scan, more: Counter[LeftOut]) -> None:
    """A new value each time: a change within one would not be stored."""
    total = Counter(scan.left_out) + Counter({str(reason): more[reason] for reason in more})
    if total != scan.left_out:
        scan.left_out = dict(total)


def _planned(session: Session, scan: Scan, page_ids: list[str]) -> set[str]:
    return set(
        session.exec(
            select(PageVisit.page_id).where(
                PageVisit.scan_id == scan.id, col(PageVisit.page_id).in_(page_ids)
            )
        )
    )


def _chunks(urls: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(urls)
    while chunk := list(islice(rest, AT_ONCE)):
        yield chunk
