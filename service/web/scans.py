"""The pages of scans: a project's list of them, and one scan while it runs and afterwards."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from sqlmodel import Session, col, func, select

from service import scans
from service.access import Permission, Work, projects
from service.errors import NotFound
from service.projects import Project
from service.scans import ENDED, PageVisit, Scan, Summary
from service.scans.targets import read_targets
from service.web.deps import PageWork
from service.web.render import render

router = APIRouter(include_in_schema=False)

Slug = Annotated[str, Path(min_length=1, max_length=64)]
_MOST_SCANS = 100
_MOST_VISITS = 50


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast a running scan is: pages per minute, and minutes left at that rate."""

    per_minute: float
    minutes_left: int


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a scan was asked for: the first address that was named and how many more, and so on."""

    url: str | None
    more: int
    sitemap: str | None
    crawl_start: str | None


@router.get("/projects/{slug}/scans")
def scans_page(request: Request, work: PageWork, slug: Slug) -> Response:
    """Newest first. The API has all of a list longer than this."""
    project = projects.find_project(work, slug, Permission.READ)
    found = _newest(work.session, project, _MOST_SCANS)
    return render(
        request,
        "scans.html",
        actor=work.actor,
        project=project,
        scans=found,
        asked=_asked(work.session, found),
        summaries=scans.summarise_all(work.session, found),
    )


@router.get("/projects/{slug}/scans/latest")
def latest_scan_page(request: Request, work: PageWork, slug: Slug) -> Response:
    """The newest scan, under an address that stays."""
    project = projects.find_project(work, slug, Permission.READ)
    found = _newest(work.session, project, 1)
    if not found:
        raise NotFound("Nothing has been scanned in this project yet.")
    return _scan_page(request, work, project, found[0])


@router.get("/projects/{slug}/scans/{scan_id}")
def scan_page(
    request: Request,
    work: PageWork,
    slug: Slug,
    scan_id: Annotated[str, Path(min_length=1, max_length=64)],
) -> Response:
    """Where a scan stands. A script renews its numbers as pages end; without one it is reloaded."""
    project = projects.find_project(work, slug, Permission.READ)
    scan = scans.find_scan(work, scan_id)
    if scan.project_id != project.id:
        raise NotFound("There is no scan with this id in this project.")
    return _scan_page(request, work, project, scan)


def _scan_page(request: Request, work: Work, project: Project, scan: Scan) -> Response:
    summary = scans.summarise(work.session, scan)
    ended = work.session.exec(
        select(PageVisit)
        .where(PageVisit.scan_id == scan.id, col(PageVisit.ended_order).is_not(None))
        .order_by(col(PageVisit.ended_order).desc())
        .limit(_MOST_VISITS)
    ).all()
    return render(
        request,
        "scan.html",
        actor=work.actor,
        project=project,
        scan=scan,
        is_running=scan.state not in ENDED,
        pages=summary.pages,
        counts=summary.counts,
        unvisited=_unvisited(work.session, scan),
        pace=_pace(work, scan, summary),
        visits=ended,
    )


def _unvisited(session: Session, scan: Scan) -> int:
    """How many visits a scan that was cancelled was never to make; they count as failed."""
    if scan.state != "cancelled":
        return 0
    return session.exec(
        select(func.count())
        .select_from(PageVisit)
        .where(PageVisit.scan_id == scan.id, PageVisit.error_code == "cancelled")
    ).one()


def _newest(session: Session, project: Project, number: int) -> list[Scan]:
    return list(
        session.exec(
            select(Scan)
            .where(Scan.project_id == project.id)
            .order_by(col(Scan.id).desc())
            .limit(number)
        ).all()
    )


def _asked(session: Session, found: list[Scan]) -> dict[str, Asked]:
    """By scan. What was named by its address are the first visits of a scan."""
    first = dict(
        session.exec(
            select(PageVisit.scan_id, PageVisit.url).where(
                col(PageVisit.scan_id).in_([scan.id for scan in found]),
                PageVisit.ordinal == 0,
            )
        ).all()
    )
    asked = {}
    for scan in found:
        targets = read_targets(scan.targets)
        asked[scan.id] = Asked(
            url=first.get(scan.id) if targets.urls else None,
            more=targets.urls - 1,
            sitemap=targets.sitemap,
            crawl_start=None if targets.crawl is None else targets.crawl.start,
        )
    return asked


def _pace(work: Work, scan: Scan, summary: Summary) -> Pace | None:
    """None before the first page has ended, and of a scan that has ended itself."""
    pages = summary.pages
    ended = pages.examined + pages.failed
    if scan.started_at is None or scan.ended_at is not None or not ended:
        return None
    took_min = max((work.now - scan.started_at).total_seconds(), 1) / 60
    per_minute = ended / took_min
    return Pace(per_minute=per_minute, minutes_left=round(pages.remaining / per_minute))
