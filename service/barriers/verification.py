"""The second key: people got through where people were stopped.

A problem is verified when somebody with the same class of technology got through the same task on
the same page, unassisted, in a later session on another build. Where a session does not say its
build, nothing is verified: the same build tried again proves chance, not a repair. What a forgotten
participant used is not known any more; whoever gets through after they were forgotten answers it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from service.access import Work
from service.barriers.forgotten import witnesses
from service.barriers.problem_codes import PROBLEM_CODES
from service.barriers.settling import settle
from service.barriers.tables import Barrier, Link
from service.research.evidence import Met, people_met
from service.research.grammar import TaskOutcome
from service.research.submissions import Submitted, project_of
from service.research.tables import (
    Attempt,
    Observation,
    Reading,
    ResearchSession,
    Study,
    Task,
    TechnologyProfile,
)

_IN_CLAUSE = 500


@dataclass(frozen=True, kw_only=True)
class Success:
    """An attempt that ended unassisted: at which task, with which technology, when.

    `page_ids` are the page that the task is about and those that the session's notes name while
    it ran: a way around a page proves nothing about it.
    """

    task_id: str
    page_ids: frozenset[str]
    technology_classes: frozenset[str]
    started_at: datetime
    build: str | None


def is_verified(problems: Sequence[Met], successes: Sequence[Success]) -> bool:
    """Whether every problem has a success that answers it. No problems: nothing to verify."""
    return bool(problems) and all(
        any(_answers(success, problem) for success in successes) for problem in problems
    )


def verify_after(work: Work, submitted: Submitted) -> None:
    """Verify again when notes tell how a task ended: somebody may have got through."""
    if any(observation.kind == "task_end" for observation, _ in submitted.entries):
        verify(work.session, project_of(work, submitted.submission.session_id), work.now)


def verify(session: Session, project_id: str, now: datetime) -> None:
    """Turn or turn back the user's key of every barrier of a project, and settle those."""
    links: dict[str, list[str]] = {}
    for barrier_id, observation_id in session.exec(
        select(Link.barrier_id, Link.observation_id)
        .join(Barrier, col(Barrier.id) == Link.barrier_id)
        .where(Barrier.project_id == project_id)
    ).all():
        links.setdefault(barrier_id, []).append(observation_id)
    met = {
        each.observation_id: each
        for each in people_met(session, {each for ids in links.values() for each in ids})
    }
    forgotten = witnesses(session, project_id)
    successes = _successes(session, project_id)
    changed = []
    for barrier in _barriers(session, {*links, *forgotten}):
        problems = [
            met[each]
            for each in links.get(barrier.id, ())
            if each in met and met[each].code in PROBLEM_CODES
        ]
        problems += forgotten.get(barrier.id, ())
        verified = is_verified(problems, successes)
        if verified != barrier.user_verified:
            barrier.user_verified = verified
            changed.append(barrier)
    session.flush()
    settle(session, changed, now)


def _answers(success: Success, problem: Met) -> bool:
    same_task = success.task_id == problem.task_id if problem.task_id else True
    same_page = problem.page_id in success.page_ids if problem.page_id else True
    names_a_place = bool(problem.task_id or problem.page_id)
    same_class = (
        problem.is_forgotten
        or bool(success.technology_classes & problem.technology_classes)
        or success.technology_classes == problem.technology_classes
    )
    later_build = (
        success.started_at > problem.started_at
        and success.build is not None
        and problem.build is not None
        and success.build != problem.build
    )
    return names_a_place and same_task and same_page and same_class and later_build


def _barriers(session: Session, ids: Collection[str]) -> list[Barrier]:
    known = sorted(ids)
    return [
        barrier
        for start in range(0, len(known), _IN_CLAUSE)
        for barrier in session.exec(
            select(Barrier).where(col(Barrier.id).in_(known[start : start + _IN_CLAUSE]))
        ).all()
    ]


def _successes(session: Session, project_id: str) -> list[Success]:
    technology: dict[str, set[str]] = {}
    for participant_id, name in session.exec(
        select(TechnologyProfile.participant_id, TechnologyProfile.technology_class)
        .join(Attempt, col(Attempt.participant_id) == TechnologyProfile.participant_id)
        .join(Task, col(Task.id) == Attempt.task_id)
        .join(Study, col(Study.id) == Task.study_id)
        .where(Study.project_id == project_id, Attempt.outcome == TaskOutcome.UNASSISTED)
    ).all():
        technology.setdefault(participant_id, set()).add(name)
    visited: dict[tuple[str, str | None], set[str]] = {}
    for session_id, task_id, page_id in session.exec(
        select(Observation.session_id, Reading.task_id, Reading.page_id)
        .join(Reading, col(Reading.observation_id) == Observation.id)
        .join(ResearchSession, col(ResearchSession.id) == Observation.session_id)
        .join(Study, col(Study.id) == ResearchSession.study_id)
        .where(
            Study.project_id == project_id,
            col(Reading.is_latest).is_(True),
            col(Reading.page_id).is_not(None),
        )
        .distinct()
    ).all():
        if page_id is not None:
            visited.setdefault((session_id, task_id), set()).add(page_id)
    rows = session.exec(
        select(Attempt, Task.page_id, ResearchSession, Study.build)
        .join(Task, col(Task.id) == Attempt.task_id)
        .join(ResearchSession, col(ResearchSession.id) == Attempt.session_id)
        .join(Study, col(Study.id) == Task.study_id)
        .where(Study.project_id == project_id, Attempt.outcome == TaskOutcome.UNASSISTED)
    ).all()
    return [
        Success(
            task_id=attempt.task_id,
            page_ids=frozenset(
                {*visited.get((attempt.session_id, attempt.task_id), ()), *filter(None, [page_id])}
            ),
            technology_classes=frozenset(technology.get(attempt.participant_id, ())),
            started_at=sitting.started_at,
            build=sitting.build or study_build,
        )
        for attempt, page_id, sitting, study_build in rows
    ]
