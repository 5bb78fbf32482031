"""Where recordings of sessions are kept. The recordings themselves never come here."""

from sqlmodel import select
from sqlmodel.sql.expression import SelectOfScalar

from service.access import Permission, Work, record
from service.errors import NotFound
from service.research.consent import Agreement
from service.research.sessions import find_session, find_sitting
from service.research.studies import UNREACHABLE
from service.research.tables import Recording
from service.research.wall import require_consent


def add_recording(
    work: Work, session_id: str, *, kind: str, location: str, started_offset_ms: int = 0
) -> Recording:
    """Note where a recording is. `kind` is audio or video; its 0:00 is `started_offset_ms` after
    the session's start (negative: before it).

    Raises `NotFound`, `NotAllowed` and `Conflict` (consent does not cover it).
    """
    sitting = find_sitting(work, session_id, Permission.WRITE_RESEARCH, lock=True)
    require_consent(sitting.consent, Agreement(kind), f"{kind} recording")
    recording = Recording(
        session_id=sitting.session.id,
        participant_id=sitting.participant.id,
        kind=kind,
        location=location,
        started_offset_ms=started_offset_ms,
        created_at=work.now,
    )
    work.session.add(recording)
    work.session.flush()
    _record(work, recording, "recording added", sitting.project.id)
    return recording


def remove_recording(work: Work, recording_id: str) -> None:
    """Forget where a recording is. Raises `NotFound` and `NotAllowed`."""
    recording = find_recording(work, recording_id, Permission.WRITE_RESEARCH)
    sitting = find_sitting(work, recording.session_id, Permission.WRITE_RESEARCH)
    work.session.delete(recording)
    _record(work, recording, "recording removed", sitting.project.id)


def find_recording(work: Work, recording_id: str, permission: Permission) -> Recording:
    """Raises `NotFound` and `NotAllowed`."""
    recording = work.session.get(Recording, recording_id)
    if recording is None:
        raise NotFound(UNREACHABLE)
    find_session(work, recording.session_id, permission)
    return recording


def list_recordings(work: Work, session_id: str) -> SelectOfScalar[Recording]:
    """The recordings of a session. Raises `NotFound` and `NotAllowed`."""
    session = find_session(work, session_id, Permission.READ_RESEARCH)
    return select(Recording).where(Recording.session_id == session.id)


def _record(work: Work, recording: Recording, action: str, project_id: str) -> None:
    record(
        work,
        action,
        subject="session",
        subject_id=recording.session_id,
        project_id=project_id,
        kind=recording.kind,
    )
