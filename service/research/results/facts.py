"""The facts of a study that figures are made of, read in a handful of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from service.research.grammar import Code, Severity, TaskOutcome
from service.research.results.naming import Named, Naming
from service.research.tables import (
    AnonymousAnswer,
    AnonymousAttempt,
    Attempt,
    Observation,
    Participant,
    QuestionnaireResponse,
    Reading,
    ResearchSession,
    Study,
    Task,
    TechnologyProfile,
)

_MET = frozenset({Code.PROBLEM, Code.SAME_PROBLEM})
Unit = tuple[str, str | None]
"""A participant and the build that a session of theirs was about."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """A participant as figures know them."""

    pseudonym: str
    segment: str
    technologies: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One attempt, with the time it took where both its ends were noted."""

    unit: Unit
    task_id: str
    outcome: str | None
    duration_s: float | None
    seq: int | None

    @property
    def was_run(self) -> bool:
        return self.outcome != TaskOutcome.NOT_RUN


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """How many attempts of forgotten participants at a task ended so."""

    task_id: str
    build: str | None
    outcome: str | None
    attempts: int


@dataclass(frozen=True, kw_only=True)
class ForgottenAnswers:
    """How many responses to a questionnaire went with who gave them."""

    task_id: str | None
    instrument: str
    build: str | None
    responses: int


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One response to one questionnaire; `task_id` where it was about a task."""

    unit: Unit
    task_id: str | None
    instrument: str
    items: tuple[Any, ...]
    weights: tuple[int, ...] | None


@dataclass(frozen=True, kw_only=True)
class Encounter:
    """An observer noted that somebody met a problem. `severity` is 0..4."""

    unit: Unit
    problem: str
    severity: int | None
    task_id: str | None
    observer: str


@dataclass(frozen=True, kw_only=True)
class StudyFacts:
    """One study. Everything of participants is in the order of time; tasks are by number."""

    study: Study
    tasks: tuple[Task, ...]
    people: Mapping[str, Person]
    builds: tuple[str, ...]
    tried: tuple[Tried, ...]
    forgotten: tuple[Forgotten, ...]
    forgotten_answers: tuple[ForgottenAnswers, ...]
    answered: tuple[Answered, ...]
    encounters: tuple[Encounter, ...]
    labels: Mapping[str, str]
    watched: Mapping[Unit, frozenset[str]]
    """Who took notes of whom."""

    @property
    def active(self) -> frozenset[Unit]:
        """Everybody who tried a task, was observed or answered."""
        tried = (each.unit for each in self.tried if each.was_run)
        return frozenset(tried) | {each.unit for each in self.answered} | frozenset(self.watched)

    @property
    def units(self) -> frozenset[Unit]:
        """Those, and everybody of whom it was noted only that a task was not run."""
        return self.active | {each.unit for each in self.tried}


def read_facts(session: Session, study: Study, links: Mapping[str, Named]) -> StudyFacts:
    """The facts of a study. `links` say which barrier an observation is known to speak of."""
    sittings = {
        each.id: each
        for each in session.exec(
            select(ResearchSession)
            .where(ResearchSession.study_id == study.id)
            .order_by(col(ResearchSession.started_at), col(ResearchSession.id))
        )
    }
    units: dict[str, Unit] = {
        each.id: (each.participant_id, each.build or study.build) for each in sittings.values()
    }
    order = {each: place for place, each in enumerate(sittings)}
    answers = sorted(
        session.exec(
            select(QuestionnaireResponse)
            .join(ResearchSession)
            .where(ResearchSession.study_id == study.id)
            .order_by(col(QuestionnaireResponse.answered_at), col(QuestionnaireResponse.id))
        ),
        key=lambda each: order[each.session_id],
    )
    attempts = sorted(
        session.exec(
            select(Attempt)
            .join(ResearchSession)
            .where(ResearchSession.study_id == study.id)
            .order_by(col(Attempt.id))
        ),
        key=lambda each: order[each.session_id],
    )
    notes = _notes(session, study.id)
    naming = Naming(notes, links)
    tasks = session.exec(
        select(Task).where(Task.study_id == study.id).order_by(col(Task.number))
    ).all()
    return StudyFacts(
        study=study,
        tasks=tuple(tasks),
        people=_people(session, study.id),
        builds=tuple(dict.fromkeys(build for _, build in units.values() if build is not None)),
        tried=_tried(attempts, answers, units),
        forgotten=_forgotten(session, study.id),
        forgotten_answers=_forgotten_answers(session, study.id),
        answered=tuple(_answer(each, units) for each in answers if each.instrument != "seq"),
        encounters=tuple(
            Encounter(
                unit=units[observation.session_id],
                problem=naming.name_of(observation.id).key,
                severity=_rank(reading.severity),
                task_id=reading.task_id,
                observer=observer,
            )
            for observation, reading, observer in notes
            if reading.code in _MET or observation.id in links
        ),
        labels=naming.labels(),
        watched=_watched(notes, units),
    )


Note = tuple[Observation, Reading, str]
"""An observation, how it is read now, and who noted it first."""


def _notes(session: Session, study_id: str) -> Sequence[Note]:
    first = (
        select(Reading.observation_id, Reading.written_by).where(Reading.version == 1).subquery()
    )
    rows = session.exec(
        select(Observation, Reading, first.c.written_by)
        .join(Reading, (col(Reading.observation_id) == Observation.id) & col(Reading.is_latest))
        .join(first, first.c.observation_id == Observation.id)
        .join(ResearchSession, col(ResearchSession.id) == Observation.session_id)
        .where(ResearchSession.study_id == study_id, Observation.kind == "observation")
        .order_by(col(Observation.id))
    )
    return rows.all()


def _people(session: Session, study_id: str) -> dict[str, Person]:
    technologies: dict[str, set[str]] = {}
    for who, technology in session.exec(
        select(TechnologyProfile.participant_id, TechnologyProfile.technology_class)
        .join(Participant, col(Participant.id) == TechnologyProfile.participant_id)
        .where(Participant.study_id == study_id)
    ):
        technologies.setdefault(who, set()).add(technology)
    participants = session.exec(
        select(Participant)
        .where(Participant.study_id == study_id)
        .order_by(col(Participant.pseudonym))
    )
    return {
        each.id: Person(
            pseudonym=each.pseudonym,
            segment=each.segment,
            technologies=frozenset(technologies.get(each.id, ())),
        )
        for each in participants
    }


def _tried(
    attempts: Sequence[Attempt],
    answers: Sequence[QuestionnaireResponse],
    units: Mapping[str, Unit],
) -> tuple[Tried, ...]:
    """A SEQ answer that was sent as a questionnaire belongs to the attempt before it."""
    asked: dict[tuple[str, str | None], Any] = {}
    for each in answers:
        if each.instrument == "seq" and each.items:
            asked.setdefault((each.session_id, each.task_id), _whole(each.items[0]))
    return tuple(
        Tried(
            unit=units[each.session_id],
            task_id=each.task_id,
            outcome=each.outcome,
            duration_s=_duration_s(each),
            seq=asked.get((each.session_id, each.task_id)) if each.seq is None else each.seq,
        )
        for each in attempts
    )


def _duration_s(attempt: Attempt) -> float | None:
    if attempt.started_offset_ms is None or attempt.ended_offset_ms is None:
        return None
    return (attempt.ended_offset_ms - attempt.started_offset_ms) / 1000


def _forgotten(session: Session, study_id: str) -> tuple[Forgotten, ...]:
    rows = session.exec(
        select(AnonymousAttempt)
        .join(Task, col(Task.id) == AnonymousAttempt.task_id)
        .where(Task.study_id == study_id)
    )
    return tuple(
        Forgotten(
            task_id=each.task_id, build=each.build, outcome=each.outcome, attempts=each.attempts
        )
        for each in rows
    )


def _forgotten_answers(session: Session, study_id: str) -> tuple[ForgottenAnswers, ...]:
    rows = session.exec(
        select(AnonymousAnswer)
        .where(AnonymousAnswer.study_id == study_id)
        .order_by(col(AnonymousAnswer.id))
    )
    return tuple(
        ForgottenAnswers(
            task_id=each.task_id,
            instrument=each.instrument,
            build=each.build,
            responses=each.responses,
        )
        for each in rows
    )


def _answer(response: QuestionnaireResponse, units: Mapping[str, Unit]) -> Answered:
    return Answered(
        unit=units[response.session_id],
        task_id=response.task_id,
        instrument=response.instrument,
        items=tuple(map(_whole, response.items)),
        weights=None if response.weights is None else tuple(response.weights),
    )


def _watched(notes: Sequence[Note], units: Mapping[str, Unit]) -> dict[Unit, frozenset[str]]:
    watched: dict[Unit, set[str]] = {}
    for observation, _, observer in notes:
        watched.setdefault(units[observation.session_id], set()).add(observer)
    return {unit: frozenset(observers) for unit, observers in watched.items()}


def _whole(item: float | None) -> float | int | None:
    """JSON keeps 3 and 3.0 apart, a questionnaire does not."""
    return int(item) if isinstance(item, float) and item.is_integer() else item


def _rank(severity: str | None) -> int | None:
    return None if severity is None else Severity(severity).rank
