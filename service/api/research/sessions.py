"""`/sessions`: one participant, one moderator, one sitting."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from service import barriers
from service.access import Permission
from service.api.deps import CurrentWork
from service.api.etag import IfMatch, set_etag
from service.api.idempotency import Idempotent
from service.api.paging import PageOf, PageParameters, paginate
from service.api.problem import problems
from service.api.research.values import Name, SessionId, StudyId, Word
from service.api.values import Answer, Body, Time
from service.research import sessions, studies
from service.research.submissions import project_of
from service.research.tables import Attempt, ResearchSession
from service.research.timing import MAX_OFFSET_MS

router = APIRouter()

_SESSION: JsonDict = {
    "participant_id": "019aa8c5f3e07b1c2d3e4f5061728394",
    "moderator": "MK",
    "started_at": "2026-11-22T09:30:00Z",
    "method": "test",
    "label": "S-014",
    "build": "1.4.2",
}


Setting = Literal["lab", "remote", "real-use"]
Outcome = Literal[
    "unassisted", "assisted", "partial", "failed", "gave_up", "thinks_finished", "not_run"
]
Count = Annotated[int, Field(strict=True, ge=0, le=10_000)]
Offset = Annotated[int, Field(strict=True, ge=0, le=MAX_OFFSET_MS)]


class NewSession(Body):
    """A sitting with a participant of the study."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SESSION]})

    participant_id: str = Field(min_length=1, max_length=64)
    moderator: Name
    started_at: Time | None = Field(
        default=None, description="What offsets in notes are counted from; left out: now."
    )
    method: Name = Field(
        default="test", description="`test`, `interview`, `observation`, `workshop` or another."
    )
    setting: Setting | None = Field(default=None, description="Where it takes place.")
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
    ended_at: Time | None
    method: str
    setting: str | None
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
    assists: int | None = Field(description="Null where nobody has counted them.")
    errors: int | None = Field(description="Null where nobody has counted them.")

    @classmethod
    def of(cls, attempt: Attempt, task: int) -> "AttemptAnswer":
        kept = attempt.model_dump(exclude={"session_id", "participant_id", "created_at", "version"})
        return cls(**kept, task=task)


class AttemptChange(Body):
    """A correction of an attempt; what is left out stays, null empties."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"assists": 2, "errors": 1}]})

    outcome: Outcome | None = None
    started_offset_ms: Offset | None = None
    ended_offset_ms: Offset | None = None
    seq: Annotated[int, Field(strict=True, ge=1, le=7)] | None = None
    assists: Count | None = None
    errors: Count | None = None


class SessionChange(Body):
    """What may be changed of a session; what is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"ended_at": "2026-11-22T10:30:00Z"}]}
    )

    ended_at: Time | None = None
    setting: Setting | None = None
    method: Name | None = None
    moderator: Name | None = None
    build: Name | None = None

    def changes(self) -> dict[str, object]:
        """What was sent; only what may be empty is emptied by null."""
        sent = self.model_dump(exclude_unset=True)
        return {
            name: value
            for name, value in sent.items()
            if value is not None or name in {"ended_at", "setting", "build"}
        }


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
def read_session(session_id: SessionId, work: CurrentWork, response: Response) -> SessionDetail:
    session = sessions.find_session(work, session_id, Permission.READ_RESEARCH)
    set_etag(response, session.version)
    tasks = studies.task_numbers(work.session, session.study_id).values()
    numbers = {task.id: task.number for task in tasks}
    return SessionDetail(
        **SessionAnswer.model_validate(session).model_dump(),
        attempts=[
            AttemptAnswer.of(attempt, numbers[attempt.task_id])
            for attempt in sessions.attempts_of(work.session, session.id)
        ],
    )


@router.patch(
    "/sessions/{session_id}",
    operation_id="change_session",
    summary="Change a session",
    responses=problems(401, 403, 404, 412, 413, 422),
)
def change_session(
    session_id: SessionId,
    body: SessionChange,
    work: CurrentWork,
    response: Response,
    if_match: IfMatch,
) -> SessionAnswer:
    """`ended_at` says that it is over; notes can still be added."""
    changed = sessions.change_session(work, session_id, body.changes(), expected=if_match)
    set_etag(response, changed.version)
    return SessionAnswer.model_validate(changed)


@router.patch(
    "/attempts/{attempt_id}",
    operation_id="change_attempt",
    summary="Correct an attempt",
    responses=problems(401, 403, 404, 412, 413, 422),
)
def change_attempt(
    attempt_id: Annotated[str, Path(min_length=1, max_length=64)],
    body: AttemptChange,
    work: CurrentWork,
    response: Response,
    if_match: IfMatch,
) -> AttemptAnswer:
    """Lines of notes that end the task later still count."""
    changes = body.model_dump(exclude_unset=True)
    changed = sessions.change_attempt(work, attempt_id, changes, expected=if_match)
    task = studies.find_task(work, changed.task_id, Permission.READ_RESEARCH)
    barriers.verify(work.session, project_of(work, changed.session_id), work.now)
    set_etag(response, changed.version)
    return AttemptAnswer.of(changed, task.number)
