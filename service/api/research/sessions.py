"""`/sessions`: one participant, one moderator, one sitting."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from service.access import Permission
from service.api.deps import CurrentWork
from service.api.idempotency import Idempotent
from service.api.paging import PageOf, PageParameters, paginate
from service.api.problem import problems
from service.api.research.values import Name, SessionId, StudyId, Word
from service.api.values import Answer, Body, Time
from service.research import sessions, studies
from service.research.tables import ResearchSession

router = APIRouter()

_SESSION: JsonDict = {
    "participant_id": "019aa8c5f3e07b1c2d3e4f5061728394",
    "moderator": "MK",
    "started_at": "2026-11-22T09:30:00Z",
    "method": "test",
    "label": "S-014",
    "build": "1.4.2",
}


class NewSession(Body):
    """A sitting with a participant of the study."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SESSION]})

    participant_id: str = Field(min_length=1, max_length=64)
    moderator: Name
    started_at: Time | None = Field(
        default=None, description="What offsets in notes are counted from; left out: now."
    )
    method: Name = "test"
    label: Word | None = Field(
        default=None,
        description="What the header of notes calls it; left out: the next of S-001, S-002 …",
    )
    build: Name | None = Field(
        default=None, description="Left out: what the header of the notes says."
    )


class SessionAnswer(Answer):
    """A sitting with a participant of the study."""

    id: str
    study_id: str
    participant_id: str
    label: str
    moderator: str
    started_at: Time
    method: str
    build: str | None
    created_at: Time


class AttemptAnswer(BaseModel):
    """A try at a task, as `T2 >` and `T2 = outcome` tell of it."""

    id: str
    task: int = Field(description="The task's number.")
    task_id: str
    outcome: str | None = Field(description="Null while it runs.", examples=["assisted"])
    started_offset_ms: int | None
    ended_offset_ms: int | None
    seq: int | None = Field(description="Single Ease Question, 1 (hard) to 7 (easy).")


class SessionDetail(SessionAnswer):
    """A sitting with its attempts at the tasks, in order."""

    attempts: list[AttemptAnswer]


@router.post(
    "/studies/{study_id}/sessions",
    status_code=201,
    operation_id="open_session",
    summary="Open a session",
    responses=problems(401, 403, 404, 409, 413, 422),
)
def open_session(
    study_id: StudyId,
    body: NewSession,
    work: CurrentWork,
    response: Response,
    idempotent: Idempotent,
) -> SessionAnswer:
    """The label is unique in the study (409)."""
    if made := idempotent.made():
        session = sessions.find_session(work, made, Permission.WRITE_RESEARCH)
    else:
        session = sessions.open_session(work, study_id, **body.model_dump())
        idempotent.remember(session.id)
    response.headers["Location"] = f"/api/v1/sessions/{session.id}"
    return SessionAnswer.model_validate(session)


@router.get(
    "/studies/{study_id}/sessions",
    operation_id="list_sessions",
    summary="List a study's sessions",
    responses=problems(401, 403, 404, 422),
)
def list_sessions(
    study_id: StudyId, work: CurrentWork, page: PageParameters
) -> PageOf[SessionAnswer]:
    """In the order in which they were opened."""
    return paginate(
        work.session,
        sessions.list_sessions(work, study_id),
        page,
        SessionAnswer.model_validate,
        key=ResearchSession.id,
    )


@router.get(
    "/sessions/{session_id}",
    operation_id="read_session",
    summary="Read a session with its attempts",
    responses=problems(401, 403, 404, 422),
)
def read_session(session_id: SessionId, work: CurrentWork) -> SessionDetail:
    session = sessions.find_session(work, session_id, Permission.READ_RESEARCH)
    tasks = studies.task_numbers(work.session, session.study_id).values()
    numbers = {task.id: task.number for task in tasks}
    return SessionDetail(
        **SessionAnswer.model_validate(session).model_dump(),
        attempts=[
            AttemptAnswer(
                **attempt.model_dump(exclude={"session_id", "participant_id", "created_at"}),
                task=numbers[attempt.task_id],
            )
            for attempt in sessions.attempts_of(work.session, session.id)
        ],
    )
