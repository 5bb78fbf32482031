"""Operations on participants: a pseudonym, what they use, what they agreed to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from service.access import Permission, Work, record
from service.errors import Conflict, FieldError, Malformed, NotFound
from service.research.studies import UNREACHABLE, find_study
from service.research.tables import Consent, Participant, TechnologyProfile
from service.research.technology import Technology


@dataclass(frozen=True, kw_only=True)
class ConsentGiven:
    """What a participant agreed to, to which text, in which language, when and how."""

    notes: bool = False
    quotes: bool = False
    recording: bool = False
    text_version: str
    language: str
    given_at: datetime
    channel: str


@dataclass(frozen=True, kw_only=True)
class ParticipantRecord:
    """A participant with what stands apart from them in the store."""

    participant: Participant
    technology: tuple[TechnologyProfile, ...]
    consent: Consent | None


def add_participant(
    work: Work,
    study_id: str,
    *,
    pseudonym: str,
    segment: str = "",
    technology: Sequence[Technology] = (),
    consent: ConsentGiven | None = None,
) -> ParticipantRecord:
    """A new participant of a study. Without consent to notes no notes can be written of them.

    Raises `NotFound`, `NotAllowed`, `Conflict` (the pseudonym is taken) and `Malformed` (consent
    from the future).
    """
    study = find_study(work, study_id, Permission.WRITE_RESEARCH, lock=True)
    if consent is not None and consent.given_at > work.now:
        wrong = FieldError(pointer="/consent/given_at", detail="Lies in the future.")
        raise Malformed("Consent that was not given yet is no consent.", errors=(wrong,))
    if work.session.exec(
        select(Participant.id).where(
            Participant.study_id == study.id, Participant.pseudonym == pseudonym
        )
    ).first():
        raise Conflict(
            "The study has a participant with this pseudonym already. Choose another.",
            slug="pseudonym-taken",
        )
    participant = Participant(
        study_id=study.id, pseudonym=pseudonym, segment=segment, created_at=work.now
    )
    work.session.add(participant)
    work.session.flush()
    profiles = [
        TechnologyProfile(
            participant_id=participant.id,
            technology_class=used.technology_class,
            product=used.product,
            version=used.version,
        )
        for used in dict.fromkeys(technology)
    ]
    given = _consent_row(participant.id, consent) if consent else None
    work.session.add_all([*profiles, *([given] if given else [])])
    work.session.flush()
    record(
        work,
        "participant added",
        subject="participant",
        subject_id=participant.id,
        project_id=study.project_id,
        study_id=study.id,
        technologies=len(profiles),
        notes=given.notes if given else False,
        quotes=given.quotes if given else False,
        recording=given.recording if given else False,
    )
    return records_of(work.session, [participant])[0]


def find_participant(work: Work, participant_id: str, permission: Permission) -> ParticipantRecord:
    """The participant with that id. Raises `NotFound` and `NotAllowed`."""
    participant = work.session.get(Participant, participant_id)
    if participant is None:
        raise NotFound(UNREACHABLE)
    find_study(work, participant.study_id, permission)
    return records_of(work.session, [participant])[0]


def list_participants(work: Work, study_id: str) -> SelectOfScalar[Participant]:
    """The participants of a study; `records_of` adds the rest. Raises `NotFound`, `NotAllowed`."""
    study = find_study(work, study_id, Permission.READ_RESEARCH)
    return select(Participant).where(Participant.study_id == study.id)


def records_of(session: Session, participants: Sequence[Participant]) -> list[ParticipantRecord]:
    """The participants with technology and consent, in the same order; two queries for all."""
    ids = [participant.id for participant in participants]
    technology: dict[str, list[TechnologyProfile]] = {}
    for profile in session.exec(
        select(TechnologyProfile)
        .where(col(TechnologyProfile.participant_id).in_(ids))
        .order_by(
            col(TechnologyProfile.technology_class),
            col(TechnologyProfile.product),
            col(TechnologyProfile.version),
        )
    ):
        technology.setdefault(profile.participant_id, []).append(profile)
    consents = {
        consent.participant_id: consent
        for consent in session.exec(select(Consent).where(col(Consent.participant_id).in_(ids)))
    }
    return [
        ParticipantRecord(
            participant=participant,
            technology=tuple(technology.get(participant.id, ())),
            consent=consents.get(participant.id),
        )
        for participant in participants
    ]


def _consent_row(participant_id: str, consent: ConsentGiven) -> Consent:
    return Consent(
        participant_id=participant_id,
        notes=consent.notes,
        quotes=consent.quotes,
        recording=consent.recording,
        text_version=consent.text_version,
        language=consent.language,
        given_at=consent.given_at,
        channel=consent.channel,
    )
