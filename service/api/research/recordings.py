"""`/recordings`: where recordings of sessions are kept, outside of here."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import ConfigDict, Field

from service.access import Permission
from service.api.deps import CurrentWork
from service.api.idempotency import Idempotent
from service.api.paging import PageOf, PageParameters, paginate
from service.api.problem import problems
from service.api.research.values import Address, SessionId
from service.api.values import Answer, Body, Time
from service.research import recordings
from service.research.tables import Recording

router = APIRouter()

_DAY_MS = 24 * 3600 * 1000


class NewRecording(Body):
    """Where a recording of a session is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "audio", "location": "safe 3, folder S-014/audio.wav"}]
        }
    )

    kind: Literal["audio", "video"]
    location: Address = Field(description="Where it is kept: an address, a path, a shelf.")
    started_offset_ms: int = Field(
        default=0,
        strict=True,
        ge=-_DAY_MS,
        le=_DAY_MS,
        description="When its 0:00 is, from the session's start.",
    )


class RecordingAnswer(Answer):
    """Where a recording of a session is."""

    id: str
    session_id: str
    kind: str
    location: str
    started_offset_ms: int
    created_at: Time


@router.post(
    "/sessions/{session_id}/recordings",
    status_code=201,
    operation_id="add_recording",
    summary="Note where a recording is",
    responses=problems(401, 403, 404, 409, 413, 422),
)
def add_recording(
    session_id: SessionId, body: NewRecording, work: CurrentWork, idempotent: Idempotent
) -> RecordingAnswer:
    """409 without living consent to `audio` or `video`."""
    if made := idempotent.made():
        recording = recordings.find_recording(work, made, Permission.WRITE_RESEARCH)
    else:
        recording = recordings.add_recording(work, session_id, **body.model_dump())
        idempotent.remember(recording.id)
    return RecordingAnswer.model_validate(recording)


@router.get(
    "/sessions/{session_id}/recordings",
    operation_id="list_recordings",
    summary="List a session's recordings",
    responses=problems(401, 403, 404, 422),
)
def list_recordings(
    session_id: SessionId, work: CurrentWork, page: PageParameters
) -> PageOf[RecordingAnswer]:
    """In the order in which they were noted."""
    statement = recordings.list_recordings(work, session_id)
    return paginate(work.session, statement, page, RecordingAnswer.model_validate, key=Recording.id)


@router.delete(
    "/recordings/{recording_id}",
    status_code=204,
    operation_id="remove_recording",
    summary="Forget where a recording is",
    responses=problems(401, 403, 404, 422),
)
def remove_recording(
    recording_id: Annotated[str, Path(min_length=1, max_length=64)], work: CurrentWork
) -> None:
    recordings.remove_recording(work, recording_id)
