"""`/observations`: what was noted, how it is read, and corrections of that."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from service import barriers
from service.access import Permission, Work
from service.api.deps import CurrentWork
from service.api.etag import IfMatch, set_etag
from service.api.paging import PageOf, PageParameters, paginate
from service.api.problem import problems
from service.api.research.observation_models import Correction, ObservationAnswer
from service.api.research.privacy import CurrentVault
from service.api.research.values import ObservationId, SessionId
from service.db import after_commit
from service.research import observations, personal
from service.research.grammar import Code
from service.research.observations import ObservationRecord
from service.research.tables import Observation

router = APIRouter()

History = Annotated[bool, Query(description="Also every version of how it was read.")]


@router.get(
    "/sessions/{session_id}/observations",
    operation_id="list_observations",
    summary="List a session's observations",
    responses=problems(401, 403, 404, 422),
)
def list_observations(
    session_id: SessionId,
    work: CurrentWork,
    page: PageParameters,
    code: Annotated[Code | None, Query(description="Only those that are read so now.")] = None,
    task: Annotated[int | None, Query(ge=1, le=9999, description="A task's number.")] = None,
    kinds: Annotated[
        Literal["observation", "all"],
        Query(description="`all`: also lines about pages and tasks, headers and blank lines."),
    ] = "observation",
    history: History = False,
) -> PageOf[ObservationAnswer]:
    """In the order of the lines."""
    statement = observations.list_observations(
        work, session_id, code=code, task=task, all_kinds=kinds == "all"
    )
    rows = paginate(work.session, statement, page, lambda row: row, key=Observation.id)
    known = observations.records_of(work.session, rows.items, history=history)
    return PageOf(items=_answers(work, known, history=history), next=rows.next)


@router.get(
    "/observations/{observation_id}",
    operation_id="read_observation",
    summary="Read an observation",
    responses=problems(401, 403, 404, 422),
)
def read_observation(
    observation_id: ObservationId,
    work: CurrentWork,
    response: Response,
    history: History = False,
) -> ObservationAnswer:
    known = observations.find_observation(
        work, observation_id, Permission.READ_RESEARCH, history=history
    )
    return _answer(work, known, response, history=history)


@router.patch(
    "/observations/{observation_id}",
    operation_id="correct_observation",
    summary="Correct how an observation is read",
    responses=problems(401, 403, 404, 409, 412, 413, 422),
)
def correct_observation(
    request: Request,
    observation_id: ObservationId,
    body: Correction,
    work: CurrentWork,
    response: Response,
    if_match: IfMatch,
    vault: CurrentVault,
) -> ObservationAnswer:
    """Makes a further version; what was noted and every earlier version stay.

    What looks like personal data in its words is a warning (`personal-data`) that names the place.
    """
    known = observations.correct_observation(
        work, observation_id, body.to_item(), expected=if_match
    )
    personal.warn_of_correction(work, vault, known)
    barriers.recheck(work, observation_id)
    wake = request.app.state.feeds.wake
    after_commit(work.session, partial(wake, known.observation.session_id))
    return _answer(work, known, response, history=False)


def _answer(
    work: Work, known: ObservationRecord, response: Response, *, history: bool
) -> ObservationAnswer:
    if known.readings:
        set_etag(response, known.readings[-1].version)
    return _answers(work, [known], history=history)[0]


def _answers(
    work: Work, known: list[ObservationRecord], *, history: bool
) -> list[ObservationAnswer]:
    readings = [reading for each in known for reading in each.readings]
    tasks = observations.task_number_of(work.session, readings)
    return [ObservationAnswer.of(each, tasks, history=history) for each in known]
