"""Forgetting: withdrawal in part or whole, erasure, and the end of a study's retention.

What goes leaves a tombstone that names nobody, and counts that nothing connects with each other.
The ledger must count its witnesses first: `service.barriers` has the operations to call.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from service.access import Permission, Work, record
from service.access.tables import VaultEntry
from service.db import after_commit, empty_log
from service.errors import Conflict, NotFound
from service.research.anonymous_counts import count_answers, count_attempts
from service.research.consent import Agreement, LivingConsent, living_consents
from service.research.redacting import TAKEN_OUT, raw_without_quotes, without_quotes
from service.research.studies import UNREACHABLE, find_study
from service.research.tables import (
    Attempt,
    ConsentWithdrawal,
    NoteImport,
    NoteSubmission,
    Observation,
    Participant,
    QuestionnaireResponse,
    Reading,
    Recording,
    ResearchSession,
    Study,
    Tombstone,
)
from service.research.telling import tell_forgotten


@dataclass(frozen=True, kw_only=True)
class Held:
    """A participant who is being forgotten, held against writers until the transaction ends."""

    participant: Participant
    study: Study
    consent: LivingConsent | None


def project_of(work: Work, participant_id: str) -> str:
    """The project that a participant belongs to. Raises `NotFound` and `NotAllowed`."""
    participant = work.session.get(Participant, participant_id)
    if participant is None:
        raise NotFound(UNREACHABLE)
    return find_study(work, participant.study_id, Permission.WRITE_RESEARCH).project_id


def hold(work: Work, participant_id: str) -> Held:
    """Raises `NotFound` and `NotAllowed`."""
    participant = work.session.exec(
        select(Participant).where(Participant.id == participant_id).with_for_update(key_share=True)
    ).first()
    if participant is None:
        raise NotFound(UNREACHABLE)
    study = find_study(work, participant.study_id, Permission.WRITE_RESEARCH)
    consent = living_consents(work.session, [participant.id]).get(participant.id)
    return Held(participant=participant, study=study, consent=consent)


def withdraw(work: Work, held: Held, agreements: Collection[Agreement], channel: str) -> Tombstone:
    """Note what a participant takes back, and remove all that it covered.

    Raises `Conflict` when none of it is agreed to any more.
    """
    living = held.consent.agreements if held.consent else frozenset()
    taken = [each for each in Agreement if each in living and each in agreements]
    if held.consent is None or not taken:
        raise Conflict(
            "The participant does not agree to any of this now, so nothing is left to withdraw.",
            slug="nothing-to-withdraw",
        )
    work.session.add(
        ConsentWithdrawal(
            consent_id=held.consent.given.id,
            permissions=[str(each) for each in taken],
            withdrawn_at=work.now,
            channel=channel,
        )
    )
    removed: Counter[str] = Counter()
    if Agreement.NOTES in taken:
        removed += _remove_notes(work.session, held)
    elif Agreement.QUOTES in taken:
        removed += _redact_quotes(work.session, held.participant.id)
    kinds = [str(each) for each in (Agreement.AUDIO, Agreement.VIDEO) if each in taken]
    removed += _remove_recordings(work.session, held.participant.id, kinds)
    if Agreement.OBSERVERS in taken:
        _turn_observers_away(work.session, held.participant.id)
    if Agreement.CONTACT in taken:
        removed += _remove(work.session, VaultEntry, held.participant.id)
    return _bury(work, held, "withdrawal", taken, removed)


def erase(work: Work, held: Held, cause: str = "erasure") -> Tombstone:
    """Remove a participant and everything that is held on them."""
    participant_id = held.participant.id
    removed = _remove_notes(work.session, held)
    removed += _remove_recordings(work.session, participant_id, ["audio", "video"])
    removed += _remove(work.session, VaultEntry, participant_id)
    removed += _remove(work.session, ResearchSession, participant_id)
    removed += _remove(work.session, Participant, participant_id)
    work.session.expunge(held.participant)
    return _bury(work, held, cause, list(Agreement), removed)


def bury(
    work: Work,
    study: Study,
    cause: str,
    agreements: Collection[Agreement],
    removed: Counter[str],
) -> Tombstone:
    """Leave a tombstone, and once this holds, nothing of what went in SQLite's log."""
    tombstone = Tombstone(
        study_id=study.id,
        cause=cause,
        permissions=[str(each) for each in agreements],
        removed={name: number for name, number in sorted(removed.items()) if number},
        made_by=work.actor.name,
        made_at=work.now,
    )
    work.session.add(tombstone)
    work.session.flush()
    after_commit(work.session, partial(empty_log, work.session.connection().engine))
    return tombstone


def _bury(
    work: Work, held: Held, cause: str, agreements: Collection[Agreement], removed: Counter[str]
) -> Tombstone:
    tombstone = bury(work, held.study, cause, agreements, removed)
    record(
        work,
        "participant forgotten" if cause != "withdrawal" else "consent withdrawn",
        subject="study",
        subject_id=held.study.id,
        project_id=held.study.project_id,
        cause=cause,
        rows=sum(removed.values()),
    )
    return tombstone


def _remove_notes(session: Session, held: Held) -> Counter[str]:
    """Notes, what they told of attempts, questionnaires and imports; how many there were stays."""
    participant_id = held.participant.id
    count_attempts(session, participant_id, held.study)
    count_answers(session, participant_id, held.study)
    removed = _remove(session, Attempt, participant_id)
    removed += _remove(session, QuestionnaireResponse, participant_id)
    sessions = select(ResearchSession.id).where(ResearchSession.participant_id == participant_id)
    ids = session.exec(sessions).all()
    observations = select(Observation.id).where(col(Observation.session_id).in_(ids))
    removed["observation"] = len(session.exec(observations).all())
    for each in ids:
        tell_forgotten(session, each)
    for table in (NoteImport, NoteSubmission):
        gone = session.execute(sa.delete(table).where(col(table.session_id).in_(ids)))
        removed[table.__tablename__] = gone.rowcount  # type: ignore[attr-defined]
    session.expire_all()
    return removed


def _turn_observers_away(session: Session, participant_id: str) -> None:
    """Whoever follows reads the page anew; an observer is not let in any more."""
    for each in session.exec(
        select(ResearchSession.id).where(ResearchSession.participant_id == participant_id)
    ).all():
        tell_forgotten(session, each)


def _redact_quotes(session: Session, participant_id: str) -> Counter[str]:
    redacted = 0
    imported = set(
        session.exec(
            select(NoteImport.submission_id)
            .join(ResearchSession, col(ResearchSession.id) == NoteImport.session_id)
            .where(ResearchSession.participant_id == participant_id)
        )
    )
    observations = session.exec(
        select(Observation).where(Observation.participant_id == participant_id)
    ).all()
    readings_of: dict[str, list[Reading]] = {each.id: [] for each in observations}
    for reading in session.exec(
        select(Reading)
        .join(Observation, col(Observation.id) == Reading.observation_id)
        .where(Observation.participant_id == participant_id)
    ).all():
        readings_of[reading.observation_id].append(reading)
    # One word may be anybody's in another line; several in a row are the same quote again.
    everywhere = {
        quote
        for readings in readings_of.values()
        for reading in readings
        for quote in reading.quotes
        if len(quote.split()) > 1
    }
    for observation in observations:
        readings = readings_of[observation.id]
        own = {quote for reading in readings for quote in reading.quotes}
        quotes = everywhere | own
        if own and observation.submission_id in imported:
            # A file has markup within the words, so the words cannot be found in it one by one.
            raw = TAKEN_OUT.encode()
        else:
            raw = raw_without_quotes(observation.raw, quotes, is_item=observation.line is None)
        redacted += raw != observation.raw
        observation.raw = raw
        for reading in readings:
            reading.text = without_quotes(reading.text, quotes)
            reading.quotes = []
        session.add_all([observation, *readings])
    session.flush()
    for each in {observation.session_id for observation in observations}:
        tell_forgotten(session, each)
    return Counter(quoting_entry=redacted)


def _remove_recordings(session: Session, participant_id: str, kinds: list[str]) -> Counter[str]:
    gone = session.execute(
        sa.delete(Recording).where(
            col(Recording.participant_id) == participant_id, col(Recording.kind).in_(kinds)
        )
    )
    return Counter(recording=gone.rowcount)  # type: ignore[attr-defined]


def _remove(session: Session, table: type[SQLModel], participant_id: str) -> Counter[str]:
    key = "id" if table is Participant else "participant_id"
    gone = session.execute(sa.delete(table).where(getattr(table, key) == participant_id))
    return Counter({str(table.__tablename__): gone.rowcount})  # type: ignore[attr-defined]
