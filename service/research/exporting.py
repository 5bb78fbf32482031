"""A study's observations and a session's time line, as they are read now, ready to be exported."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from service.access import Permission, Work
from service.research.grammar import TaskOutcome, parse_notes
from service.research.ordering import is_at_or_before
from service.research.sessions import find_sitting
from service.research.studies import find_study
from service.research.tables import (
    Attempt,
    CodeEntry,
    Observation,
    Participant,
    Reading,
    ResearchSession,
    Study,
    Task,
)


@dataclass(frozen=True, kw_only=True)
class Exported:
    """One entry of a session as it is read now. `participant` is a pseudonym."""

    id: str
    session: str
    session_id: str
    participant: str
    segment: str
    kind: str
    offset_ms: int | None
    time_inherited: bool
    code: str
    severity: str | None
    actor: str | None
    task: int | None
    outcome: str | None
    seq: int | None
    url: str | None
    selector: str | None
    criterion: str | None
    rule: str | None
    tags: tuple[str, ...]
    text: str
    quotes: tuple[str, ...]
    refers_to: str | None
    raw: bytes
    version: int
    written_by: str
    written_at: str


@dataclass(frozen=True, kw_only=True)
class StudyExport:
    """All that was noted in a study, in the order of its sessions and lines."""

    study: Study
    made_at: str
    entries: tuple[Exported, ...]


@dataclass(frozen=True, kw_only=True)
class SessionExport:
    """All that was noted in a session, in the order of its lines."""

    session: ResearchSession
    participant: Participant
    study: Study
    entries: tuple[Exported, ...]


@dataclass(frozen=True, kw_only=True)
class Codebook:
    """A study's codes, and the tags in use that no code stands for."""

    study: Study
    codes: tuple[CodeEntry, ...]
    loose_tags: tuple[str, ...]


def export_study(work: Work, study_id: str) -> StudyExport:
    """Raises `NotFound` and `NotAllowed`."""
    study = find_study(work, study_id, Permission.READ_RESEARCH)
    return StudyExport(
        study=study,
        made_at=_spelt(work.now),
        entries=_entries(work.session, ResearchSession.study_id == study.id),
    )


def export_session(work: Work, session_id: str) -> SessionExport:
    """Raises `NotFound` and `NotAllowed`."""
    sitting = find_sitting(work, session_id, Permission.READ_RESEARCH)
    return SessionExport(
        session=sitting.session,
        participant=sitting.participant,
        study=sitting.study,
        entries=_entries(work.session, ResearchSession.id == sitting.session.id),
    )


def export_codebook(work: Work, study_id: str) -> Codebook:
    """Raises `NotFound` and `NotAllowed`."""
    study = find_study(work, study_id, Permission.READ_RESEARCH)
    codes = work.session.exec(
        select(CodeEntry).where(CodeEntry.study_id == study.id).order_by(col(CodeEntry.id))
    ).all()
    known = {code.tag for code in codes}
    tags = (
        tag
        for tags in work.session.exec(
            select(Reading.tags)
            .join(Observation, col(Observation.id) == Reading.observation_id)
            .join(ResearchSession, col(ResearchSession.id) == Observation.session_id)
            .where(ResearchSession.study_id == study.id, col(Reading.is_latest))
        )
        for tag in tags
    )
    loose = sorted({tag for tag in tags if tag not in known}, key=str.casefold)
    return Codebook(study=study, codes=tuple(codes), loose_tags=tuple(loose))


def _entries(session: Session, which: object) -> tuple[Exported, ...]:
    rows = session.exec(
        select(Observation, Reading, ResearchSession, Participant)
        .join(Reading, (col(Reading.observation_id) == Observation.id) & col(Reading.is_latest))
        .join(ResearchSession, col(ResearchSession.id) == Observation.session_id)
        .join(Participant, col(Participant.id) == ResearchSession.participant_id)
        .where(which)  # type: ignore[arg-type]
        .order_by(col(ResearchSession.id), col(Observation.id))
    ).all()
    numbers = dict(
        session.exec(
            select(Task.id, Task.number)
            .join(ResearchSession, col(ResearchSession.study_id) == Task.study_id)
            .where(which)  # type: ignore[arg-type]
        ).all()
    )
    attempts = session.exec(
        select(Attempt)
        .join(ResearchSession, col(ResearchSession.id) == Attempt.session_id)
        .where(which)  # type: ignore[arg-type]
        .order_by(col(Attempt.id))
    ).all()
    return tuple(_exported(*row, numbers=numbers, attempts=attempts) for row in rows)


def _exported(
    observation: Observation,
    reading: Reading,
    sitting: ResearchSession,
    participant: Participant,
    *,
    numbers: dict[str, int],
    attempts: Sequence[Attempt],
) -> Exported:
    outcome, seq = _ending(observation, reading, attempts)
    return Exported(
        id=observation.id,
        session=sitting.label,
        session_id=sitting.id,
        participant=participant.pseudonym,
        segment=participant.segment,
        kind=observation.kind,
        offset_ms=reading.offset_ms,
        time_inherited=reading.time_inherited,
        code=reading.code,
        severity=reading.severity,
        actor=reading.actor,
        task=numbers.get(reading.task_id) if reading.task_id is not None else None,
        outcome=outcome,
        seq=seq,
        url=reading.url,
        selector=reading.selector,
        criterion=reading.criterion,
        rule=reading.rule,
        tags=tuple(reading.tags),
        text=reading.text,
        quotes=tuple(reading.quotes),
        refers_to=reading.refers_to_id,
        raw=observation.raw,
        version=reading.version,
        written_by=reading.written_by,
        written_at=_spelt(reading.written_at),
    )


def _ending(
    observation: Observation, reading: Reading, attempts: Iterable[Attempt]
) -> tuple[str | None, int | None]:
    """How a task ended and what SEQ was answered: by the line itself, else by its attempt."""
    if observation.kind != "task_end":
        return None, None
    said = parse_notes(observation.raw.strip()).entries
    if said and said[0].kind == "task_end":
        return said[0].outcome, said[0].seq
    begun = [
        each
        for each in attempts
        if each.session_id == observation.session_id
        and each.task_id == reading.task_id
        and is_at_or_before(each.id, observation.id)
    ]
    if begun and begun[-1].outcome is not None:
        return TaskOutcome(begun[-1].outcome), begun[-1].seq
    return None, None


def _spelt(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
