"""Operations on sessions: one participant, one moderator, one sitting."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from service.access import Permission, Work, record
from service.access.versions import check_version
from service.errors import Conflict, FieldError, Malformed, NotFound
from service.projects import Project
from service.research.consent import LivingConsent, living_consents
from service.research.studies import UNREACHABLE, find_study
from service.research.tables import Attempt, Participant, ResearchSession, Study

_NUMBERED = re.compile(r"S-([0-9]{1,6})")


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """A session with everything that decides what may be written about it."""

    session: ResearchSession
    study: Study
    project: Project
    participant: Participant
    consent: LivingConsent | None


def open_session(
    work: Work,
    study_id: str,
    *,
    participant_id: str,
    moderator: str,
    started_at: datetime | None = None,
    method: str = "test",
    setting: str | None = None,
    label: str | None = None,
    build: str | None = None,
) -> ResearchSession:
    """A new session; without a label it gets the next free one of S-001, S-002 …

    Raises `NotFound`, `NotAllowed`, `Conflict` (the label is taken) and `Malformed` (a
    participant of no or another study).
    """
    study = find_study(work, study_id, Permission.WRITE_RESEARCH, lock=True)
    participant = work.session.get(Participant, participant_id)
    if participant is None or participant.study_id != study.id:
        wrong = FieldError(pointer="/participant_id", detail="The study has no such participant.")
        raise Malformed("A session needs a participant of its study.", errors=(wrong,))
    taken = set(
        work.session.exec(select(ResearchSession.label).where(ResearchSession.study_id == study.id))
    )
    if label is not None and label in taken:
        raise Conflict(
            f"The study has a session {label} already. Choose another label, or leave it out.",
            slug="label-taken",
        )
    opened = ResearchSession(
        study_id=study.id,
        participant_id=participant.id,
        label=label or next_label(taken),
        label_is_chosen=label is not None,
        moderator=moderator,
        started_at=started_at or work.now,
        method=method,
        setting=setting,
        build=build,
        created_at=work.now,
    )
    work.session.add(opened)
    work.session.flush()
    record(
        work,
        "session opened",
        subject="session",
        subject_id=opened.id,
        project_id=study.project_id,
        study_id=study.id,
        participant_id=participant.id,
    )
    return opened


def change_session(
    work: Work,
    session_id: str,
    changes: Mapping[str, Any],
    *,
    expected: Collection[int] | None = None,
) -> ResearchSession:
    """Change when a session ended, its setting, method, build or moderator.

    Raises `NotFound`, `NotAllowed`, `Stale` and `Malformed` (it ends before it starts).
    """
    sitting = find_sitting(work, session_id, Permission.WRITE_RESEARCH, lock=True)
    session = sitting.session
    check_version(session.version, expected)
    for name, value in changes.items():
        setattr(session, name, value)
    if session.ended_at is not None and session.ended_at < session.started_at:
        work.session.expire(session)
        wrong = FieldError(pointer="/ended_at", detail="Lies before the session's start.")
        raise Malformed("A session ends after its start.", errors=(wrong,))
    session.version += 1
    work.session.add(session)
    work.session.flush()
    record(
        work,
        "session changed",
        subject="session",
        subject_id=session.id,
        project_id=sitting.project.id,
    )
    return session


def change_attempt(
    work: Work,
    attempt_id: str,
    changes: Mapping[str, Any],
    *,
    expected: Collection[int] | None = None,
) -> Attempt:
    """Correct an attempt, or count its assists and errors; the notes stay as they are.

    Raises `NotFound`, `NotAllowed`, `Stale` and `Malformed` (it ends before it starts).
    """
    attempt = work.session.get(Attempt, attempt_id)
    if attempt is None:
        raise NotFound(UNREACHABLE)
    sitting = find_sitting(work, attempt.session_id, Permission.WRITE_RESEARCH, lock=True)
    # Somebody else may have forgotten it while this one waited.
    if work.session.get(Attempt, attempt_id, populate_existing=True) is None:
        raise NotFound(UNREACHABLE)
    check_version(attempt.version, expected)
    for name, value in changes.items():
        setattr(attempt, name, value)
    start, end = attempt.started_offset_ms, attempt.ended_offset_ms
    if start is not None and end is not None and end < start:
        work.session.expire(attempt)
        wrong = FieldError(pointer="/ended_offset_ms", detail="Lies before the attempt's start.")
        raise Malformed("An attempt ends after its start.", errors=(wrong,))
    attempt.version += 1
    work.session.add(attempt)
    work.session.flush()
    record(
        work,
        "attempt corrected",
        subject="session",
        subject_id=sitting.session.id,
        project_id=sitting.project.id,
        attempt_id=attempt.id,
    )
    return attempt


def next_label(taken: Iterable[str]) -> str:
    """The label behind the highest one in use: S-003 after S-002, whatever else there is."""
    numbers = [int(match.group(1)) for label in taken if (match := _NUMBERED.fullmatch(label))]
    return f"S-{max(numbers, default=0) + 1:03d}"


def find_session(work: Work, session_id: str, permission: Permission) -> ResearchSession:
    """The session with that id. Raises `NotFound` and `NotAllowed`."""
    return find_sitting(work, session_id, permission).session


_SITTING = (
    select(ResearchSession, Study, Project, Participant)
    .join(Study, col(Study.id) == ResearchSession.study_id)
    .join(Project, col(Project.id) == Study.project_id)
    .join(Participant, col(Participant.id) == ResearchSession.participant_id)
    .where(ResearchSession.id == sa.bindparam("session_id", type_=sa.String()))
)


def find_sitting(
    work: Work, session_id: str, permission: Permission, *, lock: bool = False
) -> Sitting:
    """The session with its study, project, participant and consent.

    With `lock` further writers to the same session wait until this transaction ends, so that
    the order of its lines is one order. Raises `NotFound` and `NotAllowed`.
    """
    found = work.session.exec(_SITTING, params={"session_id": session_id}).first()
    if found is None:
        raise NotFound(UNREACHABLE)
    session, study, project, participant = found
    work.require(permission, project.id)
    if lock and work.session.get_bind().dialect.name != "sqlite":
        # Read what another writer committed while this one waited. The participant is held as
        # well: from here on no withdrawal comes in between.
        held = (
            work.session.get(
                ResearchSession,
                session_id,
                with_for_update={"key_share": True},
                populate_existing=True,
            ),
            work.session.get(
                Participant, participant.id, with_for_update={"read": True}, populate_existing=True
            ),
        )
        if None in held:
            raise NotFound(UNREACHABLE)
    return Sitting(
        session=session,
        study=study,
        project=project,
        participant=participant,
        consent=living_consents(work.session, [participant.id]).get(participant.id),
    )


def list_sessions(work: Work, study_id: str) -> SelectOfScalar[ResearchSession]:
    """The sessions of a study. Raises `NotFound` and `NotAllowed`."""
    study = find_study(work, study_id, Permission.READ_RESEARCH)
    return select(ResearchSession).where(ResearchSession.study_id == study.id)


def attempts_of(session: Session, session_id: str) -> list[Attempt]:
    """The attempts of a session in the order in which they were noted."""
    return list(
        session.exec(
            select(Attempt).where(Attempt.session_id == session_id).order_by(col(Attempt.id))
        )
    )
