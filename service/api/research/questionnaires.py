"""`/questionnaires`: answers to SUS, UMUX-Lite, SEQ and NASA-TLX."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt

from service.access import Permission, Work
from service.api.deps import CurrentWork
from service.api.idempotency import Idempotent
from service.api.paging import PageOf, PageParameters, paginate
from service.api.problem import problems
from service.api.research.values import Name, SessionId
from service.api.values import Body, Time
from service.research import questionnaires
from service.research.questionnaires import Instrument
from service.research.tables import QuestionnaireResponse, Task

router = APIRouter()

ResponseId = Annotated[str, Path(min_length=1, max_length=64)]


class NewResponse(Body):
    """What the participant of a session answered, item by item."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"instrument": "sus", "items": [4, 2, 5, 1, 4, 2, 5, 1, 4, 2]}]
        }
    )

    instrument: Instrument
    items: list[StrictInt | StrictFloat | None] = Field(
        min_length=1,
        max_length=10,
        description="As they were answered, null for one left out. `sus`: ten from 1 to 5. "
        "`umux-lite`: two from 1 to 7. `seq`: one from 1 to 7. `nasa-tlx`: six from 0 to 100.",
    )
    task: StrictInt | None = Field(default=None, description="A task's number; `seq` needs one.")
    weights: list[StrictInt] | None = Field(
        default=None,
        max_length=6,
        description="`nasa-tlx` alone: how often each scale was chosen in the fifteen pairs.",
    )
    language: Name | None = Field(default=None, description="What it was asked in.")
    answered_at: Time | None = Field(default=None, description="Left out: now.")


class ResponseAnswer(BaseModel):
    """What the participant of a session answered, item by item."""

    id: str
    session_id: str
    participant_id: str
    instrument: str
    task: int | None
    items: list[float | None]
    weights: list[int] | None
    language: str | None
    answered_at: Time

    @classmethod
    def of(cls, work: Work, response: QuestionnaireResponse) -> "ResponseAnswer":
        task = work.session.get(Task, response.task_id) if response.task_id else None
        return cls(**response.model_dump(), task=task.number if task else None)


@router.post(
    "/sessions/{session_id}/questionnaires",
    status_code=201,
    operation_id="add_questionnaire",
    summary="Keep the answers to a questionnaire",
    responses=problems(401, 403, 404, 409, 413, 422),
)
def add_response(
    session_id: SessionId,
    body: NewResponse,
    work: CurrentWork,
    response: Response,
    idempotent: Idempotent,
) -> ResponseAnswer:
    """409 without living consent to notes."""
    if made := idempotent.made():
        kept = questionnaires.find_response(work, made, Permission.WRITE_RESEARCH)
    else:
        kept = questionnaires.add_response(work, session_id, **body.model_dump())
        idempotent.remember(kept.id)
    response.headers["Location"] = f"/api/v1/questionnaires/{kept.id}"
    return ResponseAnswer.of(work, kept)


@router.get(
    "/sessions/{session_id}/questionnaires",
    operation_id="list_questionnaires",
    summary="List the questionnaires of a session",
    responses=problems(401, 403, 404, 422),
)
def list_responses(
    session_id: SessionId, work: CurrentWork, page: PageParameters
) -> PageOf[ResponseAnswer]:
    """In the order in which they were answered."""
    return paginate(
        work.session,
        questionnaires.list_responses(work, session_id),
        page,
        lambda row: ResponseAnswer.of(work, row),
        key=QuestionnaireResponse.id,
    )


@router.get(
    "/questionnaires/{response_id}",
    operation_id="read_questionnaire",
    summary="Read the answers to a questionnaire",
    responses=problems(401, 403, 404, 422),
)
def read_response(response_id: ResponseId, work: CurrentWork) -> ResponseAnswer:
    found = questionnaires.find_response(work, response_id, Permission.READ_RESEARCH)
    return ResponseAnswer.of(work, found)


@router.delete(
    "/questionnaires/{response_id}",
    status_code=204,
    operation_id="remove_questionnaire",
    summary="Take back answers that were typed wrongly",
    responses=problems(401, 403, 404, 422),
)
def remove_response(response_id: ResponseId, work: CurrentWork) -> None:
    questionnaires.remove_response(work, response_id)
