"""Operations on participants: a pseudonym, what they use, what they agreed to."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from service.access import Permission, Work, record
from service.errors import Conflict, NotFound
from service.research.consent import (
    ConsentGiven,
    LivingConsent,
    consent_row,
    living_consents,
    refuse_revival,
)
from service.research.segments import know_segment
from service.research.studies import UNREACHABLE, find_study
from service.research.tables import Participant, TechnologyProfile
from service.research.technology import Technology


@dataclass(frozen=True, kw_only=True)
class ParticipantRecord:
    """A participant with what stands apart from them in the store."""

    participant: Participant
    technology: tuple[TechnologyProfile, ...]
    consent: LivingConsent | None


def add_participant(
    work: Work,
    study_id: str,
    *,
    pseudonym: str,
    segment: str = "",
    roles: Sequence[str] = (),
    relation: str | None = None,
    prior_use: str = "",
    technology: Sequence[Technology] = (),
    consent: ConsentGiven | None = None,
) -> ParticipantRecord:
    """A new participant of a study. Without consent to notes no notes can be written of them.

    `roles` are among buyer, payer and user; `relation` is present or potential (customer).

    Raises `NotFound`, `NotAllowed`, `Conflict` (the pseudonym is taken) and `Malformed` (consent
    from the future).
    """
    study = find_study(work, study_id, Permission.WRITE_RESEARCH, lock=True)
    if work.session.exec(
        select(Participant.id).where(
            Participant.study_id == study.id, Participant.pseudonym == pseudonym
        )
    ).first():
        raise Conflict(
            "The study has a participant with this pseudonym already. Choose another.",
            slug="pseudonym-taken",
        )
    know_segment(work, study.id, segment)
    participant = Participant(
        study_id=study.id,
        pseudonym=pseudonym,
        segment=segment,
        roles=list(dict.fromkeys(roles)),
        relation=relation,
        prior_use=prior_use,
        created_at=work.now,
    )
    work.session.add(participant)
    work.session.flush()
    profiles = [
        TechnologyProfile(
            participant_id=participant.id,
            technology_class=used.technology_class,
            product=used.product,
            version=used.version,
            skill=used.skill,
        )
        for used in dict.fromkeys(technology)
    ]
    given = consent_row(work, participant.id, consent, "/consent") if consent else None
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
        agreements=len(consent.agreements) if consent else 0,
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
    """The participants with technology and consent, in the same order; three queries for all."""
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
    consents = living_consents(session, ids)
    return [
        ParticipantRecord(
            participant=participant,
            technology=tuple(technology.get(participant.id, ())),
            consent=consents.get(participant.id),
        )
        for participant in participants
    ]


def consent_anew(work: Work, participant_id: str, consent: ConsentGiven) -> ParticipantRecord:
    """A further consent of a participant, which replaces what was agreed to before.

    What an earlier withdrawal removed does not come back. Raises `NotFound`, `NotAllowed` and
    `Malformed` (consent from the future, or from before a withdrawal of the same).
    """
    # From here on no withdrawal comes in between.
    work.session.exec(
        select(Participant.id).where(Participant.id == participant_id).with_for_update(read=True)
    ).first()
    participant = find_participant(work, participant_id, Permission.WRITE_RESEARCH).participant
    refuse_revival(work.session, participant.id, consent)
    work.session.add(consent_row(work, participant.id, consent, ""))
    work.session.flush()
    study = find_study(work, participant.study_id, Permission.WRITE_RESEARCH)
    record(
        work,
        "consent given",
        subject="participant",
        subject_id=participant.id,
        project_id=study.project_id,
        agreements=len(consent.agreements),
    )
    return records_of(work.session, [participant])[0]
