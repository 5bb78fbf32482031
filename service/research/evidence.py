"""What the ledger needs of sessions: who met something, and who could have met it.

A handful of queries for a whole project, whatever its size. Participants are ids here; nothing
that anybody said leaves this module.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from service.research.grammar import TaskOutcome
from service.research.ordering import is_at_or_before
from service.research.tables import (
    Attempt,
    Observation,
    Participant,
    Reading,
    ResearchSession,
    Study,
    Task,
    TechnologyProfile,
)

_AT_ONCE = 5_000
_UNSTATED: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Met:
    """One observation as evidence, by its latest reading.

    `technology_classes` is empty where nothing was stated (which is not the class `none`).
    `outcome` is that of the attempt at the observation's task that ran then; None while it runs
    and where there is no attempt. `build` is the session's, else the study's. Of the forgotten
    nothing is known that would tell who they were.
    """

    observation_id: str
    participant_id: str
    technology_classes: frozenset[str]
    session_id: str
    started_at: datetime
    build: str | None
    code: str
    severity: str | None
    task_id: str | None
    outcome: str | None
    page_id: str | None
    is_forgotten: bool = False


@dataclass(frozen=True, kw_only=True)
class Exposures:
    """Who could have met something, by page and by task, and what each of them uses."""

    participants_by_page: Mapping[str, frozenset[str]]
    participants_by_task: Mapping[str, frozenset[str]]
    technology_classes: Mapping[str, frozenset[str]]

    def on_pages(self, page_ids: Iterable[str]) -> dict[str, frozenset[str]]:
        """Distinct participants exposed to any of these pages, with their technology classes.

        They ran an attempt (not `not_run`) at a task about one of the pages, or were observed
        there.
        """
        return self._with_technology(self.participants_by_page, page_ids)

    def at_tasks(self, task_ids: Iterable[str]) -> dict[str, frozenset[str]]:
        """Distinct participants who ran an attempt at any of these tasks."""
        return self._with_technology(self.participants_by_task, task_ids)

    def _with_technology(
        self, participants: Mapping[str, frozenset[str]], ids: Iterable[str]
    ) -> dict[str, frozenset[str]]:
        exposed = frozenset[str]().union(*(participants.get(each, _UNSTATED) for each in ids))
        return {each: self.technology_classes.get(each, _UNSTATED) for each in sorted(exposed)}


def people_met(session: Session, observation_ids: Collection[str]) -> tuple[Met, ...]:
    """The observations as evidence, in the order of their ids; unknown ids are left out."""
    rows = [
        row
        for ids in _in_parts(sorted(set(observation_ids)))
        for row in session.exec(
            select(Observation, Reading, ResearchSession, Study.build)
            .join(Reading, (col(Reading.observation_id) == Observation.id) & col(Reading.is_latest))
            .join(ResearchSession, col(ResearchSession.id) == Observation.session_id)
            .join(Study, col(Study.id) == ResearchSession.study_id)
            .where(col(Observation.id).in_(ids))
            .order_by(col(Observation.id))
        )
    ]
    attempts = _attempts(session, {sitting.id for _, _, sitting, _ in rows})
    technology = _technology(session, {each.participant_id for each, _, _, _ in rows})
    return tuple(
        Met(
            observation_id=observation.id,
            participant_id=observation.participant_id,
            technology_classes=technology.get(observation.participant_id, _UNSTATED),
            session_id=sitting.id,
            started_at=sitting.started_at,
            build=sitting.build or study_build,
            code=reading.code,
            severity=reading.severity,
            task_id=reading.task_id,
            outcome=_outcome_then(attempts.get((sitting.id, reading.task_id), ()), observation.id),
            page_id=reading.page_id,
        )
        for observation, reading, sitting, study_build in rows
    )


def people_exposed(session: Session, project_id: str) -> Exposures:
    """Everybody who was exposed to anything in a project; three queries."""
    tried = session.exec(
        select(Task.id, Task.page_id, Attempt.participant_id)
        .join(Attempt, col(Attempt.task_id) == Task.id)
        .join(Study, col(Study.id) == Task.study_id)
        .where(
            Study.project_id == project_id,
            sa.or_(col(Attempt.outcome).is_(None), col(Attempt.outcome) != TaskOutcome.NOT_RUN),
        )
        .distinct()
    ).all()
    observed = session.exec(
        select(Reading.page_id, Observation.participant_id)
        .join(Observation, col(Observation.id) == Reading.observation_id)
        .join(Participant, col(Participant.id) == Observation.participant_id)
        .join(Study, col(Study.id) == Participant.study_id)
        .where(
            Study.project_id == project_id,
            col(Reading.is_latest),
            col(Reading.page_id).is_not(None),
        )
        .distinct()
    ).all()
    technology = session.exec(
        select(TechnologyProfile.participant_id, TechnologyProfile.technology_class)
        .join(Participant, col(Participant.id) == TechnologyProfile.participant_id)
        .join(Study, col(Study.id) == Participant.study_id)
        .where(Study.project_id == project_id)
    )
    on_pages = [(page_id, who) for _, page_id, who in tried] + list(observed)
    return Exposures(
        participants_by_page=_grouped(
            (page_id, who) for page_id, who in on_pages if page_id is not None
        ),
        participants_by_task=_grouped((task_id, who) for task_id, _, who in tried),
        technology_classes=_grouped(technology),
    )


def _attempts(
    session: Session, session_ids: Collection[str]
) -> dict[tuple[str, str | None], list[Attempt]]:
    attempts: dict[tuple[str, str | None], list[Attempt]] = {}
    for ids in _in_parts(sorted(session_ids)):
        for attempt in session.exec(
            select(Attempt).where(col(Attempt.session_id).in_(ids)).order_by(col(Attempt.id))
        ):
            attempts.setdefault((attempt.session_id, attempt.task_id), []).append(attempt)
    return attempts


def _technology(session: Session, participant_ids: Collection[str]) -> dict[str, frozenset[str]]:
    return _grouped(
        row
        for ids in _in_parts(sorted(participant_ids))
        for row in session.exec(
            select(TechnologyProfile.participant_id, TechnologyProfile.technology_class).where(
                col(TechnologyProfile.participant_id).in_(ids)
            )
        )
    )


def _outcome_then(attempts: Sequence[Attempt], observation_id: str) -> str | None:
    """How the attempt ended that was the latest one begun at this line.

    An attempt that was noted only by its end stands below the lines that it is about.
    """
    begun = [each for each in attempts if is_at_or_before(each.id, observation_id)]
    if begun:
        return begun[-1].outcome
    return attempts[0].outcome if attempts else None


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for name, value in pairs:
        groups.setdefault(name, set()).add(value)
    return {name: frozenset(values) for name, values in groups.items()}


def _in_parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Parts small enough for one statement on either database."""
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
