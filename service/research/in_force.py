"""What the notes of a session have left in force for those to come: task, page, time, problems."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from service.research.grammar import Code, parse_notes
from service.research.tables import (
    NoteImport,
    NoteSubmission,
    Observation,
    Reading,
    SessionEvent,
)


@dataclass(frozen=True, kw_only=True)
class InForce:
    """The state behind a session's last line. `problems` are ids and tags, oldest first."""

    task: int | None = None
    url: str | None = None
    offset_ms: int | None = None
    problems: tuple[tuple[str, tuple[str, ...]], ...] = ()
    last_id: str | None = None
    submissions: int = 0
    events: int = 0

    def numbered_problems(self) -> dict[int, tuple[str, ...]]:
        """The tags of earlier problems under numbers below 1, by which entries refer to them."""
        return {-n: tags for n, (_, tags) in enumerate(self.problems)}


def _highest(column: Any, session_id: Any) -> sa.ScalarSelect[Any]:
    return sa.select(sa.func.max(column)).where(session_id == _SESSION_ID).scalar_subquery()


# Built once: to put them together took as long as to ask them, and every note asks them.
_SESSION_ID = sa.bindparam("session_id", type_=sa.String())
_TYPED = col(Observation.submission_id).not_in(
    select(NoteImport.submission_id).where(
        NoteImport.session_id == _SESSION_ID, col(NoteImport.submission_id).is_not(None)
    )
)
_LAST_TYPED = (
    select(Reading.url, Reading.offset_ms)
    .join(Observation, col(Observation.id) == Reading.observation_id)
    .where(
        Observation.session_id == _SESSION_ID,
        col(Observation.line).is_not(None),
        Reading.version == 1,
        _TYPED,
    )
    .order_by(col(Observation.id).desc())
    .limit(1)
)
_TASK_LINES = (
    select(Observation.raw)
    .where(
        Observation.session_id == _SESSION_ID,
        col(Observation.kind).in_(["task_start", "task_end"]),
        _TYPED,
    )
    .order_by(col(Observation.id))
)
_HIGHEST = sa.select(
    _highest(Observation.id, Observation.session_id),
    _highest(NoteSubmission.ordinal, NoteSubmission.session_id),
    _highest(SessionEvent.number, SessionEvent.session_id),
)


def read_in_force(session: Session, session_id: str) -> InForce:
    """The state that a session's stored notes leave.

    Task, page and time are as the text was typed: a correction of one entry speaks of that entry
    alone, and items sent as JSON and files that were imported speak of themselves alone. Problems
    are left to `with_problems`.
    """
    of_session = {"session_id": session_id}
    last = session.exec(_LAST_TYPED, params=of_session).first()
    url, offset_ms = last if last is not None else (None, None)
    task_lines = session.exec(_TASK_LINES, params=of_session)
    last_id, submissions, events = session.execute(_HIGHEST, of_session).one()
    return InForce(
        task=running_task(task_lines),
        url=url,
        offset_ms=offset_ms,
        last_id=last_id,
        submissions=submissions or 0,
        events=events or 0,
    )


def with_problems(session: Session, session_id: str, in_force: InForce) -> InForce:
    """The same with the session's problems, as they are read now."""
    return replace(in_force, problems=tuple(problems_before(session, session_id, None)))


def running_task(lines: Iterable[bytes]) -> int | None:
    """The task that runs behind these starts and ends of tasks."""
    running = None
    # A blank line before each keeps one from continuing another, whatever it begins with.
    for entry in parse_notes(b"".join(b"\n" + line.strip() + b"\n" for line in lines)).entries:
        if entry.kind == "task_start":
            running = entry.task
        elif entry.kind == "task_end" and entry.task == running:
            running = None
    return running


def problems_before(
    session: Session, session_id: str, observation_id: str | None
) -> list[tuple[str, tuple[str, ...]]]:
    """The problems of a session, oldest first, up to an observation: ids and tags."""
    statement = (
        select(Observation.id, Reading.tags)
        .join(Reading, col(Reading.observation_id) == Observation.id)
        .where(
            Observation.session_id == session_id,
            col(Reading.is_latest),
            Reading.code == Code.PROBLEM,
        )
        .order_by(col(Observation.id))
    )
    if observation_id is not None:
        statement = statement.where(Observation.id < observation_id)
    return [(each, tuple(tags)) for each, tags in session.exec(statement)]
