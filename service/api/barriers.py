"""The ledger: ranked barriers, links to observations, pages with both kinds of evidence."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from sqlmodel import select

from service import barriers
from service.access import Permission, Work, projects
from service.api.barrier_models import (
    BarrierAnswer,
    BarrierChange,
    Criterion,
    EvidenceKind,
    LinkAnswer,
    LinkBody,
    NewBarrierBody,
    Status,
    SuggestionAnswer,
    SuggestionsAnswer,
)
from service.api.deps import CurrentWork
from service.api.etag import IfMatch, set_etag
from service.api.idempotency import Idempotent
from service.api.page_models import PageAnswer, PageEvidenceAnswer
from service.api.paging import PageOf, PageParameters, paginate, paginate_values
from service.api.problem import problems
from service.api.projects import ProjectId
from service.errors import NotFound
from service.projects import Page
from service.scans.page_view import view_page

router = APIRouter(tags=["barriers"])

BarrierId = Annotated[str, Path(min_length=1, max_length=64)]
ObservationId = Annotated[str, Path(min_length=1, max_length=64)]
PageId = Annotated[str, Path(min_length=1, max_length=64)]


@router.get(
    "/projects/{project_id}/barriers",
    operation_id="list_barriers",
    summary="The ranked ledger",
    responses=problems(401, 404, 422),
)
def list_barriers(
    project_id: ProjectId,
    work: CurrentWork,
    page: PageParameters,
    status: Annotated[list[Status] | None, Query(description="May be repeated.")] = None,
    evidence: Annotated[list[EvidenceKind] | None, Query(description="May be repeated.")] = None,
    rule: Annotated[str | None, Query(max_length=100)] = None,
    criterion: Annotated[Criterion | None, Query()] = None,
    page_id: Annotated[str | None, Query(max_length=64, description="Only on this page.")] = None,
) -> PageOf[BarrierAnswer]:
    """Open ones first, each group by score; `because` shows every component of the score.

    A `ci` token sees counts of people and nothing else from sessions.
    """
    project = projects.find_project(work, project_id, Permission.READ)
    entries = [
        entry
        for entry in barriers.read_ledger(work.session, project.id, work.now)
        if (not status or entry.status in status)
        and (not evidence or entry.kind in evidence)
        and rule in (None, entry.barrier.rule)
        and (criterion is None or criterion in entry.barrier.criteria)
        and (page_id is None or page_id in {on.page_id for on in entry.pages})
    ]
    return paginate_values(
        entries, page, lambda entry: _shown(work, entry), id_of=lambda entry: entry.barrier.id
    )


@router.post(
    "/projects/{project_id}/barriers",
    status_code=201,
    operation_id="add_barrier",
    summary="Add a barrier that people met",
    responses=problems(401, 403, 404, 409, 413, 422),
)
def add_barrier(
    project_id: ProjectId,
    body: NewBarrierBody,
    work: CurrentWork,
    response: Response,
    idempotent: Idempotent,
) -> BarrierAnswer:
    project = projects.find_project(work, project_id, Permission.TRIAGE)
    made = idempotent.made()
    if made is None:
        made = barriers.add_barrier(work, project.id, body.to_new()).id
        idempotent.remember(made)
    response.headers["Location"] = f"/api/v1/barriers/{made}"
    return _answer(work, made, response)


@router.get(
    "/barriers/{barrier_id}",
    operation_id="read_barrier",
    summary="Read a barrier",
    responses=problems(401, 404, 422),
)
def read_barrier(barrier_id: BarrierId, work: CurrentWork, response: Response) -> BarrierAnswer:
    return _answer(work, barrier_id, response)


@router.patch(
    "/barriers/{barrier_id}",
    operation_id="change_barrier",
    summary="Suppress a barrier for a while, or take that back",
    responses=problems(401, 403, 404, 409, 412, 413, 422),
)
def change_barrier(
    barrier_id: BarrierId,
    body: BarrierChange,
    work: CurrentWork,
    response: Response,
    if_match: IfMatch,
) -> BarrierAnswer:
    """The suppression ends by itself at `expires`, and at once when people meet the barrier."""
    barrier = barriers.find_barrier(work, barrier_id, Permission.TRIAGE)
    if body.suppression is None:
        barriers.reopen(work, barrier, if_match)
    else:
        request = barriers.SuppressionRequest(**body.suppression.model_dump())
        barriers.suppress(work, barrier, request, if_match)
    work.session.flush()
    return _answer(work, barrier_id, response)


@router.get(
    "/observations/{observation_id}/suggestions",
    operation_id="suggest_barriers",
    summary="Barriers that an observation probably speaks of",
    responses=problems(401, 403, 404, 422),
)
def suggest_barriers(observation_id: ObservationId, work: CurrentWork) -> SuggestionsAnswer:
    """Best first. Nothing is linked until somebody says so."""
    found = barriers.suggestions_for(work, observation_id)
    return SuggestionsAnswer(items=[SuggestionAnswer.model_validate(each) for each in found])


@router.post(
    "/observations/{observation_id}/links",
    status_code=201,
    operation_id="link_observation",
    summary="Link an observation to a barrier, or to a new one",
    responses=problems(401, 403, 404, 409, 413, 422),
)
def link_observation(
    observation_id: ObservationId,
    body: LinkBody,
    work: CurrentWork,
    response: Response,
    idempotent: Idempotent,
) -> LinkAnswer:
    """Linking a problem reopens a closed barrier and ends its suppression at once."""
    barrier_id = idempotent.made()
    if barrier_id is None:
        _, project_id = barriers.find_observation(work, observation_id, Permission.TRIAGE)
        barrier_id = body.barrier_id
        if body.new is not None:
            barrier_id = barriers.add_barrier(work, project_id, body.new.to_new(), at="/new").id
        assert barrier_id is not None
        barriers.link(work, observation_id, barrier_id)
        idempotent.remember(barrier_id)
    made = barriers.find_link(work.session, observation_id, barrier_id)
    if made is None:
        raise NotFound("This link was taken back after it had been made.")
    response.headers["Location"] = f"/api/v1/barriers/{made.barrier_id}"
    return LinkAnswer.model_validate(made)


@router.delete(
    "/observations/{observation_id}/links/{barrier_id}",
    status_code=204,
    operation_id="unlink_observation",
    summary="Take a link back",
    responses=problems(401, 403, 404, 422),
)
def unlink_observation(
    observation_id: ObservationId, barrier_id: BarrierId, work: CurrentWork
) -> None:
    barriers.unlink(work, observation_id, barrier_id)


@router.get(
    "/projects/{project_id}/pages",
    operation_id="list_pages",
    summary="The pages of a project",
    responses=problems(401, 404, 422),
)
def list_pages(
    project_id: ProjectId, work: CurrentWork, page: PageParameters
) -> PageOf[PageAnswer]:
    project = projects.find_project(work, project_id, Permission.READ)
    return paginate(
        work.session,
        select(Page).where(Page.project_id == project.id),
        page,
        PageAnswer.model_validate,
        key=Page.id,
    )


@router.get(
    "/projects/{project_id}/pages/{page_id}",
    operation_id="read_page",
    summary="One page: findings and observations side by side",
    responses=problems(401, 404, 422),
)
def read_page(project_id: ProjectId, page_id: PageId, work: CurrentWork) -> PageEvidenceAnswer:
    project = projects.find_project(work, project_id, Permission.READ)
    return PageEvidenceAnswer.of_view(view_page(work, project.id, page_id))


def _shown(work: Work, entry: barriers.Entry) -> BarrierAnswer:
    return BarrierAnswer.of(entry, reads_research=work.actor.may(Permission.READ_RESEARCH))


def _answer(work: Work, barrier_id: str, response: Response) -> BarrierAnswer:
    barrier = barriers.find_barrier(work, barrier_id, Permission.READ)
    ledger = barriers.read_ledger(work.session, barrier.project_id, work.now)
    entry = next(entry for entry in ledger if entry.barrier.id == barrier_id)
    set_etag(response, barrier.version)
    return _shown(work, entry)
