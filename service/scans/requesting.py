"""Asking for a scan, and calling it off."""

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from importlib.metadata import version
from itertools import groupby
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import orm
from sqlmodel import Session, and_, col, select

from checks import DEFAULT_STANDARD, UnknownStandard, standard
from service.access import Permission, Work, record
from service.config.logs import tell
from service.db import after_commit
from service.errors import Conflict, FieldError, Malformed, NotFound
from service.projects import Project, lock_project
from service.scans.approaching import refuse_bad_approach, stored_approach
from service.scans.planning import add_pages
from service.scans.tables import PageVisit, Scan
from service.scans.targets import refuse_bad_targets, stored_targets
from service.scans.values import ENDED, RANKS, SCAN_BATCH, ScanRequest

if TYPE_CHECKING:
    from service.jobs import JobQueue

_log = logging.getLogger("luiska.scans")
AVAILABLE_CHECKS = ("axe",)
_AVAILABLE = ", ".join(AVAILABLE_CHECKS)
_UNFINISHED = ("queued", "running")


def request_scan(work: Work, queue: "JobQueue", project: Project, request: ScanRequest) -> Scan:
    """Plan every URL in every viewport and enqueue the job, all in the caller's transaction.

    The same page named twice is planned once. What a sitemap or a crawl brings is planned by the
    job: nothing is fetched here. While a scan that was asked for in the same words has not ended,
    that one is answered, unless the request is `fresh`. Raises `Malformed` on targets, standard,
    checks or an approach that do not fit, `NotAllowed` and `NotFound`.
    """
    work.require(Permission.SCAN, project.id)
    chosen = request.standard or project.standard
    request = replace(request, standard=chosen)
    refuse_unavailable(request)
    refuse_bad_targets(project, request)
    refuse_bad_approach(project, request)
    lock_project(work.session, project.id)
    key = _request_key(request)
    if not request.fresh and (same := _unended_scan(work.session, project, key)):
        return same
    viewports = list(dict.fromkeys(f"{width}x{height}" for width, height in request.viewports))
    scan = Scan(
        project_id=project.id,
        standard=chosen,
        viewports=viewports,
        checks=list(dict.fromkeys(request.checks)),
        wait_for=request.wait_for,
        targets=stored_targets(request),
        priority=request.priority,
        request_key=key,
        fresh=request.fresh,
        approach=stored_approach(request.approach),
        page_state=request.page_state,
        branch=request.commit.branch,
        sha=request.commit.sha,
        base_sha=request.commit.base_sha,
        luiska_version=version("luiska"),
        pages_requested=0,
        requested_by=work.actor.name,
        requested_at=work.now,
    )
    work.session.add(scan)
    work.session.flush()
    add_pages(work.session, project, scan, request.urls, work.now)
    queue.enqueue(work.session, SCAN_BATCH, scan.id, rank=RANKS[request.priority])
    record(
        work,
        "scan requested",
        subject="scan",
        subject_id=scan.id,
        project_id=project.id,
        pages=scan.pages_requested,
    )
    scan_id, project_id, pages = scan.id, project.id, scan.pages_requested
    after_commit(
        work.session,
        lambda: tell(_log, "scan requested", scan_id=scan_id, project_id=project_id, pages=pages),
    )
    return scan


def is_joined(work: Work, scan: Scan) -> bool:
    """Whether `request_scan` has just answered a scan that was asked for before, by whomever."""
    return scan.requested_at != work.now


def find_scan(work: Work, scan_id: str, permission: Permission = Permission.READ) -> Scan:
    """The scan, if the actor can reach its project. Raises `NotFound`, `NotAllowed`."""
    scan = work.session.get(Scan, scan_id)
    if scan is None:
        raise NotFound("There is no scan with this id.")
    work.require(permission, scan.project_id)
    return scan


def cancel_scan(work: Work, scan: Scan) -> None:
    """Mark a scan cancelled: what was examined stays, what was not ends with `cancelled`.

    The caller stops the job with `JobQueue.cancel` after this is committed. Cancelling a
    cancelled scan again changes nothing; raises `Conflict` when it ended otherwise.
    """
    work.require(Permission.SCAN, scan.project_id)
    work.session.refresh(scan, with_for_update=True)
    if scan.state == "cancelled":
        return
    if scan.state in ENDED:
        raise Conflict(f"This scan has ended already: it is {scan.state}.")
    ended = _end_unfinished(work.session, scan, work.now)
    scan.state = "cancelled"
    scan.ended_at = work.now
    scan.ended_count += ended
    record(work, "scan cancelled", subject="scan", subject_id=scan.id, project_id=scan.project_id)
    scan_id = scan.id
    after_commit(work.session, lambda: tell(_log, "scan ended", scan_id=scan_id, state="cancelled"))


def _end_unfinished(session: Session, scan: Scan, now: datetime) -> int:
    """End every visit that has not ended, in their order; how many there were.

    In one statement: there may be hundreds of thousands, and their browsers wait to be told.
    """
    row = col(PageVisit.ordinal)
    unfinished = (
        select(PageVisit.id, sa.func.row_number().over(order_by=row).label("place"))
        .where(PageVisit.scan_id == scan.id, col(PageVisit.state).in_(_UNFINISHED))
        .subquery()
    )
    ended = session.connection().execute(
        sa.update(PageVisit)
        .where(col(PageVisit.id) == unfinished.c.id)
        .values(
            state="error",
            error_code="cancelled",
            error_detail="The scan was cancelled before this page was examined.",
            ended_order=scan.ended_count + unfinished.c.place,
            ended_at=now,
        )
    )
    # What this session knows of them is not so any more.
    session.expire_all()
    return ended.rowcount


def next_pages(session: Session, scan_id: str, limit: int) -> list[PageVisit]:
    """The first unfinished visit of each of the next pages, which are handed out with this.

    None of a scan that has ended. A page's visits stand together in the order of a scan.
    """
    scan = session.get(Scan, scan_id, with_for_update=True, populate_existing=True)
    if scan is None or scan.state in ENDED:
        return []
    visits = session.exec(
        select(PageVisit)
        .where(
            PageVisit.scan_id == scan_id,
            PageVisit.ordinal >= scan.handed_out,
            col(PageVisit.state).in_(_UNFINISHED),
        )
        .order_by(col(PageVisit.ordinal))
        .limit(limit * len(scan.viewports))
    ).all()
    pages = [list(group) for _, group in groupby(visits, lambda visit: visit.page_id)][:limit]
    if pages:
        scan.handed_out = pages[-1][-1].ordinal + 1
    return [page[0] for page in pages]


def unfinished_visits_of_page(session: Session, visit_id: str) -> list[PageVisit]:
    """The visits of the same page in the same scan that have not ended, in their order."""
    one = orm.aliased(PageVisit)
    statement = (
        select(PageVisit)
        .join(one, and_(one.scan_id == PageVisit.scan_id, one.page_id == PageVisit.page_id))
        .where(one.id == visit_id, col(PageVisit.state).in_(_UNFINISHED))
        .order_by(col(PageVisit.ordinal))
        .execution_options(populate_existing=True)
    )
    return list(session.exec(statement).all())


def begin_visits(session: Session, visit_ids: Sequence[str]) -> bool:
    """Have these run; False when all of them have ended meanwhile, which they then stay."""
    changed = session.connection().execute(
        sa.update(PageVisit)
        .where(col(PageVisit.id).in_(visit_ids), col(PageVisit.state).in_(_UNFINISHED))
        .values(state="running")
    )
    return changed.rowcount > 0


def refuse_unavailable(request: ScanRequest) -> None:
    """Raise `Malformed` that names the standard or the checks that there are none of."""
    errors = [
        FieldError(
            pointer=f"/checks/{index}",
            detail=f"There are no checks called {name!r} here; there are: {_AVAILABLE}.",
        )
        for index, name in enumerate(request.checks)
        if name not in AVAILABLE_CHECKS
    ]
    try:
        standard(request.standard or DEFAULT_STANDARD)
    except UnknownStandard as error:
        errors.append(FieldError(pointer="/standard", detail=str(error)))
    if errors:
        raise Malformed("This cannot be checked; see errors.", errors=tuple(errors))


def _request_key(request: ScanRequest) -> str:
    """The same for two requests of the same scan, whatever their priority."""
    words = asdict(replace(request, priority="normal", fresh=False))
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()


def _unended_scan(session: Session, project: Project, key: str) -> Scan | None:
    """The newest scan of these words that is queued or running. The project is locked."""
    return session.exec(
        select(Scan)
        .where(
            Scan.project_id == project.id,
            Scan.request_key == key,
            col(Scan.state).in_(_UNFINISHED),
        )
        .order_by(col(Scan.id).desc())
        .limit(1)
    ).first()
