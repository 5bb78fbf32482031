"""`/scans`: asking for scans, following them, reading what they found."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal

import anyio
from fastapi import APIRouter, Depends, FastAPI, Header, Path, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import Field
from sqlmodel import select

from service import scans
from service.access import Permission, projects
from service.api.deps import ASK_AGAIN_S, CurrentWork, ShortWork
from service.api.idempotency import Idempotent
from service.api.paging import PageOf, PageParameters, paginate
from service.api.problem import problems
from service.api.projects import ProjectId
from service.api.scan_models import (
    FindingAnswer,
    NewScan,
    ScanAnswer,
    VisitAnswer,
)
from service.errors import NotAllowed, NotFound, NotSignedIn
from service.jobs import JobQueue
from service.scans import FindingRow, PageVisit, Scan

router = APIRouter(tags=["scans"])

ScanId = Annotated[str, Path(min_length=1, max_length=64, description="The scan's id.")]
_POLL_S = 0.5
_KEEP_ALIVE_EVERY = 20


class RequestedScanAnswer(ScanAnswer):
    """The scan that was asked for."""

    joined: bool = Field(
        default=False,
        description="Whether an identical scan was under way and is answered: not yours to cancel.",
    )


def job_queue(request: Request) -> JobQueue:
    """The asking side of the jobs engine."""
    queue: JobQueue = request.app.state.queue
    return queue


CurrentQueue = Annotated[JobQueue, Depends(job_queue)]


@router.post(
    "/projects/{project_id}/scans",
    status_code=202,
    operation_id="request_scan",
    summary="Ask for a scan",
    responses=problems(401, 403, 404, 409, 413, 422),
)
def request_scan(
    project_id: ProjectId,
    body: NewScan,
    work: CurrentWork,
    queue: CurrentQueue,
    response: Response,
    idempotent: Idempotent,
) -> RequestedScanAnswer:
    """Answers at once; follow `Location` or its `/events`. The same page twice is one page.

    While an identical scan (same pages and what is done with them, standard, viewports, checks and
    commit) is queued or running, that scan is answered instead of a second one, `joined`; `fresh`
    scans anyway.
    """
    joined = False
    if made := idempotent.made():
        scan = scans.find_scan(work, made)
    else:
        project = projects.find_project(work, project_id, Permission.SCAN)
        scan = scans.request_scan(work, queue, project, body.to_request())
        joined = scans.is_joined(work, scan)
        idempotent.remember(scan.id)
    response.headers["Location"] = f"/api/v1/scans/{scan.id}"
    answer = ScanAnswer.of(scan, scans.summarise(work.session, scan))
    return RequestedScanAnswer(**dict(answer), joined=joined)


@router.get(
    "/projects/{project_id}/scans",
    operation_id="list_scans",
    summary="List a project's scans",
    responses=problems(401, 404, 422),
)
def list_scans(
    project_id: ProjectId, work: CurrentWork, page: PageParameters
) -> PageOf[ScanAnswer]:
    """Newest first."""
    project = projects.find_project(work, project_id, Permission.READ)
    found: PageOf[Scan] = paginate(
        work.session,
        select(Scan).where(Scan.project_id == project.id),
        page,
        lambda scan: scan,
        key=Scan.id,
        newest_first=True,
    )
    summaries = scans.summarise_all(work.session, found.items)
    return PageOf(
        items=[ScanAnswer.of(scan, summaries[scan.id]) for scan in found.items], next=found.next
    )


@router.get(
    "/scans/{scan_id}",
    operation_id="read_scan",
    summary="Where a scan stands",
    responses=problems(401, 404, 422),
)
def read_scan(scan_id: ScanId, work: CurrentWork) -> ScanAnswer:
    scan = scans.find_scan(work, scan_id)
    return ScanAnswer.of(scan, scans.summarise(work.session, scan))


@router.post(
    "/scans/{scan_id}/cancel",
    status_code=202,
    operation_id="cancel_scan",
    summary="Call a scan off",
    responses=problems(401, 403, 404, 409, 422),
)
def cancel_scan(scan_id: ScanId, short_work: ShortWork, queue: CurrentQueue) -> ScanAnswer:
    """Running pages end; what was examined stays. 409 when it has ended otherwise."""
    with short_work() as work:
        scan = scans.find_scan(work, scan_id, Permission.SCAN)
        scans.cancel_scan(work, scan)
        answer = ScanAnswer.of(scan, scans.summarise(work.session, scan))
    # After the commit: a job that died first would be taken up again by the next start.
    queue.cancel(scan_id)
    return answer


@router.get(
    "/scans/{scan_id}/pages",
    operation_id="list_visits",
    summary="The pages of a scan",
    responses=problems(401, 404, 422),
)
def list_visits(
    scan_id: ScanId,
    work: CurrentWork,
    page: PageParameters,
    state: Annotated[
        Literal["queued", "running", "examined", "error"] | None,
        Query(description="Only visits in this state."),
    ] = None,
) -> PageOf[VisitAnswer]:
    """One visit for each page in each viewport, in the order asked for."""
    scan = scans.find_scan(work, scan_id)
    statement = select(PageVisit).where(PageVisit.scan_id == scan.id)
    if state is not None:
        statement = statement.where(PageVisit.state == state)
    return paginate(work.session, statement, page, VisitAnswer.of, key=PageVisit.id)


@router.get(
    "/scans/{scan_id}/findings",
    operation_id="list_findings",
    summary="What a scan found",
    responses=problems(401, 404, 422),
)
def list_findings(
    scan_id: ScanId,
    work: CurrentWork,
    page: PageParameters,
    rule: Annotated[str | None, Query(max_length=100, examples=["color-contrast"])] = None,
    criterion: Annotated[
        str | None, Query(pattern=r"^[1-4]\.[1-9]\.[0-9]{1,2}$", examples=["1.4.3"])
    ] = None,
    impact: Annotated[Literal["minor", "moderate", "serious", "critical"] | None, Query()] = None,
    outcome: Annotated[Literal["failed", "cantTell"] | None, Query()] = None,
    url: Annotated[
        str | None, Query(max_length=4000, description="As it was asked for, or final.")
    ] = None,
) -> PageOf[FindingAnswer]:
    """Every filter narrows; without any, everything that failed or needs review."""
    scan = scans.find_scan(work, scan_id)
    statement = scans.findings_of(
        scan.id, rule=rule, criterion=criterion, impact=impact, outcome=outcome, url=url
    )
    visits = scans.visit_urls(work.session, scan.id)
    return paginate(
        work.session,
        statement,
        page,
        lambda finding: FindingAnswer.of(finding, *visits[finding.visit_id]),
        key=FindingRow.id,
    )


def readable_scan(scan_id: ScanId, short_work: ShortWork) -> str:
    """The scan's id once it is certain that the caller may read it; holds no connection."""
    with short_work() as work:
        return scans.find_scan(work, scan_id).id


@router.get(
    "/scans/{scan_id}/events",
    response_class=EventSourceResponse,
    operation_id="follow_scan",
    summary="Follow a scan",
    responses=problems(401, 404, 422),
)
async def follow_scan(
    request: Request,
    scan_id: Annotated[str, Depends(readable_scan)],
    short_work: ShortWork,
    last_event_id: Annotated[
        str | None,
        Header(alias="Last-Event-ID", pattern=r"^[0-9]{1,9}$", description="Go on after it."),
    ] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Server-Sent Events: `page` as pages end, `progress` after them, `done` at the end.

    It ends without it when the scan is deleted, or soon after the token ends.
    """
    told = int(last_event_id or 0)
    silent = 0
    asked = anyio.current_time()
    while not await request.is_disconnected():
        try:
            if anyio.current_time() - asked > ASK_AGAIN_S:
                asked = anyio.current_time()
                await anyio.to_thread.run_sync(readable_scan, scan_id, short_work)
            events = await anyio.to_thread.run_sync(_events, request.app, scan_id, told)
        except (NotFound, NotSignedIn, NotAllowed):
            # Asking again tells why.
            return
        for event in events:
            told = event.number if event.number is not None else told
            yield ServerSentEvent(
                event=event.kind,
                data=event.data,
                id=None if event.number is None else str(event.number),
            )
            if event.kind == "done":
                return
        silent = 0 if events else silent + 1
        if silent == _KEEP_ALIVE_EVERY:
            silent = 0
            yield ServerSentEvent(comment="still here")
        if not events:
            await anyio.sleep(_POLL_S)


def _events(app: FastAPI, scan_id: str, after: int) -> list[scans.ScanEvent]:
    return list(scans.events_after(app.state.engine, scan_id, after))
