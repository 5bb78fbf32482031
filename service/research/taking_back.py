"""Taking back what an import stored."""

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from service.access import Work
from service.research.ordering import is_same_line
from service.research.sessions import attempts_of
from service.research.tables import NoteImport, NoteSubmission, Observation, Reading
from service.research.telling import tell_forgotten


def uses_of(work: Work, imported: NoteImport) -> tuple[int, int]:
    """How many of an import's observations were corrected, and how many others repeat one."""
    own = select(Observation.id).where(Observation.submission_id == imported.submission_id)
    corrected = work.session.exec(
        select(sa.func.count(sa.distinct(col(Reading.observation_id)))).where(
            col(Reading.observation_id).in_(own), Reading.version > 1
        )
    ).one()
    repeating = work.session.exec(
        select(sa.func.count(sa.distinct(col(Reading.observation_id)))).where(
            col(Reading.refers_to_id).in_(own), col(Reading.observation_id).not_in(own)
        )
    ).one()
    return corrected, repeating


def take_back(work: Work, imported: NoteImport) -> int:
    """Delete all that an import stored, and note who did it; how many entries there were.

    Observations elsewhere that repeat one of its problems repeat nothing then. Pages that it was
    the first to name stay in the project.
    """
    session = work.session
    # Before the changes that told of these observations go with them: no number comes twice.
    tell_forgotten(session, imported.session_id)
    observations = session.exec(
        select(Observation.id, Observation.kind).where(
            Observation.submission_id == imported.submission_id
        )
    ).all()
    lines = [each for each, kind in observations if kind in {"task_start", "task_end"}]
    for attempt in attempts_of(session, imported.session_id):
        if any(is_same_line(attempt.id, line) for line in lines):
            session.delete(attempt)
    repeat_nothing(
        session,
        select(Observation.id).where(Observation.submission_id == imported.submission_id),
    )
    submission = session.get(NoteSubmission, imported.submission_id)
    imported.submission_id = None
    imported.undone_at = work.now
    imported.undone_by = work.actor.name
    session.add(imported)
    session.flush()
    if submission is not None:
        session.delete(submission)
        session.flush()
    session.expire_all()
    return len(observations)


def repeat_nothing(session: Session, going: SelectOfScalar[str]) -> None:
    """Readings elsewhere that repeat one of the observations `going` repeat nothing any more."""
    for repeating in session.exec(
        select(Reading).where(
            col(Reading.refers_to_id).in_(going), col(Reading.observation_id).not_in(going)
        )
    ).all():
        repeating.refers_to_id = None
        session.add(repeating)
