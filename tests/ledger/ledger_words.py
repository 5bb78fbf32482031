"""One project's ledger in few words: what machines saw, what people said, what was decided."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from axe_results import reading
from sqlmodel import Session, select

from service import barriers, db
from service.access import Actor, Role, Work
from service.barriers import Barrier, Entry, Sighting, Suppression
from service.barriers.ledger import Visit, attach
from service.projects import Project, find_or_add_page, lock_project
from service.research.tables import (
    Attempt,
    NoteSubmission,
    Observation,
    Participant,
    Reading,
    ResearchSession,
    Study,
    Task,
    TechnologyProfile,
)

START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
WIDE, NARROW = "1280x1024", "320x640"


@dataclass
class Ledger:
    """The ledger of one project, and a clock that goes on an hour with each deed."""

    engine: sa.Engine
    slug: str = "library"
    now: datetime = START
    _people: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with db.transaction(self.engine) as session:
            project = Project(
                slug=self.slug,
                name="Library",
                origins=["https://library.example"],
                created_at=START,
            )
            session.add(project)
            session.flush()
            study = Study(project_id=project.id, name="Search", build="1.0", created_at=START)
            session.add(study)
            self.project_id, self.study_id = project.id, study.id

    @contextmanager
    def work(self) -> Iterator[Work]:
        self.now += timedelta(hours=1)
        with db.transaction(self.engine) as session:
            yield Work(session=session, actor=Actor(name="Aino", role=Role.OWNER), now=self.now)

    def page(self, path: str) -> str:
        with db.transaction(self.engine) as session:
            project = session.get_one(Project, self.project_id)
            return find_or_add_page(session, project, path, self.now).id

    def saw(
        self, path: str = "/", *, viewport: str = WIDE, partial: bool = False, **axe: Any
    ) -> dict[str, str]:
        """A visit's axe lists enter the ledger; answers barrier ids by fingerprint."""
        page_id = self.page(path)
        with self.work() as work:
            lock_project(work.session, self.project_id)
            visit = Visit(
                project_id=self.project_id,
                page_id=page_id,
                viewport=viewport,
                scan_id="scan",
                complete=not partial,
                at=work.now,
            )
            return attach(work.session, visit, reading(**axe))

    def observed(
        self,
        who: str = "P01",
        *,
        technology: str = "screen-reader",
        code: str = "problem",
        severity: str | None = "major",
        path: str | None = "/",
        task: int | None = None,
        outcome: str | None = None,
        **more: Any,
    ) -> str:
        """An observation of a participant; with a task, in an attempt at it. Answers its id."""
        page_id = None if path is None else self.page(path)
        with self.work() as work:
            session = work.session
            participant_id, session_id = self._person(session, who, technology)
            submission = NoteSubmission(
                session_id=session_id, ordinal=len(self._people), received_at=self.now
            )
            session.add(submission)
            session.flush()
            task_id = None
            if task is not None:
                task_id = self._task(session, task, page_id)
                session.add(
                    Attempt(
                        session_id=session_id,
                        task_id=task_id,
                        participant_id=participant_id,
                        outcome=outcome,
                        created_at=self.now,
                    )
                )
            observation = Observation(
                session_id=session_id,
                participant_id=participant_id,
                submission_id=submission.id,
                ordinal=0,
                raw=b"X",
                created_at=self.now,
            )
            session.add(observation)
            session.flush()
            session.add(
                Reading(
                    observation_id=observation.id,
                    version=1,
                    text="secret words",
                    code=code,
                    severity=severity,
                    task_id=task_id,
                    page_id=page_id,
                    written_by="Aino",
                    written_at=self.now,
                    **more,
                )
            )
            return observation.id

    def link(self, observation_id: str, barrier_id: str) -> None:
        with self.work() as work:
            barriers.link(work, observation_id, barrier_id)

    def unlink(self, observation_id: str, barrier_id: str) -> None:
        with self.work() as work:
            barriers.unlink(work, observation_id, barrier_id)

    def suppress(self, barrier_id: str, *, days: float = 30) -> None:
        with self.work() as work:
            request = barriers.SuppressionRequest(
                reason="goes in release 12",
                owner="web team",
                expires=self.now + timedelta(days=days),
            )
            barriers.suppress(work, work.session.get_one(Barrier, barrier_id), request, None)

    def entries(self, *, at: datetime | None = None) -> list[Entry]:
        with db.transaction(self.engine, writes=False) as session:
            return list(barriers.read_ledger(session, self.project_id, at or self.now))

    def status(self, barrier_id: str) -> str:
        with db.transaction(self.engine, writes=False) as session:
            return session.get_one(Barrier, barrier_id).status

    def rows(self, table: type[Any]) -> list[Any]:
        with db.transaction(self.engine, writes=False) as session:
            return list(session.exec(select(table).order_by(table.id)).all())

    def sightings(self) -> list[Sighting]:
        return self.rows(Sighting)

    def suppressions(self) -> list[Suppression]:
        return self.rows(Suppression)

    def _person(self, session: Session, who: str, technology: str) -> tuple[str, str]:
        if who not in self._people:
            participant = Participant(study_id=self.study_id, pseudonym=who, created_at=self.now)
            session.add(participant)
            session.flush()
            session.add(
                TechnologyProfile(participant_id=participant.id, technology_class=technology)
            )
            sitting = ResearchSession(
                study_id=self.study_id,
                participant_id=participant.id,
                label=f"S-{who}",
                moderator="MK",
                started_at=self.now,
                created_at=self.now,
            )
            session.add(sitting)
            session.flush()
            self._people[who] = (participant.id, sitting.id)
        return self._people[who]

    def _task(self, session: Session, number: int, page_id: str | None) -> str:
        task = session.exec(
            select(Task).where(Task.study_id == self.study_id, Task.number == number)
        ).first()
        if task is None:
            task = Task(
                study_id=self.study_id,
                number=number,
                title="A task",
                page_id=page_id,
                created_at=self.now,
            )
            session.add(task)
            session.flush()
        return task.id
